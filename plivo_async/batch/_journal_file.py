"""A journal on disk: an SQLite file that one process writes and anybody may read.

    meta   what it is of: account, base URL, format; who writes it; how long the input was
    run    one row for each process that worked on it
    item   one row for each place of the input:

        intent_at   outcome                      what is known
        -           -                            read, and nothing of ours can have reached Plivo
        set         -                            maybe sent: an activation may have left, nobody heard what came of it
        -           set                          settled
        set         unknown                      settled, in doubt: an activation may have been carried out

WAL, `synchronous=FULL`: what `write` has returned for is on disk. One connection writes, and it alone checkpoints;
before 3.51.3 SQLite can damage a WAL when several connections do so at the same instant. Whoever writes holds a second,
empty file by `BEGIN EXCLUSIVE`; that ends with its process, however it ends, and readers need nothing of it.
"""

import contextlib
import os
import platform
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .._errors import JournalError
from .._version import __version__
from ..shown._privacy import masked_account
from ._journal_reader import FORMAT, JournalReader, Row, check_format, meta_of, rows_of, runs_of, told
from ._journal_run import JournalRun

_SCHEMA = """
create table meta (key text primary key, value text) strict;
create table run (number integer primary key, began_at real not null, ended_at real, pid integer not null,
                  host text not null, version text not null) strict;
create table item (position integer primary key, name text, uuid text, intent_at real, outcome text,
                   settled_at real, detail text) strict;
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a journal is of: a journal of something else is refused.

    Attributes:
        account: The Auth ID.
        base_url: Where Plivo is.
    """

    account: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Change:
    """A statement, and the rows that it is for."""

    statement: str
    rows: Sequence[tuple[object, ...]]


def places(rows: Sequence[tuple[object, ...]]) -> Change:
    """Places of the input that were read: (position, name, uuid)."""
    return Change("insert into item (position, name, uuid) values (?, ?, ?) on conflict do nothing", rows)


def intents(at: float | None, positions: Sequence[int]) -> Change:
    """Activations that are about to leave; None: of which it is certain that nothing was carried out."""
    return Change("update item set intent_at = ? where position = ?", [(at, position) for position in positions])


def moved(at: float, by: float, positions: Sequence[int]) -> Change:
    """Intents of that instant, as far as they still are: they were so many seconds later."""
    rows = [(at + by, position, at) for position in positions]
    return Change("update item set intent_at = ? where position = ? and intent_at = ?", rows)


def outcomes(rows: Sequence[tuple[object, ...]]) -> Change:
    """Outcomes: (outcome, settled_at, detail, whether doubt remains, position)."""
    statement = (
        "update item set outcome = ?, settled_at = ?, detail = ?, intent_at = case ? when 1 then intent_at end "
        "where position = ?"
    )
    return Change(statement, rows)


