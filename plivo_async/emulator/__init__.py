"""Plivo's API for conferences, calls and recordings, emulated: a server for tests that tells the truth.

It shares no code with the client, so that a mistake of one can't hide in the other.
"""

import typing

if typing.TYPE_CHECKING:
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

_HOMES = {
    name: home
    for home, names in {
        "_callback_view": "IncomingCall",
        "_chance": "Faults",
        "_emulator": "Emulator",
        "_faults": "Fault",
        "_limit": "Limit",
        "_log": "Counts Request",
        "_recipes": "MEANINGS Meaning",
        "calling_back._deliveries": "Delivery DeliveryTry",
        "calling_back._letters": "CallbackAnswer CallbackRequest",
        "world._callbacks": "CallbackRecord",
        "world._causes": "HANGUP_CAUSES",
        "world._conferences": "Conference",
        "world._legs": "Leg",
        "world._office": "AccountFacts Application Number Subaccount",
        "world._participants": "Participant",
        "world._phones": "Phone",
        "world._recordings": "Recording",
        "world._settings": "Settings",
        "world._values": "Applied",
    }.items()
    for name in names.split()
}
"""Where each name lives: as the imports above say, which no interpreter reads."""

if not typing.TYPE_CHECKING:  # a type checker that saw this function would believe in every name

    def __getattr__(name):
        """Import a name when it is first used: a help text that lists faults needs no server."""
        from importlib import import_module

        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, getattr(import_module(f".{_HOMES[name]}", __name__), name))

    def __dir__():
        """What is public, imported or not."""
        return sorted({*globals(), *__all__})
