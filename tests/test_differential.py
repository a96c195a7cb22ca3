"""The same operations through Plivo's own SDK and through this client: what differs on the wire, and why.

Both talk to an emulator of their own that starts in the same state; its log is the witness. Every difference is in
`DIFFERENCES` with its reason, each is needed by the operations that name it, and nothing else differs.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from plivo_async import AsyncClient, Destination
from plivo_async.emulator import Emulator, Request
from plivo_async.emulator._routes import OPERATIONS

from .official import AUTH_ID, in_thread, official_client

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]

NAME = "support-4812"
UUID = "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"
CALL = "c0267574-5c12-4861-8990-da9404c8cdf6"
HOOK = "https://example.com/done"
AUDIO = "https://example.com/a.mp3"
AGENT, CUSTOMER = "+14157654321", "+14157650000"


@pytest.fixture
def anyio_backend() -> str:
    """The SDK blocks a thread; which loop the emulator runs in makes no difference."""
    return "asyncio"


@dataclass(frozen=True)
class Sent:
    """What an operation put on the wire."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: Any


def sent(request: Request) -> Sent:
    """A request of the log, without what has no meaning: the order of keys."""
    path, _, query = request.raw_path.partition("?")
    return Sent(request.method, path, tuple(sorted(parse_qsl(query))), json.loads(request.body or "null"))


def _body(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Sent], Sent]:
    return lambda one: replace(one, body=change(one.body)) if isinstance(one.body, dict) else one


def _without(*keys: str) -> Callable[[Sent], Sent]:
    def change(one: Sent) -> Sent:
        query = tuple(pair for pair in one.query if pair[0] not in keys)
        body = one.body
        if isinstance(body, dict):
            body = {key: value for key, value in body.items() if key not in keys}
        return replace(one, query=query, body=body)

    return change


SDK_DEFAULTS = {
    "agent_hold_music_method": "GET",
    "call_status_callback_method": "POST",
    "coach_mode": True,
    "confirm_key_sound_method": "GET",
    "create_mpc_with_single_participant": True,
    "customer_hold_music_method": "GET",
    "delay_dial": 0,
    "dial_music": "real",
    "end_mpc_on_exit": False,
    "enter_sound": "beep:1",
    "enter_sound_method": "GET",
    "exit_sound": "beep:2",
    "exit_sound_method": "GET",
    "file_format": "mp3",
    "hold": False,
    "max_duration": 14400,
    "max_participants": 10,
    "mute": False,
    "on_exit_action_method": "POST",
    "record": False,
    "record_file_format": "mp3",
    "record_min_member_count": 1,
    "record_participant_track": False,
    "record_track_type": "all",
    "recording_callback_method": "GET",
    "relay_dtmf_inputs": False,
    "ring_timeout": 45,
    "send_on_preanswer": False,
    "start_mpc_on_enter": True,
    "start_recording_audio_method": "GET",
    "status_callback_events": "mpc-state-changes,participant-state-changes",
    "status_callback_method": "GET",
    "stay_alone": False,
    "stop_recording_audio_method": "GET",
    "transcript": False,
    "wait_music_method": "GET",
}
"""What the SDK adds of its own accord: the defaults of its signatures."""


def _without_defaults(body: dict[str, Any]) -> dict[str, Any]:
    defaults = (
        SDK_DEFAULTS
        | {"caller_name": body.get("from")}
        | ({"recording_callback_method": "POST"} if "role" not in body else {})
    )
    return {key: value for key, value in body.items() if key not in defaults or value != defaults[key]}


