"""What a look shows, whatever the answer looks like."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.policy import Look, LookStatus
from plivo_async.wire import Answer, read_look

DATE = {"date": "Mon, 23 Nov 2026 12:00:10 GMT"}


def look(body: Any, status_code: int = 200, headers: dict[str, str] | None = None) -> Look | None:
    """What an answer with this body shows; anything but bytes is sent as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_look(Answer(status_code, DATE if headers is None else headers, raw))


@pytest.mark.parametrize(
    ("status", "seen"),
    [
        ("Active", LookStatus.ACTIVE),
        ("active", LookStatus.ACTIVE),
        ("ACTIVE", LookStatus.ACTIVE),
        ("Initialized", LookStatus.INITIALIZED),
        ("initialized", LookStatus.INITIALIZED),
        ("Ended", LookStatus.NOT_LIVE),
        ("ended", LookStatus.NOT_LIVE),
    ],
)
def test_look_reads_the_state_in_any_case(status: str, seen: LookStatus) -> None:
    """`Active` today, `ended` in old captures: the case of a state means nothing."""
    assert look({"status": status}) == Look(seen)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"{}",
        b"[]",
        b"null",
        b'"Active"',
        b"42",
        b"<html><body>It works!</body></html>",
        b'{"status": "Act',
        b'{"status": null}',
        b'{"status": ["Active"]}',
        b'{"status": {"Active": true}}',
        b'{"status": 1}',
        b'{"status": ""}',
        b'{"status": "Paused"}',
        b'{"status": " Active"}',
        b'{"Status": "Active"}',
        b"\xff\xfe\xfd",
        b"\x00",
        b"[" * 100_000,
        b'{"status":' * 5_000,
        b"1" * 10_000,
    ],
    ids=lambda body: repr(body)[:30],
)
def test_look_that_does_not_tell_the_state_shows_nothing(body: bytes) -> None:
    """A proxy's page, half an answer, a state of tomorrow, wrong types, absurd nesting: nothing, and no error."""
    assert look(body) is None


@pytest.mark.parametrize("body", [b"", b"{}", b'{"error": "not found"}'])
def test_look_answered_404_shows_nothing_live(body: bytes) -> None:
    """404 in the API's own form is the state itself; Plivo's may be a bare `{}`."""
    assert look(body, 404) == Look(LookStatus.NOT_LIVE)


@pytest.mark.parametrize("body", [b"<html>404</html>", b"not found", b"[]", b"null", b'"gone"', b"404", b'{"error": '])
def test_look_answered_404_by_somebody_else_shows_nothing(body: bytes) -> None:
    """A gateway's page for what it can't find says nothing of the conference."""
    assert look(body, 404) is None


@pytest.mark.parametrize("status_code", [201, 202, 204, 301, 400, 401, 403, 429, 500, 503])
def test_look_answered_otherwise_shows_nothing(status_code: int) -> None:
    """Only 200 and 404 tell the state, however the body reads."""
    assert look({"status": "Active"}, status_code) is None


@pytest.mark.parametrize(
    ("start_time", "ago"),
    [
        ("2026-11-23 12:00:00+00:00", 10.0),
        ("2026-11-23T12:00:00Z", 10.0),
        ("2026-11-23 17:30:00+05:30", 10.0),
        ("2026-11-23 04:00:00-08:00", 10.0),
        ("2026-11-23 12:00:00.5+00:00", 9.5),
        ("2026-11-23 12:00:00", 10.0),  # without an offset: UTC
        ("2026-11-23 12:00:30+00:00", -20.0),
        ("2026-11-22 12:00:10+00:00", 86_400.0),
        ("", None),
        ("None", None),
        ("just now", None),
        ("0000-00-00 00:00:00", None),
        (None, None),
        (1_795_435_200, None),
        (["2026-11-23 12:00:00+00:00"], None),
    ],
    ids=str,
)
def test_look_tells_how_long_it_has_been_active(start_time: object, ago: float | None) -> None:
    """Both ends are read on the server's clock, with any offset; what can't be read is left out."""
    seen = look({"status": "Active", "start_time": start_time})
    assert seen is not None
    assert (seen.status, seen.started_ago) == (LookStatus.ACTIVE, ago)
    assert seen.started_at == (None if ago is None else 1_795_435_210.0 - ago)


