"""`plivo-async mpc report`: what a journal tells."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from ... import Activation, ActivationOutcome, ActivationReport, JournalError
from ...batch import summary
from .._account import Column, Header, Uuids, entries_of
from .._completion import outcome_or_group
from .._output import Facts, as_text
from ..input._entries import Entry
from ..screen._console import fail, given, tell
from ..screen._summary import SHOWN, failure_lines

Format = Literal["text", "json", "csv", "html"]


def report(
    journal: Annotated[Path, typer.Argument(metavar="FILE.db", help="A journal, of a run that is over or not.")],
    only: Annotated[
        str,
        typer.Option(
            metavar="OUTCOME",
            autocompletion=outcome_or_group,
            help="Only these: an outcome, as not_found; failures: all that aren't live.",
        ),
    ] = "all",
    form: Annotated[Format, typer.Option("--format", help="html is a page for people.")] = "text",
    beside: Annotated[
        str | None,
        typer.Option("--input", metavar="FILE", help="What it was begun with: adds its lines and its other columns."),
    ] = None,
    column: Column = None,
    header: Header = None,
    uuid: Uuids = False,
) -> None:
    """Tell what a journal knows, also while a run writes it; nothing is changed and nobody disturbed.

    What has no outcome yet is not attempted, or unknown if an activation may have been sent. Of each outcome that is a
    failure the first five are listed; --only tells all of them.

    Examples:
      plivo-async mpc report tonight.db
      plivo-async mpc report tonight.db --only not_found --format csv
      plivo-async mpc report tonight.db --format html > tonight.html
      plivo-async mpc report tonight.db --format csv --input tonight.csv --column room

    Exit codes:
      0    told
      2    usage, or it can't be read
      6    it could not be written to its end
    """
    wanted = given("--only", _wanted, only)
    entries = None if beside is None else entries_of(beside, column, header, uuid)
    try:
        whole = ActivationReport.read(journal)
        if entries is not None:
            _compare(entries, whole, journal, beside)
        chosen = whole if wanted is None else ActivationReport(filter(wanted, whole), whole.elapsed, whole.runs)
        if form == "text":
            tell(
                [summary(chosen.counts, chosen.elapsed), *failure_lines(chosen, None if wanted else SHOWN, "--only {}")]
            )
        else:
            sys.stdout.write(as_text(chosen, form, _facts(journal, beside, entries)))
    except JournalError as error:
        fail(str(error))


def _facts(journal: Path, beside: str | None, entries: Sequence[Entry] | None) -> Facts:
    about = {"Journal": str(journal)}
    if beside is None:
        return Facts(str(journal), about=about)
    return Facts(beside, about={**about, "Input": beside}, entries=entries)


def _compare(entries: Sequence[Entry], report: ActivationReport, journal: Path, beside: str | None) -> None:
    """End the program where the journal is of another input: its rows would stand beside the wrong lines."""
    if len(entries) < len(report):
        fail(f"{beside} has {len(entries):,} conferences, and the journal {str(journal)!r} has {len(report):,}")
    for entry, one in zip(entries, report, strict=False):
        told = one.name if one.uuid is None else one.uuid
        if told is not None and str(entry.conference) != told:
            fail(
                f"line {entry.line} of {beside} is {str(entry.conference)!r}, and the journal {str(journal)!r} has "
                f"{told!r} there: give the input that it was begun with, and --column or --uuid as then"
            )


def _wanted(only: str) -> Callable[[Activation], bool] | None:
    """Says of an activation whether it is told of; None for all.

    Raises:
        ValueError: There is no such outcome.
    """
    if only == "all":
        return None
    if only == "failures":
        return lambda one: not one.succeeded
    known = [outcome.value for outcome in ActivationOutcome]
    outcome = only.replace("-", "_")
    if outcome not in known:
        raise ValueError(f"{only!r} is not one of all, failures, {', '.join(known)}")
    return lambda one: one.outcome.value == outcome
