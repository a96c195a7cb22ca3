"""Activations as they finish."""

from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

import anyio

from .._public import public
from ._activation import Activation

if TYPE_CHECKING:
    from anyio.abc import TaskGroup  # loads asyncio, where that isn't what runs

_HOW = """start_each() is entered before it is iterated:

    async with client.mpc.start_each(names) as activations:
        async for activation in activations:
            ..."""


class Run(Protocol):
    """A batch that can be run."""

    async def run(self) -> None:
        """Do it all."""
        ...

    def stop(self, reason: str) -> None:
        """Begin nothing more, and end soon."""
        ...


class Belt:
    """The few results that are ready, between the batch and the one who takes them."""

    def __init__(self, most_ready: int) -> None:
        """Make an empty one.

        Args:
            most_ready: How many results may wait before whoever brings more is held back.
        """
        self._ready: deque[Activation] = deque()
        self._most_ready = most_ready
        self._ended = False
        self._changed = anyio.Event()

    def put(self, activation: Activation) -> None:
        """Lay one down."""
        self._ready.append(activation)
        self._wake()

    async def hold_back(self) -> None:
        """Wait until there is room, or nobody takes any more."""
        while len(self._ready) > self._most_ready and not self._ended:
            await self._changed.wait()

    async def take(self) -> Activation | None:
        """The next one; None if no more will come."""
        while not self._ready:
            if self._ended:
                return None
            await self._changed.wait()
        activation = self._ready.popleft()
        self._wake()
        return activation

    def end(self) -> None:
        """No more will come, or be taken."""
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()


@public
class ActivationStream:
    """Yields each `Activation` as it finishes, to whoever has entered it:

        async with client.mpc.start_each(names) as activations:
            async for activation in activations:
                ...

    The batch runs from when it is entered until the block is left, and not a moment longer: leaving early stops it, and
    what was not sent is not sent.
    """

    def __init__(self, make_run: Callable[[], Run], belt: Belt) -> None:
        """Made by `start_each`; nothing is pulled or sent before it is entered.

        Args:
            make_run: Makes the batch.
            belt: Where it lays its results.
        """
        self._make_run = make_run
        self._belt = belt
        self._run: Run | None = None
        self._group: TaskGroup | None = None
        self._error: BaseException | None = None

    async def __aenter__(self) -> Self:
        if self._group is not None:
            raise RuntimeError("start_each() is entered once; call it again for another batch")
        self._run = self._make_run()
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        self._group.start_soon(self._main, self._run)
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._group is not None  # noqa: S101  (for the type checker)
        assert self._run is not None  # noqa: S101
        self._run.stop("the block was left")
        self._belt.end()
        await self._group.__aexit__(None, None, None)  # told of `exc` it would wrap it
        if exc is None:
            self._raise_error()

    def __aiter__(self) -> Self:
        if self._group is None:
            raise TypeError(_HOW)
        return self

    async def __anext__(self) -> Activation:
        if self._group is None:
            raise TypeError(_HOW)
        activation = await self._belt.take()
        if activation is not None:
            return activation
        self._raise_error()
        raise StopAsyncIteration

    async def _main(self, run: Run) -> None:
        try:
            await run.run()
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:  # noqa: BLE001  (raised again in the task that iterates; `sys.exit()` as well)
            self._error = error
        finally:
            self._belt.end()

    def _raise_error(self) -> None:
        """Raise what ended the batch, once."""
        error, self._error = self._error, None
        if error is not None:
            raise error
