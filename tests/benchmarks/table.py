"""Tables: one value, drawn for a terminal and for Markdown. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """What a measurement found.

    Attributes:
        title: What the figures are.
        columns: Headings; the first is of the rows' names.
        rows: The cells, as text.
        notes: What a reader must know to understand it.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.title}: {row} has {len(row)} cells, not {len(self.columns)}")


def as_text(table: Table) -> str:
    """For a terminal: the first column to the left, the others to the right."""
    lines = [table.columns, *table.rows]
    widths = [max(len(line[index]) for line in lines) for index in range(len(table.columns))]
    drawn = [_line(line, widths) for line in lines]
    rule = "─" * max(map(len, drawn))
    return "\n".join([table.title, rule, drawn[0], rule, *drawn[1:], *(f"  {note}" for note in table.notes), ""])


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    first, *others = cells
    texts = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
    return "  ".join(texts).rstrip()


def as_markdown(table: Table) -> str:
    """For a page."""
    head = [f"**{table.title}**", ""] if table.title else []
    ruler = ["---", *["---:"] * (len(table.columns) - 1)]
    body = [_markdown_line(line) for line in (table.columns, ruler, *table.rows)]
    notes = ["", *(f"* {note}" for note in table.notes)] if table.notes else []
    return "\n".join([*head, *body, *notes])


def _markdown_line(cells: Sequence[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
