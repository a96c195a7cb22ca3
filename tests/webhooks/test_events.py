"""Parameters become typed events, or a stated error; nothing is lost, and nothing private shows."""

import copy
import inspect
import json
import pickle
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import MalformedCallbackError, PlivoError, webhooks
from plivo_async.webhooks import (
    ActionRequested,
    AddParticipantCompleted,
    AddParticipantEvent,
    AnswerRequested,
    AsyncResult,
    CallEnded,
    CallEvent,
    CallRecorded,
    CallRinging,
    CallStatusChanged,
    Event,
    ExitActionRequested,
    MachineDetected,
    MemberEvent,
    MpcEnded,
    MpcEvent,
    MpcRecordingCompleted,
    MpcRecordingEvent,
    MpcStarted,
    MpcStateEvent,
    ParticipantDigitInput,
    ParticipantEvent,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantRecordingCompleted,
    ParticipantRecordingEvent,
    RecordingEvent,
    Transcribed,
    UnknownEvent,
    parse_trusted,
)
from plivo_async.webhooks._wire_names import BY_EVENT_NAME, NAMES

JOIN = {
    "EventName": "ParticipantJoin",
    "EventTimestamp": "2026-11-23 15:45:00+05:30",
    "MPCUUID": "3a7f1c2e-0000-4000-8000-000000000001",
    "MPCName": "support-4812",
    "MemberID": "355",
    "MemberAddress": "+14157654321",
    "ParticipantCallUUID": "c0267574-5c12-4861-8990-da9404c8cdf6",
    "ParticipantCallFrom": "14151234567",
    "ParticipantCallTo": "sip:anna@phone.plivo.com",
    "ParticipantCallDirection": "inbound",
    "ParticipantRole": "Agent",
    "ParticipantCoachMode": "False",
    "MPCDuration": "",
    "SequenceNumber": "2",
    "Tomorrow": "new",
}
HANGUP = {  # as captured, with ids and numbers of our own
    "Event": "Hangup",
    "CallUUID": "c0267574-5c12-4861-8990-da9404c8cdf6",
    "From": "+14151234567",
    "To": "14157654321",
    "Direction": "outbound",
    "CallStatus": "completed",
    "RequestUUID": "c0267574-5c12-4861-8990-da9404c8cdf6",
    "SessionStart": "2024-05-06 10:00:02.238707",
    "StartTime": "2024-05-06 15:30:00",
    "AnswerTime": "2024-05-06 15:30:09",
    "EndTime": "2024-05-06 15:31:15",
    "Duration": "66",
    "BillDuration": "120",
    "TotalCost": "0.01000",
    "HangupCause": "NORMAL_CLEARING",
    "HangupCauseCode": "4000",
    "HangupCauseName": "Normal Hangup",
    "HangupSource": "Callee",
    "X-PH-Order": "7",
}
LEAST = {"MPCUUID": "u", "MemberID": "1", "CallUUID": "c"}
EVENTS = [
    cls for name in webhooks.__all__ if inspect.isclass(cls := getattr(webhooks, name)) and issubclass(cls, Event)
]


def without(params: dict[str, str], *names: str) -> dict[str, str]:
    """The parameters but some."""
    return {name: text for name, text in params.items() if name not in names}


def test_a_participant_joins() -> None:
    """Every documented parameter has its field; what is empty is absent, what is unknown is kept."""
    event = parse_trusted(JOIN)
    assert event == ParticipantJoined(
        event_name="ParticipantJoin",
        event_timestamp=datetime(2026, 11, 23, 10, 15, tzinfo=UTC),
        mpc_uuid="3a7f1c2e-0000-4000-8000-000000000001",
        mpc_name="support-4812",
        member_id="355",
        member_address="+14157654321",
        call_uuid="c0267574-5c12-4861-8990-da9404c8cdf6",
        call_from="14151234567",
        call_to="sip:anna@phone.plivo.com",
        call_direction="inbound",
        role="agent",
        coach_mode=False,
        sequence_number=2,
        extra={"Tomorrow": "new"},
    )
    assert event.raw == tuple(JOIN.items())
    assert event.at == datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
    match event:
        case ParticipantJoined(mpc_name="support-4812", member_id=who):
            assert who == "355"
        case _:
            pytest.fail("it doesn't match")


