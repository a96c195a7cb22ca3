"""What nobody has verified about Plivo: each reading of it, and what it changes on the wire."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import quote

import pytest

from plivo_async.emulator import Emulator, Limit, Settings
from plivo_async.emulator.api._routes import MPC_ROUTES

from ..api.test_contract import (
    AGENT,
    AUDIO,
    CUSTOMER,
    DIAL,
    HOOK,
    NAME,
    ROOM,
    SECOND,
    example,
    service,
    with_conference,
)
from ..support import AUTH_ID, AUTH_TOKEN, Client


@pytest.mark.anyio
async def test_emulator_settings_of_empty_answers() -> None:
    """`done_status=200`: what has nothing to tell says so in JSON, each with its `request_uuid`."""
    messages = {
        "activate": "MPC activated",
        "start-recording": f"MPC: {NAME} record started",
        "pause-recording": f"MPC: {NAME} record paused",
        "resume-recording": f"MPC: {NAME} record resumed",
        "stop-recording": f"MPC: {NAME} record stopped",
        "start-participant-recording": f"MPC: {NAME} participant record started",
        "pause-participant-recording": f"MPC: {NAME} record paused",
        "resume-participant-recording": f"MPC: {NAME} record resumed",
        "stop-participant-recording": f"MPC: {NAME} record stopped",
        "stop-play": "MPC play stopped",
        "stop-speak": "MPC speak stopped",
        "kick": f"MPC: {NAME} kick member(s) succeeded",
        "end": "MPC ended",
    }
    async with with_conference("initialized", settings=Settings(done_status=200)) as (api, _):
        for operation, message in messages.items():
            status, answer = await api.ask(*example(operation))
            assert (operation, answer["message"]) == (operation, message)
            if not operation.startswith("start-"):
                assert (status, set(answer)) == (200, {"api_id", "message", "request_uuid"})


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.anyio
async def test_emulator_settings_of_asynchronous_answers(status: Any) -> None:
    """`async_status` is the status of every asynchronous answer, refused or not."""
    async with with_conference(settings=Settings(async_status=status)) as (api, _):
        for arguments in ({"mute": True}, {"coach_mode": True}):
            told, answer = await api.ask("POST", "{}/Participant/all/", {**arguments, "callback_url": HOOK})
            assert (told, answer["message"]) == (status, "async api spawned")


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.anyio
async def test_emulator_settings_of_metas(links: bool) -> None:
    """`participant_links=False` takes the links from lists of participants only; `total_key` is for all lists."""
    async with with_conference(settings=Settings(participant_links=links, total_key="total_count")) as (api, _):
        meta = (await api.get("{}/Participant/"))["meta"]
        assert set(meta) == {"total_count", "limit", "offset"} | ({"next", "previous"} if links else set())
        assert {"next", "previous", "total_count"} < set((await api.get(""))["meta"])


@pytest.mark.anyio
async def test_emulator_settings_of_creation() -> None:
    """`created_by="request"`: the conference is there, Initialized and empty, before anybody has answered."""
    async with service(settings=Settings(created_by="request")) as api:
        await api.add()
        assert (await api.get("{}/"))["status"] == "Initialized"
        assert await api.people() == []
        api.plivo.advance(2)
        assert (await api.get("{}/"))["status"] == "Active"


@pytest.mark.parametrize("cause", [1000, 1010, 3000])
@pytest.mark.anyio
async def test_emulator_settings_of_ends_on_exit(cause: Any) -> None:
    """`end_on_exit_cause` is told of a conference that ended because somebody left."""
    async with with_conference(settings=Settings(end_on_exit_cause=cause)) as (api, conference):
        await api.add(end_mpc_on_exit=True)
        api.plivo.advance(2)
        await api.change("DELETE", f"{{}}/Participant/{conference.participants[-1].member_id}/")
        assert (await api.get(f"uuid_{ROOM}/"))["termination_cause_code"] == cause


@pytest.mark.anyio
async def test_emulator_settings_of_callback_methods() -> None:
    """Each default method of a callback is used where none is sent, and only there."""
    settings = Settings(
        status_callback_method="GET", recording_callback_method="GET", added_recording_callback_method="POST"
    )
    async with service(settings=settings) as api:
        await api.add(status_callback_url=f"{HOOK}/a", recording_callback_url=f"{HOOK}/b", record=True)
        api.plivo.advance(2)
        await api.change("POST", "{}/Participant/1/Record/", {"recording_callback_url": f"{HOOK}/c"})
        await api.add(to="15550001", recording_callback_url=f"{HOOK}/d", recording_callback_method="GET")
        methods = {(one.url[-1], one.method) for one in api.plivo.callbacks}
        assert methods == {("a", "GET"), ("b", "POST"), ("c", "GET")}


@pytest.mark.anyio
async def test_emulator_settings_of_those_who_left() -> None:
    """`exited_listed="always"`: they are listed while the conference is live, their flags null."""
    async with with_conference(settings=Settings(exited_listed="always")) as (api, _):
        await api.change("DELETE", "{}/Participant/2/")
        assert [(one["member_id"], one["mute"]) for one in await api.people()] == [
            ("3", False),
            ("2", None),
            ("1", False),
        ]


@pytest.mark.parametrize(
    ("value", "listed", "retrieved"), [("always", True, True), ("listed", True, False), ("never", False, False)]
)
@pytest.mark.anyio
async def test_emulator_settings_of_addresses(value: Any, listed: bool, retrieved: bool) -> None:
    """`member_address` says which participants have that key."""
    async with with_conference(settings=Settings(member_address=value)) as (api, _):
        assert ("member_address" in (await api.people())[0]) is listed
        assert ("member_address" in await api.get("{}/Participant/1/")) is retrieved


@pytest.mark.parametrize(
    ("policy", "status", "muted"), [(404, 404, set()), (400, 400, set()), ("partial", 202, {"1", "3"})]
)
@pytest.mark.anyio
async def test_emulator_settings_of_unknown_members(policy: Any, status: int, muted: set[str]) -> None:
    """Of several members one is unknown: refused either way, or done for the others. None known is always a 404."""
    async with with_conference(settings=Settings(unknown_member=policy)) as (api, conference):
        assert (await api.ask("POST", "{}/Participant/1,9,3/", {"mute": True}))[0] == status
        assert {one.member_id for one in conference.participants if one.mute} == muted
        assert (await api.ask("POST", "{}/Participant/9/", {"mute": True}))[0] == 404
        assert (await api.ask("POST", "{}/Participant/8,9/", {"mute": True}))[0] == (400 if policy == 400 else 404)
        assert (await api.ask("POST", "{}/Participant/1,2/", {"mute": False}))[0] == 202
        await api.change("DELETE", "{}/")
        assert (await api.ask("POST", f"uuid_{ROOM}/Participant/1,2/", {"mute": True}))[0] == 404


@pytest.mark.anyio
async def test_emulator_settings_of_partial_sounds() -> None:
    """`unknown_member="partial"`: told are the known ones, and it is stopped in the form in which it was started."""
    async with with_conference(settings=Settings(unknown_member="partial")) as (api, conference):
        answer = await api.change("POST", "{}/Member/9,2/Play/", {"url": AUDIO})
        assert (answer["mpcMemberId"], conference.playing) == (["2"], {"9,2": AUDIO})
        await api.change("DELETE", "{}/Member/9,2/Play/")
        assert not conference.playing


@pytest.mark.anyio
async def test_emulator_settings_of_updates() -> None:
    """`update_reply="nested"`: 200, the texts within `message`; `update_spelling` is as in the captures."""
    settings = Settings(update_reply="nested", update_spelling="succeded")
    async with with_conference(settings=settings) as (api, _):
        status, answer = await api.ask("POST", "{}/Participant/1/", {"mute": True, "hold": False})
        assert (status, set(answer)) == (200, {"api_id", "message", "request_uuid"})
        assert api.plivo.requests[-1].applied
        assert answer["message"] == {
            "mute": f"MPC: {NAME} mute/unmute member(s) succeded",
            "hold": f"MPC: {NAME} hold/unhold member(s) succeded",
        }


@pytest.mark.anyio
async def test_emulator_settings_of_recordings() -> None:
    """`recording_reply="short"` tells no id; `participant_recording_status` is that of a participant's only."""
    settings = Settings(recording_reply="short", participant_recording_status=200)
    async with with_conference(settings=settings) as (api, _):
        for path, expected in (("{}/Record/", 202), ("{}/Participant/1/Record/", 200)):
            status, answer = await api.ask("POST", path)
            assert (status, set(answer)) == (expected, {"api_id", "message", "request_uuid"})


