"""Ctrl-C, and what else ends a program: the first signal ends a run in order, the second one at once."""

import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from types import FrameType

import anyio
import anyio.abc

from ._codes import ExitCode

_SHOW_CURSOR = b"\x1b[?25h"


async def until_signal(main: Callable[[], Awaitable[object]]) -> signal.Signals | None:
    """Run `main`; a signal cancels it, and a further one ends the process without further ado.

    The signals are SIGINT (Ctrl-C), SIGTERM, and SIGHUP (the terminal was closed), the last one unless it is ignored,
    as under `nohup`. Where signals can't be received so (asyncio on Windows), Ctrl-C raises `KeyboardInterrupt`.

    Returns:
        The signal that came; None if none did.

    Raises:
        Exception: What `main` raised, as it is.
    """
    came: signal.Signals | None = None
    error: Exception | None = None

    async def watch(*, task_status: anyio.abc.TaskStatus[None]) -> None:
        nonlocal came
        try:
            with anyio.open_signal_receiver(*ending()) as signals:
                task_status.started()
                came = await anext(aiter(signals))
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


def ending() -> list[signal.Signals]:
    """The signals that end a run."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    hangup: signal.Signals | None = getattr(signal, "SIGHUP", None)
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:
        numbers.append(hangup)
    return numbers


def _end_at_the_next() -> None:
    for number in ending():
        # A terminal that is closed may say so twice, and that is no further wish of anybody's.
        signal.signal(number, _end if number in (signal.SIGINT, signal.SIGTERM) else signal.SIG_IGN)


def _end(number: int, frame: FrameType | None) -> None:
    with contextlib.suppress(OSError):
        if sys.stderr.isatty():
            os.write(sys.stderr.fileno(), _SHOW_CURSOR)  # the live display hides it
    os._exit(ExitCode.INTERRUPTED)
