"""Permits in several event loops and threads, and those whose holder is gone: nobody waits for what never comes."""

import asyncio
import gc
import os
import subprocess
import sys
import threading
import time
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
import pytest

from plivo_async.pacing._limiter import Limiter
from plivo_async.pacing._registry import limiter_of
from plivo_async.policy import Priority, RateLimit

from ..support import PATIENCE

INTERACTIVE, BATCH = Priority.INTERACTIVE, Priority.BATCH
CRASH = """
import trio
from plivo_async.pacing._limiter import Limiter
from plivo_async.policy import Priority, RateLimit

now, crashed = [0.0], []
limiter = Limiter(RateLimit(2, per=5.0), lambda: now[0])

async def hold():
    crashed.append(trio.lowlevel.current_trio_token())
    for _ in range(2):
        await limiter.gate().acquire(Priority.INTERACTIVE)
    with trio.CancelScope() as scope:
        scope.cancel()
        await trio.lowlevel.wait_task_rescheduled(lambda _: 1 / 0)

async def go_on():
    gate = limiter.gate()
    now[0] += 5.1
    await gate.acquire(Priority.INTERACTIVE)
    print(limiter.window.in_flight, flush=True)

try:
    trio.run(hold)
except trio.TrioInternalError:
    trio.run(go_on)
"""
"""What a crash of trio itself leaves behind, in a process of its own, since that is noise and warnings as well."""

LONG = RateLimit(2, per=600.0)  # seconds: nobody gets a permit in these tests by waiting for the window


class User:
    """Who holds others to a rate limit."""


class Elsewhere:
    """An event loop in a thread of its own."""

    def __init__(self, backend: str, limiter: Limiter) -> None:
        self._limiter = limiter
        self._portal = anyio.from_thread.start_blocking_portal(backend)

    def __enter__(self) -> "Elsewhere":
        self.run = self._portal.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._portal.__exit__(None, None, None)

    def waits(self, priority: Priority, order: list[str], name: str) -> Any:
        """Line up there; its name goes into `order` when it gets its permit, which it gives back at once."""

        async def wait() -> None:
            gate = self._limiter.gate()
            permit = await gate.acquire(priority)
            order.append(name)
            gate.give_back(permit)

        future = self.run.start_task_soon(wait)
        waiting = self._limiter.line.ahead
        before = time.monotonic()
        while not waiting(priority) and time.monotonic() < before + 10:
            time.sleep(0.001)
        return future


@pytest.mark.real_time
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("other", ["asyncio", "trio"])
def test_a_permit_that_is_returned_wakes_whoever_is_next_in_any_loop(backend: str, other: str) -> None:
    """Interactive ones first, wherever they wait, and nobody waits for a timer."""
    limiter = Limiter(LONG, time.monotonic)
    order: list[str] = []
    with Elsewhere(backend, limiter) as first, Elsewhere(other, limiter) as second:

        async def hold() -> Any:
            gate = limiter.gate()
            return gate, [await gate.acquire(INTERACTIVE) for _ in range(2)]

        gate, permits = first.run.call(hold)
        batch = first.waits(BATCH, order, "batch here")
        visit = second.waits(INTERACTIVE, order, "visit there")
        for permit in permits:
            first.run.call(gate.give_back, permit)
        visit.result(timeout=PATIENCE)
        batch.result(timeout=PATIENCE)
    assert order == ["visit there", "batch here"]


@pytest.mark.parametrize("collected", [False, True])
def test_permits_of_a_loop_that_was_closed_come_back(collected: bool) -> None:
    """A signal handler's exception ends `run_until_complete`, and the loop is closed over its tasks."""
    clock = [0.0]
    limiter = Limiter(RateLimit(2, per=5.0), lambda: clock[0])

    async def hold() -> None:
        gate = limiter.gate()
        for _ in range(2):
            await gate.acquire(INTERACTIVE)
        asyncio.get_running_loop().call_soon(interrupt)
        await gate.acquire(INTERACTIVE)

    def interrupt() -> None:
        raise KeyboardInterrupt

    loop = asyncio.new_event_loop()
    task = loop.create_task(hold())
    with pytest.raises(KeyboardInterrupt):
        loop.run_forever()
    loop.close()
    if collected:
        del task, loop
        gc.collect()

    async def next_one() -> int:
        gate = limiter.gate()
        assert limiter.window.in_flight == 0
        assert len(limiter.line) == 0
        clock[0] += 5.1
        await gate.acquire(INTERACTIVE)
        return limiter.window.in_flight

    assert asyncio.run(next_one()) == 1
    limiter.bury_the_gone()
    assert limiter.window.in_flight == 0, "that of a task that ended without returning it"


@pytest.mark.real_time
def test_permits_of_a_trio_that_crashed_come_back() -> None:
    """A signal handler's exception may hit trio itself; its token then doesn't say that it is over."""
    command = [sys.executable, "-c", CRASH]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603
    assert done.stdout == "1\n", done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_waits_for_no_permit_of_its_parent() -> None:
    """All permits are out, one task waits and another thread has the lock when the process forks: the child gets on."""
    limit = RateLimit(2, per=0.2)
    user = User()
    limiter = limiter_of("http://fork", "MA", limit, time.monotonic, user)

    async def hold() -> None:
        gate = limiter.gate()
        for _ in range(2):
            await gate.acquire(INTERACTIVE)
        with anyio.move_on_after(0.05):
            await gate.acquire(BATCH)

    anyio.run(hold)
    has_it, done = threading.Event(), threading.Event()

    def have_the_lock() -> None:
        with limiter.lock:
            has_it.set()
            done.wait()

    other = threading.Thread(target=have_the_lock)
    other.start()
    has_it.wait()
    child = os.fork()
    if child == 0:  # pragma: no cover  (another process)
        code = 1
        try:
            assert limiter_of("http://fork", "MA", limit, time.monotonic, user) is limiter

            async def go_on() -> None:
                with anyio.fail_after(PATIENCE):
                    await limiter.gate().acquire(INTERACTIVE)

            anyio.run(go_on)
            code = 0
        finally:
            os._exit(code)
    done.set()
    other.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_clients_of_one_account_have_one_clock() -> None:
    """Two clocks can't tell the age of one permit; when nobody uses it any more, another may."""
    users = [User() for _ in range(2)]
    clocks = [lambda: 100.0, lambda: 7.0]
    first = limiter_of("http://clock", "MA", LONG, clocks[0], users[0])
    with pytest.raises(ValueError, match="same clock"):
        limiter_of("http://clock", "MA", LONG, clocks[1], users[1])
    assert first.window.take(100.0, INTERACTIVE) is None
    first.users.discard(users[0])
    second = limiter_of("http://clock", "MA", RateLimit(3, per=600.0), clocks[1], users[1])
    assert second.window.used(7.0) == 1, "what the server may still count isn't forgotten"
    assert [used.free_at for used in second.window.cooling] == [607.0]
