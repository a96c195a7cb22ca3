"""Every operation on the wire: its exact method, path, query and body, and what becomes of the documented answer.

Written from Plivo's documents; nothing of the emulator is used.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
import respx

from plivo_async import Accepted, AsyncClient, DeferredMultiPartyCalls, Destination

pytestmark = pytest.mark.anyio

AUTH_ID = "MA" + "W" * 18
ACCOUNT = f"/v1/Account/{AUTH_ID}"
MPC = f"{ACCOUNT}/MultiPartyCall/name_support-4812"
UUID_ = "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"
HOOK = "https://example.com/done"
AUDIO = "https://example.com/a.mp3"
SINCE = datetime(2026, 11, 1, 14, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
API_ID = "63f0761a-e0ed-11e1-8ea7-12313924e3a6"

CALL = {
    "billed_amount": None,
    "billed_duration": None,
    "creation_time": "2020-12-24 09:20:03+00:00",
    "duration": None,
    "end_time": None,
    "friendly_name": "support-4812",
    "mpc_uuid": UUID_,
    "participants": f"{MPC}/Participant/",
    "recording": "not-recording",
    "resource_uri": f"{MPC}/",
    "start_time": "2020-12-24 09:20:05+00:00",
    "status": "Active",
    "stay_alone": False,
    "sub_account": None,
    "termination_cause": None,
    "termination_cause_code": None,
}
PERSON = {
    "billed_amount": "0.00500",
    "billed_duration": 60,
    "call_uuid": "c0267574-5c12-4861-8990-da9404c8cdf6",
    "coach_mode": None,
    "duration": 12,
    "end_mpc_on_exit": False,
    "exit_cause": "Participant Call Hangup",
    "exit_time": "2020-12-24 09:20:15+00:00",
    "hold": None,
    "join_time": "2020-12-24 09:20:03+00:00",
    "member_id": "355",
    "mpc_uuid": UUID_,
    "mute": None,
    "resource_uri": f"{MPC}/Participant/355/",
    "role": "agent",
    "start_mpc_on_enter": True,
}
ADDED = {
    "api_id": API_ID,
    "message": "add participant action initiated",
    "request_uuid": "c0267574-5c12-4861-8990-da9404c8cdf6",
    "calls": [{"to": "14157654321", "from": "14151234567", "call_uuid": "c0267574-5c12-4861-8990-da9404c8cdf6"}],
}
RECORDING = {
    "api_id": API_ID,
    "message": "MPC: support-4812 record started",
    "recording_id": "e06ac332-45dc-11eb-94fe-06dd7f581a50",
    "recording_url": "https://media.example.com/e06ac332-45dc-11eb-94fe-06dd7f581a50.wav",
}
PLAYING = {"api_id": API_ID, "message": "play queued into MPC", "mpcMemberId": ["355"], "mpcName": "support-4812"}
UPDATED = {"api_id": API_ID, "mute": "MPC: support-4812 mute/unmute member(s) succeded"}
SPAWNED = {"message": "async api spawned", "api_id": API_ID}
PAGE = {"api_id": API_ID, "meta": {"count": 1, "limit": 20, "next": None, "offset": 0, "previous": None}}


@dataclass(frozen=True)
class Case:
    """An operation, what it must put on the wire, and Plivo's answer."""

    ask: Callable[[AsyncClient], Awaitable[Any]]
    method: str
    path: str
    body: Any = None
    query: dict[str, str] = field(default_factory=dict)
    status: int = 204
    answer: Any = None
    holds: Callable[[Any], bool] = lambda result: result is None


def mpc(client: AsyncClient) -> Any:
    """The handle that the cases use."""
    return client.mpc("support-4812")


