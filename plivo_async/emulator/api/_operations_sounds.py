"""Playing and speaking to members. Source: Plivo docs, Multiparty Call, for Play; its Go SDK for Speak.

That Speak follows the rules of Play is inferred.
"""

from ..world import _controls as controls
from ..world._controls import Sound
from ._arguments import flag, is_url, refuse, text
from ._job import Job, Result
from ._operations_participants import chosen


def play(job: Job) -> Result:
    """From a URL, which the SDKs call `url` and the documents `urls`."""
    key = "url" if job.arguments.get("url") is not None else "urls"
    source = text(job.arguments, key)
    if source is None:
        refuse("url", "missing")
    if not is_url(source):
        refuse(key, "not a URL")
    return _begin(job, "playing", "play queued into MPC", source)


def stop_play(job: Job) -> Result:
    """Of what was started for the same members in the same form; a 204 even if there is nothing (unverified)."""
    return _end(job, "playing", "MPC play stopped")


def speak(job: Job) -> Result:
    """A text. Which voices, languages and types there are is not checked."""
    words = text(job.arguments, "text")
    if words is None:
        refuse("text", "missing")
    for key in ("voice", "language", "type"):
        text(job.arguments, key)
    flag(job.arguments, "mix")
    return _begin(job, "speaking", "speak queued into MPC", words)


def stop_speak(job: Job) -> Result:
    """As `stop_play`."""
    return _end(job, "speaking", "MPC speak stopped")


def _begin(job: Job, sound: Sound, message: str, source: str) -> Result:
    """Keys in camel case, unlike the rest."""
    conference = job.find()
    members = chosen(job, conference)
    hearing = controls.begin_sound(job.machine, conference, sound, job.member, members, source, job.now, by=job.number)
    ids = [one.member_id for one in hearing]
    if members is None and job.settings.play_to_all == "all":
        ids = ["all"]
    return Result(202, {"message": message, "mpcMemberId": ids, "mpcName": conference.friendly_name}, applied=True)


def _end(job: Job, sound: Sound, message: str) -> Result:
    """Some of those for whom it was started may have left: the form says which it is, and is enough."""
    conference = job.find()
    members = () if job.member in getattr(conference, sound) else chosen(job, conference)
    stopped = controls.end_sound(job.machine, conference, sound, job.member, members, job.now, by=job.number)
    return job.done(message, applied=stopped)
