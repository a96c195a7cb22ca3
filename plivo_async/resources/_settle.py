"""What a look proves of an operation that stayed in doubt.

Stop, kick and the recording controls answer 404, or refuse otherwise, when there is nothing to do. After an attempt
whose answer was lost that is a trap: it may mean "you did it already". So nothing is inferred from the repetition; one
look decides:

    operation           done                                 refused after all          stays unknown
    stop, by UUID       Ended, since the operation began     Ended before; not there    still live
    stop, by name       (see `_stopping`)
    control recording   it is in the state asked for         it is in another state     nothing tells the state
    kick one            `exit_time` is set                                              still there; not there

Nothing here waits or sends.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from typing import Literal

from .._errors import OutcomeUnknownError, ResponseError, response_error
from ..models import MultiPartyCall, Participant, decode, decode_page
from ..wire import Answer, Conference, Members, Request, list_conferences, retrieve, retrieve_participant

REFUSALS = frozenset({400, 404, 409, 422})
"""The refusals that may come of an operation's having been carried out before."""

_CLOCK_MARGIN = timedelta(seconds=60)  # inferred: between the clock that stamps an end and the one that stamps answers

Goal = Literal["not-recording", "paused", "recording"]


class Proof(Enum):
    """What a look proves."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look has found.

    Attributes:
        proof: What that proves.
        seen: What was seen, in words.
    """

    proof: Proof
    seen: str


@dataclass(frozen=True, slots=True)
class Settling:
    """How to find out whether an operation was carried out.

    Attributes:
        look: What to ask.
        judge: What the answer proves: its JSON, None if it was 404, and an instant before which nothing can have been
            the operation's doing. A `ValueError` says that the answer can't be read.
    """

    look: Request
    judge: Callable[[object, datetime], Finding]


def stopping(conference: Conference) -> Settling:
    """Whether a conference was stopped, by its UUID."""
    return Settling(retrieve(conference), stopped)


def ended_of_name(name: str) -> Settling:
    """Whether a conference of that name has ended since. By name only live ones can be looked at, so this is a list."""
    return Settling(list_conferences({"friendly_name": name, "status": "ended"}), partial(stopped_by_name, name))


def controlling_recording(conference: Conference, goal: Goal) -> Settling:
    """Whether the recording of a conference was brought into the state asked for."""
    return Settling(retrieve(conference), partial(recording_is, goal))


def kicking(conference: Conference, member: Members) -> Settling:
    """Whether a participant was kicked."""
    return Settling(retrieve_participant(conference, member), kicked)


def stopped(data: object, since: datetime) -> Finding:
    """Judge a conference looked at by UUID."""
    if data is None:
        return Finding(Proof.REFUSED, "there is no such conference")
    conference = decode(MultiPartyCall, data)
    if conference.status != "Ended":
        return Finding(Proof.UNKNOWN, f"it is {conference.status}")
    if conference.end_time is None:
        return Finding(Proof.UNKNOWN, "it has ended, nobody knows when")
    when = f"{conference.end_time:%Y-%m-%d %H:%M:%S} UTC"
    if conference.end_time < since:
        return Finding(Proof.REFUSED, f"it had ended before, at {when}")
    return Finding(Proof.DONE, f"it ended at {when}")


def stopped_by_name(name: str, data: object, since: datetime) -> Finding:
    """Judge the first page of the ended conferences of a name; it is compared here as well."""
    if data is None:
        return Finding(Proof.UNKNOWN, "no list of ended conferences")
    meta, ended = decode_page(MultiPartyCall, data)
    ends = [
        conference.end_time for conference in ended if conference.friendly_name == name and conference.status == "Ended"
    ]
    if any(end is not None and end >= since for end in ends):
        return Finding(Proof.DONE, "one of that name has ended since the operation began")
    if None in ends or meta.next is not None:
        return Finding(Proof.UNKNOWN, "many of that name have ended, and none of the first of them since then")
    return Finding(Proof.REFUSED, "none of that name has ended since the operation began")


def recording_is(goal: Goal, data: object, since: datetime) -> Finding:
    """Judge a conference by the state of its recording; its end completes the recording."""
    if data is None:
        return Finding(Proof.REFUSED, "there is no such conference, or it is over")
    conference = decode(MultiPartyCall, data)
    state = "not-recording" if conference.status == "Ended" else conference.recording
    if state is None:
        return Finding(Proof.UNKNOWN, "nothing of a recording")
    return Finding(Proof.DONE if state == goal else Proof.REFUSED, f"its recording is {state!r}")


def kicked(data: object, since: datetime) -> Finding:
    """Judge a participant. One who isn't listed may never have been there, or be gone: whether exited ones are kept in
    a live conference is unverified.
    """
    if data is None:
        return Finding(Proof.UNKNOWN, "it isn't in the conference now")
    if decode(Participant, data).exit_time is None:
        return Finding(Proof.UNKNOWN, "it is still in the conference")
    return Finding(Proof.DONE, "it has left")


def settled(settling: Settling, answer: Answer | None, since: datetime) -> Finding:
    """Judge the answer to a look; None stands for a 404."""
    try:
        return settling.judge(None if answer is None else answer.json() or {}, since)
    except ValueError as error:
        return Finding(Proof.UNKNOWN, f"nothing that can be read ({error})")


def earliest(server_now: datetime, elapsed: float) -> datetime:
    """An instant of the server's clock before which nothing can have been the operation's doing.

    Args:
        server_now: When the server answered the look, by its own clock.
        elapsed: Seconds since the operation began, by ours.
    """
    return server_now - timedelta(seconds=elapsed) - _CLOCK_MARGIN


def refusal(doubt: OutcomeUnknownError, seen: str) -> ResponseError:
    """The error of an operation that was refused after all, with the facts of the doubtful one."""
    status = doubt.status_code or 404
    cause = doubt.__cause__
    last = f"{doubt.operation} {doubt.target!r} was answered {status}"
    if isinstance(cause, ResponseError):
        last = cause.message
    return response_error(status)(
        f"{last}. An attempt before was unclear, but a look shows: {seen}",
        operation=doubt.operation,
        target=doubt.target,
        status_code=doubt.status_code,
        api_id=doubt.api_id,
        detail=doubt.detail,
        retry_after=doubt.retry_after,
        started_at=doubt.started_at,
        attempts=doubt.attempts,
    )


def add_words(error: OutcomeUnknownError, *words: str) -> None:
    """Add to what an error says; to be done before anybody else has it."""
    added = "".join(f": {one}" if index == 0 else f". {one}" for index, one in enumerate(filter(None, words)))
    error.args = (f"{error.message}{added}", *error.args[1:])