DIFFERENCES: dict[str, tuple[str, Callable[[Sent], Sent]]] = {
    "lists of one": (
        "a stray comma in the SDK makes a list of one of each value that start() sends; the documents show text",
        _body(lambda body: {key: value[0] if isinstance(value, list) else value for key, value in body.items()}),
    ),
    "identifiers": (
        "the SDK repeats in the body or the query what the path says already; the documents list no such arguments",
        _without("friendly_name", "uuid", "participant_id"),
    ),
    "defaults": (
        "the SDK sends the defaults of its signatures; what is not given is left to Plivo here, so that a default that "
        "Plivo changes is not frozen",
        _body(_without_defaults),
    ),
    "no body": (
        "the SDK sends an empty object where there are no arguments; here such a request has no body",
        lambda one: replace(one, body=None) if one.body == {} else one,
    ),
    "explicit method": (
        "the default method of this callback differs between the documents and the SDKs, so it is always sent here: "
        "POST, unless another one is given",
        _body(
            lambda body: {
                **body,
                **{
                    f"{name}_method": "POST"
                    for name in ("status_callback", "recording_callback")
                    if f"{name}_url" in body and body.get(f"{name}_method") in (None, "GET")
                },
            }
        ),
    ),
}


@dataclass(frozen=True)
class Case:
    """One operation, said in both languages.

    Attributes:
        name: What it is.
        official: Through the SDK.
        ours: Through this client.
        differences: The keys of `DIFFERENCES` that it needs.
        prepare: Requests that come before it, through this client, on both emulators.
        status: Of the conference that is there.
    """

    name: str
    official: Callable[[Any], object]
    ours: Callable[[AsyncClient], Awaitable[object]]
    differences: tuple[str, ...] = ()
    prepare: Callable[[AsyncClient], Awaitable[object]] | None = None
    status: str = "active"


async def _recording(client: AsyncClient) -> None:
    await client.mpc(NAME).start_recording()
    await client.mpc(NAME).participant(1).start_recording()


async def _paused(client: AsyncClient) -> None:
    await _recording(client)
    await client.mpc(NAME).pause_recording()
    await client.mpc(NAME).participant(1).pause_recording()


SINCE = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
NO_ARGUMENTS = ("identifiers", "no body")

