"""Operations on one thing, one after the other, in the order in which they were asked for."""

from collections import deque

import anyio

from ._home import Home


class Sequence:
    """Lets operations with the same key pass one at a time, first come, first served; others don't wait for them.

    Without it an attempt to mute that is still to be repeated may overtake an unmute that was asked for later.
    """

    def __init__(self, home: Home | None = None) -> None:
        """Get ready.

        Args:
            home: Where all of it belongs: in another event loop nobody's turn would ever come. None for anywhere.
        """
        self._home = home
        self._lines: dict[str, deque[anyio.Event]] = {}

    def turn(self, key: str) -> "Turn":
        """Wait for those before, then go: `async with sequence.turn(key)`. An empty key waits for nobody.

        Raises:
            RuntimeError: It is asked for elsewhere than at home.
        """
        if key and self._home is not None:
            self._home.check()
        return Turn(self._lines, key)

    def __len__(self) -> int:
        """How many keys are in use; a key is forgotten with its last operation."""
        return len(self._lines)


class Turn:
    """One operation's turn."""

    __slots__ = ("_key", "_lines")

    def __init__(self, lines: dict[str, deque[anyio.Event]], key: str) -> None:
        self._lines = lines
        self._key = key

    async def __aenter__(self) -> None:
        if not self._key:
            return
        line = self._lines.get(self._key)
        if line is None:
            self._lines[self._key] = deque()
            return
        turn = anyio.Event()
        line.append(turn)
        try:
            await turn.wait()
        except BaseException:
            if turn in line:
                line.remove(turn)
            else:
                self._next()  # our turn had come already
            raise

    async def __aexit__(self, *_: object) -> None:
        if self._key:
            self._next()

    def _next(self) -> None:
        line = self._lines[self._key]
        if line:
            line.popleft().set()
        else:
            del self._lines[self._key]
