"""The permits of an account: no window over its limit, no permit lost, no time wasted, every 429 heard once."""

import heapq
import itertools
import math
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plivo_async.policy import RateLimit, Window

TOLERANCE = 1e-9  # of sums of floats

Fate = Literal["answered", "refused", "lost", "not sent"]


@dataclass(frozen=True)
class Trip:
    """One request of a simulation: how long after the one before it arrives, how long it takes, what becomes of it.

    The server counts it `out` seconds after it was sent, be it answered, refused or lost; `back` seconds after that
    its answer comes, or the wait for one ends. Of one that is not sent the permit is given back after `out`.
    """

    gap: float
    out: float
    back: float
    fate: Fate
    retry_after: float | None


class Simulation:
    """A server that counts, a network that dawdles, and requests that take their permits in order of arrival."""

    def __init__(self, rate_limit: RateLimit, trips: list[Trip], began: float = 0.0) -> None:
        self.window = Window(rate_limit)
        self.trips = trips
        self.now = self.began = began
        self.counted: list[float] = []
        self.granted: dict[int, float] = {}
        self.estimated: list[tuple[int, float]] = []
        self._queue: deque[int] = deque()
        self._numbers = itertools.count()
        self._events: list[tuple[float, int, int, Literal["arrives", "returns"]]] = []
        for index, at in enumerate(itertools.accumulate((trip.gap for trip in trips), initial=began)):
            if index < len(trips):
                self._plan(at, index, "arrives")

    def run(self) -> None:
        """Run until every request has come back, and see that none is stuck."""
        idle_wakes = 0
        while self._events or self._queue:
            granted, ask_again = len(self.granted), self._grant()
            if not self._events and not self._queue:
                break
            idle_wakes = idle_wakes + 1 if granted == len(self.granted) else 0
            if self._events and self._events[0][0] <= ask_again:
                idle_wakes = 0
                self._happen()
            else:
                assert ask_again < math.inf, "nothing is in flight, and no permit will ever come"
                self.now = ask_again
            assert idle_wakes < 8, "asking at the instants it names gets nobody anywhere"
        assert len(self.granted) == len(self.trips)
        assert self.window.in_flight == 0

    def _grant(self) -> float:
        while self._queue:
            ask_again = self.window.take(self.now)
            if ask_again is not None:
                assert ask_again > self.now
                return ask_again
            index = self._queue.popleft()
            trip = self.trips[index]
            self.granted[index] = self.now
            if trip.fate != "not sent":
                self.counted.append(self.now + trip.out)
            self._plan(self.now + trip.out + (0 if trip.fate == "not sent" else trip.back), index, "returns")
        return math.inf

    def _happen(self) -> None:
        self.now, _, index, what = heapq.heappop(self._events)
        trip = self.trips[index]
        if what == "arrives":
            self.estimated.append((index, self.window.estimate(self.now, len(self._queue))))
            self._queue.append(index)
        elif trip.fate == "not sent":
            self.window.give_back(self.granted[index])
        elif trip.fate == "refused":
            self.window.refused(self.now, self.granted[index], trip.retry_after)
        else:
            self.window.answered(self.now, self.granted[index], admitted=trip.fate == "answered")

    def _plan(self, at: float, index: int, what: Literal["arrives", "returns"]) -> None:
        heapq.heappush(self._events, (at, next(self._numbers), index, what))


def delays(longest: float) -> st.SearchStrategy[float]:
    """Seconds, often none at all, so that things happen at the same instant."""
    return st.sampled_from([0.0, 0.0, 0.015625, 0.25, longest]) | st.floats(0, longest)


def trips(*fates: Fate) -> st.SearchStrategy[list[Trip]]:
    """Requests with these fates."""
    trip = st.builds(
        Trip, delays(3.0), delays(2.0), delays(12.0), st.sampled_from(fates), st.none() | st.sampled_from([0.0, 0.5, 7])
    )
    return st.lists(trip, min_size=1, max_size=60)


rate_limits = st.builds(RateLimit, st.integers(1, 7), st.sampled_from([1, 5.0, 0.3, 2.5]))
origins = st.sampled_from([0.0, 1234.5678, 1e6 / 3])


