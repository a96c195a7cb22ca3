"""The permits of an account: no window over its limit, no permit lost, no time wasted, every 429 heard once."""

import heapq
import itertools
import math
import random
from collections import deque
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plivo_async.policy import Priority, RateLimit, Window
from plivo_async.policy._window import DOOR

TOLERANCE = 1e-9  # of sums of floats

INTERACTIVE, BATCH = Priority.INTERACTIVE, Priority.BATCH

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
    priority: Priority = INTERACTIVE


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
            assert idle_wakes < 8 + self.window.rate_limit.limit, "asking at the instants it names gets nobody anywhere"
        assert len(self.granted) == len(self.trips)
        assert self.window.in_flight == 0

    def _grant(self) -> float:
        while self._queue:
            ask_again = self.window.take(self.now, self.trips[self._queue[0]].priority)
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
            if trip.priority is INTERACTIVE:
                self.window.pace.asked(self.now)
            self.estimated.append((index, self.window.estimate(self.now, len(self._queue))))
            self._queue.append(index)
        elif trip.fate == "not sent":
            self.window.give_back(self.granted[index])
        elif trip.fate == "refused":
            self.window.refused(self.now, self.granted[index], trip.priority, trip.retry_after)
        else:
            admitted = trip.fate == "answered"
            self.window.answered(self.now, self.granted[index], trip.priority, admitted=admitted)

    def _plan(self, at: float, index: int, what: Literal["arrives", "returns"]) -> None:
        heapq.heappush(self._events, (at, next(self._numbers), index, what))


def delays(longest: float) -> st.SearchStrategy[float]:
    """Seconds, often none at all, so that things happen at the same instant."""
    return st.sampled_from([0.0, 0.0, 0.015625, 0.25, longest]) | st.floats(0, longest)


def trips(*fates: Fate) -> st.SearchStrategy[list[Trip]]:
    """Requests with these fates."""
    trip = st.builds(
        Trip,
        delays(3.0),
        delays(2.0),
        delays(12.0),
        st.sampled_from(fates),
        st.none() | st.sampled_from([0.0, 0.5, 7]),
        st.sampled_from(Priority),
    )
    return st.lists(trip, min_size=1, max_size=60)


def of_any_reserve(limit: int) -> st.SearchStrategy[RateLimit]:
    """A small limit with any reserve that it may have."""
    reserves = st.none() | st.integers(0, limit - 1)
    return st.builds(RateLimit, st.just(limit), st.sampled_from([1, 5.0, 0.3, 2.5]), reserves)


rate_limits = st.integers(1, 7).flatmap(of_any_reserve)
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
            draw.choice([INTERACTIVE, BATCH, BATCH]),
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


# One of those ahead is refused, which is no use of what the level allows; found by chance.
REFUSED_AHEAD = [
    Trip(0.0, 0.0, 0.0, "answered", None),
    Trip(1.0, 1.0, 0.0, "answered", None),
    Trip(0.25, 0.0, 0.0, "refused", None, BATCH),
    Trip(0.0, 0.0, 0.0, "refused", None),
    Trip(0.0, 0.0, 0.0, "answered", None),
]


@settings(max_examples=200, deadline=None)
@given(rate_limits, trips("answered", "answered", "refused", "lost"), origins)
@example(RateLimit(3, 1), REFUSED_AHEAD, 0.0)
def test_window_estimate_is_never_later_than_the_permit(
    rate_limit: RateLimit, requests: list[Trip], origin: float
) -> None:
    """A request that is told "not before" gets no permit before that, unless somebody gives one back unused."""
    simulation = Simulation(rate_limit, requests, origin)
    simulation.run()
    for index, estimate in simulation.estimated:
        assert estimate <= simulation.granted[index] + TOLERANCE


