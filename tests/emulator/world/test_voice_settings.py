"""What nobody has verified about calls, recordings and the account: each reading of it, and what it changes."""

import re
from collections import Counter
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from plivo_async.emulator import Settings
from plivo_async.emulator.world._voice_settings import VoiceSettings

from ..api.voice_support import AGENT, ANSWER, CUSTOMER, DONE, FROM, HANGUP, MAKING, SECOND, Voice, voice

pytestmark = pytest.mark.anyio

ADDING: dict[str, Any] = {"role": "agent", "from": FROM, "to": AGENT}


async def add(api: Voice, **more: Any) -> str:
    """Dial an agent into a conference: the id of the call."""
    status, answer = await api.ask("POST", "MultiPartyCall/name_a/Participant/", ADDING | more)
    assert status == 201, answer
    return str(answer["calls"][0]["call_uuid"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timezone", "Europe/Nowhere"),
        ("timezone", ""),
        ("timezone", "../etc/passwd"),
        ("record_after", -1.0),
        ("record_after", float("nan")),
        ("dial_seconds", float("inf")),
        ("media_after", -0.1),
        ("record_late_share", 1.1),
        ("record_missing_share", -0.1),
        ("decline", "never"),
        ("make_call_status", 204),
        ("unanswered_end_cause", 9000),
        ("limit_counters", "three"),
    ],
)
async def test_voice_emulator_settings_are_checked(name: str, value: Any) -> None:
    """A value that is not among those of its field, or out of its range, is a ValueError that names it."""
    with pytest.raises(ValueError, match=name):
        Settings(**{name: value})
    with pytest.raises(ValueError, match="record_late_share"):
        Settings(record_late_share=0.6, record_missing_share=0.6)


async def test_voice_emulator_settings_are_all_tried() -> None:
    """Each field is named by a test that is about settings, or about what it is a setting of."""
    folder = Path(__file__).parents[1]
    text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("test_*.py"))
    assert [one.name for one in fields(VoiceSettings) if not re.search(rf"\b{one.name}(=|\": )", text)] == []


async def test_voice_emulator_settings_of_records_by_chance() -> None:
    """`record_late_share`, `record_late_by`, `record_missing_share`: about so many; which follows from their ids."""
    settings = Settings(record_late_share=0.3, record_late_by=50.0, record_missing_share=0.2, record_after=1.0)
    async with voice(settings=settings, seed=3) as api:
        api.plivo.phone(AGENT).busy()
        legs = [await api.make() for _ in range(300)]
        after = Counter(None if leg.record_at is None else round(leg.record_at - (leg.ended_at or 0.0)) for leg in legs)
        assert set(after) == {None, 1, 50}
        assert 60 < after[50] < 120
        assert 35 < after[None] < 90
        again = [leg.record_at is None for leg in legs]
    async with voice(settings=settings, seed=3) as api:
        api.plivo.phone(AGENT).busy()
        assert [(await api.make()).record_at is None for _ in range(300)] == again


@pytest.mark.parametrize("there", [True, False])
async def test_voice_emulator_settings_of_records_of_what_was_never_dialled(there: bool) -> None:
    """`refused_records`, `queued_records`, `lost_race_records`: whether there is one; others have theirs."""
    settings = Settings(refused_records=there, queued_records=there, lost_race_records=there)
    async with voice(settings=settings, calls_per_second=1.0) as api:
        ringing, queued = await api.make(), await api.make()
        for leg in (ringing, queued):
            await api.ask("DELETE", f"Call/{leg.call_uuid}/")
        api.plivo.advance(10)
        api.plivo.phone(SECOND).fails(5030)
        refused = await api.make(to=SECOND)
        api.plivo.advance(10)
        await add(api, to=f"{AGENT}<{CUSTOMER}", delay_dial="0<5")
        api.plivo.advance(20)
        [lost] = api.plivo.phone(CUSTOMER).calls
        assert [leg.hangup_cause_code for leg in (queued, refused, lost)] == [1000, 5030, 9000]
        for leg in (queued, refused, lost):
            assert await api.found(leg.call_uuid) == (404, 404, 200 if there else 404)
        assert await api.found(ringing.call_uuid) == (404, 404, 200)