CASES = {
    # -- conferences
    "list": Case(
        lambda c: c.mpc.list(
            status="initialized",
            friendly_name="a b/c",
            sub_account="SA" + "X" * 18,
            termination_cause_code=1000,
            creation_time__gte=SINCE,
            end_time__lt=SINCE.replace(microsecond=250_000),
            limit=5,
            offset=10,
        ),
        "GET",
        f"{ACCOUNT}/MultiPartyCall/",
        query={
            "status": "initialized",
            "friendly_name": "a b/c",
            "sub_account": "SA" + "X" * 18,
            "termination_cause_code": "1000",
            "creation_time__gte": "2026-11-01 08:30:00",
            "end_time__lt": "2026-11-01 08:30:00.250000",
            "limit": "5",
            "offset": "10",
        },
        status=200,
        answer=PAGE | {"objects": [CALL]},
        holds=lambda page: page.objects[0].mpc_uuid == UUID_ and page.meta.count == 1 and not page.has_next,
    ),
    "get": Case(
        lambda c: mpc(c).get(),
        "GET",
        f"{MPC}/",
        status=200,
        answer=CALL | {"api_id": API_ID},
        holds=lambda call: call.start_time == datetime(2020, 12, 24, 9, 20, 5, tzinfo=UTC) and call.api_id == API_ID,
    ),
    "get by UUID": Case(
        lambda c: c.mpc.get(uuid=UUID(UUID_)),
        "GET",
        f"{ACCOUNT}/MultiPartyCall/uuid_{UUID_}/",
        status=200,
        answer=CALL,
        holds=lambda call: call.status == "Active",
    ),
    "a name is one segment": Case(
        lambda c: c.mpc.get("../Call?x#y e%41/Östermalm"),
        "GET",
        f"{ACCOUNT}/MultiPartyCall/name_..%2FCall%3Fx%23y%20e%2541%2F%C3%96stermalm/",
        status=200,
        answer=CALL,
        holds=lambda call: call.friendly_name == "support-4812",
    ),
    "start": Case(
        lambda c: mpc(c).start(), "POST", f"{MPC}/", {"status": "active"}, holds=lambda activation: activation.live
    ),
    "stop": Case(lambda c: mpc(c).stop(), "DELETE", f"{MPC}/"),
    # -- participants
    "dial": Case(
        lambda c: mpc(c).add_participant(role="customer", from_="+14151234567", to="+14157654321"),
        "POST",
        f"{MPC}/Participant/",
        {"role": "customer", "from": "+14151234567", "to": "+14157654321"},
        status=201,
        answer=ADDED,
        holds=lambda added: added.calls[0].from_ == "14151234567" and added.request_uuid == added.calls[0].call_uuid,
    ),
    "dial several": Case(
        lambda c: mpc(c).add_participant(
            role="agent",
            from_="+14151234567",
            to=["+14157654321", Destination("sip:agent@phone.plivo.com", ring_timeout=20, delay_dial=5)],
            ring_timeout=30,
        ),
        "POST",
        f"{MPC}/Participant/",
        {
            "role": "agent",
            "from": "+14151234567",
            "to": "+14157654321<sip:agent@phone.plivo.com",
            "ring_timeout": "30<20",
            "delay_dial": "0<5",
        },
        status=201,
        answer=ADDED,
        holds=lambda added: added.message == "add participant action initiated",
    ),
    "transfer": Case(
        lambda c: mpc(c).add_participant(
            role="supervisor", call_uuid="c0267574-5c12-4861-8990-da9404c8cdf6", coach_mode=False, mute=True
        ),
        "POST",
        f"{MPC}/Participant/",
        {"role": "supervisor", "call_uuid": "c0267574-5c12-4861-8990-da9404c8cdf6", "coach_mode": False, "mute": True},
        status=201,
        answer={"api_id": API_ID, "message": "add participant action initiated"},
        holds=lambda added: added.calls == (),
    ),
    "list participants": Case(
        lambda c: mpc(c).participants(call_uuid="c0267574-5c12-4861-8990-da9404c8cdf6", limit=5, offset=5),
        "GET",
        f"{MPC}/Participant/",
        query={"call_uuid": "c0267574-5c12-4861-8990-da9404c8cdf6", "limit": "5", "offset": "5"},
        status=200,
        answer={"api_id": API_ID, "meta": {"total_count": 1, "limit": 5, "offset": 5}, "objects": [PERSON]},
        holds=lambda page: page.objects[0].billed_amount == Decimal("0.00500") and page.meta.count == 1,
    ),
    "get a participant": Case(
        lambda c: mpc(c).participant(355).get(),
        "GET",
        f"{MPC}/Participant/355/",
        status=200,
        answer=PERSON,
        holds=lambda person: person.member_id == "355" and person.exit_cause == "Participant Call Hangup",
    ),
    "update": Case(
        lambda c: mpc(c).participant("355").update(mute=True, hold=False, coach_mode=True),
        "POST",
        f"{MPC}/Participant/355/",
        {"mute": True, "hold": False, "coach_mode": True},
        status=202,
        answer=UPDATED,
        holds=lambda updated: updated.mute.endswith("succeded") and updated.hold is None,
    ),
    "mute": Case(
        lambda c: mpc(c).members(355, 356).mute(),
        "POST",
        f"{MPC}/Participant/355,356/",
        {"mute": True},
        status=202,
        answer=UPDATED,
        holds=lambda updated: updated.api_id == API_ID,
    ),
    "unhold": Case(
        lambda c: mpc(c).members("all").unhold(),
        "POST",
        f"{MPC}/Participant/all/",
        {"hold": False},
        status=202,
        answer={},
        holds=lambda updated: updated.hold is None,
    ),
    "kick": Case(lambda c: mpc(c).participant(355).kick(), "DELETE", f"{MPC}/Participant/355/"),
    "kick all": Case(lambda c: mpc(c).members("all").kick(), "DELETE", f"{MPC}/Participant/all/"),
    # -- recordings
    "start recording": Case(
        lambda c: mpc(c).start_recording(file_format="wav", recording_callback_url=HOOK, transcript=True),
        "POST",
        f"{MPC}/Record/",
        {
            "file_format": "wav",
            "recording_callback_url": HOOK,
            "recording_callback_method": "POST",
            "transcript": True,
        },
        status=202,
        answer=RECORDING,
        holds=lambda recording: recording.recording_url.endswith(".wav"),
    ),
    "stop recording": Case(lambda c: mpc(c).stop_recording(), "DELETE", f"{MPC}/Record/"),
    "pause recording": Case(lambda c: mpc(c).pause_recording(), "POST", f"{MPC}/Record/Pause/"),
    "resume recording": Case(lambda c: mpc(c).resume_recording(), "POST", f"{MPC}/Record/Resume/"),
    "start recording a participant": Case(
        lambda c: mpc(c).participant(355).start_recording(record_track_type="both"),
        "POST",
        f"{MPC}/Participant/355/Record/",
        {"record_track_type": "both"},
        status=200,
        answer={"api_id": API_ID, "message": "MPC: support-4812 participant record started"},
        holds=lambda recording: recording.recording_id is None,
    ),
    "stop recording a participant": Case(
        lambda c: mpc(c).participant(355).stop_recording(record_track_type="participant"),
        "DELETE",
        f"{MPC}/Participant/355/Record/",
        {"record_track_type": "participant"},
    ),
    "pause recording a participant": Case(
        lambda c: mpc(c).participant(355).pause_recording(), "POST", f"{MPC}/Participant/355/Record/Pause/"
    ),
    "resume recording a participant": Case(
        lambda c: mpc(c).participant(355).resume_recording(), "POST", f"{MPC}/Participant/355/Record/Resume/"
    ),
    # -- playback
    "play": Case(
        lambda c: mpc(c).participant(355).play(AUDIO),
        "POST",
        f"{MPC}/Member/355/Play/",
        {"url": AUDIO},
        status=202,
        answer=PLAYING,
        holds=lambda playing: playing.mpc_member_id == ("355",) and playing.mpc_name == "support-4812",
    ),
    "stop playing": Case(lambda c: mpc(c).members("all").stop_playing(), "DELETE", f"{MPC}/Member/all/Play/"),
    "speak": Case(
        lambda c: mpc(c).members(1, 2).speak("Grüß Gott", voice="WOMAN", language="de-DE", mix=False),
        "POST",
        f"{MPC}/Member/1,2/Speak/",
        {"text": "Grüß Gott", "voice": "WOMAN", "language": "de-DE", "mix": False},
        status=202,
        answer=PLAYING | {"message": "speak queued into MPC"},
        holds=lambda speaking: speaking.message == "speak queued into MPC",
    ),
    "stop speaking": Case(lambda c: mpc(c).participant(355).stop_speaking(), "DELETE", f"{MPC}/Member/355/Speak/"),
}


