"""How many requests may be sent, and when: the state behind the limiter.

The promise: no more than `limit` requests are counted by the server in any span of `per` seconds.

Why it holds. The server counts a request at some instant between our sending it and its answer's arrival. Each
request holds one of `limit` permits from before it is sent until `per` seconds after its answer came (or after we
gave up waiting for one). Two uses of one permit are therefore counted more than `per` seconds apart, whatever the
network does in between, and `limit` permits can't be counted more than `limit` times in a span. That satisfies a
sliding window, a fixed window (which is one such span) and a token bucket of the same size and rate. The price is one
round trip in each window.

What can't be foreseen is traffic of others on the same account, or a lower limit than we were told. A 429 says so,
and it is news for everybody: it takes its permit out of use (retires it), and holds all further requests for a while;
after that one request at a time goes to see, one for each such while, and only when one is admitted do the rest
follow. Retired permits come back in small parts, one part for each window without a 429, so that nothing is cut for
good.
"""

import heapq
import math
import sys
from dataclasses import dataclass

from .._errors import invalid
from .._public import public

_FIRST_PAUSE, _LONGEST_PAUSE = 1 / 20, 1 / 5  # of a window; doubled while the probes are refused as well
_RECOVERY = 1 / 50  # of the limit, for each window without a 429
_KEPT = 1 / 20  # of the limit, never retired


@public
@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `limit` requests in any `per` seconds, for all clients of one account in this process.

    The default is Plivo's for an account. Source: Plivo, "Account and feature limits" (300 requests in 5 seconds).

    Raises:
        InvalidArgumentError: `limit` is not a whole number of at least 1, or `per` not a positive, finite number of
            seconds.
    """

    limit: int = 300
    """Requests, at least 1."""
    per: float = 5.0
    """Seconds, more than 0."""

    def __post_init__(self) -> None:
        if isinstance(self.limit, bool) or not isinstance(self.limit, int) or self.limit < 1:
            raise invalid("RateLimit.limit", f"must be a whole number of at least 1, not {self.limit!r}")
        if (
            isinstance(self.per, bool)
            or not isinstance(self.per, int | float)
            or not 0 < self.per <= sys.float_info.max
        ):
            raise invalid("RateLimit.per", f"must be a positive number of seconds, not {self.per!r}")


class Window:
    """The permits of one account. Pure: every instant is handed in, as monotonic seconds that never go back."""

    __slots__ = (
        "_doubt",
        "_free_at",
        "_fresh",
        "_hold_since",
        "_hold_until",
        "_pause",
        "_probed_at",
        "_recovered_at",
        "in_flight",
        "rate_limit",
        "retired",
    )

    def __init__(self, rate_limit: RateLimit) -> None:
        self.rate_limit: RateLimit = rate_limit
        self.in_flight: int = 0
        self.retired: int = 0
        self._fresh = rate_limit.limit
        self._free_at: list[float] = []
        self._hold_since = -math.inf
        self._hold_until = -math.inf
        self._pause = 0.0
        self._doubt = False
        self._probed_at: float | None = None
        self._recovered_at = -math.inf

    def take(self, now: float) -> float | None:
        """Take a permit; None if that worked, else the instant at which to ask again.

        `math.inf`: not before a request in flight has come back.
        """
        if now < self._hold_until:
            return self._hold_until
        self._recover(now)
        if self._doubt and self._probed_at is not None and now < self._probed_at + self._pause:
            return self._probed_at + self._pause
        if self._fresh:
            self._fresh -= 1
        elif self._free_at and self._free_at[0] <= now:
            heapq.heappop(self._free_at)
        else:
            return min(self._free_at[0] if self._free_at else math.inf, self._next_recovery())
        self.in_flight += 1
        if self._doubt:
            self._probed_at = now
        return None

    def give_back(self, taken_at: float) -> None:
        """Return a permit that was taken at `taken_at` and of which nothing was sent: it is free at once."""
        self.in_flight -= 1
        self._fresh += 1
        if taken_at == self._probed_at:
            self._probed_at = None

    def answered(self, now: float, sent_at: float, *, admitted: bool) -> None:
        """Return a permit whose request was sent at `sent_at` and has come back, or been given up, now.

        Args:
            now: The instant of the answer.
            sent_at: The instant at which the permit was taken.
            admitted: Whether there was an answer, so that the server did admit it.
        """
        self.in_flight -= 1
        heapq.heappush(self._free_at, now + self.rate_limit.per)
        if sent_at == self._probed_at:
            self._probed_at = None
        if admitted and sent_at > self._hold_since:
            self._doubt = False
            self._pause = 0.0

    def refused(self, now: float, sent_at: float, retry_after: float | None) -> None:
        """Return a permit whose request was answered 429.

        Args:
            now: The instant of the answer.
            sent_at: The instant at which the permit was taken.
            retry_after: Seconds that the answer asked everybody to wait; None if it didn't.
        """
        self.in_flight -= 1
        limit, per = self.rate_limit.limit, self.rate_limit.per
        if limit - self.retired > max(1, int(limit * _KEPT)):
            self.retired += 1
        else:
            heapq.heappush(self._free_at, now + per)
        self._recovered_at = now
        if sent_at > self._hold_since:  # not just the same news again, from a request sent before we had heard it
            self._pause = min(per * _LONGEST_PAUSE, max(per * _FIRST_PAUSE, self._pause * 2))
            self._hold_since = now
            self._hold_until = max(self._hold_until, now + self._pause)
            self._doubt = True
            self._probed_at = None
        if retry_after is not None:
            self._hold_until = max(self._hold_until, now + retry_after)

    def estimate(self, now: float, ahead: int) -> float:
        """The earliest instant at which a request may go, with `ahead` others before it.

        It may well be later; it is earlier only if a permit in flight is given back unused.
        """
        self._recover(now)
        limit, per = self.rate_limit.limit, self.rate_limit.per
        start = max(now, self._hold_until)
        start += ahead // limit * per
        later = ahead - self._fresh
        if later < 0:
            return start
        soon = self._free_at + [self._next_recovery()] * min(self.retired, self._recovery)
        if later < len(soon):
            return max(start, heapq.nsmallest(later + 1, soon)[-1])
        return max(start, now + (1 + (later - len(soon)) // limit) * per)

    def is_fresh(self, now: float) -> bool:
        """Whether nothing would be lost by starting with a new window: no permit is held and nothing was learnt."""
        self._recover(now)
        waits = max(self._free_at, default=-math.inf) > now or self._hold_until > now
        return not (self.in_flight or self.retired or waits)

    def _recover(self, now: float) -> None:
        if not self.retired or now < self._next_recovery():
            return
        windows = max(1, int((now - self._recovered_at) / self.rate_limit.per))
        back = min(self.retired, windows * self._recovery)
        self.retired -= back
        self._fresh += back
        self._recovered_at += windows * self.rate_limit.per

    @property
    def _recovery(self) -> int:
        return max(1, int(self.rate_limit.limit * _RECOVERY))

    def _next_recovery(self) -> float:
        return self._recovered_at + self.rate_limit.per if self.retired else math.inf
