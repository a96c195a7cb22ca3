"""Activations as they finish."""

import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

import anyio

from .._spawn import spawn
from ._activation import Activation
from ._engine import Deliver


class Run(Protocol):
    """A batch that can be run."""

    async def run(self) -> None:
        """Do it all."""
        ...


class _Belt:
    """What runs in the background, and the few results that are ready. Holds no reference to the stream."""

    def __init__(self, most_ready: int) -> None:
        self.scope = anyio.CancelScope()
        self.ready: deque[Activation] = deque()
        self.finished = anyio.Event()
        self.error: Exception | None = None
        self._most_ready = most_ready
        self._changed = anyio.Event()

    async def put(self, activations: list[Activation]) -> None:
        self.ready.extend(activations)
        self._wake()
        while len(self.ready) > self._most_ready:
            await self._changed.wait()

    async def get(self) -> Activation | None:
        while not self.ready:
            if self.finished.is_set():
                return None
            await self._changed.wait()
        activation = self.ready.popleft()
        self._wake()
        return activation

    async def main(self, run: Run) -> None:
        try:
            with self.scope:
                await run.run()
        except Exception as error:  # noqa: BLE001  (raised again in the task that iterates)
            self.error = error

    def end(self) -> None:
        self.finished.set()
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()


class ActivationStream:
    """Yields each `Activation` as it finishes: `async for activation in client.mpc.start_each(names)`.

    Iterate once. Leaving the loop early stops the run: what was not sent is not sent. To know that it has stopped, and
    not only been told to, leave through `async with`, or `await aclose()`.
    """

    def __init__(self, make_run: Callable[[Deliver], Run], most_ready: int) -> None:
        """Get ready; nothing is pulled or sent before the first activation is asked for.

        Args:
            make_run: Makes the batch, given what it delivers to.
            most_ready: How many results may wait for the loop before no more are begun.
        """
        self._make_run = make_run
        self._most_ready = most_ready
        self._belt: _Belt | None = None
        self._thread = 0
        self._over = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Activation:
        if self._over:
            raise StopAsyncIteration
        belt = self._belt
        if belt is None:
            belt = self._belt = _Belt(self._most_ready)
            self._thread = threading.get_ident()
            run = self._make_run(belt.put)
            spawn(lambda: belt.main(run), belt.end)
        try:
            activation = await belt.get()
        except BaseException:
            await self.aclose()
            raise
        if activation is not None:
            return activation
        self._over = True
        if belt.error is not None:
            raise belt.error
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Stop, and return when everything has stopped. Attempts on the wire are broken off; see `on_outcome`."""
        self._over = True
        if self._belt is not None:
            self._belt.scope.cancel()
            with anyio.CancelScope(shield=True):
                await self._belt.finished.wait()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __del__(self) -> None:
        belt = getattr(self, "_belt", None)
        if belt is not None and not belt.finished.is_set() and self._thread == threading.get_ident():
            belt.scope.cancel()
