"""The same operations through Plivo's own SDK and through this client: what differs on the wire, and why.

Both talk to an emulator of their own that starts in the same state; its log is the witness. Each operation is said by
name, by UUID and, where the SDK can, asynchronously. What the SDK sends is then corrected by `CORRECTIONS`, each of
which has its reason and its places, and must be what this client sends.
"""

import inspect
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args, get_type_hints
from urllib.parse import parse_qsl

import pytest
from plivo.resources import MultiPartyCalls

from plivo_async import AsyncClient, Destination, DialOptions
from plivo_async.emulator import Emulator, Request
from plivo_async.emulator.api._routes import MPC_ROUTES
from plivo_async.wire import EventGroup

from .support import AUTH_ID, in_thread, official_client

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]

NAME = "support-4812"
UUID = "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"
CALL = "c0267574-5c12-4861-8990-da9404c8cdf6"
HOOK = "https://example.com/done"
AUDIO = "https://example.com/a.mp3"
CALLER, AGENT, CUSTOMER = "+14151234567", "+14157654321", "+14157650000"
SUB_ACCOUNT = "SAXXXXXXXXXXXXXXXXXX"


@pytest.fixture
def anyio_backend() -> str:
    """The SDK blocks a thread; which loop the emulator runs in makes no difference."""
    return "asyncio"


# ---- What was sent, and what was said -------------------------------------------------------------------------------


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


@dataclass(frozen=True)
class Said:
    """What the SDK was asked for.

    Attributes:
        method: Of `MultiPartyCalls`.
        positional: Its positional arguments.
        named: Its named ones.
    """

    method: str
    positional: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)

    @property
    def signature(self) -> inspect.Signature:
        """Of the method."""
        return inspect.signature(getattr(MultiPartyCalls, self.method))

    def given(self) -> set[str]:
        """The arguments that were given, spelt as on the wire."""
        return {name.rstrip("_") for name in self.signature.bind(None, *self.positional, **self.named).arguments}

    def defaults(self) -> dict[str, Any]:
        """What the SDK says by itself where nothing is given, by the names on the wire."""
        parameters = self.signature.parameters.values()
        defaults = {one.name: one.default for one in parameters if one.default not in (None, one.empty)}
        if "dial_music" in defaults:
            defaults["dial_music"] = defaults["dial_music"].lower()
        if "from_" in self.named:
            defaults["caller_name"] = self.named["from_"]
        return {name: value for name, value in defaults.items() if name not in self.given()}


# ---- The known differences ------------------------------------------------------------------------------------------


def lists_of_one(one: Sent, said: Said) -> Sent:
    """A stray comma in the SDK makes a list of one of each value that start() sends; the documents show text."""
    if said.method != "start":
        return one
    return replace(one, body={key: value[0] if [value[0]] == value else value for key, value in one.body.items()})


def identifiers(one: Sent, said: Said) -> Sent:
    """The SDK repeats in the body or the query what the path says already; the documents list no such arguments."""
    if said.method == "list":
        return one  # there it is a filter
    mine = {"friendly_name": NAME, "uuid": UUID}
    if said.positional:
        mine["participant_id"] = said.positional[0]
    query = tuple((key, value) for key, value in one.query if str(mine.get(key)) != value)
    body = one.body
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if key not in mine or mine[key] != value}
    return replace(one, query=query, body=body)


def defaults(one: Sent, said: Said) -> Sent:
    """The SDK sends the defaults of its signatures; here what is not given is left to Plivo, and no default frozen."""
    if not isinstance(one.body, dict):
        return one
    usual = said.defaults()
    return replace(one, body={key: value for key, value in one.body.items() if (key, value) not in usual.items()})


def no_body(one: Sent, said: Said) -> Sent:
    """The SDK sends an empty object where there are no arguments; here such a request has no body."""
    return replace(one, body=None) if one.body == {} and one.method != "GET" else one


def explicit_method(one: Sent, said: Said) -> Sent:
    """The default method of two callbacks differs between documents and SDKs: here POST is sent if none is given."""
    if not isinstance(one.body, dict):
        return one
    callbacks = [name for name in ("status_callback", "recording_callback") if f"{name}_url" in one.body]
    return replace(one, body={**{f"{name}_method": "POST" for name in callbacks}, **one.body})


