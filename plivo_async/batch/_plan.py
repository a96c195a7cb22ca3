"""What activating many conferences takes at least, reckoned before anything is sent. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .._errors import InvalidArgumentError
from .._public import public
from ..policy import RateLimit
from ..shown._jsonable import Jsonable
from ..wire import Conference, conference
from ._input import ConferenceId
from ._report import duration

_STANDARD = RateLimit()


@public
@dataclass(frozen=True, slots=True)
class Plan(Jsonable):
    """What an input comes to. Nothing has been sent for it."""

    conferences: int
    """How many different ones there are; a request each is the least that it takes."""
    invalid: tuple[tuple[int, Exception], ...]
    """The items that would be refused: position in the input, from 0, and why."""
    repeated: tuple[tuple[int, int], ...]
    """The items that name a conference again: their position, and that of the first one."""
    least: float
    """Seconds from the first request to the last one, at least: what the limit allows if each conference takes one
    request. Lost answers, 404s and other traffic of the account come on top."""

    @property
    def requests(self) -> int:
        """How many requests it takes at least."""
        return self.conferences

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain JSON types."""
        return {
            "conferences": self.conferences,
            "requests": self.requests,
            "least": self.least,
            "invalid": [{"position": position, "error": str(error)} for position, error in self.invalid],
            "repeated": [{"position": position, "first": first} for position, first in self.repeated],
        }

    def __str__(self) -> str:
        parts = [f"{self.requests:,} requests, at least {duration(self.least)}"]
        parts += [f"{len(self.repeated):,} given again"] if self.repeated else []
        parts += [f"{len(self.invalid):,} invalid"] if self.invalid else []
        return " · ".join(parts)


@public
def plan(
    names: Iterable[ConferenceId], rate_limit: RateLimit | None = _STANDARD, *, available: int | None = None
) -> Plan:
    """Reckon what `client.mpc.start(names)` takes at least. Sends nothing and needs no client.

    Args:
        names: As for `start`; it is gone through once.
        rate_limit: The account's limit, 300 requests per 5 s unless it is said; None for none.
        available: How many permits are left now, if others have used some; None for all.

    Raises:
        ValueError: `available` is negative.
    """
    if available is not None and available < 0:
        raise InvalidArgumentError(f"available must be at least 0, not {available}", argument="available")
    first: dict[Conference, int] = {}
    invalid: list[tuple[int, Exception]] = []
    repeated: list[tuple[int, int]] = []
    for position, name in enumerate(names):
        try:
            one = conference(name, f" at position {position}")
        except (ValueError, TypeError) as error:
            invalid.append((position, error))
            continue
        if one in first:
            repeated.append((position, first[one]))
        else:
            first[one] = position
    return Plan(len(first), tuple(invalid), tuple(repeated), least_time(len(first), rate_limit, available))


def least_time(requests: int, rate_limit: RateLimit | None, available: int | None = None) -> float:
    """Seconds between the first and the last of so many requests, if the limit is all that there is to wait for."""
    if rate_limit is None:
        return 0.0
    now = rate_limit.limit if available is None else min(available, rate_limit.limit)
    return max(0, math.ceil((requests - now) / rate_limit.limit)) * rate_limit.per
