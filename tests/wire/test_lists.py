"""Filters on their way into a query."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import InvalidArgumentError as Invalid
from plivo_async.wire import callback, conference, deferred, list_conferences, list_participants

from .support import CALL, HOOK, asked, names, segments

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
INDIA = timezone(timedelta(hours=5, minutes=30))
TIMES = [f"{field}__{bound}" for field in ("end_time", "creation_time") for bound in ("gt", "gte", "lt", "lte")]
instants = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.sampled_from([UTC, INDIA]))


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "sub_account": st.from_regex(r"SA[A-Z0-9]{18}", fullmatch=True) | st.none(),
            "friendly_name": names | st.none(),
            "status": st.sampled_from(["initialized", "active", "ended"]) | st.none(),
            "termination_cause_code": st.integers(0, 9999) | st.none(),
            "limit": st.integers(1, 20) | st.none(),
            "offset": st.integers(0) | st.none(),
        },
    )
)
def test_filters_survive_their_encoding(filters: dict[str, Any]) -> None:
    """A server that decodes the query finds what was given, and nothing that wasn't."""
    request = list_conferences(filters)
    assert asked(request) == {name: str(value) for name, value in filters.items() if value is not None}
    assert segments(request) == ["MultiPartyCall"]


def test_list_is_as_documented() -> None:
    """A safe GET of the collection, without body or query; filters in the documented order."""
    request = list_conferences({})
    assert (request.operation, request.target, request.effect.value) == ("List MPCs", "MultiPartyCall/", "safe")
    assert (request.method, request.path, request.body, request.query) == ("GET", "MultiPartyCall/", None, "")
    assert list_conferences({"offset": 0, "limit": 5, "friendly_name": "a b+c/ö"}).query == (
        "friendly_name=a%20b%2Bc%2F%C3%B6&limit=5&offset=0"
    )


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (NOON, "2026-11-01 12:00:00"),
        (NOON.replace(microsecond=5), "2026-11-01 12:00:00.000005"),
        (datetime(2026, 11, 1, 2, 15, tzinfo=INDIA), "2026-10-31 20:45:00"),
        (datetime(800, 1, 1, tzinfo=UTC), "0800-01-01 00:00:00"),
    ],
)
def test_times_are_sent_in_utc(instant: datetime, text: str) -> None:
    """Without an offset, which is how Plivo reads them; a fraction only if there is one."""
    for name in TIMES:
        request = list_conferences({name: instant})
        assert asked(request) == {name: text}
        assert "%20" in request.query


@given(st.sampled_from(TIMES), instants)
def test_times_survive_their_encoding(name: str, instant: datetime) -> None:
    """The text means the same instant."""
    assert datetime.fromisoformat(f"{asked(list_conferences({name: instant}))[name]}+00:00") == instant


@given(st.sampled_from(["end_time", "creation_time"]), instants, instants)
def test_bounds_without_time_between_are_refused(field: str, after: datetime, before: datetime) -> None:
    """Bounds that nothing could meet are a mistake; a single instant is left only between gte and lte."""
    for lower in ("gt", "gte"):
        for upper in ("lt", "lte"):
            filters = {f"{field}__{lower}": after, f"{field}__{upper}": before}
            possible = after < before or (after == before and (lower, upper) == ("gte", "lte"))
            if possible:
                assert len(asked(list_conferences(filters))) == 2
            else:
                with pytest.raises(Invalid, match=f"^{field}__{lower} must be before {field}__{upper}"):
                    list_conferences(filters)


def test_bounds_of_the_same_instant() -> None:
    """In whatever zone it is given."""
    same = NOON.astimezone(INDIA)
    assert len(asked(list_conferences({"end_time__gte": NOON, "end_time__lte": same}))) == 2
    with pytest.raises(Invalid, match="there is no time between them"):
        list_conferences({"end_time__gt": NOON, "end_time__lt": same})
    assert len(asked(list_conferences({"end_time__gt": NOON, "creation_time__lt": NOON}))) == 2


