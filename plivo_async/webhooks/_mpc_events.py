"""What Plivo tells of a conference and of those who are in it: `status_callback_url`, `on_exit_action_url`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ._event import Event, public


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MpcEvent(Event):
    """Of a conference: its state, those who are in it, its recordings.

    Source: Plivo docs, Multiparty Call, "Callbacks". Numbers and directions of calls, digits, outcomes, causes and
    sequence numbers are known only from somebody's public receiver, and what they hold is unverified.
    """

    mpc_uuid: str | None = None
    """The conference (`MPCUUID` on the wire). Documented for all but recordings of one participant; an event that has
    only the name is taken as well."""
    mpc_name: str | None = None
    """Its friendly name (`MPCName`; on exit actions `MPCFriendlyName`)."""
    event_timestamp: datetime | None = None
    """When it happened, by Plivo's clock, in UTC."""
    sequence_number: int | None = None
    """Plivo's count, to bring events in order. Where it begins and over what it counts is unverified."""

    @property
    def at(self) -> datetime | None:
        """When it happened, by Plivo's own clock, in UTC; None if Plivo doesn't say."""
        return self.event_timestamp

    @property
    def _sequence(self) -> int | None:
        return self.sequence_number

    @property
    def _parts(self) -> tuple[str | None, ...]:
        """Whose its sequence numbers are, and what else tells its events apart."""
        return (self.mpc_uuid,)

    @property
    def _identity(self) -> tuple[str, ...] | None:
        name, number, (whose, *others) = self.event_name, self.sequence_number, self._parts
        if name is None or number is None or whose is None:
            return None
        return ("mpc", whose, name, *(part or "" for part in others), str(number))


# ---- The conference -------------------------------------------------------------------------------------------------


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MpcStateEvent(MpcEvent):
    """Of the conference as a whole (`mpc-state-changes`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MpcInitialized(MpcStateEvent):
    """It is there, and waits (`MPCInitialized`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MpcStarted(MpcStateEvent):
    """It has become Active (`MPCStart`). Whether that comes before the first participant's joining is unverified."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MpcEnded(MpcStateEvent):
    """It is over (`MPCEnd`)."""

    duration: int | None = None
    """Seconds."""
    billed_duration: int | None = None
    """Seconds that are charged."""
    billed_amount: Decimal | None = None
    """What it cost in US dollars."""
    termination_cause: str | None = None
    """Why, as `No Active Participants`."""
    termination_cause_code: int | None = None
    """The same as a number: 1000, 1010, 2000 or 3000. Not the hangup cause of a phone call, which has the same
    numbers for other things."""


# ---- Participants ---------------------------------------------------------------------------------------------------


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantEvent(MpcEvent):
    """Of one participant."""

    member_id: str | None = None
    """Plivo's number for them, as text; None only while they are being added."""
    member_address: str | None = None
    """Their number or SIP URI."""
    call_uuid: str | None = None
    """Their phone call (`ParticipantCallUUID`)."""
    call_from: str | None = None
    """Who called (`ParticipantCallFrom`)."""
    call_to: str | None = None
    """Who was called (`ParticipantCallTo`)."""
    call_direction: str | None = None
    """`inbound` or `outbound`; the values are presumed."""
    role: str | None = None
    """`agent`, `supervisor`, `customer`, in lower case whatever Plivo wrote."""
    coach_mode: bool | None = None
    """Whether only agents hear them."""

    @property
    def _parts(self) -> tuple[str | None, ...]:
        return (self.mpc_uuid, self.member_id) if self.member_id else (self.mpc_uuid, None, self.call_uuid)


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MemberEvent(ParticipantEvent):
    """Of one participant who is in the conference, or was until now."""

    member_id: str
    """Plivo's number for them, as text."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantJoined(MemberEvent):
    """They have come in (`ParticipantJoin`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantLeft(MemberEvent):
    """They have left, by whatever cause (`ParticipantExit`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantMuted(MemberEvent):
    """They aren't heard any more (`ParticipantMute`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantUnmuted(MemberEvent):
    """They are heard again (`ParticipantUnmute`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantHeld(MemberEvent):
    """They are on hold (`ParticipantHold`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantUnheld(MemberEvent):
    """They are back from hold (`ParticipantUnhold`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantCoachingStarted(MemberEvent):
    """From now on only agents hear them (`ParticipantCoachModeStart`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantCoachingStopped(MemberEvent):
    """From now on everybody hears them (`ParticipantCoachModeStop`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantSpeakingStarted(MemberEvent):
    """They begin to speak (`ParticipantSpeakStart`; asked for by `participant-speak-events`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantSpeakingStopped(MemberEvent):
    """They have stopped speaking (`ParticipantSpeakStop`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantDigitInput(MemberEvent):
    """They have pressed keys (`ParticipantDigitInput`; asked for by `participant-digit-input-events`)."""

    digits: str | None = None
    """The keys (`DigitInput`). A repr doesn't show them: they may be a PIN."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AddParticipantEvent(ParticipantEvent):
    """Of an `add_participant` over REST (asked for by `add-participant-api-events`). There may be no member yet."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AddParticipantInitiated(AddParticipantEvent):
    """Somebody is being added (`AddParticipantByAPIActionInitiated`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AddParticipantCompleted(AddParticipantEvent):
    """The adding is over, in whatever way (`AddParticipantByAPIActionCompleted`)."""

    outcome: str | None = None
    """Plivo's word for how (`AddParticipantAPIRequestOutcome`). Its values are unverified: don't rely on them."""


# ---- What is asked ------------------------------------------------------------------------------------------------


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ExitActionRequested(MpcEvent):
    """Somebody has left, and Plivo asks for XML that goes on with their call (`on_exit_action_url`).

    Whether it comes when they have hung up themselves is unverified.
    """

    member_id: str | None = None
    """Plivo's number for them."""
    call_uuid: str | None = None
    """Their phone call (`ParticipantCallUUID`)."""
    join_time: datetime | None = None
    """When they came, in UTC (`ParticipantJoinTime`)."""
    exit_time: datetime | None = None
    """When they left, in UTC (`ParticipantEndTime`)."""
    role: str | None = None
    """`agent`, `supervisor`, `customer`, in lower case."""

    @property
    def wants_xml(self) -> bool:
        """Whether what is answered is XML that goes on with the call."""
        return True

    @property
    def at(self) -> datetime | None:
        """When they left, by Plivo's own clock, in UTC; None if Plivo doesn't say."""
        return self.exit_time or self.event_timestamp
