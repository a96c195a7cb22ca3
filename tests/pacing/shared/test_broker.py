"""The thread that trades for all event loops of a process: nothing is lost, whoever goes away."""

import asyncio
import logging
import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest
import trio

from plivo_async import RateLimit
from plivo_async._errors import SharedBudgetError
from plivo_async.pacing._source import DeadlinePassed
from plivo_async.pacing.shared._broker import Broker
from plivo_async.pacing.shared._gate import SharedLimiter
from plivo_async.pacing.shared._store import StoreAway
from plivo_async.policy import Priority
from plivo_async.policy.shared import Ledger, Reply, Status, Terms, Trade

from ...support import PATIENCE

pytestmark = [pytest.mark.real_time]

TERMS = Terms(limit=5, per=0.3, ttl=0.6, grace=0.3)


class FakeStore:
    """A store in memory that can be away, slow, or unusable."""

    def __init__(self) -> None:
        self.ledger: Ledger | None = None
        self.trouble: Exception | None = None
        self.delay = 0.0
        self.took_over = False
        self.trades: list[Trade] = []
        self.opened = self.abandoned = 0
        self.reply: Reply | None = None

    def open(self) -> bool:
        """Connect."""
        self.opened += 1
        if self.trouble is not None:
            raise self.trouble
        return self.took_over

    def trade(self, terms: Terms, trade: Trade) -> Reply:
        """Carry out a trade."""
        time.sleep(self.delay)
        if self.trouble is not None:
            raise self.trouble
        now = time.monotonic()
        self.trades.append(trade)
        if self.ledger is None:
            self.ledger = Ledger.new(terms, trade, now, math.inf, "epoch")
        return self.reply or self.ledger.trade(terms, trade, now)

    def close(self) -> None:
        """Disconnect."""

    def abandon(self) -> None:
        """Forget the connection."""
        self.abandoned += 1


@pytest.fixture
def store() -> FakeStore:
    """A store."""
    return FakeStore()