@pytest.mark.anyio
async def test_emulator_settings_of_lenient_phases() -> None:
    """`recording_phases="lenient"`: 204 whatever is recorded, and nothing is done; who is unknown remains a 404."""
    async with with_conference(settings=Settings(recording_phases="lenient")) as (api, conference):
        for path in ("{}", "{}/Participant/1"):
            for method, tail in (("DELETE", ""), ("POST", "Pause/"), ("POST", "Resume/")):
                assert (await api.ask(method, f"{path}/Record/{tail}"))[0] == 204
                assert not api.plivo.requests[-1].applied
        await api.change("POST", "{}/Record/")
        await api.change("POST", "{}/Record/Resume/")
        await api.change("POST", "{}/Record/Pause/")
        assert conference.recordings[0].phase == "paused"
        assert (await api.ask("POST", "{}/Record/"))[0] == 400  # starting is another matter
        assert (await api.ask("DELETE", "{}/Participant/9/Record/"))[0] == 404
        await api.change("DELETE", "{}/")
        assert (await api.ask("DELETE", f"uuid_{ROOM}/Record/"))[0] == 404


@pytest.mark.parametrize("operation", ["play", "stop-play", "speak", "stop-speak"])
@pytest.mark.anyio
async def test_emulator_settings_of_the_path_of_sounds(operation: str) -> None:
    """`participant_play_path`: below `Participant` as well as below `Member`; the verbs are the same."""
    async with with_conference(settings=Settings(participant_play_path=True)) as (api, _):
        method, path, arguments = example(operation)
        for word in ("Member", "Participant"):
            assert (await api.ask(method, path.replace("/Member/", f"/{word}/"), arguments))[0] in (202, 204)
            assert api.plivo.requests[-1].operation == operation
            assert (await api.ask("GET", path.replace("/Member/", f"/{word}/")))[0] == 405


