"""No phone rings twice: what the client says of 10,000 additions under faults, and what the phones know."""

import random
from dataclasses import dataclass, field

import anyio
import pytest

from plivo_async import (
    AddedParticipant,
    AsyncClient,
    Destination,
    NotSentError,
    OutcomeUnknownError,
    PlivoError,
    ResponseError,
)
from plivo_async.emulator import Emulator, Fault, Faults

from ..faults import PLAIN
from ..support import in_memory, network_of

pytestmark = [pytest.mark.anyio, pytest.mark.long]

OPERATIONS = 1_250  # for each seed and backend: 10,000 in all
SEEDS = range(4)
WORKERS = 20
SHARE = 0.04  # of each kind of fault: some 45 % of all requests go wrong
CALLER = "+14150000000"


@dataclass
class Addition:
    """One call of `add_participant` and what came of it."""

    number: int
    phones: list[str] = field(default_factory=list)
    result: AddedParticipant | None = None
    error: Exception | None = None

    @property
    def name(self) -> str:
        """A conference of its own, so that nothing but a fault can hinder it."""
        return f"room {self.number}"

    @classmethod
    def drawn(cls, number: int, chance: random.Random) -> "Addition":
        """With one phone or, now and then, several, none of which any other addition dials."""
        count = chance.choice([1, 1, 1, 2, 5])
        return cls(number, [f"+1415{number:05}{index:02}" for index in range(count)])


async def add(client: AsyncClient, addition: Addition, chance: random.Random) -> None:
    """Ask once, as a user would, and note the answer."""
    deadline = chance.choice([None, None, None, 0.5, 3.0, 12.0])
    mpc = client.mpc(addition.name)
    try:
        if len(addition.phones) == 1:
            addition.result = await mpc.add_participant(
                role=chance.choice(["customer", "supervisor", "agent"]),
                from_=CALLER,
                to=addition.phones[0],
                deadline=deadline,
            )
        else:
            several = [
                Destination(phone, ring_timeout=30, delay_dial=index) for index, phone in enumerate(addition.phones)
            ]
            addition.result = await mpc.add_participant(role="agent", from_=CALLER, to=several, deadline=deadline)
    except PlivoError as error:
        addition.error = error


def wrong(addition: Addition, rings: dict[str, int]) -> str | None:
    """Why what the client says can't be true; None if it can."""
    rung = [rings.get(phone, 0) for phone in addition.phones]
    if max(rung) > 1:
        return f"phones rang {rung} times"
    if isinstance(addition.error, OutcomeUnknownError):
        return None
    if addition.result is not None:
        return None if min(rung) == 1 else f"added, but phones rang {rung} times"
    if isinstance(addition.error, NotSentError | ResponseError):
        return f"{addition.error!r}, but phones rang {rung} times" if max(rung) else None
    return f"neither a result nor a known error: {addition.error!r}"


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_phone_rings_twice_and_every_answer_is_true(seed: int) -> None:
    """Under every kind of fault: added means that each phone rang once, refused that none did, unknown is said."""
    chance = random.Random(seed)
    additions = [Addition.drawn(number, chance) for number in range(OPERATIONS)]
    queue = iter(additions)
    faults = Faults({str(fault): SHARE for fault in PLAIN}, late_by=15, drip_interval=0.05)
    async with Emulator(
        port=None, limit=None, calls_per_second=None, faults=faults, latency=(0.0, 0.2), seed=seed
    ) as plivo, in_memory(plivo, seed=seed, rate_limit=None, timeout=10.0) as client:  # fmt: skip
        for phone in (phone for addition in additions if len(addition.phones) > 1 for phone in addition.phones):
            plivo.phone(phone).never_answers()  # or those that are still to be rung would be spared

        async def work() -> None:
            for addition in queue:
                if chance.random() < 0.03:
                    network_of(plivo).refuse += 1
                await add(client, addition, chance)

        async with anyio.create_task_group() as group:
            for _ in range(WORKERS):
                group.start_soon(work)
        plivo.advance(300)
        rings = dict(plivo.rings)
    assert [(one.number, reason) for one in additions if (reason := wrong(one, rings))] == []
    unknown = sum(isinstance(one.error, OutcomeUnknownError) for one in additions)
    added = sum(one.result is not None for one in additions)
    assert added > OPERATIONS / 3
    assert unknown > OPERATIONS / 10


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


@pytest.mark.parametrize("fault", [fault for fault in PLAIN if fault is not Fault.RATE_LIMITED])
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
