"""Plivo's Multiparty Call API, emulated: a server for tests and demonstrations that tells the truth.

It shares no code with the client, so that a mistake of one can't hide in the other.
"""

from ._chance import Faults
from ._emulator import Emulator
from ._faults import Fault
from ._limit import Limit
from ._log import Counts, Request
from ._recipes import MEANINGS, Meaning
from .world._callbacks import CallbackRecord
from .world._conferences import Applied, Conference
from .world._legs import HANGUP_CAUSES, Leg
from .world._participants import Participant
from .world._phones import Phone
from .world._recordings import Recording
from .world._settings import Settings

__all__ = [
    "HANGUP_CAUSES",
    "MEANINGS",
    "Applied",
    "CallbackRecord",
    "Conference",
    "Counts",
    "Emulator",
    "Fault",
    "Faults",
    "Leg",
    "Limit",
    "Meaning",
    "Participant",
    "Phone",
    "Recording",
    "Request",
    "Settings",
]
