"""Where the tasks of one event loop line up for a shared budget."""

import math
import weakref
from typing import Literal

import anyio

from ..._errors import SharedBudgetError
from ...policy import Priority, RateLimit, StoreUrl
from ...policy.shared import Kind
from .._clock import Clock
from .._loop import Loop, here
from .._source import DeadlinePassed, Permit, SharedBudget, Usage
from ._broker import Broker
from ._ticket import SharedPermit, Ticket


class SharedGate:
    """The gate of one event loop.

    Attributes:
        loop: Which.
        held: Permits that its tasks have.
    """

    def __init__(self, broker: Broker, native: object, clock: Clock) -> None:
        self._broker = broker
        self._clock = clock
        self._waiting = 0
        self.loop = Loop(native)
        self.held: set[Permit] = set()

    @property
    def waiting(self) -> int:
        """How many wait for a permit in this event loop."""
        return self._waiting

    async def acquire(self, priority: Priority, deadline: float = math.inf, *, page: bool = False) -> Permit:
        """Wait for a permit; it is to be returned by one of the three methods below.

        Raises:
            DeadlinePassed: It can't be had before `deadline`.
            SharedBudgetError: The store can't be used.
        """
        began, broker = self._clock(), self._broker
        ends = broker.clock() + (deadline - began)
        if deadline < math.inf and broker.earliest(priority) >= ends:
            raise DeadlinePassed(broker.earliest(priority) - broker.clock())
        ticket = await self._settled(priority, ends, deadline - began, page=page)
        if ticket.error is not None:
            raise SharedBudgetError(ticket.error)
        now = self._clock()
        if ticket.permit is None:
            raise DeadlinePassed(now - began if ticket.too_late is None else ticket.too_late)
        ticket.permit.taken_at = now
        return ticket.permit

    async def check(self) -> None:
        """See that the store can be used.

        Raises:
            SharedBudgetError: It can't.
        """
        if self._broker.share.trades == 0:
            ticket = await self._settled(None, math.inf, math.inf)
            if ticket.error is not None:
                raise SharedBudgetError(ticket.error)

    def give_back(self, permit: Permit) -> None:
        """Return a permit of which nothing was sent."""
        self._return(permit, Kind.UNSENT)

    def answered(self, permit: Permit, *, admitted: bool) -> None:
        """Return a permit whose request has come back, or been given up."""
        self._return(permit, Kind.ANSWERED if admitted else Kind.GIVEN_UP)

    def refused(self, permit: Permit, retry_after: float | None) -> None:
        """Return a permit whose request was answered 429."""
        self._return(permit, Kind.REFUSED, retry_after)

    def bury(self) -> None:
        """Return all permits: the event loop is gone, and what its tasks sent counts as given up."""
        held, self.held = self.held, set()
        for permit in held:
            if isinstance(permit, SharedPermit):
                self._broker.came_back(permit, Kind.GIVEN_UP)

    async def _settled(self, priority: Priority | None, ends: float, left: float, *, page: bool = False) -> Ticket:
        event = anyio.Event()
        ticket = Ticket(self.loop, event.set, self.held, priority, ends, page=page)
        self._broker.ask(ticket)
        self._waiting += priority is not None
        try:
            if left == math.inf:
                await event.wait()
            else:
                with anyio.move_on_after(left):
                    await event.wait()
                self._broker.leave(ticket)
        except BaseException:
            if not self._broker.leave(ticket) and ticket.permit is not None:
                self.give_back(ticket.permit)
            raise
        finally:
            self._waiting -= priority is not None
        return ticket

    def _return(self, permit: Permit, kind: Kind, retry_after: float | None = None) -> None:
        if permit in self.held and isinstance(permit, SharedPermit):
            self.held.discard(permit)
            self._broker.came_back(permit, kind, retry_after)


class SharedLimiter:
    """The permits of one account, shared with other processes.

    Attributes:
        broker: Who trades.
        rate_limit: What is promised.
        users: Who holds others of this process to these terms.
    """

    def __init__(self, broker: Broker, rate_limit: RateLimit, clock: Clock) -> None:
        self.broker = broker
        self.rate_limit = rate_limit
        self.clock = clock
        self.users: weakref.WeakSet[object] = weakref.WeakSet()
        self._gates: dict[int, SharedGate] = {}
        broker.look_after(self.bury_the_gone)

    def gate(self) -> SharedGate:
        """Where the running event loop lines up."""
        native = here()
        gate = self._gates.get(id(native))
        if gate is None or not gate.loop.is_(native):
            gate = self._gates[id(native)] = SharedGate(self.broker, native, self.clock)
        return gate

    async def ready(self) -> None:
        """See that the store can be used.

        Raises:
            SharedBudgetError: It can't.
        """
        await self.gate().check()

    def usage(self) -> Usage:
        """What is in use; as the store said last, but for what is out in this process."""
        share, limit = self.broker.share, self.rate_limit.limit
        if share.local is not None:
            now = self.broker.clock()
            return Usage(share.local.in_flight, share.local.used(now), share.local.level(now), limit)
        out = sum(len(gate.held) for gate in list(self._gates.values()))
        return Usage(out, share.last.held + share.last.cooling, int(share.last.level), limit)

    def shared(self) -> SharedBudget:
        """What the store said last, and how it went."""
        share = self.broker.share
        state: Literal["shared", "away", "alone"] = "shared"
        if share.down_since is not None:
            state = "away" if share.local is None else "alone"
        last, url = share.last, self.rate_limit.shared
        where = url.masked() if isinstance(url, StoreUrl) else ""
        return SharedBudget(
            where, state, last.holders, last.held, last.cooling, last.hold,
            share.trades, share.failures, share.lost, share.alarms,
        )  # fmt: skip

    def learns(self) -> bool:
        """Whether a 429 tells of the account rather than of its request."""
        return self.broker.share.last.doubtful <= 60 * self.broker.share.terms.per

    def bury_the_gone(self) -> None:
        """Take back the permits of event loops that were closed over them."""
        for key, gate in list(self._gates.items()):
            if gate.loop.gone:
                self._gates.pop(key, None)
                gate.bury()

    def forked(self) -> None:
        """Begin anew in a child: what its parent's tasks hold or wait for, nobody here does."""
        self._gates = {}
        self.broker.after_fork_in_child()
