"""As `https://api.plivo.com` behind a proxy of its own: SDKs whose base URL is fixed use the emulator unchanged."""

import os
import shutil
import ssl
import sys
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx
import plivo as official
import pytest
from plivo.exceptions import ResourceNotFoundError

from plivo_async import AsyncClient
from plivo_async.emulator import Emulator

from ..support import AUTH_ID, AUTH_TOKEN, Client

pytestmark = pytest.mark.anyio
CONNECT = b"CONNECT api.plivo.com:443 HTTP/1.1\r\nHost: api.plivo.com:443\r\n\r\n"


async def until_closed(stream: Any) -> None:
    """Read to the end of a connection, whichever end it has."""
    try:
        while True:
            await stream.receive()
    except (anyio.EndOfStream, anyio.BrokenResourceError):
        pass


def trusting(plivo: Emulator) -> ssl.SSLContext:
    """What trusts its authority, and nobody else."""
    return ssl.create_default_context(cadata=plivo.ca_pem)


@pytest.mark.real_time
async def test_the_official_sdk_unchanged(tmp_path: Path) -> None:
    """Plivo's for Python, which heeds no environment, is told where the proxy is and whom to trust."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, https=True) as plivo:
        (tmp_path / "ca.pem").write_text(plivo.ca_pem)
        plivo.add_conference("support-4812")

        def program() -> Any:
            client = official.RestClient(AUTH_ID, AUTH_TOKEN, proxies={"https": plivo.url})
            client.session.verify = str(tmp_path / "ca.pem")
            client.multi_party_calls.start(friendly_name="support-4812")
            with pytest.raises(ResourceNotFoundError):
                client.multi_party_calls.get(friendly_name="nobody")
            found = client.multi_party_calls.get(friendly_name="support-4812")
            client.session.close()
            return found

        found = await anyio.to_thread.run_sync(program)
        assert (found.friendly_name, found.status) == ("support-4812", "Active")
        assert plivo.conferences["support-4812"].applied == 1

        def distrusting() -> None:
            client = official.RestClient(AUTH_ID, AUTH_TOKEN, proxies={"https": plivo.url})
            with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
                client.multi_party_calls.get(friendly_name="support-4812")
            client.session.close()

        await anyio.to_thread.run_sync(distrusting)


@pytest.mark.real_time
async def test_a_program_that_heeds_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two variables, and nothing in the program."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, https=True) as plivo:
        (tmp_path / "ca.pem").write_text(plivo.ca_pem)
        monkeypatch.setenv("HTTPS_PROXY", plivo.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        for name in ("NO_PROXY", "no_proxy", "https_proxy"):
            monkeypatch.delenv(name, raising=False)
        async with httpx.AsyncClient(auth=(AUTH_ID, AUTH_TOKEN)) as client:
            found = await client.get(f"https://api.plivo.com/v1/Account/{AUTH_ID}/MultiPartyCall/")
        assert found.json()["meta"]["count"] == 0


@pytest.mark.real_time
@pytest.mark.parametrize("host", ["api.plivo.com", "media.plivo.com", "API.PLIVO.COM"])
async def test_httpx_through_the_proxy(host: str) -> None:
    """Many requests over one connection, with its faults."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, https=True) as plivo:
        url = f"https://{host}/v1/Account/{AUTH_ID}/MultiPartyCall/"
        async with httpx.AsyncClient(
            proxy=plivo.url, verify=trusting(plivo), auth=(AUTH_ID, AUTH_TOKEN), trust_env=False
        ) as client:
            for _ in range(3):
                assert (await client.get(url)).json()["objects"] == []
            assert plivo.most_connections == 1
            plivo.script("list", nth=4, fault="reset-after")
            plivo.script("list", nth=5, fault="half")
            plivo.script("list", nth=6, fault="lost-response")
            for _ in range(3):
                with pytest.raises(httpx.TransportError):
                    await client.get(url)
            big = (await client.post(url + "name_x/", content=b"x" * 300_000)).status_code
            assert big == 400
            assert (await client.get(url)).status_code == 200
    assert plivo.connections == 0