@settings(max_examples=300, deadline=None)
@given(
    rate_limits,
    trips("answered", "answered", "answered", "answered", "refused", "lost", "not sent"),
    origins,
    st.floats(0, 1, exclude_max=True),
)
def test_window_never_lets_the_server_count_more_than_its_limit(
    rate_limit: RateLimit, requests: list[Trip], origin: float, phase: float
) -> None:
    """Sliding window, fixed window of any phase, token bucket: none is ever over, whatever arrives and however it goes.

    And every request gets its permit in the end.
    """
    simulation = Simulation(rate_limit, requests, origin)
    simulation.run()
    counted = sorted(simulation.counted)
    limit, per = rate_limit.limit, rate_limit.per
    assert_sliding_window_kept(counted, limit, per)
    assert_fixed_window_kept(counted, limit, per, phase * per)
    assert_bucket_never_empty(counted, limit, per)


@settings(max_examples=60, deadline=None)
@given(st.integers(), st.builds(RateLimit, st.integers(1, 60), st.just(5.0)), st.sampled_from([0.0, 0.02, 0.3]))
def test_window_holds_under_a_long_run_on_a_busy_account(seed: int, rate_limit: RateLimit, trouble: float) -> None:
    """The same for hundreds of requests at the limit, with 429s and lost answers strewn in."""
    draw = random.Random(seed)
    fates: list[Fate] = ["refused", "lost", "not sent"]
    requests = [
        Trip(
            draw.choice([0.0, 0.0, 0.0, 0.01, 0.2]),
            draw.choice([0.0, 0.3]) * draw.random(),
            draw.choice([0.0, 0.1, 0.4, 6.0]) * draw.random(),
            draw.choice(fates) if draw.random() < trouble else "answered",
            draw.choice([None, None, 1.0]),
        )
        for _ in range(300)
    ]
    simulation = Simulation(rate_limit, requests)
    simulation.run()
    counted = sorted(simulation.counted)
    assert_sliding_window_kept(counted, rate_limit.limit, rate_limit.per)
    assert_fixed_window_kept(counted, rate_limit.limit, rate_limit.per, draw.random())
    assert_bucket_never_empty(counted, rate_limit.limit, rate_limit.per)


def assert_sliding_window_kept(counted: list[float], limit: int, per: float) -> None:
    """No half-open span of `per` seconds holds more than `limit`."""
    for first, beyond in zip(counted, counted[limit:], strict=False):
        assert beyond - first >= per - TOLERANCE


def assert_fixed_window_kept(counted: list[float], limit: int, per: float, phase: float) -> None:
    """No window that begins at a multiple of `per` after `phase` holds more than `limit`."""
    for _, window in itertools.groupby(counted, lambda at: math.floor((at + TOLERANCE - phase) / per)):
        assert len(list(window)) <= limit


def assert_bucket_never_empty(counted: list[float], limit: int, per: float) -> None:
    """A bucket of `limit` tokens, refilled at `limit` in `per` seconds, has one for each request."""
    tokens, refilled_at = float(limit), -math.inf
    for at in counted:
        tokens = min(float(limit), tokens + (at - refilled_at) * limit / per)
        refilled_at = at
        assert tokens >= 1 - 1e-6
        tokens -= 1


@settings(max_examples=200, deadline=None)
@given(rate_limits, trips("answered", "answered", "refused", "lost"), origins)
def test_window_estimate_is_never_later_than_the_permit(
    rate_limit: RateLimit, requests: list[Trip], origin: float
) -> None:
    """A request that is told "not before" gets no permit before that, unless somebody gives one back unused."""
    simulation = Simulation(rate_limit, requests, origin)
    simulation.run()
    for index, estimate in simulation.estimated:
        assert estimate <= simulation.granted[index] + TOLERANCE


@given(st.integers(1, 40), st.sampled_from([1.0, 5.0, 0.25]), st.integers(1, 200))
def test_window_is_used_to_the_full(limit: int, per: float, requests: int) -> None:
    """N requests answered at once take (N - 1) // limit windows, not an instant more: the optimum."""
    simulation = Simulation(RateLimit(limit, per), [Trip(0, 0, 0, "answered", None)] * requests)
    simulation.run()
    assert max(simulation.granted.values()) == (requests - 1) // limit * per


