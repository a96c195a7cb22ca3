"""Who is, or was, in a conference."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from ._bills import billed, price, seconds
from ._legs import Leg
from ._values import Hook, Role

ExitCause = Literal[
    "Participant Call Hangup",
    "Kicked Out of Multiparty Call",
    "Multiparty Call Ended",
    "Participant Call Transferred",
]
"""Why a participant left, spelt as on the wire. Source: Plivo docs, Multiparty Call, and captures."""


@dataclass(slots=True, eq=False, kw_only=True)
class Participant:
    """One stay of one call in one conference. A call that comes back is another participant."""

    member_id: str
    """Decimal digits, counted through the account. Opaque at Plivo: the scope of its uniqueness is unverified."""
    mpc_uuid: str
    leg: Leg
    role: Role
    join_time: datetime
    """Aware, in UTC, whole seconds, like `exit_time`."""
    coach_mode: bool = False
    """Only agents hear it; always False for others than supervisors. This, `mute` and `hold` are null on the wire
    after it has left."""
    mute: bool = False
    hold: bool = False
    """Nobody is heard who is held (Plivo docs); that this doesn't show in `mute` is inferred."""
    start_mpc_on_enter: bool = True
    end_mpc_on_exit: bool = False
    exit_time: datetime | None = None
    """None while it is present."""
    exit_cause: ExitCause | None = None
    dialled: bool = False
    """Called by the request to add it, and so hung up with the conference; other calls live on."""
    record_participant_track: bool = False
    on_exit_action: Hook | None = None

    @property
    def call_uuid(self) -> str:
        """Of its call. Not unique: a call may leave and come back."""
        return self.leg.call_uuid

    @property
    def member_address(self) -> str:
        """Its number without a leading "+", or its SIP URI."""
        return self.leg.far_end

    @property
    def present(self) -> bool:
        """It has not left."""
        return self.exit_time is None

    @property
    def duration(self) -> int | None:
        """Seconds from joining to leaving; None while it is present."""
        return None if self.exit_time is None else seconds(self.join_time, self.exit_time)

    @property
    def billed_duration(self) -> int | None:
        """The same rounded up to 60 s; None while it is present. Inferred from captures."""
        return None if self.duration is None else billed(self.duration)

    @property
    def billed_amount(self) -> Decimal | None:
        """USD with five decimals: 0.005 for each minute begun; None while it is present. Inferred from captures."""
        return None if self.billed_duration is None else price(self.billed_duration)
