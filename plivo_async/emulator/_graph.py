"""Values and things that refer to each other, as JSON and back. Pure; it knows no class but those it is told.

JSON's own values stand for themselves. All else is an object with one key that says what it is:

    {"map": [[key, value], …]}  {"tuple": […]}  {"set": […]}  {"time": "2026-…"}  {"decimal": "0.005"}
    {"Hook": {"url": …}}        a value of that class
    {"ref": 3}                  the thing number 3: each is there once, however many refer to it

Fields that are as a new one has them are left out.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any

Json = Any
"""What `json` takes and gives."""


class Kinds:
    """Which classes there are.

    Args:
        values: Classes whose members are what they hold: frozen dataclasses and named tuples.
        things: Classes whose members are themselves, by the fields that are kept.
    """

    def __init__(self, values: Iterable[type], things: Mapping[type, tuple[str, ...]]) -> None:
        self.values = {one.__name__: one for one in values}
        self.things = {one.__name__: one for one in things}
        self.kept = dict(things)


def kept_fields(kind: type, *left_out: str) -> tuple[str, ...]:
    """The fields of a dataclass but some."""
    return tuple(name for name in _names(kind) if name not in left_out)


def _names(kind: Any) -> list[str]:
    return list(kind._fields) if hasattr(kind, "_fields") else [one.name for one in fields(kind)]


def _defaults(kind: Any) -> dict[str, Callable[[], Any]]:
    """What makes the defaults of its fields."""
    if not is_dataclass(kind):
        return {name: partial(_same, value) for name, value in getattr(kind, "_field_defaults", {}).items()}
    found: dict[str, Callable[[], Any]] = {}
    for one in fields(kind):
        if one.default_factory is not MISSING:
            found[one.name] = one.default_factory
        elif one.default is not MISSING:
            found[one.name] = partial(_same, one.default)
    return found


def _same(value: Any) -> Any:
    return value


class Writer:
    """Writes values, and puts the things that they refer to into `things`, which `finished` completes."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._numbers: dict[int, int] = {}
        self._waiting: deque[Any] = deque()
        self._kept_alive: list[Any] = []
        self._things: list[Json] = []

    def write(self, value: Any) -> Json:
        """One value.

        Raises:
            TypeError: It is of no class that is known.
        """
        if isinstance(value, Enum):
            value = value.value
        if value is None or type(value) in (bool, int, float, str):
            return value
        kind = type(value).__name__
        if type(value) is self._kinds.values.get(kind):
            return {kind: self._fields(value, _names(value))}
        if type(value) is self._kinds.things.get(kind):
            return {"ref": self._number(value)}
        return self._collection(value)

    def _collection(self, value: Any) -> Json:
        match value:
            case datetime():
                return {"time": value.isoformat()}
            case Decimal():
                return {"decimal": str(value)}
            case Mapping():
                return {"map": [[self.write(key), self.write(one)] for key, one in value.items()]}
            case list() | deque():
                return [self.write(one) for one in value]
            case tuple():
                return {"tuple": [self.write(one) for one in value]}
            case set() | frozenset():
                return {"set": [self.write(one) for one in sorted(value)]}
        raise TypeError(f"{type(value).__name__} can't be kept")

    def _fields(self, value: Any, names: Iterable[str]) -> Json:
        defaults = _defaults(type(value))
        written = {}
        for name in names:
            one = getattr(value, name)
            if name not in defaults or defaults[name]() != one:
                written[name.lstrip("_")] = self.write(one)
        return written

    def _number(self, thing: Any) -> int:
        if id(thing) not in self._numbers:
            self._numbers[id(thing)] = len(self._numbers)
            self._waiting.append(thing)
            self._kept_alive.append(thing)
        return self._numbers[id(thing)]

    def finished(self) -> list[Json]:
        """Every thing that was referred to, in order of the numbers."""
        while self._waiting:
            thing = self._waiting.popleft()
            kind = type(thing)
            self._things.append({kind.__name__: self._fields(thing, self._kinds.kept[kind])})
        return self._things


class Reader:
    """Reads what a `Writer` wrote.

    Args:
        kinds: As they were.
        things: What `Writer.finished` gave.
        made: Is told of each thing that it makes; what that refers to may be without its fields yet.

    Raises:
        KeyError: A class that isn't known; and whatever else may come of a text that no writer wrote.
    """

    def __init__(self, kinds: Kinds, things: list[Json], made: Callable[[Any], None] = lambda _thing: None) -> None:
        self._kinds = kinds
        self.things: list[Any] = []
        for one in things:
            [name] = one
            self.things.append(object.__new__(kinds.things[name]))
        for thing, one in zip(self.things, things, strict=True):
            self._fill(thing, one[type(thing).__name__])
            made(thing)

    def _fill(self, thing: Any, written: Mapping[str, Json]) -> None:
        kind = type(thing)
        for name, default in _defaults(kind).items():
            setattr(thing, name, default())
        for name in self._kinds.kept[kind]:
            if name.lstrip("_") in written:
                setattr(thing, name, self.read(written[name.lstrip("_")]))

    def read(self, written: Json) -> Any:
        """One value."""
        if isinstance(written, list):
            return [self.read(one) for one in written]
        if not isinstance(written, dict):
            return written
        [(key, inside)] = written.items()
        if key in self._kinds.values:
            return self._kinds.values[key](**{name: self.read(one) for name, one in inside.items()})
        readers: dict[str, Callable[[Any], Any]] = {
            "ref": lambda number: self.things[number],
            "map": lambda pairs: {self.read(name): self.read(one) for name, one in pairs},
            "tuple": lambda members: tuple(self.read(one) for one in members),
            "set": lambda members: frozenset(self.read(one) for one in members),
            "time": datetime.fromisoformat,
            "decimal": Decimal,
        }
        return readers[key](inside)