def test_a_conference_ends() -> None:
    """Amounts are exact, and the cause is a number as well."""
    params = {
        "EventName": "MPCEnd",
        "MPCUUID": "u",
        "MPCDuration": "61",
        "MPCBilledDuration": "120",
        "MPCBilledAmount": "0.00500",
        "MPCTerminationCause": "No Active Participants",
        "MPCTerminationCauseCode": "1000",
        "MemberID": "",
    }
    event = parse_trusted(params)
    assert isinstance(event, MpcEnded)
    assert (event.duration, event.billed_duration, event.billed_amount) == (61, 120, Decimal("0.00500"))
    assert (event.termination_cause, event.termination_cause_code) == ("No Active Participants", 1000)
    assert (event.mpc_name, event.at, event.extra) == (None, None, {})


@pytest.mark.parametrize("name", BY_EVENT_NAME)
def test_every_documented_event_has_a_class(name: str) -> None:
    """The name alone, with what the event can't be without, is enough."""
    event = parse_trusted({"EventName": name, **LEAST})
    assert type(event) is BY_EVENT_NAME[name]
    assert event.event_name == name
    assert isinstance(event, MpcEvent)
    assert event.mpc_uuid == "u"


def test_no_two_names_are_one_class() -> None:
    """Nor is any event left without a class: sections 4.2 to 4.4 have 26."""
    assert len(set(BY_EVENT_NAME.values())) == len(BY_EVENT_NAME) == 26


def test_recordings() -> None:
    """Of a conference, and of a participant, for which no conference is documented."""
    params = {
        "EventName": "MPCRecordingCompleted",
        "MPCUUID": "u",
        "RecordingUUID": "r",
        "RecordingURL": "https://media.plivo.com/r.mp3",
        "RecordingResourceURL": "https://api.plivo.com/r/",
        "RecordingFormat": "mp3",
        "RecordingStartTime": "2026-11-23 10:15:00+00:00",
        "RecordingEndTime": "2026-11-23 10:16:00+00:00",
        "RecordingDuration": "60",
        "SequenceNumber": "4",
    }
    event = parse_trusted(params)
    assert isinstance(event, MpcRecordingCompleted)
    assert event.recording_end_time == datetime(2026, 11, 23, 10, 16, tzinfo=UTC)
    assert (event.recording_duration, event.recording_format, event.extra) == (Decimal(60), "mp3", {})
    one = parse_trusted(
        {"EventName": "ParticipantRecordingCompleted", "MemberID": "3", "RecordingUUID": "r", "RecordingEndTime": ""}
    )
    assert isinstance(one, ParticipantRecordingCompleted)
    assert (one.mpc_uuid, one.member_id, one.recording_end_time) == (None, "3", None)


def test_an_exit_action() -> None:
    """Its conference's name has another word on the wire, and it has no event's name."""
    params = {
        "MPCUUID": "u",
        "MPCFriendlyName": "support-4812",
        "MemberID": "1",
        "ParticipantCallUUID": "c",
        "ParticipantJoinTime": "2026-11-23 10:15:00+00:00",
        "ParticipantEndTime": "2026-11-23 10:17:00+00:00",
        "ParticipantRole": "Customer",
        "CallUUID": "c",
        "Event": "Redirect",
    }
    event = parse_trusted(params)
    assert isinstance(event, ExitActionRequested)
    assert (event.mpc_name, event.role, event.event_name) == ("support-4812", "customer", None)
    assert event.at == datetime(2026, 11, 23, 10, 17, tzinfo=UTC)
    assert event.extra == {"CallUUID": "c", "Event": "Redirect"}
    assert isinstance(parse_trusted(without(params, "MPCFriendlyName")), ExitActionRequested)


def test_a_call_ends() -> None:
    """Times without a zone are local; their instants are inferred from the one that is in UTC."""
    event = parse_trusted(HANGUP)
    assert isinstance(event, CallEnded)
    assert event.answered
    assert (event.hangup_cause, event.hangup_cause_code, event.duration, event.billed_duration) == (
        "NORMAL_CLEARING",
        4000,
        66,
        120,
    )
    assert event.answer_time_local == datetime(2024, 5, 6, 15, 30, 9)
    assert event.answer_time == datetime(2024, 5, 6, 10, 0, 9, tzinfo=UTC)
    assert event.at == event.end_time == datetime(2024, 5, 6, 10, 1, 15, tzinfo=UTC)
    assert event.session_start == datetime(2024, 5, 6, 10, 0, 2, 238707, tzinfo=UTC)
    assert event.total_cost == Decimal("0.01000")
    assert event.sip_headers == {"X-PH-Order": "7"}