@pytest.mark.parametrize("ids", ["same", "other"])
async def test_voice_emulator_settings_of_ids_of_participants_calls(ids: Any) -> None:
    """`mpc_call_ids="other"`: the participant's `call_uuid` is unknown below `/Call/`, and found by its number only."""
    async with voice(settings=Settings(mpc_call_ids=ids)) as api:
        uuid = await add(api)
        assert await api.found(uuid) == (404, 200 if ids == "same" else 404, 404)
        [shown] = (await api.get("Call/?status=live&to_number=14157654321"))["calls"]
        assert (shown == uuid) == (ids == "same")
        api.plivo.advance(5)
        api.plivo.phone(AGENT).hang_up()
        api.plivo.advance(5)
        [record] = (await api.get("Call/?to_number=14157654321"))["objects"]
        assert (record["call_uuid"], record["bill_duration"]) == (shown, 4)
        assert (await api.make()).known_as == api.plivo.phone(AGENT).calls[-1].call_uuid


@pytest.mark.parametrize("reading", ["hung-up", "unknown"])
async def test_voice_emulator_settings_of_hanging_up_who_is_on_the_way(reading: Any) -> None:
    """`unanswered_mpc_calls="unknown"`: 404 until it has joined; calls by themselves are hung up in any case."""
    async with voice(settings=Settings(unanswered_mpc_calls=reading)) as api:
        uuid = await add(api)
        status = 204 if reading == "hung-up" else 404
        assert (await api.ask("DELETE", f"Call/{uuid}/"))[0] == status
        assert api.plivo.calls[uuid].over == (status == 204)
        assert (await api.ask("DELETE", f"Call/{(await api.make(to=SECOND)).call_uuid}/"))[0] == 204
        api.plivo.advance(2)
        assert (await api.ask("DELETE", f"Call/{uuid}/"))[0] == (404 if status == 204 else 204)


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("until", ["ringing", "answer"])
async def test_voice_emulator_settings_of_ringing_calls(live: bool, until: Any) -> None:
    """`ringing_live`, `queued_until`: where a call is found that rings."""
    async with voice(settings=Settings(ringing_live=live, queued_until=until)) as api:
        leg = await api.make()
        queued, found = 200 if until == "answer" else 404, 200 if live else 404
        assert await api.found(leg.call_uuid) == (queued, found, 404)
        assert (await api.get("Call/?status=live"))["calls"] == [leg.call_uuid] * live
        api.plivo.advance(1)
        assert await api.found(leg.call_uuid) == (404, 200, 404)


@pytest.mark.parametrize(("shown", "found"), [("queued", (200, 404)), ("live", (404, 200)), ("nowhere", (404, 404))])
async def test_voice_emulator_settings_of_calls_that_are_being_dialled(shown: Any, found: tuple[int, int]) -> None:
    """`dial_seconds`, `dialling_shown`: seconds until it rings, and where it is meanwhile: not in the queue."""
    async with voice(settings=Settings(dial_seconds=4.0, dialling_shown=shown)) as api:
        leg = await api.make()
        assert await api.found(leg.call_uuid) == (*found, 404)
        assert (leg.status, leg.rang_at, api.plivo.queue, api.plivo.rings[AGENT]) == ("queued", None, [], 0)
        other = await api.make(to=SECOND)
        await api.ask("DELETE", f"Call/{other.call_uuid}/")
        api.plivo.advance(4)
        assert (leg.status, other.rang_at) == ("ringing", None)
        assert await api.found(leg.call_uuid) == (404, 200, 404)


@pytest.mark.parametrize("lists", ["paged", "whole"])
async def test_voice_emulator_settings_of_lists_of_ids(lists: Any) -> None:
    """`id_lists="whole"`: neither `limit` nor `offset` is looked at."""
    async with voice(settings=Settings(id_lists=lists)) as api:
        for number in range(30):
            api.plivo.add_call(from_=f"+1415{number:07}")
        for query, count in {"": 20, "&limit=5": 5, "&offset=25": 5}.items():
            assert len((await api.get(f"Call/?status=live{query}"))["calls"]) == (count if lists == "paged" else 30)


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("queued_message", [True, False])
async def test_voice_emulator_settings_of_made_calls(status: Any, queued_message: bool) -> None:
    """`make_call_status`, `queued_message`."""
    settings = Settings(make_call_status=status, queued_message=queued_message)
    async with voice(settings=settings, calls_per_second=1.0) as api:
        answers = [await api.ask("POST", "Call/", MAKING) for _ in range(2)]
        assert [told for told, _ in answers] == [status, status]
        second = "call queued" if queued_message else "call fired"
        assert [answer["message"] for _, answer in answers] == ["call fired", second]


