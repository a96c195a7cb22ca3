"""Calls while they are live, recordings, the account, applications and numbers, held against the facts over HTTP."""

import io
import json
import wave
from datetime import datetime
from typing import Any

import pytest

from plivo_async.emulator import Settings

from ..support import AUTH_ID, Client, authorization
from .voice_support import ACCOUNT, AGENT, ANSWER, AUDIO, CUSTOMER, DONE, FROM, HANGUP, SECOND, Voice, voice

pytestmark = pytest.mark.anyio

# ---- A live call ----------------------------------------------------------------------------------------------------


async def test_voice_contract_transfer() -> None:
    """202 `call transferred`; what the URL says is fetched, the call goes on, out of its conference (docs)."""
    async with voice() as api:
        await api.ask("POST", "MultiPartyCall/name_a/Participant/", {"role": "agent", "from": FROM, "to": AGENT})
        api.plivo.advance(2)
        [leg] = api.plivo.phone(AGENT).calls
        status, answer = await api.ask("POST", f"Call/{leg.call_uuid}/", {"aleg_url": DONE, "aleg_method": "GET"})
        assert (status, answer["message"], leg.transferred_to) == (202, "call transferred", DONE)
        assert [(one.url, one.method) for one in api.plivo.callbacks] == [(DONE, "GET")]
        assert leg.live
        assert api.plivo.conferences["a"].participants[0].exit_cause == "Participant Call Transferred"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({}, 400),
        ({"legs": "both", "aleg_url": ANSWER}, 400),
        ({"legs": "both", "aleg_url": ANSWER, "bleg_url": ANSWER}, 202),
        ({"legs": "bleg", "bleg_url": ANSWER}, 404),
        ({"legs": "cleg", "aleg_url": ANSWER}, 400),
    ],
)
async def test_voice_contract_legs_of_a_transfer(arguments: Any, status: int) -> None:
    """Each leg needs its URL (SDKs). There is no B leg here."""
    async with voice() as api:
        leg = api.plivo.add_call(from_=CUSTOMER)
        assert (await api.ask("POST", f"Call/{leg.call_uuid}/", arguments))[0] == status
        assert len(leg.changes) == (status == 202)


async def test_voice_contract_who_has_to_confirm_cannot_be_transferred() -> None:
    """A call on its way into a conference that was answered, and has no key pressed yet, is a 404 (unverified)."""
    async with voice() as api:
        api.plivo.phone(AGENT).confirm_key = None
        asked = {"role": "agent", "from": FROM, "to": AGENT, "confirm_key": "1"}
        uuid = (await api.ask("POST", "MultiPartyCall/name_a/Participant/", asked))[1]["calls"][0]["call_uuid"]
        api.plivo.advance(2)
        assert api.plivo.calls[uuid].live
        assert (await api.ask("POST", f"Call/{uuid}/", {"aleg_url": ANSWER}))[0] == 404
        api.plivo.phone(AGENT).press("1")
        assert (await api.ask("POST", f"Call/{uuid}/", {"aleg_url": ANSWER}))[0] == 202


LIVE_ONLY: dict[str, tuple[str, Any]] = {
    "": ("POST", {"aleg_url": ANSWER}),
    "Record/": ("POST", {}),
    "Play/": ("POST", {"urls": AUDIO}),
    "Speak/": ("POST", {"text": "Hello"}),
    "DTMF/": ("POST", {"digits": "1"}),
}


@pytest.mark.parametrize("path", LIVE_ONLY)
async def test_voice_contract_only_live_calls_can_be_changed(path: str) -> None:
    """A call that is queued, rings, is over, or doesn't exist, is a 404 (presumed); nothing has happened to it."""
    async with voice(calls_per_second=1.0) as api:
        legs = [await api.make(), await api.make(to=SECOND)]
        over = api.plivo.add_call(from_=CUSTOMER)
        api.plivo.phone(CUSTOMER).hang_up()
        method, arguments = LIVE_ONLY[path]
        for uuid in (*(leg.call_uuid for leg in legs), over.call_uuid, "nobody"):
            assert (await api.ask(method, f"Call/{uuid}/{path}", arguments))[0] == 404
            if path not in ("", "DTMF/"):
                assert (await api.ask("DELETE", f"Call/{uuid}/{path}"))[0] == 404
        assert not any(leg.changes for leg in api.plivo.calls.values())
        assert not api.plivo.recordings


