"""A ledger as text: numbers and words in a fixed order."""

import dataclasses
import json
from typing import Any

from ...policy import Pace
from ...policy.shared import Cooling, Holder, Ledger

_PACE = tuple(name for name in Pace.__slots__ if name not in ("limit", "per"))
_encode = json.JSONEncoder(separators=(",", ":")).encode  # what never was is -Infinity, which Python reads again


def packed(ledger: Ledger) -> str:
    """The ledger as text."""
    pace = ledger.pace
    return _encode(
        [
            [pace.limit, pace.per, *(getattr(pace, name) for name in _PACE)],
            [ledger.epoch, ledger.since, ledger.last, ledger.was, ledger.passed, ledger.refused],
            [(each.free_at, each.count, each.admitted, each.visits) for each in ledger.cooling],
            {name: _values(holder) for name, holder in ledger.holders.items()},
        ]
    )


def unpacked(data: str) -> Ledger:
    """The ledger that `packed` made these of."""
    values, (epoch, since, last, was, passed, refused), cooling, holders = json.loads(data)
    pace = Pace(values[0], values[1])
    for name, value in zip(_PACE, values[2:], strict=True):
        setattr(pace, name, value)
    return Ledger(
        pace, epoch, since, last, was, passed,
        [Cooling(*each) for each in cooling],
        {name: Holder(*each) for name, each in holders.items()},
        refused,
    )  # fmt: skip


def _values(holder: Holder) -> list[Any]:
    return [getattr(holder, name) for name in _HOLDER]


_HOLDER = tuple(each.name for each in dataclasses.fields(Holder))