async def test_voice_emulator_settings_of_request_ids() -> None:
    """`request_ids="own"`: a call is not found by the id of its request, but in the queue."""
    async with voice(settings=Settings(request_ids="own"), calls_per_second=1.0) as api:
        first, second = [(await api.ask("POST", "Call/", MAKING))[1]["request_uuid"] for _ in range(2)]
        one, two = api.plivo.calls.values()
        assert {first, second}.isdisjoint({one.call_uuid, two.call_uuid})
        assert await api.found(first) == (404, 404, 404)
        assert (await api.get(f"Call/{second}/?status=queued"))["call_uuid"] == two.call_uuid
        assert (await api.get(f"Call/{one.call_uuid}/?status=live"))["request_uuid"] == first
        assert (await api.ask("DELETE", f"Request/{second}/"))[0] == 204


@pytest.mark.parametrize("reading", ["accepted", "refused", "ends"])
async def test_voice_emulator_settings_of_foreign_caller_ids(reading: Any) -> None:
    """`foreign_caller_id`: a 403 at once, or an end with 3030; from a number of the account's all is well."""
    async with voice(settings=Settings(foreign_caller_id=reading)) as api:
        for path, asked in (("Call/", MAKING), ("MultiPartyCall/name_a/Participant/", ADDING)):
            assert (await api.ask("POST", path, asked))[0] == (403 if reading == "refused" else 201)
        codes = {leg.hangup_cause_code for leg in api.plivo.calls.values()}
        assert codes == {"accepted": {None}, "refused": set(), "ends": {3030}}[reading]
        api.plivo.add_number(FROM)
        assert (await api.make(to=SECOND)).status == "ringing"


@pytest.mark.parametrize("reading", ["ends", "refused"])
async def test_voice_emulator_settings_of_barred_destinations(reading: Any) -> None:
    """`barred="refused"`: a 403 at once for what would end with 2030, 2040 or 2050, and for nothing else."""
    async with voice(settings=Settings(barred=reading)) as api:
        for cause in (2030, 2040, 2050, 2000):
            api.plivo.phone(AGENT).fails(cause)
            refused = reading == "refused" and cause != 2000
            for path, asked in (("Call/", MAKING), ("MultiPartyCall/name_a/Participant/", ADDING)):
                assert (await api.ask("POST", path, asked))[0] == (403 if refused else 201)


@pytest.mark.parametrize(
    ("reading", "code", "word"), [("rejected", 3020, "CALL_REJECTED"), ("busy", 3010, "USER_BUSY")]
)
async def test_voice_emulator_settings_of_declines(reading: Any, code: int, word: str) -> None:
    """`decline`: at once, after a while and by hand; a phone that was told how it arrives does as it was told."""
    async with voice(settings=Settings(decline=reading)) as api:
        api.plivo.phone(AGENT).rejects()
        legs = [await api.make(hangup_url=HANGUP)]
        api.plivo.phone(AGENT).rejects(2)
        legs.append(await api.make())
        api.plivo.advance(2)
        api.plivo.phone(AGENT).never_answers()
        legs.append(await api.make())
        api.plivo.phone(AGENT).hang_up()
        assert [(leg.hangup_cause_code, leg.outcome) for leg in legs] == [(code, "rejected")] * 3
        assert api.plivo.callbacks[-1].params["HangupCause"] == word
        for arrival, told in (("rejected", 3020), ("busy", 3010)):
            api.plivo.phone(AGENT).rejects(arrives_as=arrival)  # type: ignore[arg-type]
            assert (await api.make()).hangup_cause_code == told
        with pytest.raises(ValueError, match="arrives_as"):
            api.plivo.phone(AGENT).rejects(arrives_as="never")  # type: ignore[arg-type]


