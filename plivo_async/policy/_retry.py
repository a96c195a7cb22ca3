"""Whether an attempt is followed by another one, and when."""

import math
import sys
from dataclasses import dataclass
from enum import StrEnum

from .._errors import invalid
from .._public import public
from ._attempt import Attempt, AttemptOutcome, Obstacle
from ._effect import Effect

_RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504})


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """What is retried, how long between two attempts, and how much in all.

    Retried are 408, 429, 500, 502, 503, 504, answers that aren't Plivo's and transport errors, where repeating is
    harmless: always when nothing was sent or when Plivo refused (429); after an unclear attempt only if the operation
    is safe or idempotent.

    The wait before attempt n + 1 is drawn evenly from 0 to `min(max_delay, base_delay * 2 ** (n - 1))`: full jitter.
    The first wait is 0 to 0.25 s, the fourth 0 to 2 s. A `Retry-After` is a floor under it.

    Raises:
        InvalidArgumentError: A value is out of its range.
    """

    max_attempts: int = 5
    """Attempts in all, the first included; at least 1. 1 turns retries off."""
    base_delay: float = 0.25
    """Seconds, the bound of the first wait; at least 0."""
    max_delay: float = 8.0
    """Seconds, the bound of every wait; at least `base_delay`."""
    max_retry_after: float = 60.0
    """Seconds; a longer `Retry-After` is taken for this long."""
    budget_reserve: float = 100.0
    """How many retries the client may have on credit before it stops repeating; at least 1."""
    budget_ratio: float = 0.2
    """How much of a retry one success pays back; 0.2 lets one request in six be a retry for ever."""
    longest_outage: float = 900.0
    """Seconds for which a batch waits while it gets no clear answer at all, before it ends with the rest not attempted.
    Where the name doesn't resolve, nobody listens, or something else than Plivo answers, it is 30 at most; where the
    certificate isn't trusted, three attempts in a row. `math.inf` waits for ever, but for these."""

    def __post_init__(self) -> None:
        _at_least("max_attempts", self.max_attempts, 1, sys.maxsize)
        _at_least("base_delay", self.base_delay, 0, sys.float_info.max)
        _at_least("max_delay", self.max_delay, self.base_delay, sys.float_info.max)
        _at_least("max_retry_after", self.max_retry_after, 0)
        _at_least("budget_reserve", self.budget_reserve, 1)
        _at_least("budget_ratio", self.budget_ratio, 0, sys.float_info.max)
        _at_least("longest_outage", self.longest_outage, 0)
        if self.max_attempts != int(self.max_attempts):
            raise invalid("RetryPolicy.max_attempts", f"must be a whole number, not {self.max_attempts!r}")

    def delay(self, attempts_made: int, retry_after: float | None, random: float) -> float:
        """Seconds to wait after `attempts_made` attempts.

        Args:
            attempts_made: At least 1.
            retry_after: What the last answer asked for, in seconds; None if nothing.
            random: Evenly drawn from [0, 1).
        """
        doublings = min(max(attempts_made - 1, 0), 1000)
        backoff = random * min(self.max_delay, self.base_delay * 2.0**doublings)
        return backoff if retry_after is None else max(backoff, min(retry_after, self.max_retry_after))


class Reason(StrEnum):
    """Why there is no further attempt."""

    FINAL = "the answer is final"
    UNREPEATABLE = "it must not be carried out twice"
    OBSTACLE = "repeating it won't change that"
    ATTEMPTS = "all attempts are used up"
    DEADLINE = "the deadline leaves no time for another attempt"
    BUDGET = "the retry budget is used up: too many requests fail at present"


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Another attempt, not before the instant `at` (monotonic seconds)."""

    at: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No further attempt."""

    reason: Reason


def decide(
    policy: RetryPolicy,
    effect: Effect,
    attempt: Attempt,
    *,
    attempts_made: int,
    now: float,
    deadline: float,
    random: float,
    budget_allows: bool = True,
) -> RetryAt | GiveUp:
    """Decide what follows an attempt that didn't succeed.

    Args:
        policy: The rules.
        effect: What repeating the operation does.
        attempt: The last attempt.
        attempts_made: How many there were, this one included, without those that don't count: while the limit is being
            learnt a 429 is the account's business and not the request's. `max_attempts=1` is not repeated even so.
        now: Monotonic seconds.
        deadline: Monotonic seconds; `math.inf` if there is none.
        random: Evenly drawn from [0, 1).
        budget_allows: Whether the retry budget has something left; a 429 is not charged to it.
    """
    refused = attempt.outcome is AttemptOutcome.REFUSED
    if not _transient(attempt):
        return GiveUp(Reason.FINAL)
    if attempt.outcome is AttemptOutcome.UNCLEAR and not effect.repeatable:
        return GiveUp(Reason.UNREPEATABLE)
    if attempt.obstacle is Obstacle.CERTIFICATE:
        return GiveUp(Reason.OBSTACLE)
    if max(attempts_made, 1) >= policy.max_attempts:
        return GiveUp(Reason.ATTEMPTS)
    if not budget_allows and not refused:
        return GiveUp(Reason.BUDGET)
    at = now + policy.delay(attempts_made, attempt.retry_after, random)
    return GiveUp(Reason.DEADLINE) if at >= deadline else RetryAt(at)


def _transient(attempt: Attempt) -> bool:
    if attempt.outcome is AttemptOutcome.ANSWERED:
        return False
    return attempt.status_code is None or attempt.status_code < 500 or attempt.status_code in _RETRIED_STATUSES


def _at_least(name: str, value: float, least: float, most: float = math.inf) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        finite = "" if most == math.inf else "finite "
        raise invalid(f"RetryPolicy.{name}", f"must be a {finite}number of at least {least:g}, not {value!r}")
