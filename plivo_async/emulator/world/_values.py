"""What a request asks of a conference, as values: read from the wire by the API, obeyed by the machine."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Role = Literal["agent", "supervisor", "customer", "ai-agent"]
"""What a participant is, spelt as on the wire."""

Track = Literal["participant", "all", "both"]
"""What a recording of a participant holds: that one's voice, all voices in channels, or one of each."""


class RuleError(Exception):
    """The operation is refused, with that status and text; nothing has changed."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Where an event is to be told."""

    url: str
    method: Literal["GET", "POST"]


class Applied(NamedTuple):
    """One change that was really made through the API: by which request, and when."""

    request: int
    """`Request.number`."""
    at: float
    """Seconds since the emulator started."""


class Detection(NamedTuple):
    """How it is found out whether a machine has answered."""

    hangs_up: bool
    """Whether the call ends if one has."""
    after: float
    """Seconds from the answer until it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHooks:
    """Where it is told what a call does, for those calls that have such places."""

    ring: Hook | None = None
    answer: Hook | None = None
    fallback: Hook | None = None
    """Asked when `answer` has failed."""
    hangup: Hook | None = None
    detection: Hook | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One phone that is to be dialled."""

    to: str
    ring_timeout: int = 45
    """Seconds."""
    delay_dial: int = 0
    """Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceOptions:
    """What a request says of the conference as a whole; None where it says nothing. The first one to say it counts."""

    max_duration: int | None = None
    """Seconds from its creation."""
    max_participants: int | None = None
    record: bool | None = None
    record_file_format: Literal["mp3", "wav"] | None = None
    record_min_member_count: int | None = None
    stay_alone: bool | None = None
    status_callback: Hook | None = None
    status_callback_events: tuple[str, ...] | None = None
    recording_callback: Hook | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """One request to add a participant: `destinations` to dial, or a live call to transfer."""

    role: Role
    from_: str | None = None
    destinations: tuple[Destination, ...] = ()
    call_uuid: str | None = None
    coach_mode: bool = True
    mute: bool = False
    hold: bool = False
    start_mpc_on_enter: bool = True
    end_mpc_on_exit: bool = False
    confirm_key: str | None = None
    create_mpc_with_single_participant: bool = True
    record_participant_track: bool = False
    call_status_callback: Hook | None = None
    on_exit_action: Hook | None = None
    options: ConferenceOptions = field(default_factory=ConferenceOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecording:
    """One request to start a recording."""

    file_format: Literal["mp3", "wav"] = "mp3"
    track: Track = "all"
    """Of a participant's recording."""
    callback: Hook | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """One request to make calls."""

    from_: str
    to: tuple[str, ...]
    hooks: CallHooks
    ring_timeout: int = 120
    """Seconds."""
    time_limit: int = 14_400
    """Seconds from the answer."""
    hangup_on_ring: int | None = None
    """Seconds from the first ringing after which it is ended whatever it does."""
    detection: Detection | None = None
    caller_name: str = ""
    send_digits: str | None = None
    sip_headers: tuple[tuple[str, str], ...] = ()
    parent_call_uuid: str | None = None
    needs_parent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCallRecording:
    """One request to record a call."""

    file_format: Literal["mp3", "wav"] = "mp3"
    time_limit: int = 60
    """Seconds."""
    callback: Hook | None = None
    by_xml: bool = False
    """Whether XML asks for it, and so is told of it by other names."""
