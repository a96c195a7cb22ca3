"""The options of `add_participant`, for the type checker; values are checked when a request is made of them."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

from .._public import public
from ._checks import HttpMethod
from ._recordings import FileFormat

Role = Literal["agent", "supervisor", "customer", "ai-agent"]
"""What a participant is. `ai-agent` is documented by Plivo for XML only; over REST, its Python SDK takes it."""

EventGroup = Literal[
    "mpc-state-changes",
    "participant-state-changes",
    "participant-speak-events",
    "participant-digit-input-events",
    "add-participant-api-events",
]
"""Events of a conference that `status_callback_url` can be told of."""

ConfirmKey = Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "#", "*"]
"""A key of a phone."""


@public
class ParticipantOptions(TypedDict, total=False):
    """What may be said of a participant, dialled or moved from a live call. What is left out is left to Plivo.

    A URL begins with http:// or https://. Those for music and sounds return Plivo XML. Options that the docstring calls
    *of the conference* hold for all of it; whether they change a conference that is there already is unverified.
    Source: Plivo docs, Multiparty Call, "Add a participant".
    """

    max_duration: int | None
    """Of the conference: seconds after which it is ended, 300 to 28800, counted from its beginning. Plivo: 14400."""
    max_participants: int | None
    """Of the conference: how many may be in it at a time, 2 to 10. Plivo: 10."""
    record_min_member_count: int | None
    """Of the conference: members from whom on it is recorded, 1 or 2. Plivo: 1."""
    wait_music_url: str | None
    """Of the conference: what those hear who wait for it to become active. Plivo: music of its own."""
    wait_music_method: HttpMethod | None
    """How `wait_music_url` is requested. Plivo: GET."""
    agent_hold_music_url: str | None
    """Of the conference: what agents on hold hear. Plivo: music of its own."""
    agent_hold_music_method: HttpMethod | None
    """How `agent_hold_music_url` is requested. Plivo: GET."""
    customer_hold_music_url: str | None
    """Of the conference: what customers on hold hear. Plivo: music of its own."""
    customer_hold_music_method: HttpMethod | None
    """How `customer_hold_music_url` is requested. Plivo: GET."""
    recording_callback_url: str | None
    """Told of what becomes of recordings."""
    recording_callback_method: HttpMethod | None
    """How `recording_callback_url` is requested. POST unless given, and always sent: the sources disagree."""
    status_callback_url: str | None
    """Of the conference: told of its events."""
    status_callback_method: HttpMethod | None
    """How `status_callback_url` is requested. POST unless given, and always sent: the sources disagree."""
    status_callback_events: Sequence[EventGroup] | None
    """Of the conference: the events of which `status_callback_url` is told. Plivo: the first two groups."""
    on_exit_action_url: str | None
    """Requested when the participant leaves; returns the Plivo XML with which the phone call goes on."""
    on_exit_action_method: HttpMethod | None
    """How `on_exit_action_url` is requested. Plivo: POST."""
    record: bool | None
    """Whether the conference is recorded. Plivo: False."""
    record_participant_track: bool | None
    """Whether this participant is recorded on a track of their own. Plivo: False."""
    record_file_format: FileFormat | None
    """The format of recordings. Plivo: mp3."""
    stay_alone: bool | None
    """Whether the last participant may stay alone. Plivo: False."""
    coach_mode: bool | None
    """Whether a supervisor is heard by agents only. Plivo: True. For any other role True is refused, because it has no
    effect there: the participant would be heard by everybody."""
    mute: bool | None
    """Whether the participant comes in muted. Plivo: False."""
    hold: bool | None
    """Whether the participant comes in on hold. Plivo: False."""
    start_mpc_on_enter: bool | None
    """Whether the conference becomes active when the participant comes in; if False for all, they wait until it is
    started. Plivo: True."""
    end_mpc_on_exit: bool | None
    """Whether the conference ends when the participant leaves. Plivo: False."""
    relay_dtmf_inputs: bool | None
    """By its name, whether digits that the participant presses are passed on; unverified. Plivo: False."""
    enter_sound: str | None
    """Played when the participant comes in: "beep:1", "beep:2", "none" or a URL. Plivo: "beep:1"."""
    enter_sound_method: HttpMethod | None
    """How the URL in `enter_sound` is requested. Plivo: GET."""
    exit_sound: str | None
    """Played when the participant leaves: "beep:1", "beep:2", "none" or a URL. Plivo: "beep:2"."""
    exit_sound_method: HttpMethod | None
    """How the URL in `exit_sound` is requested. Plivo: GET."""
    start_recording_audio: str | None
    """A URL: played when the recording of the conference starts."""
    start_recording_audio_method: HttpMethod | None
    """How `start_recording_audio` is requested. Plivo: GET."""
    stop_recording_audio: str | None
    """A URL: played when the recording of the conference stops."""
    stop_recording_audio_method: HttpMethod | None
    """How `stop_recording_audio` is requested. Plivo: GET."""
    create_mpc_with_single_participant: bool | None
    """Presumably whether a conference may be created for this participant alone; unverified. Plivo: True."""
    transcript: bool | None
    """By its name, whether recordings are transcribed; unverified. Plivo: False."""
    transcription_url: str | None
    """By its name, told of the transcription; unverified."""


@public
class DialOptions(ParticipantOptions, total=False):
    """What may be said of a participant who is dialled: the `ParticipantOptions`, and how to dial.

    Source: Plivo docs, Multiparty Call, "Add a participant".
    """

    caller_name: str | None
    """The caller's name that is shown, 1 to 50 characters. Plivo: `from_`."""
    call_status_callback_url: str | None
    """Told of what becomes of the dialled phone calls."""
    call_status_callback_method: HttpMethod | None
    """How `call_status_callback_url` is requested. Plivo: POST."""
    sip_headers: Mapping[str, str] | None
    """SIP headers, delivered with the prefix `X-PH-`. Keys and values without `,` and `=`."""
    confirm_key: ConfirmKey | None
    """The key that whoever answers must press to come in."""
    confirm_key_sound_url: str | None
    """Played to ask for `confirm_key`; returns Plivo XML."""
    confirm_key_sound_method: HttpMethod | None
    """How `confirm_key_sound_url` is requested. Plivo: GET."""
    dial_music: str | None
    """What is heard while it rings: "real" for the carrier's ringing, "none", or a URL. Plivo: "real"."""
    ring_timeout: int | None
    """Seconds for which it rings, 1 or more; a `Destination`'s own comes first. Plivo: 45."""
    delay_dial: int | None
    """Seconds before it is dialled, 0 or more; a `Destination`'s own comes first. Plivo: 0."""
    send_digits: str | None
    """Tones sent once the phone is answered: digits, `#`, `*`, `w` (waits 0.5 s), `W` (waits 1 s); `@` and milliseconds
    at the end set the length of a tone."""
    send_on_preanswer: bool | None
    """By its name, whether `send_digits` are sent before the phone is answered. Plivo: False."""
