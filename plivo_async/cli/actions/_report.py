"""What a journal tells, chosen and held against the input of its run."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ... import Activation, ActivationOutcome, ActivationReport
from .._output import Facts
from ..input._entries import Entry
from ..screen._console import fail


def facts(journal: Path, beside: str | None, entries: Sequence[Entry] | None) -> Facts:
    about = {"Journal": str(journal)}
    if beside is None:
        return Facts(str(journal), about=about)
    return Facts(beside, about={**about, "Input": beside}, entries=entries)


def compare(entries: Sequence[Entry], report: ActivationReport, journal: Path, beside: str | None) -> None:
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


def wanted(only: str) -> Callable[[Activation], bool] | None:
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