@given(st.integers(1, 40), st.integers(1, 200), st.floats(0.0, 0.5))
def test_window_costs_one_round_trip_for_each_window(limit: int, requests: int, round_trip: float) -> None:
    """With answers that take their time, each window costs that time and nothing else."""
    half = round_trip / 2
    simulation = Simulation(RateLimit(limit, 5.0), [Trip(0, half, half, "answered", None)] * requests)
    simulation.run()
    windows = (requests - 1) // limit
    assert max(simulation.granted.values()) == pytest.approx(windows * (5.0 + round_trip))


@settings(max_examples=50)
@given(rate_limits, st.integers(1, 30))
def test_window_given_back_permits_are_free_at_once(rate_limit: RateLimit, cancelled: int) -> None:
    """Requests that were cancelled before they were sent cost nothing of the window."""
    simulation = Simulation(rate_limit, [Trip(0, 0, 0, "not sent", None)] * cancelled)
    simulation.run()
    assert set(simulation.granted.values()) == {0.0}
    assert simulation.window.is_fresh(0.0)


class Hands:
    """A window of 100 in 10 s, worked by hand."""

    def __init__(self, limit: int = 100, per: float = 10.0) -> None:
        self.window = Window(RateLimit(limit, per))

    def take(self, now: float, count: int = 1) -> None:
        """Take permits that must be there."""
        for _ in range(count):
            assert self.window.take(now) is None

    def refused(self, now: float, sent_at: float, retry_after: float | None = None, count: int = 1) -> None:
        """Report 429s."""
        for _ in range(count):
            self.window.refused(now, sent_at, retry_after)

    def probe(self, now: float, *, admitted: bool) -> None:
        """Send one, and see it come back at the same instant."""
        self.take(now)
        if admitted:
            self.window.answered(now, now, admitted=True)
        else:
            self.refused(now, now)


def test_window_429_holds_everybody_and_sends_one_to_see() -> None:
    """After a 429 nobody goes for a twentieth of a window, then one alone; once it is admitted, all go."""
    hands = Hands()
    hands.take(0.0)
    hands.refused(1.0, sent_at=0.0)
    assert hands.window.retired == 1
    assert hands.window.take(1.0) == 1.5
    assert hands.window.take(1.499) == 1.5
    hands.take(1.5)
    assert hands.window.take(1.5) == 2.0, "the probe goes alone, for as long as the pause was"
    hands.window.answered(1.75, 1.5, admitted=True)
    hands.take(1.75, 98)
    assert hands.window.take(1.75) == 11.0, "and 99 permits are left in the window"


def test_window_429s_to_the_probes_double_the_pause() -> None:
    """While the probes are refused the pause doubles, up to a fifth of a window; an admitted one ends that."""
    hands = Hands()
    hands.probe(0.0, admitted=False)
    now, pauses = 0.0, []
    for _ in range(7):
        again_at = hands.window.take(now)
        assert again_at is not None
        pauses.append(again_at - now)
        now = again_at
        hands.probe(now, admitted=False)
    assert pauses == pytest.approx([0.5, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0])
    now += 10.0
    hands.probe(now, admitted=True)
    hands.probe(now, admitted=False)
    assert hands.window.take(now) == pytest.approx(now + 0.5)


@pytest.mark.parametrize("sent_at", [0.0, 1.0], ids=["sent before", "sent at the instant of the first"])
def test_window_burst_of_429s_is_one_piece_of_news(sent_at: float) -> None:
    """Requests that were in flight when a 429 came tell nothing new with theirs: the pause isn't doubled by each.

    Not even on a clock so coarse that they were sent, refused and heard of at one instant.
    """
    hands = Hands()
    hands.take(sent_at, 20)
    hands.refused(1.0, sent_at, count=20)
    assert hands.window.retired == 20
    assert hands.window.take(1.0) == 1.5


def test_window_answers_to_earlier_requests_do_not_lift_the_hold() -> None:
    """That a request from before the 429 was admitted is old news: still only one goes to see."""
    hands = Hands()
    hands.take(1.0, 3)
    hands.refused(1.0, sent_at=1.0)
    hands.window.answered(1.0, 1.0, admitted=True)
    hands.window.answered(1.2, 1.0, admitted=True)
    hands.take(1.5)
    assert hands.window.take(1.5) == 2.0


