"""Where connections come in: by a port, if it listens on one, and in memory."""

import socket
from collections.abc import Callable, Coroutine
from typing import Any

import anyio.abc

from ._connection import Connection
from ._pipe import pipe
from ._sockets import accept_forever, listen


class Door:
    """Lets connections in, has each one served by a task of its own, and counts them.

    Args:
        port: The port to listen on; 0 takes a free one; None listens on none.
        host: The address to listen on.
        serve: Serves one connection until it is over.
        start: Starts a task.
    """

    __slots__ = ("_host", "_inside", "_listener", "_port", "_serve", "_start", "most")

    def __init__(
        self,
        port: int | None,
        host: str,
        serve: Callable[[Connection], Coroutine[Any, Any, None]],
        start: Callable[..., None],
    ) -> None:
        self._port, self._host = port, host
        self._serve = serve
        self._start = start
        self._listener: socket.socket | None = None
        self._inside: set[Connection] = set()
        self.most = 0
        """The most connections that were open at the same time."""

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end; without a port when it listens on none.

        If it listens on all addresses, that which this machine itself reaches it by.
        """
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self._host, self._host)  # noqa: S104
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self._port}" if self._port else f"http://{shown}"

    @property
    def inside(self) -> int:
        """How many connections are open now."""
        return len(self._inside)

    def listen(self) -> None:
        """Take the port, if there is to be one; nobody is let in by it yet.

        Raises:
            OSError: The port is taken, or the host is none of this machine's.
        """
        if self._port is not None:
            self._listener = listen(self._port, self._host)
            self._port = self._listener.getsockname()[1]

    def open(self) -> None:
        """Let in who comes by the port."""
        if self._listener is not None:
            self._start(self._accept, self._listener)

    def connect(self) -> anyio.abc.ByteStream:
        """Let somebody in through memory: the other end of a new connection."""
        outside, inside = pipe()
        self._let_in(inside)
        return outside

    def close(self) -> None:
        """Let nobody in any more, and close what is open; whoever served it is over by then."""
        if self._listener is not None:
            self._listener.close()
        for connection in self._inside:  # accepted just now, cancelled before its task could begin
            connection.close()
        self._inside.clear()

    async def _accept(self, listener: socket.socket) -> None:
        with listener:  # whatever ends it: nobody is to wait for what will not be accepted
            await accept_forever(listener, self._let_in)

    def _let_in(self, connection: Connection) -> None:
        self._start(self._serve_one, connection)
        self._inside.add(connection)
        self.most = max(self.most, len(self._inside))

    async def _serve_one(self, connection: Connection) -> None:
        try:
            await self._serve(connection)
        finally:
            self._inside.discard(connection)
