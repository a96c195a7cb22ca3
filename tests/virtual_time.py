"""An asyncio event loop whose clock jumps to the next timer: an hour of backoff takes milliseconds.

Trio has this built in (`trio.testing.MockClock(autojump_threshold=0)`); this is the same for asyncio. It fits code that
waits for timers and for other tasks only: anything that waits for a socket or a thread needs the real clock.
"""

import asyncio
import selectors


class _JumpingSelector(selectors.DefaultSelector):
    """A selector that never waits: where it would, it moves the loop's clock instead."""

    loop: "VirtualTimeLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if events or timeout == 0:
            return events
        if timeout is None:
            raise RuntimeError("deadlock: every task waits and no timer is set")
        self.loop.now += timeout
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that starts at second 0 and skips every wait.

    Attributes:
        now: Virtual seconds.
        tick: Seconds by which the clock goes on at each reading, as that of a busy machine does. A clock that stands
            still within a step hides what two readings in it make of each other.
    """

    tick = 0.0

    def __init__(self) -> None:
        self.now = 0.0
        selector = _JumpingSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        self.now += self.tick
        return self.now


class TickingLoop(VirtualTimeLoop):
    """The same, with a clock that goes on a little at each reading."""

    tick = 1e-9
