"""What became of many conferences, kept small: a tenth of a kilobyte each, and nothing for the garbage collector.

Nearly all of them end alike: yes, to the first attempt. Of such a one only its name and four numbers are kept, in
arrays, and its `Activation` is made anew whenever somebody looks at it. All others are kept as they are.
"""

from array import array
from collections import Counter
from collections.abc import Iterator

from ..policy import ActivationOutcome, Attempt, AttemptOutcome
from ._activation import Activation

_NAME, _UUID, _WHOLE = range(3)


class Ledger:
    """So many activations in a fixed order.

    Attributes:
        counts: How many ended in each outcome.
    """

    __slots__ = ("_elapsed", "_ended_at", "_kinds", "_positions", "_started_at", "_what", "counts")

    def __init__(self, size: int) -> None:
        self.counts: Counter[ActivationOutcome] = Counter()
        self._what: list[str | Activation | None] = [None] * size
        self._kinds = bytearray(size)
        self._positions = array("q", bytes(8 * size))
        self._started_at, self._ended_at, self._elapsed = (array("d", bytes(8 * size)) for _ in range(3))

    def put(self, row: int, activation: Activation) -> None:
        """Keep an activation in a row that has none yet."""
        self.counts[activation.outcome] += 1
        if not _is_plain(activation):
            self._kinds[row], self._what[row] = _WHOLE, activation
            return
        [attempt] = activation.attempts
        self._kinds[row] = _UUID if activation.name is None else _NAME
        self._what[row] = activation.uuid if activation.name is None else activation.name
        self._positions[row] = activation.position
        self._started_at[row], self._ended_at[row] = attempt.started_at, attempt.ended_at
        self._elapsed[row] = activation.elapsed

    def __len__(self) -> int:
        return len(self._what)

    def __getitem__(self, row: int) -> Activation:
        what = self._what[row]
        if isinstance(what, Activation):
            return what
        uuid = self._kinds[row] == _UUID
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
        )

    def __iter__(self) -> Iterator[Activation]:
        return map(self.__getitem__, range(len(self)))

    def whole(self) -> Iterator[Activation]:
        """Those that did not end like nearly all, in order; no failure is missing."""
        return (what for what in self._what if isinstance(what, Activation))


def _is_plain(activation: Activation) -> bool:
    """Whether all of it can be made anew from its name and four numbers."""
    if activation.outcome is not ActivationOutcome.ACTIVATED or len(activation.attempts) != 1:
        return False
    attempt = activation.attempts[0]
    usual = Attempt("POST", AttemptOutcome.ANSWERED, 204, None, attempt.started_at, attempt.ended_at)
    return (
        attempt == usual
        and (activation.live, activation.confirmed_by, activation.error) == (True, "answer", None)
        and (activation.name is None) != (activation.uuid is None)
    )
