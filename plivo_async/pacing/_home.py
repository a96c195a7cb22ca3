"""Where a client is at home: the event loop and the process in which it is first used."""

import os

from anyio.lowlevel import EventLoopToken, current_token


class Home:
    """Tells whoever uses a client elsewhere that its connections can't follow."""

    __slots__ = ("_here",)

    def __init__(self) -> None:
        self._here: tuple[EventLoopToken, int] | None = None

    def check(self) -> None:
        """Settle here, if nowhere yet.

        Raises:
            RuntimeError: It belongs to another event loop, or to the process that this one was forked from.
        """
        here = (current_token(), os.getpid())
        if self._here is None:
            self._here = here
        elif self._here[1] != here[1]:
            raise RuntimeError("this AsyncClient was used before the process forked; make a new one in each process")
        elif self._here[0] != here[0]:
            raise RuntimeError("this AsyncClient belongs to another event loop; make one for each loop")