@pytest.fixture
def limiter(store: FakeStore) -> Iterator[SharedLimiter]:
    """A limiter on it."""
    names = iter(f"holder {number}" for number in range(9))
    broker = Broker(store, TERMS, lambda: next(names))
    yield SharedLimiter(broker, RateLimit(TERMS.limit, TERMS.per), time.monotonic)
    broker.close()
    assert broker._thread is None


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that another thread does."""
    with anyio.fail_after(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await anyio.sleep(0.005)


@pytest.mark.anyio
async def test_permits_come_and_go(limiter: SharedLimiter, store: FakeStore) -> None:
    """Taken, answered, refused, given back: the store hears of all of it, and then the process holds nothing."""
    gate = limiter.gate()
    permits = [await gate.acquire(Priority(number % 2)) for number in range(4)]
    gate.answered(permits[0], admitted=True)
    gate.answered(permits[1], admitted=False)
    gate.refused(permits[2], 0.1)
    gate.give_back(permits[3])
    gate.give_back(permits[3])  # twice is once
    await until(lambda: store.ledger and not store.ledger.held)
    assert store.ledger is not None
    assert store.ledger.refused == 1
    assert limiter.broker.share.in_use == 0
    assert gate.waiting == 0


@pytest.mark.anyio
async def test_many_wait_and_all_are_served_in_order_of_priority(limiter: SharedLimiter, store: FakeStore) -> None:
    """More than the limit: the rest comes a window later; never more at once than there are."""
    gate, order = limiter.gate(), []

    async def one(priority: Priority) -> None:
        permit = await gate.acquire(priority)
        order.append(priority)
        await anyio.sleep(0.01)
        gate.answered(permit, admitted=True)

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(one, Priority.BATCH)
        await anyio.sleep(0.05)
        group.start_soon(one, Priority.INTERACTIVE)
    assert len(order) == 9
    assert Priority.INTERACTIVE in order[:7]
    assert max(trade.in_use for trade in store.trades) <= TERMS.limit


@pytest.mark.anyio
async def test_a_cancellation_at_any_moment_leaves_no_permit_behind(limiter: SharedLimiter, store: FakeStore) -> None:
    """Whether it had been granted or not."""
    gate = limiter.gate()
    for delay in (0.0, 0.0005, 0.001, 0.002, 0.005) * 4:
        with anyio.move_on_after(delay):
            async with anyio.create_task_group() as group:
                for _ in range(5):
                    group.start_soon(gate.acquire, Priority.BATCH)
                await anyio.sleep(0.01)
        gate.bury()
    await until(lambda: not limiter.broker.share.in_use and store.ledger and not store.ledger.held)
    assert gate.waiting == 0


@pytest.mark.anyio
async def test_a_deadline_is_told_at_once_where_the_store_knows(limiter: SharedLimiter) -> None:
    """All permits are cooling: no use in waiting for a tenth of the time that it takes."""
    gate = limiter.gate()
    for permit in [await gate.acquire(Priority.BATCH) for _ in range(TERMS.limit)]:
        gate.answered(permit, admitted=True)
    with pytest.raises(DeadlinePassed) as passed:
        await gate.acquire(Priority.INTERACTIVE, time.monotonic() + 0.1)
    assert passed.value.in_seconds > 0.05
    permit = await gate.acquire(Priority.INTERACTIVE, time.monotonic() + 20)
    gate.give_back(permit)


@pytest.mark.anyio
@pytest.mark.parametrize("trouble", [SharedBudgetError("no such file"), StoreAway("nobody there")])
async def test_a_store_that_cannot_be_used_is_refused_at_the_start(
    limiter: SharedLimiter, store: FakeStore, trouble: Exception
) -> None:
    """Nothing is known of the others then, so nothing may be sent; and the next one tries again."""
    store.trouble = trouble
    with pytest.raises(SharedBudgetError, match=str(trouble)):
        await limiter.gate().check()
    with pytest.raises(SharedBudgetError, match=str(trouble)):
        await limiter.gate().acquire(Priority.BATCH)
    store.trouble = None
    await limiter.gate().check()
    limiter.gate().give_back(await limiter.gate().acquire(Priority.BATCH))


@pytest.mark.anyio
@pytest.mark.parametrize("status", [Status.DIFFERENT, Status.NEWER])
async def test_others_who_go_by_other_rules_are_told_of(
    limiter: SharedLimiter, store: FakeStore, status: Status
) -> None:
    """Other terms, or a newer protocol."""
    store.reply = Reply(status, terms="9 per 1 s")
    with pytest.raises(SharedBudgetError, match=r"9 per 1 s already|newer"):
        await limiter.gate().acquire(Priority.BATCH)


@pytest.mark.anyio
async def test_while_the_store_is_away_a_careful_share_is_used_and_told_of_later(
    limiter: SharedLimiter, store: FakeStore, caplog: pytest.LogCaptureFixture
) -> None:
    """After all leases are over, and with one warning."""
    gate = limiter.gate()
    gate.answered(await gate.acquire(Priority.BATCH), admitted=True)
    store.trouble = StoreAway("gone")
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        permits = [await gate.acquire(Priority.BATCH) for _ in range(4)]
    assert time.monotonic() - began >= TERMS.memory
    assert [record.__dict__["plivo_event"] for record in caplog.records] == ["budget_store_away"]
    assert limiter.broker.share.local is not None
    for permit in permits[1:]:
        gate.answered(permit, admitted=True)
    store.trouble = None
    await until(lambda: limiter.broker.share.local is None)
    assert store.ledger is not None
    assert (store.ledger.held, store.ledger.cooled) == (1, 3)
    gate.give_back(permits[0])
    await until(lambda: store.ledger and not store.ledger.held)


@pytest.mark.anyio
@pytest.mark.long
async def test_the_strict_wait_for_the_store(store: FakeStore) -> None:
    """`on_store_down="wait"`."""
    limiter = SharedLimiter(Broker(store, TERMS, lambda: "a", degrade=False), RateLimit(5, 0.3), time.monotonic)
    gate = limiter.gate()
    gate.give_back(await gate.acquire(Priority.BATCH))
    store.trouble = StoreAway("gone")
    with pytest.raises(DeadlinePassed):
        await gate.acquire(Priority.BATCH, time.monotonic() + TERMS.memory + 0.5)
    store.trouble = None
    gate.give_back(await gate.acquire(Priority.BATCH))
    limiter.broker.close()


@pytest.mark.anyio
async def test_a_process_that_woke_up_after_its_lease_has_nothing(limiter: SharedLimiter, store: FakeStore) -> None:
    """What it had is the store's; a return of it is nobody's."""
    gate = limiter.gate()
    permit = await gate.acquire(Priority.BATCH)
    store.delay = TERMS.ttl + 0.1
    await until(lambda: limiter.broker.share.generation != permit.generation)
    store.delay = 0.0
    gate.answered(permit, admitted=True)
    await until(lambda: limiter.broker.share.idle(time.monotonic()))
    assert limiter.broker.share.in_use == 0


@pytest.mark.anyio
async def test_another_server_or_a_jump_of_its_clock_raises_the_alarm(limiter: SharedLimiter, store: FakeStore) -> None:
    """For a window nobody gets anything."""
    gate = limiter.gate()
    gate.give_back(await gate.acquire(Priority.BATCH))
    store.took_over, store.trouble = True, StoreAway("gone")
    began = time.monotonic()
    async with anyio.create_task_group() as group:
        group.start_soon(gate.acquire, Priority.BATCH)
        await until(lambda: limiter.broker.share.failures)
        store.trouble = None
    assert time.monotonic() - began >= TERMS.per
    assert any(trade.alarm for trade in store.trades)
    gate.bury()


def test_permits_of_a_closed_event_loop_come_back(limiter: SharedLimiter, store: FakeStore) -> None:
    """Its tasks never ended; what they sent counts as given up."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(_acquire(limiter))
    loop.run_until_complete(asyncio.wait([task]))
    loop.close()
    ends = time.monotonic() + 20
    while limiter.broker.share.in_use and time.monotonic() < ends:
        time.sleep(0.01)
    assert limiter.broker.share.in_use == 0


