"""Names as callers give them: one by one, from any iterable, as they are needed."""

import math
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

import anyio
import anyio.lowlevel

from ..pacing._priority import for_a_batch
from ..wire import Conference, conference

BREATH = 200  # names, some 1 ms: how many may be gone through before other tasks of the event loop run
ConferenceId = str | UUID
"""A conference: a `str` is its friendly name, a `uuid.UUID` its MPC UUID."""
Names = Iterable[ConferenceId] | AsyncIterable[ConferenceId]
SentAt = Callable[[Conference], float | None]
"""Since when an earlier run may have sent an activation of a conference, in seconds since 1970; None if none did."""


def never_sent(_: Conference) -> None:
    """Nothing was sent before."""


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of input.

    Attributes:
        position: Its place, from 0.
        conference: The conference; None if it was refused.
        refusal: Why it was refused; None if it wasn't.
        twins: Further places of the same conference.
        maybe_sent: When an earlier run may have sent an activation of it, in seconds since 1970 on Plivo's clock; None
            if none has.
    """

    position: int
    conference: Conference | None
    refusal: ValueError | TypeError | None = None
    twins: tuple[int, ...] = ()
    maybe_sent: float | None = None


class Input:
    """Pulls names, numbers and checks them.

    Attributes:
        waits: Whether the next one may have to be awaited.
    """

    def __init__(self, names: Names, sent_at: SentAt = never_sent) -> None:
        """Take hold of the names without pulling any.

        Raises:
            TypeError: It can't be iterated, or it is bytes or a mapping, whose items are hardly names.
        """
        self._position = 0
        self._sent_at = sent_at
        self.waits: bool = isinstance(names, AsyncIterable)
        self._names: Iterator[object] | AsyncIterator[object]
        if isinstance(names, AsyncIterable):
            self._names = aiter(names)
        elif isinstance(names, Iterable) and not isinstance(names, str | bytes | bytearray | dict):
            self._names = iter(names)
        else:
            raise TypeError(f"names must be an iterable or async iterable of names, not {type(names).__name__}")

    async def pull(self) -> Item | None:
        """The next one; None when there is none left. What the caller's iterator raises comes through."""
        try:
            if isinstance(self._names, Iterator):
                value = next(self._names)
            else:
                with for_a_batch():  # it may await pages of a list; an iterator can await nothing
                    value = await anext(self._names)
        except (StopIteration, StopAsyncIteration):
            return None
        except anyio.get_cancelled_exc_class() as error:
            if anyio.current_effective_deadline() == -math.inf:
                raise
            raise RuntimeError(f"the names ended with a cancellation of their own ({type(error).__name__})") from error
        return self._item(value)

    def _item(self, value: object) -> Item:
        position = self._position
        self._position += 1
        try:
            found = conference(value, f" at position {position}")
            return Item(position, found, maybe_sent=self._sent_at(found))
        except (ValueError, TypeError) as refusal:
            return Item(position, None, refusal.with_traceback(None))

    async def pull_left(self) -> Item | None:
        """The next one of an iterable, when nothing is begun any more; what would have to be awaited is left alone."""
        return None if self.waits else await self.pull()

    async def aclose(self) -> None:
        """Close an async generator that was not pulled to its end; on trio nobody else would, without a warning."""
        if isinstance(self._names, AsyncGenerator):
            await self._names.aclose()
