"""What became of many conferences, kept small: a tenth of a kilobyte each, and nothing for the garbage collector.

Nearly all of them end alike: yes, to the first attempt. Of such a one only its name and five numbers are kept, in
arrays, and its `Activation` is made anew whenever somebody looks at it; of one that was never begun, only its name. All
others are kept as they are.
"""

from array import array
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import ClassVar

from ..policy import ActivationOutcome, Attempt, AttemptOutcome
from ..wire import Conference
from ._activation import Activation, not_attempted

_NAME, _UUID, _WHOLE, _LEFT_NAME, _LEFT_UUID = range(5)


class Ledger:
    """So many activations in a fixed order.

    Attributes:
        reason: Why those that are expected, and were never put, were not attempted.
    """

    detailed: ClassVar[bool] = True

    __slots__ = (
        "_began_at",
        "_counts",
        "_elapsed",
        "_ended_at",
        "_kinds",
        "_left",
        "_positions",
        "_started_at",
        "_what",
        "reason",
    )

    def __init__(self, size: int = 0) -> None:
        """Make a ledger of so many rows, each of which is yet to be put."""
        self.reason: str = ""
        self._counts: Counter[ActivationOutcome] = Counter()
        self._left = 0
        self._what: list[str | Activation | None] = [None] * size
        self._kinds = bytearray(size)
        self._positions = array("q", bytes(8 * size))
        self._started_at, self._ended_at, self._elapsed, self._began_at = (
            array("d", bytes(8 * size)) for _ in range(4)
        )

    def expect(self, conference: Conference) -> None:
        """Add a row, which stays as not attempted unless something is put there."""
        self._left += 1
        self._positions.append(len(self._what))
        self._kinds.append(_LEFT_UUID if conference.name is None else _LEFT_NAME)
        self._what.append(conference.label)
        for numbers in (self._started_at, self._ended_at, self._elapsed):
            numbers.append(0.0)
        self._began_at.append(0.0)

    def put(self, row: int, activation: Activation) -> None:
        """Keep an activation in a row that has none yet."""
        if self._kinds[row] in {_LEFT_NAME, _LEFT_UUID}:
            if activation.outcome is ActivationOutcome.NOT_ATTEMPTED and not activation.elapsed:
                return
            self._left -= 1
        self._counts[activation.outcome] += 1
        if not is_plain(activation):
            self._kinds[row], self._what[row] = _WHOLE, activation
            return
        [attempt] = activation.attempts
        self._kinds[row] = _UUID if activation.name is None else _NAME
        self._what[row] = activation.uuid if activation.name is None else activation.name
        self._positions[row] = activation.position
        self._started_at[row], self._ended_at[row] = attempt.started_at, attempt.ended_at
        self._elapsed[row] = activation.elapsed
        self._began_at[row] = 0.0 if activation.started_at is None else activation.started_at.timestamp()

    @property
    def counts(self) -> Counter[ActivationOutcome]:
        """How many ended in each outcome."""
        return self._counts + Counter({ActivationOutcome.NOT_ATTEMPTED: self._left})

    def __len__(self) -> int:
        return len(self._what)

    def __getitem__(self, row: int) -> Activation:
        what = self._what[row]
        if isinstance(what, Activation):
            return what
        kind = self._kinds[row]
        if kind in {_LEFT_NAME, _LEFT_UUID}:
            conference = Conference(what, None) if kind == _LEFT_NAME else Conference(None, what)
            return not_attempted(conference, self._positions[row], self.reason)
        uuid = kind == _UUID
        return Activation(
            self._positions[row],
            None if uuid else what,
            what if uuid else None,
            ActivationOutcome.ACTIVATED,
            True,
            (Attempt("POST", AttemptOutcome.ANSWERED, 204, None, self._started_at[row], self._ended_at[row]),),
            "answer",
            None,
            self._elapsed[row],
            datetime.fromtimestamp(self._began_at[row], UTC) if self._began_at[row] else None,
        )

    def __iter__(self) -> Iterator[Activation]:
        return map(self.__getitem__, range(len(self)))

    def whole(self) -> Iterator[Activation]:
        """Those that did not end like nearly all, in order; no failure is missing."""
        return (self[row] for row, kind in enumerate(self._kinds) if kind >= _WHOLE)


def is_plain(activation: Activation) -> bool:
    """Whether all of it can be made anew from its name and a few numbers."""
    if activation.outcome is not ActivationOutcome.ACTIVATED or len(activation.attempts) != 1:
        return False
    attempt = activation.attempts[0]
    usual = Attempt("POST", AttemptOutcome.ANSWERED, 204, None, attempt.started_at, attempt.ended_at)
    return (
        attempt == usual
        and (activation.live, activation.confirmed_by, activation.error) == (True, "answer", None)
        and (activation.name is None) != (activation.uuid is None)
    )
