"""Calls, recordings, the account: the same through Plivo's own SDK and through this client; what differs, and why.

As `test_differential` does for conferences: both talk to an emulator of their own in the same state, its log is the
witness, and what the SDK sends is corrected by `CORRECTIONS`, each with its reason and its places.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from plivo_async import AsyncClient
from plivo_async.emulator import Request

from .support import AUTH_ID, in_thread
from .test_differential import Sent, sent
from .test_official_voice import (
    AGENT,
    ALL,
    ANSWER,
    AUDIO,
    CALLER,
    CUSTOMER,
    HOOK,
    LIVE,
    NUMBER,
    RESOURCES,
    SECOND,
    World,
    world,
)

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]


@pytest.fixture
def anyio_backend() -> str:
    """The SDK blocks a thread; which loop the emulator runs in makes no difference."""
    return "asyncio"


@dataclass(frozen=True)
class Case:
    """One operation, said in both languages.

    Attributes:
        name: What it is.
        resource: Of the SDK: a key of `RESOURCES`.
        method: Of it.
        ours: Through this client.
        theirs: Its positional arguments, from what is there.
        more: Its named ones.
    """

    name: str
    resource: str
    method: str
    ours: Callable[[AsyncClient, World], Awaitable[object]]
    theirs: Callable[[World], tuple[Any, ...]] = lambda _: (LIVE,)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The method by its resource."""
        return f"{self.resource}.{self.method}"

    @property
    def signature(self) -> inspect.Signature:
        """Of the method."""
        return inspect.signature(getattr(RESOURCES[self.resource], self.method))

    def given(self, there: World) -> set[str]:
        """The arguments that were given, spelt as on the wire."""
        bound = self.signature.bind(None, *self.theirs(there), **self.more)
        return {name.rstrip("_") for name, value in bound.arguments.items() if value is not None}


# ---- The known differences ------------------------------------------------------------------------------------------


def identifiers(one: Sent, case: Case, there: World) -> Sent:
    """The SDK repeats in the body or the query what the path says already; the documents list no such arguments."""
    names = ("call_uuid", "recording_id", "app_id", "auth_id", "number")
    mine = {name: value for name in names if (value := _of(one, name)) is not None and f"/{value}/" in one.path}
    query = tuple(pair for pair in one.query if mine.get(pair[0]) != pair[1])
    body = one.body
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if mine.get(key) != value}
    return replace(one, query=query, body=body)


def _of(one: Sent, name: str) -> Any:
    said = {**dict(one.query), **(one.body if isinstance(one.body, dict) else {})}
    return said.get(name)


def defaults(one: Sent, case: Case, there: World) -> Sent:
    """The SDK sends the defaults of its signatures; here what is not given is left to Plivo, and no default frozen."""
    given = case.given(there)
    usual = {
        name: parameter.default
        for name, parameter in case.signature.parameters.items()
        if parameter.default not in (None, inspect.Parameter.empty) and name not in given
    }
    query = tuple((key, value) for key, value in one.query if key not in usual or str(usual[key]) != value)
    body = one.body
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if key not in usual or usual[key] != value}
    return replace(one, query=query, body=body)


def no_body(one: Sent, case: Case, there: World) -> Sent:
    """The SDK sends an empty object where there are no arguments; here such a request has no body."""
    return replace(one, body=None) if one.body == {} and one.method != "GET" else one


def explicit_method(one: Sent, case: Case, there: World) -> Sent:
    """Here POST is sent with the URL of a transfer if no method is given: its default is in older documents only."""
    if case.method != "transfer":
        return one
    urls = [key.removesuffix("_url") for key in one.body if key.endswith("_url")]
    return replace(one, body={**{f"{name}_method": "POST" for name in urls}, **one.body})


Correction = Callable[[Sent, Case, World], Sent]

CORRECTIONS: dict[Correction, set[str]] = {
    identifiers: {
        "applications.delete", "calls.delete", "calls.get", "calls.play", "calls.record_stop", "calls.send_digits",
        "calls.start_recording", "calls.start_speaking", "calls.stop_playing", "calls.stop_speaking", "calls.transfer",
        "numbers.update", "recordings.delete",
    },
    defaults: {
        "applications.create", "applications.list", "applications.update", "calls.create", "calls.list",
        "live_calls.list_ids", "numbers.list", "queued_calls.list_ids", "recordings.list", "subaccounts.list",
    },
    no_body: {
        "calls.delete", "calls.record_stop", "calls.start_recording", "calls.stop_playing", "calls.stop_speaking",
        "recordings.delete",
    },
    explicit_method: {"calls.transfer"},
}  # fmt: skip
"""Each correction, in the order in which they are made, and the methods of the SDK that it changes."""

