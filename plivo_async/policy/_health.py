"""Whether a batch should go on, judged by what came back last."""

from ._attempt import Attempt, AttemptOutcome, Obstacle
from ._retry import RetryPolicy

_UNAUTHORIZED = 401
_TWICE, _CONFIRMED = 2, 5  # 401s in a row, before and after any other answer; one may be a fault on Plivo's side
_CERTAIN = 3  # untrusted certificates in a row
_DEAD = 30.0  # seconds of nothing but obstacles: a server that restarts is back by then
_WORDS = {
    Obstacle.CERTIFICATE: "the server's certificate isn't trusted",
    Obstacle.UNKNOWN_HOST: "the name of the server doesn't resolve",
    Obstacle.REFUSED: "nobody listens at the address of the server",
    Obstacle.NOT_PLIVO: "what answers isn't Plivo's API; check base_url",
}


class Health:
    """Counts what came back in a row.

    Two 401s before any other clear answer end a batch: the credentials are wrong. Later it takes several in a row. A
    lasting outage ends it after `RetryPolicy.longest_outage`, a dead address sooner; any clear answer, and a
    429, begins the count anew.
    """

    __slots__ = ("_blocked_since", "_failing_since", "_obstacle", "_obstacles", "_unauthorized", "_welcome")

    def __init__(self) -> None:
        self._welcome = False  # some answer was clear, and not 401
        self._unauthorized = 0
        self._failing_since: float | None = None
        self._blocked_since = 0.0  # with nothing but obstacles since then, of whatever kind
        self._obstacle: Obstacle | None = None
        self._obstacles = 0  # of one kind, in a row

    def observe(self, attempt: Attempt, now: float, retry: RetryPolicy) -> str | None:
        """Take in an attempt that has come back; why the batch should end, or None."""
        if attempt.outcome in {AttemptOutcome.ANSWERED, AttemptOutcome.REFUSED}:
            self._failing_since, self._obstacle, self._obstacles = None, None, 0
            return self._answered(attempt)
        if self._failing_since is None:
            self._failing_since = now
        if self._obstacle is None:
            self._blocked_since = now
        self._obstacles = self._obstacles + 1 if attempt.obstacle is self._obstacle else 1
        self._obstacle = attempt.obstacle
        return self._blocked(now - self._blocked_since, retry) or self._failing(now - self._failing_since, retry)

    def _answered(self, attempt: Attempt) -> str | None:
        if attempt.status_code != _UNAUTHORIZED:
            self._welcome, self._unauthorized = True, 0
            return None
        self._unauthorized += 1
        sure = self._unauthorized >= (_CONFIRMED if self._welcome else _TWICE)
        return "the credentials were refused (401)" if sure else None

    def _blocked(self, lasted: float, retry: RetryPolicy) -> str | None:
        if self._obstacle is None:
            return None
        if self._obstacle is Obstacle.CERTIFICATE and self._obstacles >= _CERTAIN:
            return _WORDS[self._obstacle]
        if self._obstacles > 1 and lasted >= min(_DEAD, retry.longest_outage):
            return f"{_WORDS[self._obstacle]}, for {lasted:.0f} s"
        return None

    def _failing(self, lasted: float, retry: RetryPolicy) -> str | None:
        return f"no clear answer came for {lasted:.0f} s" if lasted >= retry.longest_outage else None
