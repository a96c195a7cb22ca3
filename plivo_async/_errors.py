"""What can go wrong, grouped by what to do next.

    PlivoError
    ├─ InvalidArgumentError   an argument is wrong; nothing was sent: .argument, its name. A ValueError as well
    ├─ NotSentError           nothing reached Plivo; repeating is safe
    │  └─ SharedBudgetError      the budget that processes share can't be used as it is set up
    ├─ NoAnswerError          a read got no answer; repeating is harmless
    ├─ OutcomeUnknownError    it may have been carried out; look before repeating
    ├─ ResponseError          Plivo answered no: .status_code .api_id .detail
    │  ├─ BadRequestError         400, 405, 409, 422 …: the request is wrong; repeating it as it is won't help
    │  ├─ AuthenticationError     401: wrong Auth ID or Auth Token
    │  ├─ PermissionDeniedError   403: the account may not do this
    │  ├─ NotFoundError           404: no such thing, or not in the state that the operation needs
    │  ├─ RateLimitError          429: .retry_after, seconds or None
    │  └─ ServerError             5xx
    ├─ DecodeError            an answer that nobody can read, or that isn't Plivo's; the body is in .detail
    ├─ JournalError           a batch's journal is in use, of something else, damaged, or can't be written
    ├─ StatusNotReachedError  wait_until() has waited long enough, or that status can't come any more: .status
    └─ CallbackError          a request to a URL of yours isn't taken for one of Plivo's callbacks
       ├─ SignatureError          it isn't signed with a token of yours, or was altered, or comes again
       └─ MalformedCallbackError  it is too large, or no callback that is well formed: .parameter

    ActivationFailures (an ExceptionGroup)   the errors of many activations

An argument of a wrong type is a `TypeError`, found before anything is sent.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from ._public import public

if TYPE_CHECKING:  # who only states a policy or checks an argument raises these errors, too
    from .policy import Attempt

_FACTS = ("operation", "target", "status_code", "api_id", "detail", "retry_after", "started_at", "attempts")


@public
class PlivoError(Exception):
    """The root of all errors of this package but `TypeError`.

    Pickles, and turns into JSON types with `to_dict()`. Holds no credential, and nothing that holds one.
    """

    operation: str | None
    """What was asked for, as `Activate MPC`."""
    target: str | None
    """What it was asked for: the conference's name, or the route."""
    status_code: int | None
    """The status of the last answer; None if there was none."""
    api_id: str | None
    """Plivo's identifier of the last answer, to name to its support; None if it had none."""
    detail: str | None
    """Plivo's own words, at most 500 characters; None if it had none."""
    retry_after: float | None
    """Seconds that the last answer asked to wait; None if it didn't."""
    started_at: datetime | None
    """When the operation began, by this machine's clock, aware, in UTC: whatever it may have done, it did later. None
    for the activations of a batch."""
    attempts: "tuple[Attempt, ...]"
    """Every attempt, the first one first."""

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        target: str | None = None,
        status_code: int | None = None,
        api_id: str | None = None,
        detail: str | None = None,
        retry_after: float | None = None,
        started_at: datetime | None = None,
        attempts: "Sequence[Attempt]" = (),
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.target = target
        self.status_code = status_code
        self.api_id = api_id
        self.detail = detail
        self.retry_after = retry_after
        self.started_at = started_at
        self.attempts = tuple(attempts)

    @property
    def message(self) -> str:
        """The error in a sentence or two."""
        return str(self.args[0])

    def to_dict(self) -> dict[str, Any]:
        """All facts as plain JSON types."""
        facts = {name: getattr(self, name) for name in _FACTS}
        facts["started_at"] = None if self.started_at is None else self.started_at.isoformat()
        facts["attempts"] = [attempt.to_dict() for attempt in self.attempts]
        return {"type": type(self).__name__, "message": self.message, **facts}

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args), vars(self)


def _rebuild(cls: type[PlivoError], args: tuple[Any, ...]) -> PlivoError:
    """Make an error without its `__init__`, which may take what it likes in a subclass; the facts are set after."""
    return cls.__new__(cls, *args)


@public
class InvalidArgumentError(PlivoError, ValueError):
    """The value of an argument isn't allowed, found before anything is sent; one of a wrong type is a `TypeError`.

    The message says what is wrong, where, and what is allowed. It tells no phone number, no URL and no token.
    """

    argument: str
    """The name of the argument, as its method spells it: for an answer 422, or the form field to mark. Where several
    don't go together, the one to change first."""

    def __init__(self, message: str, *, argument: str = "", **facts: Any) -> None:
        super().__init__(message, **facts)
        self.argument = argument

    def to_dict(self) -> dict[str, Any]:
        """All facts as plain JSON types."""
        return {**super().to_dict(), "argument": self.argument}


