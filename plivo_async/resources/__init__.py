"""The resources of an account: the methods people call."""

from ._account import AccountResource, Applications, Numbers
from ._activating import OnOutcome, OnReport
from ._call_handle import CallHandle
from ._calls import Calls
from ._conference_handle import MultiPartyCallHandle
from ._deferred import (
    DeferredMembersHandle,
    DeferredMultiPartyCallHandle,
    DeferredMultiPartyCalls,
    DeferredParticipantHandle,
)
from ._earlier import JournalPath, MaybeSent
from ._legs import CallEnd
from ._many_legs import CallOutcomes
from ._members_handle import MembersHandle
from ._multiparty_calls import MultiPartyCalls
from ._operation import Operations
from ._pages import Page, Pages
from ._participant_handle import ParticipantHandle
from ._recordings import Recordings, RecordingStream
from ._request_options import ConferenceFilters
from .following import Dial, EventBus, Events, Hub, Reached, Timeline, TimelineEntry

__all__ = [
    "AccountResource",
    "Applications",
    "CallEnd",
    "CallHandle",
    "CallOutcomes",
    "Calls",
    "ConferenceFilters",
    "DeferredMembersHandle",
    "DeferredMultiPartyCallHandle",
    "DeferredMultiPartyCalls",
    "DeferredParticipantHandle",
    "Dial",
    "EventBus",
    "Events",
    "Hub",
    "JournalPath",
    "MaybeSent",
    "MembersHandle",
    "MultiPartyCallHandle",
    "MultiPartyCalls",
    "Numbers",
    "OnOutcome",
    "OnReport",
    "Operations",
    "Page",
    "Pages",
    "ParticipantHandle",
    "Reached",
    "RecordingStream",
    "Recordings",
    "Timeline",
    "TimelineEntry",
]
