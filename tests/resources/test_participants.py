"""Participants: adding them, looking at them, and what is done to one, several or all."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import anyio
import pytest

from plivo_async import (
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    RetryPolicy,
)
from plivo_async.emulator import Emulator, Faults
from plivo_async.models import AddedParticipant, Participant, ParticipantUpdate
from plivo_async.resources import MultiPartyCalls
from plivo_async.wire import Destination

from ..support import in_memory
from .scripted import Scripted, answer, shape

CALLER, PHONE, OTHER = "+14151234567", "+14157654321", "sip:agent@phone.plivo.com"
LEG = "c0267574-5c12-4861-8990-da9404c8cdf6"
ADDED = {
    "api_id": "1cebd713-ee00-11ea-b02e-0242ac110003",
    "message": "add participant action initiated",
    "request_uuid": LEG,
    "calls": [{"to": "14157654321", "from": "14151234567", "call_uuid": LEG}],
}
PERSON = {"api_id": "a", "member_id": "355", "mpc_uuid": LEG, "call_uuid": LEG, "role": "agent", "mute": False}

Operation = Callable[[MultiPartyCalls], Awaitable[Any]]


# ---- Adding --------------------------------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("options", "body"),
    [
        (
            {"role": "customer", "from_": CALLER, "to": PHONE},
            {"role": "customer", "from": CALLER, "to": PHONE},
        ),
        (
            {"role": "agent", "from_": CALLER, "to": [PHONE, Destination(OTHER, ring_timeout=20, delay_dial=5)]},
            {"role": "agent", "from": CALLER, "to": f"{PHONE}<{OTHER}", "ring_timeout": "45<20", "delay_dial": "0<5"},
        ),
        (
            {"role": "agent", "from_": CALLER, "to": PHONE, "start_mpc_on_enter": False, "sip_headers": {"Team": "7"}},
            {"role": "agent", "from": CALLER, "to": PHONE, "start_mpc_on_enter": False, "sip_headers": "Team=7"},
        ),
        (
            {"role": "supervisor", "call_uuid": LEG, "mute": True},
            {"role": "supervisor", "call_uuid": LEG, "mute": True},
        ),
        ({"role": "customer", "call_uuid": UUID(LEG), "record": None}, {"role": "customer", "call_uuid": LEG}),
    ],
)
async def test_adding_on_the_wire(options: dict[str, Any], body: dict[str, Any]) -> None:
    """One request, with what was given and nothing else; the answer names the calls."""
    fake = Scripted(answer(201, ADDED))
    added = await fake.mpc("a/b").add_participant(**options)
    assert isinstance(added, AddedParticipant)
    assert added.request_uuid == LEG
    [leg] = added.calls
    assert (leg.call_uuid, leg.to, leg.from_) == (LEG, "14157654321", "14151234567")
    assert [shape(request) for request in fake.requests] == ["POST MultiPartyCall/name_a%2Fb/Participant/"]
    assert fake.body == body


@pytest.mark.anyio
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"role": "agent"},
        {"from_": CALLER, "to": PHONE},
        {"role": "agent", "to": PHONE},
        {"role": "agent", "from_": CALLER},
        {"role": "agent", "from_": CALLER, "to": PHONE, "call_uuid": LEG},
        {"role": "customer", "from_": CALLER, "to": [PHONE, OTHER]},
        {"role": "agent", "from_": CALLER, "to": [PHONE, PHONE]},
        {"role": "agent", "from_": CALLER, "to": []},
        {"role": "agent", "call_uuid": LEG, "ring_timeout": 20},
        {"role": "agent", "call_uuid": LEG, "caller_name": "Support"},
        {"role": "agent", "from_": CALLER, "to": PHONE, "ringtimeout": 20},
        {"role": "agent", "from_": CALLER, "to": PHONE, "mute": 1},
    ],
)
async def test_wrong_arguments_ring_no_phone(options: dict[str, Any]) -> None:
    """A mistake is told before anything is sent, without a phone number in the words."""
    fake = Scripted(answer(201, ADDED))
    with pytest.raises((ValueError, TypeError)) as caught:
        await fake.mpc("room").add_participant(**options)
    assert fake.requests == []
    assert not any(number.removeprefix("+") in str(caught.value) for number in (CALLER, PHONE, OTHER))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("options", "step"),
    [
        ({"role": "customer", "from_": CALLER, "to": PHONE}, "find_participant(member_address="),
        ({"role": "agent", "from_": CALLER, "to": [PHONE, OTHER]}, "find_participant(member_address="),
        ({"role": "agent", "call_uuid": LEG}, "find_participant(call_uuid="),
    ],
)
async def test_an_unclear_attempt_names_the_next_step(options: dict[str, Any], step: str) -> None:
    """The error says how to look; it isn't tried again."""
    fake = Scripted(OutcomeUnknownError("It may have been. Look before repeating it"))
    with pytest.raises(OutcomeUnknownError) as caught:
        await fake.mpc("room").add_participant(**options)
    assert f"Look before repeating it: {step}" in caught.value.message
    assert len(fake.requests) == 1


