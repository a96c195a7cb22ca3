"""`plivo-async mpc report`: what a journal tells."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from .._completion import outcome_or_group
from ..screen._console import fail, given, tell
from ._arguments import Column, Header, Uuids

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
    from ... import ActivationReport, JournalError
    from ...batch import summary
    from .._account import entries_of
    from .._output import as_text
    from ..actions._report import compare, facts, wanted
    from ..screen._summary import SHOWN, failure_lines

    fits = given("--only", wanted, only)
    entries = None if beside is None else entries_of(beside, column, header, uuid)
    try:
        whole = ActivationReport.read(journal)
        if entries is not None:
            compare(entries, whole, journal, beside)
        chosen = whole if fits is None else ActivationReport(filter(fits, whole), whole.elapsed, whole.runs)
        if form == "text":
            tell([summary(chosen.counts, chosen.elapsed), *failure_lines(chosen, None if fits else SHOWN, "--only {}")])
        else:
            sys.stdout.write(as_text(chosen, form, facts(journal, beside, entries)))
    except JournalError as error:
        fail(str(error))
