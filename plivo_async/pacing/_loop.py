"""An event loop as others see it: how to have something done there, and whether it is still there."""

import weakref
from collections.abc import Callable
from typing import Any

from anyio.lowlevel import current_token

RECHECK = 1.0
"""Seconds between two looks for event loops that are gone: of those nobody tells."""


def here() -> object:
    """What tells the running event loop from all others, as long as it lives."""
    return current_token().native_token


class Loop:
    """A loop, asyncio's or trio's, that isn't kept alive by being known."""

    __slots__ = ("_call_name", "_native")

    def __init__(self, native: Any) -> None:
        self._native = weakref.ref(native)
        self._call_name = "call_soon_threadsafe" if hasattr(native, "call_soon_threadsafe") else "run_sync_soon"

    def is_(self, native: object) -> bool:
        """Whether it is that one; an `id` may be used again."""
        return self._native() is native

    def call(self, function: Callable[[], object]) -> bool:
        """Have a function called there, soon, from any thread; False if the loop is gone."""
        native = self._native()
        if native is None:
            return False
        try:
            getattr(native, self._call_name)(function)
        except (RuntimeError, OSError):  # closed, trio's RunFinishedError included; a trio that crashed has no socket
            return False
        return True

    @property
    def gone(self) -> bool:
        """Whether nothing can run there any more."""
        native = self._native()
        closed: Callable[[], bool] | None = getattr(native, "is_closed", None)
        return closed() if closed is not None else not self.call(_nothing)


def _nothing() -> None:
    """Run, to see whether anything does."""