async def test_voice_contract_play_speak_and_digits() -> None:
    """202 with a message, 204 to stop (docs); what is heard, and what was sent, stands in the call."""
    async with voice() as api:
        leg = api.plivo.add_call(from_=CUSTOMER)
        at = f"Call/{leg.call_uuid}/"
        assert (await api.ask("POST", f"{at}Play/", {"urls": f"{AUDIO},{DONE}", "length": 5}))[0] == 202
        assert leg.playing == f"{AUDIO},{DONE}"
        api.plivo.advance(5)
        assert leg.playing is None
        for arguments in ({"urls": AUDIO}, {"urls": AUDIO, "length": 5}, {"urls": DONE}):
            assert (await api.ask("POST", f"{at}Play/", arguments))[1]["message"] == "play started"
        api.plivo.advance(100)
        assert leg.playing == DONE  # the length was that of another
        assert (await api.ask("POST", f"{at}Speak/", {"text": "Hello", "voice": "WOMAN", "loop": True}))[0] == 202
        assert leg.speaking == "Hello"
        for what in ("Play/", "Speak/"):
            for _ in range(5):
                assert await api.ask("DELETE", at + what) == (204, None)
        assert (leg.playing, leg.speaking) == (None, None)
        assert (await api.ask("POST", f"{at}DTMF/", {"digits": "1w2", "leg": "both"}))[0] == 202
        assert leg.digits == ("1w2",)
        stops = [one.applied for one in api.plivo.requests if one.method == "DELETE"]
        assert stops == [True, *[False] * 4, True, *[False] * 4]
        for what, arguments in (("Play/", {"urls": "no"}), ("Play/", {}), ("Speak/", {}), ("DTMF/", {"digits": "x"})):
            assert (await api.ask("POST", at + what, arguments))[0] == 400


async def test_voice_contract_recording_a_call() -> None:
    """202 with `url` and `recording_id`; over after 60 seconds, with the call, or when it is stopped (docs)."""
    async with voice() as api:
        leg = api.plivo.add_call(from_=CUSTOMER)
        at = f"Call/{leg.call_uuid}/Record/"
        ids = []
        for arguments in ({}, {"time_limit": 300, "callback_url": DONE}, {"file_format": "wav", "time_limit": 86_400}):
            status, answer = await api.ask("POST", at, arguments)
            assert (status, set(answer)) == (202, {"api_id", "message", "recording_id", "url"})
            ids.append(answer["recording_id"])
        first, second, third = (api.plivo.recordings[one] for one in ids)
        assert (first.call_uuid, first.mpc_uuid, third.recording_url[-4:]) == (leg.call_uuid, "", ".wav")
        api.plivo.advance(60)
        assert [one.open for one in (first, second, third)] == [False, True, True]
        assert await api.ask("DELETE", at, {"URL": second.recording_url}) == (204, None)
        assert [one.open for one in leg.made] == [False, False, True]
        api.plivo.phone(CUSTOMER).hang_up()
        assert not third.open
        assert [one.duration for one in leg.made] == [60, 60, 60]
        [told] = [one.params for one in api.plivo.callbacks if one.url == DONE]
        assert (told["recording_id"], told["recording_duration_ms"]) == (ids[1], "60000.00000")
        assert {"record_url", "call_uuid", "recording_duration", "recording_start_ms", "recording_end_ms"} <= set(told)
        assert (await api.ask("DELETE", at))[0] == 404


async def test_voice_contract_a_stopped_recording_is_over_for_good() -> None:
    """The time limit of one that was stopped before it changes nothing, and nothing is told twice."""
    async with voice() as api:
        leg = api.plivo.add_call(from_=CUSTOMER)
        await api.ask("POST", f"Call/{leg.call_uuid}/Record/", {"callback_url": DONE})
        api.plivo.advance(5)
        await api.ask("DELETE", f"Call/{leg.call_uuid}/Record/")
        api.plivo.advance(100)
        api.plivo.phone(CUSTOMER).hang_up()
        assert ([one.duration for one in leg.made], len(api.plivo.callbacks)) == ([5], 1)


# ---- Recordings -----------------------------------------------------------------------------------------------------

RECORDING_KEYS = {
    "add_time", "call_uuid", "conference_name", "from_number", "monthly_recording_storage_amount",
    "recording_duration_ms", "recording_end_ms", "recording_format", "recording_id", "recording_start_ms",
    "recording_storage_duration", "recording_storage_rate", "recording_type", "recording_url", "resource_uri",
    "rounded_recording_duration", "to_number",
}  # fmt: skip


