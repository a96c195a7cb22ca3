"""What is said about a run before it begins and when it is over. Pure."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from ...batch import Activation, ActivationReport, Plan, duration, summary
from ...policy import ActivationOutcome
from ...shown._printable import printable
from ...shown._privacy import masked
from ..input._entries import looks_like_uuid
from ..input._options import Rate
from ._tally import Tally, counted
from ._words import in_terms_of_the_command

SHOWN = 5
_LONGEST = 240

Where = Callable[[int], str]


def summary_lines(report: ActivationReport, tally: Tally, where: Where, path: Path | None) -> list[str]:
    """The counts, the first failures with their places in the input, and what it took.

    Phone numbers in names are masked: this may end in a log. Their place says which they are.

    Args:
        report: What became of each conference.
        tally: The numbers of the run.
        where: Says where the item at a position of the input stands.
        path: Where the report is written to; None for nowhere.
    """
    lines = [summary(report.counts, report.elapsed)]
    untried = [failure for failure in report.failures if failure.outcome is ActivationOutcome.NOT_ATTEMPTED]
    failures = [failure for failure in report.failures if failure.outcome is not ActivationOutcome.NOT_ATTEMPTED]
    lines += [f"  {where(failure.position)}: {_clipped(str(failure))}" for failure in failures[:SHOWN]]
    if len(failures) > SHOWN:
        all_of_them = f"{path} has them all" if path is not None else "--report FILE would hold them all"
        lines.append(f"  … and {len(failures) - SHOWN:,} more; {all_of_them}")
    lines += _hint(failures)
    if untried:
        first = untried[0]
        lines.append(f"  {where(first.position)}: {_clipped(str(first.error))}")
    if len(untried) > 1:
        lines.append(f"  … and {len(untried) - 1:,} more {'was' if len(untried) == 2 else 'were'} not attempted")
    lines.append(took(tally))
    return lines


def failure_lines(report: ActivationReport, most: int | None, rest: str) -> list[str]:
    """A line for each that isn't live, phone numbers masked.

    Args:
        report: What became of each conference.
        most: At most so many of each outcome, and how many more there are; None for all.
        rest: How to see all of an outcome; `{}` in it is the outcome.
    """
    shown: Counter[ActivationOutcome] = Counter()
    lines = []
    for one in report.failures:
        shown[one.outcome] += 1
        if most is None or shown[one.outcome] <= most:
            lines.append(f"  {masked(in_terms_of_the_command(str(one)))}")
    more = {outcome: count - most for outcome, count in shown.items() if most is not None and count > most}
    return lines + [f"  … and {count:,} more: {rest.format(outcome.value)}" for outcome, count in more.items()]


def _hint(failures: list[Activation]) -> list[str]:
    """A UUID that was given as a name is not found, and looks as if it should be."""
    for failure in failures:
        if failure.outcome is ActivationOutcome.NOT_FOUND and looks_like_uuid(failure.name or ""):
            return ["  some of these names look like MPC UUIDs; to activate by UUID, add --uuid"]
    return []


def took(tally: Tally) -> str:
    """As `10,113 requests: 26 without a clear answer, 2 answered 429, 40 looks`."""
    parts = [
        what
        for count, what in (
            (tally.lost, f"{tally.lost:,} without a clear answer"),
            (tally.refused, f"{tally.refused:,} answered 429"),
            (tally.retries, counted(tally.retries, "retry", "retries")),
            (tally.looks, counted(tally.looks, "look")),
        )
        if count
    ]
    return counted(tally.requests, "request") + (f": {', '.join(parts)}" if parts else "")


def plan_lines(plan: Plan, where: Where, rate: Rate | None, begins: datetime) -> list[str]:
    """What a run would take, if it began at an instant.

    Args:
        plan: Of its input.
        where: Says where the item at a position of the input stands.
        rate: The limit; None for none.
        begins: When it would begin.
    """
    limit = "without a limit" if rate is None else f"at {rate} at least {duration(plan.least)}"
    done = begins + timedelta(seconds=plan.least)
    lines = [
        f"{counted(plan.conferences, 'conference')}: {counted(plan.requests, 'request')}, {limit}",
        f"  begun at {begins:%H:%M:%S}, done at {done:%H:%M:%S} at the earliest"
        + (f" on {done:%Y-%m-%d}" if done.date() != begins.date() else ""),
        "  lost answers, conferences that aren't there, and other traffic of the account take more",
    ]
    if plan.repeated:
        lines.append(f"  {counted(len(plan.repeated), 'line')} given again; each conference is activated once:")
        lines += [f"    {where(again)} is {where(first)} again" for again, first in plan.repeated[:SHOWN]]
    if len(plan.repeated) > SHOWN:
        lines.append(f"    … and {len(plan.repeated) - SHOWN:,} more")
    return [*lines, "nothing was sent"]


def _clipped(line: str) -> str:
    """A line without its middle where it is too long: what it is about comes first, what to do last."""
    line = printable(masked(in_terms_of_the_command(line)))
    half = _LONGEST // 2
    return line if len(line) <= _LONGEST else f"{line[: half - 1]}…{line[-half:]}"
