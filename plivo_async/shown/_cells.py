"""Cells of a CSV file that people open in a spreadsheet: text of others must not be taken for a formula."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def defused(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet would take it for a formula.

    Such begin with `=`, `+`, `-`, `@`, a tab or a carriage return; one that has apostrophes before these gets one more,
    so that `restored` gives back each text as it was.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def restored(cell: str) -> str:
    """The text that `defused` has made this cell of."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