# ---- The operations -------------------------------------------------------------------------------------------------

BY_GET = {f"{name}_method": "GET" for name in ("answer", "ring", "hangup", "fallback", "machine_detection")}
URLS = {f"{name}_url": HOOK for name in ("ring", "hangup", "fallback", "machine_detection")}
MAKING: dict[str, Any] = {
    **URLS,
    **BY_GET,
    "caller_name": "Ada",
    "send_digits": "1w2",
    "send_on_preanswer": True,
    "time_limit": 600,
    "hangup_on_ring": 60,
    "machine_detection": "hangup",
    "machine_detection_time": 3000,
    "ring_timeout": 30,
    "parent_call_uuid": LIVE,
    "error_if_parent_not_found": True,
}
RECORDING = {
    "time_limit": 120,
    "file_format": "wav",
    "record_channel_type": "stereo",
    "transcription_type": "auto",
    "transcription_url": HOOK,
    "transcription_method": "GET",
    "callback_url": HOOK,
    "callback_method": "GET",
}
PLAYING = {"length": 10, "legs": "aleg", "loop": True, "mix": False}
SPEAKING = {"voice": "WOMAN", "language": "en-US", "legs": "aleg", "loop": True, "mix": False, "type": "text"}
TRANSFER = {"aleg_url": HOOK, "aleg_method": "GET", "bleg_url": ANSWER, "bleg_method": "POST"}
ANSWERING: dict[str, Any] = {
    **{f"{name}_url": HOOK for name in ("hangup", "fallback_answer", "message")},
    **{f"{name}_method": "GET" for name in ("answer", "hangup", "fallback", "message")},
    "default_number_app": True,
    "default_endpoint_app": True,
    "log_incoming_messages": False,
    "public_uri": True,
}


def call(uuid: str = LIVE) -> Callable[[World], tuple[Any, ...]]:
    """The positional arguments of what is about one call."""
    return lambda _: (uuid,)