CASES = [
    Case("list", lambda s: s.list(), lambda c: c.mpc.list()),
    Case(
        "list with filters",
        lambda s: s.list(
            status="Active", friendly_name=NAME, creation_time__gte="2026-11-01 08:30:00", limit=5, offset=0
        ),
        lambda c: c.mpc.list(status="active", friendly_name=NAME, creation_time__gte=SINCE, limit=5, offset=0),
    ),
    Case(
        "list, asynchronous",
        lambda s: s.list(callback_url=HOOK, callback_method="GET"),
        lambda c: c.mpc.list(callback_url=HOOK, callback_method="GET"),
    ),
    Case("get by name", lambda s: s.get(friendly_name=NAME), lambda c: c.mpc.get(NAME)),
    Case("get by UUID", lambda s: s.get(uuid=UUID), lambda c: c.mpc.get(uuid=UUID)),
    Case(
        "get, asynchronous",
        lambda s: s.get(friendly_name=NAME, callback_url=HOOK),
        lambda c: c.mpc(NAME).get(callback_url=HOOK),
        ("identifiers",),
    ),
    Case(
        "start",
        lambda s: s.start(friendly_name=NAME),
        lambda c: c.mpc.start(NAME),
        ("lists of one",),
        status="initialized",
    ),
    Case("stop", lambda s: s.stop(friendly_name=NAME), lambda c: c.mpc.stop(NAME), NO_ARGUMENTS),
    Case(
        "stop, asynchronous",
        lambda s: s.stop(uuid=UUID, callback_url=HOOK, callback_method="POST"),
        lambda c: c.mpc(uuid=UUID).stop(callback_url=HOOK, callback_method="POST"),
        ("identifiers",),
    ),
    Case(
        "add one participant",
        lambda s: s.add_participant("Customer", friendly_name=NAME, from_="+14151234567", to_=CUSTOMER),
        lambda c: c.mpc(NAME).add_participant(role="customer", from_="+14151234567", to=CUSTOMER),
        ("defaults",),
    ),
    Case(
        "add one of several agents",
        lambda s: s.add_participant(
            "agent", friendly_name=NAME, from_="+14151234567", to_=f"{AGENT}<{CUSTOMER}", ring_timeout="30<20"
        ),
        lambda c: c.mpc(NAME).add_participant(
            role="agent",
            from_="+14151234567",
            to=[Destination(AGENT, ring_timeout=30), Destination(CUSTOMER, ring_timeout=20)],
        ),
        ("defaults",),
    ),
    Case(
        "add a live call",
        lambda s: s.add_participant("supervisor", friendly_name=NAME, call_uuid=CALL, coach_mode=False),
        lambda c: c.mpc(NAME).add_participant(role="supervisor", call_uuid=CALL, coach_mode=False),
        ("defaults",),
    ),
    Case(
        "add a participant with options",
        lambda s: s.add_participant(
            "agent",
            friendly_name=NAME,
            from_="+14151234567",
            to_=AGENT,
            caller_name="Support",
            confirm_key="5",
            max_duration=600,
            record=True,
            stay_alone=True,
            start_mpc_on_enter=False,
            status_callback_url=HOOK,
            status_callback_events="mpc-state-changes,participant-speak-events",
            recording_callback_url=HOOK,
            enter_sound="none",
        ),
        lambda c: c.mpc(NAME).add_participant(
            role="agent",
            from_="+14151234567",
            to=AGENT,
            caller_name="Support",
            confirm_key="5",
            max_duration=600,
            record=True,
            stay_alone=True,
            start_mpc_on_enter=False,
            status_callback_url=HOOK,
            status_callback_events=["mpc-state-changes", "participant-speak-events"],
            recording_callback_url=HOOK,
            enter_sound="none",
        ),
        ("defaults", "explicit method"),
    ),
    Case("list participants", lambda s: s.list_participants(friendly_name=NAME), lambda c: c.mpc(NAME).participants()),
    Case(
        "list participants of a call",
        lambda s: s.list_participants(friendly_name=NAME, call_uuid=CALL),
        lambda c: c.mpc(NAME).participants(call_uuid=CALL),
    ),
    Case(
        "get a participant",
        lambda s: s.get_participant(1, friendly_name=NAME),
        lambda c: c.mpc(NAME).participant(1).get(),
    ),
    Case(
        "update a participant",
        lambda s: s.update_participant(1, friendly_name=NAME, mute=True, hold=False),
        lambda c: c.mpc(NAME).participant(1).update(mute=True, hold=False),
    ),
    Case(
        "update all participants",
        lambda s: s.update_participant("all", friendly_name=NAME, hold=True),
        lambda c: c.mpc(NAME).members("all").hold(),
    ),
    Case(
        "kick a participant",
        lambda s: s.kick_participant(1, friendly_name=NAME),
        lambda c: c.mpc(NAME).participant(1).kick(),
        NO_ARGUMENTS,
    ),
    Case(
        "kick several",
        lambda s: s.kick_participant("1,2", friendly_name=NAME),
        lambda c: c.mpc(NAME).members(1, 2).kick(),
        NO_ARGUMENTS,
    ),
    Case(
        "start recording",
        lambda s: s.start_recording(friendly_name=NAME, file_format="wav"),
        lambda c: c.mpc(NAME).start_recording(file_format="wav"),
        ("defaults",),
    ),
    Case(
        "start recording with a callback",
        lambda s: s.start_recording(friendly_name=NAME, recording_callback_url=HOOK),
        lambda c: c.mpc(NAME).start_recording(recording_callback_url=HOOK),
        ("defaults", "explicit method"),
    ),
    Case(
        "stop recording",
        lambda s: s.stop_recording(friendly_name=NAME),
        lambda c: c.mpc(NAME).stop_recording(),
        NO_ARGUMENTS,
        prepare=_recording,
    ),
    Case(
        "pause recording",
        lambda s: s.pause_recording(friendly_name=NAME),
        lambda c: c.mpc(NAME).pause_recording(),
        NO_ARGUMENTS,
        prepare=_recording,
    ),
    Case(
        "resume recording",
        lambda s: s.resume_recording(friendly_name=NAME),
        lambda c: c.mpc(NAME).resume_recording(),
        NO_ARGUMENTS,
        prepare=_paused,
    ),
    Case(
        "start recording a participant",
        lambda s: s.start_participant_recording(1, friendly_name=NAME, record_track_type="participant"),
        lambda c: c.mpc(NAME).participant(1).start_recording(record_track_type="participant"),
        ("defaults",),
    ),
    Case(
        "stop recording a participant",
        lambda s: s.stop_participant_recording(1, friendly_name=NAME),
        lambda c: c.mpc(NAME).participant(1).stop_recording(),
        ("identifiers", "defaults", "no body"),
        prepare=_recording,
    ),
    Case(
        "pause recording a participant",
        lambda s: s.pause_participant_recording(1, friendly_name=NAME),
        lambda c: c.mpc(NAME).participant(1).pause_recording(),
        ("identifiers", "defaults", "no body"),
        prepare=_recording,
    ),
    Case(
        "resume recording a participant",
        lambda s: s.resume_participant_recording(1, friendly_name=NAME),
        lambda c: c.mpc(NAME).participant(1).resume_recording(),
        ("identifiers", "defaults", "no body"),
        prepare=_paused,
    ),
    Case(
        "play audio",
        lambda s: s.start_play_audio("1,2", friendly_name=NAME, url=AUDIO),
        lambda c: c.mpc(NAME).members(1, 2).play(AUDIO),
        ("identifiers",),
    ),
    Case(
        "stop playing audio",
        lambda s: s.stop_play_audio("all", friendly_name=NAME),
        lambda c: c.mpc(NAME).members("all").stop_playing(),
    ),
]


