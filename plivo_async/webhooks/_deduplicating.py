"""Events that were handled, so that what comes twice is handled once."""

from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from ._event import Event, public
from ._nonces import at_least


@public
class Deduplicator:
    """Remembers the last events that were handled, by `Event.dedupe_key`: Plivo delivers each at least once.

    An event counts as handled when its handling has ended without an error. One that comes again meanwhile waits for
    that, and is handled if it fails: nothing is lost, and nothing is done twice at a time. It knows one process and
    one event loop; to be sure beyond that, keep keys where your data is.
    """

    def __init__(self, limit: int = 10_000) -> None:
        """Make an empty memory.

        Args:
            limit: How many events are remembered; the oldest are forgotten. Some 500 bytes each.

        Raises:
            InvalidArgumentError, TypeError: It isn't a whole number of at least 1.
        """
        self._limit = at_least("limit", limit, 1)
        self._done: OrderedDict[tuple[str, ...], None] = OrderedDict()
        self._under_way: dict[tuple[str, ...], anyio.Event] = {}

    @asynccontextmanager
    async def once(self, event: Event) -> AsyncIterator[bool]:
        """Enter to handle an event: whether it is to be handled. It was, if the block ends without an error."""
        key = event.dedupe_key
        while (other := self._under_way.get(key)) is not None:
            await other.wait()
        if key in self._done:
            yield False
            return
        mine = self._under_way[key] = anyio.Event()
        try:
            yield True
            self._done[key] = None
            if len(self._done) > self._limit:
                self._done.popitem(last=False)
        finally:
            del self._under_way[key]
            mine.set()

    def __len__(self) -> int:
        return len(self._done)
