"""What the workers of one host share: a bus for callbacks, and who is at which caller; both in one file.

A callback reaches one worker, and who waits for it may sit in another. Several hosts take `plivo_async.buses.RedisBus`,
with the same two methods, and Redis for the rest.
"""

import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import anyio
import anyio.to_thread

_POLL = 0.1  # seconds
_KEPT = 1_000  # messages; what a worker misses is found by a look


class SqliteBus:
    """An `EventBus`."""

    def __init__(self, path: str) -> None:
        self._path = path
        with closing(self._connect()) as store:
            store.execute("PRAGMA journal_mode=WAL")
            store.execute("CREATE TABLE IF NOT EXISTS told (id INTEGER PRIMARY KEY AUTOINCREMENT, message TEXT)")

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=5.0, isolation_level=None)

    async def publish(self, message: str) -> None:
        """Tell the others."""
        await anyio.to_thread.run_sync(self._put, message)

    def _put(self, message: str) -> None:
        with closing(self._connect()) as store:
            last = store.execute("INSERT INTO told (message) VALUES (?)", (message,)).lastrowid or 0
            store.execute("DELETE FROM told WHERE id <= ?", (last - _KEPT,))

    async def listen(self) -> AsyncIterator[str]:
        """What is told from now on."""
        last = await anyio.to_thread.run_sync(self._last)
        while True:
            for number, message in await anyio.to_thread.run_sync(self._after, last):
                last = number
                yield message
            await anyio.sleep(_POLL)

    def _last(self) -> int:
        with closing(self._connect()) as store:
            return int(store.execute("SELECT coalesce(max(id), 0) FROM told").fetchone()[0])

    def _after(self, last: int) -> list[tuple[int, str]]:
        with closing(self._connect()) as store:
            return store.execute("SELECT id, message FROM told WHERE id > ? ORDER BY id", (last,)).fetchall()


class Claims:
    """Who is at which caller, so that two agents who are quick don't both ring."""

    LONGEST = 600.0
    """Seconds after which a claim is over: its worker has been killed."""

    def __init__(self, path: str) -> None:
        self._path = path
        with closing(self._connect()) as store:
            store.execute("CREATE TABLE IF NOT EXISTS claims (subject TEXT PRIMARY KEY, at REAL)")

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=5.0, isolation_level=None)

    @asynccontextmanager
    async def claimed(self, subject: str) -> AsyncIterator[bool]:
        """Whether it is ours within the block."""
        ours = await anyio.to_thread.run_sync(self._take, subject)
        try:
            yield ours
        finally:
            if ours:
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(self._give_back, subject)

    def _take(self, subject: str) -> bool:
        now = time.time()
        with closing(self._connect()) as store:
            store.execute("DELETE FROM claims WHERE at < ?", (now - self.LONGEST,))
            done = store.execute("INSERT OR IGNORE INTO claims VALUES (?, ?)", (subject, now))
            return done.rowcount == 1

    def _give_back(self, subject: str) -> None:
        with closing(self._connect()) as store:
            store.execute("DELETE FROM claims WHERE subject = ?", (subject,))