def test_look_without_a_date_does_not_guess() -> None:
    """Without the server's own time our clock is not put in its place."""
    body = {"status": "Active", "start_time": "2026-11-23 12:00:00+00:00"}
    for headers in ({}, {"date": "garbage"}):
        seen = look(body, headers=headers)
        assert seen is not None
        assert (seen.status, seen.started_ago, seen.started_at) == (LookStatus.ACTIVE, None, 1_795_435_200.0)


def test_look_tells_which_conference_it_is_and_since_when() -> None:
    """A name may be another conference's by now: its UUID and its creation tell."""
    body = {"status": "Initialized", "mpc_uuid": "an-uuid", "creation_time": "2026-11-23 12:00:00+00:00"}
    assert look(body) == Look(LookStatus.INITIALIZED, created_at=1_795_435_200.0, uuid="an-uuid")
    assert look({**body, "mpc_uuid": 5, "creation_time": "soon"}) == Look(LookStatus.INITIALIZED)


def test_look_ignores_what_it_does_not_know() -> None:
    """Fields that Plivo may add tomorrow, and a missing start time, do no harm."""
    assert look({"status": "Initialized", "mood": {"x": [1]}}) == Look(LookStatus.INITIALIZED)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
bodies = (
    st.binary(max_size=60)
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries(
        {},
        optional={
            "status": st.sampled_from(["Active", "Initialized", "Ended"]) | json_values,
            "start_time": st.datetimes().map(str) | st.datetimes(timezones=st.timezones()).map(str) | json_values,
        },
    ).map(lambda value: json.dumps(value).encode())
)


@given(bodies, st.sampled_from([200, 200, 200, 404, 500]), st.none() | st.text(max_size=30) | st.just(DATE["date"]))
def test_look_never_raises(body: bytes, status_code: int, date: str | None) -> None:
    """Whatever a body holds, it shows a state or nothing."""
    shown = look(body, status_code, {} if date is None else {"date": date})
    assert shown is None or (shown.status is LookStatus.NOT_LIVE or status_code == 200)


@given(st.timedeltas(timedelta(0), timedelta(days=365 * 50)), st.integers(-14 * 60, 14 * 60))
def test_look_age_does_not_depend_on_the_offset(age: timedelta, minutes: int) -> None:
    """The same instant, written with any offset, is equally long ago."""
    now = datetime(2026, 11, 23, 12, 0, 10, tzinfo=UTC)
    started = (now - age).astimezone(timezone(timedelta(minutes=minutes)))
    shown = look({"status": "Active", "start_time": str(started)})
    assert shown is not None
    assert shown.started_ago == pytest.approx(age.total_seconds())


@pytest.mark.parametrize(
    ("headers", "ours", "ago", "margin"),
    [
        (DATE, "12:00:11", 10.0, 2.0),  # both agree: the server's is exact
        (DATE, "12:04:00", 10.0, 2.0),
        ({}, "12:00:11", 11.0, 300.0),  # ours alone: it may be some minutes off
        (DATE, "13:00:10", 3_610.0, 86_400.0),  # they contradict each other: one of them is wrong
        ({"date": "Thu, 23 Nov 2006 12:00:10 GMT"}, "12:00:11", 11.0, 86_400.0),
        ({"date": "nonsense"}, "12:00:11", 11.0, 300.0),
    ],
)
def test_without_a_usable_date_our_own_clock_tells_with_a_margin(
    headers: dict[str, str], ours: str, ago: float, margin: float
) -> None:
    """What started years ago was not started by us, whatever became of the `Date`."""
    body = json.dumps({"status": "Active", "start_time": "2026-11-23 12:00:00+00:00"}).encode()
    wall = datetime.fromisoformat(f"2026-11-23 {ours}+00:00")
    seen = read_look(Answer(200, headers, body), wall)
    assert seen is not None
    assert (seen.status, seen.started_ago, seen.margin) == (LookStatus.ACTIVE, ago, margin)
