"""A small world for the pacing rules alone: servers that count, processes of ours, and others whom we can't see.

Virtual time, no HTTP: a run of 200 s takes a fraction of a second. 300 per 5 s, 10 to 25 ms away each way.
"""

import heapq
import itertools
import math
import random
from collections import deque
from collections.abc import Callable
from typing import Any, Literal

from plivo_async.policy import Priority, RateLimit, WaitQueue, Window

LIMIT, PER, LANES = 300, 5.0, 64
ONE_WAY = (0.010, 0.025)

Kind = Literal["sliding", "fixed", "bucket"]
KINDS: tuple[Kind, ...] = ("sliding", "fixed", "bucket")


class World:
    """Instants, and what happens at them."""

    def __init__(self, seed: int) -> None:
        self.now = 0.0
        self.random = random.Random(seed)
        self._numbers = itertools.count()
        self._events: list[tuple[float, int, Callable[..., object], tuple[Any, ...]]] = []

    def at(self, instant: float, do: Callable[..., object], *args: object) -> None:
        """Let something happen."""
        heapq.heappush(self._events, (instant, next(self._numbers), do, args))

    def soon(self, do: Callable[..., object], *args: object) -> None:
        """Let it happen as far away as the server is."""
        self.at(self.now + self.random.uniform(*ONE_WAY), do, *args)

    def run(self, until: float = 5_000.0, over: Callable[[], bool] = lambda: False) -> None:
        """Let everything happen until then, or until it is over."""
        while self._events and self._events[0][0] <= until and not over():
            self.now, _, do, args = heapq.heappop(self._events)
            do(*args)


class Server:
    """Counts, and refuses what is over the limit. `log`: instant, who, admitted."""

    def __init__(self, world: World, kind: Kind, limit: int = LIMIT) -> None:
        self.world, self.kind, self.limit = world, kind, limit
        self.log: list[tuple[float, str, bool]] = []
        self.retry_after: Callable[[], float | None] = lambda: None
        self._phase = world.random.uniform(0, PER)
        self._counted: deque[float] = deque()
        self._index = self._count = 0
        self._tokens, self._filled_at = float(limit), 0.0

    def send(self, who: str, answer: Callable[..., object], *args: object) -> None:
        """Take a request on its way; `answer` gets (admitted, retry_after, *args)."""
        self.world.soon(self._arrive, who, answer, args)

    def counts(self, who: str, begin: float, end: float = math.inf) -> tuple[int, int]:
        """How many of theirs were admitted, and refused."""
        seen = [admitted for at, name, admitted in self.log if begin <= at < end and name == who]
        return sum(seen), len(seen) - sum(seen)

    def _arrive(self, who: str, answer: Callable[..., object], args: tuple[object, ...]) -> None:
        admitted = getattr(self, f"_{self.kind}")(self.world.now)
        self.log.append((self.world.now, who, admitted))
        self.world.soon(answer, admitted, None if admitted else self.retry_after(), *args)

    def _sliding(self, now: float) -> bool:
        while self._counted and self._counted[0] <= now - PER:
            self._counted.popleft()
        if len(self._counted) >= self.limit:
            return False
        self._counted.append(now)
        return True

    def _fixed(self, now: float) -> bool:
        index = math.floor((now - self._phase) / PER)
        if index != self._index:
            self._index, self._count = index, 0
        self._count += self._count < self.limit + 1
        return self._count <= self.limit

    def _bucket(self, now: float) -> bool:
        self._tokens = min(float(self.limit), self._tokens + (now - self._filled_at) * self.limit / PER)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Process:
    """A process of ours: a window, visits, and a batch of 64 workers. What is refused is tried again."""

    def __init__(self, world: World, server: Server, name: str = "ours") -> None:
        self.world, self.server, self.name = world, server, name
        self.window = Window(RateLimit(LIMIT, PER))
        self.waits: list[tuple[float, float]] = []
        self.finished_at: float | None = None
        self._queue: WaitQueue[tuple[float, int]] = WaitQueue()
        self._numbers = itertools.count()
        self._todo = self._flying = self._queued = 0
        self._wake_at = math.inf

    def start(self, count: int) -> None:
        """Begin a batch."""
        self._todo += count
        self.go_on()

    def visit(self) -> None:
        """Somebody wants something at once."""
        self.window.pace.asked(self.world.now)
        self._queue.push((self.world.now, next(self._numbers)), Priority.INTERACTIVE)
        self.go_on()

    def go_on(self) -> None:
        """Send what may be sent."""
        while True:
            while self._todo and self._flying + self._queued < LANES:
                self._todo -= 1
                self._queued += 1
                self._queue.push((self.world.now, next(self._numbers)), Priority.BATCH)
            again_at = math.inf
            for priority in self._queue.order():
                at = self.window.take(self.world.now, priority)
                if at is None:
                    break
                again_at = min(again_at, at)
            else:
                self._sleep(max(again_at, self.world.now + 1e-6))
                return
            asked_at, _ = self._queue.pop(priority)
            if priority is Priority.BATCH:
                self._queued -= 1
                self._flying += 1
            self.server.send(self.name, self._answer, self.world.now, priority, asked_at)

    def _sleep(self, until: float) -> None:
        if until < math.inf and not self.world.now < self._wake_at <= until:
            self._wake_at = until
            self.world.at(until, self._wake, until)

    def _wake(self, at: float) -> None:
        if at == self._wake_at:
            self._wake_at = math.inf
            self.go_on()

    def _answer(
        self, admitted: bool, retry_after: float | None, sent_at: float, priority: Priority, asked_at: float
    ) -> None:
        now, batch = self.world.now, priority is Priority.BATCH
        self._flying -= batch
        if admitted:
            self.window.answered(now, sent_at, priority, admitted=True)
            if not batch:
                self.waits.append((asked_at, sent_at - asked_at))
            elif not (self._todo or self._flying or self._queued):
                self.finished_at = now
        else:
            self.window.refused(now, sent_at, priority, retry_after)
            if batch:
                self._todo += 1
            else:
                self._queue.push((asked_at, next(self._numbers)), Priority.INTERACTIVE)
        self.go_on()


def come(world: World, gap: Callable[[random.Random], float], act: Callable[[], object], end: float = math.inf) -> None:
    """Let somebody act again and again."""

    def again() -> None:
        if world.now < end:
            act()
            world.at(world.now + gap(world.random), again)

    world.at(world.now + gap(world.random), again)


def others(world: World, server: Server, rate: float, begin: float, end: float) -> None:
    """Others on the account, steady, who know nothing of pacing and don't try again."""

    def send() -> None:
        server.send("theirs", lambda admitted, retry_after: None)

    world.at(begin, lambda: come(world, lambda _: 1 / rate, send, end))


def most_in_a_window(server: Server, who: str = "ours") -> int:
    """The promise: how many of ours the server saw at most in any span of a window."""
    seen: deque[float] = deque()
    most = 0
    for at, name, _ in server.log:
        if name == who:
            seen.append(at)
            while seen[0] <= at - PER:
                seen.popleft()
            most = max(most, len(seen))
    return most