async def recorded(api: Voice) -> dict[str, str]:
    """Recordings of a conference, of one who is in it, and of a call, 10 seconds long: their ids."""
    asked = {"role": "agent", "from": FROM, "to": AGENT}
    await api.ask("POST", "MultiPartyCall/name_a/Participant/", asked)
    leg = await api.make(to=SECOND)
    api.plivo.advance(2)
    ids = {}
    for name, path, more in (
        ("conference", "MultiPartyCall/name_a/Record/", {}),
        ("participant", "MultiPartyCall/name_a/Participant/1/Record/", {"file_format": "wav"}),
        ("call", f"Call/{leg.call_uuid}/Record/", {}),
    ):
        ids[name] = (await api.ask("POST", path, more))[1]["recording_id"]
    api.plivo.advance(10)
    await api.ask("DELETE", "Call/")
    return ids


async def test_voice_contract_recordings_of_conferences_are_recordings() -> None:
    """Some seconds after their end they are listed, found by `mpc_uuid` and `mpc_name`, and by call (docs)."""
    async with voice() as api:
        ids = await recorded(api)
        assert (await api.get("Recording/"))["objects"] == []
        assert (await api.ask("GET", f"Recording/{ids['call']}/"))[0] == 404
        api.plivo.advance(3)
        conference = api.plivo.conferences["a"]
        agent, alone = api.plivo.phone(AGENT).calls[0], api.plivo.phone(SECOND).calls[0]
        for query, names in {
            "": {"conference", "participant", "call"},
            f"mpc_uuid={conference.mpc_uuid}": {"conference", "participant"},
            "mpc_name=a": {"conference", "participant"},
            "mpc_name=b": set(),
            f"call_uuid={agent.call_uuid}": {"participant"},
            f"call_uuid={alone.call_uuid}": {"call"},
            "to_number=%2B14157654322": {"call"},
            "from_number=1415": {"participant", "call"},
            "conference_name=a": set(),
            "recording_storage_duration__lt=1": {"conference", "participant", "call"},
            "recording_storage_duration__gte=1": set(),
            "subaccount=SAXXXXXXXXXXXXXXXXXX": set(),
        }.items():
            listed = await api.get(f"Recording/?{query}")
            assert {one["recording_id"] for one in listed["objects"]} == {ids[name] for name in names}, query
            assert listed["meta"]["total_count"] == len(names)
        for query in ("add_time__gte=no", "recording_storage_duration=a", "limit=0"):
            assert (await api.ask("GET", f"Recording/?{query}"))[0] == 400
        both = "add_time__gte=2026-01-01+00:00&recording_storage_duration=1"
        assert (await api.ask("GET", f"Recording/?{both}"))[0] == 400


async def test_voice_contract_recording_objects() -> None:
    """As captured: milliseconds as text of a decimal, `add_time` with microseconds and offset, whole minutes."""
    async with voice(settings=Settings(timezone="Asia/Kolkata")) as api:
        ids = await recorded(api)
        api.plivo.advance(3)
        for name, kind, conference in (("conference", "conference", "a"), ("call", "call", "")):
            one = await api.get(f"Recording/{ids[name]}/")
            assert set(one) == {*RECORDING_KEYS, "api_id"}
            assert (one["recording_type"], one["conference_name"]) == (kind, conference)
            assert (one["recording_duration_ms"], one["rounded_recording_duration"]) == ("10000.00000", 60)
            assert float(one["recording_end_ms"]) - float(one["recording_start_ms"]) == 10_000
            added = datetime.fromisoformat(one["add_time"])
            assert one["add_time"].endswith("+05:30")
            assert added.timestamp() * 1000 - float(one["recording_end_ms"]) == pytest.approx(3000, abs=1)
            assert one["resource_uri"] == f"{ACCOUNT}Recording/{ids[name]}/"


