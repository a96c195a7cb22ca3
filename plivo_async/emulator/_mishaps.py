"""What can go wrong with a callback on its way: by chance, or by a script. Pure."""

from collections import Counter
from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

from ._draws import draw

Mishap = Literal["lost", "late", "twice", "shuffled"]
"""Lost: it is never sent. Late: so much later. Twice: it is sent, and once more when that has been answered. Shuffled:
the next one of the same call or conference overtakes it."""

MISHAPS: tuple[Mishap, ...] = get_args(Mishap)

CALLBACK_MEANINGS: Mapping[str, str] = {
    "callbacks-lost": "the callback is never sent",
    "callbacks-late": "the callback is sent `callbacks_late_by` seconds late",
    "callbacks-twice": "the callback is sent twice",
    "callbacks-shuffled": "the next callback of the same call or conference overtakes it",
}
"""What each does, by its name in `Faults.parse`."""


class Line(NamedTuple):
    """One line of the script: what happens to which callback."""

    event: str
    subject: str | None
    nth: int | None
    mishap: Mishap


class Mishaps:
    """What happens to each callback that is to be sent.

    Args:
        shares: How often each happens; independent of each other, but for a lost one.
        seed: Of everything that is left to chance.
    """

    __slots__ = ("_lines", "_seed", "_seen", "_shares")

    def __init__(self, shares: Mapping[Mishap, float], seed: int) -> None:
        self.set_shares(shares)
        self._seed = seed
        self._lines: list[Line] = []
        self._seen: Counter[tuple[str, str | None]] = Counter()

    def set_shares(self, shares: Mapping[Mishap, float]) -> None:
        """From now on, each happens so often."""
        self._shares = {mishap: share for mishap, share in shares.items() if share}

    @property
    def lines(self) -> tuple[Line, ...]:
        """The script, the line written first in front."""
        return tuple(self._lines)

    def add(self, line: Line) -> None:
        """Write a line.

        Raises:
            ValueError: No such mishap, or `nth` is less than 1.
        """
        if line.mishap not in MISHAPS:
            raise ValueError(f"fault: {line.mishap!r} is none of {', '.join(MISHAPS)}")
        if line.nth is not None and line.nth < 1:
            raise ValueError(f"nth: {line.nth} is less than 1; the first callback is 1")
        self._lines.append(line)

    def of(self, event: str, subject: str) -> frozenset[Mishap]:
        """What happens to the next one that tells this event of that conference, or call; a lost one is that alone."""
        self._seen[event, subject] += 1
        self._seen[event, None] += 1
        nth = self._seen[event, subject]
        found = {line.mishap for line in self._lines if self._is_meant(line, event, subject)}
        found |= {
            mishap
            for mishap, share in self._shares.items()
            if draw(self._seed, "callback", mishap, event, subject, nth).fault < share
        }
        return frozenset({"lost"} if "lost" in found else found)

    def _is_meant(self, line: Line, event: str, subject: str) -> bool:
        if line.event != event or line.subject not in (None, subject):
            return False
        return line.nth in (None, self._seen[event, line.subject])
