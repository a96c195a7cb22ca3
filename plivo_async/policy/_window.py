"""How many requests may be sent, and when: the permits of one account.

**The promise**: no more than `limit` requests are counted by the server in any span of `per` seconds.

Why it holds. A permit is taken only while fewer than `limit` others are in flight or were answered less than `per` ago,
refused ones included. The server counts each request at some instant between its sending and its answer's arrival (or
our giving it up). So `limit` + 1 counted within a span of `per` would have needed a permit taken with `limit` others in
use: impossible, whatever the network does. That satisfies a sliding window, a fixed window (which is one such span) and
a token bucket of the same size and rate. It is one line in `take`; all other rules, those of `Pace`, only delay. The
price is one round trip in each window, or 0.6 % of a window if that is longer (the *door*: a near client would
otherwise leave others on the account no gap at all).

Pure: every instant is handed in, as monotonic seconds.
"""

import math
from collections import deque
from typing import NamedTuple

from ._pace import Pace
from ._queue import Priority
from ._rate_limit import RateLimit

DOOR = 6 / 1000  # of a window: a permit stays shut at least so long beyond one


class Used(NamedTuple):
    """A permit whose request has come back, and which the server may still count.

    Attributes:
        free_at: When it is free.
        admitted: Whether the request was let in, or may have been; only those count for the level.
        batch: Whether it was a batch's.
    """

    free_at: float
    admitted: bool
    batch: bool


class Window:
    """The permits of one account.

    Attributes:
        rate_limit: What is promised.
        pace: What has been learnt, and how evenly a batch is sent.
        in_flight: Permits taken and not returned.
        cooling: Those returned and not yet free, in order of time.
        admitted: How many of `cooling` count for the level.
        visits: How many of those were interactive.
    """

    __slots__ = ("admitted", "cooling", "in_flight", "pace", "rate_limit", "visits")

    def __init__(self, rate_limit: RateLimit) -> None:
        self.rate_limit: RateLimit = rate_limit
        self.pace: Pace = Pace(rate_limit.limit, rate_limit.per, rate_limit.reserve)
        self.in_flight: int = 0
        self.admitted: int = 0
        self.visits: int = 0
        self.cooling: deque[Used] = deque()

    def take(self, now: float, priority: Priority) -> float | None:
        """Take a permit; None if that worked, else the instant at which to ask again.

        `math.inf`: not before a request in flight has come back.
        """
        pace, batch = self.pace, priority is Priority.BATCH
        again_at = pace.barred_until(now)
        if again_at is not None:
            return again_at
        self._expire(now)
        if self.in_flight + len(self.cooling) >= self.rate_limit.limit:  # the promise: this line alone
            pace.lacked(now)
            return self._soonest()
        again_at = pace.ask_again(now, self.in_flight + self.admitted, self._soonest(), batch=batch)
        if again_at is not None:
            return again_at
        self.in_flight += 1
        pace.took(now, self.visits, batch=batch)
        return None

    def give_back(self, taken_at: float) -> None:
        """Return a permit that was taken at `taken_at` and of which nothing was sent: it is free at once."""
        self.in_flight -= 1
        self.pace.unsent(taken_at)

    def answered(self, now: float, sent_at: float, priority: Priority, *, admitted: bool) -> None:
        """Return a permit whose request was sent at `sent_at` and has come back, or been given up, now.

        Args:
            now: The instant of the answer.
            sent_at: The instant at which the permit was taken.
            priority: As it was taken.
            admitted: Whether there was an answer, so that the server did admit it. If not, it may have.
        """
        self._cool(now, sent_at, priority, admitted=True)
        self.pace.answered(sent_at, admitted=admitted)

    def refused(self, now: float, sent_at: float, priority: Priority, retry_after: float | None) -> None:
        """Return a permit whose request was answered 429.

        Args:
            now: The instant of the answer.
            sent_at: The instant at which the permit was taken.
            priority: As it was taken.
            retry_after: Seconds that the answer asked everybody to wait; None if it didn't.
        """
        self._cool(now, sent_at, priority, admitted=False)
        self.pace.refused(now, sent_at, self.admitted, retry_after, batch=priority is Priority.BATCH)

    def level(self, now: float) -> int:
        """How many permits may be in use, as far as is known."""
        return int(self.pace.level(now))

    def used(self, now: float) -> int:
        """How many permits are in use, those included that the server may still count."""
        self._expire(now)
        return self.in_flight + len(self.cooling)

    def estimate(self, now: float, ahead: int) -> float:
        """The earliest instant at which a request may go, with `ahead` others before it.

        It may well be later; it is earlier only if a permit in flight is given back unused.
        """
        self._expire(now)
        limit, per = self.rate_limit.limit, self.rate_limit.per
        rounds, place = divmod(ahead, limit)
        unused = limit - self.in_flight - len(self.cooling)
        if place < unused:
            free_at = now
        elif place - unused < len(self.cooling):
            free_at = self.cooling[place - unused].free_at
        else:
            free_at = now + per
        if not rounds:  # what is taken from now on is free again after a window at the earliest
            free_at = max(free_at, min(self._allowed_at(now), now + per))
        return max(free_at, self.pace.hold_until) + rounds * per

    def inherit(self, other: "Window", then: float, now: float) -> None:
        """Begin with what is in use of another window: `then` on its clock is `now` on ours."""
        longer = max(0.0, self.rate_limit.per - other.rate_limit.per)
        free_at = [used.free_at - then + longer for used in other.cooling]
        free_at += [self.rate_limit.per] * other.in_flight
        self.cooling.extend(Used(now + after, True, True) for after in sorted(free_at))
        self.admitted = len(self.cooling)

    def is_fresh(self, now: float) -> bool:
        """Whether nothing would be lost by starting with a new window: no permit is in use and nothing was learnt."""
        return not self.used(now) and self.pace.level(now) >= self.rate_limit.limit and now >= self.pace.hold_until

    def _soonest(self) -> float:
        return self.cooling[0].free_at if self.cooling else math.inf

    def _allowed_at(self, now: float) -> float:
        """The earliest instant at which the level may allow one more than those that are cooling.

        Those in flight don't count: each may yet be refused, or show that there was room for one more. Nor do those
        ahead in the line: what is refused is not in use.
        """
        best, at, in_use = math.inf, now, self.admitted
        for used in [*self.cooling, None]:
            best = min(best, max(at, self.pace.may_reach(in_use + 1, now)))
            if used is None or best <= at:
                break
            at, in_use = used.free_at, in_use - used.admitted
        return best

    def _cool(self, now: float, sent_at: float, priority: Priority, *, admitted: bool) -> None:
        self._expire(now)
        self.in_flight -= 1
        free_at = max(now, sent_at + DOOR * self.rate_limit.per) + self.rate_limit.per
        if self.cooling:
            free_at = max(free_at, self.cooling[-1].free_at)  # keeps the order; later is always safe
        batch = priority is Priority.BATCH
        self.cooling.append(Used(free_at, admitted, batch))
        self.admitted += admitted
        self.visits += admitted and not batch

    def _expire(self, now: float) -> None:
        cooling = self.cooling
        while cooling and cooling[0].free_at <= now:
            _, admitted, batch = cooling.popleft()
            self.admitted -= admitted
            self.visits -= admitted and not batch
