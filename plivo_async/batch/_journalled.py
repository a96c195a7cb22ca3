"""What a journal knows of an input: what is settled is told, what may have been sent is looked at, the rest is done."""

from collections.abc import Collection
from dataclasses import replace

import anyio.lowlevel

from .._errors import invalid
from ..policy import ActivationOutcome
from ._input import BREATH, Input, Item
from ._journal import Journal
from ._journal_reader import Row
from ._journal_rows import activation_of
from ._roll import Roll
from ._teller import Teller

AGAIN = frozenset({ActivationOutcome.FAILED, ActivationOutcome.UNKNOWN, ActivationOutcome.NOT_ATTEMPTED})
"""Outcomes that may have changed by the next run."""


def tried_again(argument: str, outcomes: Collection[ActivationOutcome | str]) -> frozenset[ActivationOutcome]:
    """Check which outcomes a caller wants to be tried again: a conference that was live isn't started once more.

    Raises:
        InvalidArgumentError: One is a success, or no outcome.
        TypeError: It is no collection.
    """
    if isinstance(outcomes, str) or not isinstance(outcomes, Collection):
        raise TypeError(f"{argument} must be a collection of outcomes, not {type(outcomes).__name__}")
    allowed = [outcome for outcome in ActivationOutcome if not outcome.succeeded]
    for outcome in outcomes:
        if outcome not in allowed:
            raise invalid(argument, f"may hold {', '.join(allowed)}, and no successes, not {outcome!r}")
    return frozenset(map(ActivationOutcome, outcomes))


def is_settled(row: Row, again: Collection[ActivationOutcome]) -> bool:
    """Whether its outcome stays: there is one, and it isn't one of those to be tried again.

    A refused credential says nothing of a conference: it is tried again with the right one.
    """
    if row.outcome is None or ActivationOutcome(row.outcome) in again:
        return False
    if row.outcome != ActivationOutcome.REJECTED.value:
        return True
    attempts = activation_of(row).attempts
    return not attempts or attempts[-1].status_code != 401


async def _in_doubt(row: Row | None, item: Item, journal: Journal) -> Item:
    """An item, with since when an activation of it may have been sent, as the journal and the caller know."""
    known = None if row is None else row.intent_at
    since = min((at for at in (known, item.maybe_sent) if at is not None), default=None)
    if since is not None and since != known:
        await journal.doubt((item.position, *item.twins), since)
    return item if since == item.maybe_sent else replace(item, maybe_sent=since)


async def resume(roll: Roll, journal: Journal, teller: Teller, again: Collection[ActivationOutcome]) -> None:
    """Write a whole input down; leave in it what is to be done, and tell of the rest.

    Raises:
        JournalError: The journal is of another input; nothing was told.
    """
    items = list(roll.left)
    roll.left = iter(items)
    await journal.enter(roll.conferences(), whole=roll.whole)
    todo: list[Item] = []
    for number, item in enumerate(items, 1):
        row = await journal.recall(item.position) if item.position < journal.known else None
        if row is not None and is_settled(row, again):
            known = activation_of(row)
            await teller.tell([replace(known, position=at) for at in (item.position, *item.twins)], recorded=True)
        else:
            todo.append(await _in_doubt(row, item, journal))
        if number % BREATH == 0:
            await anyio.lowlevel.checkpoint()
    roll.left = iter(todo)


class JournalledInput:
    """An input that is read bit by bit, and written down as it is."""

    def __init__(self, names: Input, journal: Journal, teller: Teller, again: Collection[ActivationOutcome]) -> None:
        self._names = names
        self._journal = journal
        self._teller = teller
        self._again = again
        self._size = 0

    async def pull(self) -> Item | None:
        """The next one that is to be done; None when there is none left.

        Raises:
            JournalError: The journal is of another input.
        """
        while (item := await self._names.pull()) is not None:
            if (todo := await self._take(item)) is not None:
                return todo
        await self._journal.end(self._size)
        return None

    async def pull_left(self) -> Item | None:
        """The next one that would be to be done, when nothing is begun any more; what is settled is told.

        Raises:
            JournalError: The journal is of another input.
        """
        while (item := await self._names.pull_left()) is not None:
            if (todo := await self._take(item)) is not None:
                return todo
        return None

    async def _take(self, item: Item) -> Item | None:
        self._size = item.position + 1
        row = await self._journal.place(item.position, item.conference)
        if row is None or not is_settled(row, self._again):
            return await _in_doubt(row, item, self._journal)
        await self._teller.tell([activation_of(row)], recorded=True)
        return None

    async def aclose(self) -> None:
        """Nothing more will be pulled."""
        await self._names.aclose()
