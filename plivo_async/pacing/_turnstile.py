"""At most so many at once, the others in order of priority."""

import anyio
import anyio.lowlevel

from ..policy import FIRST_WIDTH, Priority, WaitQueue, next_width
from ._clock import Clock

_MEASURED = 4  # of so many who take the last place one measures a turn of the event loop


class Turnstile:
    """Lets `width` in at a time. Not a lock of anybody's: who entered leaves, from whatever task.

    Attributes:
        width: How many may be in.
        inside: How many are.
    """

    __slots__ = ("_queue", "inside", "width")

    def __init__(self, width: int) -> None:
        self.width = width
        self.inside = 0
        self._queue: WaitQueue[anyio.Event] = WaitQueue()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    async def enter(self, priority: Priority) -> None:
        """Wait for a place. A cancellation leaves no place taken."""
        if self.inside < self.width:
            self.inside += 1
            return
        let_in = anyio.Event()
        self._queue.push(let_in, priority)
        try:
            await let_in.wait()
        except BaseException:
            if not self._queue.remove(let_in):
                self.leave()  # a place was handed to us at the same moment
            raise

    def leave(self) -> None:
        """Hand the place to the next one, or free it."""
        self.inside -= 1
        self._let_in()

    def resize(self, width: int) -> None:
        """Let more in at a time, or fewer; who is in stays in."""
        self.width = width
        self._let_in()

    def _let_in(self) -> None:
        while self._queue and self.inside < self.width:
            self.inside += 1
            self._queue.pop().set()


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
            self.leave()
            raise
        finally:
            self._measuring = False
        width = next_width(self.width, self._clock() - began)
        if width > self.width:
            self._unmeasured = _MEASURED  # there may be room for more still
        self.resize(width)
