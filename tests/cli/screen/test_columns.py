"""Tables at every width."""

import io

import pytest

pytest.importorskip("rich")

from rich.console import Console

from plivo_async.cli.screen._columns import fitting

COLUMNS = ("holder", "holds", "granted", "since", "heard")
ROWS = [
    ("vm:9177:577a12", "0", "1,008", "3.0 s", "2.9 s ago"),
    ("a-host-with-a-long-name:94:ff9d2c", "12", "8", "2 h", "9 s ago"),
]


@pytest.mark.parametrize(("width", "columns"), [(80, 5), (54, 5), (53, 4), (43, 4), (42, 3), (36, 3), (20, 3)])
def test_a_column_is_left_out_before_a_word_is_broken(width: int, columns: int) -> None:
    """But for names, which go on in the next line; numbers stand under each other's ends."""
    text = io.StringIO()
    console = Console(file=text, width=width)
    console.print(fitting(COLUMNS, ROWS, width, 3, right=COLUMNS[1:]))
    lines = text.getvalue().splitlines()
    if width >= 36:
        assert lines[0].split() == list(COLUMNS[:columns])
        assert "1,008" in lines[1]
    assert max(map(len, lines)) <= width
    names = "".join(line.split()[0] for line in lines[1:] if not line.startswith(" "))
    assert all(row[0] in names for row in ROWS)
