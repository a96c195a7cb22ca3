"""Who is next: interactive operations before batch ones, without starving the batch."""

from collections import OrderedDict
from enum import IntEnum
from typing import Generic, TypeVar

T = TypeVar("T")

BATCH_SHARE = 10  # inferred: one place in ten costs a web handler little and keeps a batch alive


class Priority(IntEnum):
    """Who goes first."""

    INTERACTIVE = 0
    BATCH = 1


_INTERACTIVE_FIRST = (Priority.INTERACTIVE, Priority.BATCH)
_BATCH_FIRST = (Priority.BATCH, Priority.INTERACTIVE)


class WaitQueue(Generic[T]):
    """First in, first out within a priority; every tenth place goes to the batch if any of it waits.

    Every method takes constant time, however many wait.
    """

    __slots__ = ("_passed_over", "_waiting")

    def __init__(self) -> None:
        self._waiting: tuple[OrderedDict[T, None], OrderedDict[T, None]] = (OrderedDict(), OrderedDict())
        self._passed_over = 0

    def __len__(self) -> int:
        return len(self._waiting[0]) + len(self._waiting[1])

    def ahead(self, priority: Priority) -> int:
        """How many of the same priority wait; somebody who lines up now has at least these before them."""
        return len(self._waiting[priority])

    def push(self, item: T, priority: Priority) -> None:
        """Line up at the end of a priority. An item stands in the queue once."""
        self._waiting[priority][item] = None

    def remove(self, item: T) -> bool:
        """Leave the queue before having been let in; False if it wasn't in it."""
        for waiting in self._waiting:
            if item in waiting:
                del waiting[item]
                return True
        return False

    def order(self) -> tuple[Priority, ...]:
        """Which priorities wait, that of the next one first: if it can't have what it waits for, the other may."""
        interactive, batch = self._waiting
        if interactive and batch:
            return _BATCH_FIRST if self._passed_over >= BATCH_SHARE - 1 else _INTERACTIVE_FIRST
        return _INTERACTIVE_FIRST[:1] if interactive else _BATCH_FIRST[:1] if batch else ()

    def pop(self, priority: Priority | None = None) -> T:
        """Take out the first of a priority; without one, the one who is next.

        Raises:
            KeyError: Nobody waits.
        """
        if priority is None:
            priority = next(iter(self.order()), Priority.BATCH)
        if priority is Priority.INTERACTIVE and self._waiting[Priority.BATCH]:
            self._passed_over += 1
        else:
            self._passed_over = 0
        return self._waiting[priority].popitem(last=False)[0]
