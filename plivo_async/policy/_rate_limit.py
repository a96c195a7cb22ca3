"""How many requests an account may send."""

import re
import sys
from dataclasses import dataclass, replace
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

    None leaves a sixtieth alone, 5 of 300, while something interactive was asked for in the last 12 windows, and
    nothing otherwise: enough for single operations to go at once beside a batch, and a batch alone pays nothing.
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
    dial_limit: int | None = None
    """Requests that start calls (`calls.make`, `add_participant`) in the same `per` seconds, if they have a limit of
    their own, beside `limit` for all others.

    None counts all of them among `limit`. Plivo documents 300 for either kind, but not whether these are two counters
    or one described twice: unverified, and None is safe whichever is so.
    """
    dials_per_second: float | None = None
    """Phones rung in a second by this process, more than 0; None sends each dial at once.

    Plivo dials two a second unless the account's CPS was raised, and queues what comes faster, with no word on how
    long. With this set a dial waits here instead: `statistics().dial_wait` says how long, one that would ring after its
    deadline is refused with `NotSentError`, and one that is cancelled never rings. Not shared with other processes:
    divide it among them.
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
        self._check_dials()
        if self.shared is not None:
            object.__setattr__(self, "shared", StoreUrl(self.shared))
        if self.on_store_down not in ("degrade", "wait"):
            raise invalid("RateLimit.on_store_down", f"must be 'degrade' or 'wait', not {self.on_store_down!r}")
        if not isinstance(self.namespace, str) or not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", self.namespace):
            problem = f"must be 1 to 64 letters, digits, dots, dashes and underscores, not {self.namespace!r}"
            raise invalid("RateLimit.namespace", problem)

    def _check_dials(self) -> None:
        dials = self.dial_limit
        if dials is not None and (isinstance(dials, bool) or not isinstance(dials, int) or dials < 1):
            raise invalid("RateLimit.dial_limit", f"must be a whole number of at least 1, or None, not {dials!r}")
        pace = self.dials_per_second
        if pace is not None and (
            isinstance(pace, bool) or not isinstance(pace, int | float) or not 1e-6 <= pace <= 1e6
        ):
            raise invalid("RateLimit.dials_per_second", f"must be a positive number or None, not {pace!r}")

    @property
    def of_dials(self) -> "RateLimit | None":
        """What holds for requests that start calls, if they have a limit of their own; None otherwise."""
        if self.dial_limit is None:
            return None
        return replace(self, limit=self.dial_limit, reserve=None, dial_limit=None, dials_per_second=None)
