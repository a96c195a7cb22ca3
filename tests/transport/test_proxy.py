"""Proxies and certificates of one's choice, for lanes at full width."""

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from plivo_async import AsyncClient, InvalidArgumentError, NotSentError, RetryPolicy

from .raw_server import RawServer

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]


class Proxy(RawServer):
    """A proxy that connects to whatever is asked for, or answers no."""

    def respond(self, connection: Any) -> None:
        """Carry bytes both ways until one end is gone."""
        if self._answer:
            connection.sendall(self._answer)
            return
        host, port = self.requests[-1].split()[1].decode().rsplit(":", 1)
        with socket.create_connection((host, int(port))) as there:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=pump, args=(there, connection), daemon=True)
            back.start()
            pump(connection, there)
            with suppress(OSError):
                there.shutdown(socket.SHUT_RDWR)
            back.join(5)


def pump(source: socket.socket, sink: socket.socket) -> None:
    """Carry bytes one way."""
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)


def client_of(port: int, **options: Any) -> AsyncClient:
    """A client of a server on this machine that speaks TLS."""
    once = RetryPolicy(max_attempts=1)
    options = {"rate_limit": None, "retry": once, "timeout": 5.0, **options}
    return AsyncClient("MA" + "P" * 18, "s3cr3t", base_url=f"https://127.0.0.1:{port}", **options)


async def test_through_a_proxy_with_certificates_of_its_own(kind: Any) -> None:
    """`CONNECT` with the proxy's password, which sees nothing of ours; trusted is what the context trusts."""
    authority = trustme.CA()
    tls, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.configure_trust(trusting)
    server = RawServer(b"HTTP/1.1 204 No Content\r\n\r\n", tls=tls, per_connection=None)
    proxy = Proxy(b"", tls=None, per_connection=None)
    try:
        url = f"http://user:pa%24s@127.0.0.1:{proxy.port}"
        async with client_of(server.port, proxy=url, verify=trusting, transport=kind) as client:
            report = await client.mpc.start(["a", "b"])
            assert report.succeeded, [str(one) for one in report]
        assert proxy.requests[0].startswith(b"CONNECT 127.0.0.1:")
        assert b"Proxy-Authorization: Basic dXNlcjpwYSRz" in proxy.requests[0]
        assert b"MAPP" not in b"".join(proxy.requests)
        async with client_of(server.port, verify=False, transport=kind) as client:
            assert (await client.mpc.start("c")).succeeded
    finally:
        proxy.close()
        server.close()


@pytest.mark.parametrize("status", [403, 407, 502])
async def test_the_no_of_a_proxy_is_not_plivos(status: int, kind: Any) -> None:
    """Nothing was sent, whatever the proxy says; the reason is told, and the proxy's password isn't."""
    proxy = Proxy(b"HTTP/1.1 %d No\r\nContent-Length: 2\r\n\r\n{}" % status, tls=None, per_connection=1)
    try:
        async with client_of(1, proxy=f"http://user:pa55@127.0.0.1:{proxy.port}", transport=kind) as client:
            with pytest.raises(NotSentError, match=str(status)) as caught:
                await client.mpc("room").stop()
            assert "pa55" not in str(caught.value.to_dict()) + repr(caught.value.__cause__)
    finally:
        proxy.close()


async def test_what_is_no_proxy_and_no_certificate_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """At once, with a sentence that says what to do and shows no password."""
    for wrong in ("proxy.example:3128", "ftp://x:s3cr3t@y", "http://", ""):
        with pytest.raises(InvalidArgumentError, match="proxy must be the URL of a proxy") as caught:
            client_of(1, proxy=wrong)
        assert "s3cr3t@" not in str(caught.value)
    with pytest.raises(TypeError, match="verify must be True, False or an"):
        client_of(1, verify="ca.pem")
    with pytest.raises(InvalidArgumentError, match="give it to your"):
        client_of(1, verify=False, http_client=httpx.AsyncClient())
    (tmp_path / "empty.pem").write_text("")
    for name in ("nowhere.pem", "empty.pem"):
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / name))
        with pytest.raises(InvalidArgumentError, match=f"SSL_CERT_FILE names .*{name}"):
            client_of(1)
