"""Checks of arguments, each naming the argument as its user wrote it; no text of theirs tells a phone number."""

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal, get_args
from urllib.parse import urlsplit
from uuid import UUID

from .._errors import invalid
from ..shown._privacy import last_four, masked

HttpMethod = Literal["GET", "POST"]
"""How Plivo requests a URL of yours."""
METHODS: tuple[str, ...] = get_args(HttpMethod)
_LONGEST_SHOWN = 40
_LARGEST_SHOWN = 10**12


def shown(value: object) -> str:
    """A value for an error message: short, and with all digits masked but the last four if it has seven or more."""
    text = masked(last_four(value if isinstance(value, str) else str(value)))
    short = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    return repr(short) if isinstance(value, str) else short


def text(name: str, value: object, *, longest: int | None = None, also: str = "") -> str:
    """Text that isn't blank and has no control character but those in `also`.

    The message tells no part of the text: it may be a name, or what is said to somebody.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    if not value.strip():
        raise invalid(name, f"is {'blank' if value else 'empty'}; give some text")
    for index, character in enumerate(value if not value.isprintable() else ""):
        if character not in also and unicodedata.category(character) in {"Cc", "Cs"}:
            what = "a control character" if unicodedata.category(character) == "Cc" else "half a surrogate pair"
            raise invalid(name, f"has {what} (U+{ord(character):04X}) at index {index}; give plain text")
    if longest is not None and len(value) > longest:
        raise invalid(name, f"must have 1 to {longest} characters, not {len(value)}")
    return value


def boolean(name: str, value: object) -> bool:
    """True or False, and nothing that merely counts as one."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {type(value).__name__}")
    return value


def integer(name: str, value: object, least: int, most: int | None = None, unit: str = "") -> int:
    """A whole number within its range; a bool is none."""
    what = f"{least} or more" if most is None else f"{least} to {most}"
    allowed = f"a whole number, {what}{unit}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, {allowed}, not {type(value).__name__}")
    if value < least or (most is not None and value > most):
        raise invalid(name, f"must be {allowed}, not {shown(value) if abs(value) < _LARGEST_SHOWN else 'that'}")
    return int(value)


def choice(name: str, value: object, allowed: Iterable[str], *, also: str = "") -> str:
    """One of some words, spelt as given there; `also` says in the message what else is allowed."""
    words = tuple(allowed)
    listed = " or ".join(filter(None, [", ".join(map(repr, words[:-1])), repr(words[-1])]))
    if not isinstance(value, str):
        raise TypeError(f"{name} must be {listed}, not {type(value).__name__}{also}")
    if value not in words:
        right = next((word for word in words if word.casefold() == value.strip().casefold()), None)
        hint = f"; write {right!r}" if right else ""
        raise invalid(name, f"must be {listed}, not {shown(value)}{hint}{also}")
    return value


def url(name: str, value: object) -> str:
    """An http:// or https:// URL with a host. The message tells no part of it: URLs hold secrets."""
    address = text(name, value)
    if any(character.isspace() for character in address):
        raise invalid(name, "must be a URL without spaces; percent-encode them as %20")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise invalid(name, "must be a URL such as https://example.com/hook; its host can't be read") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise invalid(name, "must be a URL with a host that begins with http:// or https://")
    return address


def is_url(value: object) -> bool:
    """Whether it is meant for a URL, and not for a word that may stand in its place."""
    return isinstance(value, str) and value[:8].lower().startswith(("http://", "https://"))


def word_or_url(name: str, value: object, words: tuple[str, ...]) -> str:
    """One of some words, or a URL."""
    if is_url(value):
        return url(name, value)
    return choice(name, value, words, also=" (a URL that begins with http:// or https:// is allowed as well)")


def given_method(name: str, value: object, *, needs: str, there: bool) -> str | None:
    """A method that may be given only beside the URL it is for; None if it isn't given."""
    if value is None:
        return None
    method = choice(name, value, METHODS)
    if not there:
        raise invalid(name, f"needs a URL in {needs}: without one there is nothing to request")
    return method


def call_uuid(value: object, name: str = "call_uuid") -> str:
    """The UUID of a phone call, as text or as a `uuid.UUID`."""
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str or a uuid.UUID, not {type(value).__name__}")
    try:
        return str(UUID(value))
    except ValueError:
        raise invalid(
            name, f"must be a UUID such as c0267574-5c12-4861-8990-da9404c8cdf6, not {shown(value)}"
        ) from None


def aware(name: str, value: object) -> datetime:
    """A datetime that means one instant."""
    if not isinstance(value, datetime):
        raise TypeError(f"{name} must be an aware datetime, not {type(value).__name__}")
    if value.utcoffset() is None:
        raise invalid(
            name,
            "is a datetime without a time zone, so which instant it means is unknown; "
            "give an aware one, such as datetime.now(UTC)",
        )
    return value


def in_utc(name: str, value: object) -> datetime:
    """A datetime that means one instant, in UTC."""
    try:
        return aware(name, value).astimezone(UTC)
    except OverflowError:
        raise invalid(name, "is out of range: in UTC its year isn't one of 1 to 9999") from None


def known(names: Iterable[object], allowed: Sequence[str], what: str) -> None:
    """Refuse names that aren't allowed, with those that were perhaps meant.

    Raises:
        TypeError: One isn't allowed.
    """
    for name in names:
        if name not in allowed:
            close = difflib.get_close_matches(str(name), allowed)
            meant = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(allowed)}"
            raise TypeError(f"unknown {what} {shown(name)}; {meant}")
