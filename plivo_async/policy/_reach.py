"""What is worth telling of many attempts together: that Plivo can't be reached, and that the limit turned out lower."""

from ._attempt import Attempt, AttemptOutcome

_MANY = 5  # attempts in a row without a clear answer
_LONG = 2.0  # seconds that this has lasted


class Reach:
    """Whether Plivo can be reached: several attempts in a row without a clear answer, over a while, are an outage."""

    __slots__ = ("_failed", "_failing_since", "out")

    def __init__(self) -> None:
        self.out: bool = False  # whether there is an outage
        self._failed = 0
        self._failing_since = 0.0

    def observe(self, attempt: Attempt, now: float) -> float | None:
        """Take in an attempt that has come back.

        Returns:
            Seconds since its first attempt failed, where an outage begins or ends with it, as `out` tells; else None.
        """
        if attempt.outcome is AttemptOutcome.ANSWERED or attempt.outcome is AttemptOutcome.REFUSED:
            over, self.out, self._failed = self.out, False, 0
            return now - self._failing_since if over else None
        if not self._failed:
            self._failing_since = now
        self._failed += 1
        lasted = now - self._failing_since
        if self.out or self._failed < _MANY or lasted < _LONG:
            return None
        self.out = True
        return lasted


class Lowest:
    """Whether a level is lower than any that was told, since it was last at its limit."""

    __slots__ = ("_told",)

    def __init__(self) -> None:
        self._told: int | None = None

    def is_news(self, before: int, after: int, limit: int) -> bool:
        """Take in a 429: the level before it and after it."""
        told = limit if self._told is None or before >= limit else self._told
        self._told = min(told, after)
        return after < told