CASES = [
    Case(
        "make a call",
        "calls",
        "create",
        lambda c, _: c.calls.make(from_=f"+{CALLER}", to=f"+{AGENT}", answer_url=ANSWER),
        lambda _: (f"+{CALLER}", f"+{AGENT}", ANSWER),
    ),
    Case(
        "make two with every option",
        "calls",
        "create",
        lambda c, _: c.calls.make(
            from_=CALLER, to=AGENT, answer_url=ANSWER, sip_headers={"a": "b", "c": "d"}, **MAKING
        ),
        lambda _: (CALLER, AGENT, ANSWER),
        {**MAKING, "sip_headers": "a=b,c=d"},
    ),
    Case(
        "make several",
        "calls",
        "create",
        lambda c, _: c.calls.make(from_=CALLER, to=[AGENT, SECOND], answer_url=ANSWER, hangup_url=HOOK),
        lambda _: (CALLER, f"{AGENT}<{SECOND}", ANSWER),
        {"hangup_url": HOOK},
    ),
    Case("record", "calls", "get", lambda c, w: c.calls(w.over).get(), lambda w: (w.over,)),
    Case("live call", "live_calls", "get", lambda c, _: c.calls(LIVE).get_live()),
    Case("queued call", "queued_calls", "get", lambda c, w: c.calls(w.queued).get_queued(), lambda w: (w.queued,)),
    Case("live calls", "live_calls", "list_ids", lambda c, _: c.calls.live(), lambda _: ()),
    Case(
        "live calls that fit",
        "live_calls",
        "list_ids",
        lambda c, _: c.calls.live(call_direction="inbound", from_number=CUSTOMER, to_number="1415"),
        lambda _: (),
        {"call_direction": "inbound", "from_number": CUSTOMER, "to_number": "1415"},
    ),
    Case("queued calls", "queued_calls", "list_ids", lambda c, _: c.calls.queued(), lambda _: ()),
    Case("records", "calls", "list", lambda c, _: c.calls.list(), lambda _: ()),
    Case(
        "records that fit",
        "calls",
        "list",
        lambda c, _: c.calls.list(
            call_direction="inbound", from_number=SECOND, to_number="1415", hangup_cause_code=4000,
            hangup_source="Caller", bill_duration=0, parent_call_uuid=LIVE, limit=5, offset=1,
            subaccount="SAXXXXXXXXXXXXXXXXXX",
        ),
        lambda _: (),
        {
            "call_direction": "inbound", "from_number": SECOND, "to_number": "1415", "hangup_cause_code": 4000,
            "hangup_source": "Caller", "bill_duration": 0, "parent_call_uuid": LIVE, "limit": 5, "offset": 1,
            "subaccount": "SAXXXXXXXXXXXXXXXXXX",
        },
    ),
    Case("hang up", "calls", "delete", lambda c, _: c.calls(LIVE).hang_up()),
    Case("cancel", "calls", "cancel", lambda c, w: c.calls.cancel(w.queued), lambda w: (w.queued,)),
    Case(
        "transfer",
        "calls",
        "transfer",
        lambda c, _: c.calls(LIVE).transfer(aleg_url=HOOK),
        more={"legs": "aleg", "aleg_url": HOOK},
    ),
    Case(
        "transfer both",
        "calls",
        "transfer",
        lambda c, _: c.calls(LIVE).transfer(**TRANSFER),  # type: ignore[arg-type]
        more={"legs": "both", **TRANSFER},
    ),
    Case("start recording", "calls", "start_recording", lambda c, _: c.calls(LIVE).start_recording()),
    Case(
        "start recording with every option",
        "calls",
        "start_recording",
        lambda c, _: c.calls(LIVE).start_recording(**RECORDING),  # type: ignore[arg-type]
        more=RECORDING,
    ),
    Case(
        "start recording with a callback whose method is left open",
        "calls",
        "start_recording",
        lambda c, _: c.calls(LIVE).start_recording(callback_url=HOOK),
        more={"callback_url": HOOK},
    ),
    Case("stop recording", "calls", "record_stop", lambda c, _: c.calls(LIVE).stop_recording()),
    Case("play", "calls", "play", lambda c, _: c.calls(LIVE).play(AUDIO), lambda _: (LIVE, AUDIO)),
    Case(
        "play with every option",
        "calls",
        "play",
        lambda c, _: c.calls(LIVE).play([AUDIO, HOOK], **PLAYING),  # type: ignore[arg-type]
        lambda _: (LIVE, f"{AUDIO},{HOOK}"),
        PLAYING,
    ),
    Case("stop playing", "calls", "stop_playing", lambda c, _: c.calls(LIVE).stop_playing()),
    Case(
        "speak",
        "calls",
        "start_speaking",
        lambda c, _: c.calls(LIVE).speak("Hello", **SPEAKING),  # type: ignore[arg-type]
        lambda _: (LIVE, "Hello"),
        SPEAKING,
    ),
    Case("stop speaking", "calls", "stop_speaking", lambda c, _: c.calls(LIVE).stop_speaking()),
    Case(
        "send digits",
        "calls",
        "send_digits",
        lambda c, _: c.calls(LIVE).send_digits("12#", leg="aleg"),
        lambda _: (LIVE, "12#"),
        {"leg": "aleg"},
    ),
    Case("recordings", "recordings", "list", lambda c, _: c.recordings.list(), lambda _: ()),
    Case(
        "recordings that fit",
        "recordings",
        "list",
        lambda c, _: c.recordings.list(mpc_name="a", call_uuid=LIVE, from_number="1", to_number="2", limit=3),
        lambda _: (),
        {"mpc_name": "a", "call_uuid": LIVE, "from_number": "1", "to_number": "2", "limit": 3},
    ),
    Case("recording", "recordings", "get", lambda c, w: c.recordings.get(w.recording), lambda w: (w.recording,)),
    Case(
        "delete a recording", "recordings", "delete", lambda c, w: c.recordings.delete(w.recording),
        lambda w: (w.recording,),
    ),
    Case("account", "account", "get", lambda c, _: c.account.get(), lambda _: ()),
    Case("subaccounts", "subaccounts", "list", lambda c, _: c.account.subaccounts(limit=3), lambda _: (), {"limit": 3}),
    Case(
        "subaccount", "subaccounts", "get", lambda c, w: c.account.subaccount(w.subaccount), lambda w: (w.subaccount,)
    ),
    Case(
        "applications",
        "applications",
        "list",
        lambda c, _: c.applications.list(app_name="a", subaccount="SAXXXXXXXXXXXXXXXXXX"),
        lambda _: (),
        {"app_name": "a", "subaccount": "SAXXXXXXXXXXXXXXXXXX"},
    ),
    Case(
        "application", "applications", "get", lambda c, w: c.applications.get(w.application), lambda w: (w.application,)
    ),
    Case(
        "create an application",
        "applications",
        "create",
        lambda c, _: c.applications.create("b", ANSWER),
        lambda _: ("b", ANSWER),
    ),
    Case(
        "create an application with every option",
        "applications",
        "create",
        lambda c, _: c.applications.create("b", ANSWER, **ANSWERING),
        lambda _: ("b", ANSWER),
        ANSWERING,
    ),
    Case(
        "change an application",
        "applications",
        "update",
        lambda c, w: c.applications.update(w.application, hangup_url=HOOK),
        lambda w: (w.application,),
        {"hangup_url": HOOK},
    ),
    Case(
        "delete an application",
        "applications",
        "delete",
        lambda c, w: c.applications.delete(w.application, cascade=True),
        lambda w: (w.application,),
        {"cascade": True},
    ),
    Case(
        "numbers",
        "numbers",
        "list",
        lambda c, _: c.numbers.list(number_startswith="1415", alias="a", limit=3),
        lambda _: (),
        {"number_startswith": "1415", "alias": "a", "limit": 3},
    ),
    Case("number", "numbers", "get", lambda c, _: c.numbers.get(NUMBER), lambda _: (NUMBER,)),
    Case(
        "change a number",
        "numbers",
        "update",
        lambda c, w: c.numbers.update(NUMBER, app_id=w.application, alias="desk"),
        lambda _: (NUMBER,),
        {"alias": "desk", "app_id": "10000000000000001"},
    ),
]  # fmt: skip


