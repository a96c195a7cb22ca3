"""To connect a caller with somebody by dialling them, without a conference."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import ClassVar, get_args

from .._errors import invalid
from ..wire import ConfirmKey, HttpMethod
from ..wire._checks import METHODS, boolean, choice, integer, text, url, word_or_url
from ..wire._destinations import address as checked_address
from ..wire._participant_checks import OPTIONS
from ._element import Check, Element, fill, nested, public, trimmed

_method: Check = partial(choice, allowed=METHODS)
_sip_headers = OPTIONS["sip_headers"]


@public
@dataclass(frozen=True, slots=True, repr=False)
class Number(Element):
    """A phone that `Dial` rings. Source: Plivo docs, XML, "Number"."""

    number: str
    """Its number."""
    _: KW_ONLY
    send_digits: str | None = None
    """Tones sent once it is answered: digits, `#`, `*`, `w` (waits 0.5 s), `W` (waits 1 s)."""
    send_on_preanswer: bool | None = None
    """Whether they are sent before it is answered. Plivo: False."""

    _CHECKS: ClassVar = {"send_digits": OPTIONS["send_digits"], "send_on_preanswer": boolean}
    _CONTENT: ClassVar = ("number", trimmed(checked_address))


@public
@dataclass(frozen=True, slots=True, repr=False)
class User(Element):
    """A SIP endpoint that `Dial` rings. Source: Plivo docs, XML, "User"."""

    address: str
    """Its SIP URI, `sip:…`."""
    _: KW_ONLY
    send_digits: str | None = None
    """Tones sent once it is answered."""
    send_on_preanswer: bool | None = None
    """Whether they are sent before it is answered. Plivo: False."""
    sip_headers: Mapping[str, str] | None = field(default=None, hash=False)
    """SIP headers, delivered with the prefix `X-PH-`. Keys and values without `,` and `=`."""

    _CHECKS: ClassVar = {
        "send_digits": OPTIONS["send_digits"],
        "send_on_preanswer": boolean,
        "sip_headers": _sip_headers,
    }
    _CONTENT: ClassVar = ("address", trimmed(checked_address))


@public
@dataclass(frozen=True, slots=True, init=False, repr=False)
class Dial(Element):
    """Rings phones; the caller is connected with the first that answers. Source: Plivo docs, XML, "Dial"."""

    whom: tuple[Number | User, ...]
    """Whom it rings, all at once."""
    action: str | None
    """A URL that is requested when it is over; returns XML with which the call goes on."""
    method: HttpMethod | None
    """How `action` is requested. Plivo: POST."""
    redirect: bool | None
    """Whether the XML of `action` is carried out; if not, it is only told. Plivo: True."""
    hangup_on_star: bool | None
    """Whether the caller ends it with `*`. Plivo: False."""
    time_limit: int | None
    """Seconds it may last, 1 or more. Plivo: 14400; at most a day."""
    timeout: int | None
    """Seconds for which it rings, 1 or more."""
    caller_id: str | None
    """The number that is shown. Plivo: the caller's."""
    caller_name: str | None
    """The name that is shown, 1 to 50 characters. Plivo: the caller's."""
    confirm_sound: str | None
    """A URL, requested by POST, whose XML is played to whoever answers."""
    confirm_key: ConfirmKey | None
    """The key that whoever answers must press; needs `confirm_sound`."""
    confirm_timeout: int | None
    """Seconds they have for that, 1 or more. Plivo: 120."""
    dial_music: str | None
    """What is heard while it rings: "real" for the carrier's ringing, or a URL that returns XML."""
    callback_url: str | None
    """Told of what becomes of the dialled calls."""
    callback_method: HttpMethod | None
    """How `callback_url` is requested."""
    digits_match: str | None
    """Digits of the caller's of which `callback_url` is told: several with `,` between."""
    digits_match_b_leg: str | None
    """The same of whoever answers."""
    sip_headers: Mapping[str, str] | None = field(hash=False)
    """SIP headers, delivered with the prefix `X-PH-`. Keys and values without `,` and `=`."""

    _CHECKS: ClassVar = {
        "action": url,
        "method": _method,
        "redirect": boolean,
        "hangup_on_star": boolean,
        "time_limit": partial(integer, least=1, unit=" seconds"),
        "timeout": partial(integer, least=1, unit=" seconds"),
        "caller_id": text,
        "caller_name": OPTIONS["caller_name"],
        "confirm_sound": url,
        "confirm_key": partial(choice, allowed=get_args(ConfirmKey)),
        "confirm_timeout": partial(integer, least=1, unit=" seconds"),
        "dial_music": partial(word_or_url, words=("real",)),
        "callback_url": url,
        "callback_method": _method,
        "digits_match": text,
        "digits_match_b_leg": text,
        "sip_headers": _sip_headers,
    }
    _METHODS: ClassVar = {"method": "action", "callback_method": "callback_url"}
    _NESTS: ClassVar = ("Number", "User")

    def __init__(
        self,
        *whom: Number | User,
        action: str | None = None,
        method: HttpMethod | None = None,
        redirect: bool | None = None,
        hangup_on_star: bool | None = None,
        time_limit: int | None = None,
        timeout: int | None = None,
        caller_id: str | None = None,
        caller_name: str | None = None,
        confirm_sound: str | None = None,
        confirm_key: ConfirmKey | None = None,
        confirm_timeout: int | None = None,
        dial_music: str | None = None,
        callback_url: str | None = None,
        callback_method: HttpMethod | None = None,
        digits_match: str | None = None,
        digits_match_b_leg: str | None = None,
        sip_headers: Mapping[str, str] | None = None,
    ) -> None:
        """Say whom to ring, and how; see the attributes.

        Raises:
            TypeError: An argument is of a wrong type.
            InvalidArgumentError: Nobody is to be rung, or a value isn't allowed.
        """
        given = locals()
        if not whom:
            raise invalid("whom", "is empty; give at least one Number or User")
        if confirm_key is not None and confirm_sound is None:
            raise invalid("confirm_key", "needs confirm_sound, which asks for it")
        fill(self, {"whom": nested(Dial, whom), **{name: given[name] for name in self._CHECKS}})

    def _within(self) -> tuple[Element, ...]:
        """The elements in it."""
        return self.whom
