"""Names that stay where they are: a worker reads those of its shard when it has them to do."""

import inspect
import itertools
import os
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from pathlib import Path
from threading import Lock

import anyio.to_thread

from ...batch import ConferenceId, Shard, split

Reader = Callable[[int, int], Iterable[ConferenceId] | Awaitable[Iterable[ConferenceId]]]
"""Called with two positions: yields the names from the first one on, up to the second one, which is not among them.
Fewer than were asked for say that the input ends there."""
Source = str | os.PathLike[str] | Reader
"""A text file with a name a line, or what reads names from elsewhere."""

_STRIDE = 1_000  # lines between two places that are remembered


class Lines:
    """The lines of a file by number, of which every thousandth is remembered. Empty lines count for nothing."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._known = [0]  # where line 0, 1,000, … begin, as far as has been read
        self._lock = Lock()

    def read(self, first: int, last: int) -> list[str]:
        """The lines from `first` up to `last`, without that one.

        Raises:
            OSError, UnicodeDecodeError: It can't be read.
        """
        with self._lock, self._path.open("rb") as file:
            at = min(first // _STRIDE, len(self._known) - 1)
            file.seek(self._known[at])
            found: list[str] = []
            number, place = at * _STRIDE, self._known[at]
            while number < last and (line := file.readline()):
                place += len(line)
                text = line.decode("utf-8-sig" if place == len(line) else "utf-8").strip()
                if not text:
                    continue
                if number >= first:
                    found.append(text)
                number += 1
                if number == len(self._known) * _STRIDE:
                    self._known.append(place)
            return found


def reader(source: Source) -> Reader:
    """What reads a source.

    Raises:
        TypeError: It is neither a path nor callable.
    """
    if callable(source):
        return source
    if not isinstance(source, str | os.PathLike):
        raise TypeError(f"a source must be a path or a callable, not {type(source).__name__}")
    lines = Lines(source)

    async def read(first: int, last: int) -> Iterable[ConferenceId]:
        return await anyio.to_thread.run_sync(lines.read, first, last)

    return read


async def shard_of(source: Reader, batch: str, first: int, size: int) -> Shard | None:
    """The shard that a source has from a position on; None if it ends before. What it repeats is a twin.

    Raises:
        InvalidArgumentError, TypeError: What it has are no names.
    """
    found = source(first, first + size)
    names = await found if inspect.isawaitable(found) else found
    shard = next(split(itertools.islice(names, size), size, batch=batch), None)
    if shard is None:
        return None
    return replace(shard, first=first, twins=tuple((place, first + before) for place, before in shard.twins))