@pytest.mark.parametrize(
    ("filters", "error", "words"),
    [
        ({"end_time": NOON}, TypeError, r"unknown filter 'end_time'; did you mean end_time__"),
        ({"creation_time_gt": NOON}, TypeError, r"unknown filter 'creation_time_gt'; did you mean creation_time__gt"),
        ({"zzz": 1}, TypeError, "unknown filter 'zzz'; there are sub_account, friendly_name, status"),
        ({"end_time__gt": "2026-11-01 08:30:00"}, TypeError, "end_time__gt must be an aware datetime, not str"),
        ({"end_time__gt": date(2026, 11, 1)}, TypeError, "end_time__gt must be an aware datetime, not date"),
        ({"end_time__gt": 1793520000}, TypeError, "end_time__gt must be an aware datetime, not int"),
        ({"end_time__gt": NOON.replace(tzinfo=None)}, Invalid, "end_time__gt is a datetime without a time zone, so"),
        ({"end_time__lt": datetime(1, 1, 1, tzinfo=INDIA)}, Invalid, "end_time__lt is out of range"),
        (
            {"status": "Active"},
            Invalid,
            "status must be 'initialized', 'active' or 'ended', not 'Active'; write 'active'",
        ),
        ({"status": "live"}, Invalid, "status must be 'initialized', 'active' or 'ended', not 'live'"),
        ({"sub_account": "MA000000000000000000"}, Invalid, "sub_account must be .* not 'MA"),
        ({"sub_account": "SA00000000000000000"}, Invalid, "sub_account must be a subaccount's Auth ID: SA and 18"),
        ({"sub_account": "sa000000000000000000"}, Invalid, "sub_account must be"),
        ({"sub_account": "SA000000000000000000\n"}, Invalid, "sub_account has a control character"),
        ({"friendly_name": ""}, Invalid, "the conference name in friendly_name is empty"),
        ({"friendly_name": "a\n"}, Invalid, "the conference name in friendly_name has a control character"),
        ({"friendly_name": 7}, TypeError, "friendly_name must be a str, not int"),
        ({"termination_cause_code": "1000"}, TypeError, "termination_cause_code must be an int"),
        ({"termination_cause_code": -1}, Invalid, "termination_cause_code must be a whole number, 0 or more"),
        ({"limit": 0}, Invalid, "limit must be a whole number, 1 to 20 on a page, not 0"),
        ({"limit": 21}, Invalid, "limit must be a whole number, 1 to 20 on a page, not 21"),
        ({"limit": True}, TypeError, "limit must be an int"),
        ({"offset": -1}, Invalid, "offset must be a whole number, 0 or more, not -1"),
        ({"offset": 1.0}, TypeError, "offset must be an int"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_filters_refused(filters: dict[str, Any], error: type[Exception], words: str) -> None:
    """Unknown ones, other types, other values: with the filter's name and what is allowed."""
    with pytest.raises(error, match=f"^{words}") as caught:
        list_conferences(filters)
    assert caught.type is error


@given(names, st.none() | st.uuids(), st.none() | st.integers(1, 20), st.none() | st.integers(0))
def test_list_of_participants(name: str, call_uuid: Any, limit: int | None, offset: int | None) -> None:
    """Of one conference; filters as given."""
    request = list_participants(conference(name), call_uuid=call_uuid, limit=limit, offset=offset)
    given_filters = {"call_uuid": call_uuid, "limit": limit, "offset": offset}
    assert asked(request) == {key: str(value) for key, value in given_filters.items() if value is not None}
    assert segments(request) == ["MultiPartyCall", f"name_{name}", "Participant"]
    assert (request.operation, request.target, request.effect.value) == ("List participants", name, "safe")
    assert (request.method, request.body) == ("GET", None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"call_uuid": "355"}, "call_uuid"), ({"limit": 21}, "limit"), ({"offset": -1}, "offset")],
)
def test_list_of_participants_refuses(arguments: dict[str, Any], words: str) -> None:
    """The same rules as for the other list."""
    with pytest.raises(Invalid, match=f"^{words} must be"):
        list_participants(conference("a"), **arguments)


def test_callbacks_of_lists() -> None:
    """Into the query, after the filters."""
    later = callback(HOOK, "GET")
    encoded = "callback_url=https%3A%2F%2Fexample.com%2Fhook%3Ftoken%3Da%2520b%26x%3D1&callback_method=GET"
    assert deferred(list_conferences({"limit": 1}), later).query == f"limit=1&{encoded}"
    assert deferred(list_participants(conference("a"), call_uuid=CALL), later).query == f"call_uuid={CALL}&{encoded}"


def test_query_too_long_for_a_url_is_refused() -> None:
    """What httpx couldn't send is refused before anything is sent."""
    assert segments(deferred(list_participants(conference("x" * 59_995)), callback(f"https://a.b/{'x' * 4_000}", None)))
    with pytest.raises(Invalid, match=r"^the URL is too long: path and arguments may have 65,000 characters"):
        deferred(list_participants(conference("x" * 59_995)), callback(f"https://a.b/{'x' * 6_000}", None))