def test_window_late_429s_let_no_further_probe_go() -> None:
    """While a probe is out, 429s to requests from before the hold don't each send another one after it."""
    hands = Hands()
    hands.take(0.0, 10)
    hands.refused(1.0, sent_at=0.0)
    hands.take(1.5)
    for late in range(9):
        hands.refused(1.6 + late / 100, sent_at=0.0)
        assert hands.window.take(1.6 + late / 100) == 2.0


def test_window_probe_that_is_not_answered_is_followed_by_the_next() -> None:
    """A probe that was lost or never sent says nothing: another one goes in its place, alone again."""
    hands = Hands()
    hands.probe(0.0, admitted=False)
    hands.take(0.5)
    hands.window.answered(0.6, 0.5, admitted=False)
    hands.take(0.6)
    assert hands.window.take(0.6) == pytest.approx(1.1)
    hands.window.give_back(0.6)
    hands.take(0.7)
    assert hands.window.take(0.7) == pytest.approx(1.2)


def test_window_probe_that_takes_long_does_not_stop_the_account() -> None:
    """A probe without an answer is followed by another one after a pause, and only one."""
    hands = Hands()
    hands.probe(0.0, admitted=False)
    hands.take(0.5)
    assert hands.window.take(0.9) == 1.0
    hands.take(1.0)
    assert hands.window.take(1.0) == 1.5


@pytest.mark.parametrize(
    ("retry_after", "free_at"), [(None, 1.5), (0.0, 1.5), (0.2, 1.5), (3.0, 4.0), (60.0, 61.0)], ids=str
)
def test_window_retry_after_holds_the_whole_budget(retry_after: float | None, free_at: float) -> None:
    """Everybody waits for what one answer asked for; less than the pause doesn't shorten the pause."""
    hands = Hands()
    hands.take(0.0, 2)
    hands.refused(1.0, sent_at=0.0, retry_after=retry_after)
    assert hands.window.take(1.0) == free_at
    hands.window.answered(1.1, 0.0, admitted=True)
    assert hands.window.take(1.2) == free_at


def test_window_retry_after_of_old_news_still_holds() -> None:
    """A 429 of the same burst that asks for more time gets it."""
    hands = Hands()
    hands.take(0.0, 2)
    hands.refused(1.0, sent_at=0.0)
    hands.refused(1.0, sent_at=0.0, retry_after=5.0)
    assert hands.window.take(2.0) == 6.0


def windows_until_recovered(hands: Hands, since: float) -> Iterator[int]:
    """How many permits are out of use after each window, one request in each."""
    for number in itertools.count(1):
        now = since + number * hands.window.rate_limit.per
        hands.probe(now, admitted=True)
        yield hands.window.retired
        if not hands.window.retired:
            return


def test_window_retired_permits_come_back_window_by_window() -> None:
    """A fiftieth of the limit returns with each window without a 429, until all of them are back."""
    hands = Hands()
    hands.take(0.0, 9)
    hands.refused(1.0, sent_at=0.0, count=9)
    assert hands.window.retired == 9
    hands.probe(1.5, admitted=True)
    hands.probe(10.99, admitted=True)
    assert hands.window.retired == 9
    assert list(windows_until_recovered(hands, since=1.0)) == [7, 5, 3, 1, 0]
    hands.take(200.0, 100)


def test_window_recovers_while_nothing_is_sent() -> None:
    """Windows in which nobody asked count as well."""
    hands = Hands()
    hands.take(0.0, 9)
    hands.refused(1.0, sent_at=0.0, count=9)
    hands.take(31.0)
    assert hands.window.retired == 3


def test_window_another_429_puts_recovery_off() -> None:
    """Permits come back after windows without a 429 only."""
    hands = Hands()
    hands.take(0.0, 9)
    hands.refused(1.0, sent_at=0.0, count=9)
    hands.probe(10.5, admitted=False)
    hands.probe(11.5, admitted=True)
    assert hands.window.retired == 10
    hands.probe(20.5, admitted=True)
    assert hands.window.retired == 8


