"""Playing and speaking to members. Source: Plivo docs, Multiparty Call, for Play; its Go SDK for Speak.

That Speak follows the rules of Play is inferred.
"""

from ._arguments import flag, is_url, refuse, text
from ._job import Job, Result
from ._operations_participants import chosen
from ._participants import Participant


def play(job: Job) -> Result:
    """From a URL, which the SDKs call `url` and the documents `urls`."""
    key = "url" if job.arguments.get("url") is not None else "urls"
    source = text(job.arguments, key)
    if source is None:
        refuse("url", "missing")
    if not is_url(source):
        refuse(key, "not a URL")
    conference = job.find()
    hearing = job.rooms.play(conference, chosen(job, conference), source, job.now, by=job.number)
    return _queued(job, "play", hearing, conference.friendly_name)


def stop_play(job: Job) -> Result:
    """Of what was started for the same members in the same form; a 204 even if there is nothing (unverified)."""
    conference = job.find()
    stopped = job.rooms.stop_playing(conference, chosen(job, conference), job.now, by=job.number)
    return job.done("MPC play stopped", applied=stopped)


def speak(job: Job) -> Result:
    """A text. Which voices, languages and types there are is not checked."""
    words = text(job.arguments, "text")
    if words is None:
        refuse("text", "missing")
    for key in ("voice", "language", "type"):
        text(job.arguments, key)
    flag(job.arguments, "mix")
    conference = job.find()
    hearing = job.rooms.speak(conference, chosen(job, conference), words, job.now, by=job.number)
    return _queued(job, "speak", hearing, conference.friendly_name)


def stop_speak(job: Job) -> Result:
    """As `stop_play`."""
    conference = job.find()
    stopped = job.rooms.stop_speaking(conference, chosen(job, conference), job.now, by=job.number)
    return job.done("MPC speak stopped", applied=stopped)


def _queued(job: Job, what: str, hearing: list[Participant], name: str) -> Result:
    """Camel case, unlike the rest."""
    all_of_them = job.member == "all" and job.settings.play_to_all == "all"
    members = ["all"] if all_of_them else [one.member_id for one in hearing]
    return Result(202, {"message": f"{what} queued into MPC", "mpcMemberId": members, "mpcName": name}, applied=True)