@pytest.mark.parametrize("hours", [-12, -3.5, 0, 5.75, 14])
def test_the_zone_of_a_call_is_inferred_to_the_quarter_of_an_hour(hours: float) -> None:
    """Whatever the zone, with a phone that rang before its media began."""
    began = datetime(2024, 5, 6, 10, 0, 2, tzinfo=UTC)
    local = (began + timedelta(hours=hours, seconds=-40)).strftime("%Y-%m-%d %H:%M:%S")
    event = parse_trusted({**HANGUP, "SessionStart": f"{began:%Y-%m-%d %H:%M:%S}", "StartTime": local})
    assert isinstance(event, CallEnded)
    assert event.start_time == began - timedelta(seconds=40)


def test_a_call_that_was_answered_for_no_second_was_answered() -> None:
    """The time of the answer tells, not the seconds."""
    event = parse_trusted({**HANGUP, "Duration": "0", "BillDuration": "0"})
    assert isinstance(event, CallEnded)
    assert event.answered


def test_a_declined_call_was_not_answered() -> None:
    """An empty time of the answer is none; what is unknown isn't made up."""
    event = parse_trusted(
        {
            **without(HANGUP, "SessionStart"),
            "AnswerTime": "",
            "CallStatus": "busy",
            "Duration": "0",
            "BillDuration": "0",
        }
    )
    assert isinstance(event, CallEnded)
    assert not event.answered
    assert (event.answer_time, event.end_time, event.at) == (None, None, None)


@pytest.mark.parametrize(
    ("params", "cls"),
    [
        ({"Event": "Ring", "CallStatus": "ringing"}, CallRinging),
        ({"CallStatus": "ringing"}, CallRinging),
        ({"Event": "StartApp", "CallStatus": "ringing"}, AnswerRequested),
        ({"Event": "StartApp", "CallStatus": "in-progress"}, AnswerRequested),
        ({"Event": "MachineDetection", "Machine": "true", "IfMachine": "hangup"}, MachineDetected),
        *[
            ({"CallStatus": word}, CallEnded)
            for word in ("completed", "busy", "failed", "timeout", "no-answer", "cancel")
        ],
        ({"CallStatus": "in-progress"}, CallStatusChanged),
        ({"CallStatus": "in-progress", "Digits": "1"}, ActionRequested),
        ({"CallStatus": "in-progress", "Digits": "", "InputType": "dtmf"}, ActionRequested),
        ({"CallStatus": "completed", "DialStatus": "busy"}, ActionRequested),
        ({"CallStatus": "in-progress", "Event": "StartApp", "RecordUrl": "https://h/r.mp3"}, ActionRequested),
        ({"CallStatus": "in-progress", "Event": "Tomorrow", "Speech": "yes"}, ActionRequested),
        ({"CallStatus": "completed", "Event": "Hangup", "RecordUrl": "https://h/r.mp3"}, CallEnded),
        ({"CallStatus": "tomorrow"}, CallStatusChanged),
        ({"Event": "Tomorrow", "CallStatus": "completed"}, UnknownEvent),
        ({}, UnknownEvent),
    ],
)
def test_what_comes_of_a_call(params: dict[str, str], cls: type[Event]) -> None:
    """By its event, else by its status."""
    assert type(parse_trusted({"CallUUID": "c", **params})) is cls


def test_what_an_element_has_come_to() -> None:
    """Keys, words, a dial, a recording."""
    event = parse_trusted(
        {"CallUUID": "c", "Event": "StartApp", "Digits": "12", "InputType": "dtmf", "Speech": "my secret",
         "RecordUrl": "https://h/r.mp3", "RecordingID": "r", "RecordingDuration": "-1", "DialStatus": "busy"}
    )  # fmt: skip
    assert isinstance(event, ActionRequested)
    assert (event.digits, event.input_type, event.speech, event.dial_status) == ("12", "dtmf", "my secret", "busy")
    assert (event.record_url, event.recording_id, event.recording_duration) == ("https://h/r.mp3", "r", Decimal(-1))
    assert (event.wants_xml, event.extra) == (True, {})
    assert "secret" not in repr(event)
    assert "digits=****" in repr(event)


