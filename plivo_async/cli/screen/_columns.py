"""Tables that fit a terminal. Pure."""

from collections.abc import Collection, Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

_ROOM_FOR_NAMES = 20  # cells: longer names go on in the next line before they cost a column
_GAP = 2  # cells between two columns


def fitting(
    columns: Sequence[str], rows: Sequence[Sequence[str]], width: int, least: int, right: Collection[str] = ()
) -> Table:
    """A table of the columns, from the left, for which there is room; the first one, of names, is always whole.

    Args:
        columns: What they are called.
        rows: Their cells, which can be printed.
        width: Cells of the terminal.
        least: How many columns there are however narrow it is.
        right: Columns of numbers.
    """
    wide = [max(cell_len(cells[index]) for cells in (columns, *rows)) for index in range(len(columns))]
    wide[0] = min(wide[0], _ROOM_FOR_NAMES)
    kept = len(columns)
    while kept > least and sum(wide[:kept]) + _GAP * (kept - 1) > width:
        kept -= 1
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns[:kept]):
        shown.add_column(column, overflow="fold", no_wrap=index > 0, justify="right" if column in right else "left")
    for cells in rows:
        shown.add_row(*(Text(text) for text in cells[:kept]))
    return shown
