"""What Plivo's documents, SDKs and captures say of calls, held against the emulator over HTTP.

Each test states one thing and where it is from, as in `test_contract`. "Unverified" is what nobody has seen.
"""

import re
from datetime import datetime
from itertools import pairwise
from typing import Any

import anyio
import pytest

from plivo_async.emulator import HANGUP_CAUSES, Emulator, Settings
from plivo_async.emulator.world._causes import CAUSES

from ..support import AUTH_ID, AUTH_TOKEN, Client
from .voice_support import ACCOUNT, AGENT, ANSWER, CUSTOMER, DONE, FROM, HANGUP, MAKING, RING, SECOND, Voice, voice

pytestmark = pytest.mark.anyio

# ---- Make a call ----------------------------------------------------------------------------------------------------


async def test_voice_contract_making_a_call() -> None:
    """201 `call fired` with a `request_uuid` and no `call_uuid`, before anything is dialled (docs, captures)."""
    async with voice() as api:
        status, answer = await api.ask("POST", "Call/", MAKING)
        assert (status, set(answer)) == (201, {"api_id", "message", "request_uuid"})
        assert answer["message"] == "call fired"
        [leg] = api.plivo.calls.values()
        assert (leg.request_uuid, leg.call_uuid) == (answer["request_uuid"], answer["request_uuid"])
        assert (leg.from_, leg.to, leg.direction, leg.by) == ("14151234567", "14157654321", "outbound", 1)
        assert api.plivo.rings[AGENT] == 1


async def test_voice_contract_several_destinations() -> None:
    """`request_uuid` is an array, one id each, and the calls don't know of each other (docs, older examples)."""
    async with voice() as api:
        status, answer = await api.ask("POST", "Call/", MAKING | {"to": f"{AGENT}<{SECOND} < sip:a@example.com"})
        assert (status, answer["message"]) == (201, "calls fired")
        legs = [api.plivo.calls[uuid] for uuid in answer["request_uuid"]]
        assert [leg.to for leg in legs] == ["14157654321", "14157654322", "sip:a@example.com"]
        api.plivo.advance(2)
        assert [leg.status for leg in legs] == ["in-progress"] * 3


async def test_voice_contract_two_destinations_are_several() -> None:
    """An array for two; text for one (docs, SDKs that had to learn it)."""
    async with voice() as api:
        for to, kind in ((AGENT, str), (f"{AGENT}<{SECOND}", list)):
            assert isinstance((await api.ask("POST", "Call/", MAKING | {"to": to}))[1]["request_uuid"], kind)


BAD: dict[str, tuple[str, Any]] = {
    "no from": ("from", {"from": None}),
    "no to": ("to", {"to": ""}),
    "no answer_url": ("answer_url", {"answer_url": None}),
    "from among to": ("to", {"to": f"{AGENT}<{FROM.removeprefix('+')}"}),
    "to nobody": ("to", {"to": "somebody"}),
    "one of to is empty": ("to", {"to": f"{AGENT}<"}),
    "to more than 1000": ("to", {"to": "<".join(str(10**10 + number) for number in range(1001))}),
    "answer_url is none": ("answer_url", {"answer_url": "example.com"}),
    "answer_method": ("answer_method", {"answer_method": "PUT"}),
    "time_limit": ("time_limit", {"time_limit": 0}),
    "ring_timeout": ("ring_timeout", {"ring_timeout": -1}),
    "hangup_on_ring": ("hangup_on_ring", {"hangup_on_ring": "5"}),
    "caller_name": ("caller_name", {"caller_name": "a" * 51}),
    "send_digits": ("send_digits", {"send_digits": "a"}),
    "sip_headers": ("sip_headers", {"sip_headers": "a b"}),
    "machine_detection": ("machine_detection", {"machine_detection": "maybe"}),
    "machine_detection_time": ("machine_detection_time", {"machine_detection_time": 1999}),
    "machine_detection_maximum_words": ("machine_detection_maximum_words", {"machine_detection_maximum_words": 11}),
    "parent of two": ("parent_call_uuid", {"parent_call_uuid": "a", "to": f"{AGENT}<{SECOND}"}),
    "callback_url": ("callback_url", {"callback_url": "nowhere"}),
}


@pytest.mark.parametrize("what", BAD)
async def test_voice_contract_bad_arguments_are_a_400(what: str) -> None:
    """What is missing, or out of the range that is documented, is a 400 (presumed), and nothing rings."""
    field, more = BAD[what]
    async with voice() as api:
        status, answer = await api.ask("POST", "Call/", MAKING | more)
        assert (status, answer["error"].partition(":")[0]) == (400, field)
        assert not api.plivo.calls
        assert not api.plivo.rings


