"""Plivo's API for conferences, calls and recordings, emulated: a server for tests that tells the truth.

It shares no code with the client, so that a mistake of one can't hide in the other.
"""

from ._callback_view import IncomingCall
from ._chance import Faults
from ._emulator import Emulator
from ._faults import Fault
from ._limit import Limit
from ._log import Counts, Request
from ._recipes import MEANINGS, Meaning
from .calling_back._deliveries import Delivery, DeliveryTry
from .calling_back._letters import CallbackAnswer, CallbackRequest
from .world._callbacks import CallbackRecord
from .world._causes import HANGUP_CAUSES
from .world._conferences import Conference
from .world._legs import Leg
from .world._office import AccountFacts, Application, Number, Subaccount
from .world._participants import Participant
from .world._phones import Phone
from .world._recordings import Recording
from .world._settings import Settings
from .world._values import Applied

__all__ = [
    "HANGUP_CAUSES",
    "MEANINGS",
    "AccountFacts",
    "Application",
    "Applied",
    "CallbackAnswer",
    "CallbackRecord",
    "CallbackRequest",
    "Conference",
    "Counts",
    "Delivery",
    "DeliveryTry",
    "Emulator",
    "Fault",
    "Faults",
    "IncomingCall",
    "Leg",
    "Limit",
    "Meaning",
    "Number",
    "Participant",
    "Phone",
    "Recording",
    "Request",
    "Settings",
    "Subaccount",
]
