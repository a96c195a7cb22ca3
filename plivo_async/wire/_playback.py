"""Audio that is played, and text that is spoken, to participants."""

import re
from collections.abc import Mapping

from .._errors import invalid
from ..policy import Effect
from ._checks import boolean, choice, shown
from ._checks import text as checked_text
from ._checks import url as checked_url
from ._encoding import body
from ._members import Members, target
from ._messages import Request, of_change
from ._names import Conference

_POLLY = re.compile(r"Polly\.[A-Za-z0-9_-]+", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)


def play(conference: Conference, members: Members, url: object) -> Request:
    """Play an mp3 or wav file. Neither safe nor idempotent: it would be heard again.

    It is sent as `url`, as every SDK does; the documents call it `urls`. Source: Plivo docs, Multiparty Call, "Start
    playing audio", and the SDKs.
    """
    arguments = {"url": checked_url("url", url)}
    return _sound("Start playing", "POST", conference, members, "Play/", arguments, Effect.NEITHER)


def stop_playing(conference: Conference, members: Members) -> Request:
    """Stop what is played. See `of_change`. What was started for one participant is not stopped by `all`.

    Source: Plivo docs, Multiparty Call, "Stop playing audio".
    """
    return _sound("Stop playing", "DELETE", conference, members, "Play/", {})


def speak(
    conference: Conference,
    members: Members,
    text: object,
    *,
    voice: object = None,
    language: object = None,
    mix: object = None,
    type: object = None,  # noqa: A002  (Plivo's name)
) -> Request:
    """Speak a text. Neither safe nor idempotent: it would be heard again.

    Not in the documents. Source: Plivo's Go SDK; the values of `type` are unverified.

    Raises:
        TypeError: An argument is of a wrong type.
        InvalidArgumentError: A value isn't allowed.
    """
    arguments = {
        "text": checked_text("text", text, also="\t\n\r"),
        "voice": None if voice is None else voice_of(voice),
        "language": None if language is None else language_of(language),
        "mix": None if mix is None else boolean("mix", mix),
        "type": None if type is None else checked_text("type", type),
    }
    return _sound("Start speaking", "POST", conference, members, "Speak/", arguments, Effect.NEITHER)


def stop_speaking(conference: Conference, members: Members) -> Request:
    """Stop what is spoken. See `of_change`. Not in the documents. Source: Plivo's Go SDK."""
    return _sound("Stop speaking", "DELETE", conference, members, "Speak/", {})


def voice_of(value: object) -> str:
    if isinstance(value, str) and _POLLY.fullmatch(value):
        return value
    return choice(
        "voice", value, ("WOMAN", "MAN"), also=" (a voice of Polly's such as 'Polly.Joanna' is allowed as well)"
    )


def language_of(value: object) -> str:
    if not _LANGUAGE.fullmatch(checked_text("language", value)):
        raise invalid("language", f"must be a language tag such as 'en-US', not {shown(value)}")
    return str(value)


def _sound(
    operation: str,
    method: str,
    conference: Conference,
    members: Members,
    tail: str,
    arguments: Mapping[str, object],
    effect: Effect | None = None,
) -> Request:
    path = f"MultiPartyCall/{conference.segment}/Member/{members.segment}/{tail}"
    sent = body(arguments)
    effect = effect or of_change(conference)
    return Request(operation, target(conference, members), effect, method, path, sent, order_key=path)
