"""Recordings, of a conference or of one participant."""

from collections.abc import Mapping
from typing import Literal, get_args

from .._errors import invalid
from ..policy import Effect
from ._checks import boolean, choice, given_method, url
from ._encoding import body
from ._members import Members, only_one, target
from ._messages import Request, of_change
from ._names import Conference
from ._participants import participant_path

FileFormat = Literal["mp3", "wav"]
"""The form of a recording's file."""
TrackType = Literal["participant", "all", "both"]
"""The recording of one participant: a track of its own, one with several channels (`all`), or both."""

FILE_FORMATS: tuple[str, ...] = get_args(FileFormat)


def start_recording(
    conference: Conference,
    member: Members | None = None,
    *,
    file_format: object = None,
    record_track_type: object = None,
    recording_callback_url: object = None,
    recording_callback_method: object = None,
    transcript: object = None,
    transcription_url: object = None,
) -> Request:
    """Start to record a conference, or one participant. Neither safe nor idempotent.

    `recording_callback_method` is always sent beside its URL, POST unless given: documents and SDKs disagree about the
    default. Source: Plivo docs, Multiparty Call, "Start recording an MPC", "Start recording a participant";
    `transcript`, `transcription_url`: Plivo's Python and Go SDKs.

    Raises:
        TypeError: An argument is of a wrong type.
        InvalidArgumentError: A value isn't allowed, `member` is not one participant, `record_track_type` is given for a
            conference, or a method without its URL.
    """
    arguments = {
        "file_format": None if file_format is None else choice("file_format", file_format, FILE_FORMATS),
        **_callback_with_method("recording_callback", recording_callback_url, recording_callback_method),
        "transcript": None if transcript is None else boolean("transcript", transcript),
        "transcription_url": None if transcription_url is None else url("transcription_url", transcription_url),
        "record_track_type": _track_type(member, record_track_type),
    }
    return _recording("Start recording", "POST", conference, member, "Record/", arguments, Effect.NEITHER)


def stop_recording(
    conference: Conference, member: Members | None = None, *, record_track_type: object = None
) -> Request:
    """Stop a recording. See `of_change`.

    Source: Plivo docs, Multiparty Call, "Stop recording an MPC", "Stop recording a participant".
    """
    arguments = {"record_track_type": _track_type(member, record_track_type)}
    return _recording("Stop recording", "DELETE", conference, member, "Record/", arguments)


def pause_recording(
    conference: Conference, member: Members | None = None, *, record_track_type: object = None
) -> Request:
    """Pause a recording. See `of_change`.

    Source: Plivo docs, Multiparty Call, "Pause recording an MPC", "Pause recording a participant".
    """
    arguments = {"record_track_type": _track_type(member, record_track_type)}
    return _recording("Pause recording", "POST", conference, member, "Record/Pause/", arguments)


def resume_recording(
    conference: Conference, member: Members | None = None, *, record_track_type: object = None
) -> Request:
    """Resume a recording that is paused. See `of_change`.

    Source: Plivo docs, Multiparty Call, "Resume recording an MPC", "Resume recording a participant".
    """
    arguments = {"record_track_type": _track_type(member, record_track_type)}
    return _recording("Resume recording", "POST", conference, member, "Record/Resume/", arguments)


def _callback_with_method(name: str, address: object, method: object) -> dict[str, object]:
    """A callback's URL and its method, which is POST unless given; nothing if there is no URL."""
    key = f"{name}_method"
    if address is None:
        given_method(key, method, needs=f"{name}_url", there=False)
        return {}
    checked = given_method(key, method, needs=f"{name}_url", there=True)
    return {f"{name}_url": url(f"{name}_url", address), key: checked or "POST"}


def _track_type(member: Members | None, value: object) -> str | None:
    if value is None:
        return None
    if member is None:
        raise invalid("record_track_type", "is for the recording of one participant, not of the conference")
    return choice("record_track_type", value, get_args(TrackType))


def _recording(
    operation: str,
    method: str,
    conference: Conference,
    member: Members | None,
    tail: str,
    arguments: Mapping[str, object],
    effect: Effect | None = None,
) -> Request:
    sent = body(arguments)
    if member is None:
        above, whose = f"MultiPartyCall/{conference.segment}/", conference.label
    else:
        only_one(member, "recording")
        above, whose = participant_path(conference, member), target(conference, member)
    effect = effect or of_change(conference)
    return Request(operation, whose, effect, method, f"{above}{tail}", sent, order_key=f"{above}Record/")
