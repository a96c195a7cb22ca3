"""Processes that share a budget, a store and a server that counts, in virtual time: everything goes wrong that can."""

import heapq
import itertools
import math
import random
from collections.abc import Callable

from plivo_async.policy import Priority
from plivo_async.policy.shared import Kind, Ledger, Reply, Share, Terms, Trade

Trader = Callable[[Terms, Trade, float], Reply]


class Memory:
    """A store in memory that can lose it."""

    def __init__(self, up: float = math.inf) -> None:
        self.ledger: Ledger | None = None
        self.up_since = -up
        self.made = 0

    def trade(self, terms: Terms, trade: Trade, now: float) -> Reply:
        """Carry out a trade."""
        if self.ledger is None:
            self.made += 1
            self.ledger = Ledger.new(terms, trade, now, now - self.up_since, f"epoch {self.made}")
        return self.ledger.trade(terms, trade, now)


class World:
    """All of it.

    Attributes:
        now: The instant.
        away: Whether the store can't be reached.
        counted: When the server counted a request.
        granted: Permits granted.
    """

    def __init__(self, terms: Terms, trader: Trader, seed: int, *, trouble: float = 0.1) -> None:
        self.terms, self.trader, self.trouble = terms, trader, trouble
        self.random = random.Random(seed)
        self.now = 1000.0
        self.away = False
        self.counted: list[float] = []
        self.granted = 0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def at(self, delay: float, what: Callable[[], None]) -> None:
        """Have something happen."""
        heapq.heappush(self._events, (self.now + delay, next(self._numbers), what))

    def run(self, seconds: float) -> None:
        """Let time pass."""
        ends = self.now + seconds
        while self._events and self._events[0][0] <= ends:
            self.now, _, what = heapq.heappop(self._events)
            what()
        self.now = ends

    def most_in_a_window(self) -> int:
        """The most requests that the server counted in any window."""
        counted, most, first = sorted(self.counted), 0, 0
        for last, at in enumerate(counted):
            while counted[first] <= at - self.terms.per:
                first += 1
            most = max(most, last - first + 1)
        return most


class Process:
    """One process: it wants permits, sends, reports, is stopped, is killed."""

    def __init__(self, world: World, name: str, *, degrade: bool = False) -> None:
        self.world = world
        self.offset = world.random.uniform(0, 1e6)  # no two clocks agree
        self.share = Share(world.terms, name, degrade=degrade)
        self.wants = [0, 0]
        self.alive = self.awake = True
        self.world.at(0, self.step)

    @property
    def now(self) -> float:
        """The instant on our clock, which nobody sets."""
        return self.world.now + self.offset

    def step(self) -> None:
        """What the broker's thread does."""
        world = self.world
        if not self.alive:
            return
        if world.random.random() < 0.05:
            self.wants[world.random.randrange(2)] += world.random.randrange(1, 8)
        if self.awake:
            self.share.expire(self.now)
            if self.share.local is not None:
                self._take_here()
            if self.share.due(self.now, *self.wants) <= self.now:
                self._trade()
                return
        world.at(0.01, self.step)

    def stop(self, seconds: float) -> None:
        """SIGSTOP, and SIGCONT after a while."""
        self.awake = False
        self.world.at(seconds, self._wake)

    def _wake(self) -> None:
        self.awake = True

    def _trade(self) -> None:
        world, chance = self.world, self.world.random.random()
        trade = self.share.trade(self.now, *self.wants)
        if world.away:
            world.at(0.2, self._failed)
        elif chance < world.trouble / 3:  # lost, or heard too late
            if chance < world.trouble / 6:
                world.at(world.random.uniform(0, 12), lambda: self._heard_late(trade))
            world.at(1.0, self._failed)
        else:
            world.at(world.random.uniform(0, 0.02), lambda: self._heard(trade, lost=chance < world.trouble))

    def _heard_late(self, trade: Trade) -> None:
        self.world.trader(self.world.terms, trade, self.world.now)

    def _heard(self, trade: Trade, *, lost: bool) -> None:
        reply = self.world.trader(self.world.terms, trade, self.world.now)
        if lost:
            self.world.at(1.0, self._failed)
        else:
            self.world.at(self.world.random.uniform(0, 0.02), lambda: self._replied(reply))

    def _failed(self) -> None:
        self.share.failed(self.now)
        self.world.at(0, self.step)

    def _replied(self, reply: Reply) -> None:
        if not self.awake:
            self.world.at(0.05, lambda: self._replied(reply))
            return
        granted = self.share.replied(reply, self.now)
        for priority, count in zip(Priority, granted, strict=True):
            self.wants[priority] = max(0, self.wants[priority] - count)
            for _ in range(count):
                self._send(priority)
        self.world.at(0, self.step)

    def _take_here(self) -> None:
        for priority in Priority:
            while self.wants[priority] and self.share.local and self.share.local.take(self.now, priority) is None:
                self.wants[priority] -= 1
                self._send(priority)

    def _send(self, priority: Priority) -> None:
        world = self.world
        world.granted += 1
        sent_at, generation = self.now, self.share.generation
        if not self.alive or world.random.random() < 0.05:
            world.at(0.001, lambda: self._back(Kind.UNSENT, priority, generation, sent_at))
            return
        takes = world.random.choice((0.02, 0.05, 0.5, 2.0))
        world.at(world.random.uniform(0, takes), lambda: world.counted.append(world.now))
        kind = world.random.choice((Kind.ANSWERED, Kind.ANSWERED, Kind.ANSWERED, Kind.GIVEN_UP, Kind.REFUSED))
        if kind is Kind.REFUSED and world.random.random() < 0.9:
            kind = Kind.ANSWERED
        world.at(takes, lambda: self._back(kind, priority, generation, sent_at))

    def _back(self, kind: Kind, priority: Priority, generation: int, sent_at: float) -> None:
        if not self.alive:
            return
        if not self.awake:
            self.world.at(0.05, lambda: self._back(kind, priority, generation, sent_at))
            return
        self.share.came_back(kind, priority, generation, sent_at, self.now, None)
