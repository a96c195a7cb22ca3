"""Recording a conference or one of its participants. Source: Plivo docs, Multiparty Call, unless else is said."""

from collections.abc import Callable
from functools import partial
from typing import get_args

from ..world import _controls as controls
from ..world._recordings import Recording
from ..world._values import Hook, NewRecording, RuleError, Track
from ._arguments import choice, flag, hook, url
from ._job import Job, Result

TRACKS: tuple[Track, ...] = get_args(Track)


def start_recording(job: Job) -> Result:
    """Of the conference, which must be Active and not recorded yet (a 400 otherwise, unverified)."""
    return _start(job, None, "record started", 202)


def start_participant_recording(job: Job) -> Result:
    """Of one of them. Of the two recordings of "both" the answer tells the first; what Plivo tells is unverified."""
    return _start(job, job.member, "participant record started", job.settings.participant_recording_status)


def _start(job: Job, member: str | None, message: str, status: int) -> Result:
    new = NewRecording(
        file_format=choice(job.arguments, "file_format", ("mp3", "wav")) or "mp3",
        track=_track(job, member) or "all",
        callback=_callback(job),
    )
    flag(job.arguments, "transcript")
    url(job.arguments, "transcription_url")
    conference = job.find()
    recording = controls.start_recording(job.machine, conference, member, new, job.now, by=job.number)[0]
    content = {"message": f"MPC: {conference.friendly_name} {message}"}
    if job.settings.recording_reply == "full":
        content |= {"recording_id": recording.recording_id, "recording_url": recording.recording_url}
    else:
        content["request_uuid"] = job.asked.new_api_id()
    return Result(status, content, applied=True)


def _callback(job: Job) -> Hook | None:
    """Under its name, or under the one that it had before 2022."""
    default = job.settings.recording_callback_method
    return hook(job.arguments, "recording_callback", default) or hook(job.arguments, "status_callback", default)


def _track(job: Job, member: str | None) -> Track | None:
    """Of a conference's recording there is none: Go's SDK sends "" and whatever else may come is not looked at."""
    return None if member is None else choice(job.arguments, "record_track_type", TRACKS) or "all"


Move = Callable[..., list[Recording]]


def stop_recording(job: Job) -> Result:
    """Complete it."""
    return _move(job, None, partial(controls.stop_recording, job.machine), "stopped")


def pause_recording(job: Job) -> Result:
    """Pause it."""
    return _move(job, None, partial(controls.pause_recording, job.machine), "paused")


def resume_recording(job: Job) -> Result:
    """Go on with it."""
    return _move(job, None, partial(controls.resume_recording, job.machine), "resumed")


def stop_participant_recording(job: Job) -> Result:
    """Complete that of one participant, of the track that is named."""
    return _move(job, job.member, partial(controls.stop_recording, job.machine), "stopped")


def pause_participant_recording(job: Job) -> Result:
    """Pause it."""
    return _move(job, job.member, partial(controls.pause_recording, job.machine), "paused")


def resume_participant_recording(job: Job) -> Result:
    """Go on with it."""
    return _move(job, job.member, partial(controls.resume_recording, job.machine), "resumed")


def _move(job: Job, member: str | None, move: Move, what: str) -> Result:
    track = _track(job, member)
    conference = job.find()
    message = f"MPC: {conference.friendly_name} record {what}"
    try:
        move(conference, member, track, job.now, by=job.number)
    except RuleError:
        if job.settings.recording_phases == "strict" or not conference.live:
            raise
        controls.select(job.machine, conference, () if member is None else (member,))  # an unknown one remains unknown
        return job.done(message, applied=False)
    return job.done(message)
