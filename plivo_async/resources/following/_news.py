"""What is told of a conference, a participant or a call, whichever way it came. Plain values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ...models import MultiPartyCall, Participant
from ...policy import Ending

Source = Literal["callback", "look"]
"""Whether Plivo told, or was asked."""

STATUS = {"MPCInitialized": "Initialized", "MPCStart": "Active", "MPCEnd": "Ended"}
"""What a conference is once an event of that name was told."""

JOINED, LEFT = "ParticipantJoin", "ParticipantExit"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that is known to have happened, or to be so.

    Attributes:
        what: The event, by Plivo's name for it. What a look shows is called as the callback that would have told it.
        at: When, on Plivo's clock; None if it doesn't say.
        told_by: Whether a callback told it, or a look shows it.
        mpc_uuid: The conference, in lower case; None if that isn't known.
        mpc_name: Its friendly name; None if that isn't known.
        member_id: The participant; None if it is about none.
        call_uuid: Their phone call, or the call that it is about, in lower case; None if it is about none.
        request_uuid: The request that made the call, in lower case; None if that isn't known.
        role: The participant's; None if that isn't known.
        address: Their number or SIP URI; None if that isn't known.
        sequence: Its place among the events of the conference, by Plivo's count; None without.
        call_status: Of a call; empty if it is about none.
        ending: What is said of the end of a call; None while it goes on, or if it is about none.
        more: What else there is to say of it, in words; nothing private.
    """

    what: str
    at: datetime | None
    told_by: Source
    mpc_uuid: str | None = None
    mpc_name: str | None = None
    member_id: str | None = None
    call_uuid: str | None = None
    request_uuid: str | None = None
    role: str | None = None
    address: str | None = None
    sequence: int | None = None
    call_status: str = ""
    ending: Ending | None = None
    more: str = ""

    @property
    def key(self) -> tuple[str | None, str, str | None, int | None, datetime | None]:
        """What two tellings of the same have in common. Without a number, its time tells two of a kind apart."""
        return self.mpc_uuid, self.what, self.member_id, self.sequence, None if self.sequence is not None else self.at


def seen_conference(found: MultiPartyCall) -> list[News]:
    """What a look at a conference shows: when it came to be what it is."""
    times = (found.creation_time, found.start_time, found.end_time)
    reached = {"Initialized": 1, "Active": 2, "Ended": 3}.get(found.status, 0)
    return [
        News(what=what, at=at, told_by="look", mpc_uuid=found.mpc_uuid.lower(), mpc_name=found.friendly_name)
        for nth, (what, at) in enumerate(zip(STATUS, times, strict=True), start=1)
        if nth == reached or (nth < reached and at is not None)
    ]


def seen_participant(found: Participant, mpc_name: str | None) -> list[News]:
    """What a row of a list of participants shows: that they came, and that they left."""
    told = {JOINED: found.join_time} | ({LEFT: found.exit_time} if found.exit_time is not None else {})
    return [
        News(
            what=what,
            at=at,
            told_by="look",
            mpc_uuid=found.mpc_uuid.lower(),
            mpc_name=mpc_name,
            member_id=found.member_id,
            call_uuid=found.call_uuid.lower(),
            role=found.role,
            address=found.member_address,
            more=(found.exit_cause or "") if what == LEFT else "",
        )
        for what, at in told.items()
    ]