def invalid(name: str, problem: str) -> InvalidArgumentError:
    """The error for an argument.

    Args:
        name: Its name, perhaps with what stands around it: `to[2]` and `RetryPolicy.max_attempts` are of `to` and of
            `max_attempts`.
        problem: What follows its name in the message.
    """
    argument = re.findall(r"\w+", name.partition("[")[0])[-1]
    return InvalidArgumentError(f"{name} {problem}", argument=argument)


@public
class NotSentError(PlivoError):
    """Nothing reached Plivo, or nothing that it acted on: repeating is safe."""


@public
class SharedBudgetError(NotSentError, ValueError):
    """The budget that this process is to share with others can't be used as it is set up; nothing was sent.

    The message says what is wrong with the store (nobody is there, no permission, the wrong kind of server) or with
    the rate limit (others share the budget on other terms), and what to do. It shows no password.
    """


@public
class NoAnswerError(PlivoError):
    """A read got no answer that can be made out: nothing has changed, and repeating is harmless."""


@public
class OutcomeUnknownError(PlivoError):
    """It may have been carried out: look before repeating."""


@public
class ResponseError(PlivoError):
    """Plivo answered no."""


@public
class BadRequestError(ResponseError):
    """The request is wrong (400, 405, 409, 422 and other 4xx): repeating it as it is won't help."""


@public
class AuthenticationError(ResponseError):
    """401: wrong Auth ID or Auth Token."""


@public
class PermissionDeniedError(ResponseError):
    """403: the account may not do this."""


@public
class NotFoundError(ResponseError):
    """404: no such thing, or not in the state that the operation needs."""


@public
class RateLimitError(ResponseError):
    """429: too many requests, and all attempts are used up. It was not carried out."""


@public
class ServerError(ResponseError):
    """5xx to a request that merely reads, or 501 and 505; any other is the cause of an `OutcomeUnknownError`."""


@public
class JournalError(PlivoError):
    """A batch's journal can't be used: it is in use, of another input or account, damaged, or the disk is full.

    What had been sent by then is in the journal; nothing further was sent.
    """


@public
class DecodeError(PlivoError):
    """An answer that nobody can read: a yes in no known words, or one that something on the way gave in Plivo's place.

    The beginning of the body is in `detail`.
    """


@public
class StatusNotReachedError(PlivoError):
    """A conference did not reach the status that `wait_until` waited for, or can't any more."""

    status: str | None
    """The last status that was seen, as `Active`; None if there was no such conference."""

    def __init__(self, message: str, *, status: str | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.status = status

    def to_dict(self) -> dict[str, Any]:
        """All facts as plain JSON types."""
        return {**super().to_dict(), "status": self.status}


@public
class CallbackError(PlivoError):
    """A request to a URL of yours isn't taken for one of Plivo's callbacks.

    The message is for your log: the sender is told nothing but a status, 403 or 400.
    """


@public
class SignatureError(CallbackError):
    """It isn't signed by Plivo: no token of yours fits, or it was altered on the way, or it has come before."""


@public
class MalformedCallbackError(CallbackError):
    """It is too large, or no callback that is well formed. The message repeats no value: it may be a phone number."""

    parameter: str | None
    """The parameter that is missing, repeated or can't be read; None if it isn't one."""

    def __init__(self, message: str, *, parameter: str | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.parameter = parameter

    def to_dict(self) -> dict[str, Any]:
        """All facts as plain JSON types."""
        return {**super().to_dict(), "parameter": self.parameter}


@public
class ActivationFailures(ExceptionGroup[Exception]):
    """The errors of the activations that failed, in input order."""

    def derive(self, excs: Sequence[Exception]) -> Self:  # type: ignore[override]  # typeshed wants a bare group
        """Keep the class when a part is split off, by `except*` for example."""
        return type(self)(self.message, excs)


_BY_STATUS: dict[int, type[ResponseError]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    429: RateLimitError,
}


def response_error(status_code: int) -> type[ResponseError]:
    """The class of error that a status that isn't a yes stands for."""
    if status_code >= 500:
        return ServerError
    return _BY_STATUS.get(status_code, BadRequestError)
