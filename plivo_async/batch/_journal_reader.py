"""Reading a journal, finished or not; see `_journal_file`."""

import contextlib
import math
import os
import sqlite3
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import overload

from .._errors import JournalError
from .._version import __version__
from ._journal_run import JournalRun

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one place of the input; times are seconds since 1970."""

    position: int
    name: str | None
    uuid: str | None
    intent_at: float | None
    outcome: str | None
    settled_at: float | None
    detail: str | None


class JournalReader:
    """Somebody who reads a journal, finished or not, and disturbs nobody. One thread at a time."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open it.

        Raises:
            JournalError: There is none, or it is something else.
        """
        self.path: Path = Path(path)
        if not self.path.is_file():
            raise JournalError(f"there is no journal {str(self.path)!r}")
        with told(self.path, "read"):
            # Not `mode=ro`: who finds a journal whose writer was killed has to read its WAL in.
            self._connection = sqlite3.connect(self.path.absolute(), isolation_level=None, check_same_thread=False)
            # A report reads from it for as long as the report lives, and nobody closes a report.
            self._closed = weakref.finalize(self, self._connection.close)
            self._connection.execute("pragma query_only = on")
            self._connection.execute("pragma wal_autocheckpoint = 0")
            self.meta = meta_of(self.path, self._connection)
            check_format(self.path, self.meta)

    def __len__(self) -> int:
        return self.number()

    def counts(self) -> dict[str | None, int]:
        """How many ended in each outcome; None for those that have none yet."""
        with told(self.path, "read"):
            return dict(self._connection.execute("select outcome, count(*) from item group by outcome"))

    def number(self, where: str = "") -> int:
        """How many places there are of a kind."""
        with told(self.path, "read"):
            asked = f"select count(*) from item {where}"  # noqa: S608  (ours)
            return int(self._connection.execute(asked).fetchone()[0])

    def some(self, first: int, most: int, condition: str = "true", *values: object) -> list[Row]:
        """At most so many places that meet a condition, from `first` on."""
        with told(self.path, "read"):
            where = f"where position >= ? and {condition}"
            return list(rows_of(self._connection, where, (first, *values), most))

    def runs(self) -> tuple[JournalRun, ...]:
        """Who worked on it, the first one first."""
        with told(self.path, "read"):
            return runs_of(self._connection)

    def close(self) -> None:
        """Let go of it."""
        self._closed()


def runs_of(connection: sqlite3.Connection) -> tuple[JournalRun, ...]:
    """Who worked on a journal; one that didn't say that it ended lasted until the last outcome that it wrote."""
    asked = "select began_at, ended_at, pid, host, version from run order by number"
    rows: list[tuple[float, float | None, int, str, str]] = list(connection.execute(asked))
    following = [*(began for began, *_ in rows[1:]), math.inf][: len(rows)]  # none yet, while it is being made
    last = "select max(settled_at) from item where settled_at between ? and ?"
    return tuple(
        JournalRun(
            _instant(began),
            _instant(ended if ended is not None else connection.execute(last, (began, then)).fetchone()[0]),
            pid,
            host,
            version,
        )
        for (began, ended, pid, host, version), then in zip(rows, following, strict=True)
    )


def rows_of(
    connection: sqlite3.Connection, where: str = "", values: tuple[object, ...] = (), most: int = -1
) -> Iterator[Row]:
    """Places, in order."""
    columns = "position, name, uuid, intent_at, outcome, settled_at, detail"
    asked = f"select {columns} from item {where} order by position limit {most}"  # noqa: S608  (all of it is ours)
    for row in connection.execute(asked, values):
        yield Row(*row)


def meta_of(path: Path, connection: sqlite3.Connection) -> dict[str, str]:
    """What it is of.

    Raises:
        JournalError: It is another SQLite file.
    """
    try:
        return dict(connection.execute("select key, value from meta"))
    except sqlite3.OperationalError:
        raise JournalError(f"{str(path)!r} is an SQLite file, but no journal of plivo-async") from None


def check_format(path: Path, found: dict[str, str]) -> None:
    """See that it can be read.

    Raises:
        JournalError: It was written by a newer version.
    """
    if found.get("format") != str(FORMAT):
        newer = found.get("format", "?")
        raise JournalError(
            f"the journal {str(path)!r} has format {newer}, and this version of plivo-async ({__version__}) "
            f"reads format {FORMAT}: use the version that wrote it"
        )


@contextlib.contextmanager
def told(path: Path, what: str) -> Iterator[None]:
    """Say in a sentence what SQLite and the disk say in words of their own."""
    try:
        yield
    except OSError as error:
        raise JournalError(f"the journal {str(path)!r} can't be {what}: {error.strerror or error}") from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code == sqlite3.SQLITE_NOTADB:
            raise JournalError(f"{str(path)!r} is no journal of plivo-async, nor any other SQLite file") from error
        if code == sqlite3.SQLITE_FULL:
            raise JournalError(f"the journal {str(path)!r} can't be {what}: the disk is full") from error
        raise JournalError(f"the journal {str(path)!r} can't be {what}: {error}") from error


@overload
def _instant(at: float) -> datetime: ...
@overload
def _instant(at: float | None) -> datetime | None: ...
def _instant(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
