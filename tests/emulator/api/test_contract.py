"""What Plivo's documents and SDKs say of the Multiparty Call API, held against the emulator over HTTP.

Each test states one thing and where it is from: "docs" are Plivo's documents, "older docs" those of 2020 to 2024,
"fixtures" the recorded answers in the tests of its SDKs, "SDKs" what these send. "Unverified" is what nobody has seen:
there the emulator has chosen, and a test holds it to its choice.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from plivo_async.emulator import Conference, Emulator, Settings
from plivo_async.emulator.api._routes import MPC_ROUTES

from ..support import AUTH_ID, AUTH_TOKEN, ROOT, USUAL, Client

pytestmark = pytest.mark.anyio

NAME = "support 4812"
ROOM = "11111111-2222-4333-8444-555555555555"
CALLER = "+14151234567"
AGENT, SECOND, CUSTOMER = "+14157654321", "+14157654322", "+14157650000"
AUDIO = "https://example.com/a.mp3"
HOOK = "https://example.com/hook"
DIAL = {"role": "agent", "from": CALLER, "to": AGENT}


class Service:
    """The API of one account, spoken to in JSON. Paths are below the collection; `{}` in them is the conference."""

    def __init__(self, plivo: Emulator) -> None:
        self.plivo = plivo
        self._client = Client(plivo.connect())
        self.at = f"name_{quote(NAME, safe='')}"

    async def ask(self, method: str, path: str, arguments: Any = None) -> tuple[int, Any]:
        """One request: its status and its answer, None if that is empty."""
        body = b"" if arguments is None else json.dumps(arguments).encode()
        reply = await self._client.ask(method, path.replace("{}", self.at), body)
        if not reply.body:
            assert reply.status == 204
            return 204, None
        assert reply.headers["content-type"] == "application/json"
        return reply.status, json.loads(reply.body)

    async def get(self, path: str) -> Any:
        """What there is."""
        status, answer = await self.ask("GET", path)
        assert status == 200, answer
        return answer

    async def change(self, method: str, path: str, arguments: Any = None) -> Any:
        """A change that must succeed."""
        status, answer = await self.ask(method, path, arguments)
        own_recording = method == "POST" and path.endswith("/Record/") and "/Participant/" in path
        assert status in ((200,) if own_recording else (201, 202, 204)), answer
        return answer

    async def add(self, **arguments: Any) -> Any:
        """Dial an agent, unless something else is said."""
        given = {**DIAL, **{key.rstrip("_"): value for key, value in arguments.items()}}
        return await self.change("POST", "{}/Participant/", {k: v for k, v in given.items() if v != "-"})

    async def people(self, query: str = "") -> list[Any]:
        """The participants listed."""
        return list((await self.get("{}/Participant/" + query))["objects"])


@asynccontextmanager
async def service(**options: Any) -> AsyncIterator[Service]:
    """An account without conferences; phones are dialled all at once and answer after a second."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, port=None, limit=None, **{"calls_per_second": None, **options}) as plivo:
        yield Service(plivo)


@asynccontextmanager
async def with_conference(
    status: str = "active", *, waiting: int = 3, **options: Any
) -> AsyncIterator[tuple[Service, Conference]]:
    """The same with a conference of three who have called in."""
    async with service(**options) as api:
        yield api, api.plivo.add_conference(NAME, uuid=ROOM, waiting=waiting, status=status)


# ---- Every operation ------------------------------------------------------------------------------------------------

EXAMPLES: dict[str, Any] = {
    "activate": {"status": "active"},
    "add-participant": DIAL,
    "update-participant": {"mute": True},
    "play": {"url": AUDIO},
    "speak": {"text": "Hello"},
}
"""Arguments of the operations that need some."""


def example(operation: str, at: str = "{}", member: str = "1") -> tuple[str, str, Any]:
    """Method, path below the collection, and arguments of an operation."""
    method, path = next((method, path) for name, method, path in MPC_ROUTES if name == operation)
    return (
        method,
        path.replace("MultiPartyCall", ROOT.rstrip("/"), 1).replace("{mpc}", at).replace("{member}", member) + "/",
        EXAMPLES.get(operation),
    )


STATES = ("none", "initialized", "active", "ended")
IN_EACH_STATE = {
    "list": (200, 200, 200, 200),
    "get": (404, 200, 200, 200),
    "activate": (404, 204, 404, 404),
    "end": (404, 204, 204, 404),
    "add-participant": (404, 201, 201, 404),
    "list-participants": (404, 200, 200, 200),
    "get-participant": (404, 200, 200, 200),
    "update-participant": (404, 202, 202, 404),
    "kick": (404, 204, 204, 404),
    "start-recording": (404, 400, 202, 404),
    "stop-recording": (404, 404, 404, 404),
    "pause-recording": (404, 404, 404, 404),
    "resume-recording": (404, 404, 404, 404),
    "start-participant-recording": (404, 400, 200, 404),
    "stop-participant-recording": (404, 404, 404, 404),
    "pause-participant-recording": (404, 404, 404, 404),
    "resume-participant-recording": (404, 404, 404, 404),
    "play": (404, 202, 202, 404),
    "stop-play": (404, 204, 204, 404),
    "speak": (404, 202, 202, 404),
    "stop-speak": (404, 204, 204, 404),
}
"""Statuses without a conference of that UUID, with an Initialized one, an Active one, and an Ended one."""


@pytest.mark.parametrize("operation", IN_EACH_STATE)
async def test_emulator_contract_of_states_by_uuid(operation: str) -> None:
    """What may be done in which state. Docs where they say (reads, activate, end, success codes), unverified else."""
    for state, expected in zip(STATES, IN_EACH_STATE[operation], strict=True):
        async with service() as api:
            if state != "none":
                api.plivo.add_conference(NAME, uuid=ROOM, waiting=3, status=state)
            status, answer = await api.ask(*example(operation, f"uuid_{ROOM}"))
            assert (state, status) == (state, expected)
            assert api.plivo.requests[0].applied == (
                expected < 300
                and operation not in ("list", "get", "list-participants", "get-participant", "stop-play", "stop-speak")
            )
            assert (answer is None) == (status == 204)


