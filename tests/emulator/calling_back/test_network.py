"""Callbacks over real sockets: to servers that are all right, and to those that are not."""

import gc
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.abc
import pytest
import trustme
from anyio.streams.tls import TLSListener

from plivo_async.emulator import Delivery, Emulator

from ...support import PATIENCE
from .support import room

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
Handler = Callable[[anyio.abc.ByteStream], Awaitable[None]]


class Server:
    """Counts its connections."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.port = 0
        self.open = self.most = self.served = 0
        self._left = anyio.Event()

    async def serve(self, stream: anyio.abc.ByteStream) -> None:
        """One connection."""
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            async with stream:
                await self._handler(stream)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream):
            pass
        finally:
            self.open -= 1
            self.served += 1
            if not self.open:
                self._left.set()

    async def empty(self) -> None:
        """Wait until it has no connection."""
        with anyio.fail_after(PATIENCE):
            while self.open:
                self._left = anyio.Event()
                await self._left.wait()


@asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """A server on a free port of 127.0.0.1."""
    server = Server(handler)
    listener: Any = await anyio.create_tcp_listener(local_host="127.0.0.1")
    server.port = listener.extra(anyio.abc.SocketAttribute.local_port)  # noqa: S610  (not Django's)
    listener = listener if tls is None else TLSListener(listener, tls, standard_compatible=False)
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, server.serve)
        yield server
        tasks.cancel_scope.cancel()


async def whole_request(stream: anyio.abc.ByteStream) -> bytes:
    """What came, head and body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += await stream.receive()
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            while len(body) < int(line.partition(b":")[2]):
                body += await stream.receive()
    return head + b"\r\n\r\n" + body


def answering(data: bytes) -> Handler:
    """A server that reads, and answers that."""

    async def handler(stream: anyio.abc.ByteStream) -> None:
        await whole_request(stream)
        await stream.send(data)

    return handler


async def delivered_to(server: Server, fragment: str = "", **options: Any) -> Delivery:
    """The first event of a conference, delivered there or not."""
    scheme = options.pop("scheme", "http")
    async with Emulator(calls_per_second=None, **options) as plivo:
        room(plivo, url=f"{scheme}://127.0.0.1:{server.port}/cb{fragment}")
        with anyio.fail_after(PATIENCE):
            await plivo.delivered()
        first = plivo.deliveries[0]
    await server.empty()
    return first


async def test_a_callback_over_a_socket() -> None:
    """Host, form and signature are there, and the connection is not kept."""
    seen: list[bytes] = []

    async def handler(stream: anyio.abc.ByteStream) -> None:
        seen.append(await whole_request(stream))
        await stream.send(OK)

    async with serving(handler) as server:
        first = await delivered_to(server)
        assert (first.state, first.status) == ("delivered", 200)
        head, _, body = seen[0].partition(b"\r\n\r\n")
        assert head.startswith(b"POST /cb HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n" % server.port)
        assert b"Content-Type: application/x-www-form-urlencoded" in head
        assert b"X-Plivo-Signature-V3: " in head
        assert body.startswith(b"EventName=MPCInitialized&")


@pytest.mark.parametrize(
    ("data", "state", "told", "tries"),
    [
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "refused", 500, 1),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "refused", 302, 1),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, "delivered", 200, 1),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil closed", "delivered", 200, 1),
        (b"HTTP/1.1 204 No Content\r\n\r\nsurplus", "delivered", 204, 1),
        (b"", "failed", None, 2),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", "failed", None, 2),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "failed", None, 2),
        (b"220 mail.example ESMTP\r\n", "failed", None, 2),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000, "failed", None, 2),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "failed", None, 2),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "failed", None, 2),
    ],
)  # fmt: skip
async def test_answers_of_all_kinds(data: bytes, state: str, told: int | None, tries: int) -> None:
    """A whole answer counts; what isn't one is tried once more, and no redirect is followed."""
    async with serving(answering(data)) as server:
        first = await delivered_to(server)
        assert (first.state, first.status, len(first.tries)) == (state, told, tries)


async def test_an_endless_answer_is_not_read_to_its_end() -> None:
    """Of a gigabyte 100 kB are read, and the status counts."""
    sent = 0

    async def handler(stream: anyio.abc.ByteStream) -> None:
        nonlocal sent
        await whole_request(stream)
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            await stream.send(b"x" * 65536)
            sent += 65536

    async with serving(handler) as server:
        assert (await delivered_to(server)).state == "delivered"
    assert sent < 100_000_000


@pytest.mark.parametrize("piece", [b"", b"H"])
async def test_a_receiver_that_says_nothing_is_given_up(piece: bytes) -> None:
    """After `rt`, and for good after `tt`."""

    async def handler(stream: anyio.abc.ByteStream) -> None:
        await whole_request(stream)
        await stream.send(piece or b"")
        await stream.receive()

    async with serving(handler) as server:
        first = await delivered_to(server, "#rt=100&tt=150")
        assert (first.state, len(first.tries)) == ("failed", 2)
        assert first.tries[0].failure == "nothing came for 0.1 s"


