"""The outcomes of a journal, read when they are looked at: a report of a million conferences holds none of them."""

import os
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from .._errors import NotSentError, OutcomeUnknownError
from ..policy import ActivationOutcome
from ._activation import Activation
from ._journal_reader import JournalReader, Row
from ._journal_rows import activation_of
from ._journal_run import JournalRun

_CHUNK = 500  # rows that are read at a time


class JournalLedger:
    """What a report wants of a ledger, from a journal; its places are those that were read so far."""

    detailed: ClassVar[bool] = True

    def __init__(self, reader: JournalReader) -> None:
        self._reader = reader
        self._chunk = lru_cache(maxsize=4)(self._read)

    @property
    def counts(self) -> Counter[ActivationOutcome]:
        """How many ended in each outcome; those without one are `unknown` or `not_attempted`."""
        found: Counter[ActivationOutcome] = Counter()
        for outcome, count in self._reader.counts().items():
            if outcome is not None:
                found[ActivationOutcome(outcome)] += count
        found[ActivationOutcome.UNKNOWN] += self._reader.number("where outcome is null and intent_at is not null")
        found[ActivationOutcome.NOT_ATTEMPTED] += self._reader.number("where outcome is null and intent_at is null")
        return +found

    def __len__(self) -> int:
        return len(self._reader)

    def __getitem__(self, row: int) -> Activation:
        first = row - row % _CHUNK
        return _told(self._chunk(first)[row - first])

    def __iter__(self) -> Iterator[Activation]:
        for first in range(0, len(self), _CHUNK):
            yield from map(_told, self._read(first))

    def whole(self) -> Iterator[Activation]:
        """Those that did not end like nearly all, in order; no failure is missing."""
        usual = ActivationOutcome.ACTIVATED.value
        position = -1
        while rows := self._reader.some(position + 1, _CHUNK, "(outcome is not ? or detail like '{%')", usual):
            yield from map(_told, rows)
            position = rows[-1].position

    def _read(self, first: int) -> list[Row]:
        return self._reader.some(first, _CHUNK)


def _told(row: Row) -> Activation:
    if row.outcome is not None:
        return activation_of(row)
    who = "nothing that is a name" if row.name is None and row.uuid is None else f"conference {row.name or row.uuid!r}"
    if row.intent_at is None:
        error = NotSentError(f"{who} was not attempted yet", operation="Activate MPC", target=row.name or row.uuid)
        return Activation(row.position, row.name, row.uuid, ActivationOutcome.NOT_ATTEMPTED, error=error)
    words = f"{who} may be live or not; a run was about to activate it and said no more. Running it again looks"
    doubt = OutcomeUnknownError(words, operation="Activate MPC", target=row.name or row.uuid)
    return Activation(row.position, row.name, row.uuid, ActivationOutcome.UNKNOWN, error=doubt)


def read_journal(path: str | os.PathLike[str]) -> tuple[JournalLedger, tuple[JournalRun, ...]]:
    """The ledger of a journal, and the runs that worked on it.

    Raises:
        JournalError: There is none, or it is something else.
    """
    reader = JournalReader(path)
    return JournalLedger(reader), reader.runs()
