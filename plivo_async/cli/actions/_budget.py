"""Who holds what of a budget that many processes share, shown."""

from collections.abc import Sequence

from rich.table import Table

from ...pacing.shared._look import BudgetSeen
from ...shown._printable import printable
from ..screen._columns import fitting

_COLUMNS = ("holder", "holds", "waiting", "granted", "429s", "since", "heard")
_LEAST_COLUMNS = 5


def headlines(seen: BudgetSeen) -> Sequence[str]:
    """What holds for all."""
    free = max(0, seen.limit - seen.held - seen.cooling)
    lines = [
        f"{seen.account} at {seen.server} ({seen.namespace}): {seen.limit:,} per {seen.per:g} s, "
        f"for {_ago(seen.since)}",
        f"  {seen.held:,} held · {seen.cooling:,} cooling"
        + (f", the next is free in {_ago(seen.next_free)}" if seen.next_free is not None else "")
        + f" · {free:,} free",
    ]
    if seen.refused_ago is not None:
        lines.append(f"  {seen.refused:,} refused (429), the last {_ago(seen.refused_ago)} ago")
    if seen.level < seen.limit:
        lines.append(f"  level {seen.level:,.0f}: others use the account, or its limit is lower")
    if seen.hold:
        lines.append(f"  nobody may send for {_ago(seen.hold)}")
    return lines


def table(seen: BudgetSeen, width: int) -> Table:
    """Who takes part; where there is no room, without what is least worth knowing."""
    rows = []
    for each in seen.holders:
        numbers = (f"{number:,}" for number in (each.held, each.waiting, each.granted, each.refused))
        rows.append((printable(each.name), *numbers, _ago(each.since), f"{_ago(each.heard)} ago"))
    return fitting(_COLUMNS, rows, width, _LEAST_COLUMNS, right=_COLUMNS[1:])


def _ago(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