async def _acquire(limiter: SharedLimiter) -> Any:
    return await limiter.gate().acquire(Priority.BATCH)


def test_one_thread_serves_all_loops_and_ends_when_nobody_needs_it(
    limiter: SharedLimiter, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asyncio and trio, one after the other and at the same time."""
    monkeypatch.setattr("plivo_async.pacing.shared._broker._LINGER", 0.05)

    async def use() -> None:
        gate = limiter.gate()
        for _ in range(6):
            permit = await gate.acquire(Priority.BATCH)
            gate.answered(permit, admitted=True)

    other = threading.Thread(target=trio.run, args=(use,))
    other.start()
    asyncio.run(use())
    other.join()
    ends = time.monotonic() + 20
    while limiter.broker._thread is not None and time.monotonic() < ends:
        time.sleep(0.01)
    assert limiter.broker._thread is None
    assert len({trade.holder for trade in store.trades}) == 1
    asyncio.run(use())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_the_child_of_a_fork_is_a_holder_of_its_own(limiter: SharedLimiter, store: FakeStore) -> None:
    """What the parent holds is the parent's; the child has another name, and its own thread."""
    asyncio.run(_acquire(limiter))
    limiter.broker.before_fork()
    child = os.fork()
    if not child:
        code = 1
        try:
            limiter.forked()
            asyncio.run(_acquire(limiter))
            names = {trade.holder for trade in store.trades}
            code = 0 if names == {"holder 0", "holder 1"} and store.abandoned == 1 else 2
        finally:
            os._exit(code)
    limiter.broker.after_fork_in_parent()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
