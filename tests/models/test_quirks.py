"""Answers that don't look as documented: other sources, other releases, mistakes."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.models import (
    Accepted,
    AddedParticipant,
    DialledCall,
    MultiPartyCall,
    PageMeta,
    Participant,
    ParticipantUpdate,
    Playback,
    Recording,
    decode,
    decode_page,
)

T = TypeVar("T")

CALL = {"mpc_uuid": "u", "friendly_name": "n", "status": "Active"}
PERSON = {"member_id": "1", "mpc_uuid": "u", "call_uuid": "c", "role": "agent"}
NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
REQUIRED: dict[type[Any], dict[str, Any]] = {MultiPartyCall: CALL, Participant: PERSON}
MODELS: list[type[Any]] = [
    Accepted,
    AddedParticipant,
    DialledCall,
    MultiPartyCall,
    PageMeta,
    Participant,
    ParticipantUpdate,
    Playback,
    Recording,
]
WIRE = {"from_": "from", "mpc_member_id": "mpcMemberId", "mpc_name": "mpcName"}
ALIASES = {"multiparty_call_uuid": "mpc_uuid", "participant_exit_cause": "exit_cause", "total_count": "count"}
OPTIONAL = [
    (cls, field.name)
    for cls in MODELS
    for field in fields(cls)
    if field.name != "extra" and field.name not in REQUIRED.get(cls, {})
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.text(st.characters(categories=["Cs"]), max_size=3)
    | st.integers(10**40)
    | st.sampled_from(["null", "", "true", "False", "33", "-1", "1e5", "NaN", "sNaN", "-Infinity", "1e999999999"])
    | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])).map(str)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)


def call(**changed: Any) -> MultiPartyCall:
    """A conference, with these keys on the wire."""
    return decode(MultiPartyCall, CALL | changed)


def person(**changed: Any) -> Participant:
    """A participant, with these keys on the wire."""
    return decode(Participant, PERSON | changed)


@pytest.mark.parametrize(
    ("wire", "status"),
    [
        ("Initialized", "Initialized"),
        ("initialized", "Initialized"),
        ("Active", "Active"),
        ("ACTIVE", "Active"),
        ("ended", "Ended"),
        ("Ended", "Ended"),
        ("Paused", "Paused"),
        ("on-hold", "on-hold"),
        ("", ""),
    ],
)
def test_status_in_any_case(wire: str, status: str) -> None:
    """The three known ones are spelled as documented; one that nobody knows stays as it came (quirk 15)."""
    assert call(status=wire).status == status


@pytest.mark.parametrize(
    ("wire", "amount"),
    [
        ("0.00500", "0.00500"),
        (0.005, "0.005"),
        (0.1, "0.1"),
        (5, "5"),
        ("5", "5"),
        (1e-7, "1E-7"),
        (-0.5, "-0.5"),
        ("12345678901234567890.00001", "12345678901234567890.00001"),
    ],
)
def test_amounts_as_text_or_number(wire: object, amount: str) -> None:
    """Text in captures, a number in one sample: exact either way, with no binary noise (quirk 16)."""
    assert str(call(billed_amount=wire).billed_amount) == amount
    assert str(person(billed_amount=wire).billed_amount) == amount


@pytest.mark.parametrize("wire", ["NaN", "sNaN", "Infinity", float("nan"), float("inf"), "a lot", True, [1], {}])
def test_no_amounts(wire: object) -> None:
    """None, and what came is kept; no amount ever breaks a sum."""
    found = call(billed_amount=wire)
    assert found.billed_amount is None
    assert found.extra["billed_amount"] is wire


@pytest.mark.parametrize("wire", [None, "null"])
def test_recording_of_what_has_ended(wire: object) -> None:
    """Null in captures, the text "null" in one sample (quirk 17)."""
    found = call(recording=wire)
    assert (found.recording, found.extra) == (None, {})


@pytest.mark.parametrize("name", [name for _, name in OPTIONAL if name != "calls"])
@pytest.mark.parametrize("wire", [None, "null"])
def test_null_is_none_everywhere(name: str, wire: object) -> None:
    """For all that needn't be there; nothing of it is left in `extra`."""
    for cls in MODELS:
        if (cls, name) in OPTIONAL:
            found = decode(cls, REQUIRED.get(cls, {}) | {WIRE.get(name, name): wire})
            assert getattr(found, name) in (None, ())
            assert found.extra == {}


