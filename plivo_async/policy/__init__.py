"""What is decided, from values alone: no I/O, no clock, no chance; instants and random numbers are handed in."""

from ._activation import ActivationRun
from ._activation_values import (
    CLOCK_MARGIN,
    ActivationOutcome,
    ActivationRules,
    Confirm,
    Look,
    LookStatus,
    News,
    Step,
    Verdict,
)
from ._attempt import DONE_WITH_IT, TOO_MANY_REQUESTS, Attempt, AttemptOutcome, Obstacle, classify
from ._budget import RetryBudget
from ._dial import CallOutcome, Ending, LookAgain, Sight, ended_as, outcome_of
from ._effect import Effect
from ._health import Health
from ._pace import Pace
from ._queue import Priority, WaitQueue
from ._rate_limit import RateLimit
from ._reach import Lowest, Reach
from ._retry import GiveUp, Reason, RetryAt, RetryPolicy, decide
from ._store_url import StoreUrl
from ._width import FIRST_WIDTH, MOST_WIDTH, next_width
from ._window import Window

__all__ = [
    "CLOCK_MARGIN",
    "DONE_WITH_IT",
    "FIRST_WIDTH",
    "MOST_WIDTH",
    "TOO_MANY_REQUESTS",
    "ActivationOutcome",
    "ActivationRules",
    "ActivationRun",
    "Attempt",
    "AttemptOutcome",
    "CallOutcome",
    "Confirm",
    "Effect",
    "Ending",
    "GiveUp",
    "Health",
    "Look",
    "LookAgain",
    "LookStatus",
    "Lowest",
    "News",
    "Obstacle",
    "Pace",
    "Priority",
    "RateLimit",
    "Reach",
    "Reason",
    "RetryAt",
    "RetryBudget",
    "RetryPolicy",
    "Sight",
    "Step",
    "StoreUrl",
    "Verdict",
    "WaitQueue",
    "Window",
    "classify",
    "decide",
    "ended_as",
    "next_width",
    "outcome_of",
]
