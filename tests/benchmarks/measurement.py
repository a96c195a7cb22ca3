"""What all measurements have in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .processes import Case, Say
from .table import Table

Row = Mapping[str, Any]


def _no_charts(rows: Sequence[Row]) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured.

    Attributes:
        quick: Only to see that it works: tiny sizes, two at a time.
        say: Shows what is under way.
        rounds: How often each case is measured; None for what suits the measurement.
    """

    quick: bool
    say: Say
    rounds: int | None = None

    def times(self, usual: int) -> int:
        """How often each case is measured."""
        return 1 if self.quick else self.rounds or usual

    def side_by_side(self, usual: int = 1) -> int:
        """How many cases are measured at a time."""
        return 2 if self.quick else usual


@dataclass(frozen=True, slots=True)
class Measurement:
    """One part of the benchmark.

    Attributes:
        name: What `--only` takes.
        run: Measures; gives each case with its figures.
        tables: What is shown of them.
        charts: What is drawn of them, by name.
    """

    name: str
    run: Callable[[Plan], list[Case]]
    tables: Callable[[Sequence[Row]], list[Table]]
    charts: Callable[[Sequence[Row]], dict[str, str]] = _no_charts


def values(rows: Sequence[Row], figure: str, **where: object) -> list[float]:
    """A figure of all rows that have it and are of one kind."""
    return [row[figure] for row in rows if figure in row and all(row.get(key) == one for key, one in where.items())]


def errors(rows: Sequence[Row]) -> list[str]:
    """What went wrong, a line each."""
    return [f"{row.get('peer', row['measurement'])}: {row['error']}" for row in rows if "error" in row]