@asynccontextmanager
async def scene(status: str) -> AsyncIterator[Emulator]:
    """An emulator in a state that is the same each time."""
    async with Emulator(AUTH_ID, "token", limit=None, seed=1) as plivo:
        plivo.add_conference(NAME, uuid=UUID, waiting=3, status=status)
        plivo.add_call(to=CUSTOMER, from_=AGENT, call_uuid=CALL)
        yield plivo


@asynccontextmanager
async def prepared(case: Case) -> AsyncIterator[tuple[Emulator, AsyncClient]]:
    """The state that an operation needs, and a client of ours."""
    async with scene(case.status) as plivo, AsyncClient(AUTH_ID, "token", base_url=plivo.url, rate_limit=None) as ours:
        if case.prepare is not None:
            await case.prepare(ours)
        plivo.requests.clear()
        yield plivo, ours


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_both_say_the_same_but_for_the_known_differences(case: Case) -> None:
    """Method, path, query and body are equal once the listed differences are taken off; none is listed in vain."""
    async with prepared(case) as (plivo, _), official_client(plivo) as sdk:
        await in_thread(case.official, sdk.multi_party_calls)
        [theirs] = plivo.requests
    async with prepared(case) as (plivo, client):
        await case.ours(client)
        [ours] = plivo.requests
    assert (theirs.operation, theirs.told) == (ours.operation, ours.told)
    changed = sent(theirs)
    for name in case.differences:
        before, changed = changed, DIFFERENCES[name][1](changed)
        assert changed != before, f"{name} makes no difference here"
    assert changed == sent(ours)


def test_every_difference_has_a_case() -> None:
    """No reason without a case."""
    assert {name for case in CASES for name in case.differences} == set(DIFFERENCES)


async def test_every_operation_that_the_sdk_has_is_compared() -> None:
    """Of the 21 operations the SDK lacks two: to speak, and to stop it."""
    seen = set()
    for case in CASES:
        async with prepared(case) as (plivo, client):
            await case.ours(client)
            seen |= {request.operation for request in plivo.requests}
    assert seen == OPERATIONS - {"speak", "stop-speak"}


def test_the_documents_name_every_method_of_the_sdk_and_every_difference() -> None:
    """Whoever comes from the SDK finds each of its methods, and a line for each difference."""
    from plivo.resources import MultiPartyCalls

    page = (Path(__file__).parent.parent / "docs" / "coming-from-the-official-sdk.md").read_text(encoding="utf-8")
    methods = {name for name in vars(MultiPartyCalls) if not name.startswith("_")}
    assert {name for name in methods if f"s.{name}(" not in page} == set()
    rows = page.partition("**On the wire**")[2].count("\n| ") - 1
    assert rows == len(DIFFERENCES)
