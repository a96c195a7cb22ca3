"""What looks prove of a change that stayed in doubt. Nothing here waits or sends.

A change (stop, kick, mute, hold, the controls of recordings and sounds) is answered 404, or refused otherwise, when
there is nothing to do. After an attempt whose answer was lost that is a trap: it may mean "you did it already". And by
name it is another: by then the name may be that of the next conference, in which others talk. So nothing is inferred
from a repetition, and none is made by name. First it is found out which conference was meant:

    live of that name       ended since the change began      the one that was meant
    made before it began    (not asked)                       the live one
    made in that minute     none                              the live one
    none                    one                               that one
    whatever else                                             unknown

What was made in the last two seconds before it began, or since, may be the next one of that name.

Then it is gone on with by UUID, and if that is refused one look settles it:

    operation          done                              refused after all                stays unknown
    stop, kick all     Ended, since the change began     Ended before; never there        still live
    kick some          all have left, some since         all had left before              still there; not listed
    control recording  live, in the state asked for      Ended before; never there        Ended since; another state
    all others                                                                            whatever is seen

A look proves what its identity and its times prove, nothing else. That nothing has happened so far proves nothing: an
attempt without a clear answer may be carried out even later, at a conference that is live, or at the next one of that
name. "Since" is a minute earlier than it was, for clocks
that differ: what came or ended in that minute may be taken for later than it was, which leads to "unknown" at worst.
Where the `Date` of an answer is missing, or further than that from our own clock, no time proves anything.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from typing import Literal

from .._errors import OutcomeUnknownError, ResponseError, response_error
from ..models import MultiPartyCall, Participant, decode, decode_page
from ..policy import AttemptOutcome
from ..wire import Conference, Members, Request, list_participants, retrieve, retrieve_participant

REFUSALS = frozenset({400, 404, 409, 422})
"""The refusals that may come of an operation's having been carried out before."""

CLOCK_MARGIN = timedelta(seconds=60)
"""Inferred: between the clock that stamps an end, the one that stamps answers, and ours."""
_SECONDS = timedelta(seconds=2)  # two clocks that tell whole seconds

Goal = Literal["not-recording", "paused", "recording"]