def test_results_of_requests() -> None:
    """In the asynchronous form, of the Record API, and of transcriptions."""
    result = parse_trusted({"api_id": "a", "message": "done", "request_uuid": "q", "mute": "ok"})
    assert result == AsyncResult(api_id="a", message="done", request_uuid="q", extra={"mute": "ok"})
    recorded = parse_trusted({"api_id": "a", "record_url": "https://h/r.mp3", "recording_duration": "3.5"})
    assert isinstance(recorded, CallRecorded)
    assert recorded.recording_duration == Decimal("3.5")
    assert isinstance(parse_trusted({"transcription": "hello", "call_uuid": "c"}), Transcribed)


def test_what_nobody_knows_is_kept() -> None:
    """An unknown event is one, whole; so are parameters that are no event at all."""
    params = {"EventName": "ParticipantAudioStart", "MPCUUID": "u", "EventTimestamp": "2026-11-23 10:15:00+00:00"}
    event = parse_trusted({**params, "SequenceNumber": "9"})
    assert isinstance(event, UnknownEvent)
    assert event.extra == {**params, "SequenceNumber": "9"}
    assert event.order_key == (datetime(2026, 11, 23, 10, 15, tzinfo=UTC), 9)
    assert (event.get("MPCUUID"), event.event_name) == ("u", "ParticipantAudioStart")
    assert parse_trusted({"CallUUID": "c", "Event": "Tomorrow"}).event_name == "Tomorrow"
    assert parse_trusted({"a": "b"}).order_key == (datetime.max.replace(tzinfo=UTC), 0)
    assert parse_trusted({"EventTimestamp": "noon", "SequenceNumber": "x"}).at is None


# ---- Malformed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"MPCUUID": "", "MPCName": ""}, "MPCUUID"),
        ({"MemberID": ""}, "MemberID"),
        ({"EventTimestamp": "+14157654321"}, "EventTimestamp"),
        ({"EventTimestamp": "2026-02-30 10:00:00+00:00"}, "EventTimestamp"),
        ({"EventTimestamp": "0001-01-01 00:00:00+05:30"}, "EventTimestamp"),
        ({"SequenceNumber": "+14157654321"}, "SequenceNumber"),
        ({"SequenceNumber": "٣"}, "SequenceNumber"),
        ({"ParticipantCoachMode": "+14157654321"}, "ParticipantCoachMode"),
        ({"MemberID": ["1", "+14157654321"]}, "MemberID"),
        ({"EventName": ["MPCStart", "MPCEnd"]}, "EventName"),
    ],
)
def test_what_is_malformed_is_no_event(changes: dict[str, Any], parameter: str) -> None:
    """The error names the parameter, and repeats no value."""
    with pytest.raises(MalformedCallbackError) as caught:
        parse_trusted({**JOIN, **changes})
    error = caught.value
    assert error.parameter == parameter
    assert error.message.startswith(parameter)
    assert "415" not in str(error.to_dict())
    assert error.__cause__ is None
    assert pickle.loads(pickle.dumps(error)).parameter == parameter  # noqa: S301


@pytest.mark.parametrize(
    "params", [{}, [], "", "a=b", b"a=b", 5, None, ["ab"], [("a",)], {"a": 1}, {1: "a"}, [("a", ["b", 2])]]
)
def test_what_are_no_parameters_is_refused(params: Any) -> None:
    """No other error comes of it."""
    with pytest.raises(MalformedCallbackError):
        parse_trusted(params)


def test_a_value_that_comes_twice_the_same_is_one() -> None:
    """And an empty one beside another doesn't count."""
    event = parse_trusted([*JOIN.items(), ("MemberID", "355"), ("MemberID", ""), ("k", "1"), ("k", "2")])
    assert isinstance(event, ParticipantJoined)
    assert (event.member_id, event.extra["k"]) == ("355", "1")
    assert event.raw[-2:] == (("k", "1"), ("k", "2"))


@pytest.mark.parametrize("text", ["true", "True", "TRUE", "1", "false", "False", "FALSE", "0"])
def test_booleans_in_any_case(text: str) -> None:
    """Which case Plivo writes is unverified."""
    event = parse_trusted({**JOIN, "ParticipantCoachMode": text})
    assert isinstance(event, ParticipantJoined)
    assert event.coach_mode is (text.lower() in ("true", "1"))


