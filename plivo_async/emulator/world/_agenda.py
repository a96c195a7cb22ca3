"""What is due when. Nothing runs by itself: whoever knows the time asks what has become due."""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Any

Action = Callable[[Any, float], object]
"""Something to be done to a subject, at an instant."""


class Agenda:
    """Things to be done, in order of time; those of the same instant in the order in which they were put down.

    Nothing is crossed out: an action looks whether it still applies.
    """

    __slots__ = ("_due", "_numbers", "changed", "running")

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Action, Any]] = []
        self._numbers = count()
        self.running: bool = False
        """Whether something is being done."""
        self.changed: Callable[[], None] | None = None
        """Is told whenever there is something new to be done."""

    def put(self, at: float, action: Action, subject: Any) -> None:
        """Let `action(subject, at)` be done at that instant."""
        heappush(self._due, (at, next(self._numbers), action, subject))
        if self.changed is not None:
            self.changed()

    def entries(self) -> list[tuple[float, int, Action, Any]]:
        """What is to be done, in order: when, a number, what, and to what."""
        return sorted(self._due, key=lambda entry: entry[:2])

    @property
    def next(self) -> float | None:
        """When the next thing is to be done; None for nothing."""
        return self._due[0][0] if self._due else None

    def run(self, now: float) -> None:
        """Do what is due, each at its own instant, and what becomes due through that.

        Whoever asks for it while something is being done changes nothing: the rest is done when that is over.
        """
        if self.running:
            return
        self.running = True
        due = self._due
        try:
            while due and due[0][0] <= now:
                at, _, action, subject = heappop(due)
                action(subject, at)
        finally:
            self.running = False