async def test_voice_contract_every_argument_is_understood() -> None:
    """All that docs and SDKs list, at both ends of its range."""
    async with voice() as api:
        more = {
            **{f"{name}_url": HANGUP for name in ("ring", "hangup", "fallback", "machine_detection")},
            **{f"{name}_method": "GET" for name in ("answer", "ring", "hangup", "fallback", "machine_detection")},
            "caller_name": "a" * 50,
            "send_digits": "1wW#@200",
            "send_on_preanswer": False,
            "machine_detection": "true",
            "machine_detection_time": 10_000,
            "machine_detection_maximum_speech_length": 1000,
            "machine_detection_initial_silence": 2000,
            "machine_detection_maximum_words": 2,
            "machine_detection_initial_greeting": 5000,
            "sip_headers": "a=1,b=%20",
            "error_if_parent_not_found": False,
            "hangup_on_ring": 0,
            "time_limit": 1_000_000,
            "ring_timeout": 0,
        }
        for name, value in more.items():
            assert (await api.ask("POST", "Call/", MAKING | {name: value}))[0] == 201, name
        assert (await api.ask("POST", "Call/", MAKING | more))[0] == 201


async def test_voice_contract_parents() -> None:
    """A call may name an earlier one, and one that isn't there is a mistake only if that is asked for (docs)."""
    async with voice() as api:
        first = await api.make()
        assert (await api.make(to=SECOND, parent_call_uuid=first.call_uuid)).parent_call_uuid == first.call_uuid
        assert (await api.make(parent_call_uuid="nobody")).parent_call_uuid == "nobody"
        asked = MAKING | {"parent_call_uuid": "nobody", "error_if_parent_not_found": True}
        assert (await api.ask("POST", "Call/", asked))[0] == 404


async def test_voice_contract_accepted_is_not_dialled() -> None:
    """Two calls are dialled a second (docs); those behind are `queued`, and say so at once (older docs)."""
    async with voice(calls_per_second=2.0) as api:
        answers = [(await api.ask("POST", "Call/", MAKING))[1] for _ in range(5)]
        assert [one["message"] for one in answers] == ["call fired"] + ["call queued"] * 4
        uuids = [one["request_uuid"] for one in answers]
        assert (await api.get("Call/?status=queued"))["calls"] == uuids[1:]
        assert [leg.call_uuid for leg in api.plivo.queue] == uuids[1:]
        assert (await api.get("Call/?status=live"))["calls"] == uuids[:1]
        api.plivo.advance(1)
        assert (await api.get("Call/?status=queued"))["calls"] == uuids[3:]
        assert api.plivo.rings[AGENT] == 3


# ---- Where a call is found ------------------------------------------------------------------------------------------


async def test_voice_contract_one_path_three_places() -> None:
    """Queued, then live from ringing on, then nowhere for some seconds, then as a record: never in two places."""
    async with voice(calls_per_second=0.1) as api:
        await api.make(to=SECOND)
        leg = await api.make()
        seen = []
        for seconds in (9.9, 0.1, 1.0, 60, 3.0):
            seen.append(await api.found(leg.call_uuid))
            api.plivo.advance(seconds)
            if seconds == 60:
                api.plivo.phone(AGENT).hang_up()
        seen.append(await api.found(leg.call_uuid))
        queued, live, nowhere, record = (200, 404, 404), (404, 200, 404), (404, 404, 404), (404, 404, 200)
        assert seen == [queued, queued, live, live, nowhere, record]
        assert await api.found("nobody") == nowhere


async def test_voice_contract_live_calls() -> None:
    """Bare ids, no meta and no objects; of one the fields of a capture, in names of their own (captures)."""
    async with voice() as api:
        leg = await api.make(caller_name="Ada")
        assert set(await api.get("Call/?status=live")) == {"api_id", "calls"}
        one = await api.get(f"Call/{leg.call_uuid}/?status=live")
        assert one.pop("api_id")
        assert datetime.fromisoformat(one.pop("session_start")).tzinfo is None
        assert one == {
            "call_status": "ringing",
            "call_uuid": leg.call_uuid,
            "caller_name": "Ada",
            "direction": "outbound",
            "from": "14151234567",
            "request_uuid": leg.request_uuid,
            "stir_attestation": "",
            "stir_verification": "Not Verified",
            "to": "14157654321",
        }
        api.plivo.advance(1)
        assert (await api.get(f"Call/{leg.call_uuid}/?status=live"))["call_status"] == "in-progress"
        inbound = api.plivo.add_call(from_=CUSTOMER)
        assert "request_uuid" not in await api.get(f"Call/{inbound.call_uuid}/?status=live")


