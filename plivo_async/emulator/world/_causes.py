"""Why calls end: the codes, how they are told, and what they say of a call that nobody answered.

Source: Plivo docs, Hangup causes, and captured callbacks; 5030 from its pages on India. Where no source is said, the
switch's word, the source and the status are inferred.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from ._voice_settings import VoiceSettings

Outcome = Literal["answered", "busy", "no_answer", "rejected", "failed", "cancelled"]
"""How a call really ended."""

CallStatus = Literal[
    "queued", "ringing", "in-progress", "completed", "busy", "failed", "timeout", "no-answer", "cancel"
]
"""What a call does, spelt as in callbacks (but for `queued`, of which none is told). Source: Plivo docs, Voice."""

_CLEARING, _BUSY, _SILENT = "NORMAL_CLEARING", "USER_BUSY", "NO_ANSWER"
_REJECTED, _UNKNOWN_NUMBER, _BROKEN = "CALL_REJECTED", "UNALLOCATED_NUMBER", "NETWORK_OUT_OF_ORDER"


class Cause(NamedTuple):
    """A hangup cause."""

    name: str
    outcome: Outcome
    """Of a call that nobody answered."""
    word: str
    """The switch's own, as in `HangupCause` of a callback."""
    source: str
    """Whose doing it is, unless it is known otherwise."""


_TABLE: dict[int, Cause] = {
    0: Cause("Unknown", "failed", _CLEARING, "Unknown"),
    1000: Cause("Canceled", "cancelled", "ORIGINATOR_CANCEL", "API Request"),
    1010: Cause("Canceled (Out Of Credits)", "failed", _REJECTED, "Plivo"),
    1020: Cause("Canceled (Simultaneous dial limit reached)", "failed", _REJECTED, "Plivo"),
    2000: Cause("Invalid Destination Address", "failed", _UNKNOWN_NUMBER, "Plivo"),
    2010: Cause("Destination Out Of Service", "failed", _BROKEN, "Plivo"),
    2020: Cause("Endpoint Not Registered", "failed", _BROKEN, "Plivo"),
    2030: Cause("Destination Country Barred", "failed", _REJECTED, "Plivo"),
    2040: Cause("Destination Number Barred", "failed", _REJECTED, "Plivo"),
    2050: Cause("Destination Prefix Barred", "failed", _REJECTED, "Plivo"),
    2060: Cause("Loop Detected", "failed", _REJECTED, "Plivo"),
    2070: Cause("Violates Media Anchoring", "failed", _REJECTED, "Plivo"),
    3000: Cause("No Answer", "no_answer", _SILENT, "Carrier"),
    3010: Cause("Busy Line", "busy", _BUSY, "Carrier"),
    3020: Cause("Rejected", "rejected", _REJECTED, "Callee"),
    3030: Cause("Unknown Caller ID", "failed", _REJECTED, "Carrier"),
    3040: Cause("Forbidden", "rejected", _REJECTED, "Carrier"),
    3050: Cause("Unallocated number", "failed", _UNKNOWN_NUMBER, "Carrier"),
    3070: Cause("Request timeout", "failed", _BROKEN, "Carrier"),
    3080: Cause("Internal server error from carrier", "failed", _BROKEN, "Carrier"),
    3090: Cause("Network congestion from carrier", "failed", _BROKEN, "Carrier"),
    3100: Cause("Busy everywhere", "busy", _BUSY, "Carrier"),
    3110: Cause("Declined", "rejected", _REJECTED, "Carrier"),
    3120: Cause("User does not exist anywhere", "failed", _UNKNOWN_NUMBER, "Carrier"),
    3130: Cause("Spam block", "failed", _REJECTED, "Carrier"),
    3140: Cause("DNO Caller ID", "failed", _REJECTED, "Carrier"),
    4000: Cause("Normal Hangup", "cancelled", _CLEARING, "Caller"),
    4010: Cause("End Of XML Instructions", "cancelled", _CLEARING, "Plivo"),
    4020: Cause("Multiparty Call Ended", "cancelled", _CLEARING, "Plivo"),
    4030: Cause("Kicked Out Of Multiparty Call", "cancelled", _CLEARING, "API Request"),
    4210: Cause("sip_auth_failed", "failed", _REJECTED, "Carrier"),
    4240: Cause("sip_auth_failed", "failed", _REJECTED, "Carrier"),
    4250: Cause("sip_auth_timeout", "failed", _REJECTED, "Carrier"),
    5000: Cause("Network Error", "failed", _BROKEN, "Plivo"),
    5010: Cause("Internal Error", "failed", _BROKEN, "Plivo"),
    5020: Cause("Routing Error", "failed", _BROKEN, "Plivo"),
    5030: Cause("Concurrency Limit Breached", "failed", _REJECTED, "Plivo"),
    6000: Cause("Scheduled Hangup", "cancelled", _CLEARING, "Plivo"),
    6010: Cause("Ring Timeout Reached", "no_answer", _SILENT, "Plivo"),
    6020: Cause("Media Timeout", "failed", _CLEARING, "Plivo"),
    9000: Cause("Lost Race", "cancelled", "LOSE_RACE", "Plivo"),
    9100: Cause("Machine Detected", "no_answer", _CLEARING, "Plivo"),
    9110: Cause("Confirm Key Challenge Failed", "rejected", _CLEARING, "Plivo"),
}
for _digit, _url in enumerate(("Answer", "Action", "Transfer", "Redirect"), start=1):
    _TABLE[7010 + _digit] = Cause(f"Error Reaching {_url} URL", "failed", _CLEARING, "Error")
    _TABLE[8010 + _digit] = Cause(f"Invalid {_url} XML", "failed", _CLEARING, "Error")
    if _url != "Answer":
        _TABLE[7020 + _digit] = Cause(f"Invalid {_url} URL", "failed", _CLEARING, "Error")
        _TABLE[7030 + _digit] = Cause(f"Invalid Method For {_url} URL", "failed", _CLEARING, "Error")

