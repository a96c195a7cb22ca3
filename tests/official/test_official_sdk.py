"""Plivo's own SDK takes the emulator for Plivo: every operation it has, parsed by its own classes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from inspect import signature
from typing import Any

import pytest
from plivo.resources import MultiPartyCall, MultiPartyCalls
from plivo.resources.multipartycall import MultiPartyCallParticipant

from plivo_async.emulator import Conference, Emulator, Faults, Settings
from plivo_async.emulator.api._routes import MPC_ROUTES

from .support import AUTH_ID, in_thread, official_client

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]

NAME = "support-4812"
AGENT, SECOND, CUSTOMER = "+14157654321", "+14157654322", "+14157650000"
CALLER = "+14151234567"
AUDIO = "https://example.com/a.mp3"
HOOK = "https://example.com/done"
RESOURCES = (MultiPartyCalls, MultiPartyCall, MultiPartyCallParticipant)


@pytest.fixture
def anyio_backend() -> str:
    """The SDK blocks a thread; which loop the emulator runs in makes no difference."""
    return "asyncio"


@asynccontextmanager
async def world(status: str = "active", **options: Any) -> AsyncIterator[tuple[Emulator, Conference, Any]]:
    """An emulator with a conference of three, and the SDK's resource."""
    async with Emulator(AUTH_ID, "token", limit=None, **options) as plivo:
        conference = plivo.add_conference(NAME, waiting=3, status=status)
        async with official_client(plivo) as client:
            yield plivo, conference, client.multi_party_calls


async def test_start_and_stop() -> None:
    """204, as text of nothing; the conference goes through its states."""
    async with world("initialized") as (_, conference, mpc):
        await in_thread(mpc.start, friendly_name=NAME)
        states: list[str] = [conference.status]
        await in_thread(mpc.stop, uuid=conference.mpc_uuid)
        assert [*states, conference.status] == ["Active", "Ended"]


async def test_start_of_nothing_is_its_not_found() -> None:
    """404 becomes the class that its users catch."""
    from plivo.exceptions import ResourceNotFoundError

    async with world() as (_, _conference, mpc):
        with pytest.raises(ResourceNotFoundError, match="not found"):
            await in_thread(mpc.start, friendly_name=NAME)
        with pytest.raises(ResourceNotFoundError):
            await in_thread(mpc.get, friendly_name="nobody")


async def test_wrong_credentials_are_its_authentication_error() -> None:
    """401."""
    from plivo.exceptions import AuthenticationError

    async with Emulator(AUTH_ID, "token") as plivo, official_client(plivo) as client:
        client.session.auth = (AUTH_ID, "wrong")
        with pytest.raises(AuthenticationError):
            await in_thread(client.multi_party_calls.get, friendly_name=NAME)


async def test_get_gives_its_own_object() -> None:
    """A MultiPartyCall whose attributes are the wire's, and whose own methods work."""
    from plivo.resources import MultiPartyCall

    async with world() as (_, conference, mpc):
        found = await in_thread(mpc.get, friendly_name=NAME)
        assert isinstance(found, MultiPartyCall)
        assert (found.id, found.friendly_name, found.status) == (conference.mpc_uuid, NAME, "Active")
        assert found.recording == "not-recording"
        assert (found.end_time, found.duration, found.billed_amount) == (None, None, None)
        await in_thread(found.stop)
        over = await in_thread(found.get)
        assert (over.status, over.termination_cause, over.termination_cause_code) == (
            "Ended",
            "Hangup API Triggered",
            3000,
        )
        assert isinstance(over.billed_amount, str)


async def test_lists_and_their_pages() -> None:
    """Objects of its own class, filters, and the meta that it reads."""
    async with world() as (plivo, _, mpc):
        for number in range(24):
            plivo.add_conference(f"room {number}")
        first = await in_thread(mpc.list, limit=20)
        assert (len(first), first.meta.count, first.meta.limit) == (20, 25, 20)
        rest = await in_thread(mpc.list, limit=20, offset=20)
        assert len(rest) == 5
        assert rest.meta.next is None
        assert [one.friendly_name for one in rest][-1] == NAME
        live = await in_thread(mpc.list, status="active")
        assert [one.friendly_name for one in live] == [NAME]


