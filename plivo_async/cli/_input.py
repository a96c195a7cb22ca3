"""Names of conferences, read from a text or CSV file. Pure but for `read_source`.

A name is a piece of user data: nothing in it is changed, but that spaces and tabs around it, which nobody sees in a
file, are dropped. A file with a mistake is refused as a whole, before anything is sent.
"""

import codecs
import csv
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from .._printable import printable
from ..wire import conference as conference_by_name
from ..wire import conference_by_uuid

STDIN = "-"
_SHOWN = 5
_DELIMITERS = ",;\t"
_NAME_COLUMNS = ("friendly_name", "name", "conference")
_UUID_COLUMNS = ("mpc_uuid", "uuid")


class Entry(NamedTuple):
    """One conference of the input, and the line it stands on, from 1."""

    line: int
    conference: str | UUID


class Cell(NamedTuple):
    """A piece of text, and the line it stands on, from 1."""

    line: int
    text: str


class InputError(ValueError):
    """The input can't be used; the message names file, line, and what is allowed."""


def read_source(source: str) -> tuple[bytes, str]:
    """The bytes of a file, or of stdin for `-`, and what to call it.

    Raises:
        InputError: It can't be read.
    """
    label = "stdin" if source == STDIN else printable(source)
    if source == STDIN and sys.stdin is None:
        raise InputError("stdin is closed; pipe names into it, or give a file")
    try:
        return (sys.stdin.buffer.read() if source == STDIN else Path(source).read_bytes()), label
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{label} can't be read: {reason}") from None


def read_entries(
    data: bytes, label: str, *, column: str | None = None, header: bool | None = None, uuid: bool = False
) -> list[Entry]:
    """The conferences that a file holds, in order.

    Args:
        data: Its bytes: UTF-8, with or without a byte order mark.
        label: What to call it in a message; a name that ends in `.csv` or `.tsv` makes it a table.
        column: The column of a table, by name or by number from 1; None looks for a usual name. Makes it a table.
        header: Whether the first row of a table holds names; None: unless the column is a number.
        uuid: Whether it holds MPC UUIDs, not friendly names.

    Raises:
        InputError: A mistake; the message names the first few.
    """
    text = _decode(data, label)
    suffix = Path(label).suffix.lower()
    if column is None and suffix not in {".csv", ".tsv"}:
        cells: Iterable[Cell] = _lines(text)
    else:
        cells = _table(text, label, column, header, uuid, "\t" if suffix == ".tsv" else None)
    return _checked(cells, label, uuid)


def _decode(data: bytes, label: str) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError(f"{label} is UTF-16; save it as UTF-8")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise InputError(f"{label}, line {line}: byte 0x{byte:02x} is not UTF-8; save the file as UTF-8") from None


def _lines(text: str) -> Iterator[Cell]:
    """The lines that aren't blank. Not `str.splitlines`: it breaks at characters that are no line ends in a file."""
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.removesuffix("\r").strip(" \t")
        if stripped:
            yield Cell(number, stripped)


def _table(
    text: str, label: str, column: str | None, header: bool | None, uuid: bool, delimiter: str | None
) -> Iterator[Cell]:
    by_number = column is not None and column.isascii() and column.isdigit()
    if by_number and column is not None:
        rows = _rows(text, label, delimiter or _likely_delimiter(text, label))
        if header:
            next(rows, None)
        index = int(column) - 1
        if index < 0:
            raise InputError("columns are numbered from 1")
    elif header is False:
        raise InputError("--no-header needs --column with a number: columns have no names then")
    else:
        delimiter, index = _find_column(text, label, column, uuid, delimiter)
        rows = _rows(text, label, delimiter)
        next(rows, None)
    for line, row in rows:
        if index >= len(row):
            columns = "1 column" if len(row) == 1 else f"{len(row)} columns"
            raise InputError(f"{label}, line {line}: {columns}, but the conferences are in column {index + 1}")
        yield Cell(line, row[index].strip(" \t"))


def _rows(text: str, label: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that aren't blank, with the line each begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            if any(cell.strip(" \t") for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{label}, line {line}: no valid CSV: {error}") from None


def _find_column(text: str, label: str, column: str | None, uuid: bool, delimiter: str | None) -> tuple[str, int]:
    """The delimiter under which the first row holds the column, and the column's index."""
    wanted = (column,) if column is not None else _UUID_COLUMNS if uuid else _NAME_COLUMNS
    headers: list[list[str]] = []
    for candidate in delimiter or _DELIMITERS:
        _, row = next(_rows(text, label, candidate), (1, []))
        header = [cell.strip() for cell in row]
        headers.append(header)
        for name in wanted:
            if header.count(name) > 1:
                raise InputError(f"{label}: {header.count(name)} columns are called {name!r}; give --column a number")
            if name in header:
                return candidate, header.index(name)
    there = max(headers, key=len)
    if not there:
        raise InputError(f"{label} is empty")
    what = f"no column is called {column!r}" if column is not None else f"none of its columns is {' or '.join(wanted)}"
    raise InputError(
        f"{label}: {what}; there are {', '.join(map(repr, there))}. "
        "Give --column one of these, or a number from 1 if the first row is data"
    )


def _likely_delimiter(text: str, label: str) -> str:
    """That which splits the first row into the most columns; the comma if none splits it."""
    return max(_DELIMITERS, key=lambda delimiter: len(next(_rows(text, label, delimiter), (1, []))[1]))


def _checked(cells: Iterable[Cell], label: str, uuid: bool) -> list[Entry]:
    entries: list[Entry] = []
    mistakes: list[str] = []
    for line, text in cells:
        try:
            entries.append(Entry(line, _conference(text, uuid)))
        except ValueError as error:
            mistakes.append(f"{label}, line {line}: {error}")
    if mistakes:
        more = [f"… and {len(mistakes) - _SHOWN:,} more"] if len(mistakes) > _SHOWN else []
        raise InputError("\n".join(mistakes[:_SHOWN] + more))
    if not entries:
        raise InputError(f"{label} holds no conferences; give one name per line")
    return entries


def _conference(text: str, uuid: bool) -> str | UUID:
    found = conference_by_uuid(text) if uuid else conference_by_name(text)
    return found.name if found.name is not None else UUID(found.uuid)