def test_null_is_a_name() -> None:
    """A conference may be called so, as anything that must be there may be."""
    assert call(friendly_name="null").friendly_name == "null"


def test_blank_is_none_but_in_text() -> None:
    """Of what is no text, "" says nothing."""
    found = call(duration="", stay_alone="", end_time="", billed_amount="", termination_cause="", max_duration="")
    assert (found.duration, found.stay_alone, found.end_time, found.billed_amount) == (None, None, None, None)
    assert (found.termination_cause, found.extra) == ("", {})


def test_update_flat_and_nested() -> None:
    """Captures have the messages at the top, one sample nests them; the text is never looked at (quirk 21)."""
    flat = {"api_id": "a", "mute": "succeded", "hold": "x"}
    assert decode(ParticipantUpdate, flat) == ParticipantUpdate(api_id="a", mute="succeded", hold="x")
    nested = {"api_id": "a", "request_uuid": "r", "message": {"mute": "succeded", "coach_mode": "y"}}
    assert decode(ParticipantUpdate, nested) == ParticipantUpdate(
        api_id="a", request_uuid="r", mute="succeded", coach_mode="y"
    )
    assert decode(ParticipantUpdate, {"message": "changed"}) == ParticipantUpdate(message="changed")


def test_update_both_flat_and_nested() -> None:
    """What stands at the top counts, and nothing of the rest is lost."""
    both = {"mute": "top", "message": {"mute": "below", "hold": "below", "new": 1}}
    assert decode(ParticipantUpdate, both) == ParticipantUpdate(
        mute="top", hold="below", extra={"message": {"mute": "below", "new": 1}}
    )


def test_a_recording_of_which_little_is_said() -> None:
    """One sample has a message and a `request_uuid`, which no other source knows (quirk 22)."""
    found = decode(Recording, {"message": "started", "request_uuid": "r"})
    assert found == Recording(message="started", extra={"request_uuid": "r"})


def test_names_in_tables_are_read_as_well() -> None:
    """`exit_cause` and `mpc_uuid` on the wire have other names in the documents' tables (quirk 23)."""
    tables = {"member_id": "1", "multiparty_call_uuid": "u", "call_uuid": "c", "role": "agent"}
    found = decode(Participant, tables | {"participant_exit_cause": "Participant Call Hangup"})
    assert (found.mpc_uuid, found.exit_cause, found.extra) == ("u", "Participant Call Hangup", {})


def test_both_names_at_once() -> None:
    """The one on the wire counts, unless it is null; the other is kept."""
    both = person(exit_cause="wire", participant_exit_cause="table")
    assert (both.exit_cause, both.extra) == ("wire", {"participant_exit_cause": "table"})
    null = person(exit_cause=None, participant_exit_cause="table")
    assert (null.exit_cause, null.extra) == ("table", {"exit_cause": None})


def test_total_count() -> None:
    """One sample counts with another word; links may be missing (quirk 31)."""
    meta, people = decode_page(Participant, {"api_id": "a", "meta": {"total_count": 2}, "objects": [PERSON]})
    assert (meta.count, meta.next, meta.previous, meta.limit) == (2, None, None, None)
    assert people == (person(),)


@pytest.mark.parametrize("cls", MODELS)
def test_unknown_keys_are_kept(cls: type[Any]) -> None:
    """Whatever Plivo adds tomorrow, also under names that models have themselves (quirk 35)."""
    new = {"colour": "red", "extra": 1, "from_": 2, "self": 3, "cls": 4, "": {"deep": [None]}}
    assert decode(cls, REQUIRED.get(cls, {}) | new).extra == new


@pytest.mark.parametrize(
    "wire",
    [
        "2026-11-24 12:00:00+00:00",
        "2026-11-24 17:30:00+05:30",
        "2026-11-24 04:00:00-08:00",
        "2026-11-24T12:00:00Z",
        "2026-11-24 12:00:00.000000+00:00",
        "2026-11-24 12:00:00",
    ],
)
def test_one_instant_in_many_offsets(wire: str) -> None:
    """Live in UTC, over in the account's zone: the same instant, in UTC; without an offset it is UTC."""
    found = call(start_time=wire).start_time
    assert found == NOON
    assert found.utcoffset() == timedelta(0)
    assert found.tzinfo is UTC