@given(st.integers(1, 40), st.integers(1, 200), st.floats(0.0, 0.5), st.sampled_from(Priority))
def test_window_costs_one_round_trip_for_each_window(
    limit: int, requests: int, round_trip: float, priority: Priority
) -> None:
    """N requests take (N - 1) // limit windows and as many round trips: the optimum. A near server costs the door."""
    half = round_trip / 2
    trip = Trip(0, half, half, "answered", None, priority)
    simulation = Simulation(RateLimit(limit, 5.0), [trip] * requests)
    simulation.run()
    windows = (requests - 1) // limit
    assert max(simulation.granted.values()) == pytest.approx(windows * (5.0 + max(round_trip, DOOR * 5.0)))


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

    def __init__(self, limit: int = 100, per: float = 10.0, reserve: int | None = None) -> None:
        self.window = Window(RateLimit(limit, per, reserve))

    def take(self, now: float, count: int = 1, priority: Priority = BATCH) -> None:
        """Take permits that must be there."""
        for _ in range(count):
            assert self.window.take(now, priority) is None

    def ask(self, now: float, priority: Priority = BATCH) -> float:
        """When to ask again for one that must not be there."""
        again_at = self.window.take(now, priority)
        assert again_at is not None
        return again_at

    def visit(self, now: float) -> None:
        """Somebody takes a permit for a single operation."""
        self.window.pace.asked(now)
        self.take(now, priority=INTERACTIVE)

    def answered(self, now: float, sent_at: float, count: int = 1) -> None:
        """Report admitted ones of a batch."""
        for _ in range(count):
            self.window.answered(now, sent_at, BATCH, admitted=True)

    def refused(self, now: float, sent_at: float, retry_after: float | None = None, count: int = 1) -> None:
        """Report 429s of a batch."""
        for _ in range(count):
            self.window.refused(now, sent_at, BATCH, retry_after)

    def probe(self, now: float, *, admitted: bool) -> None:
        """Send one, and see it come back at the same instant."""
        self.take(now)
        self.answered(now, now) if admitted else self.refused(now, now)


def test_window_a_batch_alone_bursts() -> None:
    """Nothing interactive was seen and nothing refused: all permits at once."""
    hands = Hands()
    hands.take(0.0, 100)
    assert hands.ask(0.0) == math.inf
    hands.answered(0.5, 0.0)
    assert hands.ask(0.5) == 10.5


def test_window_a_batch_beside_visits_goes_evenly_and_leaves_some_alone() -> None:
    """A visit's permit comes back every hundredth of a window; the last two are nobody's but a visitor's."""
    hands = Hands()
    hands.visit(0.0)
    hands.take(0.0, 4)  # one, and three that may be made up for
    gap = 10 / 98
    assert hands.ask(0.0) == pytest.approx(gap)
    now = gap
    for _ in range(93):
        hands.take(now)
        now += gap + 1e-9
    assert hands.ask(now) == math.inf, "two permits are left, and kept"
    hands.take(now, 2, priority=INTERACTIVE)
    assert hands.ask(now, INTERACTIVE) == math.inf


def test_window_a_batch_bursts_again_when_nobody_was_seen_for_12_windows() -> None:
    """A minute at Plivo's limit."""
    hands = Hands()
    hands.visit(0.0)
    hands.window.answered(0.1, 0.0, INTERACTIVE, admitted=True)
    assert hands.window.pace.even(120.0)
    hands.take(120.1, 100)


def test_window_a_page_is_seen_only_beside_a_batch() -> None:
    """Who lists and then starts is not slowed by their own list; a page that is shown to somebody beside one counts."""
    hands = Hands()
    hands.window.pace.asked(0.0, page=True)
    hands.take(0.0, 2, INTERACTIVE)
    hands.take(0.0, 98)
    hands.window.pace.asked(0.0, page=True)
    assert hands.window.pace.even(0.0)


def test_window_a_reserve_is_kept_always() -> None:
    """`RateLimit(reserve=n)`: also from a batch that is alone, and at most half of the level."""
    hands = Hands(reserve=10)
    hands.take(0.0, 90)
    assert hands.ask(0.0) == math.inf
    hands.take(0.0, 10, INTERACTIVE)
    assert Hands(reserve=80).window.pace.kept(0.0) == 50


def test_window_429_holds_everybody() -> None:
    """After a 429 nobody goes for a fiftieth of a window."""
    hands = Hands()
    hands.take(0.0, 50)
    hands.answered(1.0, 0.0, 40)
    hands.refused(1.0, sent_at=0.0)
    assert hands.ask(1.0) == 1.2
    assert hands.ask(1.199, INTERACTIVE) == 1.2
    assert hands.window.level(1.2) == 20, "half of the 40 that were admitted"


def test_window_probes_go_one_at_a_time() -> None:
    """As long as the pause is, and then the next; when one is admitted, all go on, a batch evenly."""
    hands = Hands()
    hands.take(0.0, 2)
    hands.refused(1.0, sent_at=0.0)
    hands.refused(1.0, sent_at=0.0)
    assert hands.window.level(1.0) == 1
    hands.take(1.2)
    assert hands.ask(1.2) == pytest.approx(1.4)
    hands.answered(1.3, 1.2)
    assert not hands.window.pace.doubt
    assert hands.ask(1.3) > 1.4, "the level is 1"


