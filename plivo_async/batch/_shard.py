"""A part of a batch that one worker activates: names go in, and out again as JSON. Pure."""

from collections.abc import AsyncIterable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Self
from uuid import UUID, uuid4

from .._errors import invalid
from .._public import public
from ..shown._jsonable import Jsonable
from ..wire import Conference, conference
from ..wire._checks import integer, text
from ._input import ConferenceId

MOST = 10_000
"""Conferences in a shard at most: whoever takes it over after a crash looks at those that were in flight."""
_FORMAT = 1
LONGEST_BATCH = 200
"""Characters that the name of a batch has at most."""


@public
@dataclass(frozen=True, slots=True)
class Shard(Jsonable):
    """A part of a batch, for one worker at a time: an iterable of conferences, as `start_each` takes it.

    Made by `split`. Pickles, compares, and goes through JSON with `to_dict()` and `from_dict()`. It holds no
    credential.
    """

    batch: str
    """What the batch is called."""
    first: int
    """The position of its first item in the whole input, from 0."""
    conferences: tuple[ConferenceId, ...]
    """Names (`str`) or UUIDs (`uuid.UUID`), in the order of the input."""
    twins: tuple[tuple[int, int], ...] = ()
    """Those that the input has had before: the place in this shard, from 0, and the position of the first one in the
    whole input, in order. They are not activated again, and share its outcome."""

    def __post_init__(self) -> None:
        text("batch", self.batch, longest=LONGEST_BATCH)
        integer("first", self.first, 0)
        if not 1 <= len(self.conferences) <= MOST:
            raise invalid("conferences", f"must be 1 to {MOST:,}, not {len(self.conferences):,}")
        for place, first in self.twins:
            if not (0 <= place < len(self.conferences) and 0 <= first < self.first + place):
                raise invalid("twins", f"must name an earlier item for one of this shard, not {(place, first)!r}")

    def __len__(self) -> int:
        return len(self.conferences)

    def __iter__(self) -> Iterator[ConferenceId]:
        return iter(self.conferences)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain JSON types: a name is a text, a UUID `{"uuid": "…"}`."""
        return {
            "format": _FORMAT,
            "batch": self.batch,
            "first": self.first,
            "conferences": [{"uuid": str(one)} if isinstance(one, UUID) else one for one in self.conferences],
            "twins": [list(twin) for twin in self.twins],
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """The shard that `to_dict()` told of, checked anew.

        Raises:
            InvalidArgumentError, TypeError: It is none, or one that a newer version wrote.
        """
        if not isinstance(told, Mapping) or told.get("format") != _FORMAT:
            found = told.get("format") if isinstance(told, Mapping) else type(told).__name__
            raise invalid("shard", f"must be what Shard.to_dict() of format {_FORMAT} says, not {found!r}")
        try:
            named = [UUID(one["uuid"]) if isinstance(one, Mapping) else one for one in told["conferences"]]
            twins = tuple((int(place), int(first)) for place, first in told.get("twins", ()))
            batch, first = told["batch"], told["first"]
        except (KeyError, TypeError, ValueError) as error:
            raise invalid("shard", f"is not what Shard.to_dict() says: {type(error).__name__} {error}") from None
        for place, one in enumerate(named):
            conference(one, f" at position {place} of the shard")
        return cls(batch, first, tuple(named), twins)

    def __repr__(self) -> str:
        return f"<Shard of batch {self.batch!r}: {len(self):,} conferences from position {self.first:,}>"


@public
def split(names: Iterable[ConferenceId], size: int = 500, *, batch: str | None = None) -> Iterator[Shard]:
    """Cut an input into shards, for the workers of an engine; lazily, each item checked as `start(names)` checks it.

        for shard in split(names, 500, batch="tonight"):
            ...

    A conference that is given again, in whatever shard, is marked in `Shard.twins`: it is activated once, and reported
    at each of its positions. For that a word on each different conference is kept until the end, some 0.15 kB.

    Args:
        names: As for `start`, but not awaited: it is gone through once.
        size: Conferences in a shard, 1 to 10,000; the last one may have fewer.
        batch: What the batch is called, 1 to 200 printable characters; None makes a name that is nobody else's.

    Raises:
        InvalidArgumentError, TypeError: An argument is wrong, at once; or a name is, when it is come to, with its
            position: hand nothing over before all shards are there, or in a transaction that then ends.
    """
    integer("size", size, 1, MOST)
    if isinstance(names, AsyncIterable):
        raise TypeError("names must be an iterable; one that is awaited has to be read first: [one async for one in …]")
    if not isinstance(names, Iterable) or isinstance(names, str | bytes | bytearray | dict):
        raise TypeError(f"names must be an iterable of names, not {type(names).__name__}")
    if batch is not None:
        text("batch", batch, longest=LONGEST_BATCH)
    return _shards(iter(names), size, uuid4().hex if batch is None else batch)


def _shards(names: Iterator[ConferenceId], size: int, batch: str) -> Iterator[Shard]:
    seen: dict[Conference | str, int] = {}  # a name as the text that it is: the least that there is to keep
    for first in count(0, size):
        taken: list[ConferenceId] = []
        twins: list[tuple[int, int]] = []
        for position, name in zip(range(first, first + size), names, strict=False):
            one = conference(name, f" at position {position}")
            before = seen.setdefault(one if one.name is None else one.name, position)
            if before != position:
                twins.append((position - first, before))
            taken.append(name)
        if taken:
            yield Shard(batch, first, tuple(taken), tuple(twins))
        if len(taken) < size:
            return
