"""TCP on the loopback, by hand: anyio's own streams send an orderly end before they close, and so can't be reset."""

import contextlib
import errno
import os
import socket
import struct
from collections.abc import Callable

import anyio

_LINGER_NOT = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
_PATIENCE = 60.0  # seconds in which the peer has to take something of what is sent
_RETRY_ACCEPT = 0.05  # seconds to wait when the process has no file descriptor left


class SocketEnd:
    """The server's end of a TCP connection, with the methods that the server uses of a `PipeEnd`."""

    __slots__ = ("_socket",)

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = sock

    async def receive(self) -> bytes:
        """Wait for bytes.

        Raises:
            anyio.EndOfStream: The peer sends no more.
            anyio.BrokenResourceError: The connection is broken.
        """
        while True:
            await anyio.wait_readable(self._socket)
            try:
                data = self._socket.recv(65536)
            except BlockingIOError:
                continue
            except OSError as error:
                raise anyio.BrokenResourceError from error
            if not data:
                raise anyio.EndOfStream
            return data

    async def send(self, item: bytes) -> None:
        """Send bytes, waiting while the peer is slow to take them.

        Raises:
            anyio.BrokenResourceError: The connection is broken, or the peer takes nothing for a minute.
        """
        rest = memoryview(item)
        while rest:
            try:
                rest = rest[self._socket.send(rest) :]
            except BlockingIOError:
                with anyio.move_on_after(_PATIENCE) as scope:
                    await anyio.wait_writable(self._socket)
                if scope.cancelled_caught:
                    raise anyio.BrokenResourceError from None
            except OSError as error:
                raise anyio.BrokenResourceError from error

    async def send_eof(self) -> None:
        """Send no more; receiving goes on."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def gone(self) -> bool:
        """Whether the peer has closed its end (or, which is the same to the eye, sends no more) or broken it."""
        try:
            return not self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        """Close in an orderly way."""
        self._socket.close()

    def reset(self) -> None:
        """Close with a TCP reset."""
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self._socket.close()


def listen(port: int, host: str = "127.0.0.1") -> socket.socket:
    """A socket that listens there; port 0 takes any free one.

    Raises:
        OSError: The port is taken, or the host is none of this machine's.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(1024)
        sock.setblocking(False)
    except BaseException:
        sock.close()
        raise
    return sock


async def accept_forever(listener: socket.socket, start: Callable[[SocketEnd], None]) -> None:
    """Hand each new connection to `start`, until cancelled."""
    while True:
        await anyio.wait_readable(listener)
        try:
            sock, _ = listener.accept()
        except (BlockingIOError, ConnectionError):  # gone again before it was accepted
            continue
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                raise
            await anyio.sleep(_RETRY_ACCEPT)
            continue
        start(SocketEnd(sock))
