"""Operations on one thing, one after the other, in the order in which they were asked for."""

from collections import deque

import anyio

from ._home import Home


class KeyedLock:
    """A lock for each key: those with the same key go one at a time, first come, first served.

    Without it an attempt to mute that is still to be repeated may overtake an unmute that was asked for later.
    """

    def __init__(self, home: Home | None = None) -> None:
        """Get ready.

        Args:
            home: Where all of it belongs: in another event loop nobody would ever be let in. None for anywhere.
        """
        self._home = home
        self._queues: dict[str, deque[anyio.Event]] = {}

    def lock(self, key: str) -> "Held":
        """Wait for those before, then go: `async with order.lock(key)`. An empty key waits for nobody.

        Raises:
            RuntimeError: It is asked for elsewhere than at home.
        """
        if key and self._home is not None:
            self._home.check()
        return Held(self._queues, key)

    def __len__(self) -> int:
        """How many keys are in use; a key is forgotten with its last operation."""
        return len(self._queues)


class Held:
    """One key, for one operation."""

    __slots__ = ("_key", "_queues")

    def __init__(self, lines: dict[str, deque[anyio.Event]], key: str) -> None:
        self._queues = lines
        self._key = key

    async def __aenter__(self) -> None:
        if not self._key:
            return
        queue = self._queues.get(self._key)
        if queue is None:
            self._queues[self._key] = deque()
            return
        released = anyio.Event()
        queue.append(released)
        try:
            await released.wait()
        except BaseException:
            if released in queue:
                queue.remove(released)
            else:
                self._release()  # it was handed to us at the same moment
            raise

    async def __aexit__(self, *_: object) -> None:
        if self._key:
            self._release()

    def _release(self) -> None:
        queue = self._queues[self._key]
        if queue:
            queue.popleft().set()
        else:
            del self._queues[self._key]
