"""What the exit code of a command says. Pure."""

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..policy import ActivationOutcome


class ExitCode(IntEnum):
    """Exit codes. What is said of conferences comes first: a file or a pipe that failed never hides it."""

    ALL_LIVE = 0
    SOME_FAILED = 1
    USAGE = 2
    SOME_UNKNOWN = 3
    CREDENTIALS_REFUSED = 4
    REPORT_NOT_WRITTEN = 5
    OUTPUT_NOT_WRITTEN = 6
    INTERRUPTED = 130


def exit_code(
    counts: "Mapping[ActivationOutcome, int]",
    *,
    interrupted: bool = False,
    unauthorized: bool = False,
    report_lost: bool = False,
) -> ExitCode:
    """The exit code of a run.

    Args:
        counts: How many conferences ended in each outcome.
        interrupted: Whether a signal ended it.
        unauthorized: Whether an answer was 401.
        report_lost: Whether the report file could not be written where it should be.
    """
    from ..policy import ActivationOutcome

    if interrupted:
        return ExitCode.INTERRUPTED
    if unauthorized:
        return ExitCode.CREDENTIALS_REFUSED
    if counts.get(ActivationOutcome.UNKNOWN):
        return ExitCode.SOME_UNKNOWN
    if any(count for outcome, count in counts.items() if not outcome.succeeded):
        return ExitCode.SOME_FAILED
    return ExitCode.REPORT_NOT_WRITTEN if report_lost else ExitCode.ALL_LIVE
