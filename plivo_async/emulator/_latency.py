"""The time that a request takes there and back. Pure."""

import math

from ._draws import Draws

Latency = float | tuple[float, float]
"""Seconds there and back together: always the same, or even between two bounds."""


def check_latency(latency: Latency) -> Latency:
    """The latency itself.

    Raises:
        ValueError: Negative, not finite, or a pair whose first is greater than its second.
        TypeError: No number, and no pair of such.
    """
    pair = latency if isinstance(latency, tuple) else (latency, latency)
    if len(pair) != 2 or not all(isinstance(one, int | float) for one in pair):
        raise TypeError(f"latency: {latency!r} is neither seconds nor a pair (low, high) of such")
    low, high = pair
    if not (0 <= low <= high and math.isfinite(high)):
        raise ValueError(f"latency: {latency!r} is neither seconds (0 or more) nor a pair (low, high) of such")
    return latency


def split_latency(latency: Latency, draws: Draws) -> tuple[float, float]:
    """Seconds there and seconds back: halves of a fixed latency; of a drawn one, parts that are drawn as well."""
    if isinstance(latency, tuple):
        low, high = latency
        total = low + (high - low) * draws.latency
        return total * draws.split, total * (1 - draws.split)
    return latency / 2, latency / 2
