"""What callers say and press."""

import re
from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import ClassVar, Literal, get_args

from .._errors import invalid
from ..wire import ChannelType, FileFormat, HttpMethod, TranscriptionType
from ..wire._checks import METHODS, boolean, choice, integer, text, url
from ..wire._recordings import FILE_FORMATS
from ._element import Check, Element, fill, nested, public
from ._sounds import Play, Speak, Wait, _language

InputType = Literal["dtmf", "speech", "dtmf speech"]
"""What a caller may give: keys, speech, or whichever comes first."""
_KEYS = re.compile("[0-9#*]+", re.ASCII)
_method: Check = partial(choice, allowed=METHODS)
_seconds: Check = partial(integer, least=1, unit=" seconds")


def _keys(name: str, value: object) -> str:
    found = text(name, value)
    if not _KEYS.fullmatch(found):
        raise invalid(name, "must be digits, '#' and '*'")
    return found


def _key(name: str, value: object) -> str:
    return choice(name, value, (*"0123456789#*", "none"))


def _until(name: str, value: object) -> object:
    return value if value == "auto" else integer(name, value, 2, 10, " seconds, or 'auto'")


@public
@dataclass(frozen=True, slots=True, repr=False)
class Record(Element):
    """Records the call, or what the caller says. Source: Plivo docs, XML, "Record"."""

    _: KW_ONLY
    action: str | None = None
    """A URL that is requested when it is over; returns XML with which the call goes on."""
    method: HttpMethod | None = None
    """How `action` is requested. Plivo: POST."""
    redirect: bool | None = None
    """Whether the XML of `action` is carried out; if not, it is only told. Plivo: True."""
    file_format: FileFormat | None = None
    """The file's format. Plivo: mp3."""
    timeout: int | None = None
    """Seconds of silence that end it, 1 or more. Plivo: 15."""
    max_length: int | None = None
    """Seconds it may last, 2 or more. Plivo: 60."""
    play_beep: bool | None = None
    """Whether a beep is heard before. Plivo: True."""
    finish_on_key: str | None = None
    """The keys that end it."""
    record_session: bool | None = None
    """Whether the whole call is recorded, beside what follows. Plivo: False."""
    start_on_dial_answer: bool | None = None
    """Whether it begins when a `Dial` is answered. Plivo: False."""
    transcription_type: TranscriptionType | None = None
    """How it is transcribed."""
    transcription_url: str | None = None
    """Told of the transcription."""
    transcription_method: HttpMethod | None = None
    """How `transcription_url` is requested. In SDKs only; the documents say POST."""
    callback_url: str | None = None
    """Told when the file is ready."""
    callback_method: HttpMethod | None = None
    """How `callback_url` is requested."""
    record_channel_type: ChannelType | None = None
    """Whether both sides are on one channel. In SDKs only, for XML unverified."""

    _CHECKS: ClassVar = {
        "action": url,
        "method": _method,
        "redirect": boolean,
        "file_format": partial(choice, allowed=FILE_FORMATS),
        "timeout": _seconds,
        "max_length": partial(integer, least=2, unit=" seconds"),
        "play_beep": boolean,
        "finish_on_key": _keys,
        "record_session": boolean,
        "start_on_dial_answer": boolean,
        "transcription_type": partial(choice, allowed=get_args(TranscriptionType)),
        "transcription_url": url,
        "transcription_method": _method,
        "callback_url": url,
        "callback_method": _method,
        "record_channel_type": partial(choice, allowed=get_args(ChannelType)),
    }
    _METHODS: ClassVar = {
        "method": "action",
        "transcription_method": "transcription_url",
        "callback_method": "callback_url",
    }


@public
@dataclass(frozen=True, slots=True, init=False, repr=False)
class GetInput(Element):
    """Asks the caller for keys or speech. Source: Plivo docs, XML, "GetInput"."""

    prompts: tuple[Speak | Play | Wait, ...]
    """What is heard meanwhile. That `Wait` may be in it is known from SDKs only."""
    action: str
    """The URL that is told; returns XML with which the call goes on."""
    method: HttpMethod | None
    """How `action` is requested. Plivo: POST."""
    redirect: bool | None
    """Whether the XML of `action` is carried out; if not, it is only told. Plivo: True (unverified)."""
    input_type: InputType | None
    """What is taken."""
    execution_timeout: int | None
    """Seconds the caller has, 5 to 60, once what is heard has ended. Plivo: 15."""
    digit_end_timeout: int | Literal["auto"] | None
    """Seconds between keys, 2 to 10, or "auto". Plivo: auto."""
    speech_end_timeout: int | Literal["auto"] | None
    """Seconds of silence that end it, 2 to 10, or "auto". Plivo: auto."""
    finish_on_key: str | None
    """The one key that ends it, or "none". Plivo: `#`."""
    num_digits: int | None
    """How many keys at most, 1 or more."""
    speech_model: str | None
    """How speech is understood; the values are unverified."""
    hints: str | None
    """Words that are likely, with `,` between."""
    language: str | None
    """A language tag such as "en-GB"."""
    interim_speech_results_callback: str | None
    """A URL that is told of speech as it is understood."""
    interim_speech_results_callback_method: HttpMethod | None
    """How that is requested."""
    log: bool | None
    """Whether Plivo keeps what was pressed or said in its logs: say False for what is secret."""
    profanity_filter: bool | None
    """Whether profane words are masked."""

    _CHECKS: ClassVar = {
        "action": url,
        "method": _method,
        "redirect": boolean,
        "input_type": partial(choice, allowed=get_args(InputType)),
        "execution_timeout": partial(integer, least=5, most=60, unit=" seconds"),
        "digit_end_timeout": _until,
        "speech_end_timeout": _until,
        "finish_on_key": _key,
        "num_digits": partial(integer, least=1),
        "speech_model": text,
        "hints": text,
        "language": _language,
        "interim_speech_results_callback": url,
        "interim_speech_results_callback_method": _method,
        "log": boolean,
        "profanity_filter": boolean,
    }
    _METHODS: ClassVar = {
        "method": "action",
        "interim_speech_results_callback_method": "interim_speech_results_callback",
    }
    _NESTS: ClassVar = ("Speak", "Play", "Wait")

    def __init__(
        self,
        *prompts: Speak | Play | Wait,
        action: str,
        method: HttpMethod | None = None,
        redirect: bool | None = None,
        input_type: InputType | None = None,
        execution_timeout: int | None = None,
        digit_end_timeout: int | Literal["auto"] | None = None,
        speech_end_timeout: int | Literal["auto"] | None = None,
        finish_on_key: str | None = None,
        num_digits: int | None = None,
        speech_model: str | None = None,
        hints: str | None = None,
        language: str | None = None,
        interim_speech_results_callback: str | None = None,
        interim_speech_results_callback_method: HttpMethod | None = None,
        log: bool | None = None,
        profanity_filter: bool | None = None,
    ) -> None:
        """Say what is heard meanwhile, and how it is asked; see the attributes.

        Raises:
            TypeError: An argument is of a wrong type.
            InvalidArgumentError: A value isn't allowed.
        """
        given = locals()
        url("action", action)
        fill(self, {"prompts": nested(GetInput, prompts), **{name: given[name] for name in self._CHECKS}})

    def _within(self) -> tuple[Element, ...]:
        """The elements in it."""
        return self.prompts