STATUSES: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {"rejects": "busy", "never_answers": "no-answer", "cancel": "cancel", "busy": "busy"}),
    ({"rejected_status": "failed"}, {"rejects": "failed", "busy": "busy"}),
    ({"rejected_status": "no-answer"}, {"rejects": "no-answer", "busy": "busy"}),
    ({"ring_timeout_status": "timeout"}, {"never_answers": "timeout", "no_answer": "no-answer"}),
    ({"cancelled_status": "failed"}, {"cancel": "failed"}),
    ({"cancelled_status": "no-answer"}, {"cancel": "no-answer"}),
    ({"unanswered_status": "completed"}, {"busy": "completed", "cancel": "completed", "never_answers": "completed"}),
]


@pytest.mark.parametrize(("settings", "expected"), STATUSES)
async def test_voice_emulator_settings_of_last_statuses(settings: dict[str, Any], expected: dict[str, str]) -> None:
    """`rejected_status`, `ring_timeout_status`, `cancelled_status`, `unanswered_status`: what is told at the end."""
    async with voice(settings=Settings(**settings)) as api:
        for how, status in expected.items():
            phone = api.plivo.phone(AGENT)
            getattr(phone, "never_answers" if how == "cancel" else how)()
            leg = await api.make(ring_timeout=30, hangup_url=HANGUP)
            if how == "cancel":
                await api.ask("DELETE", f"Call/{leg.call_uuid}/")
            api.plivo.advance(30)
            assert api.plivo.callbacks[-1].params["CallStatus"] == status, how


@pytest.mark.parametrize("cause", [1000, 4000, 4020])
async def test_voice_emulator_settings_of_who_rings_when_a_conference_ends(cause: Any) -> None:
    """`unanswered_end_cause`: with which the calls end that are on their way there. They were cancelled."""
    async with voice(settings=Settings(unanswered_end_cause=cause)) as api:
        api.plivo.add_conference("a")
        uuid = await add(api)
        await api.ask("DELETE", "MultiPartyCall/name_a/")
        leg = api.plivo.calls[uuid]
        assert (leg.hangup_cause_code, leg.outcome, leg.answered_at) == (cause, "cancelled", None)


@pytest.mark.parametrize(("reading", "word"), [("switch", "USER_BUSY"), ("name", "Busy Line")])
@pytest.mark.parametrize("where", ["none", "answer_url"])
async def test_voice_emulator_settings_of_hangup_callbacks(reading: Any, word: str, where: Any) -> None:
    """`hangup_word`, `hangup_url_default`."""
    async with voice(settings=Settings(hangup_word=reading, hangup_url_default=where)) as api:
        api.plivo.phone(AGENT).busy()
        await api.make()
        await api.make(hangup_url=HANGUP)
        told = [(one.url, one.params["HangupCause"]) for one in api.plivo.callbacks]
        assert told == [(ANSWER, word)] * (where == "answer_url") + [(HANGUP, word)]


@pytest.mark.parametrize(("reading", "seconds"), [("dialled", 10), ("accepted", 0)])
async def test_voice_emulator_settings_of_initiation(reading: Any, seconds: int) -> None:
    """`initiation_time`: of one that waited for ten seconds."""
    async with voice(settings=Settings(initiation_time=reading), calls_per_second=0.1) as api:
        api.plivo.phone(AGENT).busy()
        first, second = await api.make(), await api.make()
        api.plivo.advance(10)
        times = [datetime.fromisoformat((await api.record(leg))["initiation_time"]) for leg in (first, second)]
        assert (times[1] - times[0]).total_seconds() == seconds


@pytest.mark.parametrize("order", ["end", "initiation"])
async def test_voice_emulator_settings_of_the_order_of_records(order: Any) -> None:
    """`record_order`: of two, the one that began first ended last."""
    async with voice(settings=Settings(record_order=order)) as api:
        long = api.plivo.add_call(from_=CUSTOMER)
        api.plivo.advance(1)
        short = api.plivo.add_call(from_=SECOND)
        for number in (SECOND, CUSTOMER):
            api.plivo.advance(1)
            api.plivo.phone(number).hang_up()
        api.plivo.advance(3)
        newest = (await api.get("Call/"))["objects"][0]["call_uuid"]
        assert newest == (long if order == "end" else short).call_uuid