class JournalFile:
    """The one who writes a journal. Synchronous; to be called from one thread at a time.

    Attributes:
        path: The file.
        size: How many places the input has, if it was ever read to its end.
    """

    def __init__(self, path: str | os.PathLike[str], identity: Identity, now: float) -> None:
        """Open a journal, or begin one.

        Raises:
            JournalError: It is in use, of something else, damaged, or can't be written; the message says which.
        """
        self.path: Path = place_of(path)
        with told(self.path, "opened"):
            self._lock = _locked(self.path)
            try:
                self._connection = _opened(self.path)
            except BaseException:
                self._lock.close()
                raise
        try:
            self._prepare(identity, now)
        except BaseException:
            self.close(None)
            raise

    def _prepare(self, identity: Identity, now: float) -> None:
        with told(self.path, "opened"):
            if not self._connection.execute("select count(*) from sqlite_master").fetchone()[0]:
                self._begin(identity)
            found = meta_of(self.path, self._connection)
            _check(self.path, found, identity)
            _check_sound(self.path, self._connection)
            self.size = int(found["size"]) if "size" in found else None
            self._connection.execute(
                "insert into run (began_at, pid, host, version) values (?, ?, ?, ?)",
                (now, os.getpid(), platform.node(), __version__),
            )

    def _begin(self, identity: Identity) -> None:
        """Make it a journal, at once: killed in between, it is none yet."""
        with self._connection as connection:
            connection.execute("begin immediate")
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            self._set(format=FORMAT, account=identity.account, base_url=identity.base_url)

    def _set(self, **values: object) -> None:
        rows = [(key, str(value)) for key, value in values.items()]
        self._connection.executemany("insert or replace into meta (key, value) values (?, ?)", rows)

    def write(self, changes: Sequence[Change]) -> None:
        """Put changes on disk, all or none.

        Raises:
            JournalError: That failed; the disk is full, for example.
        """
        with told(self.path, "written"):
            self._connection.execute("begin immediate")
            try:
                for change in changes:
                    self._connection.executemany(change.statement, change.rows)
                self._connection.execute("commit")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("rollback")
                raise

    def set_size(self, size: int) -> None:
        """The input has been read to its end."""
        with told(self.path, "written"):
            self._set(size=size)
        self.size = size

    def rows(self) -> Iterator[Row]:
        """All places that were read, in order."""
        with told(self.path, "read"):
            yield from rows_of(self._connection)

    def some(self, first: int, number: int) -> list[Row]:
        """So many places from `first` on."""
        with told(self.path, "read"):
            return list(rows_of(self._connection, "where position between ? and ?", (first, first + number - 1)))

    def runs(self) -> tuple[JournalRun, ...]:
        """Who worked on it, this run included."""
        with told(self.path, "read"):
            return runs_of(self._connection)

    def count(self) -> int:
        """How many places were read."""
        with told(self.path, "read"):
            return int(self._connection.execute("select count(*) from item").fetchone()[0])

    def close(self, now: float | None) -> None:
        """Put everything into the one file and let others write it."""
        try:
            if now is not None:
                with contextlib.suppress(sqlite3.Error):  # a full disk, say: nothing in it is lost without these
                    self._connection.execute(
                        "update run set ended_at = ? where number = (select max(number) from run)", (now,)
                    )
                    self._connection.execute("pragma wal_checkpoint(truncate)")
            self._connection.close()
        finally:
            self._lock.close()


# ---- SQLite ---------------------------------------------------------------------------------------------------------


def place_of(path: str | os.PathLike[str]) -> Path:
    """Where a journal is, whatever the path goes through: two paths to one file share its lock.

    Absolute, so that SQLite takes none (`:memory:`, `file:…`) for something else.

    Raises:
        JournalError: Nothing can be there.
    """
    try:
        place = Path(path).resolve()
        if not place.exists() or place.is_file():
            return place
    except (OSError, RuntimeError, ValueError) as error:  # a NUL in it; links in a circle
        raise JournalError(f"the journal {str(path)!r} can't be opened: {error}") from error
    raise JournalError(f"the journal {str(path)!r} can't be opened: it is no file")


def _locked(path: Path) -> sqlite3.Connection:
    """The right to write: held by a second file, for as long as this process lives."""
    beside = path.with_name(f"{path.name}-lock")
    _touch(beside)
    connection = sqlite3.connect(beside, isolation_level=None, timeout=0, check_same_thread=False)
    try:
        connection.execute("begin exclusive")
    except sqlite3.Error as error:
        connection.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise JournalError(f"the journal {str(path)!r} is in use{_holder(path)}") from None
        raise
    return connection


def _holder(path: Path) -> str:
    try:
        reader = JournalReader(path)
    except JournalError:
        return " by another process"
    try:
        last = reader.runs()[-1]
    except (IndexError, JournalError):
        return " by another process"
    finally:
        reader.close()
    since = last.began_at.isoformat(timespec="seconds")
    return f" by process {last.pid} on {last.host}, since {since}. Wait for it, or stop it"


def _opened(path: Path) -> sqlite3.Connection:
    _touch(path)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
    except BaseException:
        connection.close()
        raise
    return connection


def _touch(path: Path) -> None:
    """Make it for this user alone: it holds names. SQLite gives the files beside it the same mode.

    One that is there is not opened: closing it would end this process's own locks on it, as POSIX has it.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _check(path: Path, found: dict[str, str], identity: Identity) -> None:
    check_format(path, found)
    if found["account"] != identity.account:
        raise JournalError(
            f"the journal {str(path)!r} is of account {masked_account(found['account'])}, "
            f"and this run is of {masked_account(identity.account)}"
        )
    if found["base_url"] != identity.base_url:
        raise JournalError(
            f"the journal {str(path)!r} is of base URL {found['base_url']}, and this run is of {identity.base_url}"
        )


def _check_sound(path: Path, connection: sqlite3.Connection) -> None:
    said = connection.execute("pragma quick_check(1)").fetchone()[0]
    if said != "ok":
        raise JournalError(f"the journal {str(path)!r} is damaged: {said}")