@pytest.mark.parametrize("operation", [name for name in IN_EACH_STATE if name not in ("list", "add-participant")])
async def test_emulator_contract_of_names(operation: str) -> None:
    """By name only a live conference is found: an ended one is a 404 to everything. Docs (the code is presumed)."""
    async with with_conference("ended") as (api, _):
        status, answer = await api.ask(*example(operation))
        assert (status, set(answer)) == (404, {"api_id", "error"})


@pytest.mark.parametrize("operation", IN_EACH_STATE)
async def test_emulator_contract_of_the_asynchronous_api(operation: str) -> None:
    """With a `callback_url`, in the query or the body, the answer says only that; it is done all the same. Docs.

    The 200 is from tests of the .NET SDK. Unverified: the callback is told what the answer would have said, but lists.
    """
    async with with_conference("initialized" if operation == "activate" else "active") as (api, conference):
        method, path, arguments = example(operation)
        if operation.startswith(("stop-rec", "pause-rec", "resume-rec")):
            await api.change("POST", "{}/Record/")
        if operation.startswith("resume-rec"):
            await api.change("POST", "{}/Record/Pause/")
        before = conference.applied
        if method == "GET":
            path += f"?callback_url={quote(HOOK, safe='')}&callback_method=GET"
        else:
            arguments = {**(arguments or {}), "callback_url": HOOK, "callback_method": "GET"}
        status, answer = await api.ask(method, path, arguments)
        assert (status, answer["message"], set(answer)) == (200, "async api spawned", {"message", "api_id"})
        [told] = [one for one in api.plivo.callbacks if one.url == HOOK]
        assert (told.method, told.params["api_id"]) == ("GET", answer["api_id"])
        refused = operation.endswith("-participant-recording") and not operation.startswith("start")
        assert ("error" in told.params) == refused
        request = api.plivo.requests[-1]
        assert (request.operation, request.applied) == (operation, conference.applied > before)
        assert request.applied == (not refused and method != "GET" and operation not in ("stop-play", "stop-speak"))


async def test_emulator_contract_of_asynchronous_results() -> None:
    """The callback is told the scalar values of the JSON, as text; of a 204 the `api_id`; of a refusal the error."""
    async with with_conference() as (api, conference):
        query = f"?callback_url={quote(HOOK, safe='')}"
        await api.ask("GET", "{}/" + query)
        await api.ask("POST", "{}/Record/", {"callback_url": HOOK})
        await api.ask("DELETE", "{}/" + query)
        await api.ask("DELETE", "{}/", {"callback_url": HOOK})
        got, recording, ended, refused = api.plivo.callbacks
        assert (got.method, got.params["status"], got.params["end_time"]) == ("POST", "Active", "")
        assert got.params["stay_alone"] == "false"
        assert recording.params["recording_id"] == conference.recordings[0].recording_id
        assert set(ended.params) == {"api_id"}
        assert refused.params["error"] == "not found"


@pytest.mark.parametrize(
    ("method", "path", "arguments", "reason"),
    [
        ("POST", "{}/", {"callback_url": HOOK, "status": "ended"}, "status: "),
        ("POST", "{}/Participant/", {"callback_url": HOOK}, "role: "),
        ("POST", "{}/", {"callback_url": "nowhere", "status": "active"}, "callback_url: "),
        ("DELETE", "{}/", {"callback_url": HOOK, "callback_method": "PUT"}, "callback_method: "),
        ("DELETE", "{}/?callback_url=%FF", None, "query: "),
    ],
)
async def test_emulator_contract_of_bad_asynchronous_requests(
    method: str, path: str, arguments: Any, reason: str
) -> None:
    """Bad arguments are a 400 at once, and no callback is told. Unverified."""
    async with with_conference("initialized") as (api, conference):
        status, answer = await api.ask(method, path, arguments)
        assert status == 400
        assert answer["error"].startswith(reason)
        assert (api.plivo.callbacks, conference.status) == ([], "Initialized")


async def test_emulator_contract_of_lists_of_one() -> None:
    """The Python SDK wraps all that it sends to activate into lists of one: taken as what is in them. SDKs."""
    async with with_conference("initialized") as (api, conference):
        arguments = {"status": ["active"], "callback_url": [HOOK], "callback_method": ["GET"]}
        assert (await api.ask("POST", "{}/", arguments))[0] == 200
        assert [(one.url, one.method) for one in api.plivo.callbacks] == [(HOOK, "GET")]
        assert conference.status == "Active"


async def test_emulator_contract_of_api_ids() -> None:
    """Every answer that has a body has an `api_id`, a UUID. Docs."""
    async with with_conference() as (api, _):
        seen = set()
        for operation in IN_EACH_STATE:
            _, answer = await api.ask(*example(operation))
            seen |= {UUID(answer["api_id"])} if answer is not None else set()
        assert len(seen) >= 10


async def test_emulator_contract_of_creation() -> None:
    """There is no endpoint that creates a conference: POST to the collection is a 405. The CLI's source."""
    async with service() as api:
        assert (await api.ask("POST", "", {"friendly_name": NAME}))[0] == 405
        assert not api.plivo.conferences


@pytest.mark.parametrize("path", ["{}/Participant/1/Mute/", "{}/Participant/1/Hold/"])
async def test_emulator_contract_has_no_mute_and_hold_below_participants(path: str) -> None:
    """Known to an old CLI only, in no document and no SDK: 404. Unverified."""
    async with with_conference() as (api, _):
        assert (await api.ask("POST", path, {}))[0] == 404


# ---- Add a participant ----------------------------------------------------------------------------------------------


async def test_emulator_contract_of_one_destination() -> None:
    """201; one call, whose UUID is that of the request; numbers without "+"; no member id. Older docs, fixtures."""
    async with service() as api:
        answer = await api.add()
        uuid = answer["request_uuid"]
        assert list(answer) == ["api_id", "message", "request_uuid", "calls"]
        assert answer["message"] == "add participant action initiated"
        assert answer["calls"] == [{"to": AGENT[1:], "from": CALLER[1:], "call_uuid": uuid}]
        assert list(answer["calls"][0]) == ["to", "from", "call_uuid"]