async def test_a_slow_drip_is_ended_by_the_total() -> None:
    """Each byte comes in time, and the whole doesn't."""

    async def handler(stream: anyio.abc.ByteStream) -> None:
        await whole_request(stream)
        for byte in OK:
            await stream.send(bytes([byte]))
            await anyio.sleep(0.05)

    async with serving(handler) as server:
        first = await delivered_to(server, "#rt=40000&tt=200")
        assert (first.state, len(first.tries)) == ("failed", 1)
        assert first.tries[0].failure == "no answer within 0.2 s in all"


async def test_a_receiver_that_does_not_read() -> None:
    """A callback larger than all buffers is given up, too."""

    async def handler(_: anyio.abc.ByteStream) -> None:
        await anyio.sleep(60)

    async with serving(handler) as server, Emulator(calls_per_second=None) as plivo:
        room(plivo, "x" * 10_000_000, url=f"http://127.0.0.1:{server.port}/#rt=100&rc=0")
        await plivo.delivered()
        assert plivo.deliveries[0].state == "failed"


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/"])
async def test_nobody_is_there(url: str) -> None:
    """A refused connection is one that failed, tried twice."""
    async with serving(answering(OK)) as server:
        port = server.port
    async with Emulator(calls_per_second=None) as plivo:
        room(plivo, url=url.format(port=port))
        await plivo.delivered()
        first = plivo.deliveries[0]
        assert (first.state, len(first.tries)) == ("failed", 2)
        assert "refused" in (first.tries[0].failure or "")


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 64, "a..b"])
async def test_a_host_that_is_none(host: str) -> None:
    """Its callbacks fail, and nothing else does."""
    async with Emulator(calls_per_second=None, callbacks_to="*") as plivo:
        room(plivo, url=f"http://{host}/#rc=0")
        await plivo.delivered()
        assert plivo.deliveries[0].state == "failed"


@pytest.mark.skipif(sys.platform == "win32", reason="a file that is read while it is open")
async def test_certificates(tmp_path: Any) -> None:
    """Checked by the system's authorities, by a file of them, by a context, or not at all."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    async with serving(answering(OK), context) as server:
        untrusted = await delivered_to(server, "#rc=0", scheme="https")
        assert (untrusted.state, untrusted.tries[0].failure) == ("failed", "no TLS: CERTIFICATE_VERIFY_FAILED")
        for verify in (False, trusting, str(tmp_path / "ca.pem")):
            assert (await delivered_to(server, scheme="https", callbacks_verify=verify)).state == "delivered"
        plain = await delivered_to(server, "#rc=0&rt=500")
        assert plain.state == "failed"
    with pytest.raises(OSError, match="No such file"):
        Emulator(callbacks_verify=str(tmp_path / "none.pem"))


@pytest.mark.long
async def test_ten_thousand_at_once() -> None:
    """At most 32 connections at a time, all is delivered in order, the loop turns, and nothing is kept."""
    events: dict[str, list[str]] = {}
    pauses: list[float] = []

    async def handler(stream: anyio.abc.ByteStream) -> None:
        body = (await whole_request(stream)).partition(b"\r\n\r\n")[2].decode()
        told = dict(pair.split("=", 1) for pair in body.split("&"))
        events.setdefault(told["MPCName"], []).append(told["EventName"])
        await stream.send(OK)

    async def watch() -> None:
        while True:
            before = anyio.current_time()
            await anyio.sleep(0.01)
            pauses.append(anyio.current_time() - before)

    async with (
        serving(handler) as server,
        Emulator(calls_per_second=None, keep_deliveries=100) as plivo,
        anyio.create_task_group() as tasks,
    ):
        for number in range(3_334):
            room(plivo, f"room-{number}", url=f"http://127.0.0.1:{server.port}/")
        told = len(plivo.callbacks)
        plivo.callbacks.clear()
        tasks.start_soon(watch)
        began = anyio.current_time()
        await plivo.delivered()
        took = anyio.current_time() - began
        tasks.cancel_scope.cancel()
        assert (told, server.served) == (10_002, 10_002)
        assert server.most <= 33
        assert all(one == ["MPCInitialized", "ParticipantJoin", "MPCStart"] for one in events.values())
        assert (plivo._courier._desk._lanes, len(plivo.deliveries)) == ({}, 100)
        print(f"{told / took:.0f} a second, longest pause {max(pauses) * 1000:.0f} ms")  # noqa: T201


@pytest.mark.parametrize("after", [0.0, 0.001, 0.003, 0.01, 0.05, 0.2])
@pytest.mark.parametrize("tls", [False, True])
async def test_the_end_of_the_emulator_leaves_no_connection(after: float, tls: bool) -> None:
    """Whatever it waits for: the name, the connection, TLS, the answer."""

    async def handler(stream: anyio.abc.ByteStream) -> None:
        await whole_request(stream)
        await anyio.sleep(0.02)
        await stream.send(OK[:10])
        while True:
            await stream.receive()

    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("localhost").configure_cert(context)
    async with serving(handler, context) as server:
        async with Emulator(calls_per_second=None, callbacks_verify=False) as plivo:
            for name in "abcdef":
                room(plivo, name, url=f"http{'s' if tls else ''}://localhost:{server.port}/")
            await anyio.sleep(after)
        await server.empty()
    gc.collect()