# ---- What is done to them ------------------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("operation", "path", "body"),
    [
        (lambda mpc: mpc("r").participant(355).mute(), "355", {"mute": True}),
        (lambda mpc: mpc("r").participant("355").unmute(), "355", {"mute": False}),
        (lambda mpc: mpc("r").participant(355).hold(), "355", {"hold": True}),
        (lambda mpc: mpc("r").participant(355).unhold(), "355", {"hold": False}),
        (lambda mpc: mpc("r").participant(355).start_coach_mode(), "355", {"coach_mode": True}),
        (lambda mpc: mpc("r").participant(355).stop_coach_mode(), "355", {"coach_mode": False}),
        (lambda mpc: mpc("r").participant(355).update(mute=True, hold=False), "355", {"mute": True, "hold": False}),
        (
            lambda mpc: mpc("r").participant(355).update(coach_mode=False, disable_state_change_sound=True),
            "355",
            {"coach_mode": False, "disable_state_change_sound": True},
        ),
        (lambda mpc: mpc("r").members(355, 356).mute(), "355,356", {"mute": True}),
        (lambda mpc: mpc("r").members("all").unmute(), "all", {"mute": False}),
        (lambda mpc: mpc("r").members("all").hold(), "all", {"hold": True}),
        (lambda mpc: mpc("r").members(1, 2).unhold(), "1,2", {"hold": False}),
        (lambda mpc: mpc("r").members(1, 2).update(mute=False, hold=True), "1,2", {"mute": False, "hold": True}),
    ],
)
async def test_updating_on_the_wire(operation: Operation, path: str, body: dict[str, Any]) -> None:
    """Exactly the flags that were meant; the answer's words come back as they are."""
    fake = Scripted(answer(202, {"api_id": "a", "mute": "MPC: r mute/unmute member(s) succeded"}))
    update = await operation(fake.mpc)
    assert isinstance(update, ParticipantUpdate)
    assert (update.mute, update.hold, update.api_id) == ("MPC: r mute/unmute member(s) succeded", None, "a")
    assert [shape(request) for request in fake.requests] == [f"POST MultiPartyCall/name_r/Participant/{path}/"]
    assert fake.body == body


@pytest.mark.anyio
@pytest.mark.parametrize(
    "operation",
    [
        lambda mpc: mpc("r").participant(355).update(),
        lambda mpc: mpc("r").participant(355).update(disable_state_change_sound=True),
        lambda mpc: mpc("r").participant(355).update(mute=1),
        lambda mpc: mpc("r").members("all").update(),
        lambda mpc: mpc("r").members("all").update(coach_mode=True),
        lambda mpc: mpc("r").members(1, 2).update(hold="yes"),
    ],
)
async def test_a_wrong_update_is_refused(operation: Operation) -> None:
    """Nothing to change, no bool, coaching of several: nothing is sent."""
    fake = Scripted(answer(202, {}))
    with pytest.raises((ValueError, TypeError)):
        await operation(fake.mpc)
    assert fake.requests == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("operation", "path"),
    [
        (lambda mpc: mpc("r").participant(355).kick(), "355"),
        (lambda mpc: mpc("r").members(355, 356).kick(), "355,356"),
        (lambda mpc: mpc("r").members("all").kick(), "all"),
    ],
)
async def test_kicking_on_the_wire(operation: Operation, path: str) -> None:
    """A DELETE without a body; None comes back."""
    fake = Scripted(answer(204))
    assert await operation(fake.mpc) is None
    assert [shape(request) for request in fake.requests] == [f"DELETE MultiPartyCall/name_r/Participant/{path}/"]
    assert fake.body is None


@pytest.mark.anyio
async def test_looking_at_one() -> None:
    """The documented request, and the participant."""
    fake = Scripted(answer(200, PERSON))
    person = await fake.mpc("r").participant(355).get()
    assert isinstance(person, Participant)
    assert (person.member_id, person.role, person.mute, person.hold) == ("355", "agent", False, None)
    assert [shape(request) for request in fake.requests] == ["GET MultiPartyCall/name_r/Participant/355/"]


