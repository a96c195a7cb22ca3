"""Where the tasks of one event loop line up for the permits of an account.

One of those who wait is the driver: it sleeps until the next permit is free and hands out what there is to whoever is
next, in this event loop or another; when it gets its own, or is cancelled, another takes over.
"""

import math
from typing import TYPE_CHECKING

import anyio

from ..policy import Priority
from ._clock import TICK
from ._loop import RECHECK, Loop
from ._source import DeadlinePassed, Permit

if TYPE_CHECKING:
    from ._limiter import Limiter


class Ticket:
    """A place in the line.

    Attributes:
        gate: Whose.
        priority: Its kind.
        permit: What it waited for, once it has come.
    """

    __slots__ = ("_event", "gate", "permit", "priority")

    def __init__(self, gate: "Gate", priority: Priority) -> None:
        self.gate = gate
        self.priority = priority
        self.permit: Permit | None = None
        self._event = anyio.Event()

    def wake(self) -> None:
        """Let its task look at what has changed."""
        self._event.set()
        if self.gate.driver is self:
            self.gate.rouse()

    async def change(self) -> None:
        """Wait for that."""
        await self._event.wait()
        self._event = anyio.Event()


class Gate:
    """The line of one event loop.

    Attributes:
        loop: Which.
        held: The permits that its tasks have.
        tickets: Those that wait, in order of arrival.
        driver: Who of them sees to it that all get theirs.
        wakes_at: When the driver looks again by itself; `math.inf` without one.
    """

    def __init__(self, limiter: "Limiter", native: object) -> None:
        self._limiter = limiter
        self.loop = Loop(native)
        self.held: set[Permit] = set()
        self.tickets: dict[Ticket, None] = {}
        self.driver: Ticket | None = None
        self.wakes_at = math.inf
        self._changed = anyio.Event()

    @property
    def waiting(self) -> int:
        """How many wait for a permit in this event loop."""
        return len(self.tickets)

    async def acquire(self, priority: Priority, deadline: float = math.inf, *, page: bool = False) -> Permit:
        """Wait for a permit; it is to be returned by one of the three methods below.

        Args:
            priority: Who goes first.
            deadline: The instant at which it must be there.
            page: It is for a page of a list.

        Raises:
            DeadlinePassed: It can't be had before `deadline`; known, where possible, without waiting for it.
        """
        limiter = self._limiter
        with limiter.lock:
            now = limiter.now()
            permit = limiter.ask(self, now, priority, page=page)
            if permit is not None:
                return permit
            if deadline < math.inf:
                estimate = limiter.window.estimate(now, limiter.line.ahead(priority))
                if estimate >= deadline:
                    raise DeadlinePassed(estimate - now)
            ticket = Ticket(self, priority)
            limiter.line.push(ticket, priority)
            self.tickets[ticket] = None
            limiter.hand_out(self)
        with anyio.move_on_after(deadline - now):
            await self._wait(ticket)
        if ticket.permit is None:
            raise DeadlinePassed(limiter.now() - now)
        return ticket.permit

    def give_back(self, permit: Permit) -> None:
        """Return a permit of which nothing was sent."""
        limiter = self._limiter
        with limiter.lock:
            if self._lets_go(permit):
                limiter.window.give_back(permit.taken_at)
                limiter.hand_out(self)

    def answered(self, permit: Permit, *, admitted: bool) -> None:
        """Return a permit whose request has come back, or been given up."""
        limiter = self._limiter
        with limiter.lock:
            if self._lets_go(permit):
                limiter.window.answered(limiter.now(), permit.taken_at, permit.priority, admitted=admitted)
                limiter.hand_out(self)

    def refused(self, permit: Permit, retry_after: float | None) -> None:
        """Return a permit whose request was answered 429."""
        limiter = self._limiter
        with limiter.lock:
            if self._lets_go(permit):
                limiter.window.refused(limiter.now(), permit.taken_at, permit.priority, retry_after)
                limiter.hand_out(self)

    def rouse(self) -> None:
        """Let the driver look again."""
        self._changed.set()

    def _lets_go(self, permit: Permit) -> bool:
        """Whether the permit was still ours: not if this event loop was taken for gone."""
        if permit not in self.held:
            return False
        self.held.discard(permit)
        return True

    async def _wait(self, ticket: Ticket) -> None:
        try:
            while ticket.permit is None:
                if self.driver is None:
                    self.driver = ticket
                    await self._drive(ticket)
                else:
                    await ticket.change()
        except BaseException:
            with self._limiter.lock:
                permit, ticket.permit = ticket.permit, None
                self._leave(ticket)
                if permit is not None:
                    self.give_back(permit)
            raise
        finally:
            if self.driver is ticket:
                self.driver, self.wakes_at = None, math.inf
            if self.driver is None and self.tickets:
                next(iter(self.tickets)).wake()

    def _leave(self, ticket: Ticket) -> None:
        self._limiter.line.remove(ticket)
        self.tickets.pop(ticket, None)

    async def _drive(self, ticket: Ticket) -> None:
        """Hand out permits until the driver has its own."""
        limiter = self._limiter
        while True:
            with limiter.lock:
                self._changed, self.wakes_at = anyio.Event(), -math.inf
                self.wakes_at = limiter.hand_out(self)
            if ticket.permit is not None:
                return
            wait = min(max(self.wakes_at - limiter.now(), TICK), RECHECK)
            with anyio.move_on_after(wait):
                await self._changed.wait()
            limiter.look_for_the_gone()
