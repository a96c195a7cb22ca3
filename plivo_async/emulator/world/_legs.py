"""Calls, and why they end: what Plivo calls a leg of a conference."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from ._values import Hook

CallStatus = Literal[
    "queued", "ringing", "in-progress", "completed", "busy", "failed", "timeout", "no-answer", "cancel"
]
"""What a call does, spelt as in callbacks (but for `queued`, of which none is told). Source: Plivo docs, Voice."""

HANGUP_CAUSES: Mapping[int, str] = MappingProxyType(
    {
        1000: "Canceled",
        2000: "Invalid Destination Address",
        3000: "No Answer",
        3010: "Busy Line",
        3020: "Rejected",
        4000: "Normal Hangup",
        4020: "Multiparty Call Ended",
        4030: "Kicked Out Of Multiparty Call",
        6010: "Ring Timeout Reached",
        9000: "Lost Race",
        9110: "Confirm Key Challenge Failed",
    }
)
"""Why a call ended, by code; no relation to `CAUSES` of a conference. Source: Plivo docs, Hangup causes."""


@dataclass(slots=True, eq=False, kw_only=True)
class Leg:
    """One call: to a phone that was dialled, or from one that dialled in. All of it as of the last look.

    Look again with `Phone.calls` or any other reading of the `Emulator`.
    """

    call_uuid: str
    from_: str
    """Without a leading "+", as in Plivo's answers; a `sip:` URI as it is."""
    to: str
    """Likewise."""
    direction: Literal["inbound", "outbound"]
    status: CallStatus
    request_uuid: str = ""
    """Of the request to add a participant that dialled it; empty for others."""
    ring_timeout: int = 45
    """Seconds that it may ring."""
    rang_at: float | None = None
    """Seconds since the emulator started when it got to its phone; None until then, and for a call that came in."""
    answered_at: float | None = None
    """Likewise; None if it never was."""
    ended_at: float | None = None
    hangup_cause_code: int | None = None
    """A key of `HANGUP_CAUSES`; None until it ended."""
    mpc_uuid: str | None = None
    """The conference that it is in now."""
    member_id: str | None = None
    """Whom it is there."""
    callback: Hook | None = field(default=None, repr=False)
    """Where its state is told."""

    @property
    def live(self) -> bool:
        """Answered, and not over."""
        return self.status == "in-progress"

    @property
    def over(self) -> bool:
        """It has ended, answered or not."""
        return self.ended_at is not None

    @property
    def hangup_cause(self) -> str | None:
        """Why it ended, in words; None until it ended."""
        return None if self.hangup_cause_code is None else HANGUP_CAUSES[self.hangup_cause_code]

    @property
    def far_end(self) -> str:
        """The number or URI of the phone."""
        return self.from_ if self.direction == "inbound" else self.to