@pytest.mark.parametrize("reading", ["prefix", "contains"])
async def test_voice_emulator_settings_of_number_filters(reading: Any) -> None:
    """`number_filter`, in lists of records, of ids and of recordings."""
    settings = Settings(number_filter=reading, record_after=0.0, recording_after=0.0)
    async with voice(settings=settings) as api:
        leg = api.plivo.add_call(from_=CUSTOMER)
        await api.ask("POST", f"Call/{leg.call_uuid}/Record/")
        count = reading == "contains"
        assert len((await api.get("Call/?status=live&from_number=5000"))["calls"]) == count
        api.plivo.phone(CUSTOMER).hang_up()
        for path in ("Call/", "Recording/"):
            assert len((await api.get(f"{path}?from_number=5000"))["objects"]) == count
            assert len((await api.get(f"{path}?from_number=%2B1415765"))["objects"]) == 1


@pytest.mark.parametrize(("reading", "status"), [("refused", 400), ("clamped", 200)])
async def test_voice_emulator_settings_of_wide_windows(reading: Any, status: int) -> None:
    """`wide_window="clamped"`: of more than 30 days the first 30 are meant."""
    async with voice(settings=Settings(wide_window=reading, record_after=0.0, recording_after=0.0)) as api:
        leg = api.plivo.add_call(from_=CUSTOMER)
        await api.ask("POST", f"Call/{leg.call_uuid}/Record/")
        api.plivo.phone(CUSTOMER).hang_up()
        for path, field in (("Call/", "end_time"), ("Recording/", "add_time")):
            wide = f"{path}?{field}__gte=2001-01-01+00:00&{field}__lt=9999-12-31+00:00"
            told, answer = await api.ask("GET", wide)
            assert told == status
            assert told == 400 or answer["objects"] == []


@pytest.mark.parametrize("reading", ["null", "mpc"])
async def test_voice_emulator_settings_of_conferences_in_records(reading: Any) -> None:
    """`record_conference="mpc"`: the conference that it was in last; null for others."""
    async with voice(settings=Settings(record_conference=reading)) as api:
        uuid = await add(api)
        alone = await api.make(to=SECOND)
        api.plivo.advance(5)
        await api.ask("DELETE", "Call/")
        record = await api.record(api.plivo.calls[uuid])
        assert record["conference_uuid"] == (api.plivo.conferences["a"].mpc_uuid if reading == "mpc" else None)
        assert (await api.record(alone))["conference_uuid"] is None


@pytest.mark.parametrize(("reading", "status"), [("result", 202), ("asynchronous", 200)])
async def test_voice_emulator_settings_of_callbacks_of_call_recordings(reading: Any, status: int) -> None:
    """`call_record_callback="asynchronous"`: the same URL is told of the request, too; a 404 stays one by default."""
    async with voice(settings=Settings(call_record_callback=reading)) as api:
        leg = api.plivo.add_call(from_=CUSTOMER)
        path = f"Call/{leg.call_uuid}/Record/"
        assert (await api.ask("POST", path, {"callback_url": DONE}))[0] == status
        api.plivo.phone(CUSTOMER).hang_up()
        assert len(api.plivo.callbacks) == (1 if reading == "result" else 2)
        assert "recording_duration_ms" in api.plivo.callbacks[-1].params
        assert (await api.ask("POST", path, {"callback_url": DONE}))[0] == (404 if reading == "result" else 200)


@pytest.mark.parametrize("reading", ["name", "empty"])
async def test_voice_emulator_settings_of_recordings(reading: Any) -> None:
    """`recording_after`, `media_after`, `mpc_recording_name`."""
    settings = Settings(recording_after=10.0, media_after=20.0, mpc_recording_name=reading)
    async with voice(settings=settings) as api:
        await add(api)
        api.plivo.advance(2)
        uuid = (await api.ask("POST", "MultiPartyCall/name_a/Record/"))[1]["recording_id"]
        await api.ask("DELETE", "MultiPartyCall/name_a/Record/")
        seen = []
        for _ in range(3):
            media = await api.client.ask("GET", f"/v1/Account/{api.plivo.auth_id}/Recording/{uuid}.mp3")
            seen.append(((await api.ask("GET", f"Recording/{uuid}/"))[0], media.status))
            api.plivo.advance(10)
        assert seen == [(404, 404), (200, 404), (200, 200)]
        assert (await api.get(f"Recording/{uuid}/"))["conference_name"] == ("a" if reading == "name" else "")
