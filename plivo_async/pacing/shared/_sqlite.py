"""Budgets in an SQLite file: for all processes of one host, with nothing to install.

The journal mode is PERSIST and not WAL: before 3.51.3 SQLite may corrupt a WAL when several connections write and
checkpoint at the same instant. The clock is the monotonic one, which all processes of a host share; it begins anew when
the host boots, which is a clock that goes back. Nothing here has to outlive a crash of the host, so nothing is synced.
"""

import os
import secrets
import sqlite3
import stat
import time
from collections.abc import Callable
from pathlib import Path

from ..._errors import SharedBudgetError
from ...policy.shared import PROTOCOL, Ledger, Reply, Status, Terms, Trade
from ._files import far_filesystem
from ._record import packed, unpacked
from ._store import StoreAway

_BUSY = 1.0  # seconds to wait for the trade of another process; one takes a tenth of a millisecond
_OTHERS = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'plivo_budget' AND substr(name, 1, 7) <> 'sqlite_'"
)
_MAKE = "CREATE TABLE IF NOT EXISTS plivo_budget (key TEXT PRIMARY KEY, version INTEGER, ledger TEXT)"
_COLUMNS = ["key", "version", "ledger"]
_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_PROTOCOL,
}

_abandoned: list[sqlite3.Connection] = []


class SqliteStore:
    """The ledger of one account in an SQLite file."""

    def __init__(self, path: Path, key: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._key, self._clock = path, key, clock
        self._db: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def open(self) -> bool:
        """Open the file, made if there is none, for this user only."""
        self.close()
        try:
            self._open()
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise self._trouble(error) from error
        return False

    def trade(self, terms: Terms, trade: Trade) -> Reply:
        """Carry out a trade while no other process does."""
        db = self._db
        if db is None or self._id() != self._file:
            raise StoreAway("its file was removed or replaced")
        try:
            db.execute("BEGIN IMMEDIATE")
            try:
                reply = self._trade(db, terms, trade)
                db.execute("COMMIT")
            except BaseException:
                db.rollback()
                raise
        except (sqlite3.Error, OSError) as error:
            raise self._trouble(error) from error
        return reply

    def close(self) -> None:
        """Close the file."""
        db, self._db = self._db, None
        if db is not None:
            db.close()

    def abandon(self) -> None:
        """Keep the parent's connection alive and unused: closing it would touch the parent's locks."""
        if self._db is not None:
            _abandoned.append(self._db)
            self._db = None

    def _open(self) -> None:
        far = far_filesystem(self._path.parent.resolve(), _mounts())
        if far is not None:
            raise SharedBudgetError(
                f"the shared budget {self._path} is on a network file system ({far}), where locks can't be relied on; "
                "put it on a disk of this host, or use Redis for several hosts"
            )
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        if not stat.S_ISREG(self._path.stat().st_mode):
            raise SharedBudgetError(f"the shared budget {self._path} is not a file")
        db = sqlite3.connect(self._path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(db)
        except BaseException:
            db.close()
            raise
        self._db, self._file = db, self._id()

    def _prepare(self, db: sqlite3.Connection) -> None:
        """Make the file ours, if it is nobody's. One of something else is left as it is, its journal mode as well."""
        other = db.execute(_OTHERS).fetchone()
        if other is not None:
            raise SharedBudgetError(
                f"the shared budget {self._path} is a database of something else, with a table {other[0]!r}; "
                "give the budget a file of its own"
            )
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA journal_mode = PERSIST")
        db.execute(_MAKE)
        if [row[1] for row in db.execute("PRAGMA table_info(plivo_budget)")] != _COLUMNS:
            raise SharedBudgetError(f"the shared budget {self._path} has a table plivo_budget of another kind")

    def _trade(self, db: sqlite3.Connection, terms: Terms, trade: Trade) -> Reply:
        now = self._clock()
        row = db.execute("SELECT version, ledger FROM plivo_budget WHERE key = ?", (self._key,)).fetchone()
        if row is not None and row[0] > PROTOCOL:
            return Reply(Status.NEWER)
        up = now  # the clock begins when the host boots
        ledger = Ledger.new(terms, trade, now, up, secrets.token_hex(4)) if row is None else unpacked(row[1])
        reply = ledger.trade(terms, trade, now)
        db.execute("REPLACE INTO plivo_budget VALUES (?, ?, ?)", (self._key, PROTOCOL, packed(ledger)))
        return reply

    def _id(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _trouble(self, error: sqlite3.Error | OSError) -> StoreAway | SharedBudgetError:
        if isinstance(error, OSError):
            return SharedBudgetError(f"the shared budget {self._path} can't be opened: {error.strerror}")
        if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in _PASSING:
            return StoreAway(str(error))
        return SharedBudgetError(f"the shared budget {self._path} can't be used: {error}")


def _mounts() -> str:
    try:
        return Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
