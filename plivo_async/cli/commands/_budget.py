"""`plivo-async budget`: who holds what of a budget that many processes share."""

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from ...shown._printable import printable_json
from .._codes import ExitCode
from ..screen._console import err, fail, out, say


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
    from ..._errors import SharedBudgetError
    from ...pacing.shared._look import budgets
    from ...policy import StoreUrl
    from ..actions._budget import headlines, table

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
