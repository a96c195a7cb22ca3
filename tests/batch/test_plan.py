"""What an input comes to, before anything is sent."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import RateLimit, plan
from plivo_async.policy import Priority, Window

UUID_TEXT = "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"


def test_a_plan_counts_each_conference_once() -> None:
    """Invalid ones and repetitions are named with their places."""
    ahead = plan(["a", "b", "a", "", 7, UUID(UUID_TEXT), "b", "a"])  # type: ignore[list-item]
    assert (ahead.conferences, ahead.requests, ahead.least) == (3, 3, 0.0)
    assert [position for position, _ in ahead.invalid] == [3, 4]
    assert ahead.repeated == ((2, 0), (6, 1), (7, 0))
    assert str(ahead) == "3 requests, at least 0.0s · 3 given again · 2 invalid"
    assert json.loads(json.dumps(ahead.to_dict()))["repeated"][0] == {"position": 2, "first": 0}


@pytest.mark.parametrize(
    ("count", "limit", "available", "least"),
    [
        (0, RateLimit(), None, 0),
        (300, RateLimit(), None, 0),
        (301, RateLimit(), None, 5),
        (10_000, RateLimit(), None, 165),
        (300, RateLimit(), 299, 5),
        (300, RateLimit(), 0, 5),
        (300, RateLimit(), 999, 0),
        (3, RateLimit(1, per=60), None, 120),
        (10_000, None, None, 0),
    ],
)
def test_the_least_time_follows_from_the_limit(
    count: int, limit: RateLimit | None, available: int | None, least: float
) -> None:
    """The first window is free, each further one has to be waited for."""
    assert plan(map(str, range(count)), limit, available=available).least == least


def test_what_is_available_is_not_negative() -> None:
    """It is a number of permits."""
    with pytest.raises(ValueError, match="at least 0"):
        plan([], available=-1)


@given(st.integers(1, 40), st.integers(1, 200))
def test_no_window_lets_them_through_earlier(limit: int, count: int) -> None:
    """The least time is that of the pacing itself, if answers take no time."""
    window, now = Window(RateLimit(limit, per=1.0)), 0.0
    for _ in range(count):
        while (at := window.take(now, Priority.BATCH)) is not None:
            now = at
        window.answered(now, now, Priority.BATCH, admitted=True)
    least = plan(map(str, range(count)), RateLimit(limit, per=1.0)).least
    assert least <= now <= 1.006 * least + 1e-6