@pytest.mark.anyio
async def test_emulator_settings_of_amounts_and_zones() -> None:
    """Amounts and times of participants look as those of conferences do."""
    settings = Settings(billed_amount="number", ended_utc_offset=-90)
    async with with_conference(settings=settings) as (api, conference):
        api.plivo.advance(30)
        await api.change("DELETE", "{}/")
        one = await api.get(f"uuid_{ROOM}/Participant/1/")
        assert one["billed_amount"] == 0.005
        assert one["join_time"].endswith("-01:30")
        assert conference.participants[0].join_time.utcoffset() is not None


@pytest.mark.parametrize(("shape", "body"), [("empty", b"{}"), ("text", b"not found")])
@pytest.mark.anyio
async def test_emulator_settings_of_errors(shape: Any, body: bytes) -> None:
    """`error_body` is for the refusals of every operation."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, port=None, settings=Settings(error_body=shape)) as plivo:
        client = Client(plivo.connect())
        for operation in {name for name, _, _ in MPC_ROUTES} - {"list"}:
            method, path, arguments = example(operation, f"uuid_{ROOM}")
            reply = await client.ask(method, path, json.dumps(arguments or {}).encode())
            assert (operation, reply.status, reply.body) == (operation, 404, body)


@pytest.mark.parametrize(("order", "names"), [("creation", ["c", "b", "a"]), ("end", ["b", "a", "c"])])
@pytest.mark.anyio
async def test_emulator_settings_of_the_order_of_lists(order: Any, names: list[str]) -> None:
    """`list_order="end"`: live ones, then who ended last."""
    async with service(settings=Settings(list_order=order)) as api:
        for name in "abc":
            api.plivo.add_conference(name)
            api.plivo.advance(1)
        api.plivo.end_conference("c")
        api.plivo.advance(1)
        api.plivo.end_conference("a")
        assert [one["friendly_name"] for one in (await api.get(""))["objects"]] == names


@pytest.mark.anyio
async def test_emulator_settings_of_live_ones_in_lists() -> None:
    """`live_listed=False`: only such as ended in the last seven days."""
    async with service(settings=Settings(live_listed=False)) as api:
        for name, status in (("a", "active"), ("b", "initialized"), ("c", "ended")):
            api.plivo.add_conference(name, status=status)
        assert [one["friendly_name"] for one in (await api.get(""))["objects"]] == ["c"]


@pytest.mark.parametrize("path", ["", "{}/Participant/"])
@pytest.mark.anyio
async def test_emulator_settings_of_cursors(path: str) -> None:
    """`page_links="cursor"`: links lead through all pages and back, with a cursor that bears no offset beside it."""
    async with with_conference(settings=Settings(page_links="cursor")) as (api, _):
        for number in range(2):
            api.plivo.add_conference(f"room {number}")
        links = [f"{path}?limit=1"]
        seen = []
        while links[-1] is not None:
            page = await api.get(links[-1])
            seen.append(page["objects"])
            links.append(page["meta"]["next"])
        assert len({json.dumps(one) for one in seen}) == 3
        assert "cursor=" in links[1]
        assert "offset=" not in links[1]
        assert (await api.get(page["meta"]["previous"]))["objects"] == seen[1]
        for bad, field in ((f"{links[1]}&offset=1", "offset"), (f"{path}?cursor=nonsense", "cursor")):
            status, answer = await api.ask("GET", bad)
            assert (status, answer["error"].partition(":")[0]) == (400, field)
    async with with_conference() as (api, _):
        assert (await api.get(f"{path}?cursor=nonsense"))["meta"]["offset"] == 0  # unknown, and so ignored


@pytest.mark.anyio
async def test_emulator_settings_of_encoded_slashes() -> None:
    """`encoded_slash="path"`: whoever has a slash in his name is found by UUID only."""
    async with service(settings=Settings(encoded_slash="path")) as api:
        api.plivo.add_conference("a/b", uuid=ROOM)
        for slash in ("%2F", "%2f", "/"):
            assert (await api.ask("GET", f"name_a{slash}b/"))[0] == 404
        assert api.plivo.requests[0].operation is None
        assert (await api.get(f"uuid_{ROOM}/?friendly_name=a%2Fb"))["friendly_name"] == "a/b"


@pytest.mark.parametrize(("reading", "ends_after"), [("ignored", 300), ("taken", 600)])
@pytest.mark.anyio
async def test_emulator_settings_of_later_options(reading: Any, ends_after: int) -> None:
    """`later_options="taken"`: who comes later may change what was said, and what is not said remains."""
    async with service(settings=Settings(later_options=reading)) as api:
        await api.add(max_duration=300, stay_alone=True)
        await api.add(to=SECOND, max_duration=600)
        api.plivo.advance(10)
        conference = api.plivo.conferences[NAME]
        assert conference.stay_alone
        assert conference.present == 2
        api.plivo.advance(1000)
        assert conference.termination_cause_code == 2000
        assert conference.duration == ends_after


@pytest.mark.parametrize("reading", ["listed", "left-out"])
@pytest.mark.anyio
async def test_emulator_settings_of_transfers(reading: Any) -> None:
    """`transfer_calls="left-out"`: without `calls`; dialling tells them all the same."""
    async with service(settings=Settings(transfer_calls=reading)) as api:
        call = api.plivo.add_call(from_=CUSTOMER)
        answer = await api.add(role="customer", call_uuid=call.call_uuid, from_="-", to="-")
        assert ("calls" in answer) == (reading == "listed")
        assert answer["request_uuid"] == call.call_uuid
        assert "calls" in await api.add()


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.anyio
async def test_emulator_settings_of_the_limit_for_dialling(counted: bool) -> None:
    """`dialling_counted=False`: adding participants neither fills the window nor is kept out by it."""
    settings = Settings(dialling_counted=counted)
    async with Emulator(AUTH_ID, AUTH_TOKEN, port=None, limit=Limit(2), settings=settings) as plivo:
        client = Client(plivo.connect())
        add = ("POST", "name_a/Participant/", json.dumps(DIAL).encode())
        asked = [add, add, ("GET", "", b""), ("GET", "", b""), ("GET", "", b""), add]
        told = [(await client.ask(*one)).status for one in asked]
        assert told == ([201, 201, 429, 429, 429, 429] if counted else [201, 201, 200, 200, 429, 201])


@pytest.mark.parametrize(("members", "cause"), [("all", 3000), ("1,2,3", 1000)], ids=["all", "one by one"])
@pytest.mark.anyio
async def test_emulator_settings_of_kicking_all(members: str, cause: int) -> None:
    """`kicked_all_cause` is for `all`; who names the last ones leaves nobody behind, which is 1000."""
    async with with_conference(settings=Settings(kicked_all_cause=3000)) as (api, conference):
        await api.change("DELETE", f"{{}}/Participant/{members}/")
        assert conference.termination_cause_code == cause


@pytest.mark.parametrize("fetched", [True, False])
@pytest.mark.anyio
async def test_emulator_settings_of_exits_after_hanging_up(fetched: bool) -> None:
    """`on_exit_after_hangup=False`: the action of who is kicked is fetched, that of who hangs up is not."""
    async with with_conference(settings=Settings(on_exit_after_hangup=fetched)) as (api, conference):
        for to in (AGENT, SECOND):
            await api.add(to=to, on_exit_action_url=HOOK)
        api.plivo.advance(2)
        api.plivo.phone(AGENT).hang_up()
        await api.change("DELETE", f"{{}}/Participant/{conference.participants[-1].member_id}/")
        assert [one.params["MemberID"] for one in api.plivo.callbacks] == (["4", "5"] if fetched else ["5"])


@pytest.mark.anyio
async def test_emulator_settings_of_what_callbacks_say() -> None:
    """Each way of writing them: what is empty, roles, flags, numbers, and what comes first."""
    settings = Settings(
        callback_empty="left-out",
        callback_role="capital",
        callback_flag="True",
        first_sequence_number=0,
        start_told="before-join",
    )
    async with service(settings=settings) as api:
        await api.add(status_callback_url=HOOK, on_exit_action_url=f"{HOOK}/exit", role="supervisor")
        api.plivo.advance(2)
        await api.ask("GET", "{}/?callback_url=" + quote(f"{HOOK}/result", safe=""))
        await api.change("POST", "{}/Record/", {"recording_callback_url": f"{HOOK}/recording"})
        api.plivo.phone(AGENT).hang_up()
        told = [one.params for one in api.plivo.callbacks if one.url == HOOK]
        assert [(one["EventName"], one["SequenceNumber"]) for one in told] == [
            ("MPCInitialized", "0"),
            ("MPCStart", "1"),
            ("ParticipantJoin", "2"),
            ("ParticipantExit", "3"),
            ("MPCEnd", "4"),
        ]
        assert (told[2]["ParticipantRole"], told[2]["ParticipantCoachMode"]) == ("Supervisor", "True")
        assert "MemberID" not in told[0]
        assert all(value for one in api.plivo.callbacks for value in one.params.values())
        others = {one.url.rpartition("/")[2]: one.params for one in reversed(api.plivo.callbacks) if one.url != HOOK}
        assert others["exit"]["ParticipantRole"] == "Supervisor"
        assert others["result"]["stay_alone"] == "False"
        assert others["recording"]["SequenceNumber"] == "0"


@pytest.mark.parametrize(("reading", "ids"), [("ids", ["1", "2", "3"]), ("all", ["all"])])
@pytest.mark.anyio
async def test_emulator_settings_of_playing_to_all(reading: Any, ids: list[str]) -> None:
    """`play_to_all="all"`: the word, where the word was asked for."""
    async with with_conference(settings=Settings(play_to_all=reading)) as (api, _):
        for tail, arguments in (("Play/", {"url": AUDIO}), ("Speak/", {"text": "Hello"})):
            assert (await api.change("POST", f"{{}}/Member/all/{tail}", arguments))["mpcMemberId"] == ids
            assert (await api.change("POST", f"{{}}/Member/2/{tail}", arguments))["mpcMemberId"] == ["2"]


# ---- The settings themselves ----------------------------------------------------------------------------------------

FIELDS = {one.name: one.default for one in dataclasses.fields(Settings)}
HINTS = get_type_hints(Settings)


@pytest.mark.parametrize("name", [name for name in FIELDS if get_origin(HINTS[name]) is Literal])
def test_emulator_settings_default_to_their_first_value(name: str) -> None:
    """The best supported reading comes first in the type; any other value is taken, and nonsense is not."""
    allowed = get_args(HINTS[name])
    assert FIELDS[name] == allowed[0]
    for value in allowed:
        assert getattr(Settings(**{name: value}), name) == value
    with pytest.raises(ValueError, match=f"{name}: 'nonsense' is none of "):
        Settings(**{name: "nonsense"})  # type: ignore[arg-type]


def test_emulator_settings_are_documented() -> None:
    """Each has its row in the page on testing, with its default, and nothing else has one."""
    page = (Path(__file__).parents[3] / "docs" / "testing-faults.md").read_text(encoding="utf-8")
    section = page.partition("\n## What nobody knows about Plivo")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)`", section, re.MULTILINE))
    assert rows == {name: repr(value).replace("'", '"') for name, value in FIELDS.items()}
