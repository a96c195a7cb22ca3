"""What lists are limited to: each filter by its name and its check, times in UTC, pages."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from .._errors import invalid
from ..policy import Effect
from ._checks import in_utc, integer, known, shown, text
from ._encoding import query
from ._messages import Request
from ._names import conference

Check = Callable[[str, object], object]
"""From an argument's name and value to what is sent."""

BOUNDS = ("gt", "gte", "lt", "lte")
_SUB_ACCOUNT = re.compile(r"SA[A-Z0-9]{18}", re.ASCII)


def sub_account(name: str, value: object) -> str:
    """The Auth ID of a subaccount."""
    if not _SUB_ACCOUNT.fullmatch(text(name, value)):
        raise invalid(
            name,
            "must be a subaccount's Auth ID: SA and 18 capital letters or digits, "
            f"such as SAXXXXXXXXXXXXXXXXXX, not {shown(value)}",
        )
    return str(value)


def friendly_name(name: str, value: object) -> str:
    """A conference's."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return conference(value, f" in {name}", name).label


def time(name: str, value: object) -> str:
    """In UTC, without an offset, which is how Plivo reads it. Source: Plivo docs; format of the SDKs' checks."""
    return in_utc(name, value).replace(tzinfo=None).isoformat(sep=" ")


PAGE: dict[str, Check] = {
    "limit": partial(integer, least=1, most=20, unit=" on a page"),
    "offset": partial(integer, least=0),
}
"""Which part of a list: the last filters of each."""


def bounded(field: str, check: Check) -> dict[str, Check]:
    """The four bounds on a field."""
    return {f"{field}__{bound}": check for bound in BOUNDS}


def filtered(
    operation: str,
    path: str,
    filters: Mapping[str, object],
    checks: Mapping[str, Check],
    between: Sequence[str],
    target: str = "",
) -> Request:
    """List what fits. Safe.

    Args:
        operation: What the caller asked for, in words.
        path: Of the list.
        filters: By name; None stands for "not given".
        checks: Every filter there is, in the order in which they are sent.
        between: The fields that have bounds.
        target: What for, in messages; the path if empty.

    Raises:
        TypeError: A filter is unknown or of a wrong type.
        InvalidArgumentError: A value isn't allowed, or two bounds leave nothing between them.
    """
    known(filters, tuple(checks), "filter")
    given = {name: check(name, filters[name]) for name, check in checks.items() if filters.get(name) is not None}
    for field in between:
        _check_bounds(field, filters)
    return Request(operation, target or path, Effect.SAFE, "GET", path, None, query(given, path), page=True)


def _check_bounds(field: str, filters: Mapping[str, object]) -> None:
    """Refuse bounds between which there is nothing: nothing could ever be found."""
    for lower in ("gt", "gte"):
        for upper in ("lt", "lte"):
            after, before = filters.get(f"{field}__{lower}"), filters.get(f"{field}__{upper}")
            if after is None or before is None:
                continue
            what = "time" if isinstance(after, datetime) else "number"
            if after > before or (after == before and (lower, upper) != ("gte", "lte")):  # type: ignore[operator]
                raise invalid(f"{field}__{lower}", f"must be before {field}__{upper}; there is no {what} between them")
