"""`plivo-async budget`: who holds what of a budget that many processes share."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from ..._errors import SharedBudgetError
from ...pacing.shared._look import BudgetSeen, budgets
from ...policy import StoreUrl
from ...shown._printable import printable, printable_json
from .._codes import ExitCode
from ..screen._columns import fitting
from ..screen._console import err, fail, out, say

_COLUMNS = ("holder", "holds", "waiting", "granted", "429s", "since", "heard")
_LEAST_COLUMNS = 5


def budget(
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL",
            envvar="PLIVO_RATE_LIMIT_URL",
            help="sqlite:////run/plivo/budget.db, redis://host:6379/0, rediss:// or unix://.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object per budget, with all that is known.")] = False,
) -> None:
    """Show the budgets of requests that processes share: who holds what, what cools, what was refused, since when.

    A permit is held from before its request is sent until its answer came; then it cools for a window, as long as Plivo
    may still count it. What is neither held nor cooling is free. Nothing is changed by looking.

    Examples:
      plivo-async budget sqlite:////run/plivo/budget.db
      plivo-async budget redis://redis.internal:6379/0 --json | jq .holders

    Exit codes:
      0    shown
      1    the store can't be read
      2    usage
    """
    try:
        found = budgets(StoreUrl(url))
    except SharedBudgetError as error:
        fail(str(error), ExitCode.SOME_FAILED)
    except (ValueError, ImportError) as error:
        fail(str(error).replace("RateLimit.shared", "URL"))
    if as_json:
        for each in found:
            sys.stdout.write(printable_json(json.dumps(asdict(each), ensure_ascii=False)) + "\n")
        return
    for each in found:
        for line in headlines(each):
            say(out(), line)
        out().print(table(each, out().width))
    if not found:
        say(err(), "no budget is in use there")


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