async def test_emulator_contract_of_several_destinations() -> None:
    """One call for each, each with its own UUID and none with the request's; the first to answer joins. Fixtures, docs.

    Each may have a ring timeout and a delay of its own.
    """
    async with service() as api:
        api.plivo.phone(AGENT).answers(after=5)
        answer = await api.add(to=f"{AGENT}<{SECOND}<sip:a@b.c", ring_timeout="30<20", delay_dial="0<1<2")
        calls = {one["to"]: one["call_uuid"] for one in answer["calls"]}
        assert list(calls) == [AGENT[1:], SECOND[1:], "sip:a@b.c"]
        assert len({answer["request_uuid"], *calls.values()}) == 4
        legs = {leg.to: leg for to in (AGENT, SECOND, "sip:a@b.c") for leg in api.plivo.phone(to).calls}
        assert [leg.ring_timeout for leg in legs.values()] == [30, 20, 45]
        api.plivo.advance(10)
        [joined] = await api.people()
        assert joined["call_uuid"] == calls[SECOND[1:]]
        assert api.plivo.phone(AGENT).calls[0].hangup_cause_code == 9000


async def test_emulator_contract_of_times_by_default() -> None:
    """45 seconds of ringing, after no delay. Docs."""
    async with service() as api:
        api.plivo.phone(AGENT).never_answers()
        await api.add()
        [leg] = api.plivo.phone(AGENT).calls
        assert leg.ring_timeout == 45
        assert leg.rang_at == pytest.approx(0.0, abs=1e-6)


async def test_emulator_contract_of_nobody_to_add() -> None:
    """Where there is neither a phone to dial nor a call to transfer, the answer names both ways. Unverified."""
    async with service() as api:
        for given, missing in (({}, "missing, and so are to and call_uuid"), ({"to": AGENT}, "missing")):
            _, answer = await api.ask("POST", "{}/Participant/", {"role": "agent", **given})
            assert answer["error"] == f"from: {missing}"


async def test_emulator_contract_of_one_time_for_all() -> None:
    """A ring timeout as a number is for every destination. SDKs."""
    async with service() as api:
        await api.add(to=f"{AGENT}<{SECOND}", ring_timeout=7, delay_dial="3")
        api.plivo.advance(4)
        legs = [api.plivo.phone(to).calls[0] for to in (AGENT, SECOND)]
        assert [leg.ring_timeout for leg in legs] == [7, 7]
        assert [leg.rang_at for leg in legs] == pytest.approx([3.0, 3.0])


async def test_emulator_contract_of_implicit_creation() -> None:
    """Adding to a name that no live conference has makes one, after an ended one too. Docs.

    That it is there only when somebody has answered is unverified.
    """
    async with with_conference("ended") as (api, old):
        await api.add()
        assert (await api.ask("GET", "{}/"))[0] == 404
        api.plivo.advance(2)
        found = await api.get("{}/")
        assert found["mpc_uuid"] != old.mpc_uuid
        assert found["status"] == "Active"  # start_mpc_on_enter is true by default


async def test_emulator_contract_of_start_mpc_on_enter() -> None:
    """A conference into which only such as don't start it have come waits. Docs."""
    async with service() as api:
        await api.add(start_mpc_on_enter=False)
        api.plivo.advance(2)
        assert (await api.get("{}/"))["status"] == "Initialized"
        await api.change("POST", "{}/", {"status": "active"})
        assert (await api.get("{}/"))["status"] == "Active"


async def test_emulator_contract_of_the_new_member() -> None:
    """Who joined is found by the UUID of the call; the role is written in lower case however it was sent. Fixtures."""
    async with with_conference() as (api, _):
        uuid = (await api.add(role="Agent", mute=True, hold="true", end_mpc_on_exit=True))["calls"][0]["call_uuid"]
        api.plivo.advance(2)
        [found] = await api.people(f"?call_uuid={uuid}")
        assert (found["role"], found["mute"], found["hold"], found["coach_mode"]) == ("agent", True, True, False)
        assert (found["start_mpc_on_enter"], found["end_mpc_on_exit"]) == (True, True)
        assert found["member_address"] == AGENT[1:]


@pytest.mark.parametrize(("given", "shown"), [({}, True), ({"coach_mode": False}, False)])
async def test_emulator_contract_of_supervisors(given: Any, shown: bool) -> None:
    """Coach mode is on by default, and only a supervisor has it. Docs."""
    async with with_conference() as (api, _):
        await api.add(role="supervisor", **given)
        api.plivo.advance(2)
        assert (await api.people())[0]["coach_mode"] is shown


async def test_emulator_contract_of_a_transfer() -> None:
    """With a `call_uuid` a live call is moved, and nothing rings. Docs; what `calls` says is unverified."""
    async with service() as api:
        leg = api.plivo.add_call(from_=CUSTOMER)
        answer = await api.add(role="customer", call_uuid=leg.call_uuid, from_="-", to="-", caller_name=None)
        assert [one["call_uuid"] for one in answer["calls"]] == [leg.call_uuid]
        assert [one["call_uuid"] for one in await api.people()] == [leg.call_uuid]
        assert not api.plivo.rings


async def test_emulator_contract_of_unknown_calls() -> None:
    """A call that is over, or that there never was, is a 404, and no conference comes of it. Unverified."""
    async with service() as api:
        leg = api.plivo.add_call(from_=CUSTOMER)
        api.plivo.phone(CUSTOMER).hang_up()
        for call_uuid in (leg.call_uuid, ROOM):
            arguments = {"role": "customer", "call_uuid": call_uuid}
            assert (await api.ask("POST", "{}/Participant/", arguments))[0] == 404
        assert not api.plivo.conferences


async def test_emulator_contract_of_a_full_conference() -> None:
    """At most `max_participants`, ten by default (docs); one more is a 400 (unverified)."""
    async with with_conference(waiting=10) as (api, _):
        assert (await api.ask("POST", "{}/Participant/", DIAL))[0] == 400
    async with service() as api:
        for to in (AGENT, SECOND):
            await api.add(to=to, max_participants=2)
        api.plivo.advance(2)
        assert (await api.ask("POST", "{}/Participant/", DIAL))[0] == 400


