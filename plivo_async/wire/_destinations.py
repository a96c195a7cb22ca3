"""Whom to ring, and for how long."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .._errors import invalid
from .._public import public
from ._checks import integer, text

MOST_DESTINATIONS = 19
"""Plivo's SDKs disagree about the twentieth."""

_NUMBER = re.compile(r"\+?[0-9]{2,15}", re.ASCII)
_SIP = re.compile(r"(?i:sip):[^\s<>]+")
_DEFAULTS = {"ring_timeout": 45, "delay_dial": 0}  # as documented; sent only to fill a gap between other values


@public
@dataclass(frozen=True, slots=True)
class Destination:
    """One of the phones that `add_participant(to=[…])` rings, with times of its own.

    Raises:
        InvalidArgumentError, TypeError: A value isn't allowed.

    Source: Plivo docs, Multiparty Call, "Add a participant": `ring_timeout` and `delay_dial` per destination.
    """

    to: str
    """A number, 2 to 15 digits with or without `+`, or a `sip:` URI."""
    ring_timeout: int | None = None
    """Seconds for which it rings, 1 or more; None for those of the request."""
    delay_dial: int | None = None
    """Seconds to wait before it is rung, 0 or more; None for those of the request."""

    def __post_init__(self) -> None:
        check_phone("to", self.to)
        if self.ring_timeout is not None:
            check_ring_timeout("ring_timeout", self.ring_timeout)
        if self.delay_dial is not None:
            check_delay_dial("delay_dial", self.delay_dial)


def check_ring_timeout(name: str, value: object) -> int:
    """Seconds for which a phone rings. No upper bound is documented."""
    return integer(name, value, 1, unit=" seconds")


def check_delay_dial(name: str, value: object) -> int:
    """Seconds before a phone is rung."""
    return integer(name, value, 0, unit=" seconds")


def check_phone(name: str, value: object) -> str:
    """A number or a SIP URI. The message tells nothing of either."""
    phone = address(name, value)
    if not _NUMBER.fullmatch(phone) and not _SIP.fullmatch(phone):
        raise invalid(
            name,
            "must be a number of 2 to 15 digits without spaces or dashes, with or without '+', "
            "or a SIP URI such as sip:user@example.com",
        )
    return phone


def address(name: str, value: object) -> str:
    """Text that can stand for a phone: `<` parts several of them on the wire."""
    found = text(name, value)
    if "<" in found:
        raise invalid(name, "must not contain '<'; give several destinations as a list")
    return found


def destinations(to: object, role: str) -> list[Destination | str]:
    """Read `to`: one destination, or a sequence of them.

    Raises:
        TypeError: It is neither text, nor a `Destination`, nor a sequence of those.
        InvalidArgumentError: There is none, or more than allowed; one is malformed or given twice.
    """
    several = isinstance(to, Sequence) and not isinstance(to, str | bytes | bytearray)
    given = list(to) if several and isinstance(to, Sequence) else [to]
    if not given:
        raise invalid("to", "is empty; give at least one destination")
    if len(given) > 1 and role != "agent":
        raise invalid("to", f"has {len(given)} destinations; several are allowed for role 'agent' only, not {role!r}")
    if len(given) > MOST_DESTINATIONS:
        raise invalid("to", f"has {len(given)} destinations; at most {MOST_DESTINATIONS} are allowed")
    found = [_one(f"to[{index}]" if several else "to", one, role) for index, one in enumerate(given)]
    check_twice(found)
    return found


def joined(found: Sequence[Destination | str]) -> str:
    """All destinations as they are sent."""
    return "<".join(_phone(one) for one in found)


def times(found: Sequence[Destination | str], name: str, general: object) -> object:
    """`ring_timeout` or `delay_dial` as it is sent: one for all, or one for each if they differ; None if none is given.

    A destination's own value comes first, then the general one, then Plivo's default.
    """
    own = [getattr(one, name) if isinstance(one, Destination) else None for one in found]
    values = [general if value is None else value for value in own]
    if all(value is None for value in values):
        return None
    filled = [_DEFAULTS[name] if value is None else value for value in values]
    return filled[0] if len(set(filled)) == 1 else "<".join(map(str, filled))


def _one(name: str, value: object, role: str) -> Destination | str:
    if isinstance(value, Destination):
        return value
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, a Destination or a list of those, not {type(value).__name__}")
    return address(name, value) if role == "ai-agent" else check_phone(name, value)


def check_twice(found: Sequence[Destination | str]) -> None:
    """No phone may ring twice: `+` makes no other number, capitals no other SIP URI."""
    places: dict[str, int] = {}
    for index, one in enumerate(found):
        first = places.setdefault(_phone(one).removeprefix("+").casefold(), index)
        if first != index:
            raise invalid(f"to[{first}]", f"and to[{index}] are the same destination; give each once")


def _phone(one: Destination | str) -> str:
    return one.to if isinstance(one, Destination) else one