@pytest.mark.parametrize(("limit", "kept"), [(1, 1), (2, 1), (19, 1), (40, 2), (100, 5), (300, 15)])
def test_window_keeps_a_twentieth_however_often_it_is_refused(limit: int, kept: int) -> None:
    """However many 429s come, a twentieth of the limit (at least one permit) stays in use, and all come back."""
    hands = Hands(limit)
    now = 0.0
    for _ in range(limit * 3):
        hands.probe(now, admitted=False)
        again_at = hands.window.take(now)
        assert again_at is not None
        now = again_at
        if hands.window.take(now) is None:
            hands.window.give_back(now)
        else:
            now += hands.window.rate_limit.per
    burst = Hands(limit)
    burst.take(0.0, limit)
    burst.refused(1.0, sent_at=0.0, count=limit)
    assert limit - burst.window.retired == kept
    assert limit - hands.window.retired >= kept
    for recovering in (hands, burst):
        *_, left = windows_until_recovered(recovering, since=now)
        assert left == 0
        recovering.take(now + 10_000.0, limit)


def test_window_estimate_counts_rounds() -> None:
    """With 10 in 5 s: the one after 0 to 9 others goes with the next window, after 10 to 19 with the one after it."""
    window = Hands(10, 5.0).window
    assert window.estimate(3.0, 9) == 3.0
    assert window.estimate(3.0, 10) == 8.0
    for _ in range(10):
        assert window.take(3.0) is None
    for _ in range(4):
        window.answered(3.5, 3.0, admitted=True)
    at = 4.0  # six are in flight: they can't be free before 9.0
    assert [window.estimate(at, ahead) for ahead in (0, 3, 4, 9)] == [8.5, 8.5, 9.0, 9.0]
    assert window.estimate(at, 14) == 14.0
    assert window.estimate(at, 1_000_000) == pytest.approx(at + 500_000, abs=10)


def test_window_estimate_knows_holds_and_recovery() -> None:
    """A hold delays everybody alike; a permit that comes back into use earlier than others are free counts."""
    held = Hands(1, 5.0)
    held.take(0.0)
    held.window.refused(0.0, 0.0, 20.0)
    assert held.window.estimate(1.0, 0) == 20.0
    assert held.window.estimate(1.0, 1) == 25.0
    recovering = Hands(2, 5.0)
    recovering.take(0.0, 2)
    recovering.refused(0.0, sent_at=0.0)
    recovering.window.answered(4.0, 0.0, admitted=True)
    assert recovering.window.retired == 1
    assert recovering.window.estimate(4.5, 0) == 5.0
    assert recovering.window.take(4.5) == 5.0


def test_window_is_fresh_when_nothing_would_be_lost() -> None:
    """Not while a permit is in use, was used within the last window, or is out of use since a 429."""
    hands = Hands()
    assert hands.window.is_fresh(0.0)
    hands.take(0.0)
    assert not hands.window.is_fresh(100.0)
    hands.window.answered(100.0, 0.0, admitted=True)
    assert not hands.window.is_fresh(109.0)
    assert hands.window.is_fresh(110.0)
    hands.take(200.0, 3)
    hands.refused(200.0, sent_at=200.0, retry_after=50.0, count=3)
    assert not hands.window.is_fresh(249.0)
    assert hands.window.is_fresh(250.0), "recovered meanwhile, although nobody has asked for a permit"


def test_window_in_doubt_is_not_fresh_while_permits_recover() -> None:
    """What was learnt from 429s is kept until the permits are back."""
    hands = Hands()
    hands.take(0.0, 9)
    hands.refused(0.0, sent_at=0.0, count=9)
    assert [hands.window.is_fresh(at) for at in (20.0, 49.0, 50.0)] == [False, False, True]


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 0},
        {"limit": -300},
        {"limit": True},
        {"limit": 300.0},
        {"limit": "300"},
        {"limit": None},
        {"per": 0},
        {"per": -5.0},
        {"per": math.nan},
        {"per": math.inf},
        {"per": True},
        {"per": "5"},
        {"per": None},
        {"per": 10**400},
    ],
    ids=lambda wrong: ",".join(f"{name}={value!s:.9}" for name, value in wrong.items()),
)
def test_rate_limit_refuses_nonsense(wrong: dict[str, Any]) -> None:
    """A limit is a whole number from 1, a window a positive number of seconds."""
    with pytest.raises(ValueError, match=rf"RateLimit\.{next(iter(wrong))} must be"):
        RateLimit(**wrong)


def test_rate_limit_default_is_plivos() -> None:
    """300 requests in 5 seconds."""
    assert RateLimit() == RateLimit(300, per=5.0)
