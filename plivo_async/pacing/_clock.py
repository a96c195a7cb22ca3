"""Waiting for an instant."""

from collections.abc import Callable

import anyio

Clock = Callable[[], float]
"""Monotonic seconds. `time.monotonic`, unless a test moves time itself."""

TICK = 1e-6
"""Seconds: the shortest wait worth asking a timer for."""


async def sleep_until(instant: float, clock: Clock) -> None:
    """Return when `clock()` has reached `instant`; a timer that fires a tick early is not enough."""
    while (left := instant - clock()) > 0:  # noqa: ASYNC110  (time is what it waits for)
        await anyio.sleep(max(left, TICK))