def test_implausible_times() -> None:
    """One capture claims 1975; it isn't judged. What UTC can't express is kept as it came."""
    assert call(creation_time="1975-01-16 03:32:55+00:00").creation_time == datetime(1975, 1, 16, 3, 32, 55, tzinfo=UTC)
    for edge in ("0001-01-01 00:00:00+05:30", "9999-12-31 23:59:59-05:30"):
        found = call(creation_time=edge)
        assert (found.creation_time, found.extra) == (None, {"creation_time": edge})


@pytest.mark.parametrize("wire", [1606800000, 1.5, "1606800000", "2026-11-24", "2026-02-30 12:00:00+00:00", "soon", []])
def test_no_times(wire: object) -> None:
    """A number is no time: of what, since when? None, and what came is kept."""
    found = call(end_time=wire)
    assert (found.end_time, found.extra) == (None, {"end_time": wire})


@pytest.mark.parametrize(("wire", "number"), [(33, 33), ("33", 33), (33.0, 33), (0, 0), ("0", 0), (-5, -5)])
def test_numbers_as_text(wire: object, number: int) -> None:
    """As a number or as text."""
    found = call(duration=wire, termination_cause_code=wire)
    assert (found.duration, found.termination_cause_code) == (number, number)


@pytest.mark.parametrize(
    ("wire", "flag"), [(True, True), ("true", True), ("False", False), (False, False), (1, True), (0, False)]
)
def test_flags_as_text(wire: object, flag: bool) -> None:
    """True and false, also as text, which is how one SDK models `stay_alone`."""
    assert call(stay_alone=wire).stay_alone is flag
    assert person(mute=wire).mute is flag


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("duration", "long"),
        ("duration", 1.5),
        ("duration", True),
        ("duration", [1]),
        ("stay_alone", "maybe"),
        ("stay_alone", 2),
        ("recording", 1),
        ("sub_account", {"auth_id": "SA"}),
        ("termination_cause_code", "none"),
    ],
)
def test_a_wrong_type_is_kept_aside(name: str, wire: object) -> None:
    """One unreadable field doesn't make an answer unreadable."""
    found = call(**{name: wire})
    assert getattr(found, name) is None
    assert found.extra == {name: wire}


def test_member_ids_as_numbers() -> None:
    """Always text, whatever Plivo sends."""
    assert person(member_id=355).member_id == "355"
    assert decode(Playback, {"mpcMemberId": [1825, "1826"]}).mpc_member_id == ("1825", "1826")


def test_roles_in_lower_case() -> None:
    """Whatever the case in which they came; unknown ones stay."""
    assert [person(role=role).role for role in ("Agent", "supervisor", "AI-Agent")] == [
        "agent",
        "supervisor",
        "ai-agent",
    ]


@pytest.mark.parametrize("calls", [{"to": "1"}, "1415", 5, [1], [{"to": "1"}, None]])
def test_calls_of_another_shape(calls: object) -> None:
    """What was dialled was dialled: an answer that looks strange is kept, and is no failure."""
    found = decode(AddedParticipant, {"request_uuid": "r", "calls": calls})
    assert (found.request_uuid, found.calls, found.extra) == ("r", (), {"calls": calls})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "MultiPartyCall must be an object, not null"),
        ([], "MultiPartyCall must be an object, not an array"),
        ("14157654321", "MultiPartyCall must be an object, not text"),
        (3, "MultiPartyCall must be an object, not a number"),
        (True, "MultiPartyCall must be an object, not a boolean"),
        ({"friendly_name": "n", "status": "s"}, "MultiPartyCall.mpc_uuid is missing"),
        (CALL | {"mpc_uuid": None}, "MultiPartyCall.mpc_uuid must be text, not null"),
        (CALL | {"status": 14157654321}, "MultiPartyCall.status must be text, not a number"),
        (CALL | {"friendly_name": {"a": 1}}, "MultiPartyCall.friendly_name must be text, not an object"),
    ],
)
def test_what_makes_a_conference_is_needed(data: object, words: str) -> None:
    """The message names the field, and repeats nothing of what came: it may be somebody's number."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (compared below)
        decode(MultiPartyCall, data)
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "a page must be an object, not null"),
        ([], "a page must be an object, not an array"),
        ({}, "objects must be an array, not null"),
        ({"objects": {}}, "objects must be an array, not an object"),
        ({"objects": [], "meta": 5}, "meta must be an object, not a number"),
        ({"objects": [PERSON, PERSON | {"role": None}]}, "objects[1]: Participant.role must be text, not null"),
        ({"objects": [None]}, "objects[0]: Participant must be an object, not null"),
    ],
)
def test_pages_that_are_none(data: object, words: str) -> None:
    """A page that can't be read whole is none: a list with a hole would be taken for the list."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (compared below)
        decode_page(Participant, data)
    assert str(caught.value) == words


