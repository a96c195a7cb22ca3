"""The report of a batch that was activated in shards, from their states: a byte an item; names stay where they are."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import ClassVar

from .._errors import NotFoundError, NotSentError, OutcomeUnknownError, PlivoError, ResponseError, invalid
from .._public import public
from ..policy import ActivationOutcome
from ..wire import Conference, conference
from ._activation import Activation
from ._report import ActivationReport, report_of
from ._shard import Shard
from ._shard_state import LETTERS, MAYBE_SENT, OUTCOMES, UNTOUCHED, ShardState

Parts = Iterable[tuple[Shard, ShardState]]

_LIVE = {LETTERS[outcome] for outcome in ActivationOutcome if outcome.succeeded}
_MORE = "its shard's state tells no more"
_ERRORS: dict[str, tuple[type[PlivoError], str]] = {
    UNTOUCHED: (NotSentError, "was not attempted yet"),
    MAYBE_SENT: (OutcomeUnknownError, "may be live or not: a worker was about to activate it and said no more"),
    LETTERS[ActivationOutcome.UNKNOWN]: (OutcomeUnknownError, f"may be live or not; {_MORE}"),
    LETTERS[ActivationOutcome.NOT_FOUND]: (NotFoundError, f"was not waiting to be activated; {_MORE}"),
    LETTERS[ActivationOutcome.REJECTED]: (ResponseError, f"was refused for good; {_MORE}"),
    LETTERS[ActivationOutcome.FAILED]: (PlivoError, f"was not activated: attempts are used up; {_MORE}"),
}


@public
def merge(parts: Iterable[tuple[Shard, ShardState]], elapsed: float = 0.0) -> ActivationReport:
    """The report of a batch from its shards and their states: a sequence of `Activation`, in input order.

    A state tells outcomes, and neither attempts nor times: those are empty in the report (see
    `ActivationReport.detailed`), `requests` and `refused` are 0, and an `error` says in general what happened. What is
    left counts as `not_attempted`, or as `unknown` if it may have been sent.

    Args:
        parts: Each shard with a state; with several, or several times, where more workers have had it. Of an object
            that can be gone through again (a list, or one that reads from somewhere) a byte an item is kept, if it
            gives the shards in order; of an iterator all of it.
        elapsed: Seconds that all of it took.

    Raises:
        InvalidArgumentError: They are of several batches, one is missing, or a state is of another shard.
    """
    return report_of(ShardLedger(parts), elapsed)


class ShardLedger:
    """What a report wants of a ledger, from shards and their states."""

    detailed: ClassVar[bool] = False

    def __init__(self, parts: Parts) -> None:
        """Go through them once.

        Raises:
            InvalidArgumentError: They don't go together.
        """
        self._parts = list(parts) if isinstance(parts, Iterator) else parts
        try:
            self._letters = _letters(self._parts)
        except _OutOfOrderError:
            self._parts = sorted(self._parts, key=lambda part: part[0].first)
            self._letters = _letters(self._parts)
        self.counts: Counter[ActivationOutcome] = Counter()
        for letter, outcome in OUTCOMES.items():
            self.counts[outcome] += self._letters.count(ord(letter))
        self.counts = +self.counts

    def __len__(self) -> int:
        return len(self._letters)

    def __getitem__(self, row: int) -> Activation:
        for shard in self._shards():
            if row < shard.first + len(shard):
                return self._told(shard, row - shard.first)
        raise IndexError(row)

    def __iter__(self) -> Iterator[Activation]:
        for shard in self._shards():
            for place in range(len(shard)):
                yield self._told(shard, place)

    def whole(self) -> Iterator[Activation]:
        """Those that are no success, in order."""
        live = set(map(ord, _LIVE))
        for shard in self._shards():
            for place in range(len(shard)):
                if self._letters[shard.first + place] not in live:
                    yield self._told(shard, place)

    def _shards(self) -> Iterator[Shard]:
        """Each of them once, in order."""
        following = 0
        for shard, _ in self._parts:
            if shard.first == following:
                following += len(shard)
                yield shard

    def _told(self, shard: Shard, place: int) -> Activation:
        position = shard.first + place
        return activation_of(conference(shard.conferences[place]), position, chr(self._letters[position]))


class _OutOfOrderError(Exception):
    """A shard comes after one that follows it."""


def _letters(parts: Parts) -> bytearray:
    """The letters of all of them, twins with that of their first one."""
    letters = bytearray()
    before: tuple[Shard, ShardState] | None = None
    twins: list[tuple[int, int]] = []
    for shard, state in parts:
        state.check(shard)
        if before is not None and shard.batch != before[0].batch:
            raise invalid("parts", f"must be of one batch, not of {before[0].batch!r} and {shard.batch!r}")
        if before is not None and shard.first == before[0].first:
            state = before[1].merge(state)
            del letters[shard.first :]
        elif shard.first < len(letters):
            raise _OutOfOrderError
        elif shard.first > len(letters):
            _missing(parts, len(letters))
        letters += state.letters.encode("ascii")
        before = shard, state
        twins += [(shard.first + place, first) for place, first in shard.twins]
    for position, first in twins:  # in order: that of a first one is there
        letters[position] = letters[first]
    return letters


def _missing(parts: Parts, position: int) -> None:
    """Tell whether a shard is not there at all, or just later.

    Raises:
        InvalidArgumentError, _OutOfOrderError: One of the two.
    """
    if any(shard.first == position for shard, _ in parts):
        raise _OutOfOrderError
    raise invalid("parts", f"has no shard that begins at position {position:,}: give all of the batch")


def activation_of(one: Conference, position: int, letter: str) -> Activation:
    """What a letter tells of a conference."""
    outcome = OUTCOMES[letter]
    if letter in _LIVE:
        return Activation(position, one.name, one.uuid, outcome, live=True)
    cls, words = _ERRORS[letter]
    error = cls(f"conference {one.label!r} {words}", operation="Activate MPC", target=one.label)
    return Activation(position, one.name, one.uuid, outcome, error=error)