async def test_dialling_a_participant() -> None:
    """201 and its `calls`; the phone rings once; who answers is listed by the UUID of the call."""
    async with world() as (plivo, _, mpc):
        phone = plivo.phone(CUSTOMER).answers(after=2)
        added = await in_thread(mpc.add_participant, "customer", friendly_name=NAME, from_=CALLER, to_=CUSTOMER)
        assert added.message == "add participant action initiated"
        [call] = added.calls
        assert (call.to, call.__dict__["from"]) == (CUSTOMER.lstrip("+"), CALLER.lstrip("+"))
        assert added.request_uuid == call.call_uuid
        assert len(await in_thread(mpc.list_participants, friendly_name=NAME, call_uuid=call.call_uuid)) == 0
        plivo.advance(10)
        [joined] = await in_thread(mpc.list_participants, friendly_name=NAME, call_uuid=call.call_uuid)
        assert (joined.role, joined.mute, joined.member_address.lstrip("+")) == (
            "customer",
            False,
            CUSTOMER.lstrip("+"),
        )
        assert phone.rings == 1
        again = await in_thread(mpc.get_participant, joined.member_id, friendly_name=NAME)
        assert (again.id, again.secondary_id) == (joined.mpc_uuid, joined.member_id)


async def test_dialling_several_agents() -> None:
    """One answers and joins, the other has lost the race."""
    async with world() as (plivo, conference, mpc):
        plivo.phone(AGENT).answers(after=5)
        plivo.phone(SECOND).answers(after=1)
        added = await in_thread(
            mpc.add_participant,
            "agent",
            friendly_name=NAME,
            from_=CALLER,
            to_=f"{AGENT}<{SECOND}",
            ring_timeout="30<20",
        )
        assert len(added.calls) == 2
        assert len({added.request_uuid, *(call.call_uuid for call in added.calls)}) == 3
        plivo.advance(20)
        assert len(conference.participants) == 4
        assert plivo.rings == {AGENT: 1, SECOND: 1}


async def test_dialling_makes_a_conference() -> None:
    """With a name that nobody uses the first who answers makes it."""
    async with world() as (plivo, _, mpc):
        await in_thread(
            mpc.add_participant, "agent", friendly_name="new", from_=CALLER, to_=AGENT, start_mpc_on_enter=False
        )
        plivo.advance(30)
        assert (await in_thread(mpc.get, friendly_name="new")).status == "Initialized"


async def test_transferring_a_call() -> None:
    """A live call becomes a participant."""
    async with world() as (plivo, conference, mpc):
        leg = plivo.add_call(to=CUSTOMER, from_=CALLER)
        added = await in_thread(mpc.add_participant, "customer", friendly_name=NAME, call_uuid=leg.call_uuid)
        assert [call.call_uuid for call in added.calls] == [leg.call_uuid]
        assert conference.waiting == 4


async def test_updating_participants() -> None:
    """202 with a message for each flag; one, several, all."""
    async with world() as (_, conference, mpc):
        first, second, _third = [one.member_id for one in conference.participants]
        updated = await in_thread(mpc.update_participant, first, friendly_name=NAME, mute=True, hold=False)
        assert "mute" in updated.mute
        assert "hold" in updated.hold
        await in_thread(mpc.update_participant, f"{first},{second}", friendly_name=NAME, hold=True)
        await in_thread(mpc.update_participant, "all", friendly_name=NAME, mute=False)
        people = {one.member_id: one for one in await in_thread(mpc.list_participants, friendly_name=NAME)}
        assert [people[member].hold for member in (first, second)] == [True, True]
        assert {one.mute for one in people.values()} == {False}


