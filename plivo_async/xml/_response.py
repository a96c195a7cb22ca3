"""The whole answer, and where a call goes from here."""

from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import ClassVar, Literal

from .._errors import invalid
from ..wire import HttpMethod
from ..wire._checks import METHODS, choice, integer
from ..wire._checks import url as checked_url
from ._dialling import Dial
from ._element import Element, fill, nested, public
from ._input import GetInput, Record
from ._multi_party_call import MultiPartyCall
from ._sounds import Play, Speak, Wait

HangupReason = Literal["rejected", "busy"]
"""Why a call that comes in isn't answered."""
_LARGEST = 100_000


@public
@dataclass(frozen=True, slots=True, repr=False)
class Redirect(Element):
    """Goes on with the XML of another URL; what stands behind it is never reached. Source: Plivo docs, "Redirect"."""

    url: str
    """The URL."""
    _: KW_ONLY
    method: HttpMethod | None = None
    """How it is requested. Plivo: POST (unverified)."""

    _CHECKS: ClassVar = {"method": partial(choice, allowed=METHODS)}
    _CONTENT: ClassVar = ("url", checked_url)


@public
@dataclass(frozen=True, slots=True, repr=False)
class Hangup(Element):
    """Ends the call. As the first element it ends a call without answering it. Source: Plivo docs, XML, "Hangup"."""

    _: KW_ONLY
    reason: HangupReason | None = None
    """What the caller is told. Plivo: rejected, if it is the first element."""
    schedule: int | None = None
    """Seconds after which it ends, 1 or more, while what stands behind goes on."""

    _CHECKS: ClassVar = {
        "reason": partial(choice, allowed=("rejected", "busy")),
        "schedule": partial(integer, least=1, unit=" seconds"),
    }


@public
@dataclass(frozen=True, slots=True, init=False, repr=False)
class PreAnswer(Element):
    """What is heard before the call is answered, and charged. Source: Plivo docs, XML, "PreAnswer"."""

    sounds: tuple[Speak | Play | Wait | Redirect, ...]
    """What is heard. That `Redirect` may be in it is known from SDKs only."""

    _NESTS: ClassVar = ("Speak", "Play", "Wait", "Redirect")

    def __init__(self, *sounds: Speak | Play | Wait | Redirect) -> None:
        """Say what is heard.

        Raises:
            TypeError: An element can't stand here.
        """
        fill(self, {"sounds": nested(PreAnswer, sounds)})

    def _within(self) -> tuple[Element, ...]:
        """The elements in it."""
        return self.sounds


Step = MultiPartyCall | Speak | Play | Wait | Redirect | Hangup | Dial | Record | GetInput | PreAnswer
"""What may stand in a `Response`."""


@public
@dataclass(frozen=True, slots=True, init=False, repr=False)
class Response(Element):
    """What Plivo is to do with a call, one after another. None at all ends it.

    The answer to an `answer_url`, to an `on_exit_action_url`, and to the `action` of an element.
    """

    steps: tuple[Step, ...]
    """What is to be done."""

    _NESTS: ClassVar = (
        "MultiPartyCall",
        "Speak",
        "Play",
        "Wait",
        "Redirect",
        "Hangup",
        "Dial",
        "Record",
        "GetInput",
        "PreAnswer",
    )

    def __init__(self, *steps: Step) -> None:
        """Say what is to be done.

        Raises:
            TypeError: An element can't stand here.
            InvalidArgumentError: It is larger than 100,000 bytes, which Plivo doesn't take.
        """
        fill(self, {"steps": nested(Response, steps)})
        if len(self.to_xml().encode()) > _LARGEST:
            raise invalid("steps", f"have more than {_LARGEST:,} bytes as XML, which Plivo doesn't take")

    def to_xml(self) -> str:
        """The XML, with its declaration. Send it as UTF-8, and say that it is `application/xml`."""
        return f'<?xml version="1.0" encoding="utf-8"?>{"".join(self._written())}'

    def _within(self) -> tuple[Element, ...]:
        """The elements in it."""
        return self.steps