@pytest.mark.real_time
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
async def test_curl_heeds_the_environment(tmp_path: Path) -> None:
    """A proxy, and whom to trust."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, https=True) as plivo:
        (tmp_path / "ca.pem").write_text(plivo.ca_pem)
        environment = {"HTTPS_PROXY": plivo.url, "CURL_CA_BUNDLE": str(tmp_path / "ca.pem")}
        url = f"https://api.plivo.com/v1/Account/{AUTH_ID}/MultiPartyCall/"
        command = ["curl", "-sS", "-u", f"{AUTH_ID}:{AUTH_TOKEN}", url]
        done = await anyio.run_process(command, env={**os.environ, **environment}, check=False)
        assert b'"objects": []' in done.stdout, done.stderr


@pytest.mark.real_time
async def test_our_own_client_through_the_proxy() -> None:
    """Without a `base_url`."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, https=True) as plivo:
        plivo.add_conference("support-4812")
        async with AsyncClient(AUTH_ID, AUTH_TOKEN, proxy=plivo.url, verify=trusting(plivo)) as client:
            assert (await client.mpc.start("support-4812")).outcome == "activated"


@pytest.mark.real_time
@pytest.mark.parametrize("host", ["example.com", "api.plivo.com.example.com", "evilplivo.com", "127.0.0.1", "[::1]"])
async def test_it_leads_nowhere_else(host: str) -> None:
    """403, and nothing is connected."""
    async with Emulator(https=True) as plivo, httpx.AsyncClient(proxy=plivo.url, trust_env=False) as client:
        with pytest.raises(httpx.ProxyError, match="403"):
            await client.get(f"https://{host}/")


async def test_a_proxy_in_memory() -> None:
    """What comes in one packet with the CONNECT is not lost; the answers come back in TLS."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, https=True, port=None) as plivo:
        stream = plivo.connect()
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = trusting(plivo).wrap_bio(incoming, outgoing, server_hostname="api.plivo.com")
        with pytest.raises(ssl.SSLWantReadError):
            tls.do_handshake()
        await stream.send(CONNECT + outgoing.read())
        assert await stream.receive() == b"HTTP/1.1 200 Connection established\r\n\r\n"
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                incoming.write(await stream.receive())
        tls.write(b"GET /health HTTP/1.1\r\nHost: api.plivo.com\r\n\r\n")
        await stream.send(outgoing.read())
        answer = b""
        while b"ok" not in answer:
            try:
                answer += tls.read()
            except ssl.SSLWantReadError:
                incoming.write(await stream.receive())
        assert answer.startswith(b"HTTP/1.1 200 OK")
        with pytest.raises(ssl.SSLWantReadError):
            tls.unwrap()
        await stream.send(outgoing.read())
        await until_closed(stream)


@pytest.mark.parametrize("behind", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 70_000, b"\x00", b""])
async def test_garbage_behind_a_connect_ends_that_connection(behind: bytes) -> None:
    """And nothing else, in time."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, https=True, port=None) as plivo:
        stream = plivo.connect()
        await stream.send(CONNECT)
        await stream.receive()
        await stream.send(behind)
        with anyio.fail_after(60):
            await until_closed(stream)
        await anyio.wait_all_tasks_blocked()
        assert plivo.connections == 0
        assert (await Client(plivo.connect()).ask("GET", "")).status == 200


async def test_a_handshake_that_is_broken_off_leaves_nothing() -> None:
    """By the peer, and by the end of the emulator."""
    async with Emulator(https=True, port=None) as plivo:
        for close in (True, False):
            stream = plivo.connect()
            await stream.send(CONNECT)
            await stream.receive()
            if close:
                await stream.aclose()
                await anyio.wait_all_tasks_blocked()
                assert plivo.connections == 0
    assert plivo.connections == 0


async def test_without_it_a_connect_is_no_request() -> None:
    """Refused as any other path."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, port=None) as plivo:
        stream = plivo.connect()
        await stream.send(CONNECT)
        assert (await stream.receive()).startswith(b"HTTP/1.1 40")
        with pytest.raises(ValueError, match="https=True"):
            _ = plivo.ca_pem


async def test_the_extra_is_named_if_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install."""
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(RuntimeError, match=r"plivo-async\[https\]"):
        Emulator(https=True)
