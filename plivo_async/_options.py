"""Options of a client and of one operation: frozen values, checked when they are made."""

import math
import sys
from dataclasses import dataclass, replace
from typing import Literal, get_args

import httpx

from ._errors import invalid
from ._httpx import kind
from ._unset import UNSET, Unset
from .policy import Priority, RetryPolicy

TimeoutOption = httpx.Timeout | float | None
"""How long one attempt may take: seconds for all of it, an `httpx.Timeout` for its phases; None for no bound."""

PriorityOption = Literal["interactive", "batch"]
"""Who goes first where there is something to wait for: "interactive" ones before a "batch"."""


@dataclass(frozen=True, slots=True)
class AttemptTimeout:
    """How long one attempt may take.

    Attributes:
        total: Seconds for all of it, from when it has a lane; `math.inf` for no bound.
        phases: What httpx takes: seconds to connect, for each write and each read; None where `total` is the only
            bound. None for the pool: who waits for a lane has sent nothing, and only the deadline of the operation
            ends that.
    """

    total: float
    phases: dict[str, float | None]


def attempt_timeout(timeout: TimeoutOption) -> AttemptTimeout:
    """Read a timeout: seconds bound the whole attempt; the phases of an `httpx.Timeout` bound it by their sum.

    Raises:
        TypeError: It is neither.
        InvalidArgumentError: It is not positive.
    """
    if isinstance(timeout, httpx.Timeout):
        phases = [math.inf if phase is None else phase for phase in (timeout.connect, timeout.write, timeout.read)]
        if not all(phase > 0 for phase in phases):
            raise invalid(
                "timeout", f"must be more than 0 seconds in each phase, not {timeout!r}; None means no timeout"
            )
        total = sum(phases)
        return AttemptTimeout(total, {**timeout.as_dict(), "pool": None})
    unbound = dict.fromkeys(("connect", "read", "write", "pool"))
    if timeout is None:
        return AttemptTimeout(math.inf, unbound)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout must be seconds, an httpx.Timeout or None, not {kind(timeout)}")
    if not timeout > 0:
        raise invalid("timeout", f"must be more than 0 seconds, not {timeout!r}; None means no timeout")
    return AttemptTimeout(float(timeout), unbound)


@dataclass(frozen=True, slots=True)
class Options:
    """What one operation goes by.

    Attributes:
        timeout: How long one attempt may take.
        retry: What is repeated.
        deadline: Seconds for an operation that is given no deadline of its own; `math.inf` for no bound.
        priority: Whose permits and connections come first.
    """

    timeout: AttemptTimeout
    retry: RetryPolicy
    deadline: float = math.inf
    priority: Priority = Priority.INTERACTIVE

    def within(self, deadline: float | None) -> float:
        """Check the deadline of one operation; None takes the client's.

        Raises:
            InvalidArgumentError, TypeError: It is wrong.
        """
        return self.deadline if deadline is None else seconds("deadline", deadline)

    def merged(
        self,
        timeout: TimeoutOption | Unset = UNSET,
        retry: RetryPolicy | Unset = UNSET,
        deadline: float | Unset | None = UNSET,
        priority: PriorityOption | Unset = UNSET,
    ) -> "Options":
        """The same with what is given."""
        merged = self
        if timeout is not UNSET:
            merged = replace(merged, timeout=attempt_timeout(timeout))
        if retry is not UNSET:
            merged = replace(merged, retry=checked_retry(retry))
        if deadline is not UNSET:
            merged = replace(merged, deadline=seconds("deadline", deadline))
        if priority is not UNSET:
            merged = replace(merged, priority=_priority(priority))
        return merged


def _priority(name: object) -> Priority:
    if name not in get_args(PriorityOption):
        raise invalid("priority", f"must be 'interactive' or 'batch', not {name!r}")
    return Priority[str(name).upper()]


def checked_retry(retry: object) -> RetryPolicy:
    """Check the type of a retry policy.

    Raises:
        TypeError: It is none.
    """
    if not isinstance(retry, RetryPolicy):
        raise TypeError(f"retry must be a RetryPolicy, not {type(retry).__name__}; RetryPolicy(max_attempts=1) is none")
    return retry


def seconds(name: str, value: float | None) -> float:
    """Check a duration that a caller gave; None is `math.inf`, and so is what no float can hold.

    Raises:
        TypeError: It is no number.
        InvalidArgumentError: It is negative or not a number.
    """
    if value is None:
        return math.inf
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be seconds, not {type(value).__name__}")
    if not value >= 0:  # nor is NaN
        raise invalid(name, f"must be at least 0 seconds, not {value!r}")
    return float(value) if value <= sys.float_info.max else math.inf
