"""How the server counts requests: the three kinds of window that Plivo's limit may be. No clock, no I/O."""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal, Protocol

Kind = Literal["sliding", "fixed", "bucket"]
KINDS: tuple[Kind, ...] = ("sliding", "fixed", "bucket")


class Limit(Protocol):
    """Decides about one request after the other."""

    def admits(self, now: float) -> bool:
        """Count a request that arrives now; False if it is refused. A refused one doesn't count."""
        ...


@dataclass(slots=True)
class Sliding:
    """At most `count` in any span of `per` seconds."""

    count: int
    per: float
    _log: deque[float] = field(default_factory=deque)

    def admits(self, now: float) -> bool:
        """Count a request that arrives now; False if it is refused."""
        while self._log and self._log[0] <= now - self.per:
            self._log.popleft()
        if len(self._log) >= self.count:
            return False
        self._log.append(now)
        return True


@dataclass(slots=True)
class Fixed:
    """At most `count` in each window of `per` seconds; the first one begins with the first request."""

    count: int
    per: float
    _began: float = float("-inf")
    _used: int = 0

    def admits(self, now: float) -> bool:
        """Count a request that arrives now; False if it is refused."""
        if self._began == float("-inf"):
            self._began = now
        passed = (now - self._began) // self.per
        if passed >= 1:
            self._began, self._used = self._began + passed * self.per, 0
        if self._used >= self.count:
            return False
        self._used += 1
        return True


@dataclass(slots=True)
class Bucket:
    """A bucket of `count` tokens, full at first, that is refilled evenly in `per` seconds."""

    count: int
    per: float
    _tokens: float = -1.0
    _at: float = 0.0

    def admits(self, now: float) -> bool:
        """Count a request that arrives now; False if it is refused."""
        if self._tokens < 0:
            self._tokens, self._at = float(self.count), now
        self._tokens = min(self.count, self._tokens + (now - self._at) * self.count / self.per)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


_CLASSES: dict[Kind, type[Sliding] | type[Fixed] | type[Bucket]] = {
    "sliding": Sliding,
    "fixed": Fixed,
    "bucket": Bucket,
}


def limit(kind: Kind, count: int, per: float) -> Limit:
    """A limit that has seen no request yet."""
    return _CLASSES[kind](count, per)


def optimum(requests: int, count: int, per: float, round_trip: float) -> float:
    """The least seconds in which so many requests can be answered, under each of the three."""
    return (requests - 1) // count * per + round_trip
