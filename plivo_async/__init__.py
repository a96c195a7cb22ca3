"""Async client for Plivo Multiparty Calls: known outcomes, paced batches, and an emulator to try it on."""

from ._client import BASE_URL, AsyncClient, Statistics
from ._errors import (
    ActivationFailures,
    AuthenticationError,
    BadRequestError,
    DecodeError,
    NotFoundError,
    NotSentError,
    OutcomeUnknownError,
    PermissionDeniedError,
    PlivoError,
    RateLimitError,
    ResponseError,
    ServerError,
    StatusNotReachedError,
)
from ._version import __version__
from .batch import Activation, ActivationReport, ActivationStream
from .policy import ActivationOutcome, Attempt, AttemptOutcome, RateLimit, RetryPolicy

__all__ = [
    "BASE_URL",
    "Activation",
    "ActivationFailures",
    "ActivationOutcome",
    "ActivationReport",
    "ActivationStream",
    "AsyncClient",
    "Attempt",
    "AttemptOutcome",
    "AuthenticationError",
    "BadRequestError",
    "DecodeError",
    "NotFoundError",
    "NotSentError",
    "OutcomeUnknownError",
    "PermissionDeniedError",
    "PlivoError",
    "RateLimit",
    "RateLimitError",
    "ResponseError",
    "RetryPolicy",
    "ServerError",
    "Statistics",
    "StatusNotReachedError",
    "__version__",
]
