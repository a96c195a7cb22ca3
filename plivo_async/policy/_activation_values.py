"""What is told of an activation on its way, and what is made of it: the words that `_activation` speaks in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from .._public import public
from ._attempt import Attempt
from ._retry import RetryPolicy

Confirm = Literal["always", "ambiguous", "never"]
"""Which 404s are followed by a look: all, those after an unclear attempt, or none."""

CLOCK_MARGIN = 2.0  # inferred: `start_time` and `Date` are whole seconds, each up to one second early


@public
class ActivationOutcome(StrEnum):
    """What became of one activation; the first two are success."""

    ACTIVATED = "activated"
    ALREADY_ACTIVE = "already_active"
    NOT_FOUND = "not_found"
    REJECTED = "rejected"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_ATTEMPTED = "not_attempted"

    @property
    def succeeded(self) -> bool:
        """Whether the conference is live."""
        return self in {ActivationOutcome.ACTIVATED, ActivationOutcome.ALREADY_ACTIVE}


class Step(StrEnum):
    """The next request: `ACTIVATE` is the POST, `LOOK` the GET."""

    ACTIVATE = "activate"
    LOOK = "look"


class LookStatus(StrEnum):
    """What a look can show."""

    ACTIVE = "active"
    INITIALIZED = "initialized"
    NOT_LIVE = "not_live"


@dataclass(frozen=True, slots=True)
class Look:
    """What one look showed.

    Attributes:
        status: The state of the conference.
        started_ago: Seconds since it became active; None if that can't be told.
        margin: By how much it may have been less, in seconds: clocks differ, and tell whole seconds.
        created_at: When it was created, in seconds since 1970 on the server's clock; None if the answer didn't tell.
        started_at: When it became active, likewise.
        uuid: Its MPC UUID; None if the answer didn't tell.
    """

    status: LookStatus
    started_ago: float | None = None
    margin: float = CLOCK_MARGIN
    created_at: float | None = None
    started_at: float | None = None
    uuid: str | None = None


@dataclass(frozen=True, slots=True)
class News:
    """An attempt has come back.

    Attributes:
        attempt: Its record.
        look: What it showed; None after an `ACTIVATE`, or if the answer showed nothing.
        sent_at: Monotonic seconds at which it was sent.
        now: Monotonic seconds.
        random: Evenly drawn from [0, 1), for the waits.
        budget_allows: Whether the retry budget has something left.
        counts: Whether the attempt uses up one of those that may be made; a 429 doesn't while the limit is learnt.
    """

    attempt: Attempt
    look: Look | None
    sent_at: float
    now: float
    random: float
    budget_allows: bool = True
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome, with what it stands on."""

    outcome: ActivationOutcome
    live: bool | None
    confirmed_by: Literal["answer", "lookup"] | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ActivationRules:
    """The settings of a run.

    Attributes:
        retry: What is repeated, and when.
        confirm: Which 404s are settled by a look.
        wait_for: Seconds for which a conference that is not waiting yet is tried again.
    """

    retry: RetryPolicy
    confirm: Confirm = "always"
    wait_for: float = 0.0