def test_window_429s_to_the_probes_double_the_pause() -> None:
    """While the probes are refused the pause doubles, up to a fifth of a window; an admitted one ends that."""
    hands = Hands()
    hands.probe(0.0, admitted=False)
    now, pauses = 0.0, []
    for _ in range(7):
        again_at = hands.ask(now)
        pauses.append(again_at - now)
        now = again_at
        hands.probe(now, admitted=False)
    assert pauses == pytest.approx([0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0])
    now += 30.0
    hands.probe(now, admitted=True)
    hands.probe(now + 20.0, admitted=False)
    assert hands.ask(now + 20.0) == pytest.approx(now + 20.2)


@pytest.mark.parametrize("sent_at", [0.0, 1.0], ids=["sent before", "sent at the instant of the first"])
def test_window_burst_of_429s_is_one_piece_of_news(sent_at: float) -> None:
    """Requests that were in flight when a 429 came tell nothing new with theirs: it is cut once, held once.

    Not even on a clock so coarse that they were sent, refused and heard of at one instant.
    """
    hands = Hands()
    hands.take(sent_at, 80)
    hands.answered(1.0, sent_at, 60)
    hands.refused(1.0, sent_at, count=20)
    assert hands.window.level(1.0) == 30, "half of what was admitted, after a calm"
    assert hands.ask(1.0) == 1.2


def test_window_what_is_admitted_after_all_raises_what_was_learnt() -> None:
    """Each that was sent before the 429 and let in shows one more."""
    hands = Hands()
    hands.take(0.0, 80)
    hands.answered(1.0, 0.0, 40)
    hands.refused(1.0, 0.0)
    hands.answered(1.01, 0.0, 10)
    assert hands.window.pace.told == 50
    assert hands.window.level(1.01) == 30
    assert hands.window.pace.doubt, "it is old news all the same: one goes to see"


def test_window_late_429s_let_no_further_probe_go() -> None:
    """While a probe is out, 429s to requests from before the hold don't each send another one after it."""
    hands = Hands()
    hands.take(0.0, 40)
    hands.answered(0.1, 0.0, 30)
    hands.refused(0.2, sent_at=0.0)
    hands.take(10.5)
    for late in range(9):
        hands.refused(10.51 + late / 1000, sent_at=0.0)
        assert hands.ask(10.51 + late / 1000) == pytest.approx(10.7)


def test_window_probe_that_is_not_answered_is_followed_by_the_next() -> None:
    """A probe that was lost or never sent says nothing: another one goes in its place, alone again."""
    hands = Hands()
    hands.take(0.0, 20)
    hands.answered(0.1, 0.0, 19)
    hands.refused(0.1, 0.0)
    now = 10.5
    hands.take(now)
    hands.window.give_back(now)
    hands.take(now + 0.01)
    hands.window.answered(now + 0.02, now + 0.01, BATCH, admitted=False)
    hands.take(now + 0.02)
    assert hands.ask(now + 0.03) == pytest.approx(now + 0.22)
    hands.take(now + 0.23)
    assert hands.ask(now + 0.23) == pytest.approx(now + 0.43), "one that takes long doesn't stop the account"


@pytest.mark.parametrize(
    ("retry_after", "free_at"), [(None, 1.2), (0.0, 1.2), (0.1, 1.2), (3.0, 4.0), (60.0, 61.0)], ids=str
)
def test_window_retry_after_holds_the_whole_budget(retry_after: float | None, free_at: float) -> None:
    """Everybody waits for what one answer asked for; less than the pause doesn't shorten the pause."""
    hands = Hands()
    hands.take(0.0, 2)
    hands.refused(1.0, sent_at=0.0, retry_after=retry_after)
    assert hands.ask(1.0) == hands.ask(1.0, INTERACTIVE) == free_at
    hands.answered(1.1, 0.0)
    assert hands.ask(1.15) == free_at


def test_window_retry_after_of_old_news_still_holds() -> None:
    """A 429 of the same burst that asks for more time gets it, and what is silent proves nothing."""
    hands = Hands()
    hands.take(0.0, 2)
    hands.refused(1.0, sent_at=0.0)
    hands.refused(1.0, sent_at=0.0, retry_after=50.0)
    assert hands.ask(2.0) == 51.0
    assert hands.window.level(51.0) == 1
    assert hands.window.level(111.0) == 100


