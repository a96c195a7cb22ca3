"""What tests say of a conference, and what is shown of it."""

import re

import anyio
import pytest

from plivo_async.emulator import Emulator
from plivo_async.testing import assert_conference, timeline

from ..support import in_memory

pytestmark = pytest.mark.anyio


async def test_what_is_so_is_the_conference() -> None:
    """It says nothing, and hands it over."""
    async with Emulator(port=None) as plivo:
        conference = plivo.add_conference("support-4812", waiting=2)
        found = assert_conference(plivo, "support-4812", status="initialized", present=2, applied=0, recorded=False)
        assert found is conference
        assert assert_conference(plivo, "support-4812") is conference


async def test_what_is_not_so_is_told_with_all_that_became_of_it() -> None:
    """Requests with their faults, phones, participants, recordings and callbacks; no number in full."""
    async with Emulator(port=None, deliver=_nobody) as plivo, in_memory(plivo) as client:
        plivo.phone("+14157654322").busy()
        plivo.script("activate", "sales", fault="lost-response")
        mpc = client.mpc("sales")
        await mpc.add_participant(
            role="agent",
            from_="+14151234567",
            to=["+14157654321", "+14157654322"],
            start_mpc_on_enter=False,
            status_callback_url="https://example.com/events",
        )
        await anyio.sleep(2)
        plivo.add_conference("other")
        await mpc.start()
        await mpc.start_recording()
        await anyio.sleep(1)
        await mpc.stop()
        await plivo.delivered()
        with pytest.raises(AssertionError) as failure:
            assert_conference(plivo, "sales", status="active", present=1, applied=2, recorded=True)
    text = str(failure.value)
    first, *lines = text.splitlines()
    assert first == (
        "conference 'sales': status is ended, not active, present is 0, not 1, applied is 4, not 2, "
        "recorded is False, not True"
    )
    assert [re.sub(r"[0-9a-f]{8}-[0-9a-f-]+", "…", line[13:]) for line in lines[1:]] == [
        "request 1 add-participant: answered 201, applied",
        "the phone *******4321 rings",
        "the phone *******4322 rings",
        "the call to *******4322 ends: busy, 3010 Busy Line",
        "conference …",
        "agent 1 joins, *******4321",
        "callback MPCInitialized: delivered",
        "callback ParticipantJoin: delivered",
        "request 2 activate: no answer, applied, fault lost-response",
        "Active by request 2",
        "callback MPCStart: delivered",
        "request 3 activate: answered 404",
        "request 4 get: answered 200",
        "request 5 start-recording: answered 202, applied",
        "recording … begins",
        "request 6 end: answered 204, applied",
        "recording … is completed",
        "agent 1 leaves: Multiparty Call Ended",
        "Ended by request 6, cause 3000",
        "the call to *******4321 ends: answered, 4020 Multiparty Call Ended",
        "callback ParticipantExit: delivered",
        "callback MPCEnd: delivered",
    ]
    assert "4157654321" not in text


async def test_one_that_never_was_is_told_with_those_that_are() -> None:
    """A wrong name is the commonest mistake."""
    async with Emulator(port=None) as plivo:
        plivo.add_conference("support-4812")
        with pytest.raises(AssertionError, match=r"no conference 'support'(.|\n)*conferences are: 'support-4812'"):
            assert_conference(plivo, "support", status="active")
        assert timeline(plivo, "support").startswith("support: never there")


async def test_a_status_that_is_none_is_refused() -> None:
    """Else it would never be so."""
    async with Emulator(port=None) as plivo:
        with pytest.raises(ValueError, match="'live' is none of 'initialized', 'active', 'ended'"):
            assert_conference(plivo, "a", status="live")  # type: ignore[arg-type]


async def _nobody(_request: object) -> None: ...
