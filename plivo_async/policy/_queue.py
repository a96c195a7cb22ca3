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

    def peek(self) -> T:
        """The one who is next, left in the queue."""
        return next(iter(self._waiting[self._next()]))

    def pop(self) -> T:
        """Take out the one who is next.

        Raises:
            KeyError: Nobody waits.
        """
        priority = self._next()
        if priority is Priority.INTERACTIVE and self._waiting[Priority.BATCH]:
            self._passed_over += 1
        else:
            self._passed_over = 0
        return self._waiting[priority].popitem(last=False)[0]

    def _next(self) -> Priority:
        interactive, batch = self._waiting
        if interactive and not (batch and self._passed_over >= BATCH_SHARE - 1):
            return Priority.INTERACTIVE
        return Priority.BATCH