Correction = Callable[[Sent, Said], Sent]

CORRECTIONS: dict[Correction, set[str]] = {
    lists_of_one: {"start"},
    identifiers: {
        "get", "get_participant", "stop", "kick_participant", "start_play_audio", "stop_recording", "pause_recording",
        "resume_recording", "stop_participant_recording", "pause_participant_recording",
        "resume_participant_recording",
    },
    defaults: {
        "add_participant", "start_recording", "start_participant_recording", "stop_participant_recording",
        "pause_participant_recording", "resume_participant_recording",
    },
    no_body: {
        "stop", "kick_participant", "start_recording", "stop_recording", "pause_recording", "resume_recording",
        "start_participant_recording", "stop_participant_recording", "pause_participant_recording",
        "resume_participant_recording",
    },
    explicit_method: {"add_participant", "start_recording", "start_participant_recording"},
}  # fmt: skip
"""Each correction, in the order in which they are made, and the methods of the SDK that it changes."""


# ---- The operations -------------------------------------------------------------------------------------------------


Ours = Callable[..., Awaitable[object]]


@dataclass(frozen=True)
class Case:
    """One operation, said in both languages.

    Attributes:
        name: What it is.
        theirs: Through the SDK, but for which conference.
        ours: Through this client, called with a handle of the conference, the client, and a callback if it has one.
        prepare: Requests that come before it, through this client, on both emulators.
        status: Of the conference that is there.
        ways: How it can be said: keys of `WAYS`; None for all.
    """

    name: str
    theirs: Said
    ours: Ours
    prepare: Callable[[AsyncClient], Awaitable[object]] | None = None
    status: str = "active"
    ways: tuple[str, ...] | None = None


async def _recording(client: AsyncClient) -> None:
    await client.mpc(NAME).start_recording()
    await client.mpc(NAME).participant(1).start_recording(record_track_type="both")


async def _paused(client: AsyncClient) -> None:
    await _recording(client)
    await client.mpc(NAME).pause_recording()
    await client.mpc(NAME).participant(1).pause_recording(record_track_type="both")


async def _supervised(client: AsyncClient) -> None:
    await client.mpc(NAME).add_participant(role="supervisor", call_uuid=CALL)


def said(method: str, *positional: Any, **named: Any) -> Said:
    """What the SDK is asked for."""
    return Said(method, positional, named)


FILTERS: dict[str, Any] = {
    "sub_account": SUB_ACCOUNT,
    "friendly_name": NAME,
    "status": "ended",
    "termination_cause_code": 1000,
    "limit": 5,
    "offset": 3,
}
TIMES = {
    f"{which}__{bound}": datetime(2026, 11, 1, 8, 30, second, tzinfo=UTC)
    for which in ("end_time", "creation_time")
    for second, bound in enumerate(("gte", "gt", "lte", "lt"), start=1)
}

OPTIONS: dict[str, Any] = {
    "caller_name": "Support",
    "call_status_callback_url": f"{HOOK}/1",
    "call_status_callback_method": "GET",
    "confirm_key": "5",
    "confirm_key_sound_url": f"{HOOK}/2",
    "confirm_key_sound_method": "POST",
    "dial_music": f"{HOOK}/3",
    "ring_timeout": 30,
    "delay_dial": 2,
    "max_duration": 600,
    "max_participants": 5,
    "record_min_member_count": 2,
    "wait_music_url": f"{HOOK}/4",
    "wait_music_method": "POST",
    "agent_hold_music_url": f"{HOOK}/5",
    "agent_hold_music_method": "POST",
    "customer_hold_music_url": f"{HOOK}/6",
    "customer_hold_music_method": "POST",
    "recording_callback_url": f"{HOOK}/7",
    "recording_callback_method": "POST",
    "status_callback_url": f"{HOOK}/8",
    "status_callback_method": "POST",
    "on_exit_action_url": f"{HOOK}/9",
    "on_exit_action_method": "GET",
    "record": True,
    "record_participant_track": True,
    "record_file_format": "wav",
    "stay_alone": True,
    "coach_mode": False,
    "mute": True,
    "hold": True,
    "start_mpc_on_enter": False,
    "end_mpc_on_exit": True,
    "relay_dtmf_inputs": True,
    "enter_sound": f"{HOOK}/10",
    "enter_sound_method": "POST",
    "exit_sound": f"{HOOK}/11",
    "exit_sound_method": "POST",
    "start_recording_audio": f"{HOOK}/12",
    "start_recording_audio_method": "POST",
    "stop_recording_audio": f"{HOOK}/13",
    "stop_recording_audio_method": "POST",
    "create_mpc_with_single_participant": False,
    "send_digits": "12w",
    "send_on_preanswer": True,
    "transcript": True,
    "transcription_url": f"{HOOK}/14",
}
"""All options of adding a participant that both spell alike; no value is a default."""

