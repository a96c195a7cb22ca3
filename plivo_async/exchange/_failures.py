"""From what is known at the end of an operation to the error that says it."""

import re
from collections.abc import Sequence

from .._errors import (
    DecodeError,
    NoAnswerError,
    NotSentError,
    OutcomeUnknownError,
    PlivoError,
    response_error,
)
from ..policy import TOO_MANY_REQUESTS, Attempt, AttemptOutcome, Effect, Reason
from ..wire import Answer, Request


def failure(
    request: Request,
    attempts: Sequence[Attempt],
    answer: Answer | None,
    fault: Exception | None = None,
    reason: str | None = None,
    *,
    too_late: float | None = None,
) -> PlivoError:
    """The error for an operation that did not succeed.

    Args:
        request: What was asked for.
        attempts: All attempts.
        answer: The last answer, if any.
        fault: What broke the last attempt off, if anything did.
        reason: Why there is no further attempt.
        too_late: Seconds until the next attempt could have been made, if the deadline came before.
    """
    doubtful = any(attempt.outcome is AttemptOutcome.UNCLEAR for attempt in attempts)
    why = f"; {reason}" if reason and reason is not Reason.FINAL else ""  # a clear no needs no reason
    if too_late is not None:
        why = f"; the deadline leaves no time: the next attempt could start in {too_late:.1f} s at the earliest"
    cause = _last_word(request, attempts, answer, fault, why)
    if doubtful and request.effect is not Effect.SAFE:
        why += _ELSEWHERE if isinstance(cause, DecodeError) else ""
        words = f"{_what(request)} may have been carried out: {describe(attempts)}{why}. Look before repeating it"
        return _error(OutcomeUnknownError, words, request, attempts, answer, cause=cause or fault)
    if cause is not None:
        return cause
    if doubtful:
        words = f"{_what(request)} got no answer: {describe(attempts)}{why}. It only reads, so repeating is harmless"
        return _error(NoAnswerError, words, request, attempts, answer, cause=fault)
    words = f"{_what(request)} was not sent: {describe(attempts) or 'nothing was tried'}{why}. Repeating is safe"
    return _error(NotSentError, words, request, attempts, answer, cause=fault)


def describe(attempts: Sequence[Attempt]) -> str:
    """The attempts in one line; of many only the last three."""
    shown = "; ".join(str(attempt) for attempt in attempts[-3:])
    return f"{len(attempts)} attempts, the last ones: {shown}" if len(attempts) > 3 else shown


def _last_word(
    request: Request, attempts: Sequence[Attempt], answer: Answer | None, fault: Exception | None, why: str
) -> PlivoError | None:
    """The error for the last answer, if there was one."""
    if answer is None:
        return None
    detail = f": {answer.detail}" if answer.detail else ""
    if answer.status_code < 300:
        words = f"{_what(request)} was answered {answer.status_code}, but the answer can't be read{detail}"
        return _error(DecodeError, words, request, attempts, answer, cause=fault)
    hint = _HINTS.get(answer.status_code, "")
    if not answer.readable and answer.status_code < 500 and answer.status_code != TOO_MANY_REQUESTS:
        words = f"{_what(request)} was answered {answer.status_code}, but not in the form of Plivo's API{detail}{why}"
        return _error(DecodeError, f"{words}{_ELSEWHERE}{hint}", request, attempts, answer, cause=fault)
    if answer.status_code == 404:
        hint = uuid_hint(request) or (f". {request.on_404}" if request.on_404 else "")
    words = f"{_what(request)} was answered {answer.status_code}{detail}{why}{hint}"
    return _error(response_error(answer.status_code), words, request, attempts, answer, cause=fault)


_ELSEWHERE = ". Check base_url, and what stands between here and Plivo"
_HINTS = {
    401: ". Check PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN, or the arguments of AsyncClient",
    403: ". The account may not do this; its console says what it may",
    429: ". Others are using the same account, or its limit is lower than rate_limit says",
}


_UUID_AS_NAME = re.compile(
    r"MultiPartyCall/name_[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/", re.ASCII | re.IGNORECASE
)


def uuid_hint(request: Request) -> str:
    """What to add where a conference isn't there; empty unless its name may have been meant as a UUID."""
    meant = _UUID_AS_NAME.match(request.path)
    return ". It looks like an MPC UUID, and was taken for a name: give it as uuid=" if meant else ""


def _what(request: Request) -> str:
    return f"{request.operation} {request.target!r}"


def _error(
    cls: type[PlivoError],
    words: str,
    request: Request,
    attempts: Sequence[Attempt],
    answer: Answer | None,
    cause: Exception | None,
) -> PlivoError:
    error = cls(
        words,
        operation=request.operation,
        target=request.target,
        status_code=answer.status_code if answer is not None else None,
        api_id=answer.api_id if answer is not None else None,
        detail=answer.detail if answer is not None else None,
        retry_after=attempts[-1].retry_after if attempts else None,
        attempts=attempts,
    )
    error.__cause__ = cause
    return error
