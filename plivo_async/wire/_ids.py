"""Identifiers as one segment of a path.

`DELETE …/Call/` without one hangs up every call of the account (Plivo docs, "Hangup causes"; its earlier Call page), so
that nothing here is ever empty, a dot, or more than one segment.
"""

import re

from .._errors import invalid
from ._checks import shown

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
_DIGITS = re.compile(r"\+?([0-9]{2,15})", re.ASCII)


def identifier(name: str, value: object) -> str:
    """An identifier that Plivo gave: of a recording, a request, an application.

    Raises:
        TypeError: It is no text.
        InvalidArgumentError: It is empty, or has characters that no identifier has.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    if not _ID.fullmatch(value):
        raise invalid(name, f"must be 1 to 100 letters, digits, '-' or '_', as Plivo gave it, not {shown(value)}")
    return value


def rented_number(name: str, value: object) -> str:
    """A phone number as a path has it: its digits. The message tells nothing of it."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    digits = _DIGITS.fullmatch(value)
    if digits is None:
        raise invalid(name, "must be a phone number: 2 to 15 digits without spaces or dashes, with or without '+'")
    return digits[1]
