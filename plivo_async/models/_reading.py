"""One value of JSON, read: a `ValueError` says what it is not. Pure."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

_INTEGER = re.compile(r"(-?[0-9]{1,100})(?:\.0+)?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_BOOLEANS: dict[bool, tuple[object, ...]] = {True: (1, "1", "true"), False: (0, "0", "false")}
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


def one_or_several(raw: object) -> tuple[str, ...]:
    """Text, or an array of it."""
    if isinstance(raw, list) and all(isinstance(one, str) for one in raw):
        return tuple(raw)
    return (text(raw),)


def integer(raw: object) -> int:
    """An integer, as a number or as text; `12.0` is one."""
    if isinstance(raw, str) and (written := _INTEGER.fullmatch(raw)):
        return int(written[1])
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    raise ValueError("an integer")


def boolean(raw: object) -> bool:
    """True or false, also as text (`"true"`) or as 1 and 0."""
    if isinstance(raw, bool | int | str):
        for value, spellings in _BOOLEANS.items():
            if (raw.casefold() if isinstance(raw, str) else raw) in spellings:
                return value
    raise ValueError("true or false")


def amount(raw: object) -> Decimal:
    """An amount of money: text, or a number by its shortest decimal digits (0.005 is exactly that)."""
    written = isinstance(raw, str) and _NUMBER.fullmatch(raw)
    if written or (isinstance(raw, int | float) and not isinstance(raw, bool)):
        value = Decimal(str(raw))
        if value.is_finite():
            return value
    raise ValueError("an amount")


def timestamp(raw: object) -> datetime:
    """An instant, in UTC, from `2020-12-24 14:50:03+05:30`; without an offset it is taken as UTC.

    Source: Plivo docs: the offset varies. That there may be none is inferred from the filters, which have none.
    """
    if not isinstance(raw, str) or not _TIMESTAMP.fullmatch(raw):
        raise ValueError("a timestamp")
    try:
        value = datetime.fromisoformat(raw.upper())
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        raise ValueError("a timestamp of the years 1 to 9999") from None
    except ValueError:
        raise ValueError("a timestamp") from None


READERS: dict[object, Callable[[object], Any]] = {
    str: text,
    int: integer,
    bool: boolean,
    datetime: timestamp,
    Decimal: amount,
}
"""How each type is read, unless the field says otherwise."""
