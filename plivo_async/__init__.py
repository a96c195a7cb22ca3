"""Async client for Plivo Multiparty Calls: known outcomes, paced batches, and an emulator to try it on."""

import typing

from ._version import __version__

if typing.TYPE_CHECKING:
    from ._client import BASE_URL, AsyncClient, Statistics
    from ._errors import (
        ActivationFailures,
        AuthenticationError,
        BadRequestError,
        DecodeError,
        InvalidArgumentError,
        NoAnswerError,
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
    from ._options import TimeoutOption
    from ._unset import UNSET, Unset
    from .batch import Activation, ActivationReport, ActivationStream, ConferenceId
    from .models import (
        Accepted,
        AddedParticipant,
        DialledCall,
        MultiPartyCall,
        PageMeta,
        Participant,
        ParticipantUpdate,
        Playback,
        Recording,
    )
    from .policy import ActivationOutcome, Attempt, AttemptOutcome, Confirm, Obstacle, RateLimit, RetryPolicy
    from .resources import (
        CallbackOptions,
        ConferenceFilters,
        MembersHandle,
        MultiPartyCallHandle,
        MultiPartyCalls,
        OnOutcome,
        Page,
        Pages,
        ParticipantHandle,
        RequestOptions,
    )
    from .wire import (
        ConfirmKey,
        Destination,
        DialOptions,
        EventGroup,
        FileFormat,
        HttpMethod,
        ParticipantOptions,
        Role,
        Status,
        TrackType,
    )

__all__ = [
    "BASE_URL",
    "UNSET",
    "Accepted",
    "Activation",
    "ActivationFailures",
    "ActivationOutcome",
    "ActivationReport",
    "ActivationStream",
    "AddedParticipant",
    "AsyncClient",
    "Attempt",
    "AttemptOutcome",
    "AuthenticationError",
    "BadRequestError",
    "CallbackOptions",
    "ConferenceFilters",
    "ConferenceId",
    "Confirm",
    "ConfirmKey",
    "DecodeError",
    "Destination",
    "DialOptions",
    "DialledCall",
    "EventGroup",
    "FileFormat",
    "HttpMethod",
    "InvalidArgumentError",
    "MembersHandle",
    "MultiPartyCall",
    "MultiPartyCallHandle",
    "MultiPartyCalls",
    "NoAnswerError",
    "NotFoundError",
    "NotSentError",
    "Obstacle",
    "OnOutcome",
    "OutcomeUnknownError",
    "Page",
    "PageMeta",
    "Pages",
    "Participant",
    "ParticipantHandle",
    "ParticipantOptions",
    "ParticipantUpdate",
    "PermissionDeniedError",
    "Playback",
    "PlivoError",
    "RateLimit",
    "RateLimitError",
    "Recording",
    "RequestOptions",
    "ResponseError",
    "RetryPolicy",
    "Role",
    "ServerError",
    "Statistics",
    "Status",
    "StatusNotReachedError",
    "TimeoutOption",
    "TrackType",
    "Unset",
    "__version__",
]

_HOMES = {
    "BASE_URL": "_client",
    "UNSET": "_unset",
    "Accepted": "models",
    "Activation": "batch",
    "ActivationFailures": "_errors",
    "ActivationOutcome": "policy",
    "ActivationReport": "batch",
    "ActivationStream": "batch",
    "AddedParticipant": "models",
    "AsyncClient": "_client",
    "Attempt": "policy",
    "AttemptOutcome": "policy",
    "AuthenticationError": "_errors",
    "BadRequestError": "_errors",
    "CallbackOptions": "resources",
    "ConferenceFilters": "resources",
    "ConferenceId": "batch",
    "Confirm": "policy",
    "ConfirmKey": "wire",
    "DecodeError": "_errors",
    "Destination": "wire",
    "DialOptions": "wire",
    "DialledCall": "models",
    "EventGroup": "wire",
    "FileFormat": "wire",
    "HttpMethod": "wire",
    "InvalidArgumentError": "_errors",
    "MembersHandle": "resources",
    "MultiPartyCall": "models",
    "MultiPartyCallHandle": "resources",
    "MultiPartyCalls": "resources",
    "NoAnswerError": "_errors",
    "NotFoundError": "_errors",
    "NotSentError": "_errors",
    "Obstacle": "policy",
    "OnOutcome": "resources",
    "OutcomeUnknownError": "_errors",
    "Page": "resources",
    "PageMeta": "models",
    "Pages": "resources",
    "Participant": "models",
    "ParticipantHandle": "resources",
    "ParticipantOptions": "wire",
    "ParticipantUpdate": "models",
    "PermissionDeniedError": "_errors",
    "Playback": "models",
    "PlivoError": "_errors",
    "RateLimit": "policy",
    "RateLimitError": "_errors",
    "Recording": "models",
    "RequestOptions": "resources",
    "ResponseError": "_errors",
    "RetryPolicy": "policy",
    "Role": "wire",
    "ServerError": "_errors",
    "Statistics": "_client",
    "Status": "wire",
    "StatusNotReachedError": "_errors",
    "TimeoutOption": "_options",
    "TrackType": "wire",
    "Unset": "_unset",
}
"""Where each name lives."""

if not typing.TYPE_CHECKING:  # a type checker that saw this function would believe in every name

    def __getattr__(name):
        """Import a name when it is first used: httpx and all the rest take 0.1 s, `import plivo_async` none of it."""
        from importlib import import_module

        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, getattr(import_module(f".{_HOMES[name]}", __name__), name))

    def __dir__():
        """What is public, imported or not."""
        return sorted({*globals(), *__all__})