WORDS = {"dial_music": "none", "enter_sound": "none", "exit_sound": "beep:1", "start_mpc_on_enter": True}
"""Other values, among them defaults that are given."""

OPEN: dict[str, Any] = {"status_callback_url": HOOK, "recording_callback_url": HOOK}
BY_GET: dict[str, Any] = {"status_callback_method": "GET", "recording_callback_method": "GET"}
GROUPS = get_args(EventGroup)
RECORDING: dict[str, Any] = {
    "file_format": "wav",
    "recording_callback_url": HOOK,
    "recording_callback_method": "GET",
    "transcript": True,
    "transcription_url": HOOK,
}

STARTING_MANY: dict[str, Ours] = {
    "by name": lambda _, c: c.mpc.start([NAME]),
    "by UUID": lambda _, c: c.mpc.start([uuid.UUID(UUID)]),
}

CASES = [
    Case("list", said("list"), lambda _, c, **more: c.mpc.list(**more)),
    Case("list by filters", said("list", **FILTERS), lambda _, c, **more: c.mpc.list(**FILTERS, **more)),
    *(
        Case(
            f"list those that are {status}",
            said("list", status=status.title()),
            lambda _, c, _status=status, **more: c.mpc.list(status=_status, **more),
        )
        for status in ("initialized", "active")
    ),
    *(
        Case(
            f"list by {name}",
            said("list", **{name: f"{time:%Y-%m-%d %H:%M:%S}"}),
            lambda _, c, _time={name: time}, **more: c.mpc.list(**_time, **more),
        )
        for name, time in TIMES.items()
    ),
    Case("get", said("get"), lambda m, _, **more: m.get(**more)),
    Case("start", said("start"), lambda m, _, **more: m.start(**more), status="initialized"),
    Case("start by itself", said("start"), lambda _, c: c.mpc.start(NAME), status="initialized", ways=("by name",)),
    *(
        Case(f"start among many {way}", said("start"), start_many, status="initialized", ways=(way,))
        for way, start_many in STARTING_MANY.items()
    ),
    Case("get by itself", said("get"), lambda _, c: c.mpc.get(NAME), ways=("by name",)),
    Case("stop", said("stop"), lambda m, _, **more: m.stop(**more)),
    Case("stop by itself", said("stop"), lambda _, c: c.mpc.stop(uuid=UUID), ways=("by UUID",)),
    Case(
        "add one participant",
        said("add_participant", "Customer", from_=CALLER, to_=CUSTOMER),
        lambda m, _, **more: m.add_participant(role="customer", from_=CALLER, to=CUSTOMER, **more),
    ),
    Case(
        "add one of several agents",
        said(
            "add_participant", "agent", from_=CALLER, to_=f"{AGENT}<{CUSTOMER}", ring_timeout="30<20", delay_dial="0<5"
        ),
        lambda m, _, **more: m.add_participant(
            role="agent",
            from_=CALLER,
            to=[Destination(AGENT, ring_timeout=30), Destination(CUSTOMER, ring_timeout=20, delay_dial=5)],
            **more,
        ),
    ),
    Case(
        "add a live call",
        said("add_participant", "supervisor", call_uuid=CALL, coach_mode=False),
        lambda m, _, **more: m.add_participant(role="supervisor", call_uuid=CALL, coach_mode=False, **more),
    ),
    Case(
        "add with every option",
        said(
            "add_participant",
            "agent",
            from_=CALLER,
            to_=AGENT,
            sip_headers="a=b,c=d",
            status_callback_events=",".join(GROUPS),
            **OPTIONS,
        ),
        lambda m, _, **more: m.add_participant(
            role="agent",
            from_=CALLER,
            to=AGENT,
            sip_headers={"a": "b", "c": "d"},
            status_callback_events=GROUPS,
            **OPTIONS,
            **more,
        ),
    ),
    Case(
        "add with words for sounds",
        said("add_participant", "ai-agent", from_=CALLER, to_=AGENT, **WORDS),
        lambda m, _, **more: m.add_participant(role="ai-agent", from_=CALLER, to=AGENT, **WORDS, **more),
    ),
    Case(
        "add with callbacks whose method is left open",
        said("add_participant", "agent", from_=CALLER, to_=AGENT, **OPEN),
        lambda m, _, **more: m.add_participant(role="agent", from_=CALLER, to=AGENT, **OPEN, **more),
    ),
    Case(
        "add with callbacks by GET",
        said("add_participant", "agent", from_=CALLER, to_=AGENT, **OPEN, **BY_GET),
        lambda m, _, **more: m.add_participant(role="agent", from_=CALLER, to=AGENT, **OPEN, **BY_GET, **more),
    ),
    Case("list participants", said("list_participants"), lambda m, _, **more: m.participants(**more)),
    Case(
        "list participants of a call",
        said("list_participants", call_uuid=CALL),
        lambda m, _, **more: m.participants(call_uuid=CALL, **more),
    ),
    Case("get a participant", said("get_participant", 1), lambda m, _, **more: m.participant(1).get(**more)),
    Case(
        "update a participant",
        said("update_participant", 1, mute=True, hold=False),
        lambda m, _, **more: m.participant(1).update(mute=True, hold=False, **more),
    ),
    Case(
        "update a supervisor",
        said("update_participant", "4", coach_mode=False),
        lambda m, _, **more: m.participant("4").update(coach_mode=False, **more),
        prepare=_supervised,
    ),
    *(
        Case(
            f"{verb} several",
            said("update_participant", "1,3", **flags),
            lambda m, _, _verb=verb, **more: getattr(m.members(1, 3), _verb)(**more),
        )
        for verb, flags in {
            "mute": {"mute": True}, "unmute": {"mute": False}, "hold": {"hold": True}, "unhold": {"hold": False}
        }.items()
    ),
    Case(
        "hold all",
        said("update_participant", "all", hold=True),
        lambda m, _, **more: m.members("all").hold(**more),
    ),
    Case("kick one", said("kick_participant", 1), lambda m, _, **more: m.participant(1).kick(**more)),
    Case("kick several", said("kick_participant", "1,2"), lambda m, _, **more: m.members(1, 2).kick(**more)),
    Case("kick all", said("kick_participant", "all"), lambda m, _, **more: m.members("all").kick(**more)),
    Case("record", said("start_recording"), lambda m, _, **more: m.start_recording(**more)),
    Case(
        "record as mp3",
        said("start_recording", file_format="mp3"),
        lambda m, _, **more: m.start_recording(file_format="mp3", **more),
    ),
    Case(
        "record with every option",
        said("start_recording", **RECORDING),
        lambda m, _, **more: m.start_recording(**RECORDING, **more),
    ),
    Case(
        "record with a callback whose method is left open",
        said("start_recording", recording_callback_url=HOOK),
        lambda m, _, **more: m.start_recording(recording_callback_url=HOOK, **more),
    ),
    Case("stop recording", said("stop_recording"), lambda m, _, **more: m.stop_recording(**more), prepare=_recording),
    Case(
        "pause recording", said("pause_recording"), lambda m, _, **more: m.pause_recording(**more), prepare=_recording
    ),
    Case(
        "resume recording", said("resume_recording"), lambda m, _, **more: m.resume_recording(**more), prepare=_paused
    ),
    Case(
        "record a participant",
        said("start_participant_recording", 1),
        lambda m, _, **more: m.participant(1).start_recording(**more),
    ),
    Case(
        "record a participant with every option",
        said("start_participant_recording", 1, record_track_type="both", **RECORDING),
        lambda m, _, **more: m.participant(1).start_recording(record_track_type="both", **RECORDING, **more),
    ),
    Case(
        "record a participant with a callback whose method is left open",
        said("start_participant_recording", 1, recording_callback_url=HOOK),
        lambda m, _, **more: m.participant(1).start_recording(recording_callback_url=HOOK, **more),
    ),
    *(
        Case(
            f"{verb} recording a participant{'' if track is None else f' on {track!r}'}",
            said(f"{verb}_participant_recording", 1, **({} if track is None else {"record_track_type": track})),
            lambda m, _, _verb=verb, _track=track, **more: getattr(m.participant(1), f"{_verb}_recording")(
                record_track_type=_track, **more
            ),
            prepare=_paused if verb == "resume" else _recording,
        )
        for verb in ("stop", "pause", "resume")
        for track in (None, "participant", "all")
    ),
    Case(
        "play audio",
        said("start_play_audio", "1,2", url=AUDIO),
        lambda m, _, **more: m.members(1, 2).play(AUDIO, **more),
    ),
    Case(
        "stop playing audio",
        said("stop_play_audio", "all"),
        lambda m, _, **more: m.members("all").stop_playing(**more),
    ),
]  # fmt: skip

