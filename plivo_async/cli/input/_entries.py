"""Names of conferences, read from a text, CSV or JSON file. Pure but for `read_source`.

A name is a piece of user data: nothing in it is changed, but that spaces and tabs around it, which nobody sees in a
file, are dropped. A file with a mistake, or that is something else than a list of names, is refused as a whole, before
anything is sent, with a sentence that says where, why, and what to do.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from ...shown._printable import printable
from ...wire import conference as conference_by_name
from ...wire import conference_by_uuid
from ._json import SUFFIXES, is_json, json_cells, keys
from ._table import NAME_COLUMNS, UUID_COLUMNS, columns, folded, has_sep, is_word, table_cells
from ._text import Cell, InputError, decoded

__all__ = ["STDIN", "Entry", "InputError", "columns_of", "looks_like_uuid", "read_entries", "read_source"]

STDIN = "-"
_SHOWN = 5
_TABLES = {".csv": None, ".tsv": "\t"}  # and what is known of their delimiter
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Entry(NamedTuple):
    """One conference of the input, the line it stands on, from 1, and what stands beside it, by column."""

    line: int
    conference: str | UUID
    beside: Mapping[str, str] = {}


def looks_like_uuid(name: str) -> bool:
    """Whether a name may have been meant as a UUID."""
    return _UUID.fullmatch(name) is not None


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
        data: Its bytes: UTF-8, with or without a byte order mark, or UTF-16 with one.
        label: What to call it in a message. Its suffix says what it is: `.csv` and `.tsv` are tables, `.json`, `.jsonl`
            and `.ndjson` hold JSON. Without one, JSON and a `sep=` line are recognised; all else is a name per line.
        column: The column of a table, by name or by number from 1, or the key of JSON objects; None looks for a usual
            name. Makes it a table unless it is JSON.
        header: Whether the first row of a table holds names; None: unless the column is a number.
        uuid: Whether it holds MPC UUIDs, not friendly names.

    Raises:
        InputError: A mistake; the message names the first few.
    """
    text = decoded(data, label)
    suffix = Path(label).suffix.lower()
    wanted = UUID_COLUMNS if uuid else NAME_COLUMNS
    cells: Iterable[Cell]
    if suffix in SUFFIXES or is_json(text):
        cells = json_cells(text, label, wanted if column is None else (column,))
    elif column is not None or suffix in _TABLES or has_sep(text):
        cells = table_cells(text, label, column, header, wanted, _TABLES.get(suffix))
    else:
        cells = list(_lines(text))
        _refuse_what_is_no_list(cells, label)
    return _checked(cells, label, uuid)


def columns_of(data: bytes, label: str) -> list[str]:
    """What `--column` may say of a table, or of JSON objects; only what needs no quotes in any shell.

    Raises:
        InputError: It can't be read.
    """
    text = decoded(data, label)
    suffix = Path(label).suffix.lower()
    if suffix in SUFFIXES or is_json(text):
        return [key for key in keys(text, label) if is_word(key)]
    return columns(text, label, _TABLES.get(suffix), 1 if suffix in _TABLES or has_sep(text) else 2)


def _lines(text: str) -> Iterator[Cell]:
    """The lines that aren't blank. Not `str.splitlines`: it breaks at characters that are no line ends in a file."""
    end = "\n" if "\n" in text else "\r"  # as old spreadsheets on a Mac write
    for number, line in enumerate(text.split(end), 1):
        stripped = line.removesuffix("\r").strip(" \t")
        if stripped:
            yield Cell(number, stripped)


def _refuse_what_is_no_list(cells: Sequence[Cell], label: str) -> None:
    """See that lines are names, not rows of a table.

    Raises:
        InputError: They are something else; it says what, and how it can be read.
    """
    if not cells:
        return
    first = cells[0].text
    for line, text, _ in cells:
        if "\t" in text:
            listed = looks_like_uuid(text.rpartition("\t")[2])
            way = "add | cut -f1 after mpc list" if listed else "give --column with its number or name"
            raise InputError(f"{label}, line {line}: columns separated by tabs, not a name; {way}")
    line = cells[0].line
    columns = [folded(name.strip('"')) for name in re.split("[,;|]", first)]
    known = [name for name in (*NAME_COLUMNS, *UUID_COLUMNS) if name in columns]
    if known and len(cells) > 1:
        raise InputError(
            f"{label}, line {line}: {first[:60]!r} is a line of column names; give --column {known[0]}, "
            "or --column 1 --no-header if a conference is called so"
        )
    if all(len(text) > 1 and text[0] == text[-1] == '"' for _, text, _ in cells):
        raise InputError(
            f"{label}, line {line}: every name is in quotes; use jq -r, or give --column 1 to read it as CSV"
        )


def _checked(cells: Iterable[Cell], label: str, uuid: bool) -> list[Entry]:
    entries: list[Entry] = []
    mistakes: list[str] = []
    for line, text, beside in cells:
        try:
            entries.append(Entry(line, _conference(text, uuid), beside))
        except ValueError as error:
            mistakes.append(f"{label}, line {line}: {error}")
    if mistakes:
        more = [f"… and {len(mistakes) - _SHOWN:,} more"] if len(mistakes) > _SHOWN else []
        raise InputError("\n".join(mistakes[:_SHOWN] + more))
    if not entries:
        raise InputError(f"{label} holds no conferences; give one name per line")
    return entries


def _conference(text: str, uuid: bool) -> str | UUID:
    if text.startswith("{") and text.endswith("}") and _is_object(text):
        raise ValueError("it is a JSON object, not a name; give lines of JSON only, or names only")
    found = conference_by_uuid(text) if uuid else conference_by_name(text)
    return found.name if found.name is not None else UUID(found.uuid)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
