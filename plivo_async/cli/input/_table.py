"""The column of names in a CSV file: which delimiter, which column, which rows. Pure.

A delimiter is a guess: one under which the first rows don't parse, or that doesn't split all of them, is none. Where
two guesses are as good as each other, neither is taken.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ...shown._cells import restored
from ._text import Cell, InputError

NAME_COLUMNS = ("friendly_name", "name", "conference")
UUID_COLUMNS = ("mpc_uuid", "uuid")

_DELIMITERS = ",;\t|"
_WORDS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_HEAD = 100  # rows that a guess is made from
_WIDEST = 2**31 - 1  # characters of a cell: notes beside a name may be long
_SEP = re.compile(r'"?sep=([^\r\n"])"?\r?\n?', re.IGNORECASE)
_REPORT = ["position", "name", "uuid", "outcome"]  # how our own report begins

Row = tuple[int, list[str]]


class _Guess(NamedTuple):
    """A delimiter, and the first rows under it."""

    delimiter: str
    head: list[Row]

    @property
    def least(self) -> int:
        """Cells of the shortest row."""
        return min(len(row) for _, row in self.head)

    @property
    def even(self) -> bool:
        """Whether all rows are as long."""
        return len({len(row) for _, row in self.head}) == 1


def has_sep(text: str) -> bool:
    """Whether it begins with the line that tells Excel the delimiter."""
    return _SEP.match(text) is not None


def folded(name: str) -> str:
    """A column's name as people may have written it: `Friendly Name` is `friendly_name`."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def columns(text: str, label: str, delimiter: str | None, least: int) -> list[str]:
    """What the header says, as far as `--column` can name it without quotes in any shell.

    Args:
        text: The file.
        label: What to call it in a message.
        delimiter: None if it isn't known.
        least: How many columns there have to be.

    Raises:
        InputError: It can't be read.
    """
    text, known, first = _without_sep(text)
    guesses = _guesses(text, label, known or delimiter or _DELIMITERS, first)
    header = _headers(guesses)[0][1]
    if len(header) < least:
        return []
    names = [name for name in header if header.count(name) == 1]
    alike = [folded(name) for name in header]
    ways = [name if is_word(name) or alike.count(folded(name)) > 1 else folded(name) for name in names]
    return [way for way in ways if is_word(way)]


def is_word(name: str) -> bool:
    """Whether every shell takes it without quotes, and `--column` takes it for a name."""
    return re.fullmatch(r"\w[\w.+@%/-]*", name) is not None and not name.isdigit()


def table_cells(
    text: str, label: str, column: str | None, header: bool | None, wanted: Sequence[str], delimiter: str | None
) -> Iterator[Cell]:
    """The cells of the column.

    Args:
        text: The file.
        label: What to call it in a message.
        column: By name, or by number from 1; None for one of the usual names.
        header: Whether the first row holds names; None: unless the column is a number.
        wanted: The usual names, the best one first.
        delimiter: None if it isn't known.

    Raises:
        InputError: There is no such column, or a row that can't be read.
    """
    text, known, first = _without_sep(text)
    delimiter = known or delimiter
    if not text.strip():
        raise InputError(f"{label} is empty; give one name per line")
    guesses = _guesses(text, label, delimiter or _DELIMITERS, first)
    if column is not None and re.fullmatch(r"\d+", column, re.ASCII):
        guess = _by_number(guesses, label, int(column), header)
        index, skipped = int(column) - 1, bool(header)
    elif header is False:
        raise InputError("--no-header needs --column with a number: columns have no names then")
    else:
        guess, index = _by_name(guesses, label, (column,) if column is not None else wanted)
        skipped = True
    ours = guess.head[0][1][: len(_REPORT)] == _REPORT
    width = len(guess.head[0][1])
    names = _names(guess.head[0][1]) if skipped else [f"column {number}" for number in range(1, width + 1)]
    for line, row in islice(_rows(text, label, guess.delimiter, first), int(skipped), None):
        _check(row, index, width, f"{label}, line {line}", guess.delimiter)
        beside = (
            {} if ours else {name: cell for at, (name, cell) in enumerate(zip(names, row, strict=False)) if at != index}
        )
        yield Cell(line, restored(row[index]) if ours else row[index].strip(" \t"), beside)


def _without_sep(text: str) -> tuple[str, str | None, int]:
    """The rest, the delimiter that a first line tells, and which line the rest begins on."""
    sep = _SEP.match(text)
    return (text, None, 1) if sep is None else (text[sep.end() :], sep[1], 2)


