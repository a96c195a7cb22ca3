"""The element that brings a caller into a conference."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import ClassVar, get_args

from .._errors import invalid
from ..wire import EventGroup, FileFormat, HttpMethod, Role
from ..wire._add_participant import ALWAYS_WITH_METHOD, check_coach_mode
from ..wire._checks import METHODS, boolean, choice, integer, text, url
from ..wire._names import conference
from ..wire._participant_checks import OPTIONS
from ._element import Check, Element, public, trimmed

_AI_AGENT = "ai_agent_"
_method: Check = partial(choice, allowed=METHODS)


def _name(argument: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{argument} must be a str, the conference's friendly name, not {type(value).__name__}")
    return text(argument, conference(value, argument=argument).label)


_OWN: dict[str, Check] = {
    "wait_time": partial(integer, least=0, most=1800, unit=" seconds"),
    "wait_for_agent": boolean,
    "record_coach_voice": boolean,
    "ai_agent_stream_service_url": url,
    "ai_agent_stream_content_type": text,
    "ai_agent_stream_status_callback_url": url,
    "ai_agent_stream_status_callback_method": _method,
    "ai_agent_stream_sampling_rate": partial(integer, least=1),
    "ai_agent_stream_extra_headers": text,
}


_ORDER = (
    "max_duration",
    "max_participants",
    "record_min_member_count",
    "wait_music_url",
    "wait_music_method",
    "wait_time",
    "wait_for_agent",
    "agent_hold_music_url",
    "agent_hold_music_method",
    "customer_hold_music_url",
    "customer_hold_music_method",
    "record",
    "record_participant_track",
    "record_file_format",
    "record_coach_voice",
    "recording_callback_url",
    "recording_callback_method",
    "start_recording_audio",
    "start_recording_audio_method",
    "stop_recording_audio",
    "stop_recording_audio_method",
    "status_callback_url",
    "status_callback_method",
    "status_callback_events",
    "stay_alone",
    "coach_mode",
    "mute",
    "hold",
    "start_mpc_on_enter",
    "end_mpc_on_exit",
    "enter_sound",
    "enter_sound_method",
    "exit_sound",
    "exit_sound_method",
    "on_exit_action_url",
    "on_exit_action_method",
    "relay_dtmf_inputs",
    "transcript",
    "transcription_url",
    "ai_agent_stream_service_url",
    "ai_agent_stream_content_type",
    "ai_agent_stream_status_callback_url",
    "ai_agent_stream_status_callback_method",
    "ai_agent_stream_sampling_rate",
    "ai_agent_stream_extra_headers",
)


def _check(name: str) -> Check:
    return _OWN.get(name) or OPTIONS[name]


def _url_of(method: str) -> str:
    """The argument that a method is for: `enter_sound` for `enter_sound_method`, else one that ends in `_url`."""
    stem = method.removesuffix("_method")
    return stem if stem in _ORDER else f"{stem}_url"


@public
@dataclass(frozen=True, slots=True, repr=False)
class MultiPartyCall(Element):
    """Brings the call into a conference; creates the conference if none of that name is live.

    What has the name of an option of `add_participant` means the same, and is checked the same. What is left out is
    left to Plivo, but for the methods of `status_callback_url` and `recording_callback_url`: they are always written,
    POST unless given. Source: Plivo docs, XML, "MultiPartyCall".
    """

    name: str
    """The conference's friendly name. It has no space at either end: Plivo trims it."""
    _: KW_ONLY
    role: Role
    """What they are."""
    max_duration: int | None = None
    """Of the conference: seconds after which it is ended, 300 to 28800, counted from its beginning. Plivo: 14400."""
    max_participants: int | None = None
    """Of the conference: how many may be in it at a time, 2 to 10. Plivo: 10."""
    record_min_member_count: int | None = None
    """Of the conference: members from whom on it is recorded, 1 or 2. Plivo: 1."""
    wait_music_url: str | None = None
    """Of the conference: what those hear who wait for it to become active. Plivo: music of its own."""
    wait_music_method: HttpMethod | None = None
    """How `wait_music_url` is requested. Plivo: GET."""
    wait_time: int | None = None
    """Of the conference: seconds, 0 to 1800. In SDKs only; what it means is unverified."""
    wait_for_agent: bool | None = None
    """Of the conference: whether customers hear the music until an agent is there. Plivo: False."""
    agent_hold_music_url: str | None = None
    """Of the conference: what agents on hold hear. Plivo: music of its own."""
    agent_hold_music_method: HttpMethod | None = None
    """How `agent_hold_music_url` is requested. Plivo: GET."""
    customer_hold_music_url: str | None = None
    """Of the conference: what customers on hold hear. Plivo: music of its own."""
    customer_hold_music_method: HttpMethod | None = None
    """How `customer_hold_music_url` is requested. Plivo: GET."""
    record: bool | None = None
    """Whether the conference is recorded. Plivo: False."""
    record_participant_track: bool | None = None
    """Whether this participant is recorded on a track of their own. Plivo: False."""
    record_file_format: FileFormat | None = None
    """The format of recordings. Plivo: mp3."""
    record_coach_voice: bool | None = None
    """Of the conference: whether supervisors are on the recording."""
    recording_callback_url: str | None = None
    """Told of what becomes of recordings."""
    recording_callback_method: HttpMethod | None = None
    """How `recording_callback_url` is requested. POST unless given, and always sent: the sources disagree."""
    start_recording_audio: str | None = None
    """A URL: played when the recording of the conference starts."""
    start_recording_audio_method: HttpMethod | None = None
    """How `start_recording_audio` is requested. Plivo: GET."""
    stop_recording_audio: str | None = None
    """A URL: played when the recording of the conference stops."""
    stop_recording_audio_method: HttpMethod | None = None
    """How `stop_recording_audio` is requested. Plivo: GET."""
    status_callback_url: str | None = None
    """Of the conference: told of its events."""
    status_callback_method: HttpMethod | None = None
    """How `status_callback_url` is requested. POST unless given, and always sent: the sources disagree."""
    status_callback_events: Sequence[EventGroup] | None = None
    """Of the conference: the events of which `status_callback_url` is told. Plivo: the first two groups."""
    stay_alone: bool | None = None
    """Whether the last participant may stay alone. Plivo: False."""
    coach_mode: bool | None = None
    """Whether a supervisor is heard by agents only. Plivo: True. For any other role True is refused, because it has no
    effect there: the participant would be heard by everybody."""
    mute: bool | None = None
    """Whether the participant comes in muted. Plivo: False."""
    hold: bool | None = None
    """Whether the participant comes in on hold. Plivo: False."""
    start_mpc_on_enter: bool | None = None
    """Whether the conference becomes active when the participant comes in; if False for all, they wait until it is
    started. Plivo: True."""
    end_mpc_on_exit: bool | None = None
    """Whether the conference ends when the participant leaves. Plivo: False."""
    enter_sound: str | None = None
    """Played when the participant comes in: "beep:1", "beep:2", "none" or a URL. Plivo: "beep:1"."""
    enter_sound_method: HttpMethod | None = None
    """How the URL in `enter_sound` is requested. Plivo: GET."""
    exit_sound: str | None = None
    """Played when the participant leaves: "beep:1", "beep:2", "none" or a URL. Plivo: "beep:2"."""
    exit_sound_method: HttpMethod | None = None
    """How the URL in `exit_sound` is requested. Plivo: GET."""
    on_exit_action_url: str | None = None
    """Requested when the participant leaves; returns the Plivo XML with which the phone call goes on."""
    on_exit_action_method: HttpMethod | None = None
    """How `on_exit_action_url` is requested. Plivo: POST."""
    relay_dtmf_inputs: bool | None = None
    """By its name, whether digits that the participant presses are passed on; unverified. Plivo: False."""
    transcript: bool | None = None
    """By its name, whether recordings are transcribed; unverified. Plivo: False."""
    transcription_url: str | None = None
    """By its name, told of the transcription; unverified."""
    ai_agent_stream_service_url: str | None = None
    """For role `ai-agent` alone, as all that follow: where their sound goes."""
    ai_agent_stream_content_type: str | None = None
    """The sound's form. Plivo: `audio/x-l16;rate=8000`."""
    ai_agent_stream_status_callback_url: str | None = None
    """Told of what becomes of the stream."""
    ai_agent_stream_status_callback_method: HttpMethod | None = None
    """How that is requested. Plivo: POST."""
    ai_agent_stream_sampling_rate: int | None = None
    """Samples a second; which ones are allowed is unverified."""
    ai_agent_stream_extra_headers: str | None = None
    """Headers for that service; their form is unverified."""

    _CHECKS: ClassVar = {"role": partial(choice, allowed=get_args(Role)), **{name: _check(name) for name in _ORDER}}
    _CONTENT: ClassVar = ("name", trimmed(_name))
    _METHODS: ClassVar = {name: _url_of(name) for name in _ORDER if name.endswith("_method")}

    def __post_init__(self) -> None:
        if isinstance(self.status_callback_events, list):
            object.__setattr__(self, "status_callback_events", tuple(self.status_callback_events))
        Element.__post_init__(self)
        check_coach_mode({"coach_mode": self.coach_mode}, self.role)
        for name in _ORDER:
            if name.startswith(_AI_AGENT) and self._value(name) is not None and self.role != "ai-agent":
                raise invalid(name, f"is for role 'ai-agent' only, not {self.role!r}")

    def _attributes(self) -> dict[str, str]:
        """What is written of it, by the arguments' names."""
        found = Element._attributes(self)
        for name in ALWAYS_WITH_METHOD:
            if f"{name}_url" in found:
                found.setdefault(f"{name}_method", "POST")
        return found
