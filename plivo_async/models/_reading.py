"""One value of JSON, read: a `ValueError` says what it is not. Pure."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_STATUSES = {status.casefold(): status for status in ("Initialized", "Active", "Ended")}


def text(raw: object) -> str:
    """Text as it is."""
    if not isinstance(raw, str):
        raise ValueError("text")
    return raw


def status(raw: object) -> str:
    """A conference's status: the known ones as Plivo documents them (captures have `ended`), others as they came."""
    return _STATUSES.get(text(raw).casefold(), text(raw))


def lower(raw: object) -> str:
    """Text in lower case."""
    return text(raw).lower()


def member_id(raw: object) -> str:
    """A member id: text, or an integer in its place."""
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else text(raw)


def integer(raw: object) -> int:
    """An integer, as a number or as text."""
    return _converted(raw, int, "an integer")


def boolean(raw: object) -> bool:
    """True or false, also as text (`"true"`) or as 1 and 0."""
    return _converted(raw, bool, "true or false")


def amount(raw: object) -> Decimal:
    """An amount of money: text, or a number by its shortest decimal digits (0.005 is exactly that)."""
    value = _converted(raw, Decimal, "an amount")
    if not value.is_finite():
        raise ValueError("an amount")
    return value


def timestamp(raw: object) -> datetime:
    """An instant, in UTC, from `2020-12-24 14:50:03+05:30`; without an offset it is taken as UTC.

    Source: Plivo docs: the offset varies. That there may be none is inferred from the filters, which have none.
    """
    value = _converted(raw, datetime, "a timestamp", strict=True)
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        raise ValueError("a timestamp of the years 1 to 9999") from None


READERS: dict[object, Callable[[object], Any]] = {
    str: text,
    int: integer,
    bool: boolean,
    datetime: timestamp,
    Decimal: amount,
}
"""How each type is read, unless the field says otherwise."""


def _converted(raw: object, kind: type[T], what: str, *, strict: bool = False) -> T:
    try:
        return msgspec.convert(raw, kind, strict=strict)
    except (ValueError, OverflowError):
        raise ValueError(what) from None
