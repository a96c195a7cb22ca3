"""Plivo's own SDK takes the emulator for Plivo beside conferences, too: calls, recordings, the account."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from inspect import signature
from typing import Any

import pytest
from plivo.resources import Accounts, Applications, Calls, Numbers, Recordings, Subaccounts
from plivo.resources.live_calls import LiveCalls
from plivo.resources.queued_calls import QueuedCalls

from plivo_async.emulator import Emulator, Faults, Settings
from plivo_async.emulator.api._routes import VOICE_ROUTES

from .support import AUTH_ID, in_thread, official_client

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]

CALLER, AGENT, SECOND, CUSTOMER = "14151234567", "14157654321", "14157654322", "14157650000"
ANSWER, HOOK, AUDIO = (f"https://example.com/{word}" for word in ("answer", "done", "a.mp3"))
LIVE = "c0267574-5c12-4861-8990-da9404c8cdf6"
NUMBER = "14150001111"

RESOURCES: dict[str, type] = {
    "calls": Calls,
    "live_calls": LiveCalls,
    "queued_calls": QueuedCalls,
    "recordings": Recordings,
    "account": Accounts,
    "subaccounts": Subaccounts,
    "applications": Applications,
    "numbers": Numbers,
}
"""By the attribute of the client."""

NOT_EMULATED = {
    "calls": {
        "start_stream", "delete_specific_stream", "delete_all_streams", "get_details_of_specific_stream",
        "get_all_streams",
    },
    "numbers": {"buy", "search", "create"},
}  # fmt: skip
"""Streams, and the buying of numbers: not of what is beside a conference."""


@pytest.fixture
def anyio_backend() -> str:
    """The SDK blocks a thread; which loop the emulator runs in makes no difference."""
    return "asyncio"


@dataclass(frozen=True)
class World:
    """An emulator in which every operation has something to do, and the SDK.

    Attributes:
        queued: A call that waits to be dialled.
        over: One whose record can be read.
        recording: One that is listed.
        subaccount: Of the account.
        application: Likewise.
    """

    plivo: Emulator
    sdk: Any
    queued: str
    over: str
    recording: str
    subaccount: str
    application: str


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    """The same each time, but for ids."""
    async with (
        Emulator(AUTH_ID, "token", limit=None, calls_per_second=0.001, seed=1) as plivo,
        official_client(plivo) as sdk,
    ):
        over = plivo.add_call(from_=SECOND)
        recording = await in_thread(sdk.calls.record, over.call_uuid)
        plivo.phone(SECOND).hang_up()
        plivo.add_call(from_=CUSTOMER, call_uuid=LIVE)
        plivo.add_number(NUMBER)
        await in_thread(sdk.calls.create, CALLER, SECOND, ANSWER)
        made = await in_thread(sdk.calls.create, CALLER, AGENT, ANSWER)
        subaccount = await in_thread(sdk.subaccounts.create, "a", True)
        application = await in_thread(sdk.applications.create, "a", ANSWER)
        plivo.advance(5)
        plivo.requests.clear()
        yield World(
            plivo,
            sdk,
            queued=made.request_uuid,
            over=over.call_uuid,
            recording=recording.recording_id,
            subaccount=subaccount.auth_id,
            application=application.app_id,
        )


@dataclass(frozen=True)
class Case:
    """One method of the SDK.

    Attributes:
        told: The status that it gets.
        operation: What the emulator makes of it.
        arguments: Positional ones, from what is there.
        more: Named ones.
    """

    told: int
    operation: str
    arguments: Callable[[World], tuple[Any, ...]] = lambda _: (LIVE,)
    more: dict[str, Any] = field(default_factory=dict)


def none(_: World) -> tuple[Any, ...]:
    """No arguments."""
    return ()


RECORDING = {
    "time_limit": 120,
    "file_format": "wav",
    "record_channel_type": "stereo",
    "transcription_type": "auto",
    "transcription_url": HOOK,
    "transcription_method": "GET",
    "transcription_report_type": "all",
}
MAKING = {
    **{f"{name}_url": HOOK for name in ("ring", "hangup", "fallback", "machine_detection")},
    **{f"{name}_method": "GET" for name in ("answer", "ring", "hangup", "fallback", "machine_detection")},
    "caller_name": "Ada",
    "send_digits": "1w2",
    "send_on_preanswer": True,
    "time_limit": 600,
    "hangup_on_ring": 60,
    "machine_detection": "hangup",
    "machine_detection_time": 3000,
    "sip_headers": "a=b",
    "ring_timeout": 30,
    "parent_call_uuid": LIVE,
    "error_if_parent_not_found": True,
}
PLAYING = {"length": 10, "legs": "aleg", "loop": True, "mix": False}
SPEAKING = {"voice": "WOMAN", "language": "en-US", "legs": "aleg", "loop": True, "mix": False, "type": "text"}
TRANSFER = {"legs": "aleg", "aleg_url": HOOK, "aleg_method": "GET", "bleg_url": HOOK, "bleg_method": "GET"}
ANSWERING = {
    **{f"{name}_url": HOOK for name in ("hangup", "fallback_answer", "message")},
    **{f"{name}_method": "GET" for name in ("answer", "hangup", "fallback", "message")},
    "default_number_app": True,
    "default_endpoint_app": True,
    "log_incoming_messages": False,
    "public_uri": True,
}
LISTING = {
    "call_direction": "inbound",
    "from_number": SECOND,
    "to_number": "1415",
    "hangup_cause_code": 4000,
    "hangup_source": "Caller",
    "bill_duration": 0,
    "limit": 5,
    "offset": 0,
}

CASES: dict[str, dict[str, Case]] = {
    "calls": {
        "create": Case(201, "make-call", lambda _: (CALLER, AGENT, ANSWER), MAKING),
        "list": Case(200, "list-calls", none, LISTING),
        "get": Case(200, "get-call", lambda there: (there.over,)),
        "update": Case(202, "transfer-call", more=TRANSFER),
        "transfer": Case(202, "transfer-call", more=TRANSFER),
        "record": Case(202, "start-call-recording", more=RECORDING),
        "start_recording": Case(202, "start-call-recording", more=RECORDING),
        "record_stop": Case(204, "stop-call-recording"),
        "stop_recording": Case(204, "stop-call-recording", lambda _: (LIVE, None, None)),
        "play": Case(202, "play-to-call", lambda _: (LIVE, AUDIO), PLAYING),
        "start_playing": Case(202, "play-to-call", lambda _: (LIVE, AUDIO), PLAYING),
        "play_stop": Case(204, "stop-play-to-call"),
        "stop_playing": Case(204, "stop-play-to-call"),
        "speak": Case(202, "speak-to-call", lambda _: (LIVE, "Hello"), SPEAKING),
        "start_speaking": Case(202, "speak-to-call", lambda _: (LIVE, "Hello"), SPEAKING),
        "stop_speaking": Case(204, "stop-speak-to-call"),
        "speak_stop": Case(204, "stop-speak-to-call"),
        "send_digits": Case(202, "send-digits", lambda _: (LIVE, "12#"), {"leg": "aleg"}),
        "delete": Case(204, "hang-up"),
        "hangup": Case(204, "hang-up"),
        "cancel": Case(204, "cancel-request", lambda there: (there.queued,)),
        "live_call_list_ids": Case(200, "list-calls", none),
        "live_call_get": Case(200, "get-call"),
        "queued_call_list_ids": Case(200, "list-calls", none),
        "queued_call_get": Case(200, "get-call", lambda there: (there.queued,)),
    },
    "live_calls": {
        "list_ids": Case(
            200, "list-calls", none, {"call_direction": "inbound", "from_number": CUSTOMER, "to_number": "1"}
        ),
        "get": Case(200, "get-call"),
    },
    "queued_calls": {
        "list_ids": Case(200, "list-calls", none, {"limit": 1}),
        "get": Case(200, "get-call", lambda there: (there.queued,)),
    },
    "recordings": {
        "list": Case(200, "list-recordings", none),
        "get": Case(200, "get-recording", lambda there: (there.recording,)),
        "delete": Case(204, "delete-recording", lambda there: (there.recording,)),
    },
    "account": {
        "get": Case(200, "get-account", none),
        "update": Case(202, "update-account", none, {"name": "a", "city": "b", "address": "c"}),
    },
    "subaccounts": {
        "get": Case(200, "get-subaccount", lambda there: (there.subaccount,)),
        "create": Case(201, "create-subaccount", lambda _: ("b",), {"enabled": True}),
        "update": Case(202, "update-subaccount", lambda there: (there.subaccount, "b"), {"enabled": True}),
        "list": Case(200, "list-subaccounts", none, {"limit": 1, "offset": 0}),
        "delete": Case(204, "delete-subaccount", lambda there: (there.subaccount,), {"cascade": True}),
    },
    "applications": {
        "create": Case(201, "create-application", lambda _: ("b", ANSWER), ANSWERING),
        "get": Case(200, "get-application", lambda there: (there.application,)),
        "list": Case(200, "list-applications", none, {"app_name": "a", "limit": 1}),
        "update": Case(202, "update-application", lambda there: (there.application, ANSWER), ANSWERING),
        "delete": Case(204, "delete-application", lambda there: (there.application,), {"cascade": True}),
    },
    "numbers": {
        "list": Case(200, "list-numbers", none, {"number_startswith": "1415", "services": "voice"}),
        "get": Case(200, "get-number", lambda _: (NUMBER,)),
        "update": Case(202, "update-number", lambda _: (NUMBER,), {"alias": "desk"}),
        "delete": Case(204, "give-up-number", lambda _: (NUMBER,)),
    },
}

ALL = [(resource, method) for resource, cases in CASES.items() for method in cases]


@pytest.mark.parametrize(("resource", "method"), ALL)
async def test_every_method_beside_conferences_is_understood(resource: str, method: str) -> None:
    """One request, of that operation, and its success."""
    case = CASES[resource][method]
    async with world() as there:
        found = await in_thread(getattr(getattr(there.sdk, resource), method), *case.arguments(there), **case.more)
        [request] = there.plivo.requests
        assert (request.told, request.operation) == (case.told, case.operation)
        assert request.applied == (request.method != "GET" and not method.endswith("_stop") and "stop_" not in method)
        assert (found is None) == (case.told == 204)


def test_every_method_beside_conferences_is_driven() -> None:
    """Of each resource all that it has but streams and the buying of numbers."""
    for resource, kind in RESOURCES.items():
        methods = {name for name, value in vars(kind).items() if callable(value) and not name.startswith("_")}
        assert set(CASES[resource]) == methods - NOT_EMULATED.get(resource, set())


def test_every_operation_beside_conferences_is_driven() -> None:
    """All but hanging up everybody, which the SDK can't do, and fetching a file, which it leaves to others."""
    driven = {case.operation for cases in CASES.values() for case in cases.values()}
    assert driven == {name for name, _, _ in VOICE_ROUTES} - {"hang-up-all", "get-media"}


