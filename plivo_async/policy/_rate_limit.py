"""How many requests an account may send."""

import re
import sys
from dataclasses import dataclass
from typing import Literal

from .._errors import invalid
from .._public import public
from ._store_url import StoreUrl


@public
@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `limit` requests in any `per` seconds, for all clients of one account in this process.

    With `shared`, for those of all processes that name the same store: "Several workers" in the docs.

    The default is Plivo's for an account. Source: Plivo, "Account and feature limits" (300 requests in 5 seconds).

    Raises:
        InvalidArgumentError: `limit` is not a whole number of at least 1, `per` not a positive, finite number of
            seconds, `reserve` not a whole number from 0 to `limit` - 1, or one of the others not as it says.
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
    shared: str | None = None
    """Where the budget is that this process shares with others.

    `sqlite:////run/plivo/budget.db`, a file, for the processes of one host; `redis://host:6379/0` (`rediss://` with
    TLS, `unix://` for a socket), a Redis or Valkey, for those of several, with the extra `plivo-async[redis]`. None:
    what `PLIVO_RATE_LIMIT_URL` in the environment says; if it isn't set, this process has a budget of its own.
    """
    on_store_down: Literal["degrade", "wait"] = "degrade"
    """What to do while the store can't be reached: "degrade" goes on with a careful share of the limit, after about 20
    seconds, when nothing counts any more that was granted before; "wait" waits until it is back."""
    namespace: str = "plivo"
    """Tells budgets of the same account in one store apart: 1 to 64 letters, digits, dots, dashes and underscores."""

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
        if self.shared is not None:
            object.__setattr__(self, "shared", StoreUrl(self.shared))
        if self.on_store_down not in ("degrade", "wait"):
            raise invalid("RateLimit.on_store_down", f"must be 'degrade' or 'wait', not {self.on_store_down!r}")
        if not isinstance(self.namespace, str) or not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", self.namespace):
            problem = f"must be 1 to 64 letters, digits, dots, dashes and underscores, not {self.namespace!r}"
            raise invalid("RateLimit.namespace", problem)
