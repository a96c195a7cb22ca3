"""How patient a callback is, as the fragment of its URL says: `https://h/cb#ct=500&rt=3000&rc=2&rp=4xx,5xx&er=mumbai`.

| key | meaning | range | usual |
|---|---|---|---|
| ct | longest wait for the connection | 100 to 10,000 ms | 2000 |
| rt | longest wait for the next bytes of the answer | 100 to 40,000 ms | 40,000 |
| tt | longest time in all | 100 to 55,000 ms | 55,000 |
| rc | tries after the first | 0 to 5 | 1 |
| rp | what is tried again: ct, rt, 4xx, 5xx | | ct,rt |
| er | region that it comes from | any | nearest |

Source: Plivo docs, for answer, fallback, hangup, action and callback URLs; that events of conferences heed it, and what
becomes of a value that is out of its range (here: it counts for nothing), is unverified.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

RETRIED = ("ct", "rt", "4xx", "5xx")
"""What `rp` may name: no connection, no answer, an answer of 400 to 499, and of 500 and more."""

_RANGES = {"ct": (100, 10_000), "rt": (100, 40_000), "tt": (100, 55_000), "rc": (0, 5)}
_FIELDS = {"ct": "connect", "rt": "read", "tt": "total", "rc": "retries"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """How patient one is; times in seconds."""

    connect: float = 2.0
    read: float = 40.0
    total: float = 55.0
    retries: int = 1
    retried: tuple[str, ...] = ("ct", "rt")
    region: str = ""
    ignored: tuple[str, ...] = ()
    """Parts of the fragment that count for nothing: not in their form, or out of their range."""


USUAL = Tuning()

ANSWERS = Tuning(total=60.0, retries=2, retried=RETRIED)
"""Of answer URLs: when one has failed three times, or for 60 s, the fallback URL is asked. Source: Plivo docs."""


def tuned(url: str, usual: Tuning = USUAL) -> Tuning:
    """What the URL says, and of what it doesn't say, the usual."""
    said: dict[str, Any] = {}
    ignored = []
    for part in filter(None, url.partition("#")[2].split("&")):
        found = _read(*part.partition("=")[::2])
        if found is None:
            ignored.append(part)
        else:
            said |= found
    return replace(usual, **said, ignored=tuple(ignored)) if said or ignored else usual


def _read(key: str, value: str) -> dict[str, Any] | None:
    if key == "er":
        return {"region": value}
    if key == "rp":
        causes = tuple(value.split(","))
        return {"retried": causes} if all(one in RETRIED for one in causes) else None
    low, high = _RANGES.get(key, (1, 0))
    if not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII) or not low <= int(value) <= high:
        return None
    return {_FIELDS[key]: int(value) if key == "rc" else int(value) / 1000}


def cause_of(status: int | None, failure: str | None) -> str | None:
    """The word of `RETRIED` for how a try went; None if there is none for it: it went well, or was redirected."""
    if status is None:
        return failure
    return "5xx" if status >= 500 else "4xx" if status >= 400 else None