# ---- The same against the emulator ---------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize(
    "fault", ["lost-response", "reset-after", "reset-before", "500", "502", "503-applied", "half", "not-json"]
)
async def test_a_phone_never_rings_twice(fault: str) -> None:
    """Whatever is unclear is sent once, and its error holds when that began."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.script("add-participant", "room", fault=fault)
        with pytest.raises(OutcomeUnknownError, match="find_participant") as caught:
            await client.mpc("room").add_participant(role="agent", from_=CALLER, to=PHONE)
        assert len(plivo.requests) == 1
        assert caught.value.started_at is not None


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["lost-response", "late", "reset-before", "503"])
async def test_no_ghost_conference_opens(fault: str) -> None:
    """The conference ends while the addition is in doubt: nothing is sent that would make a new one of that name."""
    async with Emulator(port=None) as plivo, in_memory(plivo, timeout=1.0) as client:
        first = plivo.add_conference("room", status="active", waiting=2)
        plivo.script("add-participant", "room", fault=fault)
        with pytest.raises(OutcomeUnknownError):
            await client.mpc("room").add_participant(role="agent", from_=CALLER, to=PHONE)
        plivo.end_conference("room")
        plivo.phone(PHONE).never_answers()
        plivo.advance(3600)
        assert len(plivo.requests) == 1
        assert plivo.conferences["room"] is first


@pytest.mark.anyio
async def test_by_uuid_nothing_is_made() -> None:
    """An addition to a conference that is over is refused, and opens no other; no phone rings."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        over = plivo.add_conference("room")
        plivo.end_conference("room")
        with pytest.raises(NotFoundError):
            await client.mpc(uuid=over.mpc_uuid).add_participant(role="agent", from_=CALLER, to=PHONE)
        plivo.advance(60)
        assert plivo.conferences["room"] is over
        assert plivo.phone(PHONE).rings == 0


@pytest.mark.anyio
async def test_what_did_nothing_is_repeated() -> None:
    """A 429 rings no phone, so it is tried again, as often as any operation; then it is a `RateLimitError`."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.script("add-participant", "room", fault="429")
        await client.mpc("room").add_participant(role="agent", from_=CALLER, to=PHONE)
        assert len(plivo.requests) == 2
    faults, thrice = Faults({"429": 1.0}), RetryPolicy(max_attempts=3)
    async with (
        Emulator(port=None, faults=faults) as plivo,
        in_memory(plivo, retry=thrice, rate_limit=None) as client,  # with one a 429 is news of the account
    ):
        with pytest.raises(RateLimitError):
            await client.mpc("room").add_participant(role="agent", from_=CALLER, to=PHONE)
        assert len(plivo.requests) == 3


@pytest.mark.anyio
async def test_a_participant_from_beginning_to_end() -> None:
    """Dialled, found when they answer, muted, looked at, kicked; then there is no such participant."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        mpc = client.mpc("room")
        added = await mpc.add_participant(role="agent", from_=CALLER, to=PHONE, stay_alone=True)
        found = await mpc.find_participant(call_uuid=added.calls[0].call_uuid, wait_for=60)
        assert found is not None
        person = mpc.participant(found.member_id)
        assert (await person.mute()).mute is not None
        assert (await person.get()).mute is True
        await mpc.members("all").unmute()
        assert (await person.get()).mute is False
        [listed] = [one async for one in mpc.participants()]
        assert listed.member_id == found.member_id
        uuid = found.mpc_uuid
        await person.kick()
        with pytest.raises(NotFoundError):
            await person.get()
        assert (await client.mpc(uuid=uuid).participant(found.member_id).get()).exit_time is not None


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["503", "lost-response", "reset-before", "429"])
async def test_a_repeated_mute_does_not_undo_a_later_unmute(fault: str) -> None:
    """The last word counts, however often the first has to be said."""
    retry = RetryPolicy(base_delay=5)
    async with Emulator(port=None, latency=0.05) as plivo, in_memory(plivo, retry=retry, seed=1) as client:
        [person] = plivo.add_conference("room", status="active", started_ago=9, stay_alone=True).participants
        plivo.script("update-participant", "room", fault=fault)
        mpc = client.mpc("room")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(mpc.participant(person.member_id).mute)
            await anyio.sleep(0.1)
            await mpc.participant(person.member_id).unmute()
        bodies = [json.loads(request.body)["mute"] for request in plivo.requests if request.method == "POST"]
        assert bodies == [True, True, False]
        assert (await mpc.participant(person.member_id).get()).mute is False


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["lost-response", "500-applied", "late"])
async def test_a_lost_answer_to_a_kick_is_settled(fault: str) -> None:
    """By UUID those who left can be looked at: the repetition's 404 is not taken at its word."""
    retry = RetryPolicy(max_attempts=3, base_delay=0.1)
    async with Emulator(port=None) as plivo, in_memory(plivo, timeout=1.0, retry=retry) as client:
        conference = plivo.add_conference("room", status="active", waiting=3)
        plivo.script("kick", fault=fault)
        mpc = client.mpc(uuid=conference.mpc_uuid)
        one = (await mpc.participants()).objects[0]
        await mpc.participant(one.member_id).kick()
        assert (await mpc.participant(one.member_id).get()).exit_time is not None