async def test_emulator_contract_of_who_speaks_first_for_the_conference() -> None:
    """Of what concerns the conference, the first to say it counts; what nobody has said may be said later. Unverified.

    `record` starts a recording in the format that was asked for (docs).
    """
    async with service() as api:
        await api.add(stay_alone=True, start_mpc_on_enter=False)
        api.plivo.advance(2)
        await api.add(to=SECOND, stay_alone=False, record=True, record_file_format="wav", record_min_member_count=2)
        api.plivo.advance(2)
        found = await api.get("{}/")
        assert (found["stay_alone"], found["recording"]) == (True, "recording")
        assert api.plivo.conferences[NAME].recordings[0].recording_url.endswith(".wav")


@pytest.mark.parametrize("key", ["record_participant_track", "recordParticipantTrack"])
async def test_emulator_contract_of_own_tracks(key: str) -> None:
    """Recording one participant's track is asked for in snake case (SDKs) or in camel case (a sample of the docs)."""
    async with with_conference() as (api, conference):
        await api.add(**{key: True})
        api.plivo.advance(2)
        [recording] = conference.recordings
        assert (recording.track, recording.member_id) == ("participant", conference.participants[-1].member_id)


async def test_emulator_contract_of_callback_methods() -> None:
    """A method that is sent is used. Where none is: POST for events and exits, GET for recordings (unverified)."""
    async with service() as api:
        urls = {
            f"{name}_url": f"{HOOK}/{name}"
            for name in ("status_callback", "recording_callback", "call_status_callback", "on_exit_action")
        }
        await api.add(record=True, stay_alone=True, **urls)
        await api.add(to=SECOND, call_status_callback_url=f"{HOOK}/second", call_status_callback_method="GET")
        api.plivo.advance(2)
        await api.change("DELETE", "{}/")
        methods = {one.url.rpartition("/")[2]: one.method for one in api.plivo.callbacks}
        assert methods == {
            "status_callback": "POST",
            "recording_callback": "GET",
            "call_status_callback": "POST",
            "on_exit_action": "POST",
            "second": "GET",
        }


async def test_emulator_contract_of_event_groups() -> None:
    """`status_callback_events` chooses groups of events, in any case and with spaces (SDKs send both)."""
    async with service() as api:
        await api.add(status_callback_url=HOOK, status_callback_events="MPC-state-changes, participant-audio-events")
        api.plivo.advance(2)
        assert [one.params["EventName"] for one in api.plivo.callbacks] == ["MPCInitialized", "MPCStart"]


EVERYTHING = {
    **DIAL,
    "caller_name": "Support",
    "call_status_callback_url": HOOK,
    "call_status_callback_method": "POST",
    "sip_headers": "a=b,c=d",
    "confirm_key": "#",
    "confirm_key_sound_url": AUDIO,
    "confirm_key_sound_method": "GET",
    "dial_music": "Real",
    "ring_timeout": 45,
    "delay_dial": 0,
    "max_duration": 14400,
    "max_participants": 10,
    "record_min_member_count": 1,
    "wait_music_url": AUDIO,
    "wait_music_method": "GET",
    "agent_hold_music_url": AUDIO,
    "agent_hold_music_method": "GET",
    "customer_hold_music_url": AUDIO,
    "customer_hold_music_method": "GET",
    "agent_hold_music": "whatever",
    "recording_callback_url": HOOK,
    "recording_callback_method": "GET",
    "status_callback_url": HOOK,
    "status_callback_method": "GET",
    "status_callback_events": "mpc-state-changes,participant-state-changes",
    "on_exit_action_url": HOOK,
    "on_exit_action_method": "POST",
    "record": False,
    "record_participant_track": False,
    "record_file_format": "mp3",
    "stay_alone": False,
    "coach_mode": True,
    "mute": False,
    "hold": False,
    "start_mpc_on_enter": True,
    "end_mpc_on_exit": False,
    "relay_dtmf_inputs": False,
    "enter_sound": "beep:1",
    "enter_sound_method": "GET",
    "exit_sound": "beep:2",
    "exit_sound_method": "GET",
    "start_recording_audio": AUDIO,
    "start_recording_audio_method": "GET",
    "stop_recording_audio": AUDIO,
    "stop_recording_audio_method": "GET",
    "create_mpc_with_single_participant": True,
    "send_digits": "1w2W#*@500",
    "send_on_preanswer": False,
    "transcript": False,
    "transcription_url": HOOK,
}
"""Every argument that a document or an SDK knows."""

OF_TEXT = (
    "role",
    "from",
    "to",
    "caller_name",
    "sip_headers",
    "confirm_key",
    "dial_music",
    "enter_sound",
    "send_digits",
)


async def test_emulator_contract_of_every_argument() -> None:
    """All arguments at once; and each of them null, or "", which is "not given" (Ruby's and Go's SDKs). Docs, SDKs."""
    async with service() as api:
        await api.add(**EVERYTHING)
        optional = [key for key in EVERYTHING if key not in DIAL]
        for nothing in (None, ""):
            await api.add(**dict.fromkeys(optional, nothing))
        await api.add(**{key: str(value).lower() for key, value in EVERYTHING.items() if isinstance(value, bool)})


