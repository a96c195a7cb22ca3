"""Who waits for a permit of a shared budget, and what they are given."""

import math
from collections.abc import Callable

from ...policy import Priority
from .._loop import Loop
from .._source import Permit


class SharedPermit(Permit):
    """A permit of a shared budget.

    Attributes:
        granted_at: When it was granted, on the broker's clock.
    """

    __slots__ = ("granted_at",)

    def __init__(self, priority: Priority, generation: int, granted_at: float) -> None:
        super().__init__(granted_at, priority, generation)
        self.granted_at = granted_at


class Ticket:
    """A task that waits.

    Attributes:
        loop: Where it is to be woken.
        wake: What wakes it there.
        priority: Whose it is; None waits for no permit, only to see that the store can be used.
        page: It is for a page of a list.
        held: Where its permit is noted, so that it isn't lost with its event loop.
        deadline: The instant at which it leaves, on the broker's clock.
        permit: What it was given.
        error: Why it can't be given any.
        too_late: In how many seconds there would have been a permit at the earliest.
    """

    __slots__ = ("_open", "deadline", "error", "held", "loop", "page", "permit", "priority", "too_late", "wake")

    def __init__(
        self,
        loop: Loop,
        wake: Callable[[], object],
        held: set[Permit],
        priority: Priority | None,
        deadline: float = math.inf,
        *,
        page: bool = False,
    ) -> None:
        self.loop, self.wake, self.held = loop, wake, held
        self.priority, self.deadline, self.page = priority, deadline, page
        self.permit: SharedPermit | None = None
        self.error: str | None = None
        self.too_late: float | None = None
        self._open = [True]

    def claim(self) -> bool:
        """Whether we are the first to settle it: the thread, with an answer, or the task, which leaves."""
        try:
            return self._open.pop()
        except IndexError:
            return False


def wake_all(tickets: list[Ticket]) -> list[Ticket]:
    """Wake tasks, with one call for each event loop; those of loops that are gone are returned."""
    loops: dict[Loop, list[Ticket]] = {}
    for ticket in tickets:
        loops.setdefault(ticket.loop, []).append(ticket)
    lost = []
    for loop, those in loops.items():
        if not loop.call(_Wake(those)):
            lost += those
    return lost


class _Wake:
    __slots__ = ("_tickets",)

    def __init__(self, tickets: list[Ticket]) -> None:
        self._tickets = tickets

    def __call__(self) -> None:
        for ticket in self._tickets:
            ticket.wake()
