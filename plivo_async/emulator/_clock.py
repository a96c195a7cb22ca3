"""What time it is for an emulator, and who may ask: whoever runs in its event loop.

Two ways to ask. Who changes something is told the time, or refused elsewhere: the clock of another event loop has
nothing to do with this one's. Who only looks is told a time that stands still until the next step of the event loop, so
that all that is read without an `await` in between is of one moment; elsewhere it is told none, and sees things as they
were at the last look.
"""

from collections.abc import Callable, Coroutine
from threading import get_ident
from typing import Any

import anyio
from anyio.lowlevel import EventLoopToken, current_token

_NOT_RUNNING = "the emulator is not running: use it inside `async with Emulator() as plivo`"
_OTHER_THREAD = (
    "the emulator runs in another thread: call it there, for example with `portal.call(plivo.add_conference, name)` "
    "if a blocking portal of anyio runs it"
)
_OTHER_LOOP = (
    "the emulator runs in another event loop: give the fixture that holds it and the tests that use it the same scope "
    "of the event loop (`loop_scope` in pytest-asyncio, the scope of `anyio_backend` in anyio)"
)


class Clock:
    """Seconds since the emulator started, on the clock of its event loop, and what was skipped.

    Args:
        soon: Starts a task in the emulator's event loop.
    """

    __slots__ = ("_home", "_moment", "_skipped", "_soon", "_started_at", "_thread")

    def __init__(self, soon: Callable[[Callable[[], Coroutine[Any, Any, None]]], None]) -> None:
        self._soon = soon
        self._home: EventLoopToken | None = None
        self._thread: int | None = None
        self._started_at = 0.0
        self._skipped = 0.0
        self._moment: float | None = None

    def begin(self, at: float = 0.0) -> None:
        """It is second 0, or another one, and this event loop is the one."""
        self._skipped = at
        self._home, self._thread, self._started_at = current_token(), get_ident(), anyio.current_time()

    def end(self) -> None:
        """No time passes any more."""
        self._home = self._moment = None

    def skip(self, seconds: float) -> None:
        """Put it forward."""
        self._skipped += seconds
        self._moment = None

    def check(self) -> None:
        """Pass whoever may change something.

        Raises:
            RuntimeError: It isn't running, or runs elsewhere: the message says what to do.
        """
        if self._home is None:
            raise RuntimeError(_NOT_RUNNING)
        if get_ident() != self._thread:
            raise RuntimeError(_OTHER_THREAD)
        if not self._at_home():
            raise RuntimeError(_OTHER_LOOP)

    def now(self) -> float:
        """The time, for whoever changes something. Raises as `check`."""
        self.check()
        return self.time()

    def time(self) -> float:
        """The same for the emulator's own tasks, which can be nowhere else."""
        return anyio.current_time() - self._started_at + self._skipped

    def look(self) -> float | None:
        """The time for whoever only looks, the same until the next step of the event loop; None elsewhere."""
        if self._home is None or get_ident() != self._thread:
            return None
        if self._moment is None and self._at_home():
            self._moment = self.time()
            self._soon(self._pass)
        return self._moment

    def check_change(self) -> None:
        """Pass whoever may change something, and whoever does so before it runs. Raises as `check`."""
        if self._home is not None:
            self.check()

    async def _pass(self) -> None:
        self._moment = None

    def _at_home(self) -> bool:
        try:
            return current_token() == self._home
        except RuntimeError:  # there is no event loop here
            return False
