"""Names in JSON: what `mpc list --json` prints, arrays, objects one after another. Pure."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ._text import Cell, InputError

SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})
_BLANK = " \t\r\n"
_REPORT = (
    "is a report of plivo-async, not a list of names. Those of it that are not live: "
    "jq -r '.activations[] | select(.live != true) | .name' FILE | plivo-async mpc start -"
)


def is_json(text: str) -> bool:
    """Whether it begins with a JSON object, or an array of objects or texts: nobody calls a conference so."""
    start = text.lstrip(_BLANK)
    if not start.startswith(("{", "[")):
        return False
    try:
        value, _ = json.JSONDecoder().raw_decode(start)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) or all(isinstance(item, dict | str) for item in value)


def json_cells(text: str, label: str, keys: Sequence[str]) -> Iterator[Cell]:
    """The names in it.

    Args:
        text: JSON values one after another, however they are broken into lines; arrays are gone through.
        label: What to call it in a message.
        keys: Under which of them an object may have its name, the best one first.

    Raises:
        InputError: It is no valid JSON, or a value has no name.
    """
    for line, value in _values(text, label):
        if isinstance(value, dict) and "activations" in value and "counts" in value:
            raise InputError(f"{label} {_REPORT}")
        objects = value.get("objects") if isinstance(value, dict) else None
        for item in objects if isinstance(objects, list) else [value]:  # as Plivo answers
            name = _name(item, f"{label}, line {line}", keys)
            yield Cell(line, name, _beside(item, name) if isinstance(item, dict) else {})


def keys(text: str, label: str) -> list[str]:
    """Under which keys the first object has a text.

    Raises:
        InputError: It is no valid JSON.
    """
    _, first = next(_values(text, label), (1, None))
    return [key for key, value in first.items() if isinstance(value, str)] if isinstance(first, dict) else []


def _beside(item: dict[str, Any], name: str) -> dict[str, str]:
    """What else an object has that is one value."""
    return {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in item.items()
        if isinstance(value, str | int | float | bool) and value != name
    }


def _values(text: str, label: str) -> Iterator[tuple[int, Any]]:
    """The values, items of arrays among them, each with the line it begins on."""
    decoder = json.JSONDecoder()
    line, at, inside, counted = 1, 0, False, 0
    while True:
        while at < len(text) and (text[at] in _BLANK or (inside and text[at] == ",")):
            at += 1
        line, counted = line + text.count("\n", counted, at), at
        if at == len(text):
            if inside:
                raise InputError(f"{label}, line {line}: no valid JSON: the array is not closed; give the whole file")
            return
        if text[at] in "[]" and (text[at] == "]") is inside:
            inside, at = not inside, at + 1
            continue
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "it is nested too deeply"
            raise InputError(f"{label}, line {line}: no valid JSON: {reason}; mend this line") from None
        yield line, value


def _name(item: Any, place: str, keys: Sequence[str]) -> str:
    if isinstance(item, str):
        return item
    if not isinstance(item, dict):
        raise InputError(f"{place}: {json.dumps(item)[:40]} is no name; give texts, or objects that have one")
    for key in keys:
        if isinstance(item.get(key), str):
            return str(item[key])
    there = ", ".join(map(repr, list(item)[:10]))
    raise InputError(f"{place}: the object has no text {' or '.join(keys)}; it has {there}. Give --column one of these")
