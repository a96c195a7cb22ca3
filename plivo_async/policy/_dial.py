"""How a dialled leg ended, from what looks at it have shown: plain functions of values.

    seen                                        what that means
    a record                                    it is over: answered, or why not
    a row among a conference's participants     answered
    live, `in-progress`                         answered; not yet certain where a key must be pressed, or a machine
                                                isn't to count: `picked_up_counts`
    live, or queued                             look again
    nowhere                                     look again: its record comes seconds after its end
    nowhere for `patience` seconds              unknown, never failed: it may also be that we can't see it

A cause of 4000 stands on legs that were answered and on legs that weren't: an answer is known by its time. Somebody who
declines often arrives as busy, from the carrier. Source: Plivo docs, "Hangup causes"; captured records and callbacks.
"""

from dataclasses import dataclass
from enum import StrEnum

from .._public import public

_DOUBLES_FROM, _DOUBLES_TO = 1.0, 8.0  # inferred: seconds between looks for a record, which comes seconds after the end


@public
class CallOutcome(StrEnum):
    """How a phone call that was made ended, or that it was answered.

    `rejected` is a decline that arrived as one, many arrive as `busy`; `no_answer` includes machines that were not to
    count; `cancelled` was ended on our side before anybody answered; `failed` could not be carried out, and `unknown`
    is what nothing tells.
    """

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Ending:
    """What a record, or a callback, says of the end of a leg.

    Attributes:
        answered: Whether it has the time of an answer, or seconds that were talked.
        code: The hangup cause; None if it has none.
        status: The `CallStatus` of a callback; empty in records.
        cause: The switch's own word, the `HangupCause` of a callback; empty in records.
    """

    answered: bool
    code: int | None = None
    status: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """What all looks at one leg have shown so far.

    Attributes:
        now: The instant of the last look.
        seen_at: The instant at which it was queued or live last; that of its acceptance if it never was.
        up: Whether it was queued or live at the last look.
        status: Its status when it was live last; empty if that isn't known.
        joined: Whether it was among a conference's participants.
        ending: What its record says; None without one.
    """

    now: float
    seen_at: float
    up: bool = False
    status: str = ""
    joined: bool = False
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Nothing is certain yet.

    Attributes:
        at: The instant at which the next look is worth its request.
    """

    at: float


def outcome_of(
    sight: Sight, *, interval: float, patience: float, picked_up_counts: bool = True
) -> CallOutcome | LookAgain:
    """What is known of a leg, or when to look again.

    Args:
        sight: What was seen of it.
        interval: Seconds from one look to the next while it is up.
        patience: Seconds for which it may be nowhere.
        picked_up_counts: Whether it is answered once somebody has picked up.
    """
    if sight.ending is not None:
        return ended_as(sight.ending)
    if sight.joined or (picked_up_counts and sight.status == "in-progress"):
        return CallOutcome.ANSWERED
    if sight.up:
        return LookAgain(sight.now + interval)
    gone = sight.now - sight.seen_at
    if gone >= patience:
        return CallOutcome.UNKNOWN
    pause = min(max(gone, _DOUBLES_FROM), _DOUBLES_TO)
    return LookAgain(sight.now + min(pause, patience - gone))


def ended_as(ending: Ending) -> CallOutcome:
    """How a leg ended: by its answer, its cause, its status, the switch's word, in this order."""
    if ending.code in _PICKED_UP:
        return _PICKED_UP[ending.code]
    if ending.answered:
        return CallOutcome.ANSWERED
    if ending.code:
        return CallOutcome.FAILED if ending.code in _FAILED else _BY_CODE.get(ending.code, CallOutcome.UNKNOWN)
    return _BY_STATUS.get(ending.status.lower()) or _BY_CAUSE.get(ending.cause.upper(), CallOutcome.UNKNOWN)


_PICKED_UP = {9110: CallOutcome.REJECTED, 9100: CallOutcome.NO_ANSWER}
"""Somebody picked up and pressed no key; a machine did."""

_BY_CODE = {
    3010: CallOutcome.BUSY,
    3100: CallOutcome.BUSY,
    6010: CallOutcome.NO_ANSWER,
    3000: CallOutcome.NO_ANSWER,
    3020: CallOutcome.REJECTED,
    3110: CallOutcome.REJECTED,
    3040: CallOutcome.REJECTED,
    1000: CallOutcome.CANCELLED,
    9000: CallOutcome.CANCELLED,
    4000: CallOutcome.CANCELLED,
    4010: CallOutcome.CANCELLED,
    4020: CallOutcome.CANCELLED,
    4030: CallOutcome.CANCELLED,
    6000: CallOutcome.CANCELLED,
}
_FAILED = frozenset(
    {
        *(1010, 1020),
        *(2000, 2010, 2020, 2030, 2040, 2050, 2060, 2070),
        *(3030, 3050, 3070, 3080, 3090, 3120, 3130, 3140),
        *(4210, 4240, 4250),
        *(5000, 5010, 5020, 5030),
        *(6020, 7011, 7012, 7013, 7014, 7022, 7023, 7024, 7032, 7033, 7034, 8011, 8012, 8013, 8014),
    }
)
_BY_STATUS = {
    "busy": CallOutcome.BUSY,
    "no-answer": CallOutcome.NO_ANSWER,
    "timeout": CallOutcome.FAILED,
    "failed": CallOutcome.FAILED,
    "cancel": CallOutcome.CANCELLED,
}
_BY_CAUSE = {
    "USER_BUSY": CallOutcome.BUSY,
    "NO_ANSWER": CallOutcome.NO_ANSWER,
    "CALL_REJECTED": CallOutcome.REJECTED,
    "UNALLOCATED_NUMBER": CallOutcome.FAILED,
    "NETWORK_OUT_OF_ORDER": CallOutcome.FAILED,
    "ORIGINATOR_CANCEL": CallOutcome.CANCELLED,
    "LOSE_RACE": CallOutcome.CANCELLED,
    "NORMAL_CLEARING": CallOutcome.CANCELLED,
}