class Proof(Enum):
    """What a look proves: that it was carried out, that it can't have been and won't be, or nothing."""

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
            the operation's doing, None if that isn't known. A `ValueError` says that the answer can't be read.
    """

    look: Request
    judge: Callable[[object, datetime | None], Finding]


Settle = Callable[[Conference], Settling]
"""How to settle a change of a conference, given by UUID."""


def earliest(server_now: datetime | None, our_now: datetime, elapsed: float) -> datetime | None:
    """An instant of the server's clock before which nothing can have been the operation's doing.

    Args:
        server_now: When the server answered the look, by its own clock; None if it doesn't say.
        our_now: When that was by ours.
        elapsed: Seconds since the operation began.

    Returns:
        None if the two clocks differ by more than the margin: who knows which of them is right.
    """
    if server_now is None or abs(server_now - our_now) > CLOCK_MARGIN:
        return None
    return server_now - timedelta(seconds=elapsed) - CLOCK_MARGIN


# ---- Which conference was meant ---------------------------------------------------------------------------------


def is_older(live: MultiPartyCall, since: datetime | None) -> bool:
    """Whether a live conference was there before the operation began: then it is the one that was meant."""
    return live.creation_time is not None and since is not None and live.creation_time < since


def may_be_younger(live: MultiPartyCall, since: datetime | None) -> bool:
    """Whether a live conference may have come after the operation had begun, as clocks of whole seconds tell it."""
    return live.creation_time is None or since is None or live.creation_time > since + CLOCK_MARGIN - _SECONDS


def ended_since(name: str, data: object, since: datetime | None) -> list[MultiPartyCall]:
    """Those of a name that have ended since, on the first page of them; the name is compared here as well.

    Raises:
        ValueError: It isn't known which those are; the message says why.
    """
    if since is None:
        raise ValueError("its clock is not ours, so no time proves anything")
    meta, listed = decode_page(MultiPartyCall, data)
    ended = [one for one in listed if one.friendly_name == name and one.status == "Ended"]
    if meta.next is not None or any(one.end_time is None for one in ended):
        raise ValueError("too many of that name have ended to tell")
    return [one for one in ended if one.end_time is not None and one.end_time >= since]


# ---- Whether it was carried out ---------------------------------------------------------------------------------


def stopping(conference: Conference) -> Settling:
    """Whether a conference was ended."""
    return Settling(retrieve(conference), stopped)


def kicking(members: Members, conference: Conference) -> Settling:
    """Whether participants were kicked; all of them: whether the conference was ended with it."""
    if members.everyone:
        return stopping(conference)
    if members.single:
        return Settling(retrieve_participant(conference, members), kicked)
    return Settling(list_participants(conference), partial(all_kicked, members.segment.split(",")))


def controlling_recording(goal: Goal, conference: Conference) -> Settling:
    """Whether the recording of a conference was brought into the state asked for."""
    return Settling(retrieve(conference), partial(recording_is, goal))


def stopped(data: object, since: datetime | None) -> Finding:
    """Judge a conference."""
    if data is None:
        return Finding(Proof.REFUSED, "there is no such conference")
    conference = decode(MultiPartyCall, data)
    if conference.status != "Ended":
        return Finding(Proof.UNKNOWN, f"it is {conference.status}")
    return over([conference.end_time], since, "it ended")


def kicked(data: object, since: datetime | None) -> Finding:
    """Judge a participant. One who isn't listed may never have been there, or be gone: whether exited ones are kept in
    a live conference is unverified.
    """
    if data is None:
        return Finding(Proof.UNKNOWN, "it isn't in the conference now")
    exit_time = decode(Participant, data).exit_time
    if exit_time is None:
        return Finding(Proof.UNKNOWN, "it is still in the conference")
    return over([exit_time], since, "it left")


def all_kicked(member_ids: Iterable[str], data: object, since: datetime | None) -> Finding:
    """Judge the first page of the participants of a conference."""
    if data is None:
        return Finding(Proof.UNKNOWN, "no list of its participants")
    _, listed = decode_page(Participant, data)
    exits = {one.member_id: one.exit_time for one in listed}
    if any(one not in exits for one in member_ids):
        return Finding(Proof.UNKNOWN, "not all of them are listed")
    return over([exits[one] for one in member_ids], since, "the last of them left")


def recording_is(goal: Goal, data: object, since: datetime | None) -> Finding:
    """Judge a conference by the state of its recording; of one that is over nobody knows what that was."""
    if data is None:
        return Finding(Proof.REFUSED, "there is no such conference")
    conference = decode(MultiPartyCall, data)
    if conference.status == "Ended":
        ended = over([conference.end_time], since, "it ended")
        return ended if ended.proof is Proof.REFUSED else Finding(Proof.UNKNOWN, "it has ended, with its recording")
    if conference.recording is None:
        return Finding(Proof.UNKNOWN, "nothing of a recording")
    state = Proof.DONE if conference.recording == goal else Proof.UNKNOWN
    return Finding(state, f"its recording is {conference.recording!r}")


def over(ends: list[datetime | None], since: datetime | None, what: str) -> Finding:
    """Judge ends by their times: those of one thing, or of several."""
    last = max((end for end in ends if end is not None), default=None)
    if last is None or None in ends:
        return Finding(Proof.UNKNOWN, "not all is over" if last is not None else "it is over, nobody knows when")
    when = f"{what} at {last:%Y-%m-%d %H:%M:%S} UTC"
    if since is None:
        return Finding(Proof.UNKNOWN, f"{when}, by a clock that is not ours")
    if last < since:
        return Finding(Proof.REFUSED, f"{when}, before this began")
    return Finding(Proof.DONE, when)


# ---- The words of it --------------------------------------------------------------------------------------------


def was_refused(doubt: OutcomeUnknownError) -> bool:
    """Whether the last attempt was refused, in a way that may come of an earlier one's having been carried out."""
    last = doubt.attempts[-1] if doubt.attempts else None
    return last is not None and last.outcome is AttemptOutcome.ANSWERED and last.status_code in REFUSALS


def refusal(doubt: OutcomeUnknownError, seen: str) -> ResponseError:
    """The error of an operation that was refused after all, with the facts of the doubtful one."""
    cause = doubt.__cause__
    last, status = f"{doubt.operation} {doubt.target!r} got no clear answer", 404
    if was_refused(doubt):
        status = doubt.attempts[-1].status_code or 404
        last = cause.message if isinstance(cause, ResponseError) else f"{last} at first"
    return response_error(status)(
        f"{last}. An attempt was unclear, but a look shows: {seen}",
        operation=doubt.operation,
        target=doubt.target,
        status_code=status,
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
