"""What Plivo answers, as frozen dataclasses.

They pickle, copy, compare, hash, print, turn into dictionaries (`dataclasses.asdict`) and serialize in FastAPI.
Timestamps are aware datetimes in UTC, whatever offset Plivo wrote; amounts are `Decimal`. Whatever Plivo adds is kept
in `extra`, and so is what can't be read: such a field is None. Only what makes a thing that thing is required.
"""

from ._calls import Call, CallIds, LiveCall, MadeCall
from ._decode import decode, decode_page
from ._lists import PageMeta
from ._multiparty_calls import MultiPartyCall
from ._participants import AddedParticipant, DialledCall, Participant, ParticipantUpdate
from ._replies import Accepted, Playback, Recording
from ._stored import (
    AccountFacts,
    Application,
    CreatedApplication,
    Number,
    StoredRecording,
    Subaccount,
)

__all__ = [
    "Accepted",
    "AccountFacts",
    "AddedParticipant",
    "Application",
    "Call",
    "CallIds",
    "CreatedApplication",
    "DialledCall",
    "LiveCall",
    "MadeCall",
    "MultiPartyCall",
    "Number",
    "PageMeta",
    "Participant",
    "ParticipantUpdate",
    "Playback",
    "Recording",
    "StoredRecording",
    "Subaccount",
    "decode",
    "decode_page",
]
