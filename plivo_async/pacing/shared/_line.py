"""Those of a process who wait for a shared budget; the broker's thread alone sees it."""

import math
from collections.abc import Iterator

from ...policy import Priority, WaitQueue, Window
from ...policy.shared import Kind, Share
from ._ticket import SharedPermit, Ticket, wake_all


class Line:
    """Tasks that wait, and what they are given."""

    def __init__(self) -> None:
        self._queue: WaitQueue[Ticket] = WaitQueue()
        self._hurried: dict[Ticket, None] = {}
        self._checks: list[Ticket] = []

    def __len__(self) -> int:
        return len(self._queue) + len(self._checks)

    def ahead(self, priority: Priority) -> int:
        """How many of a priority wait."""
        return self._queue.ahead(priority)

    @property
    def checks(self) -> bool:
        """Whether somebody waits to see that the store can be used."""
        return bool(self._checks)

    def push(self, ticket: Ticket) -> None:
        """Line up."""
        if ticket.priority is None:
            self._checks.append(ticket)
            return
        self._queue.push(ticket, ticket.priority)
        if ticket.deadline < math.inf:
            self._hurried[ticket] = None

    def remove(self, ticket: Ticket) -> None:
        """Leave."""
        self._queue.remove(ticket)
        self._hurried.pop(ticket, None)

    def hand_out(self, share: Share, interactive: int, batch: int, now: float) -> None:
        """Give these permits to those in front; what is left over goes back."""
        given = []
        for priority in (Priority.INTERACTIVE,) * interactive + (Priority.BATCH,) * batch:
            permit = SharedPermit(priority, share.generation, now)
            ticket = self._next(priority)
            if ticket is None:
                _give_back(share, permit)
            else:
                ticket.permit = permit
                ticket.held.add(permit)
                given.append(ticket)
        for ticket in wake_all(given):
            assert ticket.permit is not None  # noqa: S101
            ticket.held.discard(ticket.permit)
            _give_back(share, ticket.permit)

    def hand_out_here(self, share: Share, window: Window, now: float) -> float:
        """Give what this process may use by itself; the instant at which there may be more."""
        while self._queue:
            again_at = math.inf
            for priority in self._queue.order():
                at = window.take(now, priority)
                if at is None:
                    self.hand_out(share, priority is Priority.INTERACTIVE, priority is Priority.BATCH, now)
                    break
                again_at = min(again_at, at)
            else:
                return again_at
        return math.inf

    def pass_checks(self) -> None:
        """The store can be used."""
        checks, self._checks = self._checks, []
        wake_all([ticket for ticket in checks if ticket.claim()])

    def send_away(self, now: float, earliest: tuple[float, float]) -> None:
        """Tell those who can't have a permit before their deadline."""
        late = []
        for ticket in list(self._hurried):
            at = earliest[ticket.priority or 0]
            if at >= ticket.deadline and ticket.claim():
                ticket.too_late = at - now
                self.remove(ticket)
                late.append(ticket)
        wake_all(late)

    def refuse(self, error: str) -> None:
        """Tell all of them that there is nothing to wait for."""
        tickets = [ticket for ticket in self._all() if ticket.claim()]
        self.__init__()  # type: ignore[misc]
        for ticket in tickets:
            ticket.error = error
        wake_all(tickets)

    def _all(self) -> Iterator[Ticket]:
        yield from self._checks
        while self._queue:
            yield self._queue.pop()

    def _next(self, priority: Priority) -> Ticket | None:
        """The next one who still waits, of that priority if there is one."""
        while self._queue:
            chosen = priority if self._queue.ahead(priority) else None
            ticket = self._queue.pop(chosen)
            self._hurried.pop(ticket, None)
            if ticket.claim():
                return ticket
        return None


def _give_back(share: Share, permit: SharedPermit) -> None:
    share.came_back(Kind.UNSENT, permit.priority, permit.generation, permit.taken_at, permit.taken_at, None)