async def test_hanging_up_nobody_hangs_up_everybody() -> None:
    """Known of the SDK: an empty id is not refused, and ends every call of the account."""
    async with world() as there:
        await in_thread(there.sdk.calls.hangup, "")
        [request] = there.plivo.requests
        assert (request.operation, request.told) == ("hang-up-all", 204)
        assert all(leg.over for leg in there.plivo.calls.values())


TAKES_CALLBACKS = [
    (resource, method)
    for resource, method in ALL
    if "callback_url" in signature(getattr(RESOURCES[resource], method)).parameters
    and "record" not in method  # there it is told of the recording
    and method != "stop_recording"
]


@pytest.mark.parametrize(("resource", "method"), TAKES_CALLBACKS)
async def test_the_asynchronous_api_beside_conferences(resource: str, method: str) -> None:
    """With a callback the answer says only that the request was taken; it is done, and told."""
    case = CASES[resource][method]
    async with world() as there:
        call = getattr(getattr(there.sdk, resource), method)
        more = {**case.more, "callback_url": HOOK, "callback_method": "GET"}
        if resource == "calls" and method == "create":
            more = {"callback_url": HOOK, "callback_method": "GET"}
        taken = await in_thread(call, *case.arguments(there), **more)
        assert taken.message == "async api spawned"
        told = [one for one in there.plivo.callbacks if one.params.get("api_id") == taken.api_id]
        assert [(one.url, one.method, "error" in one.params) for one in told] == [(HOOK, "GET", False)]