WAYS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "by name": ({"friendly_name": NAME}, {}),
    "by UUID": ({"uuid": UUID}, {}),
    "asynchronously": ({"friendly_name": NAME}, {"callback_url": HOOK, "callback_method": "GET"}),
    "asynchronously by default": ({"uuid": UUID}, {"callback_url": HOOK}),
}
"""How the conference is named, and what is said beside."""


@dataclass(frozen=True)
class Run:
    """A case said in one of the ways."""

    case: Case
    way: str

    @property
    def theirs(self) -> Said:
        """What the SDK is asked for."""
        whose, more = WAYS[self.way]
        one = self.case.theirs
        return replace(one, named={**({} if one.method == "list" else whose), **one.named, **more})

    async def ours(self, client: AsyncClient) -> None:
        """Say it through this client."""
        whose, more = WAYS[self.way]
        speaker: Any = client
        if more:  # in the asynchronous form everything is said through a view of its own
            later = client.mpc.deferred(more["callback_url"], method=more.get("callback_method"))
            speaker = SimpleNamespace(mpc=later)
        await self.case.ours(speaker.mpc(uuid=UUID) if "uuid" in whose else speaker.mpc(NAME), speaker)

    def possible(self) -> bool:
        """Whether the SDK can say it so; whether that is another thing to say."""
        one = self.case.theirs
        if self.case.ways is not None and self.way not in self.case.ways:
            return False
        if one.method == "list" and self.way in ("by UUID", "asynchronously by default"):
            return False
        return set(WAYS[self.way][1]) <= set(one.signature.parameters)