async def test_kicking_participants() -> None:
    """One is gone; with all of them the conference ends."""
    async with world() as (_, conference, mpc):
        first = conference.participants[0].member_id
        [person] = [one for one in await in_thread(mpc.list_participants, friendly_name=NAME) if one.member_id == first]
        await in_thread(person.kick)
        assert conference.waiting == 2
        await in_thread(mpc.kick_participant, "all", friendly_name=NAME)
        assert conference.status == "Ended"
        gone = await in_thread(mpc.get_participant, first, uuid=conference.mpc_uuid)
        assert gone.exit_cause == "Kicked Out of Multiparty Call"
        assert (gone.mute, gone.hold, gone.coach_mode) == (None, None, None)


async def test_kicking_and_playing_to_several() -> None:
    """Ids with commas, as text; what is played to two of three is stopped in the same form only."""
    async with world() as (_, conference, mpc):
        playing = await in_thread(mpc.start_play_audio, "1,3", **NAMED, url=AUDIO)
        assert playing.mpcMemberId == ["1", "3"]
        await in_thread(mpc.stop_play_audio, "all", **NAMED)
        assert conference.playing == {"1,3": AUDIO}
        await in_thread(mpc.stop_play_audio, "1,3", **NAMED)
        assert not conference.playing
        conference.options = replace(conference.options, stay_alone=True)
        await in_thread(mpc.kick_participant, "1,3", **NAMED)
        assert [one.member_id for one in await in_thread(mpc.list_participants, **NAMED)] == ["2"]


async def test_recording_the_conference() -> None:
    """Start, pause, resume, stop; each phase shows."""
    async with world() as (_, _conference, mpc):
        started = await in_thread(mpc.start_recording, friendly_name=NAME, file_format="wav")
        assert started.recording_url.endswith(f"{started.recording_id}.wav")

        async def phase() -> str:
            found = await in_thread(mpc.get, friendly_name=NAME)
            return str(found.recording)

        assert await phase() == "recording"
        await in_thread(mpc.pause_recording, friendly_name=NAME)
        assert await phase() == "paused"
        await in_thread(mpc.resume_recording, friendly_name=NAME)
        assert await phase() == "recording"
        await in_thread(mpc.stop_recording, friendly_name=NAME)
        assert await phase() == "not-recording"


async def test_recording_a_participant() -> None:
    """The same for one participant, through the object that the SDK makes of it."""
    async with world() as (_, conference, mpc):
        member = conference.participants[0].member_id
        person = await in_thread(mpc.get_participant, member, friendly_name=NAME)
        started = await in_thread(person.start_participant_recording, file_format="mp3")
        assert started.recording_id in started.recording_url
        await in_thread(person.pause_participant_recording)
        await in_thread(person.resume_participant_recording)
        await in_thread(person.stop_participant_recording)


async def test_playing_audio() -> None:
    """202 with the camel-case keys; stopping it."""
    async with world() as (_, conference, mpc):
        member = conference.participants[0].member_id
        playing = await in_thread(mpc.start_play_audio, member, friendly_name=NAME, url=AUDIO)
        assert (playing.mpcMemberId, playing.mpcName) == ([member], NAME)
        await in_thread(mpc.stop_play_audio, member, friendly_name=NAME)


async def test_filters_of_lists() -> None:
    """Every filter that the SDK has: each finds what it should, and all of them together."""
    sub_account = "SA" + "X" * 18
    async with world() as (plivo, _, mpc):
        plivo.add_conference("old", started_ago=3600, sub_account=sub_account)
        plivo.end_conference("old")
        now = datetime.now(UTC)
        since, before = (f"{now + timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S}" for minutes in (-30, 30))
        found = {
            "status": ("Ended", ["old"]),
            "friendly_name": (NAME, [NAME]),
            "sub_account": (sub_account, ["old"]),
            "termination_cause_code": (1000, ["old"]),
            "creation_time__gt": (since, [NAME]),
            "creation_time__gte": (since, [NAME]),
            "creation_time__lt": (since, ["old"]),
            "creation_time__lte": (since, ["old"]),
            "end_time__gt": (since, ["old"]),
            "end_time__gte": (since, ["old"]),
            "end_time__lt": (before, ["old"]),
            "end_time__lte": (before, ["old"]),
        }
        takes = set(signature(type(mpc).list).parameters)
        assert set(found) == takes - {"self", "limit", "offset", "callback_url", "callback_method"}
        for name, (value, names) in found.items():
            listed = await in_thread(mpc.list, **{name: value})
            assert (name, [one.friendly_name for one in listed]) == (name, names)
        both = await in_thread(mpc.list, status="ended", sub_account=sub_account, end_time__gt=since, limit=1, offset=0)
        assert [one.friendly_name for one in both] == ["old"]