CAUSES: Mapping[int, Cause] = MappingProxyType(dict(sorted(_TABLE.items())))
"""All of them by code."""

HANGUP_CAUSES: Mapping[int, str] = MappingProxyType({code: cause.name for code, cause in CAUSES.items()})
"""Why a call ended, by code; no relation to the causes of a conference's end. Source: Plivo docs, Hangup causes."""

BEFORE_DIALLING = frozenset({1010, 1020, 2030, 2040, 2050, 5030})
"""Those for which a call is refused before anything is dialled."""

BARRED = frozenset({2030, 2040, 2050})
"""Those that stand for a destination which the account may not call."""

_PICKED_UP_IN_VAIN = (9100, 9110)


def fate(code: int, *, answered: bool) -> Outcome:
    """How a call ended that ended with that code: a machine, and who didn't press the key, is nobody's answer."""
    return "answered" if answered and code not in _PICKED_UP_IN_VAIN else CAUSES[code].outcome


def source_of(code: int, *, answered: bool, inbound: bool) -> str:
    """Whose doing it is, if nobody knows better: who hangs up after an answer is the phone's owner."""
    if code == 4000 and answered:
        return "Caller" if inbound else "Callee"
    return CAUSES[code].source


def final_status(code: int, settings: VoiceSettings, *, answered: bool) -> CallStatus:
    """The last status that is told. 3010 and `busy` are captured; which goes with most others is unverified."""
    if answered or settings.unanswered_status == "completed":
        return "completed"
    if code == 6010:
        return settings.ring_timeout_status
    if code == 3070:
        return "timeout"
    by_outcome: dict[Outcome, CallStatus] = {
        "busy": "busy",
        "no_answer": "no-answer",
        "rejected": settings.rejected_status,
        "cancelled": settings.cancelled_status,
    }
    return by_outcome.get(CAUSES[code].outcome, "failed")
