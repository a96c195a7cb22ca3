"""Waits and dates in headers: each form that means something, and each absurdity that doesn't."""

import math
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.wire import retry_after, server_time

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
NOW_TEXT = "Mon, 23 Nov 2026 12:00:00 GMT"


def read(value: str | None, date: str | None = None, now: datetime = NOW) -> float | None:
    """The wait that an answer with these headers asks for."""
    headers = {"retry-after": value, "date": date}
    return retry_after({name: text for name, text in headers.items() if text is not None}, now)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("   ", None),
        ("0", 0.0),
        ("3", 3.0),
        (" 3 ", 3.0),
        ("120", 120.0),
        ("1.5", 1.5),
        ("007", 7.0),
        ("-1", None),
        ("-0", None),
        ("+5", None),
        ("1e9", None),
        ("1,5", None),
        ("1, 2", None),  # two headers, as httpx joins them
        ("5 seconds", None),
        ("0x10", None),
        ("1_000", None),
        ("5.", None),
        (".5", None),
        ("NaN", None),
        ("inf", None),
        ("-inf", None),
        ("Infinity", None),
        ("²", None),  # isdigit() says yes, int() doesn't
        ("３", None),  # noqa: RUF001  (int() would take it)
        ("٣", None),
        ("999999999", 999_999_999.0),
        ("9" * 10, 1e9),
        ("9" * 400, 1e9),
        ("9" * 100_000, 1e9),
        ("soon", None),
        ("Tomorrow", None),
        ("Fri, 99 Foo 2026 99:99:99 GMT", None),
        ("Mon, 23 Nov 99999999 12:00:00 GMT", None),
        ("<html>", None),
        ("null", None),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_retry_after_in_seconds_or_nonsense(value: str | None, seconds: float | None) -> None:
    """Plain ASCII numbers count, huge ones as the longest wait; whatever else is no date is as good as absent."""
    assert read(value) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("Mon, 23 Nov 2026 12:00:07 GMT", 7.0),
        ("Mon, 23 Nov 2026 12:01:00 +0000", 60.0),
        ("Mon, 23 Nov 2026 14:00:07 +0200", 7.0),
        ("Mon, 23 Nov 2026 12:00:07", 7.0),  # no zone: UTC, as HTTP dates are
        ("Mon, 23 Nov 2026 12:00:07 -0000", 7.0),
        ("Monday, 23-Nov-26 12:00:07 GMT", 7.0),  # obsolete, and to be accepted: RFC 9110, 5.6.7
        ("Mon Nov 23 12:00:07 2026", 7.0),
        ("Mon, 23 Nov 2026 12:00:00 GMT", 0.0),
        ("Mon, 23 Nov 2026 11:59:00 GMT", 0.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
    ],
)
@pytest.mark.parametrize("skew", [timedelta(0), timedelta(hours=5), timedelta(days=-400)], ids=str)
def test_retry_after_date_is_measured_by_the_servers_clock(value: str, seconds: float, skew: timedelta) -> None:
    """A date is compared with the answer's own `Date`, however wrong our clock is; one in the past means no wait."""
    assert read(value, date=NOW_TEXT, now=NOW + skew) == seconds


@pytest.mark.parametrize("date", [None, "", "garbage", "2026-11-23"])
def test_retry_after_date_falls_back_on_our_clock(date: str | None) -> None:
    """Only where the answer has no usable `Date` our own clock counts."""
    assert read("Mon, 23 Nov 2026 12:00:07 GMT", date=date) == 7.0


@pytest.mark.parametrize("year", [1, 1900, 2026, 9999])
def test_retry_after_at_the_ends_of_time(year: int) -> None:
    """Dates that a zone would carry beyond what a datetime holds are nonsense, not an error."""
    for zone in (timezone(timedelta(hours=14)), timezone(timedelta(hours=-14))):
        for day in (datetime(year, 1, 1, tzinfo=zone), datetime(year, 12, 31, 23, 59, 59, tzinfo=zone)):
            wait = read(format_datetime(day), date=NOW_TEXT)
            assert wait is None or 0 <= wait < math.inf


@given(
    st.text(max_size=60)
    | st.text(st.sampled_from("0123456789.,:+-eE ()MonNovGMTUTC²\t\n\x00é"), max_size=40)
    | st.datetimes().map(format_datetime)
    | st.floats().map(str)
    | st.integers().map(str),
    st.none() | st.text(max_size=30) | st.datetimes().map(format_datetime),
)
def test_retry_after_never_raises_and_is_never_endless(value: str, date: str | None) -> None:
    """Whatever stands there, the wait is None or a finite number from 0."""
    headers = {"retry-after": value} | ({} if date is None else {"date": date})
    wait = retry_after(headers, NOW)
    assert wait is None or 0 <= wait < math.inf


@given(st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1)))
def test_server_time_is_the_date_header(date: datetime) -> None:
    """A well-formed `Date` is read to the second, as aware UTC."""
    text = format_datetime(date.replace(tzinfo=UTC), usegmt=True)
    assert server_time({"date": text}) == date.replace(microsecond=0, tzinfo=UTC)


@pytest.mark.parametrize("name", ["retry-after", "Retry-After", "RETRY-AFTER"])
def test_retry_after_is_found_in_any_case(name: str) -> None:
    """The headers of an answer don't mind how a name is written."""
    assert retry_after(httpx.Headers({name: "3"}), NOW) == 3.0


def test_server_time_absent_is_none() -> None:
    """No `Date`, or none that can be read: None."""
    assert server_time({}) is None
    assert server_time({"date": "yesterday"}) is None
