"""What an observer is told: frozen records, one class for each kind of event."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .._public import public
from ..policy import ActivationOutcome, Attempt

_INNER_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@public
@dataclass(frozen=True, slots=True)
class Operation:
    """What somebody asked for: an activation, a stop, a look, a page of a list."""

    number: int
    """Counts the operations of a client, from 1."""
    name: str
    """What was asked for, as `Activate MPC`: one of a few dozen; of `AsyncClient.request` the method."""
    target: str
    """What for: the name or UUID of a conference, or a path. Phone numbers and addresses
    of people are masked; other names are shown."""
    batch: int | None = None
    """The number of the batch that it is part of; None if it is of none."""


@public
@dataclass(frozen=True, slots=True)
class Event:
    """Something has happened. What is told is one of the classes below this one."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain JSON types; `event` holds the kind, as `attempt_ended`."""
        kind = _INNER_CAPITAL.sub("_", type(self).__name__).lower()
        return {"event": kind, **{field.name: _plain(getattr(self, field.name)) for field in dataclasses.fields(self)}}


@public
class Observer(Protocol):
    """Anything that can be called with one event: a plain function will do.

    It is called in the event loop of the client, where the thing happens, so it has to be quick. What it raises is
    logged once, and disturbs nothing.
    """

    def __call__(self, event: Event, /) -> object:
        """Take in what has happened."""
        ...


@public
@dataclass(frozen=True, slots=True)
class OperationBegan(Event):
    """An operation was asked for; it may have to wait."""

    operation: Operation
    """Which one."""


@public
@dataclass(frozen=True, slots=True)
class OperationEnded(Event):
    """An operation is over, whatever became of it; each that began ends once."""

    operation: Operation
    """Which one."""
    outcome: str
    """Of an activation its `ActivationOutcome`; of another `succeeded`, `failed`, `unknown` or `cancelled`."""
    error: str | None
    """The class of what was raised, as `NotSentError`; None if nothing was."""
    attempts: int
    """How many attempts were made."""
    elapsed: float
    """Seconds since it began, all waits included."""


@public
@dataclass(frozen=True, slots=True)
class AttemptBegan(Event):
    """An attempt has its permit and is about to be sent."""

    operation: Operation
    """What it is for."""
    number: int
    """Counts the attempts at this operation, looks included, from 1."""
    method: str
    """`POST`, `GET` or `DELETE`."""
    waited: float
    """Seconds that it waited for its permit."""
    permits_used: int | None
    """Permits that are out, or that the server may still count; None without a limit."""
    level: int | None
    """How many may be used at a time; None without a limit."""


@public
@dataclass(frozen=True, slots=True)
class AttemptEnded(Event):
    """An attempt is over; each that began ends once."""

    operation: Operation
    """What it was for."""
    number: int
    """Which attempt."""
    attempt: Attempt
    """How far it got; one that was broken off by a cancellation has the error `Cancelled`."""
    waited: float
    """Seconds that it had waited for its permit."""


@public
@dataclass(frozen=True, slots=True)
class BatchBegan(Event):
    """A batch has begun."""

    batch: int
    """Counts the batches of a client, from 1."""


@public
@dataclass(frozen=True, slots=True)
class BatchEnded(Event):
    """A batch is over."""

    batch: int
    """Which one."""
    counts: Mapping[ActivationOutcome, int]
    """How many places of its input came to which end; those that it never came to are not among them."""
    elapsed: float
    """Seconds that it took."""
    stopped_by: str | None
    """What ended it early, as `the deadline passed`; None if it came to its end."""


@public
@dataclass(frozen=True, slots=True)
class OutageBegan(Event):
    """Plivo can't be reached: five attempts in a row, over two seconds at least, got no clear answer."""

    elapsed: float
    """Seconds since the first of them failed."""
    attempt: Attempt
    """The last of them."""


@public
@dataclass(frozen=True, slots=True)
class OutageEnded(Event):
    """Plivo answers again."""

    elapsed: float
    """Seconds since the first attempt failed."""


@public
@dataclass(frozen=True, slots=True)
class LimitLowered(Event):
    """The account takes less than the limit says: others use it, or it is lower. Told of each new low."""

    level: int
    """How many permits may be in use now; that grows back."""
    limit: int
    """How many the limit allows."""


@public
@dataclass(frozen=True, slots=True)
class RetryBudgetUsedUp(Event):
    """So many attempts failed that no more are repeated on credit. Told again when half was paid back in between."""

    reserve: float
    """How many retries on credit there are: `RetryPolicy.budget_reserve`."""


def _plain(value: Any) -> Any:
    if isinstance(value, Attempt):
        return value.to_dict()
    if isinstance(value, Operation):
        return dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return {str(key): one for key, one in value.items()}
    return round(value, 6) if isinstance(value, float) else value
