"""What all elements have in common: their attributes are checked when they are made, and written as XML holds them.

An attribute is called as its argument, `startMpcOnEnter` for `start_mpc_on_enter`; it is written if it is given.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, ClassVar

from .._errors import invalid
from .._public import public_in
from ..shown._privacy import masked
from ..wire._checks import given_method, is_url

Check = Callable[[str, object], object]
"""From an argument's name and value to what is written; None if that is nothing."""

_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_IN_TEXT = str.maketrans({one: _ESCAPED[one] for one in "&<>\r"})
_IN_ATTRIBUTE = str.maketrans(_ESCAPED)
_SPELT = {"relay_dtmf_inputs": "relayDTMFInputs", "digits_match_b_leg": "digitsMatchBLeg"}
_HIDDEN = "****"


public = public_in("plivo_async.xml")


@public
class Element:
    """One element. Frozen; its repr masks phone numbers, and shows no digits that are sent."""

    __slots__ = ()

    _CHECKS: ClassVar[Mapping[str, Check]] = {}
    """Its attributes, in the order in which they are written."""
    _CONTENT: ClassVar[tuple[str, Check] | None] = None
    """The argument that is its text; None if it has none."""
    _METHODS: ClassVar[Mapping[str, str]] = {}
    """Which method is for which URL: one without the other is a mistake."""
    _NESTS: ClassVar[tuple[str, ...]] = ()
    """The elements that may stand in it."""

    def __post_init__(self) -> None:
        self._attributes()
        self._text()
        for name, needs in self._METHODS.items():
            given_method(name, self._value(name), needs=needs, there=is_url(self._value(needs)))

    def _attributes(self) -> dict[str, str]:
        """What is written of it, by the arguments' names."""
        found: dict[str, str] = {}
        for name, check in self._CHECKS.items():
            value = self._value(name)
            sent = None if value is None else check(name, value)
            if sent is not None:
                found[name] = possible(name, str(sent).lower() if isinstance(sent, bool) else str(sent))
        return found

    def _text(self) -> str:
        """Its text; empty if it has none."""
        if self._CONTENT is None:
            return ""
        name, check = self._CONTENT
        return possible(name, str(check(name, self._value(name))))

    def _within(self) -> "tuple[Element, ...]":
        """The elements in it."""
        return ()

    def _written(self) -> Iterator[str]:
        """Its XML, piece by piece."""
        tag = type(self).__name__
        pairs = "".join(
            f' {spelt(name)}="{value.translate(_IN_ATTRIBUTE)}"' for name, value in self._attributes().items()
        )
        yield f"<{tag}{pairs}>"
        yield self._text().translate(_IN_TEXT)
        for one in self._within():
            yield from one._written()
        yield f"</{tag}>"

    def _value(self, name: str) -> Any:
        return getattr(self, name)

    def __repr__(self) -> str:
        own: Any = self
        given = {one.name: getattr(self, one.name) for one in fields(own)}
        shown = [
            f"{name}={_HIDDEN if name == 'send_digits' else masked(repr(value))}"
            for name, value in given.items()
            if value is not None
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


def spelt(name: str) -> str:
    """What an argument is called in XML."""
    first, *others = name.split("_")
    return _SPELT.get(name) or first + "".join(map(str.capitalize, others))


def possible(name: str, text: str) -> str:
    """Text that XML can hold."""
    found = _IMPOSSIBLE.search(text)
    if found:
        raise invalid(name, f"has a character at index {found.start()} that XML can't hold (U+{ord(found[0]):04X})")
    return text


def nested(parent: type[Element], children: Sequence[object]) -> tuple[Any, ...]:
    """The elements in another one, each of which may stand there.

    Raises:
        TypeError: One may not, or is none.
    """
    for index, one in enumerate(children):
        if not isinstance(one, Element) or type(one).__name__ not in parent._NESTS:
            what = type(one).__name__
            raise TypeError(f"{parent.__name__} takes {', '.join(parent._NESTS)}; position {index} has {what}")
    return tuple(children)


def fill(element: Element, values: Mapping[str, object]) -> None:
    """Give a frozen element its values, and check them."""
    for name, value in values.items():
        object.__setattr__(element, name, value)
    element.__post_init__()


def trimmed(check: Check) -> Check:
    """A check of a text that Plivo trims: it must have nothing to trim."""

    def checked(name: str, value: object) -> object:
        found = str(check(name, value))
        if found != found.strip():
            raise invalid(name, "begins or ends with a space, which Plivo takes away")
        return found

    return checked