@pytest.mark.parametrize(
    "arguments",
    [
        {"max_duration": 300},
        {"max_duration": 28800},
        {"max_participants": 2},
        {"record_min_member_count": 2},
        {"caller_name": "x" * 50},
        {"dial_music": "none"},
        {"dial_music": AUDIO},
        {"enter_sound": AUDIO},
        *({key: sound} for key in ("enter_sound", "exit_sound") for sound in ("beep:1", "beep:2", "none")),
        *({"confirm_key": key} for key in "0123456789*#"),
        {"to": "<".join(f"1415555{number:04}" for number in range(20))},
        {"to": "sip:someone@phone.plivo.com", "from": "sip:other@phone.plivo.com"},
        {"role": "ai-agent", "to": "whatever that may be"},
        {"role": "CUSTOMER"},
        {"unknown": {"to": "Plivo"}},
    ],
    ids=str,
)
async def test_emulator_contract_of_good_arguments(arguments: dict[str, Any]) -> None:
    """The ends of the ranges, every form of a sound, up to 20 destinations, what is not known. Docs, SDKs."""
    async with service() as api:
        await api.add(**arguments)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        *(({key: "nowhere"}, key) for key in EVERYTHING if key.endswith(("_url", "_audio"))),
        *(({key: "PUT"}, key) for key in EVERYTHING if key.endswith("_method")),
        *(({key: 1}, key) for key, value in EVERYTHING.items() if isinstance(value, bool)),
        *(({key: 1}, key) for key, value in EVERYTHING.items() if isinstance(value, str) and key in OF_TEXT),
        ({"role": "-"}, "role"),
        ({"role": ""}, "role"),
        ({"role": "moderator"}, "role"),
        ({"from": "-"}, "from"),
        ({"to": "-"}, "to"),
        ({"to": None}, "to"),
        ({"from": "-", "to": "-"}, "from"),
        ({"call_uuid": ROOM}, "call_uuid"),
        ({"call_uuid": ROOM, "from": "-"}, "call_uuid"),
        ({"call_uuid": ROOM, "to": "-"}, "call_uuid"),
        ({"to": [AGENT]}, "to"),
        ({"to": f"{AGENT}<"}, "to"),
        ({"to": "somebody"}, "to"),
        ({"to": "sip:a b"}, "to"),
        ({"to": "<".join(f"1415555{number:04}" for number in range(21))}, "to"),
        ({"to": f"{AGENT}<{SECOND}", "role": "customer"}, "to"),
        ({"ring_timeout": "30<40"}, "ring_timeout"),
        ({"ring_timeout": "soon"}, "ring_timeout"),
        ({"ring_timeout": "²"}, "ring_timeout"),
        ({"ring_timeout": -1}, "ring_timeout"),
        ({"ring_timeout": 10**400}, "ring_timeout"),
        ({"ring_timeout": "9" * 9}, "ring_timeout"),
        ({"ring_timeout": 4.5}, "ring_timeout"),
        ({"delay_dial": "1<2"}, "delay_dial"),
        ({"delay_dial": True}, "delay_dial"),
        ({"max_duration": 299}, "max_duration"),
        ({"max_duration": 28801}, "max_duration"),
        ({"max_duration": "600"}, "max_duration"),
        ({"max_participants": 1}, "max_participants"),
        ({"max_participants": 11}, "max_participants"),
        ({"record_min_member_count": 3}, "record_min_member_count"),
        ({"record_file_format": "ogg"}, "record_file_format"),
        ({"confirm_key": "12"}, "confirm_key"),
        ({"caller_name": "x" * 51}, "caller_name"),
        ({"sip_headers": {"a": "1"}}, "sip_headers"),
        ({"send_digits": "call me"}, "send_digits"),
        ({"dial_music": "loud"}, "dial_music"),
        ({"enter_sound": "beep:3"}, "enter_sound"),
        ({"exit_sound": True}, "exit_sound"),
        ({"wait_music_url": "file:///etc/passwd"}, "wait_music_url"),
        ({"status_callback_url": "https://"}, "status_callback_url"),
        ({"status_callback_events": "everything"}, "status_callback_events"),
        ({"on_exit_action_url": 7}, "on_exit_action_url"),
        ({"mute": "yes"}, "mute"),
        ({"record": "True"}, "record"),
        ({"transcript": []}, "transcript"),
        ({"recordParticipantTrack": {}}, "recordParticipantTrack"),
    ],
    ids=str,
)
async def test_emulator_contract_of_bad_arguments(arguments: dict[str, Any], field: str) -> None:
    """Out of its range or form an argument is a 400 that names it, and nothing rings.

    Several destinations are for agents only (older docs). That the server minds is unverified of the rest, which is
    what SDKs refuse before they send it.
    """
    given = {key: value for key, value in {**DIAL, **arguments}.items() if value != "-"}
    async with service() as api:
        status, answer = await api.ask("POST", "{}/Participant/", given)
        assert status == 400
        assert answer["error"].startswith(f"{field}: ")
        api.plivo.advance(60)
        assert not api.plivo.rings
        assert not api.plivo.conferences


@pytest.mark.parametrize(
    "arguments",
    [
        {"sip_headers": "a=1,b=2,"},
        {"sip_headers": ",,alone"},
        {"role": "AGENT"},
        {"status_callback_url": HOOK, "status_callback_method": "get"},
        {"wait_music_method": "Post"},
        {"record_file_format": "MP3"},
    ],
    ids=str,
)
async def test_emulator_contract_of_what_other_sdks_send(arguments: dict[str, Any]) -> None:
    """Java's comma at the end of `sip_headers`, and whatever case Node, PHP and Java were given. SDKs."""
    async with service() as api:
        await api.change("POST", "{}/Participant/", {**DIAL, **arguments})
        api.plivo.advance(2)
        assert {one.method for one in api.plivo.callbacks} <= {"GET"}
    async with with_conference() as (api, conference):
        await api.change("POST", "{}/Record/", {"file_format": "WAV"})
        await api.change("POST", "{}/Participant/1/Record/", {"record_track_type": "Participant"})
        assert [(one.file_format, one.track) for one in conference.recordings] == [
            ("wav", "all"),
            ("mp3", "participant"),
        ]


async def test_emulator_contract_of_what_is_not_json() -> None:
    """A 204 says that it is JSON all the same: Ruby's SDK can't do without (inferred). Reasons have their phrase."""
    async with with_conference("initialized") as (api, _):
        stream = api.plivo.connect()
        for expected in (b"HTTP/1.1 204 No Content\r\n", b"HTTP/1.1 404 Not Found\r\n"):
            fields = "".join(f"{name}: {value}\r\n" for name, value in USUAL)
            body = '{"status": "active"}'
            target = f"/v1/Account/{AUTH_ID}/MultiPartyCall/uuid_{ROOM}/"
            head = f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{fields}\r\n{body}"
            await stream.send(head.encode())
            answer = await stream.receive()
            assert answer.startswith(expected)
            assert b"Content-Type: application/json\r\n" in answer


# ---- Participants ---------------------------------------------------------------------------------------------------

PARTICIPANT = {
    "billed_amount": None,
    "billed_duration": None,
    "coach_mode": False,
    "duration": None,
    "end_mpc_on_exit": False,
    "exit_cause": None,
    "exit_time": None,
    "hold": False,
    "mpc_uuid": ROOM,
    "mute": False,
    "role": "customer",
    "start_mpc_on_enter": False,
}


