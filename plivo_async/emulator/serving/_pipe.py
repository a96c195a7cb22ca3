"""A connection in memory: two byte streams, each the other's peer, without a socket.

They need neither real time nor threads, so they work in virtual time, where sockets can't. Unlike anyio's own memory
streams they carry bytes, close one way at a time, and can be *reset* as TCP connections can.
"""

from collections import deque

import anyio
import anyio.abc
import anyio.lowlevel


class _Way:
    """One direction: the bytes under way, and what has become of its two ends. Unbounded."""

    __slots__ = ("chunks", "ended", "reset", "unread", "waker")

    def __init__(self) -> None:
        self.chunks: deque[bytes] = deque()
        self.ended = False  # the sender sends no more
        self.reset = False  # the sender has reset the connection
        self.unread = False  # the receiver has closed its end
        self.waker = anyio.Event()

    def wake(self) -> None:
        self.waker.set()
        self.waker = anyio.Event()


class PipeEnd(anyio.abc.ByteStream):
    """One end of a `pipe`. Each may be closed at any time; its peer is told."""

    def __init__(self, incoming: _Way, outgoing: _Way) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._closed = False

    async def receive(self, max_bytes: int = 65536) -> bytes:
        """Wait for bytes.

        Raises:
            anyio.EndOfStream: The peer has closed, or sends no more, and all it sent was received.
            anyio.BrokenResourceError: The peer has reset the connection; what was under way is lost.
            anyio.ClosedResourceError: This end is closed.
        """
        way = self._incoming
        await anyio.lowlevel.checkpoint()
        while not (way.chunks or way.ended or way.reset or self._closed):
            await way.waker.wait()
        if self._closed:
            raise anyio.ClosedResourceError
        if way.reset:
            raise anyio.BrokenResourceError
        if not way.chunks:
            raise anyio.EndOfStream
        chunk = way.chunks.popleft()
        if len(chunk) > max_bytes:
            way.chunks.appendleft(chunk[max_bytes:])
        return chunk[:max_bytes]

    async def send(self, item: bytes) -> None:
        """Send bytes; never waits for the peer to take them.

        Raises:
            anyio.BrokenResourceError: The peer has closed or reset the connection.
            anyio.ClosedResourceError: This end is closed, or has sent its end.
        """
        await anyio.lowlevel.checkpoint()
        if self._outgoing.ended:
            raise anyio.ClosedResourceError
        if self.gone():
            raise anyio.BrokenResourceError
        if item:
            self._outgoing.chunks.append(bytes(item))
            self._outgoing.wake()

    async def send_eof(self) -> None:
        """Send no more; receiving goes on."""
        self._outgoing.ended = True
        self._outgoing.wake()
        await anyio.lowlevel.checkpoint()

    async def aclose(self) -> None:
        """Close this end: the peer may still receive what was sent, then sees the end."""
        self.close()
        await anyio.lowlevel.checkpoint()

    def gone(self) -> bool:
        """Whether the peer has closed or reset its end."""
        return self._outgoing.unread or self._incoming.reset

    def close(self) -> None:
        """Close this end, without waiting."""
        self._closed = self._outgoing.ended = self._incoming.unread = True
        self._outgoing.wake()
        self._incoming.wake()

    def reset(self) -> None:
        """Close this end and break the peer's: its next receive or send fails, and what was under way is lost."""
        self._outgoing.reset = True
        self._outgoing.chunks.clear()
        self.close()


def pipe() -> tuple[PipeEnd, PipeEnd]:
    """Two ends of a new connection."""
    there, back = _Way(), _Way()
    return PipeEnd(back, there), PipeEnd(there, back)
