"""At most so many at once, the others in order of priority."""

import anyio

from .policy import Priority, TurnQueue


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
        self._queue: TurnQueue[anyio.Event] = TurnQueue()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    @property
    def full(self) -> bool:
        """Whether there is no place left."""
        return self.inside >= self.width

    async def enter(self, priority: Priority) -> None:
        """Wait for a place. A cancellation leaves no place taken."""
        if self.inside < self.width:
            self.inside += 1
            return
        turn = anyio.Event()
        self._queue.push(turn, priority)
        try:
            await turn.wait()
        except BaseException:
            if not self._queue.remove(turn):
                self.leave()  # our turn had come already
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