async def test_a_call_from_making_it_to_its_record() -> None:
    """Queued, live, gone, and then a record, read by the SDK's own objects; its ids are text, of several a list."""
    from plivo.exceptions import ResourceNotFoundError

    async with Emulator(AUTH_ID, "token", limit=None, calls_per_second=1.0) as plivo, official_client(plivo) as sdk:
        plivo.phone(AGENT).answers(1, talks=45)
        several = await in_thread(sdk.calls.create, CALLER, f"{SECOND}<{AGENT}", ANSWER)
        assert isinstance(several.request_uuid, list)
        uuid = several.request_uuid[1]
        assert (await in_thread(sdk.queued_calls.list_ids)).calls == [uuid]
        assert (await in_thread(sdk.queued_calls.get, uuid)).call_status == "queued"
        plivo.advance(1)
        assert uuid in (await in_thread(sdk.live_calls.list_ids)).calls
        assert (await in_thread(sdk.live_calls.get, uuid)).call_status == "ringing"
        plivo.advance(47)
        for get in (sdk.calls.get, sdk.live_calls.get, sdk.queued_calls.get):
            with pytest.raises(ResourceNotFoundError, match="not found"):
                await in_thread(get, uuid)
        plivo.advance(3)
        record = await in_thread(sdk.calls.get, uuid)
        assert (record.bill_duration, record.billed_duration, record.hangup_cause_code) == (45, 60, 4000)
        listed = await in_thread(sdk.calls.list, **{**LISTING, "call_direction": "outbound", "from_number": CALLER,
                                                    "hangup_source": "Callee", "bill_duration": 45})  # fmt: skip
        assert [one.call_uuid for one in listed] == [uuid]
        assert listed.meta.total_count == 1


