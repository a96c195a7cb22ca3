"""No phone rings twice: what the client says of additions under faults, and what the phones know."""

import pytest

from plivo_async import OutcomeUnknownError, PlivoError
from plivo_async.emulator import Emulator, Fault

from ..support import in_memory
from .additions import CALLER, Addition, add_many, wrong

pytestmark = [pytest.mark.anyio, pytest.mark.long]

OPERATIONS = 300  # for each seed and backend


@pytest.mark.parametrize("seed", range(4))
async def test_no_phone_rings_twice_and_every_answer_is_true(seed: int) -> None:
    """Under every kind of fault: added means that each phone rang once, refused that none did, unknown is said."""
    found = await add_many(seed, OPERATIONS)
    assert found.contradictions == []
    assert found.said["done"] > OPERATIONS / 3
    assert found.said["OutcomeUnknownError"] > OPERATIONS / 10


async def test_an_unknown_addition_can_be_looked_for() -> None:
    """The recipe of the documents: wait as long as the phone may ring, then look who answered."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.script("add-participant", "support", fault="lost-response")
        mpc = client.mpc("support")
        with pytest.raises(OutcomeUnknownError, match="find_participant") as caught:
            await mpc.add_participant(role="agent", from_=CALLER, to="+14157654321")
        assert caught.value.started_at is not None
        found = await mpc.find_participant(
            member_address="+14157654321", joined_since=caught.value.started_at, wait_for=60
        )
        assert found is not None
        assert plivo.phone("+14157654321").rings == 1


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.RATE_LIMITED])
async def test_each_fault_by_itself(fault: Fault) -> None:
    """One request only, whatever becomes of it."""
    async with Emulator(port=None) as plivo, in_memory(plivo, timeout=10.0) as client:
        plivo.script("add-participant", "support", nth=None, fault=str(fault))
        addition = Addition(0, ["+14157654321"])
        try:
            addition.result = await client.mpc("support").add_participant(
                role="customer", from_=CALLER, to=addition.phones[0]
            )
        except PlivoError as error:
            addition.error = error
        plivo.advance(300)
        assert wrong(addition, dict(plivo.rings)) is None
        assert plivo.counts().by_operation["add-participant"] == 1