def _names(header: list[str]) -> list[str]:
    """What the columns are called, each differently: a second one of a name, and one without, by its number."""
    seen: set[str] = set()
    names = []
    for number, cell in enumerate(header, 1):
        name = cell.strip()
        names.append(name if name and name not in seen else f"column {number}")
        seen.add(name)
    return names


def _check(row: list[str], index: int, width: int, place: str, delimiter: str) -> None:
    columns = "1 column" if len(row) == 1 else f"{len(row)} columns"
    if index >= len(row):
        raise InputError(f"{place}: {columns}, but the conferences are in column {index + 1}; mend this line")
    if any(cell.strip() for cell in row[width:]):
        between = _WORDS.get(delimiter, repr(delimiter))
        raise InputError(
            f"{place}: {columns}, but the first row has {width}; put quotes around a cell that holds {between}"
        )


def _rows(text: str, label: str, delimiter: str, first: int) -> Iterator[Row]:
    """The rows that aren't blank, with the line each begins on."""
    csv.field_size_limit(_WIDEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = first
    try:
        for row in reader:
            if any(cell.strip(" \t") for cell in row):
                yield line, row
            line = reader.line_num + first
    except csv.Error as error:
        raise InputError(f"{label}, line {line}: no valid CSV: {error}; look at the quotes there") from None


def _guesses(text: str, label: str, delimiters: str, first: int) -> list[_Guess]:
    """The delimiters under which the first rows parse."""
    found: list[_Guess] = []
    mistake: InputError | None = None
    for delimiter in delimiters:
        try:
            head = list(islice(_rows(text, label, delimiter, first), _HEAD))
        except InputError as error:
            mistake = mistake or error
        else:
            found += [_Guess(delimiter, head)] if head else []
    if not found:
        raise mistake or InputError(f"{label} holds no conferences; give one name per line")
    return found


def _by_number(guesses: list[_Guess], label: str, number: int, header: bool | None) -> _Guess:
    if number < 1:
        raise InputError("columns are numbered from 1")
    most = max(guess.least for guess in guesses)
    best = [guess for guess in guesses if guess.least == most]
    if most > 1 and len(best) > 1:
        best = [guess for guess in best if guess.even] or best
    elif most == 1:
        best = [guess for guess in best if not guess.even] or best[:1]
    if len(best) > 1 or (most == 1 and not best[0].even and len(guesses) > 1):
        raise InputError(
            f"{label}: it can't be told what separates the columns; write it into a first line, as in sep=;"
        )
    [guess] = best
    line, row = guess.head[0]
    if header is None and number <= len(row) and folded(row[number - 1]) in (*NAME_COLUMNS, *UUID_COLUMNS):
        raise InputError(
            f"{label}, line {line}: {row[number - 1]!r} is the name of the column; "
            "add --header, or --no-header if a conference is called so"
        )
    return guess


def _by_name(guesses: list[_Guess], label: str, wanted: Sequence[str | None]) -> tuple[_Guess, int]:
    """The delimiter under which the first row holds the column, and the column's index."""
    headers = _headers(guesses)
    for fold in (str, folded):
        for guess, header in headers:
            names = [fold(name) for name in header]
            for name in (fold(str(name)) for name in wanted):
                places = [index for index, there in enumerate(names) if there == name]
                if len(places) > 1:
                    raise InputError(_several(label, header[places[0]], [place + 1 for place in places]))
                if places:
                    return guess, places[0]
    there = headers[0][1]
    what = f"none of its columns is {' or '.join(map(str, wanted))}"
    if len(wanted) == 1:
        what = f"no column is called {wanted[0]!r}"
    raise InputError(
        f"{label}: {what}; there are {', '.join(map(repr, there[:20]))}. "
        "Give --column one of these, or --column NUMBER --no-header if the first row is data"
    )


def _headers(guesses: list[_Guess]) -> list[tuple[_Guess, list[str]]]:
    """The first row under each guess, the longest one first."""
    headers = [(guess, [cell.strip() for cell in guess.head[0][1]]) for guess in guesses]
    return sorted(headers, key=lambda pair: -len(pair[1]))


def _several(label: str, name: str, places: list[int]) -> str:
    numbers = " or ".join(f"--column {place} --header" for place in places)
    return f"{label}: {len(places)} columns are called {name!r}; give {numbers}"
