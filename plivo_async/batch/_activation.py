"""What became of one conference."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from .._errors import NotFoundError, NotSentError, OutcomeUnknownError, PlivoError
from .._public import public
from ..exchange._failures import describe, failure, uuid_hint
from ..policy import ActivationOutcome, Attempt, AttemptOutcome, Verdict
from ..shown._jsonable import Jsonable
from ..wire import Answer, Conference, activate
from ._input import Item


@public
@dataclass(frozen=True, slots=True)
class Activation(Jsonable):
    """The outcome of one activation. Pickles, compares, and turns into JSON types with `to_dict()`."""

    position: int
    """Its place in the input, from 0."""
    name: str | None
    """The friendly name that was given; None if it was a UUID."""
    uuid: str | None
    """The MPC UUID that was given; None if it was a name."""
    outcome: ActivationOutcome
    """What became of it."""
    live: bool | None = None
    """Whether the conference was Active when last heard of; None if that isn't known."""
    attempts: tuple[Attempt, ...] = ()
    """Every attempt, looks (GET) included, the first one first."""
    confirmed_by: Literal["answer", "lookup"] | None = None
    """What `live` stands on: `answer` (to the activation), `lookup` (a look at the conference) or None."""
    error: Exception | None = None
    """Why it isn't a success: a `PlivoError`, `InvalidArgumentError` among them, or a `TypeError` if it was no name;
    None for a success."""
    elapsed: float = 0.0
    """Seconds from its start to its outcome, waits included."""
    started_at: datetime | None = None
    """When it was begun, by this machine's clock, aware, in UTC: the times of `attempts` count from here. None if it
    never was."""

    @property
    def succeeded(self) -> bool:
        """Whether the conference is live."""
        return self.outcome.succeeded

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain JSON types."""
        error = self.error
        return {
            "position": self.position,
            "name": self.name,
            "uuid": self.uuid,
            "outcome": self.outcome.value,
            "live": self.live,
            "confirmed_by": self.confirmed_by,
            "started_at": None if self.started_at is None else self.started_at.isoformat(),
            "elapsed": round(self.elapsed, 6),
            "attempts": [attempt.to_dict() for attempt in self.attempts],
            "error": None if error is None else {"type": type(error).__name__, "message": str(error)},
        }

    def __str__(self) -> str:
        who = f"uuid {self.uuid}" if self.name is None else repr(self.name)
        return f"{who} {self.outcome.value.replace('_', ' ')}" + ("" if self.error is None else f": {self.error}")


def untouched(item: Item, reason: str) -> list[Activation]:
    """The outcomes of an item that was never begun."""
    conference = item.conference
    if conference is None:
        return [refused(item)]
    made = not_attempted if item.maybe_sent is None else _doubtful
    return [made(conference, position, reason) for position in (item.position, *item.twins)]


def not_attempted(conference: Conference, position: int, reason: str) -> Activation:
    """The outcome of a conference that was never begun."""
    words = f"conference {conference.label!r} was not attempted; {reason}"
    error = NotSentError(words, operation="Activate MPC", target=conference.label)
    outcome = ActivationOutcome.NOT_ATTEMPTED
    return Activation(position, conference.name, conference.uuid, outcome, error=error)


def _doubtful(conference: Conference, position: int, reason: str) -> Activation:
    words = f"conference {conference.label!r} may be live or not: an earlier run may have activated it; {reason}"
    error = OutcomeUnknownError(words, operation="Activate MPC", target=conference.label)
    return Activation(position, conference.name, conference.uuid, ActivationOutcome.UNKNOWN, error=error)


def refused(item: Item) -> Activation:
    """The outcome of an item that was no name."""
    return Activation(item.position, None, None, ActivationOutcome.REJECTED, error=item.refusal)


def activation_error(
    conference: Conference,
    verdict: Verdict,
    attempts: tuple[Attempt, ...],
    answer: Answer | None,
    fault: Exception | None,
) -> PlivoError | None:
    """The error that says what the verdict says; None for a success.

    Args:
        conference: The conference.
        verdict: Its outcome.
        attempts: All attempts.
        answer: The last answer, if any.
        fault: What broke it off, if anything did.
    """
    if verdict.outcome.succeeded:
        return None
    who = f"conference {conference.label!r}"
    why = f"; {verdict.reason}" if verdict.reason else ""
    trail = f": {describe(attempts)}" if attempts else ""
    match verdict.outcome:
        case ActivationOutcome.NOT_FOUND:
            hint = uuid_hint(activate(conference))
            words = f"no {who} is waiting to be activated{why}. wait_for= keeps trying while people dial in{hint}"
            return _error(NotFoundError, words, conference, attempts, answer)
        case ActivationOutcome.NOT_ATTEMPTED:
            return _error(NotSentError, f"{who} was not attempted{why}", conference, attempts, None)
        case ActivationOutcome.UNKNOWN:
            words = f"{who} may be live or not{trail}{why}. Look before repeating it: client.mpc.get() tells"
            error = _error(OutcomeUnknownError, words, conference, attempts, answer)
            error.__cause__ = fault
            return error
        case ActivationOutcome.FAILED if verdict.live is False:
            return _error(
                NotSentError, f"{who} is still waiting{trail}{why}. Repeating is safe", conference, attempts, answer
            )
    sure = [attempt for attempt in attempts if attempt.outcome is not AttemptOutcome.UNCLEAR]
    return failure(activate(conference), sure, answer, fault, verdict.reason)


def _error(
    cls: type[PlivoError], words: str, conference: Conference, attempts: tuple[Attempt, ...], answer: Answer | None
) -> PlivoError:
    return cls(
        words,
        operation="Activate MPC",
        target=conference.label,
        status_code=answer.status_code if answer is not None else None,
        api_id=answer.api_id if answer is not None else None,
        detail=answer.detail if answer is not None else None,
        attempts=attempts,
    )