@pytest.mark.parametrize("at", [f"name_{quote(NAME)}", f"uuid_{ROOM}"])
async def test_emulator_contract_of_lists_of_participants(at: str) -> None:
    """Objects of 17 keys and `member_address`, who joined last first, and a `meta`. Fixtures, docs.

    URIs name the conference as it was asked for, not percent-encoded. Fixtures.
    """
    async with with_conference() as (api, _):
        found = await api.get(f"{at}/Participant/")
        assert list(found) == ["api_id", "meta", "objects"]
        assert found["meta"] == {"count": 3, "limit": 20, "next": None, "offset": 0, "previous": None}
        assert [one["member_id"] for one in found["objects"]] == ["3", "2", "1"]
        first = found["objects"][-1]
        assert list(first) == sorted(first)
        assert {key: first[key] for key in PARTICIPANT} == PARTICIPANT
        assert first["resource_uri"] == f"{ROOT}{at.replace('%20', ' ')}/Participant/1/"
        assert {"call_uuid", "join_time", "member_address"} == set(first) - set(PARTICIPANT) - {
            "member_id",
            "resource_uri",
        }


async def test_emulator_contract_of_pages_of_participants() -> None:
    """`limit`, 1 to 20, and `offset`; the links lead through all of them, the filter kept. Docs; links: encoded names.

    That a filter is kept in them is unverified.
    """
    async with with_conference() as (api, conference):
        target: str | None = "{}/Participant/?limit=2"
        seen = []
        while target is not None:
            page = await api.get(target)
            seen += [one["member_id"] for one in page["objects"]]
            target = page["meta"]["next"]
        assert seen == ["3", "2", "1"]
        assert page["meta"]["previous"].startswith(f"{ROOT}name_support%204812/Participant/?limit=2&offset=0")
        uuid = conference.participants[0].call_uuid
        page = await api.get(f"{{}}/Participant/?call_uuid={uuid}&limit=1&offset=1")
        assert (page["meta"]["count"], page["objects"]) == (1, [])
        assert page["meta"]["previous"].endswith(f"?limit=1&offset=0&call_uuid={uuid}")
        for query in ("limit=0", "limit=21", "offset=-1", "limit=x"):
            assert (await api.ask("GET", "{}/Participant/?" + query))[0] == 400


async def test_emulator_contract_of_those_who_left() -> None:
    """They are listed once the conference has ended, by UUID, their flags null, with a cause and a bill. Fixtures.

    That they are not while it is live is unverified; one of them can be retrieved all the same.
    """
    async with with_conference() as (api, _):
        api.plivo.advance(61)
        await api.change("DELETE", "{}/Participant/1/")
        assert [one["member_id"] for one in await api.people()] == ["3", "2"]
        gone = await api.get("{}/Participant/1/")
        assert (gone["exit_cause"], gone["coach_mode"]) == ("Kicked Out of Multiparty Call", None)
        await api.change("DELETE", "{}/")
        listed = (await api.get(f"uuid_{ROOM}/Participant/"))["objects"]
        assert [one["member_id"] for one in listed] == ["3", "2", "1"]
        assert {one["exit_cause"] for one in listed[:2]} == {"Multiparty Call Ended"}
        assert [(one["mute"], one["hold"], one["coach_mode"]) for one in listed] == [(None, None, None)] * 3
        assert [(one["duration"], one["billed_duration"], one["billed_amount"]) for one in listed] == [
            (61, 120, "0.01000")
        ] * 3


async def test_emulator_contract_of_one_participant() -> None:
    """The object, with an `api_id` above its keys; an unknown id is a 404, and so is a list (unverified). Fixtures."""
    async with with_conference() as (api, _):
        one = await api.get("{}/Participant/2/")
        assert list(one) == ["api_id", *sorted(key for key in one if key != "api_id")]
        assert one["member_id"] == "2"
        for member in ("4", "1,2", "all", "..", "%20", "2%2F"):
            assert (await api.ask("GET", f"{{}}/Participant/{member}/"))[0] == 404


@pytest.mark.parametrize("members", ["1", "1,3", "1%2C3", "3,1,3", "all"])
async def test_emulator_contract_of_updates(members: str) -> None:
    """One id, several with commas, or `all`; 202 with a text for each flag that was sent, and for no other. Docs."""
    async with with_conference() as (api, conference):
        answer = await api.change("POST", f"{{}}/Participant/{members}/", {"mute": True, "hold": "true"})
        assert answer == {
            "api_id": answer["api_id"],
            "mute": f"MPC: {NAME} mute/unmute member(s) succeded",
            "hold": f"MPC: {NAME} hold/unhold member(s) succeded",
        }
        meant = {"all": {"1", "2", "3"}, "1": {"1"}}.get(members, {"1", "3"})
        assert {one.member_id for one in conference.participants if one.mute and one.hold} == meant
        await api.change("POST", "{}/Participant/all/", {"mute": False})
        assert not any(one.mute for one in conference.participants)
        assert api.plivo.requests[0].member == members.replace("%2C", ",")


async def test_emulator_contract_of_coach_mode() -> None:
    """For a single supervisor: 202. With `all` a 400 (older docs); for others, or several, as well (unverified)."""
    async with with_conference() as (api, conference):
        await api.add(role="supervisor")
        api.plivo.advance(2)
        member = conference.participants[-1].member_id
        for wrong in ("all", "1", f"1,{member}"):
            assert (await api.ask("POST", f"{{}}/Participant/{wrong}/", {"coach_mode": False}))[0] == 400
        arguments = {"coach_mode": False, "disable_state_change_sound": True}
        answer = await api.change("POST", f"{{}}/Participant/{member}/", arguments)
        assert answer["coach_mode"] == f"MPC: {NAME} coach_mode enable/disable succeeded"
        assert set(answer) == {"api_id", "coach_mode"}
        assert conference.participants[-1].coach_mode is False


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"mute": None},
        {"mute": "maybe"},
        {"disable_state_change_sound": True},
        {"hold": [True]},
        {"mute": True, "disable_state_change_sound": 1},
    ],
)
async def test_emulator_contract_of_bad_updates(arguments: Any) -> None:
    """Without any of the three flags, or with one that is no boolean: 400. Refused by SDKs; unverified."""
    async with with_conference() as (api, _):
        status, answer = await api.ask("POST", "{}/Participant/1/", arguments)
        assert status == 400
        assert answer["error"].startswith(next((key for key, value in arguments.items() if value is not True), "mute"))


