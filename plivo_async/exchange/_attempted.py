"""What has come of one attempt: its record, and what becomes of its permit. Plain functions; `_exchange` makes it."""

from dataclasses import dataclass
from datetime import datetime

from ..pacing._source import Permit, PermitGate
from ..policy import DONE_WITH_IT, Attempt, AttemptOutcome, Obstacle, RetryPolicy, classify
from ..transport._http import Trip
from ..wire import Answer, retry_after


@dataclass(frozen=True, slots=True)
class Attempted:
    """An attempt that has ended.

    Attributes:
        attempt: Its record.
        answer: The answer; None if no head of one came.
        fault: What broke it off; None if nothing did.
        sent_at: Monotonic seconds at which it got its permit.
        counts: Whether it uses up one of the attempts that may be made.
    """

    attempt: Attempt
    answer: Answer | None
    fault: Exception | None
    sent_at: float
    counts: bool = True


def record(method: str, trip: Trip, began: float, ended: float, *, wall: datetime, sent: bool) -> Attempt:
    """Write down what came of an attempt.

    Args:
        method: Of its request.
        trip: What came back, or what broke it off.
        began: Seconds from the beginning of the operation until it got its permit.
        ended: Seconds from there until it had ended.
        wall: The wall-clock time at its end.
        sent: Whether anything of it may have left.
    """
    answer, error, obstacle = trip.answer, trip.error, trip.obstacle
    if answer is None:
        outcome = AttemptOutcome.UNCLEAR if sent else AttemptOutcome.NOT_SENT
        return Attempt(method, outcome, None, error, began, ended, reason=trip.reason, obstacle=obstacle)
    outcome = classify(answer.status_code, answer.readable)
    if outcome is AttemptOutcome.UNCLEAR and error is None and not answer.readable:
        if answer.status_code < 500:
            error, obstacle = "Unreadable", Obstacle.NOT_PLIVO
        elif answer.status_code in DONE_WITH_IT:  # not Plivo's own, then; a 502 can't be
            error = "Unreadable"
    return Attempt(
        method,
        outcome,
        answer.status_code,
        error,
        began,
        ended,
        retry_after(answer.headers, wall) if answer.status_code >= 400 else None,
        answer.api_id if answer.body else None,
        trip.reason,
        obstacle,
    )


def return_permit(permit: Permit, gate: PermitGate, attempt: Attempt, retry: RetryPolicy, *, admitted: bool) -> None:
    """Return the permit of an attempt that has come back, by what came of it.

    Args:
        permit: Whose it is.
        gate: Where it was acquired.
        attempt: What came of it.
        retry: How long a `Retry-After` may hold the whole budget.
        admitted: Whether an answer came: then the server has counted the request by now.
    """
    match attempt.outcome:
        case AttemptOutcome.NOT_SENT:
            gate.give_back(permit)
        case AttemptOutcome.REFUSED:
            wait = attempt.retry_after
            gate.refused(permit, None if wait is None else min(wait, retry.max_retry_after))
        case _:
            gate.answered(permit, admitted=admitted)
