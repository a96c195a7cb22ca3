"""What time it is on Plivo's side."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from ..wire import server_time

_HEAR_EVERY = 5.0  # seconds
_WHOLE = 1.0  # a `Date` is of whole seconds, so up to that much early


class ServerClock:
    """What the server's clock shows beside ours, as its answers say.

    Where the two contradict each other, the earlier one counts for what is written down as sent: an intent that seems
    older than it is makes for doubt, one that seems younger for lies.

    Attributes:
        ahead: Seconds by which the server's clock was ahead of ours in its last `Date`, or up to one more; None if none
            was heard.
    """

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self._wall = wall
        self._hear_again_at = -float("inf")
        self.ahead: float | None = None

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
            self.ahead = (told - self._wall()).total_seconds()

    def earliest(self, at: datetime) -> datetime:
        """A time of ours on its clock, if that is behind ours; else as it is."""
        behind = 0.0 if self.ahead is None else max(0.0, -self.ahead - _WHOLE)
        return at - timedelta(seconds=behind)
