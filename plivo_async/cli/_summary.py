"""What is said about a run when it is over. Pure."""

from collections.abc import Callable
from pathlib import Path

from .._logs import masked
from ..batch import ActivationReport, summary
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
    failures = report.failures
    lines += [f"  {where(failure.position)}: {_clipped(masked(str(failure)))}" for failure in failures[:_SHOWN]]
    if len(failures) > _SHOWN:
        all_of_them = f"{path} has them all" if path is not None else "--report FILE would hold them all"
        lines.append(f"  … and {len(failures) - _SHOWN:,} more; {all_of_them}")
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
