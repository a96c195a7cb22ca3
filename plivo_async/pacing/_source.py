"""Where permits come from: this process alone, or a budget that many processes share. What both offer.

The exchange sees nothing else: `limiter.gate()`, then `acquire`, and one of the three ways to return what it got.
"""

import math
from typing import NamedTuple, Protocol

from ..policy import Priority


class Permit(NamedTuple):
    """The right to send one request; returned once, by one of the three methods of its gate.

    Attributes:
        taken_at: The instant at which it was taken, on the client's clock.
        priority: Whose it is.
        generation: The lease under which it was had; permits of a lease that is over are nobody's any more.
    """

    taken_at: float
    priority: Priority
    generation: int = 0


class PermitGate(Protocol):
    """Where the tasks of one event loop line up."""

    @property
    def waiting(self) -> int:
        """How many wait for a permit in this event loop."""
        ...

    async def acquire(self, priority: Priority, deadline: float = math.inf) -> Permit:
        """Wait for a permit."""
        ...

    def give_back(self, permit: Permit) -> None:
        """Return a permit of which nothing was sent."""
        ...

    def answered(self, permit: Permit, *, admitted: bool) -> None:
        """Return a permit whose request has come back, or been given up."""
        ...

    def refused(self, permit: Permit, retry_after: float | None) -> None:
        """Return a permit whose request was answered 429."""
        ...


class PermitSource(Protocol):
    """The permits of one account."""

    def gate(self) -> PermitGate:
        """Where the running event loop lines up."""
        ...
