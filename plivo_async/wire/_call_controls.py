"""What is done to a call that goes on: record, play, speak, send digits."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal, get_args

from .._errors import invalid
from ..policy import Effect
from ._calls import path_of
from ._checks import METHODS, boolean, choice, given_method, integer, text, url
from ._encoding import body
from ._filters import Check
from ._messages import Request
from ._participant_checks import send_digits
from ._playback import language_of, voice_of
from ._recordings import FILE_FORMATS

Legs = Literal["aleg", "bleg", "both"]
"""Which side of a call: the one that Plivo's XML runs for, the one that it has dialled, or both."""
ChannelType = Literal["mono", "stereo"]
"""Whether a recording has one channel, or one for each side."""
TranscriptionType = Literal["auto", "hybrid"]
"""How a recording is transcribed; `hybrid` is in older documents."""
SpeechType = Literal["text", "ssml"]
"""Whether what is spoken is plain text or SSML."""

_legs: Check = partial(choice, allowed=get_args(Legs))
_method: Check = partial(choice, allowed=METHODS)


def _urls(name: str, value: object) -> str:
    """One URL, or several that are played one after another; a comma parts them."""
    several = isinstance(value, Sequence) and not isinstance(value, str | bytes)
    given = list(value) if several and isinstance(value, Sequence) else [value]
    if not given:
        raise invalid(name, "is empty; give at least one URL")
    found = [url(f"{name}[{index}]" if several else name, one) for index, one in enumerate(given)]
    if any("," in one for one in found):
        raise invalid(name, "must contain no ',': it parts the URLs on the wire; percent-encode it as %2C")
    return ",".join(found)


def _voice(_name: str, value: object) -> str:
    return voice_of(value)


def _language(_name: str, value: object) -> str:
    return language_of(value)


_RECORD: dict[str, Check] = {
    "time_limit": partial(integer, least=1, most=86_400, unit=" seconds"),
    "file_format": partial(choice, allowed=FILE_FORMATS),
    "record_channel_type": partial(choice, allowed=get_args(ChannelType)),
    "transcription_type": partial(choice, allowed=get_args(TranscriptionType)),
    "transcription_url": url,
    "transcription_method": _method,
    "callback_url": url,
    "callback_method": _method,
}
_PLAY: dict[str, Check] = {
    "urls": _urls,
    "length": partial(integer, least=1, unit=" seconds"),
    "legs": _legs,
    "loop": boolean,
    "mix": boolean,
}
_SPEAK: dict[str, Check] = {
    "text": partial(text, also="\t\n\r"),
    "voice": _voice,
    "language": _language,
    "legs": _legs,
    "loop": boolean,
    "mix": boolean,
    "type": partial(choice, allowed=get_args(SpeechType)),
}
_DIGITS: dict[str, Check] = {"digits": send_digits, "leg": _legs}


def record_call(uuid: str, arguments: Mapping[str, object]) -> Request:
    """Record a call. Neither safe nor idempotent. Source: Plivo docs, Call, "Record a call".

    Raises:
        TypeError, InvalidArgumentError: An argument is wrong.
    """
    given = _checked(_RECORD, arguments)
    for name in ("transcription", "callback"):
        given_method(f"{name}_method", given.get(f"{name}_method"), needs=f"{name}_url", there=f"{name}_url" in given)
    return _control("Start recording call", "POST", uuid, "Record/", given)


def stop_recording_call(uuid: str, recording_url: object = None) -> Request:
    """Stop recording a call: all of its recordings, or the one with this URL. Idempotent.

    Source: Plivo docs, Call, "Stop recording a call".
    """
    given = {} if recording_url is None else {"URL": url("recording_url", recording_url)}
    return _control("Stop recording call", "DELETE", uuid, "Record/", given)


def play_to_call(uuid: str, arguments: Mapping[str, object]) -> Request:
    """Play files. Neither safe nor idempotent. Source: Plivo docs, Call, "Play audio on a call"."""
    return _control("Start playing to call", "POST", uuid, "Play/", _checked(_PLAY, arguments, "urls"))


def stop_playing_to_call(uuid: str) -> Request:
    """Stop what is played. Idempotent. Source: Plivo docs, Call, "Stop playing audio"."""
    return _control("Stop playing to call", "DELETE", uuid, "Play/", {})


def speak_to_call(uuid: str, arguments: Mapping[str, object]) -> Request:
    """Speak a text. Neither safe nor idempotent. Source: Plivo docs, Call, "Speak text on a call"."""
    return _control("Start speaking to call", "POST", uuid, "Speak/", _checked(_SPEAK, arguments, "text"))


def stop_speaking_to_call(uuid: str) -> Request:
    """Stop what is spoken. Idempotent. Source: Plivo docs, Call, "Stop speaking text"."""
    return _control("Stop speaking to call", "DELETE", uuid, "Speak/", {})


def send_digits_to_call(uuid: str, arguments: Mapping[str, object]) -> Request:
    """Send tones. Neither safe nor idempotent. Source: Plivo docs, Call, "Send DTMF"."""
    return _control("Send digits", "POST", uuid, "DTMF/", _checked(_DIGITS, arguments, "digits"))


def _checked(checks: Mapping[str, Check], arguments: Mapping[str, object], needed: str = "") -> dict[str, object]:
    """What is given, checked; None stands for "not given", but for what is needed."""
    there = [name for name in checks if name == needed or arguments.get(name) is not None]
    return {name: checks[name](name, arguments.get(name)) for name in there}


def _control(operation: str, method: str, uuid: str, tail: str, sent: Mapping[str, object]) -> Request:
    path = f"{path_of(uuid)}{tail}"
    effect = Effect.NEITHER if method == "POST" else Effect.IDEMPOTENT
    hint = "Only a call that goes on can be recorded, played or spoken to"
    return Request(operation, uuid, effect, method, path, body(sent), on_404=hint, order_key=path)
