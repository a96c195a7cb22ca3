"""The account's rate limit, as three kinds of server might count it. Pure: the clock is handed in.

Plivo documents "300 requests per 5 seconds, then 429, not executed" and nothing about how it is counted, whether
refused requests count too, or what `Retry-After` says. So each of these is a setting.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import takewhile
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `limit` requests `per` seconds for the account; a request over it is answered 429 and not executed.

    Raises:
        ValueError: A value out of its range.
    Source: Plivo, "Account and feature limits": 300 per 5 s. How it is counted is unverified.
    """

    limit: int = 300
    """Requests, 1 or more."""

    _: KW_ONLY

    per: float = 5.0
    """Seconds, more than 0."""

    window: Literal["sliding", "fixed", "bucket"] = "sliding"
    """`sliding`: no half-open span of `per` seconds holds more than `limit`. `fixed`: the count starts anew every `per`
    seconds, counted from the emulator's start. `bucket`: `limit` tokens, refilled evenly at `limit` per `per`."""

    count_rejected: bool = False
    """Whether a refused request counts as well: then who insists is never let in again. In a bucket, a refused request
    spills the part of a token that had dripped in."""

    retry_after: Literal["seconds", "date"] | None = None
    """`Retry-After` of a 429: none, whole seconds (rounded up), or an HTTP-date."""

    def __post_init__(self) -> None:
        if self.limit < 1:
            raise ValueError(f"limit: {self.limit} is less than 1")
        if not (self.per > 0 and math.isfinite(self.per)):
            raise ValueError(f"per: {self.per} seconds is not a positive time")
        if self.window not in _LIMITERS:
            raise ValueError(f"window: {self.window!r} is none of {', '.join(map(repr, _LIMITERS))}")
        if self.retry_after not in (None, "seconds", "date"):
            raise ValueError(f"retry_after: {self.retry_after!r} is none of None, 'seconds', 'date'")


class Limiter(Protocol):
    """A running count. `now` is in seconds and never goes backwards."""

    def admit(self, now: float) -> bool:
        """Count a request that arrives now and say whether it is let through."""

    def used(self, now: float) -> int:
        """How much of the limit is used up now: 0 to `limit`."""

    def retry_in(self, now: float) -> float:
        """Seconds after which a request would be let through if none came before; 0 if one would be now.

        Never more than `per`: it is computed as a part of it, or rounding would make it more.
        """


def limiter_of(limit: Limit) -> Limiter:
    """A fresh count under this limit."""
    return _LIMITERS[limit.window](limit)


class _Sliding:
    """Remembers the last `limit` counted requests: only the oldest of these can be in the way."""

    __slots__ = ("_counted", "_limit")

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._counted: deque[float] = deque(maxlen=limit.limit)

    def _full(self, now: float) -> bool:
        return len(self._counted) == self._limit.limit and now - self._counted[0] < self._limit.per

    def admit(self, now: float) -> bool:
        admitted = not self._full(now)
        if admitted or self._limit.count_rejected:
            self._counted.append(now)
        return admitted

    def used(self, now: float) -> int:
        return sum(1 for _ in takewhile(lambda at: now - at < self._limit.per, reversed(self._counted)))

    def retry_in(self, now: float) -> float:
        return self._limit.per - (now - self._counted[0]) if self._full(now) else 0.0


class _Fixed:
    """Counts from the last multiple of `per`."""

    __slots__ = ("_count", "_index", "_limit")

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._index = 0
        self._count = 0

    def _turn(self, now: float) -> None:
        index = math.floor(now / self._limit.per)
        if index != self._index:
            self._index, self._count = index, 0

    def admit(self, now: float) -> bool:
        # Refusing leaves the count full either way: it makes no difference here whether a refused request counts.
        self._turn(now)
        admitted = self._count < self._limit.limit
        self._count += admitted
        return admitted

    def used(self, now: float) -> int:
        self._turn(now)
        return self._count

    def retry_in(self, now: float) -> float:
        self._turn(now)
        if self._count < self._limit.limit:
            return 0.0
        return min(self._limit.per, (self._index + 1) * self._limit.per - now)


class _Bucket:
    """Tokens, whole when full; a request takes one."""

    __slots__ = ("_at", "_limit", "_rate", "_tokens")

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._rate = limit.limit / limit.per
        self._tokens = float(limit.limit)
        self._at = 0.0

    def _drip(self, now: float) -> None:
        self._tokens = min(float(self._limit.limit), self._tokens + (now - self._at) * self._rate)
        self._at = now

    def admit(self, now: float) -> bool:
        self._drip(now)
        admitted = self._tokens >= 1
        if admitted:
            self._tokens -= 1
        elif self._limit.count_rejected:
            self._tokens = 0.0
        return admitted

    def used(self, now: float) -> int:
        self._drip(now)
        return self._limit.limit - math.floor(self._tokens)

    def retry_in(self, now: float) -> float:
        self._drip(now)
        return max(0.0, (1 - self._tokens) * self._limit.per / self._limit.limit)


_LIMITERS: Mapping[str, Callable[[Limit], Limiter]] = {"sliding": _Sliding, "fixed": _Fixed, "bucket": _Bucket}


def retry_after(form: Literal["seconds", "date"] | None, delay: float, wall: datetime) -> str | None:
    """The value of a `Retry-After` header, or None for no header.

    Never too early: seconds are rounded up, and so is the date, which has whole seconds only.

    Args:
        form: As in `Limit.retry_after`.
        delay: Seconds to wait, 0 or more.
        wall: The time now, aware, in UTC.
    """
    if form is None:
        return None
    if form == "seconds":
        return str(math.ceil(delay))
    then = wall + timedelta(seconds=delay)
    if then.microsecond:
        then = then.replace(microsecond=0) + timedelta(seconds=1)
    return format_datetime(then, usegmt=True)