@pytest.mark.parametrize("member", ["4", "1,4", "1,,2", "1,", ",", "one", "-1", "ALL", "%00"])
@pytest.mark.parametrize("operation", ["update-participant", "kick", "play", "stop-play", "speak", "stop-speak"])
async def test_emulator_contract_of_unknown_members(operation: str, member: str) -> None:
    """An unknown member is a 404 (docs); among several too, and then nothing is done for the others (unverified)."""
    async with with_conference() as (api, conference):
        assert (await api.ask(*example(operation, member=member)))[0] == 404
        assert (conference.applied, conference.present) == (0, 3)


async def test_emulator_contract_of_kicks() -> None:
    """204; with the last of them the conference ends, with cause 1000 (docs); if one stays alone, 1010 (docs)."""
    async with with_conference() as (api, conference):
        assert await api.change("DELETE", "{}/Participant/1/") is None
        assert (conference.present, conference.status) == (2, "Active")
        await api.change("DELETE", "{}/Participant/all/")
        assert (conference.status, conference.termination_cause_code) == ("Ended", 1000)
    async with with_conference() as (api, conference):
        await api.change("DELETE", "{}/Participant/1,2/")
        assert (conference.status, conference.termination_cause_code) == ("Ended", 1010)


async def test_emulator_contract_of_kicked_calls() -> None:
    """A call that was dialled ends, with cause 4030 (table of causes); one that had called in goes on. Docs."""
    async with with_conference() as (api, conference):
        await api.add()
        api.plivo.advance(2)
        await api.change("DELETE", f"{{}}/Participant/1,{conference.participants[-1].member_id}/")
        assert api.plivo.phone(AGENT).calls[0].hangup_cause_code == 4030
        assert conference.participants[0].leg.live


async def test_emulator_contract_of_the_end() -> None:
    """204; a call that was dialled ends, with cause 4020; one that had called in goes on. 3000 is why. Docs."""
    async with with_conference() as (api, conference):
        await api.add()
        api.plivo.advance(2)
        assert await api.change("DELETE", "{}/") is None
        assert api.plivo.phone(AGENT).calls[0].hangup_cause_code == 4020
        assert conference.participants[0].leg.live
        found = await api.get(f"uuid_{ROOM}/")
        assert (found["termination_cause"], found["termination_cause_code"]) == ("Hangup API Triggered", 3000)


# ---- Recordings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file_format", ["mp3", "wav"])
@pytest.mark.parametrize(("path", "message"), [("{}", "record started"), ("{}/Participant/1", "participant record")])
async def test_emulator_contract_of_recordings(path: str, message: str, file_format: str) -> None:
    """202 with id and URL, whose ending is the format; then pause, resume and stop, 204 each. Docs, fixtures.

    A participant's is a 200 (tests of five SDKs).
    """
    async with with_conference() as (api, conference):
        answer = await api.change("POST", f"{path}/Record/", {"file_format": file_format})
        assert list(answer) == ["api_id", "message", "recording_id", "recording_url"]
        assert answer["message"].startswith(f"MPC: {NAME} {message}")
        end = f"/v1/Account/{AUTH_ID}/Recording/{answer['recording_id']}.{file_format}"
        assert answer["recording_url"] == f"{api.plivo.url}{end}"
        [recording] = conference.recordings
        for method, tail, phase in (
            ("POST", "Pause/", "paused"),
            ("POST", "Resume/", "recording"),
            ("DELETE", "", "completed"),
        ):
            assert await api.change(method, f"{path}/Record/{tail}") is None
            assert recording.phase == phase


async def test_emulator_contract_of_the_recording_that_shows() -> None:
    """`recording` of the conference is not-recording, recording or paused, and null in the end. Docs, fixtures."""
    async with with_conference() as (api, _):

        async def shown() -> Any:
            return (await api.get(f"uuid_{ROOM}/"))["recording"]

        assert await shown() == "not-recording"
        await api.change("POST", "{}/Participant/1/Record/")
        assert await shown() == "not-recording"
        await api.change("POST", "{}/Record/")
        assert await shown() == "recording"
        await api.change("POST", "{}/Record/Pause/")
        assert await shown() == "paused"
        await api.change("DELETE", "{}/")
        assert await shown() is None


async def test_emulator_contract_of_recording_phases() -> None:
    """To start twice, pause twice or resume what goes on is a 400; to stop what isn't recorded a 404. Unverified."""
    async with with_conference() as (api, _):
        for path, started in (("{}", 202), ("{}/Participant/1", 200)):
            statuses = [
                (await api.ask(method, f"{path}/Record/{tail}"))[0]
                for method, tail in (
                    ("DELETE", ""),
                    ("POST", ""),
                    ("POST", ""),
                    ("POST", "Resume/"),
                    ("POST", "Pause/"),
                    ("POST", "Pause/"),
                    ("DELETE", ""),
                    ("DELETE", ""),
                )
            ]
            assert statuses == [404, started, 400, 400, 204, 400, 204, 404]


async def test_emulator_contract_of_tracks() -> None:
    """A participant's recording holds its track, all, or both, one of each; stopping names the track. Docs.

    Of "both" the answer tells the first. Unverified.
    """
    async with with_conference() as (api, conference):
        path = "{}/Participant/2/Record/"
        answer = await api.change("POST", path, {"record_track_type": "both"})
        own, everything = conference.recordings
        assert (own.track, everything.track) == ("participant", "all")
        assert answer["recording_id"] == own.recording_id
        phases = []
        for method, tail, arguments in (
            ("DELETE", "", {"record_track_type": "participant"}),
            ("POST", "Pause/", None),  # "all" by default
            ("DELETE", "?record_track_type=all", None),
        ):
            await api.change(method, path + tail, arguments)
            phases.append((own.phase, everything.phase))
        assert phases == [("completed", "recording"), ("completed", "paused"), ("completed", "completed")]


async def test_emulator_contract_of_arguments_of_deletions() -> None:
    """They come in the query (docs) or in a body (SDKs); of both the body counts (unverified)."""
    async with with_conference() as (api, conference):
        await api.change("POST", "{}/Participant/1/Record/", {"record_track_type": "both"})
        own, everything = conference.recordings
        query = "{}/Participant/1/Record/?record_track_type=all"
        await api.change("DELETE", query, {"record_track_type": "participant", "participant_id": "1"})
        assert (own.phase, everything.phase) == ("completed", "recording")


