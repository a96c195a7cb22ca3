"""Telling the time, and waiting for it."""

import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import anyio

Clock = Callable[[], float]
"""Monotonic seconds. `time.monotonic`, unless a test moves time itself."""

TICK = 1e-6
"""Seconds: the shortest wait worth asking a timer for."""


async def sleep_until(instant: float, clock: Clock) -> None:
    """Return when `clock()` has reached `instant`; a timer that fires a tick early is not enough."""
    while (left := instant - clock()) > 0:  # noqa: ASYNC110  (time is what it waits for)
        await anyio.sleep(max(left, TICK))


def wall_clock(clock: Clock) -> Callable[[], datetime]:
    """Aware wall-clock time. Where a test moves time itself, it moves as that does, from here or its first use on.

    Args:
        clock: Monotonic seconds; it may be one that needs an event loop.
    """
    if clock is time.monotonic:
        return lambda: datetime.now(UTC)
    zero: datetime | None = None

    def wall() -> datetime:
        nonlocal zero
        now = timedelta(seconds=clock())
        if zero is None:
            zero = datetime.now(UTC) - now
        return zero + now

    with contextlib.suppress(RuntimeError):  # there is no event loop yet
        wall()
    return wall
