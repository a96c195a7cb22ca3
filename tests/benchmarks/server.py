"""The server of the benchmark, a process of its own: an HTTP/1.1 responder as cheap as it gets.

It answers 204 to every POST, or 429 while its limit is used up, after a delay on the way there and one on the way back.
`GET /counts` tells how many it has counted, and begins anew. Its settings come as JSON in the first argument; it prints
its port, and ends when its standard input does.
"""

import asyncio
import json
import random
import ssl
import sys
import threading
from dataclasses import asdict, dataclass

from .limits import Kind, Limit, limit

YES = b"HTTP/1.1 204 No Content\r\n\r\n"
REFUSED = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"
BACKLOG = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the server is like.

    Attributes:
        one_way: The least and the most seconds of each direction, drawn evenly; None for none at all.
        window: How the limit counts; None for no limit.
        count: Requests in a window.
        per: Seconds of a window.
        certificate: A PEM file with key and certificate; None for no TLS.
        answers: So many requests are answered, the rest wait for ever; None for all.
    """

    one_way: tuple[float, float] | None = None
    window: Kind | None = None
    count: int = 300
    per: float = 5.0
    certificate: str | None = None
    answers: int | None = None

    def to_json(self) -> str:
        """As the server takes it."""
        return json.dumps(asdict(self))


class Judge:
    """Counts requests, and says what each is answered."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limit: Limit | None = None
        self._served = self._refused = 0
        self.counts()

    def verdict(self, now: float) -> bytes:
        """The answer to a request that arrives now; empty if it gets none."""
        if self._settings.answers is not None and self._served >= self._settings.answers:
            return b""
        if self._limit is None or self._limit.admits(now):
            self._served += 1
            return YES
        self._refused += 1
        return REFUSED

    def counts(self) -> dict[str, int]:
        """What was counted since this was last asked; the limit is as new."""
        found = {"served": self._served, "refused": self._refused}
        self._served = self._refused = 0
        which = self._settings.window
        self._limit = None if which is None else limit(which, self._settings.count, self._settings.per)
        return found


class Responder(asyncio.Protocol):
    """One connection, on which a request follows the answer to the one before."""

    def __init__(self, judge: Judge, one_way: tuple[float, float] | None, draw: random.Random) -> None:
        self._judge, self._one_way, self._draw = judge, one_way, draw
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where answers go."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer what is complete."""
        self._buffer += data
        while length := request_length(self._buffer):
            request, self._buffer = self._buffer[:length], self._buffer[length:]
            if request.startswith(b"GET "):
                self._write(_json(self._judge.counts()))
            elif self._one_way is None:
                self._write(self._judge.verdict(self._loop.time()))
            else:
                self._loop.call_later(self._draw.uniform(*self._one_way), self._arrived, self._one_way)

    def _arrived(self, one_way: tuple[float, float]) -> None:
        answer = self._judge.verdict(self._loop.time())
        self._loop.call_later(self._draw.uniform(*one_way), self._write, answer)

    def _write(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


def request_length(data: bytes) -> int:
    """How long the first request in some bytes is, with its body; 0 if it isn't there to its end."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = data[:end].lower()
    at = head.find(b"\r\ncontent-length:")
    body = int(head[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    length = end + 4 + body
    return length if len(data) >= length else 0


def _json(value: object) -> bytes:
    body = json.dumps(value).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def _tls(certificate: str | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def serve(settings: Settings) -> None:
    """Serve until standard input ends."""
    judge, draw, loop = Judge(settings), random.Random(1), asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Responder(judge, settings.one_way, draw),
        "127.0.0.1",
        0,
        backlog=BACKLOG,
        ssl=_tls(settings.certificate),
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    over = asyncio.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(over.set)), daemon=True).start()
    await over.wait()


if __name__ == "__main__":
    asyncio.run(serve(Settings(**json.loads(sys.argv[1]))))
