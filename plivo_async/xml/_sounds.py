"""What callers hear."""

from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import ClassVar

from ..wire._checks import boolean, integer
from ..wire._checks import text as checked_text
from ..wire._checks import url as checked_url
from ..wire._playback import language_of, voice_of
from ._element import Check, Element, public

_loop: Check = partial(integer, least=0)


def _voice(_: str, value: object) -> str:
    return voice_of(value)


def _language(_: str, value: object) -> str:
    return language_of(value)


@public
@dataclass(frozen=True, slots=True, repr=False)
class Speak(Element):
    """Speaks a text, which is plain: marks of SSML would be spoken. Source: Plivo docs, XML, "Speak"."""

    text: str
    """What is spoken."""
    _: KW_ONLY
    voice: str | None = None
    """"WOMAN", "MAN", or a voice of Polly's such as "Polly.Joanna". Plivo: WOMAN."""
    language: str | None = None
    """A language tag such as "en-GB". Plivo: en-US."""
    loop: int | None = None
    """How often; 0 is without end. Plivo: 1."""

    _CHECKS: ClassVar = {"voice": _voice, "language": _language, "loop": _loop}
    _CONTENT: ClassVar = ("text", partial(checked_text, also="\t\n\r"))


@public
@dataclass(frozen=True, slots=True, repr=False)
class Play(Element):
    """Plays a file, mp3 or wav. Source: Plivo docs, XML, "Play"."""

    url: str
    """Its URL."""
    _: KW_ONLY
    loop: int | None = None
    """How often; 0 is without end. Plivo: 1."""

    _CHECKS: ClassVar = {"loop": _loop}
    _CONTENT: ClassVar = ("url", checked_url)


@public
@dataclass(frozen=True, slots=True, repr=False)
class Wait(Element):
    """Waits. As the first element it waits before the call is answered. Source: Plivo docs, XML, "Wait"."""

    _: KW_ONLY
    length: int | None = None
    """Seconds, 1 or more. Plivo: 1."""
    silence: bool | None = None
    """Whether it ends as soon as it is silent for `min_silence`. Plivo: False."""
    min_silence: int | None = None
    """Milliseconds, 1 or more. Plivo: 2000."""
    beep: bool | None = None
    """Whether it ends with the beep of an answering machine. Plivo: False."""

    _CHECKS: ClassVar = {
        "length": partial(integer, least=1, unit=" seconds"),
        "silence": boolean,
        "min_silence": partial(integer, least=1, unit=" milliseconds"),
        "beep": boolean,
    }
