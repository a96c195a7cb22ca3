"""Async client for Plivo Multiparty Calls: known outcomes, paced batches, and an emulator to try it on.

PYTEST_DONT_REWRITE: pytest looks for assertions in whatever has a plugin, and warns if that was imported before.
"""

import typing

from ._version import __version__

if typing.TYPE_CHECKING:
    from ._base_url import BASE_URL
    from ._client import AsyncClient
    from ._errors import (
        ActivationFailures,
        AuthenticationError,
        BadRequestError,
        CallbackError,
        DecodeError,
        InvalidArgumentError,
        JournalError,
        MalformedCallbackError,
        NoAnswerError,
        NotFoundError,
        NotSentError,
        OutcomeUnknownError,
        PermissionDeniedError,
        PlivoError,
        RateLimitError,
        ResponseError,
        ServerError,
        SharedBudgetError,
        SignatureError,
        StatusNotReachedError,
    )
    from ._options import TimeoutOption
    from ._unset import UNSET, Unset
    from .batch import (
        Activation,
        ActivationReport,
        ActivationStream,
        ConferenceId,
        JournalRun,
        Plan,
        Shard,
        ShardState,
        merge,
        plan,
        split,
    )
    from .models import (
        Accepted,
        AccountFacts,
        AddedParticipant,
        Application,
        Call,
        CallIds,
        CreatedApplication,
        DialledCall,
        LiveCall,
        MadeCall,
        MultiPartyCall,
        Number,
        PageMeta,
        Participant,
        ParticipantUpdate,
        Playback,
        Recording,
        StoredRecording,
        Subaccount,
    )
    from .observing._events import (
        AttemptBegan,
        AttemptEnded,
        BatchBegan,
        BatchEnded,
        Event,
        LimitLowered,
        Observer,
        Operation,
        OperationBegan,
        OperationEnded,
        OutageBegan,
        OutageEnded,
        RetryBudgetUsedUp,
    )
    from .observing._statistics import Statistics
    from .pacing._source import SharedBudget
    from .policy import (
        ActivationOutcome,
        Attempt,
        AttemptOutcome,
        CallOutcome,
        Confirm,
        Obstacle,
        RateLimit,
        RetryPolicy,
    )
    from .resources import (
        AccountResource,
        Applications,
        CallEnd,
        CallHandle,
        CallOutcomes,
        Calls,
        ConferenceFilters,
        DeferredMembersHandle,
        DeferredMultiPartyCallHandle,
        DeferredMultiPartyCalls,
        DeferredParticipantHandle,
        Dial,
        EventBus,
        Events,
        JournalPath,
        MaybeSent,
        MembersHandle,
        MultiPartyCallHandle,
        MultiPartyCalls,
        Numbers,
        OnOutcome,
        OnReport,
        Page,
        Pages,
        ParticipantHandle,
        Reached,
        Recordings,
        RecordingStream,
        Timeline,
        TimelineEntry,
    )
    from .wire import (
        ApplicationOptions,
        CallFilters,
        CallOptions,
        ChannelType,
        ConfirmKey,
        Destination,
        DialOptions,
        Direction,
        EventGroup,
        FileFormat,
        HttpMethod,
        Legs,
        LiveCallFilters,
        MachineDetection,
        NumberType,
        ParticipantOptions,
        RecordingFilters,
        Role,
        SpeechType,
        Status,
        StirVerification,
        TrackType,
        TranscriptionType,
    )

