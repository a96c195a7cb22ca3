"""Operations on one thing, one after the other, in the order in which they were asked for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio


class Sequence:
    """Lets operations with the same key pass one at a time, first come, first served; others don't wait for them.

    Without it an attempt to mute that is still to be repeated may overtake an unmute that was asked for later.
    """

    def __init__(self) -> None:
        self._locks: dict[str, tuple[anyio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Wait for those before, then go; a key is forgotten with its last operation."""
        lock, users = self._locks.get(key) or (anyio.Lock(), 0)
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks.pop(key)
            if users > 1:
                self._locks[key] = (lock, users - 1)

    def __len__(self) -> int:
        """How many keys are in use."""
        return len(self._locks)
