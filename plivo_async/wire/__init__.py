"""Values to requests, and answers to values: no I/O, no clock."""

from ._account import Account
from ._add_participant import add_participant
from ._callback import Callback, callback, deferred
from ._checks import HttpMethod, call_uuid, in_utc
from ._destinations import Destination
from ._headers import retry_after, server_time
from ._lists import Status, list_conferences, list_participants
from ._looks import read_look
from ._members import Members, member, members
from ._messages import Answer, Request, activate, end, retrieve, shortened
from ._names import Conference, check_path, conference, conference_by_uuid
from ._paging import next_page, offset_of, page_at
from ._participant_options import ConfirmKey, DialOptions, EventGroup, ParticipantOptions, Role
from ._participants import kick, retrieve_participant, update
from ._playback import play, speak, stop_playing, stop_speaking
from ._recordings import FileFormat, TrackType, pause_recording, resume_recording, start_recording, stop_recording

__all__ = [
    "Account",
    "Answer",
    "Callback",
    "Conference",
    "ConfirmKey",
    "Destination",
    "DialOptions",
    "EventGroup",
    "FileFormat",
    "HttpMethod",
    "Members",
    "ParticipantOptions",
    "Request",
    "Role",
    "Status",
    "TrackType",
    "activate",
    "add_participant",
    "call_uuid",
    "callback",
    "check_path",
    "conference",
    "conference_by_uuid",
    "deferred",
    "end",
    "in_utc",
    "kick",
    "list_conferences",
    "list_participants",
    "member",
    "members",
    "next_page",
    "offset_of",
    "page_at",
    "pause_recording",
    "play",
    "read_look",
    "resume_recording",
    "retrieve",
    "retrieve_participant",
    "retry_after",
    "server_time",
    "shortened",
    "speak",
    "start_recording",
    "stop_playing",
    "stop_recording",
    "stop_speaking",
    "update",
]