# ---- Every method of every class ------------------------------------------------------------------------------------

ADDING = {"from_": CALLER, "to_": AGENT}
TAKING: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "add_participant": (("agent",), ADDING),
    "get_participant": ((1,), {}),
    "kick": ((1,), {}),
    "kick_participant": ((1,), {}),
    "list": ((), {}),
    "pause_participant_recording": ((1,), {}),
    "resume_participant_recording": ((1,), {}),
    "start_participant_recording": ((1,), {}),
    "start_play_audio": ((1,), {"url": AUDIO}),
    "stop_participant_recording": ((1,), {}),
    "stop_play_audio": ((1,), {}),
    "update": ((1,), {"mute": True}),
    "update_participant": ((1,), {"mute": True}),
}
"""What each method is called with, beside the conference's name; nothing, if it isn't here."""

TOLD = {"add": 201, "get": 200, "list": 200, "update": 202, "start_recording": 202, "start_participant_recording": 200}
"""What each is told, by its name or the first word of it; 202 for playing, and 204 for the rest."""


def methods(resource: type) -> list[str]:
    """The names of the methods that it has for itself."""
    return [name for name, value in vars(resource).items() if callable(value) and not name.startswith("_")]


async def ready_for(method: str, mpc: Any) -> None:
    """Do what must come before."""
    if method.endswith("recording") and not method.startswith("start"):
        whose = "_participant" if "participant" in method else ""
        arguments: tuple[int, ...] = (1,) if whose else ()
        await in_thread(getattr(mpc, f"start{whose}_recording"), *arguments, **NAMED)
        if method.startswith("resume"):
            await in_thread(getattr(mpc, f"pause{whose}_recording"), *arguments, **NAMED)


NAMED = {"friendly_name": NAME}
BROKEN = [
    "add_participant",
    "pause_participant_recording",
    "resume_participant_recording",
    "start_participant_recording",
    "stop_participant_recording",
]
"""Methods of a conference that the SDK itself can't call: it hands an argument on twice."""

WORKING = [
    (resource, name)
    for resource in RESOURCES
    for name in methods(resource)
    if resource is not MultiPartyCall or name not in BROKEN
]


@pytest.mark.parametrize(("resource", "method"), WORKING, ids=lambda one: getattr(one, "__name__", one))
async def test_every_method_is_understood(resource: type, method: str) -> None:
    """Of the resource itself, of its conferences and of their participants: one request, and its success."""
    async with world("initialized" if method == "start" else "active") as (plivo, _, mpc):
        await ready_for(method, mpc)
        arguments, more = TAKING.get(method, ((), {}))
        if resource is MultiPartyCalls:
            subject, more = mpc, more if method == "list" else more | NAMED
        elif resource is MultiPartyCall:
            subject = await in_thread(mpc.get, **NAMED)
        else:
            subject, arguments = await in_thread(mpc.get_participant, 1, **NAMED), ()
        before = len(plivo.requests)
        await in_thread(getattr(subject, method), *arguments, **more)
        [request] = plivo.requests[before:]
        expected = TOLD.get(method, TOLD.get(method.partition("_")[0], 202 if method == "start_play_audio" else 204))
        assert (request.told, request.operation is not None) == (expected, True)
        assert request.applied == (request.method != "GET" and method != "stop_play_audio")


@pytest.mark.parametrize("method", BROKEN)
async def test_methods_that_the_sdk_has_in_vain(method: str) -> None:
    """They raise before anything is sent; if one works some day, it is to be driven like the others."""
    async with world() as (plivo, _, mpc):
        conference = await in_thread(mpc.get, **NAMED)
        plivo.requests.clear()
        arguments, more = TAKING[method]
        with pytest.raises(TypeError, match="multiple values for"):
            await in_thread(getattr(conference, method), *arguments, **more)
        assert not plivo.requests


