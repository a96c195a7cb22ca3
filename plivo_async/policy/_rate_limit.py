"""How many requests an account may send."""

import sys
from dataclasses import dataclass

from .._errors import invalid
from .._public import public


@public
@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `limit` requests in any `per` seconds, for all clients of one account in this process.

    The default is Plivo's for an account. Source: Plivo, "Account and feature limits" (300 requests in 5 seconds).

    Raises:
        InvalidArgumentError: `limit` is not a whole number of at least 1, `per` not a positive, finite number of
            seconds, or `reserve` not a whole number from 0 to `limit` - 1.
    """

    limit: int = 300
    """Requests, at least 1."""
    per: float = 5.0
    """Seconds, more than 0."""
    reserve: int | None = None
    """How many of them batches always leave alone, from 0 to `limit` - 1, but never more than half of what there is.

    None leaves 1 % alone while something interactive was asked for in the last 12 windows, and nothing otherwise:
    enough for single operations to go at once beside a batch, and a batch alone pays nothing.
    """

    def __post_init__(self) -> None:
        if isinstance(self.limit, bool) or not isinstance(self.limit, int) or self.limit < 1:
            raise invalid("RateLimit.limit", f"must be a whole number of at least 1, not {self.limit!r}")
        if (
            isinstance(self.per, bool)
            or not isinstance(self.per, int | float)
            or not 0 < self.per <= sys.float_info.max
        ):
            raise invalid("RateLimit.per", f"must be a positive number of seconds, not {self.per!r}")
        reserve = self.reserve
        if reserve is not None and (
            isinstance(reserve, bool) or not isinstance(reserve, int) or not 0 <= reserve < self.limit
        ):
            problem = f"must be a whole number from 0 to {self.limit - 1}, below the limit, or None, not {reserve!r}"
            raise invalid("RateLimit.reserve", problem)