async def test_voice_contract_session_start_has_microseconds() -> None:
    """`2017-05-22 13:17:49.050872`: in UTC without saying so (captures), whatever the account's zone is."""
    async with voice(settings=Settings(timezone="Asia/Kolkata")) as api:
        leg = await api.make()
        text = (await api.get(f"Call/{leg.call_uuid}/?status=live"))["session_start"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", text)
        utc = api.plivo._machine.time.instant(leg.rang_at or 0.0).replace(tzinfo=None)
        assert datetime.fromisoformat(text) == utc


async def test_voice_contract_queued_calls() -> None:
    """The same without times and without a reason (fixtures)."""
    async with voice(calls_per_second=0.1) as api:
        await api.make(to=SECOND)
        leg = await api.make()
        one = await api.get(f"Call/{leg.call_uuid}/?status=queued")
        assert (one["call_status"], one["call_uuid"], one["request_uuid"]) == ("queued", leg.call_uuid, leg.call_uuid)
        assert set(one) == {
            "api_id", "call_status", "call_uuid", "caller_name", "direction", "from", "request_uuid", "to"
        }  # fmt: skip


async def test_voice_contract_filters_of_live_calls() -> None:
    """Direction and both numbers (SDKs); they are cut into pages as lists are (unverified)."""
    async with voice() as api:
        legs = [await api.make(to=str(14150000000 + number)) for number in range(25)]
        inbound = api.plivo.add_call(from_=CUSTOMER)

        async def live(query: str) -> list[str]:
            return list((await api.get(f"Call/?status=live&{query}"))["calls"])

        assert await live("") == [leg.call_uuid for leg in legs[:20]]
        assert await live("offset=20") == [*(leg.call_uuid for leg in legs[20:]), inbound.call_uuid]
        assert await live("call_direction=inbound") == [inbound.call_uuid]
        assert await live("from_number=%2B1415765") == [inbound.call_uuid]
        assert await live("to_number=14150000024&limit=3") == [legs[24].call_uuid]
        assert (await api.ask("GET", "Call/?status=live&limit=21"))[0] == 400


# ---- The record -----------------------------------------------------------------------------------------------------

KEYS = {
    "answer_time", "api_id", "bill_duration", "billed_duration", "call_direction", "call_duration", "call_state",
    "call_uuid", "cnam_lookup", "conference_uuid", "end_time", "from_number", "hangup_cause_code",
    "hangup_cause_name", "hangup_source", "initiation_time", "parent_call_uuid", "resource_uri", "source_ip",
    "stir_attestation", "stir_verification", "to_number", "total_amount", "total_rate", "voice_network_group",
}  # fmt: skip


async def test_voice_contract_record_of_an_answered_call() -> None:
    """As captured in 2018: 45 seconds talked, 60 billed, hung up by the callee."""
    async with voice() as api:
        api.plivo.phone(AGENT).answers(talks=45)
        leg = await api.make()
        api.plivo.advance(46)
        one = await api.record(leg)
        assert set(one) == KEYS
        assert (one["bill_duration"], one["call_duration"], one["billed_duration"]) == (45, 45, 60)
        assert (one["total_amount"], one["total_rate"]) == ("0.00500", "0.00500")
        assert (one["hangup_cause_code"], one["hangup_cause_name"]) == (4000, "Normal Hangup")
        assert (one["hangup_source"], one["call_state"]) == ("Callee", "ANSWER")
        assert one["resource_uri"] == f"{ACCOUNT}Call/{leg.call_uuid}/"
        assert (one["from_number"], one["to_number"]) == ("14151234567", "14157654321")
        assert (one["parent_call_uuid"], one["conference_uuid"]) == (None, None)
        times = [datetime.fromisoformat(one[key]) for key in ("initiation_time", "answer_time", "end_time")]
        assert [(later - sooner).total_seconds() for sooner, later in pairwise(times)] == [1, 45]
        assert leg.outcome == "answered"


async def test_voice_contract_seconds_of_sip_are_billed_by_the_second() -> None:
    """In an older example a SIP call of one second is billed one second."""
    async with voice() as api:
        api.plivo.phone("sip:a@example.com").answers(talks=7)
        leg = await api.make(to="sip:a@example.com")
        api.plivo.advance(10)
        assert (await api.record(leg))["billed_duration"] == 7


@pytest.mark.parametrize(("timezone", "end"), [("UTC", "+00:00"), ("Asia/Kolkata", "+05:30")])
async def test_voice_contract_times_of_records(timezone: str, end: str) -> None:
    """`YYYY-MM-DD HH:MM:SS` with the offset of the account's time zone (captures)."""
    async with voice(settings=Settings(timezone=timezone)) as api:
        leg = await api.make()
        api.plivo.advance(5)
        api.plivo.phone(AGENT).hang_up()
        one = await api.record(leg)
        for key in ("initiation_time", "answer_time", "end_time"):
            assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d{re.escape(end)}", one[key])
        assert (await api.get(""))["timezone"] == timezone


ENDINGS: dict[str, tuple[Any, int, str, str, str]] = {
    "busy": (lambda phone: phone.busy(), 3010, "Carrier", "busy", "busy"),
    "declined": (lambda phone: phone.rejects(3), 3020, "Callee", "rejected", "busy"),
    "declined, says the carrier": (
        lambda phone: phone.rejects(3, arrives_as="busy"), 3010, "Carrier", "rejected", "busy"
    ),
    "no answer": (lambda phone: phone.no_answer(5), 3000, "Carrier", "no_answer", "no-answer"),
    "ring timeout": (lambda phone: phone.never_answers(), 6010, "Plivo", "no_answer", "no-answer"),
    "no such number": (lambda phone: phone.invalid(), 2000, "Plivo", "failed", "failed"),
    "carrier": (lambda phone: phone.fails(3080, 2), 3080, "Carrier", "failed", "failed"),
    "carrier silent": (lambda phone: phone.fails(3070, 2), 3070, "Carrier", "failed", "timeout"),
    "4000 without an answer": (lambda phone: phone.fails(4000, 5, rings=True), 4000, "Caller", "cancelled", "cancel"),
    "blocked": (lambda phone: phone.fails(3040), 3040, "Carrier", "rejected", "busy"),
    "too many": (lambda phone: phone.fails(5030), 5030, "Plivo", "failed", "failed"),
}  # fmt: skip


@pytest.mark.parametrize("how", ENDINGS)
async def test_voice_contract_records_of_unanswered_calls(how: str) -> None:
    """`answer_time` is null and all durations 0, whatever the code is (captures); the truth is on show beside it."""
    tell, code, source, outcome, status = ENDINGS[how]
    async with voice() as api:
        tell(api.plivo.phone(AGENT))
        leg = await api.make(ring_timeout=30, hangup_url=HANGUP)
        api.plivo.advance(40)
        one = await api.record(leg)
        assert (one["hangup_cause_code"], one["hangup_cause_name"]) == (code, HANGUP_CAUSES[code])
        assert (one["hangup_source"], one["answer_time"], one["call_state"]) == (source, None, None)
        assert (one["call_duration"], one["bill_duration"], one["billed_duration"]) == (0, 0, 0)
        assert one["total_amount"] == "0.00000"
        [told] = [one.params for one in api.plivo.callbacks if one.url == HANGUP]
        assert (told["CallStatus"], told["AnswerTime"], told["HangupCause"]) == (status, "", CAUSES[code].word)
        assert (leg.outcome, leg.status, leg.answered_at) == (outcome, status, None)


async def test_voice_contract_calls_of_participants_are_calls() -> None:
    """Who is dialled into a conference has a call that is found in the same places by the same id (inferred)."""
    async with voice() as api:
        asked = {"role": "agent", "from": FROM, "to": AGENT}
        _, added = await api.ask("POST", "MultiPartyCall/name_a/Participant/", asked)
        uuid = added["calls"][0]["call_uuid"]
        assert await api.found(uuid) == (404, 200, 404)
        api.plivo.advance(1)
        assert (await api.get(f"Call/{uuid}/?status=live"))["call_status"] == "in-progress"
        [who] = (await api.get("MultiPartyCall/name_a/Participant/"))["objects"]
        assert who["call_uuid"] == uuid
        api.plivo.advance(30)
        await api.ask("DELETE", "MultiPartyCall/name_a/")
        record = await api.record(api.plivo.calls[uuid])
        assert (record["hangup_cause_code"], record["bill_duration"]) == (4020, 30)
        assert record["conference_uuid"] is None
        assert record["parent_call_uuid"] is None


async def test_voice_contract_guests_are_live_calls() -> None:
    """Who called into a conference before anybody looked is live; once it has hung up there is a record."""
    async with voice() as api:
        conference = api.plivo.add_conference("a", waiting=2)
        uuids = (await api.get("Call/?status=live"))["calls"]
        assert uuids == [one.call_uuid for one in conference.participants]
        leg = api.plivo.calls[uuids[0]]
        api.plivo.phone(leg.from_).hang_up()
        record = await api.record(leg)
        assert (record["call_direction"], record["hangup_source"]) == ("inbound", "Caller")


# ---- Lists of records -----------------------------------------------------------------------------------------------


async def ended(api: Voice) -> dict[str, str]:
    """Four calls that ended a second apart: their ids by what became of them."""
    api.plivo.phone(AGENT).answers(0, talks=70)
    first = await api.make()
    api.plivo.advance(70)
    api.plivo.phone(SECOND).busy()
    second = await api.make(to=SECOND, parent_call_uuid=first.call_uuid)
    api.plivo.advance(1)
    third = api.plivo.add_call(from_=CUSTOMER)
    api.plivo.phone(CUSTOMER).hang_up()
    api.plivo.advance(1)
    fourth = await api.make(from_="+442071838750", to="+14160000000")
    await api.ask("DELETE", f"Call/{fourth.call_uuid}/")
    api.plivo.advance(3)
    uuids = [one.call_uuid for one in (first, second, third, fourth)]
    return dict(zip(("talked", "busy", "in", "gone"), uuids, strict=True))


FILTERS: dict[str, set[str]] = {
    "": {"talked", "busy", "in", "gone"},
    "call_direction=inbound": {"in"},
    "call_direction=outbound": {"talked", "busy", "gone"},
    "from_number=%2B44": {"gone"},
    "from_number=14151234567": {"talked", "busy"},
    "to_number=1415765432": {"talked", "busy"},
    "to_number=5432": set(),
    "parent_call_uuid={talked}": {"busy"},
    "bill_duration=70": {"talked"},
    "bill_duration__gt=0": {"talked"},
    "bill_duration__gte=70&bill_duration__lt=71": {"talked"},
    "bill_duration__lte=0": {"busy", "in", "gone"},
    "hangup_cause_code=3010": {"busy"},
    "hangup_source=API+Request": {"gone"},
    "stir_verification=Verified": set(),
    "subaccount=SAXXXXXXXXXXXXXXXXXX": set(),
    "end_time__gt=2026-11-23+12:00": {"talked", "busy", "in", "gone"},
    "end_time__lt=2026-11-23+12:00": set(),
    "nonsense=1": {"talked", "busy", "in", "gone"},
}


@pytest.mark.parametrize("query", FILTERS)
async def test_voice_contract_filters_of_records(query: str) -> None:
    """Each of those in the docs, and none for ids or conferences; unknown ones are ignored (inferred)."""
    async with voice() as api:
        ids = await ended(api)
        today = api.plivo._machine.time.epoch.strftime("%Y-%m-%d+%H:%M")
        listed = await api.get("Call/?" + query.format(**ids).replace("2026-11-23+12:00", today))
        assert {one["call_uuid"] for one in listed["objects"]} <= set(ids.values())
        wanted = {ids[name] for name in FILTERS[query]}
        assert {one["call_uuid"] for one in listed["objects"]} == wanted
        assert listed["meta"]["total_count"] == len(wanted)


async def test_voice_contract_pages_of_records() -> None:
    """The last to end first (unverified), `total_count` in `meta` (captures), links that lead on."""
    async with voice() as api:
        ids = await ended(api)
        path: str | None = "Call/?limit=3"
        seen = []
        while path is not None:
            page = await api.get(path)
            assert set(page["meta"]) == {"total_count", "limit", "offset", "next", "previous"}
            seen += [one["call_uuid"] for one in page["objects"]]
            path = page["meta"]["next"]
        assert seen == [ids[name] for name in ("gone", "in", "busy", "talked")]


async def test_voice_contract_windows() -> None:
    """Without bounds the last 7 days, with one 30 days from it (older docs), more than 30 days a 400 (docs)."""
    async with voice() as api:
        ids = await ended(api)
        begin = api.plivo._machine.time.epoch
        api.plivo.advance(8 * 86_400)

        async def count(query: str) -> int:
            return int((await api.get(f"Call/?{query}"))["meta"]["total_count"])

        def day(number: int) -> str:
            return begin.replace(day=1).strftime(f"%Y-%m-{number:02} 00:00").replace(" ", "+")

        assert await count("") == 0
        assert await count(f"end_time__gte={begin:%Y-%m-%d+%H:%M}") == 4
        status, answer = await api.ask("GET", "Call/?end_time__gte=2026-01-01+00:00&end_time__lte=2026-02-01+00:00")
        assert (status, answer["error"].partition(":")[0]) == (400, "end_time")
        assert (await api.ask("GET", "Call/?end_time__gte=2026-01-01+00:00&end_time__lte=2026-01-31+00:00"))[0] == 200
        assert (await api.ask("GET", "Call/?end_time__gte=yesterday"))[0] == 400
        assert (await api.ask("GET", f"Call/{ids['talked']}/"))[0] == 200
        api.plivo.advance(83 * 86_400)
        assert (await api.ask("GET", f"Call/{ids['talked']}/"))[0] == 404  # 90 days (docs)


# ---- Hang up and cancel ---------------------------------------------------------------------------------------------


async def test_voice_contract_hanging_up() -> None:
    """204 without a body. After the answer 4000 (presumed), before it 1000, by `API Request` (docs); then 404."""
    async with voice() as api:
        leg = await api.make()
        ringing = await api.make(to=SECOND)
        api.plivo.phone(SECOND).never_answers()
        assert await api.ask("DELETE", f"Call/{ringing.call_uuid}/") == (204, None)
        assert (ringing.hangup_cause_code, ringing.hangup_source, ringing.outcome) == (1000, "API Request", "cancelled")
        api.plivo.advance(2)
        assert await api.ask("DELETE", f"Call/{leg.call_uuid}/") == (204, None)
        assert (leg.hangup_cause_code, leg.hangup_source, leg.outcome) == (4000, "API Request", "answered")
        assert len(leg.changes) == 1
        for uuid in (leg.call_uuid, "nobody"):
            assert (await api.ask("DELETE", f"Call/{uuid}/"))[0] == 404


async def test_voice_contract_hanging_up_a_participant() -> None:
    """Its stay ends with its call, and the conference with that, if it was the last."""
    async with voice() as api:
        await api.ask("POST", "MultiPartyCall/name_a/Participant/", {"role": "agent", "from": FROM, "to": AGENT})
        api.plivo.advance(2)
        [leg] = api.plivo.phone(AGENT).calls
        assert await api.ask("DELETE", f"Call/{leg.call_uuid}/") == (204, None)
        conference = api.plivo.conferences["a"]
        assert (conference.status, conference.participants[0].exit_cause) == ("Ended", "Participant Call Hangup")


@pytest.mark.parametrize("path", ["Request/{}/", "Call/{}/"])
async def test_voice_contract_cancelling_what_is_queued(path: str) -> None:
    """By the request's id, at either path, it is taken out of the queue (docs, SDKs); once it rings only at one."""
    async with voice(calls_per_second=1.0) as api:
        first = await api.make(to=SECOND)
        leg = await api.make()
        assert await api.ask("DELETE", path.format(leg.request_uuid)) == (204, None)
        assert (leg.hangup_cause_code, leg.outcome, leg.dialled_at) == (1000, "cancelled", None)
        api.plivo.advance(10)
        assert api.plivo.rings[AGENT] == 0
        assert (await api.ask("DELETE", f"Request/{first.request_uuid}/"))[0] == 404
        assert (await api.ask("DELETE", path.format(leg.request_uuid)))[0] == 404


@pytest.mark.parametrize("path", ["Call/", "Call", "Call//", "Call/./", "Call/%2E/", "Call/a/../", "Call/%2e%2e/Call/"])
async def test_voice_contract_hanging_up_nobody_hangs_up_everybody(path: str) -> None:
    """`DELETE /Call/` ends all calls of the account, with cause 0 (docs: a known bug); gateways resolve other paths."""
    async with voice(calls_per_second=1.0) as api:
        conference = api.plivo.add_conference("a", waiting=2)
        legs = [await api.make(), await api.make(to=SECOND), api.plivo.add_call(from_=CUSTOMER)]
        api.plivo.advance(0.5)
        assert await api.ask("DELETE", path) == (204, None)
        assert [leg.outcome for leg in legs] == ["cancelled", "cancelled", "answered"]
        assert {leg.hangup_cause_code for leg in legs} == {0}
        assert (conference.status, conference.present) == ("Ended", 0)
        assert (await api.get("Call/?status=live"))["calls"] == []
        assert (await api.get("Call/?status=queued"))["calls"] == []


# ---- What a call is told --------------------------------------------------------------------------------------------


async def test_voice_contract_callbacks_of_an_answered_call() -> None:
    """Ring, StartApp, Hangup, with the parameters of captured bodies: 66 seconds talked are 120 billed."""
    async with voice(settings=Settings(timezone="Asia/Kolkata")) as api:
        api.plivo.phone(AGENT).answers(2, talks=66)
        leg = await api.make(ring_url=RING, hangup_url=HANGUP, hangup_method="GET", sip_headers="case=4711")
        api.plivo.advance(70)
        ring, answer, hangup = api.plivo.callbacks
        assert [(one.url, one.method) for one in (ring, answer, hangup)] == [
            (RING, "POST"), (ANSWER, "POST"), (HANGUP, "GET")
        ]  # fmt: skip
        assert [one.params["Event"] for one in (ring, answer, hangup)] == ["Ring", "StartApp", "Hangup"]
        statuses = [one.params["CallStatus"] for one in (ring, answer, hangup)]
        assert statuses == ["ringing", "in-progress", "completed"]
        for one in (ring, answer, hangup):
            assert one.params["CallUUID"] == one.params["RequestUUID"] == leg.call_uuid
            assert (one.params["Direction"], one.params["X-PH-case"]) == ("outbound", "4711")
        assert "ALegUUID" not in ring.params
        assert answer.params["ALegUUID"] == leg.call_uuid
        told = hangup.params
        assert (told["Duration"], told["BillDuration"], told["TotalCost"]) == ("66", "120", "0.01000")
        assert (told["HangupCause"], told["HangupCauseCode"]) == ("NORMAL_CLEARING", "4000")
        assert (told["HangupCauseName"], told["HangupSource"]) == ("Normal Hangup", "Callee")
        record = await api.record(leg)
        for local, key in (("AnswerTime", "answer_time"), ("EndTime", "end_time"), ("StartTime", "initiation_time")):
            assert told[local] + "+05:30" == record[key]


async def test_voice_contract_callback_of_a_decline() -> None:
    """As captured in 2024: `busy`, USER_BUSY, 3010 from the carrier, an empty AnswerTime, no ALegUUID."""
    async with voice(settings=Settings(decline="busy")) as api:
        api.plivo.phone(AGENT).rejects()
        await api.make(hangup_url=HANGUP)
        told = api.plivo.callbacks[-1].params
        assert (told["AnswerTime"], told["CallStatus"], told["HangupCause"]) == ("", "busy", "USER_BUSY")
        assert (told["HangupCauseCode"], told["HangupCauseName"]) == ("3010", "Busy Line")
        assert (told["HangupSource"], told["Duration"], told["BillDuration"]) == ("Carrier", "0", "0")
        assert "ALegUUID" not in told


@pytest.mark.parametrize(("detection", "lives"), [("true", True), ("hangup", False)])
async def test_voice_contract_machine_detection(detection: str, lives: bool) -> None:
    """A machine is found out after `machine_detection_time`, told, and with `hangup` the call ends with 9100 (docs)."""
    async with voice() as api:
        api.plivo.phone(AGENT).machine = True
        more = {"machine_detection": detection, "machine_detection_time": 3000, "machine_detection_url": DONE}
        leg = await api.make(hangup_url=HANGUP, **more)
        person = await api.make(to=SECOND, **more)
        api.plivo.advance(5)
        [told] = [one.params for one in api.plivo.callbacks if one.url == DONE]
        assert (told["Event"], told["Machine"]) == ("MachineDetection", "true")
        assert told["IfMachine"] == ("continue" if lives else "hangup")
        assert (leg.live, leg.outcome) == ((True, None) if lives else (False, "no_answer"))
        assert person.live
        if not lives:
            assert (await api.record(leg))["answer_time"] is not None
            assert api.plivo.callbacks[-1].params["Machine"] == "true"


async def test_voice_contract_digits_are_sent_to_who_answers() -> None:
    """`send_digits`, once somebody has picked up (docs)."""
    async with voice() as api:
        leg = await api.make(send_digits="1w2")
        assert leg.digits == ()
        api.plivo.advance(1)
        assert api.plivo.calls[leg.call_uuid].digits == ("1w2",)


async def test_voice_contract_views_of_the_account() -> None:
    """What requests have made is on show, and what phones may not be told is refused."""
    async with voice() as api:
        app_id = (await api.ask("POST", "Application/", {"app_name": "a", "answer_url": ANSWER}))[1]["app_id"]
        api.plivo.add_number("+14150001111", app_id=app_id)
        assert (list(api.plivo.applications), list(api.plivo.numbers)) == ([app_id], ["14150001111"])
        assert api.plivo.applications[app_id].answer_url == ANSWER
        with pytest.raises(ValueError, match="cause: 1"):
            api.plivo.phone(AGENT).fails(1)
        for path in ("Subaccount/", "Application/", "Number/"):
            status, answer = await api.ask("GET", f"{path}?limit=21")
            assert (status, answer["error"].partition(":")[0]) == (400, "limit")


async def test_voice_contract_time_limits() -> None:
    """4 hours from the answer by default, 24 at most; `hangup_on_ring` counts from the first ring; cause 6000."""
    async with voice() as api:
        usual, longest, short = await api.make(), await api.make(time_limit=10**6), await api.make(hangup_on_ring=5)
        api.plivo.phone(SECOND).never_answers()
        ringing = await api.make(to=SECOND, hangup_on_ring=5)
        api.plivo.advance(100_000)
        assert [leg.hangup_cause_code for leg in (usual, longest, short, ringing)] == [6000] * 4
        assert [(leg.ended_at or 0) - (leg.answered_at or 0) for leg in (usual, longest)] == [14_400, 86_400]
        assert short.ended_at == pytest.approx((short.rang_at or 0) + 5)
        assert [leg.outcome for leg in (short, ringing)] == ["answered", "cancelled"]


async def test_voice_contract_the_asynchronous_form() -> None:
    """With a `callback_url` the answer says only that it was taken; the result is told there (docs)."""
    async with voice() as api:
        status, answer = await api.ask("POST", "Call/", MAKING | {"callback_url": DONE})
        assert (status, answer["message"]) == (200, "async api spawned")
        [told] = [one.params for one in api.plivo.callbacks if one.url == DONE]
        assert (told["api_id"], told["message"]) == (answer["api_id"], "call fired")
        assert told["request_uuid"] in api.plivo.calls


async def test_voice_contract_without_credits() -> None:
    """A prepaid account without any: calls end with 1010 (docs) and ring nobody; in the account it is a text."""
    async with voice() as api:
        api.plivo.set_credits(0)
        leg = await api.make()
        assert (leg.hangup_cause_code, leg.outcome, leg.dialled_at) == (1010, "failed", None)
        assert (await api.get(""))["cash_credits"] == "0.00000"
        api.plivo.set_credits(4.8886)
        assert (await api.get(""))["cash_credits"] == "4.88860"
        assert (await api.make()).status == "ringing"
        with pytest.raises(ValueError, match="usd"):
            api.plivo.set_credits(float("nan"))


async def test_voice_contract_records_come_in_their_own_time() -> None:
    """A phone's records may come later, or never, whatever the settings say."""
    async with voice() as api:
        api.plivo.phone(AGENT).busy().record_comes(60)
        api.plivo.phone(SECOND).busy().record_comes(None)
        late, never = await api.make(), await api.make(to=SECOND)
        api.plivo.advance(59)
        assert await api.found(late.call_uuid) == (404, 404, 404)
        api.plivo.advance(1)
        assert await api.found(late.call_uuid) == (404, 404, 200)
        api.plivo.advance(100_000)
        assert await api.found(never.call_uuid) == (404, 404, 404)
        assert (never.record_at, never.outcome) == (None, "busy")


async def test_voice_contract_view_of_the_account_from_elsewhere() -> None:
    """What changes anything is refused in another thread, as with conferences; views are live."""
    async with voice() as api:
        calls, recordings = api.plivo.calls, api.plivo.recordings
        leg = api.plivo.add_call(from_=CUSTOMER)
        assert (list(calls), list(recordings)) == ([leg.call_uuid], [])
        for change in (
            lambda: api.plivo.end_call(leg.call_uuid),
            lambda: api.plivo.set_credits(1),
            lambda: api.plivo.add_number("+14150000000"),
            lambda: api.plivo.phone(AGENT).fails(3080),
            lambda: api.plivo.phone(AGENT).record_comes(None),
        ):
            with pytest.raises(RuntimeError):
                await anyio.to_thread.run_sync(change)
        assert leg.live
        for cause, problem in ((1, "cause"), (4000, None), (4000, "no call")):
            if problem is None:
                api.plivo.end_call(leg.call_uuid, cause=cause)
            else:
                with pytest.raises(ValueError, match=problem):
                    api.plivo.end_call(leg.call_uuid, cause=cause)
        assert (leg.outcome, leg.hangup_source) == ("answered", "Caller")
        with pytest.raises(TypeError):
            calls["a"] = leg  # type: ignore[index]


async def test_voice_contract_credentials() -> None:
    """As everywhere: 401 without, 403 for another account; and whoever isn't let in hangs up nobody."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, port=None, limit=None) as plivo:
        leg = plivo.add_call(from_=CUSTOMER)
        client = Client(plivo.connect())
        assert (await client.ask("DELETE", f"{ACCOUNT}Call/", headers=())).status == 401
        assert (await client.ask("DELETE", "/v1/Account/MA00000000000000000X/Call/")).status == 403
        assert leg.live
