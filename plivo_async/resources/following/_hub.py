"""Who waits, and what wakes them: callbacks that are handed in, and looks that one of them makes for all."""

import threading
from collections.abc import Iterable, Sequence

import anyio

from .._legs import CallEnd
from .._operation import Operations
from ._lookout import INTERVAL, Lookout, Sought
from ._memory import Memory
from ._news import News
from ._waits import CallWait, ConferenceWait, MemberWait

Kind = ConferenceWait | MemberWait | CallWait


class Hub:
    """All waits of a client, in one event loop. It has no task of its own: whoever waits makes the looks.

    Attributes:
        memory: What is known.
    """

    def __init__(self, operations: Operations) -> None:
        self.memory: Memory = Memory()
        self._clock = operations.exchange.clock
        self._lookout = Lookout(operations, self.memory)
        self._waits: dict[Kind, _Waiter] = {}
        self._by_key: dict[str, set[Kind]] = {}
        self._looking = False
        self._thread = 0

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waits)

    def take(self, news: Iterable[News]) -> list[News]:
        """Learn what was told or seen, and wake whoever waited for it; what was new of it."""
        if self._waits and threading.get_ident() != self._thread:
            raise RuntimeError(
                "events belong to the event loop of the client; from a thread hand them over with "
                "anyio.from_thread.run_sync(client.events.feed, event), or loop.call_soon_threadsafe"
            )
        now, new, woken = self._clock(), [], set[Kind]()
        for one in news:
            if self.memory.take(one, now):
                new.append(one)
            for key in filter(None, (one.mpc_uuid, one.mpc_name, one.call_uuid, one.request_uuid)):
                woken |= self._by_key.get(key, set())
        self._wake(woken)
        return new

    async def wait(self, *waits: Kind, ends: float) -> bool:
        """Wait until all of them are over, or one that is enough; false if they aren't by then.

        Raises:
            PlivoError: A look was refused for good, or none was answered for too long.
        """
        self._thread = threading.get_ident()
        waiter = _Waiter(waits)
        for one in waits:
            one.check(self.memory)
            self._waits[one] = waiter
            self._by_key.setdefault(one.key, set()).add(one)
        waiter.end_if()
        try:
            while not waiter.over.is_set():
                now = self._clock()
                if now >= ends:
                    return False
                at = max(min(one.due(self.memory, INTERVAL) for one in waiter.open), self._lookout.next_round)
                if at <= now and not self._looking:
                    await self._look(waiter)
                    continue
                until = now + INTERVAL if at <= now else at
                with anyio.move_on_after(min(ends, until) - now):
                    await waiter.over.wait()
            return True
        finally:
            self._leave(waits)

    def _leave(self, waits: Iterable[Kind]) -> None:
        for one in waits:
            del self._waits[one]
            same = self._by_key[one.key]
            same.discard(one)
            if not same:
                del self._by_key[one.key]

    async def _look(self, waiter: "_Waiter") -> None:
        """Make a round of looks for all whose time has come, unless what this one waits for comes first."""
        self._looking = True
        try:
            with anyio.CancelScope() as waiter.scope:
                self._learn(await self._lookout.round(self._sought(), self.take))
        finally:
            self._looking = False
            waiter.scope = None
            self._wake(list(self._waits))

    def _sought(self) -> Sought:
        """Whose looks are due, the one that was looked for longest ago first."""
        now, sought = self._clock(), Sought()
        for one in sorted(self._waits, key=lambda wait: wait.looked_at):
            if one.is_over:
                continue
            if isinstance(one, CallWait):
                if self._lookout.seeks(one.call_uuid) or one.due(self.memory, INTERVAL) <= now:
                    sought.calls.append(one)
            elif one.due(self.memory, INTERVAL) <= now:
                (sought.conferences if isinstance(one, ConferenceWait) else sought.members).append(one)  # type: ignore[arg-type]
        return sought

    def _learn(self, ends: Iterable[CallEnd]) -> None:
        found = {one.call_uuid: one for one in ends}
        for wait in self._waits:
            if isinstance(wait, CallWait) and wait.result is None:
                wait.result = found.get(wait.call_uuid)

    def _wake(self, waits: Iterable[Kind]) -> None:
        for wait in waits:
            if wait.check(self.memory):
                self._waits[wait].end_if()


class _Waiter:
    """Somebody who waits.

    Attributes:
        waits: What for.
        over: Is set when it is over.
        scope: Of the looks that they are making for all; None while they make none.
    """

    def __init__(self, waits: Sequence[Kind]) -> None:
        self.waits = waits
        self.over = anyio.Event()
        self.scope: anyio.CancelScope | None = None

    @property
    def open(self) -> list[Kind]:
        """What isn't over yet."""
        return [one for one in self.waits if not one.is_over]

    def end_if(self) -> None:
        """End it if all of it is over, or enough; then looks that aren't done yet are somebody else's."""
        if any(one.is_enough for one in self.waits) or not self.open:
            self.over.set()
            if self.scope is not None:
                self.scope.cancel()
