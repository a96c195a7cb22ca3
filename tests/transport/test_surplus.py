"""Bytes behind the end of an answer are never taken for the next one, on real connections."""

import ssl
import time
from typing import Any

import anyio
import pytest
import trustme

from plivo_async import AsyncClient, NotFoundError, RetryPolicy

from .raw_server import RawServer

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]

YES = b"HTTP/1.1 204 No Content\r\n\r\n"
GONE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
SURPLUS = {
    "twice": [YES + YES],
    "twice, apart": [YES, YES],
    "too short a length": [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" + YES],
    "length of zero": [b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n{}"],
    "doubled last chunk": [CHUNKS + b"0\r\n\r\n"],
    "after the chunks": [CHUNKS + YES],
    "204 with a body": [b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}"],
    "204 with a late body": [b"HTTP/1.1 204 No Content\r\nContent-Length: 27\r\n\r\n", YES],
    "204 with an unannounced body": [YES + b'{"message": "ok"}'],
    "204 with chunks": [b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"],
    "a line end": [YES + b"\r\n" + YES],
    "304": [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 304 Not Modified\r\n\r\n"],
}


class Script(RawServer):
    """Answers the first request in pieces, each in a packet (or TLS record) of its own, and all others with 404."""

    def __init__(self, pieces: list[bytes], tls: ssl.SSLContext | None, *, apart: float) -> None:
        self._pieces, self._apart = pieces, apart
        super().__init__(GONE, tls=tls, per_connection=None)

    def respond(self, connection: Any) -> None:
        """Answer the first request; the rest is the base's."""
        pieces, self._pieces = self._pieces, []
        for piece in pieces or [GONE]:
            connection.sendall(piece)
            time.sleep(self._apart)


@pytest.fixture(params=["httpx", "aiohttp"])
def kind(request: pytest.FixtureRequest, anyio_backend: Any) -> str:
    """Both transports, where they run."""
    if request.param == "aiohttp" and anyio_backend[0] == "trio":
        pytest.skip("aiohttp runs on asyncio")
    return str(request.param)


def client_of(server: RawServer, kind: Any, **options: Any) -> AsyncClient:
    """A client of a server that makes one attempt at a time."""
    scheme = "http" if server._tls is None else "https"
    return AsyncClient(
        "MA" + "S" * 18,
        "token",
        base_url=f"{scheme}://127.0.0.1:{server.port}",
        transport=kind,
        rate_limit=None,
        retry=RetryPolicy(max_attempts=1),
        timeout=5.0,
        **options,
    )


@pytest.mark.parametrize("pieces", SURPLUS.values(), ids=SURPLUS)
@pytest.mark.parametrize("apart", [0.0, 0.01])
async def test_what_is_left_is_nobodys_answer(pieces: list[bytes], apart: float, kind: str) -> None:
    """The first operation succeeds; the second gets its own answer, over another connection."""
    server = Script(pieces, None, apart=apart)
    try:
        async with client_of(server, kind) as client:
            assert (await client.mpc.start("live")).outcome == "activated"
            await anyio.sleep(0.05)
            with pytest.raises(NotFoundError):
                await client.mpc.start("never-existed")
        assert server.connections == 2
    finally:
        server.close()


@pytest.mark.parametrize("pieces", [[YES + YES], [YES, YES]], ids=["together", "apart"])
async def test_what_is_left_in_tls_is_nobodys_answer(
    pieces: list[bytes], kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """Not even if it was decrypted already, or waits for that: two records that come at once."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    server = Script(pieces, tls, apart=0.0)
    try:
        async with client_of(server, kind) as client:
            assert (await client.mpc.start("live")).outcome == "activated"
            await anyio.sleep(0.05)
            with pytest.raises(NotFoundError):
                await client.mpc.start("never-existed")
    finally:
        server.close()


async def test_a_head_with_a_body(kind: str) -> None:
    """An answer to HEAD has none; one that comes all the same is left behind, with its connection."""
    server = Script([b"HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n" + YES], None, apart=0.0)
    try:
        async with client_of(server, kind) as client:
            assert await client.request("HEAD", "Call/") is None
            with pytest.raises(NotFoundError):
                await client.mpc.start("never-existed")
        assert server.connections == 2
    finally:
        server.close()


async def test_answers_without_surplus_share_a_connection(kind: str) -> None:
    """Looking inside finds its way: an ordinary connection is used again."""
    for answer in (YES, CHUNKS, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"):
        server = RawServer(answer, tls=None, per_connection=None)
        try:
            async with client_of(server, kind) as client:
                for name in ("a", "b", "c"):
                    assert (await client.mpc.start(name)).outcome == "activated"
            assert server.connections == 1
        finally:
            server.close()


async def test_long_heads_are_read(kind: str) -> None:
    """A header of 60 kB, or a thousand of them: the same on both transports."""
    long = b"X-Trace: " + b"x" * 60_000 + b"\r\n"
    many = b"".join(b"X-%d: y\r\n" % number for number in range(1_000))
    for headers in (long, many):
        server = RawServer(b"HTTP/1.1 204 No Content\r\n" + headers + b"\r\n", tls=None, per_connection=None)
        try:
            async with client_of(server, kind) as client:
                assert (await client.mpc.start("a")).outcome == "activated"
        finally:
            server.close()
