"""Waiting for a status: what each look means, and the looks."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import get_args

from .._errors import (
    NoAnswerError,
    NotFoundError,
    NotSentError,
    PlivoError,
    RateLimitError,
    ServerError,
    StatusNotReachedError,
    invalid,
)
from .._options import seconds
from ..models import MultiPartyCall
from ..pacing._clock import sleep_until
from ..wire import Conference, Status, conference_by_uuid, retrieve
from ._operation import Operations

TRANSIENT = (RateLimitError, NotSentError, NoAnswerError, ServerError)
"""What may be gone with the next look."""

_ORDER = ("Initialized", "Active", "Ended")
_TRY = {
    None: "no such conference was seen: check the name, or wait longer for people to dial in",
    "Initialized": "it waits: start() activates it, and so does a participant with start_mpc_on_enter",
    "Active": "it goes on: stop() ends it",
}


class Prospect(Enum):
    """How a status stands to the one that is waited for."""

    REACHED = "reached"
    COMING = "coming"
    MISSED = "missed"


def prospect(goal: str, status: str) -> Prospect:
    """Whether a conference with this status is, can still be, or won't ever be what is waited for.

    A conference goes from Initialized to Active to Ended, may leave Active out, and never comes back. Source: Plivo
    docs, Multiparty Call. One with a status that nobody knows may become anything.
    """
    if status not in _ORDER or _ORDER.index(status) < _ORDER.index(goal):
        return Prospect.COMING
    return Prospect.REACHED if status == goal else Prospect.MISSED


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait.

    Attributes:
        conference: The conference, as the caller gave it.
        goal: The status to come, as Plivo writes it.
        deadline: Seconds.
        interval: Seconds from the beginning of one look to that of the next.
        started_at: When it began.
    """

    conference: Conference
    goal: str
    deadline: float
    interval: float
    started_at: datetime

    def not_reached(self, words: str, status: str | None) -> StatusNotReachedError:
        """The error that it came to nothing."""
        return StatusNotReachedError(
            f"conference {self.conference.label!r} {words}",
            status=status,
            operation=f"Wait until {self.goal}",
            target=self.conference.label,
            started_at=self.started_at,
        )

    def missed(self, status: str) -> StatusNotReachedError:
        """It can't come any more."""
        return self.not_reached(f"can't become {self.goal} any more: it is {status}", status)

    def too_late(self, status: str | None, failed: PlivoError | None) -> StatusNotReachedError:
        """It didn't come in time."""
        last = f"; the last look failed: {failed.message}" if failed is not None else ""
        advice = _TRY.get(status, f"it is {status}")
        return self.not_reached(f"was not {self.goal} within {self.deadline:g} s: {advice}{last}", status)


def checked_wait(
    conference: Conference, status: object, deadline: float | None, interval: float, *, name: str = "deadline"
) -> Wait:
    """Check the arguments of a wait; `name` is what the caller knows its deadline by.

    Raises:
        InvalidArgumentError, TypeError: One is wrong.
    """
    if status not in get_args(Status):
        raise invalid("status", f"must be 'initialized', 'active' or 'ended', in lower case, not {status!r}")
    every = checked_interval(interval)
    return Wait(conference, str(status).capitalize(), seconds(name, deadline), every, datetime.now(UTC))


def checked_interval(interval: float) -> float:
    """Check how long it is from one look to the next.

    Raises:
        InvalidArgumentError, TypeError: It is wrong.
    """
    every = given_seconds("interval", interval)
    if every == 0:
        raise invalid("interval", "must be more than 0 seconds: each look costs a request")
    return every


def given_seconds(name: str, value: float) -> float:
    """Check a duration for which None has no meaning.

    Raises:
        InvalidArgumentError, TypeError: It is wrong.
    """
    if value is None:
        raise TypeError(f"{name} must be seconds, not None")
    return seconds(name, value)


async def wait_until(operations: Operations, wait: Wait) -> MultiPartyCall:
    """Look until the status is reached, can't be reached any more, or time is up.

    Once the conference was seen it is followed by its UUID, so that its end shows, and the next one of the same name
    isn't taken for it.
    """
    clock = operations.exchange.clock
    ends = clock() + wait.deadline
    conference, status = wait.conference, None
    while True:
        at, failed = clock(), None
        try:
            found = await operations.run(retrieve(conference), MultiPartyCall, ends - at)
        except TRANSIENT as error:
            failed = error
        except NotFoundError:
            if conference.name is None or wait.goal == "Ended":
                raise
        else:
            conference, status = followed(conference, found.mpc_uuid), found.status
            match prospect(wait.goal, status):
                case Prospect.REACHED:
                    return found
                case Prospect.MISSED:
                    raise wait.missed(status)
        if at + wait.interval >= ends:
            raise wait.too_late(status, failed) from failed
        await sleep_until(at + wait.interval, clock)


def followed(conference: Conference, mpc_uuid: str) -> Conference:
    """A conference by its UUID, once that is known; as it was given if Plivo's isn't one."""
    try:
        return conference_by_uuid(mpc_uuid)
    except ValueError:
        return conference
