"""Numbers as people read them. Pure functions."""

import math
from collections.abc import Sequence

NOT_RUN = "\N{EN DASH}"


def median(values: Sequence[float]) -> float:
    """The one in the middle, or the mean of the two in the middle."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def percentile(values: Sequence[float], percent: float) -> float:
    """The least value that so many per cent of all don't exceed ("nearest rank")."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def significant(value: float, digits: int = 3) -> str:
    """A number with so many digits that count: 1,234, 12.3, 0.123."""
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    if places and round(abs(value), places) >= 10 ** (digits - places):  # 9.996 is 10.0, with a place less
        places -= 1
    return f"{value:,.{places}f}"


def ratio(value: float | None, base: float | None) -> str:
    """How many times the base, as 0.82 and the sign for that."""
    if value is None or base is None or base == 0:
        return NOT_RUN
    return f"{significant(value / base, 2 if value < 10 * base else 3)}\N{MULTIPLICATION SIGN}"


def count(value: float) -> str:
    """A whole number, with commas."""
    return f"{round(value):,}"
