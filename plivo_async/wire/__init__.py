"""Values to requests, and answers to values: no I/O, no clock."""

from ._account import Account
from ._headers import retry_after, server_time
from ._looks import read_look
from ._messages import Answer, Request, activate, retrieve
from ._names import Room, check_path, room, room_by_uuid

__all__ = [
    "Account",
    "Answer",
    "Request",
    "Room",
    "activate",
    "check_path",
    "read_look",
    "retrieve",
    "retry_after",
    "room",
    "room_by_uuid",
    "server_time",
]
