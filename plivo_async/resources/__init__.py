"""The resources of an account: the methods people call."""

from ._activating import OnOutcome, OnReport
from ._deferred import (
    DeferredMembersHandle,
    DeferredMultiPartyCallHandle,
    DeferredMultiPartyCalls,
    DeferredParticipantHandle,
)
from ._earlier import JournalPath, MaybeSent
from ._handle import MultiPartyCallHandle
from ._members import MembersHandle, ParticipantHandle
from ._multiparty_calls import MultiPartyCalls
from ._pages import Page, Pages
from ._request_options import ConferenceFilters

__all__ = [
    "ConferenceFilters",
    "DeferredMembersHandle",
    "DeferredMultiPartyCallHandle",
    "DeferredMultiPartyCalls",
    "DeferredParticipantHandle",
    "JournalPath",
    "MaybeSent",
    "MembersHandle",
    "MultiPartyCallHandle",
    "MultiPartyCalls",
    "OnOutcome",
    "OnReport",
    "Page",
    "Pages",
    "ParticipantHandle",
]