async def both(case: Case) -> tuple[Request, Request, World]:
    """The one request that each of the two sends, the SDK's and ours, and what was there."""
    async with world() as there:
        await in_thread(getattr(getattr(there.sdk, case.resource), case.method), *case.theirs(there), **case.more)
        [theirs] = there.plivo.requests
    async with world() as there, AsyncClient(AUTH_ID, "token", base_url=there.plivo.url, rate_limit=None) as client:
        await case.ours(client, there)
        [ours] = there.plivo.requests
    return theirs, ours, there


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_both_say_the_same_of_calls_but_for_the_known_differences(case: Case) -> None:
    """Method, path, query and body are equal once the SDK's are corrected, and only where they are known to differ."""
    theirs, ours, there = await both(case)
    assert (theirs.operation, theirs.told) == (ours.operation, ours.told)
    corrected = sent(theirs)
    for correction, places in CORRECTIONS.items():
        before, corrected = corrected, correction(corrected, case, there)
        assert corrected == before or case.place in places, f"{correction.__name__} is not known here"
    assert corrected == sent(ours)


@pytest.mark.parametrize("correction", CORRECTIONS, ids=lambda one: one.__name__)
async def test_no_difference_of_calls_is_listed_in_vain(correction: Correction) -> None:
    """In each place of the list, something that the SDK says needs that correction to be what this client says."""
    needed: set[str] = set()
    for case in CASES:
        if case.place in CORRECTIONS[correction] - needed:
            theirs, ours, there = await both(case)
            corrected = sent(theirs)
            for other in CORRECTIONS:
                corrected = corrected if other is correction else other(corrected, case, there)
            needed |= {case.place} if corrected != sent(ours) else set()
    assert needed == CORRECTIONS[correction]


SAME = {
    "calls.update": "calls.transfer",
    "calls.record": "calls.start_recording",
    "calls.stop_recording": "calls.record_stop",
    "calls.start_playing": "calls.play",
    "calls.play_stop": "calls.stop_playing",
    "calls.speak": "calls.start_speaking",
    "calls.speak_stop": "calls.stop_speaking",
    "calls.hangup": "calls.delete",
    "calls.live_call_get": "live_calls.get",
    "calls.live_call_list_ids": "live_calls.list_ids",
    "calls.queued_call_get": "queued_calls.get",
    "calls.queued_call_list_ids": "queued_calls.list_ids",
}
"""Methods of the SDK that are another name of one that is compared."""

LEFT_OUT = {
    "account.update", "subaccounts.create", "subaccounts.update", "subaccounts.delete", "numbers.delete"
}  # fmt: skip
"""What this client doesn't offer by a method of its own: changing accounts, and giving up what can't be had again."""


def test_every_method_of_the_sdk_beside_conferences_is_compared() -> None:
    """But for those that the emulator doesn't have, those by another name, and what this client leaves out."""
    compared = {case.place for case in CASES}
    driven = {f"{resource}.{method}" for resource, method in ALL}
    assert set(SAME.values()) <= compared
    assert driven == compared | set(SAME) | LEFT_OUT


def test_the_documents_name_what_is_compared() -> None:
    """Whoever comes from the SDK finds each method that is, or the one that is another name of it."""
    page = (Path(__file__).parents[2] / "docs" / "coming-from-the-official-sdk.md").read_text(encoding="utf-8")
    assert {case.place for case in CASES if f"c.{case.place}(" not in page} == set()
