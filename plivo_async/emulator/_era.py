"""The tasks of one world: they end with it, and not only with the emulator."""

from collections.abc import Callable, Coroutine
from typing import Any

import anyio

Start = Callable[..., None]
"""Starts a task: a function, and its arguments."""


class Era:
    """Runs tasks until it ends.

    Args:
        start: Starts tasks that go on until they are over.
    """

    __slots__ = ("_over", "_scopes", "_start")

    def __init__(self, start: Start) -> None:
        self._start = start
        self._scopes: set[anyio.CancelScope] = set()
        self._over = False

    def start(self, function: Callable[..., Coroutine[Any, Any, None]], *arguments: object) -> None:
        """Start a task. Raises as the function that does so."""
        self._start(self._run, function, arguments)

    async def _run(self, function: Callable[..., Coroutine[Any, Any, None]], arguments: tuple[object, ...]) -> None:
        if self._over:
            return
        with anyio.CancelScope() as scope:
            self._scopes.add(scope)
            try:
                await function(*arguments)
            finally:
                self._scopes.discard(scope)

    def end(self) -> None:
        """Cancel all of them, without waiting, and let no other one begin."""
        self._over = True
        for scope in list(self._scopes):
            scope.cancel()