RUNS = [run for case in CASES for way in WAYS if (run := Run(case, way)).possible()]


@asynccontextmanager
async def prepared(case: Case) -> AsyncIterator[tuple[Emulator, AsyncClient]]:
    """An emulator in the state that an operation needs, the same each time, and a client of ours."""
    async with (
        Emulator(AUTH_ID, "token", limit=None, seed=1) as plivo,
        AsyncClient(AUTH_ID, "token", base_url=plivo.url, rate_limit=None) as ours,
    ):
        plivo.add_conference(NAME, uuid=UUID, waiting=3, status=case.status)
        plivo.add_call(to=CUSTOMER, from_=AGENT, call_uuid=CALL)
        if case.prepare is not None:
            await case.prepare(ours)
        plivo.requests.clear()
        yield plivo, ours


async def both(run: Run) -> tuple[Request, Request]:
    """The one request that each of the two sends: the SDK's and ours."""
    async with prepared(run.case) as (plivo, _), official_client(plivo) as sdk:
        said = run.theirs
        await in_thread(getattr(sdk.multi_party_calls, said.method), *said.positional, **said.named)
        [theirs] = plivo.requests
    async with prepared(run.case) as (plivo, client):
        await run.ours(client)
        [ours] = plivo.requests
    return theirs, ours


