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
    from .batch import Activation, ActivationReport, ActivationStream
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
    from .policy import ActivationOutcome, Attempt, AttemptOutcome, RateLimit, RetryPolicy
    from .resources import (
        CallbackOptions,
        ConferenceFilters,
        MembersHandle,
        MultiPartyCallHandle,
        MultiPartyCalls,
        Page,
        Pages,
        ParticipantHandle,
        RequestOptions,
    )
    from .wire import Destination, DialOptions, ParticipantOptions

__all__ = [
    "BASE_URL",
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
    "DecodeError",
    "Destination",
    "DialOptions",
    "DialledCall",
    "InvalidArgumentError",
    "MembersHandle",
    "MultiPartyCall",
    "MultiPartyCallHandle",
    "MultiPartyCalls",
    "NoAnswerError",
    "NotFoundError",
    "NotSentError",
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
    "ServerError",
    "Statistics",
    "StatusNotReachedError",
    "__version__",
]

_HOMES = ("_errors", "policy", "models", "wire", "batch", "resources", "_client")
"""Where these names live, in the order in which they are looked for."""

if not typing.TYPE_CHECKING:  # a type checker that saw this function would believe in every name

    def __getattr__(name):
        """Import a name when it is first used: httpx and all the rest take 0.1 s, `import plivo_async` none of it."""
        from importlib import import_module

        for home in _HOMES if name in __all__ else ():
            members = vars(import_module(f".{home}", __name__))
            if name in members:
                return globals().setdefault(name, members[name])
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():
        """What is public, imported or not."""
        return sorted({*globals(), *__all__})