def test_window_the_level_is_full_again_after_six_windows() -> None:
    """Slowly at first, along a fourth power; nothing is cut for good, however low it was."""
    hands = Hands()
    hands.take(0.0, 100)
    hands.answered(1.0, 0.0, 40)
    hands.refused(1.0, 0.0, count=60)
    levels = [hands.window.level(1.0 + 10 * windows) for windows in range(7)]
    assert levels == [20, 20, 21, 26, 39, 68, 100]


def test_window_a_429_soon_after_another_cuts_a_tenth() -> None:
    """Half is for somebody new; less than a tenth below half of the limit, at least one."""
    hands = Hands(1000)
    hands.take(0.0, 700)
    hands.answered(1.0, 0.0, 699)
    hands.window.pace.since = 0.0
    hands.refused(1.0, 0.0)
    assert hands.window.pace.told == 699
    assert hands.window.pace.start == pytest.approx(629.1)


def test_window_a_429_to_a_visitor_who_lacked_nothing_says_nothing_of_what_there_is() -> None:
    """Only who took all that there was learns from what was admitted; else the level is cut from where it was."""
    hands = Hands()
    hands.visit(0.0)
    hands.window.pace.since = -1.0
    hands.window.refused(0.1, 0.0, INTERACTIVE, None)
    assert hands.window.pace.told == 100
    assert hands.window.level(0.1) == 90


def test_window_429s_are_about_the_account_for_24_windows() -> None:
    """After that they are failures of their requests, until one is admitted."""
    hands = Hands()
    now = 0.0
    while hands.window.pace.learns(now):
        hands.probe(now, admitted=False)
        now = hands.ask(now)
    assert 240 < now < 250
    hands.probe(now, admitted=True)
    assert hands.window.pace.learns(now)


def test_window_estimate_counts_rounds() -> None:
    """With 10 in 5 s: the one after 0 to 9 others goes with the next window, after 10 to 19 with the one after it."""
    hands = Hands(10, 5.0)
    window = hands.window
    assert window.estimate(3.0, 9) == 3.0
    assert window.estimate(3.0, 10) == 8.0
    hands.take(3.0, 10)
    hands.answered(3.5, 3.0, 4)
    at = 4.0  # six are in flight: they can't be free before 9.0
    assert [window.estimate(at, ahead) for ahead in (0, 3, 4, 9)] == [8.5, 8.5, 9.0, 9.0]
    assert window.estimate(at, 14) == 14.0
    assert window.estimate(at, 1_000_000) == 8.5 + 100_000 * 5


def test_window_estimate_knows_holds_and_the_level() -> None:
    """A hold delays everybody alike; a level that has been learnt as well."""
    held = Hands(1, 5.0)
    held.take(0.0)
    held.window.refused(0.0, 0.0, BATCH, 20.0)
    assert held.window.estimate(1.0, 0) == 20.0
    assert held.window.estimate(1.0, 1) == 25.0
    learnt = Hands(100, 10.0)
    learnt.take(0.0, 20)
    learnt.answered(0.1, 0.0, 10)
    learnt.refused(0.1, 0.0, count=10)
    assert learnt.window.estimate(5.0, 0) == 10.1, "ten may be used, and they cool until then"


def test_window_is_fresh_when_nothing_would_be_lost() -> None:
    """Not while a permit is in use or was used within the last window, and not while the level is below the limit."""
    hands = Hands()
    assert hands.window.is_fresh(0.0)
    hands.take(0.0)
    assert not hands.window.is_fresh(100.0)
    hands.answered(100.0, 0.0)
    assert not hands.window.is_fresh(109.0)
    assert hands.window.is_fresh(110.0)
    hands.take(200.0, 3)
    hands.refused(200.0, 200.0, 50.0, count=3)
    assert not hands.window.is_fresh(309.0)
    assert hands.window.is_fresh(310.0), "60 s after the wait that was asked for"


def test_window_inherits_what_is_in_use() -> None:
    """A window that promises something else, on another clock, doesn't forget what the server still counts."""
    old, new = Hands(10, 5.0), Hands(4, 8.0)
    old.take(0.0, 3)
    old.answered(1.0, 0.0, 2)
    new.window.inherit(old.window, 2.0, 102.0)
    assert [used.free_at for used in new.window.cooling] == pytest.approx([109.0, 109.0, 110.0])
    new.take(102.0)
    assert new.ask(102.0) == pytest.approx(109.0)


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
        {"reserve": -1},
        {"reserve": 300},
        {"reserve": 1.5},
        {"reserve": True},
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
