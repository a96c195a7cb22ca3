"""The limit, counted in three ways."""

import math
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plivo_async.emulator import Limit
from plivo_async.emulator._limit import limiter_of, retry_after

Window = Literal["sliding", "fixed", "bucket"]
WINDOWS: tuple[Window, ...] = ("sliding", "fixed", "bucket")

# Arrivals in 64ths of a second, so that sums and differences are exact and a property can be, too.
gaps = st.lists(st.integers(0, 200), max_size=120)
limits = st.builds(
    lambda limit, per, window, count_rejected: Limit(limit, per=per / 64, window=window, count_rejected=count_rejected),
    st.integers(1, 8),
    st.integers(1, 512),
    st.sampled_from(WINDOWS),
    st.booleans(),
)


def admitted(limit: Limit, gaps: list[int]) -> list[float]:
    """The instants at which requests with these gaps between them are let through."""
    limiter = limiter_of(limit)
    now = 0.0
    through = []
    for gap in gaps:
        now += gap / 64
        if limiter.admit(now):
            through.append(now)
    return through


@given(limits, gaps)
def test_emulator_no_window_holds_more_than_the_limit(limit: Limit, gaps: list[int]) -> None:
    """Sliding: no half-open span; fixed: none of the account's own windows; bucket: at most what dripped in."""
    through = admitted(limit, gaps)
    for first, start in enumerate(through):
        match limit.window:
            case "sliding":
                assert sum(start <= at < start + limit.per for at in through[first:]) <= limit.limit
            case "fixed":
                index = start // limit.per
                assert sum(at // limit.per == index for at in through) <= limit.limit
            case "bucket":
                for last in range(first, len(through)):
                    dripped = (through[last] - start) * limit.limit / limit.per
                    assert last - first + 1 <= limit.limit + dripped + 1e-6


@given(limits.filter(lambda limit: not limit.count_rejected), gaps)
def test_emulator_limit_refuses_only_when_full(limit: Limit, gaps: list[int]) -> None:
    """A request that is refused would really have been one too many."""
    limiter = limiter_of(limit)
    through: list[float] = []
    now = 0.0
    for gap in gaps:
        now += gap / 64
        if limiter.admit(now):
            through.append(now)
        elif limit.window == "sliding":
            assert sum(now - at < limit.per for at in through) == limit.limit
        elif limit.window == "fixed":
            assert sum(at // limit.per == now // limit.per for at in through) == limit.limit
        else:
            assert limiter.retry_in(now) > 0


@given(limits, gaps)
@example(Limit(1, per=0.25), [0, 0, 0])
@example(Limit(1, per=249 / 64, window="bucket"), [0, 0])
def test_emulator_limit_keeps_its_word(limit: Limit, gaps: list[int]) -> None:
    """Who waits as long as `retry_in` says, in silence, is let through."""
    limiter = limiter_of(limit)
    now = 0.0
    for gap in gaps:
        now += gap / 64
        if not limiter.admit(now):
            wait = limiter.retry_in(now)
            assert 0 < wait <= limit.per
            now += wait + 1e-9
            assert limiter.admit(now)
        else:
            assert limiter.retry_in(now) >= 0


@pytest.mark.parametrize("window", WINDOWS)
def test_emulator_limit_recovers_for_the_patient(window: Window) -> None:
    """Three per second: three pass, the fourth doesn't, and a second later three pass again."""
    limiter = limiter_of(Limit(3, per=1.0, window=window))
    assert [limiter.admit(0.0) for _ in range(4)] == [True, True, True, False]
    assert [limiter.admit(1.0) for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(("window", "passing"), [("sliding", 0), ("fixed", 3), ("bucket", 0)])
@pytest.mark.parametrize("count_rejected", [False, True])
def test_emulator_insisting_is_punished_where_refusals_count(
    window: Window, passing: int, count_rejected: bool
) -> None:
    """Who keeps trying is never let in again if refused requests count, unless the window is fixed."""
    limiter = limiter_of(Limit(3, per=1.0, window=window, count_rejected=count_rejected))
    for _ in range(3):
        limiter.admit(0.0)
    later = sum(limiter.admit(1 / 8 + step / 8) for step in range(10))
    assert later == passing if count_rejected else later >= 3


def test_emulator_bucket_lets_nearly_twice_the_limit_through() -> None:
    """A bucket is no window: full, it admits the limit at once and the refill besides."""
    limiter = limiter_of(Limit(300, per=5.0, window="bucket"))
    assert sum(limiter.admit(step / 128) for step in range(640)) == 300 + 299


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"limit": 0}, "limit: 0"),
        ({"per": 0.0}, "per: 0.0"),
        ({"per": math.inf}, "per: inf"),
        ({"per": math.nan}, "per: nan"),
        ({"window": "leaky"}, "window: 'leaky' is none of 'sliding', 'fixed', 'bucket'"),
        ({"retry_after": "minutes"}, "retry_after: 'minutes'"),
    ],
)
def test_emulator_limit_refuses_nonsense(arguments: dict[str, Any], message: str) -> None:
    """A value out of range is refused on construction, by name."""
    with pytest.raises(ValueError, match=message):
        Limit(**arguments)


def test_emulator_limit_defaults_to_the_documented_one() -> None:
    """300 per 5 seconds, and nothing that is not documented."""
    assert Limit() == Limit(300, per=5.0, window="sliding", count_rejected=False, retry_after=None)


WALL = datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "delay", "value"),
    [
        (None, 1.2, None),
        ("seconds", 1.2, "2"),
        ("seconds", 3.0, "3"),
        ("date", 0.75, "Mon, 23 Nov 2026 12:00:01 GMT"),
        ("date", 0.8, "Mon, 23 Nov 2026 12:00:02 GMT"),
    ],
)
def test_emulator_retry_after_is_rounded_up(form: Any, delay: float, value: str | None) -> None:
    """None, seconds or date: never earlier than the wait that is asked for."""
    assert retry_after(form, delay, WALL) == value


@given(st.floats(0, 1e6))
def test_emulator_retry_after_date_is_never_too_early(delay: float) -> None:
    """The date lies within the second after the instant that is meant."""
    value = retry_after("date", delay, WALL)
    assert value is not None
    late = parsedate_to_datetime(value) - (WALL + timedelta(seconds=delay))
    assert timedelta(0) <= late < timedelta(seconds=1)