async def test_every_operation_but_speaking_has_a_method() -> None:
    """What the SDK can't do of the 21: to speak, and to stop it."""
    seen = set()
    for method in methods(MultiPartyCalls):
        async with world("initialized" if method == "start" else "active") as (plivo, _, mpc):
            await ready_for(method, mpc)
            arguments, more = TAKING.get(method, ((), {}))
            await in_thread(getattr(mpc, method), *arguments, **(more if method == "list" else more | NAMED))
            seen.add(plivo.requests[-1].operation)
    assert seen == {name for name, _, _ in MPC_ROUTES} - {"speak", "stop-speak"}


TAKES_CALLBACKS = [
    name for name in methods(MultiPartyCalls) if "callback_url" in signature(getattr(MultiPartyCalls, name)).parameters
]


@pytest.mark.parametrize("method", TAKES_CALLBACKS)
async def test_the_asynchronous_api(method: str) -> None:
    """With a callback, wherever it takes one, the answer says only that the request was taken; it is done."""
    async with world("initialized" if method == "start" else "active") as (plivo, _, mpc):
        await ready_for(method, mpc)
        arguments, more = TAKING.get(method, ((), {}))
        more = more | ({} if method == "list" else NAMED) | {"callback_url": HOOK, "callback_method": "GET"}
        taken = await in_thread(getattr(mpc, method), *arguments, **more)
        assert (taken.message, bool(taken.api_id)) == ("async api spawned", True)
        request = plivo.requests[-1]
        assert (request.told, request.applied) == (200, request.method != "GET")
        [callback] = [one for one in plivo.callbacks if one.url == HOOK]
        assert (callback.method, callback.params["api_id"]) == ("GET", taken.api_id)
        assert "error" not in callback.params


def test_all_but_playing_takes_a_callback() -> None:
    """What the SDK has no asynchronous form of."""
    assert set(methods(MultiPartyCalls)) - set(TAKES_CALLBACKS) == {"start_play_audio", "stop_play_audio"}


async def test_bad_arguments_are_its_validation_error() -> None:
    """400, with the reason as its text, where its own checks let something pass."""
    from plivo.exceptions import ValidationError

    async with world() as (_, _conference, mpc):
        with pytest.raises(ValidationError, match="call_uuid"):
            await in_thread(
                mpc.client.request, "POST", ("MultiPartyCall", f"name_{NAME}", "Participant"), {"role": "agent"}
            )


async def test_it_rings_twice_where_this_client_would_not() -> None:
    """Known of the SDK: a lost answer to Add Participant is sent again, and the phone rings again."""
    faults = Faults({"503-applied": 1.0}, operations=["add-participant"])
    async with world(faults=faults) as (plivo, _, mpc):
        from plivo.exceptions import PlivoRestError

        phone = plivo.phone(CUSTOMER).never_answers()
        with pytest.raises(PlivoRestError):
            await in_thread(mpc.add_participant, "customer", friendly_name=NAME, from_=CALLER, to_=CUSTOMER)
        plivo.advance(10)
        assert phone.rings == 3


@pytest.mark.parametrize(
    "settings",
    [
        Settings(error_body="empty"),
        Settings(error_body="text"),
        Settings(done_status=200),
        Settings(status_case="lower"),
    ],
    ids=["empty", "text", "200", "lower"],
)
async def test_it_copes_with_every_reading_of_the_documents(settings: Settings) -> None:
    """The answers that nobody has verified are such as it has met."""
    from plivo.exceptions import ResourceNotFoundError

    async with world("initialized", settings=settings) as (_, _conference, mpc):
        await in_thread(mpc.start, friendly_name=NAME)
        assert (await in_thread(mpc.get, friendly_name=NAME)).status.lower() == "active"
        with pytest.raises(ResourceNotFoundError):
            await in_thread(mpc.start, friendly_name=NAME)
