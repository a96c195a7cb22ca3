"""One attempt (one trip over HTTP), and what is known after it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .._public import public

TOO_MANY_REQUESTS = 429
_UNCLEAR_STATUSES = frozenset({408})
_CLEAR_SERVER_ERRORS = frozenset({501, 505})
DONE_WITH_IT = frozenset({500, 503})
"""What Plivo's own servers answer when they have tried; gateways use the same, in forms of their own."""


@public
class AttemptOutcome(StrEnum):
    """How far an attempt got.

    `not_sent`: no byte of the request left; `refused`: 429, answered before anything was done; `answered`: a clear yes
    or no; `unclear`: it may have been carried out (no answer, half an answer, one that isn't Plivo's, 5xx or 408).
    """

    NOT_SENT = "not_sent"
    REFUSED = "refused"
    ANSWERED = "answered"
    UNCLEAR = "unclear"


@public
class Obstacle(StrEnum):
    """What keeps an attempt from Plivo, where it can be told: it is likely to keep the next one as well.

    `certificate`: the server's certificate isn't trusted, or has expired; no repetition changes that, so there is none.
    `unknown_host`: the name doesn't resolve. `refused`: nobody listens there. `not_plivo`: something answers, but not
    in the form of Plivo's API. The last three may be gone in a moment, as when a server restarts; when nothing but
    obstacles has been met for a while, it is time to give up.
    """

    CERTIFICATE = "certificate"
    UNKNOWN_HOST = "unknown_host"
    REFUSED = "refused"
    NOT_PLIVO = "not_plivo"


@public
@dataclass(frozen=True, slots=True)
class Attempt:
    """The record of one attempt; times are seconds since its operation began."""

    method: str
    """`POST`, `GET` or `DELETE`."""
    outcome: AttemptOutcome
    """How far it got."""
    status_code: int | None = None
    """The status of its answer; None if no answer's head came."""
    error: str | None = None
    """What went wrong on the way: the name of a transport error such as `ReadTimeout`, or `Unreadable` for an answer
    that isn't Plivo's, whose status then says nothing; None otherwise."""
    started_at: float = 0.0
    """When it got its permit and was about to be sent."""
    ended_at: float = 0.0
    """When its answer, or the error, was there."""
    retry_after: float | None = None
    """Seconds that the answer asked to wait; None if it didn't."""
    api_id: str | None = None
    """Plivo's identifier of the request, if its answer had one."""
    reason: str | None = None
    """What lay behind `error`, in the words of whoever found out, as `Connection refused`: at most 200 characters,
    phone numbers masked; None if there is nothing to say."""
    obstacle: Obstacle | None = None
    """What keeps it from Plivo, and likely the next one too; None if nothing of that kind was seen."""

    @property
    def succeeded(self) -> bool:
        """Whether Plivo said yes."""
        return self.outcome is AttemptOutcome.ANSWERED and self.status_code is not None and self.status_code // 100 == 2

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain JSON types."""
        return {
            "method": self.method,
            "outcome": self.outcome.value,
            "status_code": self.status_code,
            "error": self.error,
            "started_at": round(self.started_at, 6),
            "ended_at": round(self.ended_at, 6),
            "retry_after": self.retry_after,
            "api_id": self.api_id,
            "reason": self.reason,
            "obstacle": self.obstacle,
        }

    def __str__(self) -> str:
        what = self.error if self.status_code is None else str(self.status_code)
        if self.error and self.status_code is not None:
            what = f"{self.status_code} {self.error}"
        why = f" ({self.reason})" if self.reason else ""
        return f"{self.method} {what}{why} at {self.started_at:.2f} s"


def classify(status_code: int, readable: bool) -> AttemptOutcome:
    """Say what an answer means for the question "was it carried out?".

    Args:
        status_code: The status of the answer.
        readable: Whether it has the API's own form. One that hasn't comes from something on the way, and says nothing
            of what Plivo did, whatever its status. Only a 429 needs no form: who limits requests turns them away
            before they are worked on, be it Plivo (whose 429 nobody has documented) or a gateway in front of it.
    """
    if status_code == TOO_MANY_REQUESTS:
        return AttemptOutcome.REFUSED
    if not readable or status_code < 200:
        return AttemptOutcome.UNCLEAR
    if status_code in _UNCLEAR_STATUSES or (status_code >= 500 and status_code not in _CLEAR_SERVER_ERRORS):
        return AttemptOutcome.UNCLEAR
    return AttemptOutcome.ANSWERED
