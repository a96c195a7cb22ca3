"""What people write on a command line, read. Pure; a `ValueError` says what is allowed."""

import math
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ...emulator import Faults

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = r"(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|m|h)"


class Rate(NamedTuple):
    """So many requests in so many seconds."""

    limit: int
    per: float

    def __str__(self) -> str:
        return f"{self.limit:,} requests per {self.per:g} s"


def parse_duration(text: str) -> float:
    """Seconds, from `90`, `1.5`, `90s`, `40ms`, `5m`, `1h30m`.

    Raises:
        ValueError: It is none of these.
    """
    plain = text.strip().lower()
    if re.fullmatch(r"\d+(\.\d*)?|\.\d+", plain, re.ASCII):
        return _finite(float(plain), text)
    if not re.fullmatch(rf"(?:{_PART}\s*)+", plain, re.ASCII):
        raise ValueError(f"{text!r} is no time: write seconds, or a unit, as in 90, 1.5s, 40ms, 5m or 1h30m")
    return _finite(sum(float(number) * _UNITS[unit] for number, unit in re.findall(_PART, plain, re.ASCII)), text)


def parse_timeout(text: str) -> float:
    """A duration of more than 0.

    Raises:
        ValueError: It is none.
    """
    value = parse_duration(text)
    if not value:
        raise ValueError(f"{text!r}: it must be more than 0 seconds")
    return value


def parse_rate(text: str) -> Rate | None:
    """A limit, from `300/5` (requests / seconds); None from `none`.

    Raises:
        ValueError: It is neither.
    """
    if text.strip().lower() == "none":
        return None
    limit, slash, per = text.partition("/")
    if not slash or not re.fullmatch(r"[1-9]\d{0,8}", limit.strip(), re.ASCII):
        raise ValueError(f"{text!r} is no limit: write requests/seconds, as in 300/5, or none")
    return Rate(int(limit), parse_timeout(per))


def parse_latency(text: str) -> float | tuple[float, float]:
    """Seconds, from a duration as `40ms`; or two bounds, from a range as `20ms-60ms`.

    Raises:
        ValueError: It is neither, or the bounds are the wrong way round.
    """
    low, dash, high = text.partition("-")
    if not dash:
        return parse_duration(text)
    bounds = parse_duration(low), parse_duration(high)
    if bounds[0] > bounds[1]:
        raise ValueError(f"{text!r}: the lower bound comes first, as in 20ms-60ms")
    return bounds


def parse_faults(text: str) -> "Faults":
    """Faults and how often, from `lost-response=0.02,500=0.03`, or from `none`.

    Raises:
        ValueError: It is neither; the message names the faults there are.
    """
    from ...emulator import Faults

    return Faults() if text.strip().lower() == "none" else Faults.parse(text)


def _finite(value: float, text: str) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is longer than any time")
    return value
