"""The permits of an account, handed out in order of priority, in all event loops and threads of this process.

There is one line for all of them. Whoever returns a permit, or wakes because one is free by now, hands out what there
is, be it to a task of another event loop: that is woken there. Before anything is taken or returned `lock` is held; it
is one that its holder may take again, for the garbage collector may return a permit at any moment.
"""

import math
import threading
import weakref

from ..policy import Priority, RateLimit, WaitQueue, Window
from ._clock import Clock
from ._gate import Gate, Ticket
from ._loop import RECHECK, here
from ._source import Permit, Usage


class Limiter:
    """The permits of one account.

    Attributes:
        window: The rules.
        clock: Monotonic seconds.
        lock: Guards all of it.
        line: Who waits, in all event loops.
        users: Who holds the others to this rate limit.
    """

    def __init__(self, rate_limit: RateLimit, clock: Clock) -> None:
        self.window = Window(rate_limit)
        self.clock = clock
        self.lock = threading.RLock()
        self.line: WaitQueue[Ticket] = WaitQueue()
        self.users: weakref.WeakSet[object] = weakref.WeakSet()
        self._gates: dict[int, Gate] = {}
        self._latest = self._looked_at = -math.inf

    def now(self) -> float:
        """The instant; the last one known where the clock is an event loop's and none is running."""
        try:
            self._latest = self.clock()
        except RuntimeError:
            if self._latest == -math.inf:
                raise
        return self._latest

    def is_fresh(self) -> bool:
        """Whether nothing would be lost by starting with a new one."""
        try:
            now = self.clock()
        except RuntimeError:  # the clock of an event loop, and none is running
            return True
        self.bury_the_gone()
        return self.window.is_fresh(now)

    async def ready(self) -> None:
        """Nothing has to be there: this process has a budget of its own."""

    def usage(self) -> Usage:
        """What is in use."""
        now = self.now()
        window = self.window
        return Usage(window.in_flight, window.used(now), window.level(now), window.rate_limit.limit)

    def shared(self) -> None:
        """Nothing to say: it isn't shared with other processes."""

    def learns(self) -> bool:
        """Whether a 429 tells of the account rather than of its request."""
        return self.window.pace.learns(self.now())

    def gate(self) -> Gate:
        """Where the running event loop lines up."""
        native = here()
        gate = self._gates.get(id(native))
        if gate is None or not gate.loop.is_(native):
            with self.lock:
                self.bury_the_gone()
                gate = self._gates[id(native)] = Gate(self, native)
        return gate

    def ask(self, gate: Gate, now: float, priority: Priority, *, page: bool) -> Permit | None:
        """A permit at once, if there is one and nobody waits."""
        if priority is Priority.INTERACTIVE:
            self.window.pace.asked(now, page=page)
        if self.line or self.window.take(now, priority) is not None:
            return None
        return self._permit(gate, now, priority)

    def hand_out(self, gate: Gate) -> float:
        """Give permits to those who are next; the instant at which there may be another one.

        Args:
            gate: Of the event loop in which this is called.
        """
        if not self.line:
            return math.inf
        again_at = self._hand_out(gate, self.now())
        for other in self._gates.values():
            if other.driver is not None and again_at < other.wakes_at and other is not gate:
                other.wakes_at = again_at
                other.loop.call(other.rouse)
        if again_at < gate.wakes_at:
            gate.rouse()
        return again_at

    def look_for_the_gone(self) -> None:
        """See now and then whether permits or places in the line are an event loop's that is gone."""
        now = self.now()
        if len(self._gates) > 1 and now >= self._looked_at + RECHECK:
            self._looked_at = now
            self.bury_the_gone()

    def bury_the_gone(self) -> None:
        """Take back the permits of event loops that were closed over them: their requests count as given up."""
        with self.lock:
            for key, gate in list(self._gates.items()):
                if gate.loop.gone:
                    del self._gates[key]
                    self._bury(gate)

    def heir(self, rate_limit: RateLimit, clock: Clock) -> "Limiter":
        """One that promises something else, to be used from now on, and knows what the server still counts."""
        heir = Limiter(rate_limit, clock)
        with self.lock:
            heir.window.inherit(self.window, self.now(), heir.now())
        return heir

    def forked(self) -> None:
        """Begin anew in a child: whatever its parent's tasks hold or wait for, nobody here does."""
        self.lock = threading.RLock()
        gates, self._gates = self._gates, {}
        for gate in gates.values():
            self._bury(gate)
        self.line = WaitQueue()

    def _hand_out(self, here: Gate, now: float) -> float:
        while True:
            again_at = math.inf
            for priority in self.line.order():
                at = self.window.take(now, priority)
                if at is None:
                    break
                again_at = min(again_at, at)
            else:
                return again_at
            ticket = self.line.pop(priority)
            gate = ticket.gate
            del gate.tickets[ticket]
            ticket.permit = self._permit(gate, now, priority)
            if gate is here:
                ticket.wake()
            elif not gate.loop.call(ticket.wake):
                gate.held.discard(ticket.permit)
                self.window.give_back(now)

    def _permit(self, gate: Gate, now: float, priority: Priority) -> Permit:
        permit = Permit(now, priority)
        gate.held.add(permit)
        return permit

    def _bury(self, gate: Gate) -> None:
        for ticket in list(gate.tickets):
            self.line.remove(ticket)
        gate.tickets.clear()
        held, gate.held = gate.held, set()
        for permit in held:
            self.window.answered(self.now(), permit.taken_at, permit.priority, admitted=False)
