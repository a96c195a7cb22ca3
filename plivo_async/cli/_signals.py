"""Ctrl-C: the first one ends a run in order, the second one at once."""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from types import FrameType

import anyio
import anyio.abc

from ._codes import ExitCode

_SHOW_CURSOR = b"\x1b[?25h"


async def until_signal(main: Callable[[], Awaitable[object]]) -> bool:
    """Run `main`; SIGINT or SIGTERM cancels it, and a further one ends the process without further ado.

    Where signals can't be received so (asyncio on Windows), Ctrl-C raises `KeyboardInterrupt`, as ever.

    Returns:
        Whether a signal came.

    Raises:
        Exception: What `main` raised, as it is.
    """
    came = False
    error: Exception | None = None

    async def watch(*, task_status: anyio.abc.TaskStatus[None]) -> None:
        nonlocal came
        try:
            with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
                task_status.started()
                async for _ in signals:
                    came = True
                    break
        except NotImplementedError:
            task_status.started()
            return
        _end_at_the_next()
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        await group.start(watch)
        try:
            await main()
        except Exception as raised:  # noqa: BLE001  (raised again below, without the group's wrapping)
            error = raised
        group.cancel_scope.cancel()
    if error is not None:
        raise error
    return came


def _end_at_the_next() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> None:
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), _SHOW_CURSOR)  # the live display hides it
    os._exit(ExitCode.INTERRUPTED)
