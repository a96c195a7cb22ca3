"""Where permits come from: this process alone, or a budget that many processes share. What both offer."""

import math
from dataclasses import dataclass
from typing import Protocol

from ..policy import Priority


class DeadlinePassed(Exception):  # noqa: N818  (never leaves the package)
    """No permit can be had in time.

    Attributes:
        in_seconds: When one can be had at the earliest.
    """

    def __init__(self, in_seconds: float) -> None:
        super().__init__(in_seconds)
        self.in_seconds = in_seconds


@dataclass(slots=True, eq=False)
class Permit:
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

    async def acquire(self, priority: Priority, deadline: float = math.inf, *, page: bool = False) -> Permit:
        """Wait for a permit; `page`: for a page of a list.

        Raises:
            DeadlinePassed: It can't be had before `deadline`; known, where possible, without waiting for it.
        """
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

    def learns(self) -> bool:
        """Whether a 429 tells of the account rather than of its request."""
        ...
