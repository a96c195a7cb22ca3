"""A server of plain sockets in a thread of its own: it goes on while an event loop stands still."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

YES = b"HTTP/1.1 204 No Content\r\n\r\n"


class RawServer:
    """Gives each request the same answer.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        requests: Each that came, byte for byte.
        connections: How many were made.
        idle_closed: Set when a connection was closed after its answer.
    """

    def __init__(self, answer: bytes, *, tls: ssl.SSLContext | None, per_connection: int | None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.idle_closed = threading.Event()
        self._answer, self._tls, self._per_connection = answer, tls, per_connection
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._socket.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            self._threads.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        served = 0
        with suppress(OSError, ValueError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            while request := read_request(connection):
                self.requests.append(request)
                self.respond(connection)
                served += 1
                if served == self._per_connection:
                    break
        connection.close()
        if served:
            self.idle_closed.set()

    def respond(self, connection: socket.socket) -> None:
        """Answer a request."""
        connection.sendall(self._answer)

    def close(self) -> None:
        """Close everything."""
        for one in [self._socket, *self._open]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(5)


def read_request(connection: socket.socket) -> bytes:
    """One request with its body; empty when the connection ends."""
    data = b""
    while b"\r\n\r\n" not in data or len(data) < expected(data):
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    return data


def expected(data: bytes) -> int:
    """How long a request is of which the head has come."""
    head = data.partition(b"\r\n\r\n")[0]
    lengths = [line.partition(b":")[2] for line in head.splitlines() if line.lower().startswith(b"content-length:")]
    return len(head) + 4 + sum(map(int, lengths))


@contextmanager
def raw_server(
    answer: bytes = YES, *, tls: ssl.SSLContext | None = None, per_connection: int | None = None
) -> Iterator[RawServer]:
    """Run a server; closed at the end.

    Args:
        answer: What each request gets.
        tls: Makes it speak TLS.
        per_connection: After so many answers a connection is closed.
    """
    server = RawServer(answer, tls=tls, per_connection=per_connection)
    try:
        yield server
    finally:
        server.close()
