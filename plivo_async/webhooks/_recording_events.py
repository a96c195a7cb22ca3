"""What Plivo tells of recordings: `recording_callback_url`, the Record API's `callback_url`, `transcription_url`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ._event import Event, public
from ._mpc_events import MpcEvent


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RecordingEvent(MpcEvent):
    """Of the recording of a conference, or of one participant.

    Source: Plivo docs, Multiparty Call, "Recording callbacks", of 2020 to 2024.
    """

    recording_uuid: str | None = None
    """The recording; equal to the `recording_id` that starting it answers (inferred)."""
    recording_url: str | None = None
    """Its file. Plivo serves it to whoever has the URL, unless the account says otherwise."""
    recording_resource_url: str | None = None
    """Its URL in the API."""
    recording_format: str | None = None
    """`mp3` or `wav`."""
    recording_start_time: datetime | None = None
    """When it began, in UTC."""
    recording_end_time: datetime | None = None
    """When it ended, in UTC; None before."""
    recording_duration: Decimal | None = None
    """Seconds."""
    member_id: str | None = None
    """The participant, if it is of one."""

    @property
    def _parts(self) -> tuple[str | None, ...]:
        return (self.mpc_uuid or self.recording_uuid, self.member_id, self.recording_uuid)  # each counts for itself


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MpcRecordingEvent(RecordingEvent):
    """Of the recording of a conference."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MpcRecordingInitiated(MpcRecordingEvent):
    """It has begun (`MPCRecordingInitiated`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MpcRecordingPaused(MpcRecordingEvent):
    """It is paused (`MPCRecordingPaused`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MpcRecordingResumed(MpcRecordingEvent):
    """It goes on (`MPCRecordingResumed`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MpcRecordingCompleted(MpcRecordingEvent):
    """It is over (`MPCRecordingCompleted`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MpcRecordingFailed(MpcRecordingEvent):
    """It has failed (`MPCRecordingFailed`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantRecordingEvent(RecordingEvent):
    """Of the recording of one participant. No conference is documented for it: go by `recording_uuid`."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantRecordingInitiated(ParticipantRecordingEvent):
    """It has begun (`ParticipantRecordingInitiated`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantRecordingPaused(ParticipantRecordingEvent):
    """It is paused (`ParticipantRecordingPaused`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantRecordingResumed(ParticipantRecordingEvent):
    """It goes on (`ParticipantRecordingResumed`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantRecordingCompleted(ParticipantRecordingEvent):
    """It is over (`ParticipantRecordingCompleted`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParticipantRecordingFailed(ParticipantRecordingEvent):
    """It has failed (`ParticipantRecordingFailed`)."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CallRecorded(Event):
    """The recording of a phone call is ready (`callback_url` of the Record API). Source: Plivo docs, "Record"."""

    recording_id: str | None = None
    """The recording."""
    call_uuid: str | None = None
    """The phone call."""
    record_url: str | None = None
    """Its file."""
    recording_duration: Decimal | None = None
    """Seconds."""
    recording_duration_ms: Decimal | None = None
    """Milliseconds."""
    recording_start_ms: Decimal | None = None
    """When it began, in milliseconds since 1970."""
    recording_end_ms: Decimal | None = None
    """When it ended, in milliseconds since 1970."""
    api_id: str | None = None
    """Plivo's identifier of the request."""


@public
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Transcribed(Event):
    """A transcription is ready (`transcription_url`). Source: Plivo docs, "Record"; for conferences unverified."""

    recording_id: str | None = None
    """The recording."""
    call_uuid: str | None = None
    """The phone call."""
    transcription: str | None = None
    """What was said."""
    transcription_charge: Decimal | None = None
    """What it cost in US dollars."""
    transcription_rate: Decimal | None = None
    """US dollars a minute."""
    duration: Decimal | None = None
    """Seconds."""
    error: str | None = None
    """What went wrong, in Plivo's words."""