KNOWN = {*JOIN, *HANGUP, *JOIN.values(), *HANGUP.values(), *BY_EVENT_NAME, "MPCFriendlyName", "api_id"}
WIRE = {"message", "error", "api_id", "request_uuid", *(name for names in NAMES.values() for name in names.values())}
WORDS = st.one_of(
    st.sampled_from(
        sorted({*JOIN, *HANGUP, *JOIN.values(), *HANGUP.values(), *BY_EVENT_NAME, "MPCFriendlyName", "api_id"})
    ),
    st.text(max_size=8),
)


def test_many_values_of_one_name_are_read_in_no_time() -> None:
    """Each is looked up, not compared with all others: this would take minutes."""
    event = parse_trusted({"k": [str(number) for number in range(100_000)]})
    assert (event.extra, len(event.raw)) == ({"k": "0"}, 100_000)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=12))
def test_any_parameters_are_an_event_or_malformed(params: list[tuple[str, str]]) -> None:
    """Nothing else is raised, nothing is lost, and what is made can be stored and made again."""
    try:
        event = parse_trusted(params)
    except MalformedCallbackError:
        return
    assert event.raw == tuple(params)
    assert parse_trusted(json.loads(json.dumps(event.raw))) == event
    assert pickle.loads(pickle.dumps(event)) == event  # noqa: S301
    hash(event)
    repr(event)
    assert event.order_key <= (datetime.max.replace(tzinfo=UTC), 10**100)
    assert all(isinstance(part, str) for part in event.dedupe_key)
    json.dumps(event.to_dict())
    assert set(event.extra) <= {name for name, text in params if text} <= {*event.extra, *WIRE}


# ---- Identity and order ---------------------------------------------------------------------------------------------


def test_the_same_event_has_the_same_key() -> None:
    """Of the conference, the event, the member and the number; not of one alone."""
    event = parse_trusted(JOIN)
    assert event.dedupe_key == ("mpc", JOIN["MPCUUID"], "ParticipantJoin", "355", "2")
    assert parse_trusted({**JOIN, "Tomorrow": "other"}).dedupe_key == event.dedupe_key
    changes = [("MPCUUID", "v"), ("EventName", "ParticipantExit"), ("MemberID", "356"), ("SequenceNumber", "3")]
    keys = {parse_trusted({**JOIN, name: text}).dedupe_key for name, text in changes}
    assert len({event.dedupe_key, *keys}) == 5


def test_recordings_count_for_themselves() -> None:
    """Two recordings of one conference may have the same sequence numbers."""
    params = {"EventName": "MPCRecordingInitiated", "MPCUUID": "u", "SequenceNumber": "1"}
    keys = {parse_trusted({**params, "RecordingUUID": one}).dedupe_key for one in "ab"}
    assert len(keys) == 2


def test_a_conference_that_has_only_a_name_is_told_apart_by_all() -> None:
    """The name may be the next conference's."""
    named = without(JOIN, "MPCUUID")
    assert parse_trusted(named).dedupe_key == ("ParticipantJoined", parse_trusted(named).dedupe_key[1])
    assert parse_trusted(named).dedupe_key != parse_trusted({**named, "Tomorrow": "other"}).dedupe_key


def test_those_who_are_being_added_are_told_apart_by_their_calls() -> None:
    """They are no members yet."""
    params = {"EventName": "AddParticipantByAPIActionInitiated", "MPCUUID": "u", "SequenceNumber": "1"}
    keys = {parse_trusted({**params, "ParticipantCallUUID": one}).dedupe_key for one in "ab"}
    assert len(keys) == 2


def test_without_a_number_all_parameters_are_the_key() -> None:
    """In any order; a difference anywhere makes another event, and no text runs into the next."""
    bare = without(JOIN, "SequenceNumber")
    key = parse_trusted(bare).dedupe_key
    assert parse_trusted(dict(reversed(bare.items()))).dedupe_key == key
    assert parse_trusted({**bare, "Tomorrow": "other"}).dedupe_key != key
    assert parse_trusted({"ab": "c"}).dedupe_key != parse_trusted({"a": "bc"}).dedupe_key


def test_calls_are_told_apart_by_event_status_and_phone() -> None:
    """The ring of each of several destinations counts; what asks for an answer is never the same."""
    ring = {"Event": "Ring", "CallUUID": "c", "CallStatus": "ringing", "To": "1"}
    assert parse_trusted(ring).dedupe_key == parse_trusted({**ring, "BillRate": "1"}).dedupe_key
    assert parse_trusted(ring).dedupe_key != parse_trusted({**ring, "To": "2"}).dedupe_key
    action = {"CallUUID": "c", "Event": "StartApp", "Digits": "1"}
    assert parse_trusted(action).dedupe_key != parse_trusted({**action, "Digits": "2"}).dedupe_key