@pytest.mark.parametrize("prefix", ["recording_callback", "status_callback"])
async def test_emulator_contract_of_recording_callbacks(prefix: str) -> None:
    """Told to `recording_callback_url`, which was `status_callback_url` before 2022; POST by default. SDKs."""
    async with with_conference() as (api, _):
        await api.change("POST", "{}/Record/", {f"{prefix}_url": HOOK})
        await api.change("POST", "{}/Participant/1/Record/", {f"{prefix}_url": HOOK, f"{prefix}_method": "GET"})
        assert [(one.method, one.params["EventName"]) for one in api.plivo.callbacks] == [
            ("POST", "MPCRecordingInitiated"),
            ("GET", "ParticipantRecordingInitiated"),
        ]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"file_format": "ogg"}, "file_format"),
        ({"recording_callback_url": "nowhere"}, "recording_callback_url"),
        ({"recording_callback_method": "put"}, "recording_callback_method"),
        ({"transcript": 1}, "transcript"),
        ({"transcription_url": "nowhere"}, "transcription_url"),
        ({"record_track_type": "mine"}, "record_track_type"),
    ],
)
async def test_emulator_contract_of_bad_recordings(arguments: Any, field: str) -> None:
    """A 400 that names it. Unverified."""
    async with with_conference() as (api, conference):
        status, answer = await api.ask("POST", "{}/Participant/1/Record/", arguments)
        assert (status, answer["error"].startswith(f"{field}: ")) == (400, True)
        assert not conference.recordings


async def test_emulator_contract_of_gos_empty_track() -> None:
    """The Go SDK sends an empty `record_track_type` where there is none. SDKs."""
    async with with_conference() as (api, _):
        arguments = {"record_track_type": "", "transcript": False, "transcription_url": ""}
        await api.change("POST", "{}/Record/", arguments)
        await api.change("POST", "{}/Participant/1/Record/", arguments)


# ---- Sounds ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["url", "urls"])
@pytest.mark.parametrize(("members", "ids"), [("1", ["1"]), ("3,1", ["3", "1"]), ("all", ["1", "2", "3"])])
async def test_emulator_contract_of_playing(key: str, members: str, ids: list[str]) -> None:
    """202; its keys in camel case, the ids as texts. `url` in SDKs, `urls` in the docs. `all` is unverified."""
    async with with_conference() as (api, conference):
        answer = await api.change("POST", f"{{}}/Member/{members}/Play/", {key: AUDIO})
        assert answer == {
            "api_id": answer["api_id"],
            "message": "play queued into MPC",
            "mpcMemberId": ids,
            "mpcName": NAME,
        }
        assert conference.playing == {members: AUDIO}


async def test_emulator_contract_of_stopping_in_the_same_form() -> None:
    """What plays for one id is not stopped by `all`, but by that id (docs); 204 in any case (unverified)."""
    async with with_conference() as (api, conference):
        await api.change("POST", "{}/Member/1/Play/", {"url": AUDIO, "urls": "ignored"})
        await api.change("DELETE", "{}/Member/all/Play/")
        assert conference.playing == {"1": AUDIO}
        assert not api.plivo.requests[-1].applied
        await api.change("DELETE", "{}/Member/1/Play/")
        assert conference.playing == {}
        assert api.plivo.requests[-1].applied


@pytest.mark.parametrize("policy", [404, 400, "partial"])
async def test_emulator_contract_of_stopping_when_somebody_has_left(policy: Any) -> None:
    """The form is that of the start, though one of those who heard it is gone. Docs (the form); the rest inferred."""
    async with with_conference(settings=Settings(unknown_member=policy)) as (api, conference):
        await api.change("POST", "{}/Member/1,2/Play/", {"url": AUDIO})
        await api.change("DELETE", "{}/Participant/1/")
        assert conference.playing == {"1,2": AUDIO}
        await api.change("DELETE", "{}/Member/1,2/Play/")
        assert not conference.playing
        assert (await api.ask("DELETE", "{}/Member/1/Play/"))[0] == 404


async def test_emulator_contract_of_speaking() -> None:
    """As Play, with its own message; Go sends empty texts for what isn't given. Go's SDK."""
    async with with_conference() as (api, conference):
        arguments = {"text": "Hello, Österreich", "voice": "", "language": "", "mix": False, "type": "ssml"}
        answer = await api.change("POST", "{}/Member/2/Speak/", arguments)
        assert (answer["message"], answer["mpcMemberId"]) == ("speak queued into MPC", ["2"])
        assert conference.speaking == {"2": "Hello, Österreich"}
        await api.change("DELETE", "{}/Member/2/Speak/")
        assert conference.speaking == {}


@pytest.mark.parametrize(
    ("tail", "arguments", "field"),
    [
        ("Play", {}, "url"),
        ("Play", {"url": ""}, "url"),
        ("Play", {"url": "a.mp3"}, "url"),
        ("Play", {"urls": [AUDIO]}, "urls"),
        ("Speak", {}, "text"),
        ("Speak", {"text": 1}, "text"),
        ("Speak", {"text": "x", "mix": "loud"}, "mix"),
        ("Speak", {"text": "x", "voice": 1}, "voice"),
    ],
)
async def test_emulator_contract_of_bad_sounds(tail: str, arguments: Any, field: str) -> None:
    """Without a source or a text: 400 (docs: required); wrong types too (unverified)."""
    async with with_conference() as (api, conference):
        status, answer = await api.ask("POST", f"{{}}/Member/1/{tail}/", arguments)
        assert (status, answer["error"].startswith(f"{field}: ")) == (400, True)
        assert not conference.playing


@pytest.mark.parametrize("path", ["{}/Participant/1/Play/", "{}/Participant/1/Speak/", "{}/Member/1/", "{}/Member/"])
async def test_emulator_contract_of_the_word_member(path: str) -> None:
    """Play and Speak are below `Member`, nothing else is; below `Participant` they are not. Docs, SDKs."""
    async with with_conference() as (api, _):
        assert (await api.ask("POST", path, {"url": AUDIO, "text": "Hello"}))[0] == 404
