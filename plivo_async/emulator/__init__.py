"""Plivo's Multiparty Call API, emulated: a server for tests and demonstrations that tells the truth.

It shares no code with the client, so that a mistake of one can't hide in the other.
"""

from ._emulator import Emulator
from ._faults import MEANINGS, Fault, Faults, Meaning
from ._limit import Limit
from ._log import Counts, Request
from ._rooms import Applied, Conference
from ._settings import Settings

__all__ = [
    "MEANINGS",
    "Applied",
    "Conference",
    "Counts",
    "Emulator",
    "Fault",
    "Faults",
    "Limit",
    "Meaning",
    "Request",
    "Settings",
]
