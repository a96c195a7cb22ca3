"""Filters of the lists of calls and recordings: numbers and times compared, the window of 30 days. Pure.

Source: Plivo docs, Calls and Recordings; the arguments are UTC.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from operator import eq, ge, gt, le, lt
from typing import Any

from ..world._phones import bare
from ..world._settings import Settings
from ._listing import integer_of, shifted, time_of

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {"": eq, "__gt": gt, "__gte": ge, "__lt": lt, "__lte": le}
_DEFAULT_WINDOW = timedelta(days=7)
_WIDEST_WINDOW = timedelta(days=30)

Bounds = tuple[tuple[str, Any], ...]
"""Comparisons by the ends of their names, and with what."""


def compared(field: str) -> tuple[str, ...]:
    """The names of the filters that compare a field."""
    return tuple(f"{field}{end}" for end in _COMPARE)


def times(field: str, values: Mapping[str, str]) -> Bounds:
    """Those of a time.

    Raises:
        ValueError: One is of another form.
    """
    return tuple((end, time_of(field + end, values[field + end])) for end in _COMPARE if field + end in values)


def integers(field: str, values: Mapping[str, str]) -> Bounds:
    """Those of a whole number.

    Raises:
        ValueError: One is of another form.
    """
    return tuple((end, integer_of(field + end, values[field + end])) for end in _COMPARE if field + end in values)


def within(value: Any, bounds: Bounds) -> bool:
    """Whether it fits all of them. A time equals one of whole seconds within that second (inferred)."""
    return all(_COMPARE[end](_whole(value) if end == "" else value, bound) for end, bound in bounds)


def _whole(value: Any) -> Any:
    return value.replace(microsecond=0) if isinstance(value, datetime) else value


def windowed(field: str, bounds: Bounds, now: datetime, settings: Settings) -> Bounds:
    """With the bounds that nobody said: the last 7 days for none, 30 days from or to a single one (older docs).

    Raises:
        ValueError: The range is longer than 30 days, and the settings say that this is refused.
    """
    lower = [bound for end, bound in bounds if end in ("", "__gt", "__gte")]
    upper = [bound for end, bound in bounds if end in ("", "__lt", "__lte")]
    if not bounds:
        return (("__gte", now - _DEFAULT_WINDOW),)
    if lower and upper:
        if min(upper) - max(lower) <= _WIDEST_WINDOW:
            return bounds
        if settings.wide_window == "refused":
            raise ValueError(f"{field}: a range of more than 30 days")
    if lower:
        return (*bounds, ("__lte", shifted(max(lower), _WIDEST_WINDOW)))
    return (*bounds, ("__gte", shifted(min(upper), -_WIDEST_WINDOW)))


def number_fits(number: str, wanted: str | None, settings: Settings) -> bool:
    """Whether a number begins with, or contains, what is asked for; with and without "+" are the same."""
    if wanted is None:
        return True
    return bare(number).startswith(bare(wanted)) if settings.number_filter == "prefix" else bare(wanted) in number


def equal(pairs: Iterable[tuple[str | None, object]]) -> bool:
    """Whether everything that is asked for is what it is."""
    return all(wanted is None or str(value) == wanted for wanted, value in pairs)