def test_what_stands_beside_meta() -> None:
    """It counts as if it stood in it; what is in it comes first."""
    meta, _ = decode_page(Participant, {"objects": [], "api_id": "a", "count": 1, "meta": {"count": 2}, "new": 3})
    assert meta == PageMeta(count=2, api_id="a", extra={"new": 3})
    assert decode_page(Participant, {"objects": []}) == (PageMeta(), ())


# ---- Whatever comes --------------------------------------------------------------------------------------------------


def wire_names(cls: type[Any]) -> list[str]:
    """All keys that a model looks for, and some more."""
    return [WIRE.get(field.name, field.name) for field in fields(cls)] + [*ALIASES, "colour"]


def lost(model: Any, wire: dict[str, Any]) -> list[str]:
    """The keys whose values are neither in a field nor kept, though they say something."""
    inner = wire.get("message")
    if isinstance(model, ParticipantUpdate) and isinstance(inner, dict):
        kept = model.extra.get("message", {})
        return lost(model, {key: value for key, value in (inner | wire).items() if key not in {"message", *kept}})
    names = {key: name for name, key in WIRE.items()} | ALIASES
    return [
        key
        for key, value in wire.items()
        if key not in model.extra
        and value not in (None, "null", "", [])
        and getattr(model, names.get(key, key), None) in (None, ())
    ]


@pytest.mark.parametrize("cls", MODELS)
@given(st.data())
def test_nothing_breaks_decoding_and_nothing_is_lost(cls: type[Any], data: st.DataObject) -> None:
    """Whatever is in any field: a `ValueError` of one line, or a model in which every key has its place."""
    known = st.dictionaries(st.sampled_from(wire_names(cls)), values, max_size=6)
    wire = REQUIRED.get(cls, {}) | data.draw(known)
    model: Any = attempted(lambda: decode(cls, wire))
    if model is None:
        assert cls in REQUIRED
        return
    assert lost(model, wire) == []
    for key, value in model.extra.items():
        assert value is wire.get(key) or key == "message"
    assert_typed(model)
    hash(model)
    repr(model)


@given(values)
def test_nothing_breaks_a_page(value: Any) -> None:
    """Whatever is a page, its meta or its objects."""
    for data in (value, {"objects": value}, {"objects": [], "meta": value}, {"objects": [PERSON | {"mute": value}]}):
        page = attempted(partial(decode_page, Participant, data))
        if page is not None:
            assert isinstance(page[0], PageMeta)
            assert all(isinstance(one, Participant) for one in page[1])


@given(st.decimals(allow_nan=False, allow_infinity=False, places=5, min_value=0, max_value=10**9))
def test_amounts_survive_as_text_and_as_json_numbers(amount: Decimal) -> None:
    """Text exactly; numbers to the digits that a float has."""
    assert call(billed_amount=str(amount)).billed_amount == amount
    sent = json.loads(json.dumps({"billed_amount": float(amount)}))
    assert call(**sent).billed_amount == Decimal(repr(float(amount)))


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_instants_survive_any_offset(moment: datetime, minutes: int) -> None:
    """The same instant, in UTC."""
    instant = moment.replace(microsecond=0, tzinfo=UTC)
    shown = instant.astimezone(timezone(timedelta(minutes=minutes))).isoformat(sep=" ")
    assert call(end_time=shown).end_time == instant


def attempted(decoding: Callable[[], T]) -> T | None:
    """What came of it; None if that was a plain `ValueError` of one line."""
    try:
        return decoding()
    except ValueError as error:
        if type(error) is not ValueError or "\n" in str(error):
            raise AssertionError(repr(error)) from error
        return None


def assert_typed(model: Any) -> None:
    """Every field holds what its annotation says."""
    for name, kind in get_type_hints(type(model)).items():
        value = getattr(model, name)
        if kind in (dict[str, Any], str):
            assert isinstance(value, dict if name == "extra" else str)
        elif value is not None:
            assert type(value).__name__ in str(kind), (name, value)
            if isinstance(value, datetime):
                assert value.tzinfo is UTC
