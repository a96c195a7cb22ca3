"""Where permits come from: this process alone, or a budget that many processes share. What both offer."""

import math
import weakref
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from .._public import public
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


class Usage(NamedTuple):
    """What of the permits is in use.

    Attributes:
        in_flight: Those that are out, in this process.
        used: Those that are out, or may still be counted by the server: for all who share them.
        level: How many may be in use.
        limit: How many at the most.
    """

    in_flight: int
    used: int
    level: int
    limit: int


@public
@dataclass(frozen=True, slots=True)
class SharedBudget:
    """A budget that is shared with other processes, as its store said last."""

    store: str
    """Where it is, without user and password."""
    state: Literal["shared", "away", "alone"]
    """Whether the store is there; is away, so that nothing can be had; or is away for so long that this process goes on
    with a careful share of its own."""
    holders: int
    """Processes that take part."""
    held: int
    """Permits that they have."""
    cooling: int
    """Permits that the server may still count."""
    hold: float
    """Seconds for which nobody may send, when it was said; 0 if nothing bars."""
    trades: int
    """Calls of the store by this process that were answered."""
    failures: int
    """Calls that weren't."""
    leases_lost: int
    """How often this process was stopped, or cut off, for so long that it lost what it had."""
    alarms: int
    """How often the store's clock jumped ahead, or another server took over."""


class PermitSource(Protocol):
    """The permits of one account."""

    users: "weakref.WeakSet[object]"
    """Who holds the others of this process to its rate limit."""

    async def ready(self) -> None:
        """See that permits can be had at all.

        Raises:
            SharedBudgetError: They can't.
        """
        ...

    def usage(self) -> Usage:
        """What is in use."""
        ...

    def gate(self) -> PermitGate:
        """Where the running event loop lines up."""
        ...

    def shared(self) -> SharedBudget | None:
        """What there is to say of a budget that is shared; None of one that isn't."""
        ...

    def learns(self) -> bool:
        """Whether a 429 tells of the account rather than of its request."""
        ...
