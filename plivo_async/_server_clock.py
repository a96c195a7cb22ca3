"""What time it is on Plivo's side."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from .wire import server_time

_HEAR_EVERY = 5.0  # seconds
_WHOLE = 1.0  # a `Date` is of whole seconds, so up to that much early


class ServerClock:
    """What time it is on the server's clock, at the earliest: what was written down as sent then was sent no earlier.

    Where its clock and ours contradict each other, the earlier one counts: an intent that seems older than it is makes
    for doubt, one that seems younger for lies.

    Attributes:
        behind: Seconds by which the server's clock is behind ours; 0 if it isn't, or isn't known to be.
    """

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self._wall = wall
        self._hear_again_at = -float("inf")
        self.behind: float = 0.0

    def heard(self, headers: Mapping[str, str], now: float) -> None:
        """Learn from an answer, now and then.

        Args:
            headers: Those of the answer.
            now: Monotonic seconds.
        """
        if now < self._hear_again_at:
            return
        told = server_time(headers)
        if told is not None:
            self._hear_again_at = now + _HEAR_EVERY
            self.behind = max(0.0, (self._wall() - told).total_seconds() - _WHOLE)

    def earliest(self, at: datetime) -> datetime:
        """A time of ours on its clock."""
        return at - timedelta(seconds=self.behind)
