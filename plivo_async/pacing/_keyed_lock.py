"""Operations on one thing, one after the other, in the order in which they were asked for."""

import math
from collections import deque

import anyio

from ._home import Home


class KeyedLock:
    """A lock for each key, first come, first served; who needs another key doesn't wait.

    Without it an attempt to mute that is still to be repeated may overtake an unmute that was asked for later.
    """

    def __init__(self, home: Home | None = None) -> None:
        """Get ready.

        Args:
            home: Where all of it belongs: in another event loop nobody would ever be let in. None for anywhere.
        """
        self._home = home
        self._queues: dict[str, deque[anyio.Event]] = {}

    def __len__(self) -> int:
        """How many keys are in use; a key is forgotten with its last operation."""
        return len(self._queues)

    async def acquire(self, key: str, within: float = math.inf) -> bool:
        """Wait for those before; False if that takes longer than `within` seconds. An empty key waits for nobody.

        The time bounds the waiting and nothing else: a scope around what comes after it may have been cancelled by the
        time at which it is let in, and on trio that stays so, whatever its deadline is moved to.

        Raises:
            RuntimeError: It is asked for elsewhere than at home.
        """
        if not key:
            return True
        if self._home is not None:
            self._home.check()
        queue = self._queues.get(key)
        if queue is None:
            self._queues[key] = deque()
            return True
        released = anyio.Event()
        queue.append(released)
        acquired = False
        try:
            with anyio.move_on_after(within):
                await released.wait()
                acquired = True
        finally:
            if not acquired:
                self._leave(key, released)
        return acquired

    def release(self, key: str) -> None:
        """Let the next one go."""
        if not key:
            return
        queue = self._queues[key]
        if queue:
            queue.popleft().set()
        else:
            del self._queues[key]

    def _leave(self, key: str, released: anyio.Event) -> None:
        if released in self._queues[key]:
            self._queues[key].remove(released)
        else:
            self.release(key)  # it was handed to us at the same moment
