"""What Plivo is to do with a call: the XML that answers it."""

from ._dialling import Dial, Number, User
from ._input import GetInput, InputType, Record
from ._multi_party_call import MultiPartyCall
from ._response import Hangup, HangupReason, PreAnswer, Redirect, Response, Step
from ._sounds import Play, Speak, Wait

__all__ = [
    "Dial",
    "GetInput",
    "Hangup",
    "HangupReason",
    "InputType",
    "MultiPartyCall",
    "Number",
    "Play",
    "PreAnswer",
    "Record",
    "Redirect",
    "Response",
    "Speak",
    "Step",
    "User",
    "Wait",
]
