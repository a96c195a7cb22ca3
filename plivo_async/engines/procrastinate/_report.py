"""The report of a batch, from its rows."""

import weakref
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, ClassVar

import psycopg

from ..._errors import PlivoError, invalid
from ...batch import Activation, ActivationReport
from ...batch import _shard_ledger as shard_ledger
from ...batch._journal_reader import Row
from ...batch._journal_rows import activation_of as journalled
from ...batch._report import report_of
from ...batch._shard_state import OUTCOMES
from ...policy import ActivationOutcome
from ...wire import Conference
from . import _sql as sql
from ._progress import public

_CHUNK = 500


def activation_of(row: Sequence[Any]) -> Activation:
    """What a row of `ROWS` tells."""
    position, name, uuid, intent_at, letter, detail = row
    if detail is None:
        return shard_ledger.activation_of(Conference(name, uuid), position, letter)
    return journalled(Row(position, name, uuid, intent_at, OUTCOMES[letter].value, None, detail))


@public
def read_report(conninfo: str, batch: str) -> ActivationReport:
    """The report of a batch, finished or not, whose rows are read when they are looked at: a million are no burden.

    It holds a connection for as long as it lives, and is for one thread at a time; an event loop calls it, and all that
    is read of it, in a thread (`asyncio.to_thread`), or takes `Batches.report`.

    Args:
        conninfo: Where the database is, as for psycopg: a URL or `dbname=…`.
        batch: What the batch is called.

    Raises:
        InvalidArgumentError: There is none of that name.
        psycopg.Error: The database can't be reached, or has no such tables.
    """
    connection = psycopg.connect(conninfo, autocommit=True)
    try:
        row = connection.execute(sql.BATCH, (batch,)).fetchone()
        if row is None:
            raise invalid("batch", f"{batch!r} is none that is known here")
    except (psycopg.Error, PlivoError):
        connection.close()
        raise
    return report_of(RowLedger(connection, row[0]), row[3])


class RowLedger:
    """What a report wants of a ledger, from rows."""

    detailed: ClassVar[bool] = True

    def __init__(self, connection: psycopg.Connection[Any], number: int) -> None:
        self._connection = connection
        self._number = number
        weakref.finalize(self, connection.close)  # nobody closes a report
        self._read = partial(_rows, connection, number)
        self._chunk = lru_cache(maxsize=4)(self._read)
        self._size: int = (connection.execute(sql.SIZE, (number,)).fetchone() or (0,))[0]

    @property
    def counts(self) -> Counter[ActivationOutcome]:
        """How many ended in each outcome."""
        found: Counter[ActivationOutcome] = Counter()
        for letter, count in self._connection.execute(sql.LETTERS, (self._number,)):
            found[OUTCOMES[letter]] += count
        return found

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, row: int) -> Activation:
        first = row - row % _CHUNK
        return activation_of(self._chunk(first)[row - first])

    def __iter__(self) -> Iterator[Activation]:
        for first in range(0, len(self), _CHUNK):
            yield from map(activation_of, self._read(first))

    def whole(self) -> Iterator[Activation]:
        """Those that did not end like nearly all, in order; no failure is missing."""
        position = -1
        while rows := self._read(position + 1, usual=False):
            yield from map(activation_of, rows)
            position = rows[-1][0]


def _rows(connection: psycopg.Connection[Any], number: int, first: int, *, usual: bool = True) -> list[tuple[Any, ...]]:
    """Some rows from a position on; `usual` for all of them, or else those that did not end like nearly all."""
    values = {"batch": number, "first": first, "all": usual, "most": _CHUNK}
    return connection.execute(sql.ROWS, values).fetchall()
