"""An input that has been read: each conference once, with all of its places."""

import math
from collections.abc import Iterator

import anyio
import anyio.lowlevel

from ..wire import Conference
from ._input import BREATH, Input, Item, Names, SentAt, never_sent
from ._ledger import Ledger


class Roll:
    """The conferences of an input that has been read; the source of a batch.

    Attributes:
        ledger: What is known of each place.
        left: The items that nobody has pulled yet.
        whole: Whether the input was read to its end.
    """

    __slots__ = ("_first", "_more", "_sent_at", "ledger", "left", "whole")

    def __init__(self, sent_at: SentAt = never_sent) -> None:
        self.ledger: Ledger = Ledger()
        self.whole: bool = False
        self._sent_at = sent_at
        self._first: dict[Conference, int] = {}
        self._more: dict[Conference, list[int]] = {}
        self.left: Iterator[Item] = self._items()

    def add(self, conference: Conference) -> None:
        """Take in what stands at the next place."""
        place = len(self.ledger)
        if conference in self._first:
            self._more.setdefault(conference, []).append(place)
        else:
            self._first[conference] = place
        self.ledger.expect(conference)

    def conferences(self) -> list[Conference]:
        """What stands at each place."""
        found = list(self._first)
        if self._more:
            places = [*self._first.items(), *((one, at) for one, more in self._more.items() for at in more)]
            found = [one for one, _ in sorted(places, key=lambda place: place[1])]
        return found

    async def pull(self) -> Item | None:
        """The next one; None when there is none left."""
        return next(self.left, None)

    async def aclose(self) -> None:
        """What is left stays in the ledger as not attempted."""

    def _items(self) -> Iterator[Item]:
        for conference, place in self._first.items():
            twins = tuple(self._more.get(conference, ()))
            yield Item(place, conference, twins=twins, maybe_sent=self._sent_at(conference))


async def read_all(names: Names, deadline: float = math.inf, sent_at: SentAt = never_sent) -> Roll:
    """All names, checked; if they have to be awaited, those that came within so many seconds.

    Raises:
        InvalidArgumentError, TypeError: One of them is refused; the message says which one.
    """
    source = Input(names)
    roll = Roll(sent_at)
    try:
        with anyio.move_on_after(deadline if source.waits else math.inf):
            while (item := await source.pull()) is not None:
                if item.refusal is not None:
                    raise item.refusal
                if item.conference is not None:
                    roll.add(item.conference)
                if len(roll.ledger) % BREATH == 0:
                    await anyio.lowlevel.checkpoint()
            roll.whole = True
    finally:
        await source.aclose()
    return roll
