"""A task that outlives the function that starts it."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any

_running: set[asyncio.Task[None]] = set()


def spawn(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run `main` in the running event loop, in nobody's task group. It must not raise."""
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        trio.lowlevel.spawn_system_task(main)
        return
    task = asyncio.get_running_loop().create_task(main())
    _running.add(task)
    task.add_done_callback(_running.discard)
