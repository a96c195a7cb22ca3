"""At most so many at once, the others in order of priority."""

import anyio
import anyio.lowlevel

from ..policy import FIRST_WIDTH, Priority, WaitQueue, next_width
from ._clock import Clock

_SPARE = 8  # for so many places there is one more, for interactive requests, while a batch's have taken all
_MEASURED = 4  # of so many who take the last place one measures a turn of the event loop


class Turnstile:
    """Lets `width` in at a time. Not a lock of anybody's: who entered leaves, from whatever task.

    Where a batch has taken all places, its requests may take long, and an interactive one doesn't wait for that: while
    fewer than an eighth of `width` of those inside are interactive, one more may be in.

    Attributes:
        width: How many may be in.
        inside: How many are.
        batch: How many of those are a batch's.
    """

    __slots__ = ("_queue", "batch", "inside", "width")

    def __init__(self, width: int) -> None:
        self.width = width
        self.inside = self.batch = 0
        self._queue: WaitQueue[anyio.Event] = WaitQueue()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    async def enter(self, priority: Priority) -> None:
        """Wait for a place. A cancellation leaves no place taken."""
        if self._may_enter(priority):
            self._count(priority, 1)
            return
        let_in = anyio.Event()
        self._queue.push(let_in, priority)
        try:
            await let_in.wait()
        except BaseException:
            if not self._queue.remove(let_in):
                self.leave(priority)  # a place was handed to us at the same moment
            raise

    def leave(self, priority: Priority) -> None:
        """Hand the place to the next one, or free it."""
        self._count(priority, -1)
        self._let_in()

    def resize(self, width: int) -> None:
        """Let more in at a time, or fewer; who is in stays in."""
        self.width = width
        self._let_in()

    def _let_in(self) -> None:
        while (priority := next(filter(self._may_enter, self._queue.order()), None)) is not None:
            self._count(priority, 1)
            self._queue.pop(priority).set()

    def _may_enter(self, priority: Priority) -> bool:
        if self.inside < self.width:
            return True
        return priority is Priority.INTERACTIVE and self.inside - self.batch < self.width // _SPARE

    def _count(self, priority: Priority, one: int) -> None:
        self.inside += one
        if priority is Priority.BATCH:
            self.batch += one


class ElasticTurnstile(Turnstile):
    """A turnstile that lets in as many as the event loop can see to in short turns."""

    __slots__ = ("_clock", "_measuring", "_unmeasured")

    def __init__(self, clock: Clock) -> None:
        super().__init__(FIRST_WIDTH)
        self._clock = clock
        self._unmeasured = _MEASURED
        self._measuring = False

    async def enter(self, priority: Priority) -> None:
        """Wait for a place. Who takes the last one sees now and then whether there should be more, or fewer."""
        await super().enter(priority)
        if self.inside < self.width or self._measuring:
            return
        self._unmeasured += 1
        if self._unmeasured < _MEASURED:
            return
        self._measuring, self._unmeasured = True, 0
        began = self._clock()
        try:
            await anyio.lowlevel.checkpoint()
        except BaseException:
            self.leave(priority)
            raise
        finally:
            self._measuring = False
        width = next_width(self.width, self._clock() - began)
        if width > self.width:
            self._unmeasured = _MEASURED  # there may be room for more still
        self.resize(width)