def later(client: AsyncClient) -> DeferredMultiPartyCalls:
    """The asynchronous form."""
    return client.mpc.deferred(HOOK, method="GET")


ASYNCHRONOUS: dict[str, Callable[[AsyncClient], Awaitable[Any]]] = {
    "list": lambda c: later(c).list(),
    "get": lambda c: later(c)("support-4812").get(),
    "start": lambda c: later(c)("support-4812").start(),
    "stop": lambda c: later(c)("support-4812").stop(),
    "dial": lambda c: later(c)("support-4812").add_participant(
        role="customer", from_="+14151234567", to="+14157654321"
    ),
    "list participants": lambda c: later(c)("support-4812").participants(),
    "get a participant": lambda c: later(c)("support-4812").participant(355).get(),
    "mute": lambda c: later(c)("support-4812").members(355, 356).mute(),
    "kick": lambda c: later(c)("support-4812").participant(355).kick(),
    "start recording": lambda c: later(c)("support-4812").start_recording(),
    "stop recording": lambda c: later(c)("support-4812").stop_recording(),
    "pause recording": lambda c: later(c)("support-4812").pause_recording(),
    "resume recording": lambda c: later(c)("support-4812").resume_recording(),
    "start recording a participant": lambda c: later(c)("support-4812").participant(355).start_recording(),
    "stop recording a participant": lambda c: later(c)("support-4812").participant(355).stop_recording(),
    "pause recording a participant": lambda c: later(c)("support-4812").participant(355).pause_recording(),
    "resume recording a participant": lambda c: later(c)("support-4812").participant(355).resume_recording(),
    "play": lambda c: later(c)("support-4812").participant(355).play(AUDIO),
    "stop playing": lambda c: later(c)("support-4812").members("all").stop_playing(),
    "speak": lambda c: later(c)("support-4812").members(1, 2).speak("Hello"),
    "stop speaking": lambda c: later(c)("support-4812").participant(355).stop_speaking(),
}