def test_events_are_ordered_by_time_then_number() -> None:
    """Plivo's time decides, whatever its offset; those without one come last."""

    def event(timestamp: str, number: str) -> Event:
        return parse_trusted({**JOIN, "EventTimestamp": timestamp, "SequenceNumber": number})

    first = event("2026-11-23 15:44:59+05:30", "9")
    second, third = event("2026-11-23 10:15:00+00:00", "2"), event("2026-11-23 10:15:00+00:00", "10")
    last = event("", "1")
    assert sorted([last, third, first, second], key=lambda one: one.order_key) == [first, second, third, last]


def test_bases_say_what_events_are() -> None:
    """So that a handler of a base gets all below it."""
    assert issubclass(MpcStarted, MpcStateEvent)
    assert issubclass(ParticipantLeft, MemberEvent)
    assert issubclass(AddParticipantCompleted, AddParticipantEvent)
    assert issubclass(MpcRecordingCompleted, MpcRecordingEvent)
    assert issubclass(ParticipantRecordingCompleted, ParticipantRecordingEvent)
    for cls in (MpcStateEvent, ParticipantEvent, RecordingEvent, ExitActionRequested):
        assert issubclass(cls, MpcEvent)
    assert issubclass(MemberEvent, ParticipantEvent)
    assert issubclass(AnswerRequested, CallEvent)


# ---- What shows, and what can be done with them ---------------------------------------------------------------------


def test_nothing_private_shows() -> None:
    """Numbers and addresses are masked, also in what nobody knows; keys that were pressed don't show at all."""
    shown = repr(parse_trusted({**JOIN, "MPCName": "anna@example.com", "Tomorrow": "call +49 30 1234567"}))
    assert "4321'" in shown
    for private in ("415765", "415123", "anna", "1234567"):
        assert private not in shown
    assert "415" not in repr(parse_trusted(HANGUP))
    digits = parse_trusted({**JOIN, "EventName": "ParticipantDigitInput", "DigitInput": "1234"})
    assert isinstance(digits, ParticipantDigitInput)
    assert digits.digits == "1234"
    assert "1234'" not in repr(digits)
    assert "digits=****" in repr(digits)


def test_what_is_long_is_cut() -> None:
    """A log isn't filled by one value."""
    assert len(repr(parse_trusted({**JOIN, "MPCName": "x" * 10_000, "Tomorrow": "y" * 10_000}))) < 2_500


def test_keys_tell_no_number() -> None:
    """They are kept, and shown, where reprs aren't."""
    assert "4157654321" not in str(parse_trusted({**HANGUP, "Event": "Ring"}).dedupe_key)


def test_control_characters_are_not_obeyed() -> None:
    """A name from outside can't write to a terminal."""
    assert "\x1b" not in repr(parse_trusted({**JOIN, "MPCName": "\x1b[31m", "k\x1b": "\u202e"}))


@pytest.mark.parametrize("params", [JOIN, HANGUP, {"api_id": "a"}, {"k": "v"}])
def test_events_are_values(params: dict[str, str]) -> None:
    """Frozen; they pickle, copy, compare, hash, and turn into JSON."""
    event = parse_trusted(params)
    assert pickle.loads(pickle.dumps(event)) == copy.deepcopy(event) == event  # noqa: S301
    assert len({event, parse_trusted(params)}) == 1
    assert json.loads(json.dumps(event.to_dict()))["extra"] == event.extra
    with pytest.raises(AttributeError):
        event.event_name = "other"  # type: ignore[misc]


@pytest.mark.parametrize("cls", EVENTS)
def test_classes_say_where_they_are_from(cls: type[Event]) -> None:
    """They are `plivo_async.webhooks.X`, small, and every field of theirs says what it means."""
    assert (cls.__module__, getattr(webhooks, cls.__name__)) == ("plivo_async.webhooks", cls)
    assert not hasattr(cls, "__dict__") or "__dict__" not in dir(cls)
    assert all(one.kw_only for one in fields(cls))
    assert cls.__doc__


def test_the_errors_are_the_packages() -> None:
    """One tree for all."""
    assert issubclass(MalformedCallbackError, PlivoError)
    assert webhooks.MalformedCallbackError is MalformedCallbackError
