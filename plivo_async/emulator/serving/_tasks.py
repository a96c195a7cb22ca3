"""The tasks of an emulator, which may be ended by another task than began them.

A task group must be left by the task that entered it, and pytest-asyncio runs the two halves of a fixture in two tasks.
So on asyncio the group is entered by a task of its own. On trio there is no task outside of a nursery; but whoever runs
fixtures there (pytest-trio, anyio) runs both halves in one.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import anyio
import anyio.abc


class Tasks:
    """Runs tasks between `begin` and `end`, in any order of whatever goes on around them."""

    __slots__ = ("_group", "_host")

    def __init__(self) -> None:
        self._group: anyio.abc.TaskGroup | None = None
        self._host: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether tasks can be started."""
        return self._group is not None

    def start(self, function: Callable[..., Coroutine[Any, Any, None]], *arguments: object) -> None:
        """Start a task; what it raises ends all of them, and is raised by `end`.

        Raises:
            RuntimeError: They are not running.
        """
        if self._group is None:
            raise RuntimeError("the emulator is not running: use it inside `async with Emulator() as plivo`")
        self._group.start_soon(function, *arguments)

    async def begin(self) -> None:
        """Let tasks be started."""
        group = anyio.create_task_group()
        if _on_asyncio():
            entered = asyncio.Event()
            self._host = asyncio.create_task(_hold(group, entered))
            try:
                await entered.wait()
            except BaseException:
                self._host.cancel()
                raise
        else:
            await group.__aenter__()
        self._group = group

    async def end(self) -> None:
        """Cancel all of them, and wait until they are over."""
        if self._group is None:
            return
        self._group.cancel_scope.cancel()
        try:
            if self._host is None:
                await self._group.__aexit__(None, None, None)
            else:
                with anyio.CancelScope(shield=True):
                    await self._host
        finally:
            self._group = None


async def _hold(group: anyio.abc.TaskGroup, entered: asyncio.Event) -> None:
    async with group:
        entered.set()
        await anyio.sleep_forever()


def _on_asyncio() -> bool:
    try:
        return asyncio.current_task() is not None
    except RuntimeError:  # there is no loop of asyncio's
        return False