async def asked(ask: Callable[[AsyncClient], Awaitable[Any]], answer: httpx.Response) -> tuple[httpx.Request, Any]:
    """The one request that an operation makes, and what it returns."""
    with respx.mock(assert_all_called=False) as router:
        router.route().mock(return_value=answer)
        async with AsyncClient(AUTH_ID, "token", rate_limit=None) as client:
            result = await ask(client)
        [call] = router.calls
        return call.request, result


def answered(status: int, content: Any) -> httpx.Response:
    """Plivo's answer."""
    return httpx.Response(status) if content is None else httpx.Response(status, json=content)


@pytest.mark.parametrize("name", CASES)
async def test_an_operation_sends_what_the_documents_say(name: str) -> None:
    """Method, raw path, query and body, nothing more; and its answer becomes what is promised."""
    case = CASES[name]
    request, result = await asked(case.ask, answered(case.status, case.answer))
    assert request.method == case.method
    assert request.url.raw_path.decode().partition("?")[0] == case.path
    assert dict(request.url.params) == case.query
    assert (json.loads(request.content) if request.content else None) == case.body
    assert request.headers["authorization"].startswith("Basic ")
    assert request.headers["content-type"] == "application/json"
    assert case.holds(result)


@pytest.mark.parametrize("name", ASYNCHRONOUS)
async def test_an_operation_with_a_callback(name: str) -> None:
    """The callback goes into the query of a GET and into the body of others; the answer is an `Accepted`."""
    case = CASES[name]
    request, result = await asked(ASYNCHRONOUS[name], answered(202, SPAWNED))
    assert (request.method, request.url.raw_path.decode().partition("?")[0]) == (case.method, case.path)
    sent = dict(request.url.params) if case.method == "GET" else json.loads(request.content)
    assert {key: sent[key] for key in ("callback_url", "callback_method")} == {
        "callback_url": HOOK,
        "callback_method": "GET",
    }
    assert result == Accepted(message="async api spawned", api_id=API_ID)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.answer is None])
@pytest.mark.parametrize("status", [200, 202, 204])
async def test_any_yes_to_what_has_no_answer_will_do(name: str, status: int) -> None:
    """204 without a body, or another 2xx with one: both have been seen of operations that return nothing."""
    case = CASES[name]
    content = None if status == 204 else {"api_id": API_ID, "message": "done"}
    _, result = await asked(case.ask, answered(status, content))
    assert case.holds(result)


def test_every_operation_is_here() -> None:
    """All 21, each of them with a callback as well."""
    assert len({(CASES[name].method, CASES[name].path) for name in ASYNCHRONOUS}) == 21
