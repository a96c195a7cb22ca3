"""Transfer a live call, record it, play and speak to it, send it digits. Source: Plivo docs, Calls."""

import re

from ..world import _placing as placing
from ..world._values import NewCallRecording, RuleError
from ._arguments import choice, flag, hook, integer, is_url, refuse, text, url
from ._job import Job, Result
from ._joining import DIGITS

_LEGS = ("aleg", "bleg", "both")
_LONGEST = 86_400  # seconds


def transfer(job: Job) -> Result:
    """Of the A leg. A B leg alone is a 404: here it has no XML of its own."""
    legs = choice(job.arguments, "legs", _LEGS) or "aleg"
    ways = {leg: hook(job.arguments, leg, "POST") for leg in ("aleg", "bleg")}
    for leg, way in ways.items():
        if way is None and legs in (leg, "both"):
            refuse(f"{leg}_url", "missing")
    to = ways["aleg"]
    if legs == "bleg" or to is None:
        placing.live_one(job.machine, job.item, job.now)
        raise RuleError(404, "no such leg")
    placing.transfer(job.machine, job.item, to, job.now, by=job.number)
    return Result(202, {"message": "call transferred"}, applied=True)


def start_recording(job: Job) -> Result:
    """For 60 seconds unless it is told otherwise."""
    choice(job.arguments, "record_channel_type", ("mono", "stereo"))
    choice(job.arguments, "transcription_type", ("auto", "hybrid"))
    hook(job.arguments, "transcription", "POST")
    limit = integer(job.arguments, "time_limit", 1, _LONGEST)
    new = NewCallRecording(
        file_format=choice(job.arguments, "file_format", ("mp3", "wav")) or "mp3",
        time_limit=60 if limit is None else limit,
        callback=hook(job.arguments, "callback", "POST"),
    )
    one = placing.record(job.machine, job.item, new, job.now, by=job.number)
    content = {"message": "call recording started", "recording_id": one.recording_id, "url": one.recording_url}
    return Result(202, content, applied=True)


def stop_recording(job: Job) -> Result:
    """All of it, or that with a `URL`; a 204 even if there is nothing (unverified)."""
    where = url(job.arguments, "URL")
    stopped = placing.stop_recording(job.machine, job.item, where, job.now, by=job.number)
    return Result(204, applied=stopped)


def play(job: Job) -> Result:
    """From URLs joined by commas."""
    urls = text(job.arguments, "urls")
    if urls is None:
        refuse("urls", "missing")
    if not all(is_url(one.strip()) for one in urls.split(",")):
        refuse("urls", "not URLs joined by commas")
    _check_sound(job)
    length = integer(job.arguments, "length", 1, _LONGEST)
    placing.play(job.machine, job.item, urls, length, job.now, by=job.number)
    return Result(202, {"message": "play started"}, applied=True)


def stop_play(job: Job) -> Result:
    """A 204 even if there is nothing (unverified)."""
    return Result(204, applied=placing.play(job.machine, job.item, None, None, job.now, by=job.number))


def speak(job: Job) -> Result:
    """A text. Which voices and languages there are is not checked."""
    words = text(job.arguments, "text")
    if words is None:
        refuse("text", "missing")
    for key in ("voice", "language"):
        text(job.arguments, key)
    choice(job.arguments, "type", ("text", "ssml"))
    _check_sound(job)
    placing.speak(job.machine, job.item, words, job.now, by=job.number)
    return Result(202, {"message": "speak started"}, applied=True)


def stop_speak(job: Job) -> Result:
    """A 204 even if there is nothing (unverified)."""
    return Result(204, applied=placing.speak(job.machine, job.item, None, job.now, by=job.number))


def send_digits(job: Job) -> Result:
    """To the A leg unless something else is said."""
    digits = text(job.arguments, "digits")
    if digits is None:
        refuse("digits", "missing")
    if not DIGITS.fullmatch(digits) and not re.fullmatch(r"[wW]+", digits):
        refuse("digits", "not digits, w, W and @ with a length")
    choice(job.arguments, "leg", _LEGS)
    placing.send_digits(job.machine, job.item, digits, job.now, by=job.number)
    return Result(202, {"message": "digits sent"}, applied=True)


def _check_sound(job: Job) -> None:
    choice(job.arguments, "legs", _LEGS)
    for key in ("loop", "mix"):
        flag(job.arguments, key)
