"""A task that outlives the function that starts it."""

import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

_running: "set[asyncio.Task[None]]" = set()


def spawn(main: Callable[[], Coroutine[Any, Any, None]], ended: Callable[[], None]) -> None:
    """Run `main` in the running event loop, in nobody's task group. It must not raise.

    Args:
        main: What to run.
        ended: Called when it is over, even if asyncio ends before it has begun.
    """
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        trio.lowlevel.spawn_system_task(_run, main, ended)
        return
    import asyncio  # a quarter of what httpx takes to be imported; where it runs, it is there

    task = asyncio.get_running_loop().create_task(main())
    _running.add(task)
    task.add_done_callback(_running.discard)
    task.add_done_callback(lambda _: ended())


async def _run(main: Callable[[], Coroutine[Any, Any, None]], ended: Callable[[], None]) -> None:
    try:
        await main()
    finally:
        ended()