async def test_voice_contract_media_files() -> None:
    """At the URL of the start answer, for whoever has it (docs), some seconds after the end (one author's report)."""
    async with voice() as api:
        ids = await recorded(api)
        client = Client(api.plivo.connect())
        mp3, wav = (api.plivo.recordings[ids[name]].recording_url for name in ("conference", "participant"))
        assert mp3.startswith(api.plivo.url)
        paths = [url.removeprefix(api.plivo.url) for url in (mp3, wav)]
        assert [(await client.ask("GET", path, headers=())).status for path in paths] == [404, 404]
        api.plivo.advance(4)
        first, second = [await client.ask("GET", path, headers=()) for path in paths]
        assert (first.status, first.headers["content-type"]) == (200, "audio/mpeg")
        assert len(first.body) * 8 / 8000 == pytest.approx(10, abs=0.04)  # at 8 kbit/s
        assert first.body[:2] == b"\xff\xf3"
        with wave.open(io.BytesIO(second.body)) as sound:
            assert sound.getnframes() / sound.getframerate() == 10
        for wrong in (paths[0].replace(".mp3", ".wav"), f"{ACCOUNT}Recording/none.mp3"):
            assert (await client.ask("GET", wrong)).status == 404
        assert (await client.ask("DELETE", paths[0])).status == 405


async def test_voice_contract_deleting_a_recording() -> None:
    """204, and a 404 from then on, of its file as well; what goes on can't be deleted (unverified)."""
    async with voice() as api:
        leg = api.plivo.add_call(from_=CUSTOMER)
        uuid = (await api.ask("POST", f"Call/{leg.call_uuid}/Record/"))[1]["recording_id"]
        assert (await api.ask("DELETE", f"Recording/{uuid}/"))[0] == 404
        api.plivo.advance(100)
        assert await api.ask("DELETE", f"Recording/{uuid}/") == (204, None)
        for method, path in (("GET", "{}/"), ("DELETE", "{}/"), ("GET", "{}.mp3")):
            assert (await api.ask(method, f"Recording/{path.format(uuid)}"))[0] == 404
        assert api.plivo.recordings[uuid].deleted


# ---- The account ----------------------------------------------------------------------------------------------------


async def test_voice_contract_account() -> None:
    """The object of the docs, its money a text; name, city and address can be changed, at least one (SDKs)."""
    async with voice() as api:
        one = await api.get("")
        assert set(one) == {
            "account_type", "address", "api_id", "auth_id", "auto_recharge", "billing_mode", "cash_credits", "city",
            "name", "resource_uri", "state", "timezone",
        }  # fmt: skip
        assert (one["auth_id"], one["cash_credits"], one["resource_uri"]) == (AUTH_ID, "100.00000", ACCOUNT)
        assert (await api.ask("POST", "", {"state": "A"}))[0] == 400
        assert (await api.ask("POST", "", {"city": "Uppsala"}))[1]["message"] == "changed"
        assert ((await api.get(""))["city"], api.plivo.account.city) == ("Uppsala", "Uppsala")


async def test_voice_contract_subaccounts() -> None:
    """Created, changed, listed newest first, deleted; their tokens in clear (docs), but in no repr."""
    async with voice() as api:
        made = [(await api.ask("POST", "Subaccount/", {"name": name, "enabled": True}))[1] for name in "ab"]
        assert [one["auth_id"][:2] for one in made] == ["SA", "SA"]
        listed = await api.get("Subaccount/?limit=1")
        assert (listed["objects"][0]["name"], listed["meta"]["total_count"]) == ("b", 2)
        path = f"Subaccount/{made[0]['auth_id']}/"
        assert (await api.ask("POST", path, {"name": "c", "enabled": False}))[0] == 202
        one = await api.get(path)
        assert (one["name"], one["enabled"], one["auth_token"]) == ("c", False, made[0]["auth_token"])
        assert {"account", "created", "modified", "new_auth_token", "resource_uri"} <= set(one)
        assert made[0]["auth_token"] not in repr(api.plivo.subaccounts)
        assert await api.ask("DELETE", path, {"cascade": True}) == (204, None)
        for method, arguments in (("GET", None), ("POST", {"name": "d"}), ("DELETE", None)):
            assert (await api.ask(method, path, arguments))[0] == 404
        assert (await api.ask("POST", "Subaccount/", {"enabled": True}))[0] == 400