__all__ = [
    "BASE_URL",
    "UNSET",
    "Accepted",
    "AccountFacts",
    "AccountResource",
    "Activation",
    "ActivationFailures",
    "ActivationOutcome",
    "ActivationReport",
    "ActivationStream",
    "AddedParticipant",
    "Application",
    "ApplicationOptions",
    "Applications",
    "AsyncClient",
    "Attempt",
    "AttemptBegan",
    "AttemptEnded",
    "AttemptOutcome",
    "AuthenticationError",
    "BadRequestError",
    "BatchBegan",
    "BatchEnded",
    "Call",
    "CallEnd",
    "CallFilters",
    "CallHandle",
    "CallIds",
    "CallOptions",
    "CallOutcome",
    "CallOutcomes",
    "CallbackError",
    "Calls",
    "ChannelType",
    "ConferenceFilters",
    "ConferenceId",
    "Confirm",
    "ConfirmKey",
    "CreatedApplication",
    "DecodeError",
    "DeferredMembersHandle",
    "DeferredMultiPartyCallHandle",
    "DeferredMultiPartyCalls",
    "DeferredParticipantHandle",
    "Destination",
    "Dial",
    "DialOptions",
    "DialledCall",
    "Direction",
    "Event",
    "EventBus",
    "EventGroup",
    "Events",
    "FileFormat",
    "HttpMethod",
    "InvalidArgumentError",
    "JournalError",
    "JournalPath",
    "JournalRun",
    "Legs",
    "LimitLowered",
    "LiveCall",
    "LiveCallFilters",
    "MachineDetection",
    "MadeCall",
    "MalformedCallbackError",
    "MaybeSent",
    "MembersHandle",
    "MultiPartyCall",
    "MultiPartyCallHandle",
    "MultiPartyCalls",
    "NoAnswerError",
    "NotFoundError",
    "NotSentError",
    "Number",
    "NumberType",
    "Numbers",
    "Observer",
    "Obstacle",
    "OnOutcome",
    "OnReport",
    "Operation",
    "OperationBegan",
    "OperationEnded",
    "OutageBegan",
    "OutageEnded",
    "OutcomeUnknownError",
    "Page",
    "PageMeta",
    "Pages",
    "Participant",
    "ParticipantHandle",
    "ParticipantOptions",
    "ParticipantUpdate",
    "PermissionDeniedError",
    "Plan",
    "Playback",
    "PlivoError",
    "RateLimit",
    "RateLimitError",
    "Reached",
    "Recording",
    "RecordingFilters",
    "RecordingStream",
    "Recordings",
    "ResponseError",
    "RetryBudgetUsedUp",
    "RetryPolicy",
    "Role",
    "ServerError",
    "Shard",
    "ShardState",
    "SharedBudget",
    "SharedBudgetError",
    "SignatureError",
    "SpeechType",
    "Statistics",
    "Status",
    "StatusNotReachedError",
    "StirVerification",
    "StoredRecording",
    "Subaccount",
    "Timeline",
    "TimelineEntry",
    "TimeoutOption",
    "TrackType",
    "TranscriptionType",
    "Unset",
    "__version__",
    "merge",
    "plan",
    "split",
]

_HOMES = {
    name: home
    for home, names in {
        "_base_url": "BASE_URL",
        "_client": "AsyncClient",
        "_errors": """
            ActivationFailures AuthenticationError BadRequestError CallbackError DecodeError InvalidArgumentError
            JournalError MalformedCallbackError NoAnswerError NotFoundError NotSentError OutcomeUnknownError
            PermissionDeniedError PlivoError RateLimitError ResponseError ServerError SharedBudgetError SignatureError
            StatusNotReachedError
        """,
        "_options": "TimeoutOption",
        "_unset": "UNSET Unset",
        "batch": """
            Activation ActivationReport ActivationStream ConferenceId JournalRun Plan Shard ShardState merge plan split
        """,
        "models": """
            Accepted AccountFacts AddedParticipant Application Call CallIds CreatedApplication DialledCall LiveCall
            MadeCall MultiPartyCall Number PageMeta Participant ParticipantUpdate Playback Recording StoredRecording
            Subaccount
        """,
        "observing._events": """
            AttemptBegan AttemptEnded BatchBegan BatchEnded Event LimitLowered Observer Operation OperationBegan
            OperationEnded OutageBegan OutageEnded RetryBudgetUsedUp
        """,
        "observing._statistics": "Statistics",
        "pacing._source": "SharedBudget",
        "policy": """
            ActivationOutcome Attempt AttemptOutcome CallOutcome Confirm Obstacle RateLimit RetryPolicy
        """,
        "resources": """
            AccountResource Applications CallEnd CallHandle CallOutcomes Calls ConferenceFilters DeferredMembersHandle
            DeferredMultiPartyCallHandle DeferredMultiPartyCalls DeferredParticipantHandle Dial EventBus Events
            JournalPath MaybeSent MembersHandle MultiPartyCallHandle MultiPartyCalls Numbers OnOutcome OnReport Page
            Pages ParticipantHandle Reached RecordingStream Recordings Timeline TimelineEntry
        """,
        "wire": """
            ApplicationOptions CallFilters CallOptions ChannelType ConfirmKey Destination DialOptions Direction
            EventGroup FileFormat HttpMethod Legs LiveCallFilters MachineDetection NumberType ParticipantOptions
            RecordingFilters Role SpeechType Status StirVerification TrackType TranscriptionType
        """,
    }.items()
    for name in names.split()
}
"""Where each name lives: as the imports above say, which no interpreter reads."""

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