async def test_lists_are_walked_to_their_end() -> None:
    """Its iterators follow `next` through all pages, also those with cursors."""
    for links in ("offset", "cursor"):
        settings = Settings(page_links=links, record_after=0.0)
        async with Emulator(AUTH_ID, "token", limit=None, settings=settings) as plivo, official_client(plivo) as sdk:
            for number in range(45):
                plivo.add_call(from_=f"1415{number:07}")
                plivo.phone(f"1415{number:07}").hang_up()
            found = await in_thread(lambda sdk=sdk: [one.call_uuid for one in sdk.calls])
            assert sorted(found) == sorted(plivo.calls)


async def test_its_objects_have_methods_that_work() -> None:
    """Of recordings, subaccounts, applications and numbers: change, delete; those of a call are its collection's."""
    async with world() as there:
        sdk, plivo = there.sdk, there.plivo
        [recording] = [one for one in await in_thread(sdk.recordings.list) if one.recording_id == there.recording]
        await in_thread(recording.delete)
        assert plivo.recordings[there.recording].deleted
        subaccount = await in_thread(sdk.subaccounts.get, there.subaccount)
        await in_thread(subaccount.update, "c", enabled=True)
        assert plivo.subaccounts[there.subaccount].name == "c"
        await in_thread(subaccount.delete)
        [application] = await in_thread(sdk.applications.list)
        await in_thread(application.update, HOOK)
        assert plivo.applications[there.application].answer_url == HOOK
        number = await in_thread(sdk.numbers.get, NUMBER)
        await in_thread(number.update, app_id=there.application)
        assert plivo.numbers[NUMBER].app_id == there.application
        await in_thread(application.delete)
        await in_thread(number.delete)
        assert (dict(plivo.subaccounts), dict(plivo.applications), dict(plivo.numbers)) == ({}, {}, {})


async def test_it_rings_twice_where_nobody_asked_for_it() -> None:
    """Known of the SDK: a lost answer to Make Call is sent again, and the phone rings again."""
    from plivo.exceptions import PlivoRestError

    async with (
        Emulator(AUTH_ID, "token", limit=None, faults=Faults({"503-applied": 1.0}, operations=["make-call"])) as plivo,
        official_client(plivo) as sdk,
    ):
        plivo.phone(AGENT).never_answers()
        with pytest.raises(PlivoRestError):
            await in_thread(sdk.calls.create, CALLER, AGENT, ANSWER)
        plivo.advance(10)
        assert plivo.rings[AGENT] == 3