@pytest.mark.parametrize("run", RUNS, ids=lambda run: f"{run.case.name} {run.way}")
async def test_both_say_the_same_but_for_the_known_differences(run: Run) -> None:
    """Method, path, query and body are equal once the SDK's are corrected, and only where they are known to differ."""
    theirs, ours = await both(run)
    assert (theirs.operation, theirs.told) == (ours.operation, ours.told)
    assert theirs.told is not None
    assert theirs.told < 300
    corrected = sent(theirs)
    for correction, places in CORRECTIONS.items():
        before, corrected = corrected, correction(corrected, run.theirs)
        assert corrected == before or run.theirs.method in places, f"{correction.__name__} is not known here"
    assert corrected == sent(ours)


@pytest.mark.parametrize("correction", CORRECTIONS, ids=lambda one: one.__name__)
async def test_no_difference_is_listed_in_vain(correction: Correction) -> None:
    """In each place of the list, something that the SDK says needs that correction to be what this client says."""
    needed: set[str] = set()
    for run in RUNS:
        if run.theirs.method in CORRECTIONS[correction] - needed:
            theirs, ours = await both(run)
            corrected = sent(theirs)
            for other in CORRECTIONS:
                corrected = corrected if other is correction else other(corrected, run.theirs)
            needed |= {run.theirs.method} if corrected != sent(ours) else set()
    assert needed == CORRECTIONS[correction]


def test_every_operation_and_every_argument_of_the_sdk_is_compared() -> None:
    """Each method, and each argument that it has, is said at least once; so is each option that there is here."""
    argued: dict[str, set[str]] = {}
    for run in RUNS:
        bound = run.theirs.signature.bind(None, *run.theirs.positional, **run.theirs.named)
        argued.setdefault(run.theirs.method, set()).update(bound.arguments)
    methods = {name for name in vars(MultiPartyCalls) if not name.startswith("_")}
    assert argued == {name: set(inspect.signature(getattr(MultiPartyCalls, name)).parameters) for name in methods}
    assert set(get_type_hints(DialOptions)) == {*OPTIONS, "sip_headers", "status_callback_events"}


async def test_every_operation_that_the_sdk_has_is_compared() -> None:
    """Of the 21 operations the SDK lacks two: to speak, and to stop it."""
    seen = set()
    for run in RUNS:
        async with prepared(run.case) as (plivo, client):
            await run.ours(client)
            seen |= {request.operation for request in plivo.requests}
    assert seen == {name for name, _, _ in MPC_ROUTES} - {"speak", "stop-speak"}


SAME_NAMES = ["a b", "Östermalm", "a&b=c", "a+b", "📞", "a%", "~a"]
OTHER_NAMES = {"a/b": "name_a/b", "a?b": "name_a", "a#b": "name_a", "e%41": "name_eA"}
"""Names, and where the SDK looks for them."""


@pytest.mark.parametrize("name", [*SAME_NAMES, *OTHER_NAMES])
async def test_names_that_the_sdk_changes(name: str) -> None:
    """The SDK puts a name into the path as it is; here it is encoded whole, and is the one that was asked for."""
    async with prepared(CASES[0]) as (plivo, client), official_client(plivo) as sdk:
        from plivo.exceptions import ResourceNotFoundError

        from plivo_async import NotFoundError

        with pytest.raises(ResourceNotFoundError):
            await in_thread(sdk.multi_party_calls.get, friendly_name=name)
        with pytest.raises(NotFoundError):
            await client.mpc(name).get()
        theirs, ours = plivo.requests
        assert ours.name == name
        if name in OTHER_NAMES:
            assert theirs.raw_path.rstrip("/").partition("MultiPartyCall/")[2].startswith(OTHER_NAMES[name])
            assert theirs.name != name
        else:
            assert theirs.name == name


def test_the_documents_name_every_method_of_the_sdk_and_every_difference() -> None:
    """Whoever comes from the SDK finds each of its methods, and a line for each difference; one is about names."""
    page = (Path(__file__).parents[2] / "docs" / "coming-from-the-official-sdk.md").read_text(encoding="utf-8")
    methods = {name for name in vars(MultiPartyCalls) if not name.startswith("_")}
    assert {name for name in methods if f"s.{name}(" not in page} == set()
    rows = page.partition("**On the wire**")[2].count("\n| ") - 1
    assert rows == len(CORRECTIONS) + 1