async def test_voice_contract_applications() -> None:
    """Created 201, changed 202, listed, deleted 204 (docs); the hangup URL is the answer URL unless it is said."""
    async with voice() as api:
        for bad in ({"app_name": "a b", "answer_url": ANSWER}, {"answer_url": ANSWER}, {"app_name": "a"}):
            assert (await api.ask("POST", "Application/", bad))[0] == 400
        status, made = await api.ask("POST", "Application/", {"app_name": "sales-1", "answer_url": ANSWER})
        assert (status, set(made)) == (201, {"api_id", "app_id", "message"})
        path = f"Application/{made['app_id']}/"
        one = await api.get(path)
        assert (one["hangup_url"], one["answer_method"]) == (ANSWER, "POST")
        assert one["sip_uri"] == f"sip:{made['app_id']}@app.plivo.com"
        assert (await api.ask("POST", path, {"hangup_url": HANGUP, "answer_method": "GET"}))[0] == 202
        await api.ask("POST", "Application/", {"app_name": "b", "answer_url": ANSWER, "subaccount": "SA1"})
        for query, names in {"": ["b", "sales-1"], "app_name=sal": ["sales-1"], "subaccount=SA1": ["b"]}.items():
            assert [one["app_name"] for one in (await api.get(f"Application/?{query}"))["objects"]] == names
        assert (await api.get(path))["hangup_url"] == HANGUP
        assert await api.ask("DELETE", path) == (204, None)
        for method in ("GET", "POST", "DELETE"):
            assert (await api.ask(method, path, {} if method == "POST" else None))[0] == 404


async def test_voice_contract_a_number_leads_to_an_application() -> None:
    """`application` is a URI; calls to the number are told at its answer URL, and where they end (docs)."""
    async with voice() as api:
        with pytest.raises(ValueError, match="app_id"):
            api.plivo.add_number("+14150001111", app_id="1")
        with pytest.raises(ValueError, match="digits"):
            api.plivo.add_number("sip:a")
        api.plivo.add_number("+14150001111")
        with pytest.raises(ValueError, match="already"):
            api.plivo.add_number("14150001111")
        asked = {"app_name": "a", "answer_url": ANSWER, "hangup_url": HANGUP}
        app_id = (await api.ask("POST", "Application/", asked))[1]["app_id"]
        path = "Number/14150001111/"
        assert (await api.get(path))["application"] is None
        assert (await api.ask("POST", path, {"app_id": "1"}))[0] == 404
        assert (await api.ask("POST", path, {"app_id": app_id, "alias": "desk"}))[0] == 202
        one = await api.get("Number/%2B14150001111/")
        assert (one["application"], one["alias"]) == (f"{ACCOUNT}Application/{app_id}/", "desk")
        assert (one["number"], one["voice_enabled"], one["sub_account"]) == ("14150001111", True, None)
        api.plivo.add_call(from_=CUSTOMER, to="+14150001111")
        api.plivo.phone(CUSTOMER).hang_up()
        assert [(one.url, one.params["CallStatus"]) for one in api.plivo.callbacks] == [
            (ANSWER, "ringing"), (HANGUP, "completed")
        ]  # fmt: skip
        fits = {"number_startswith=1415": 1, "number_startswith=44": 0, "alias=desk": 1, "services=sms": 0}
        for query, count in {**fits, "type=local": 1, "type=mobile": 0, "subaccount=SA1": 0}.items():
            assert (await api.get(f"Number/?{query}"))["meta"]["total_count"] == count, query
        await api.ask("DELETE", f"Application/{app_id}/")
        assert (await api.get(path))["application"] is None
        assert await api.ask("DELETE", path) == (204, None)
        assert (await api.ask("GET", path))[0] == 404


async def test_voice_contract_an_application_without_a_hangup_url() -> None:
    """The ends of calls are told at its answer URL (docs)."""
    async with voice() as api:
        app_id = (await api.ask("POST", "Application/", {"app_name": "a", "answer_url": ANSWER}))[1]["app_id"]
        number = api.plivo.add_number("+14150001111", app_id=app_id)
        api.plivo.add_call(from_=CUSTOMER, to=number.number)
        api.plivo.phone(CUSTOMER).hang_up()
        assert [(one.url, one.params["Event"]) for one in api.plivo.callbacks] == [
            (ANSWER, "StartApp"), (ANSWER, "Hangup")
        ]  # fmt: skip


async def test_voice_contract_protected_media() -> None:
    """With HTTP auth switched on, the files need the account's credentials (docs)."""
    async with voice(settings=Settings(media_protected=True, media_after=0.0)) as api:
        ids = await recorded(api)
        path = api.plivo.recordings[ids["call"]].recording_url.removeprefix(api.plivo.url)
        client = Client(api.plivo.connect())
        assert (await client.ask("GET", path, headers=())).status == 401
        reply = await client.ask("GET", path, headers=(("Authorization", authorization()),))
        assert reply.status == 200
        assert json.loads((await client.ask("GET", path, headers=())).body)["error"] == "authentication failed"
