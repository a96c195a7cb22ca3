"""What is said about a run when it is over. Pure."""

from collections.abc import Callable
from pathlib import Path

from .._logs import masked
from ..batch import ActivationReport, summary
from ..policy import ActivationOutcome
from ._tally import Tally

_SHOWN = 5
_LONGEST = 240


def summary_lines(report: ActivationReport, tally: Tally, where: Callable[[int], str], path: Path | None) -> list[str]:
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
    lines += [f"  {where(failure.position)}: {_clipped(masked(str(failure)))}" for failure in failures[:_SHOWN]]
    if len(failures) > _SHOWN:
        all_of_them = f"{path} has them all" if path is not None else "--report FILE would hold them all"
        lines.append(f"  … and {len(failures) - _SHOWN:,} more; {all_of_them}")
    if untried:
        first = untried[0]
        lines.append(f"  {where(first.position)}: {_clipped(masked(str(first.error)))}")
    if len(untried) > 1:
        lines.append(f"  … and {len(untried) - 1:,} more were not attempted")
    lines.append(took(tally))
    return lines


def took(tally: Tally) -> str:
    """As `10,113 requests: 26 without a clear answer, 2 answered 429, 40 looks`."""
    parts = [
        f"{count:,} {what}"
        for count, what in (
            (tally.lost, "without a clear answer"),
            (tally.refused, "answered 429"),
            (tally.retries, "retries"),
            (tally.looks, "looks"),
        )
        if count
    ]
    return f"{tally.requests:,} requests" + (f": {', '.join(parts)}" if parts else "")


def _clipped(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
