"""Who may send now: the permits of an account, handed out in order of priority.

A `Limiter` is the account's, for the whole process: its permits are shared by every client, thread and event loop. A
`Gate` is where the tasks of one event loop line up for them. One of those who wait is the driver: it sleeps until the
next permit is free and hands it to whoever is next; when it gets its own, or is cancelled, another takes over.
"""

import math
import threading
import weakref

import anyio
from anyio.lowlevel import RunVar

from .._errors import InvalidArgumentError
from ..policy import Priority, RateLimit, WaitQueue, Window
from ._clock import TICK, Clock

_RECHECK = 0.05  # seconds between two looks for permits that another event loop gave back


class DeadlinePassed(Exception):  # noqa: N818  (never leaves the package)
    """No permit can be had in time.

    Attributes:
        in_seconds: When one can be had at the earliest.
    """

    def __init__(self, in_seconds: float) -> None:
        super().__init__(in_seconds)
        self.in_seconds = in_seconds


class Limiter:
    """The permits of one account."""

    def __init__(self, rate_limit: RateLimit, clock: Clock) -> None:
        self.window: Window = Window(rate_limit)
        self.clock = clock
        self.lock: threading.Lock = threading.Lock()
        self.users: weakref.WeakSet[object] = weakref.WeakSet()

    def is_fresh(self) -> bool:
        """Whether nothing would be lost by starting with a new one."""
        try:
            return self.window.is_fresh(self.clock())
        except RuntimeError:  # the clock of an event loop, and none is running
            return True

    def gate(self) -> "Gate":
        """Where the running event loop lines up."""
        gates = _gates.get(None)
        if gates is None:
            gates = weakref.WeakKeyDictionary()
            _gates.set(gates)
        gate = gates.get(self)
        if gate is None:
            gate = gates[self] = Gate(self.window, self.lock, self.clock)
        return gate


class _Ticket:
    __slots__ = ("event", "taken_at")

    def __init__(self) -> None:
        self.event = anyio.Event()
        self.taken_at: float | None = None


class Gate:
    """The queue of one event loop for the permits of one account."""

    def __init__(self, window: Window, lock: threading.Lock, clock: Clock) -> None:
        self._window = window
        self._lock = lock
        self._clock = clock
        self._queue: WaitQueue[_Ticket] = WaitQueue()
        self._driver: _Ticket | None = None
        self._changed = anyio.Event()

    @property
    def waiting(self) -> int:
        """How many wait for a permit in this event loop."""
        return len(self._queue)

    async def acquire(self, priority: Priority, deadline: float = math.inf) -> float:
        """Wait for a permit; it is to be returned by one of the three methods below.

        Returns:
            The instant at which it was taken.

        Raises:
            DeadlinePassed: It can't be had before `deadline`; known, where possible, without waiting for it.
        """
        now = self._clock()
        if not self._queue and self._take(now) is None:
            return now
        if deadline < math.inf:
            with self._lock:
                estimate = self._window.estimate(now, self._queue.ahead(priority))
            if estimate >= deadline:
                raise DeadlinePassed(estimate - now)
        ticket = _Ticket()
        self._queue.push(ticket, priority)
        with anyio.move_on_after(deadline - now):
            await self._wait(ticket)
        if ticket.taken_at is None:
            raise DeadlinePassed(self._clock() - now)
        return ticket.taken_at

    def give_back(self, taken_at: float) -> None:
        """Return a permit of which nothing was sent."""
        with self._lock:
            self._window.give_back(taken_at)
        self._changed.set()

    def answered(self, taken_at: float, *, admitted: bool) -> None:
        """Return a permit whose request has come back, or been given up."""
        with self._lock:
            self._window.answered(self._clock(), taken_at, admitted=admitted)
        self._changed.set()

    def refused(self, taken_at: float, retry_after: float | None) -> None:
        """Return a permit whose request was answered 429."""
        with self._lock:
            self._window.refused(self._clock(), taken_at, retry_after)
        self._changed.set()

    def _take(self, now: float) -> float | None:
        with self._lock:
            return self._window.take(now)

    async def _wait(self, ticket: _Ticket) -> None:
        try:
            while ticket.taken_at is None:
                if self._driver is None:
                    self._driver = ticket
                    await self._drive(ticket)
                else:
                    await ticket.event.wait()
                    ticket.event = anyio.Event()
        except BaseException:
            if ticket.taken_at is None:
                self._queue.remove(ticket)
            else:
                self.give_back(ticket.taken_at)
                ticket.taken_at = None
            raise
        finally:
            if self._driver is ticket:
                self._driver = None
            if self._driver is None and self._queue:
                self._queue.peek().event.set()

    async def _drive(self, ticket: _Ticket) -> None:
        """Hand out permits until the driver has its own."""
        while True:
            self._changed = anyio.Event()
            again_at = self._hand_out()
            if ticket.taken_at is not None:
                return
            wait = min(max(again_at - self._clock(), TICK), _RECHECK)
            with anyio.move_on_after(wait):
                await self._changed.wait()

    def _hand_out(self) -> float:
        """Give permits to those in front; the instant at which there may be another one."""
        while self._queue:
            now = self._clock()
            again_at = self._take(now)
            if again_at is not None:
                return again_at
            ticket = self._queue.pop()
            ticket.taken_at = now
            ticket.event.set()
        return math.inf


_gates: RunVar["weakref.WeakKeyDictionary[Limiter, Gate]"] = RunVar("plivo_async_gates")


_limiters: dict[tuple[str, str], Limiter] = {}
_registry_lock = threading.Lock()


def limiter_of(base_url: str, auth_id: str, rate_limit: RateLimit, clock: Clock, user: object) -> Limiter:
    """The limiter of an account in this process, made if there is none.

    It lives as long as any of its users, and after that until all of its permits are free again: a client made right
    after another one was closed doesn't start with permits that the server still counts.

    Raises:
        InvalidArgumentError: The account is paced differently already.
    """
    with _registry_lock:
        for account, limiter in list(_limiters.items()):
            if not limiter.users and limiter.is_fresh():
                del _limiters[account]
        limiter = _limiters.setdefault((base_url, auth_id), Limiter(rate_limit, clock))
        if limiter.window.rate_limit != rate_limit:
            raise InvalidArgumentError(
                f"this process paces the account at {limiter.window.rate_limit} already, not at {rate_limit}: "
                "all clients of one account share one budget, so give them the same rate_limit",
                argument="rate_limit",
            )
        limiter.users.add(user)
    return limiter
