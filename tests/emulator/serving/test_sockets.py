"""The emulator on real sockets, seen by httpx as a plain HTTP client."""

import contextlib
import errno
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.abc
import anyio.lowlevel
import httpx
import pytest

from plivo_async.emulator import Emulator, Faults, Settings
from plivo_async.emulator.serving._sockets import SocketEnd, accept_forever, listen

from ...support import PATIENCE
from ..support import ACTIVE, AUTH_ID, AUTH_TOKEN, ROOT, USUAL

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]


def browser(plivo: Emulator) -> httpx.AsyncClient:
    """A plain client of the emulator."""
    return httpx.AsyncClient(
        base_url=plivo.url, auth=(plivo.auth_id, plivo.auth_token), trust_env=False, timeout=PATIENCE, headers=USUAL[1:]
    )


async def until(true: Callable[[], bool]) -> None:
    """Wait until something has become true, five seconds at most."""
    with anyio.fail_after(PATIENCE):
        while not true():  # noqa: ASYNC110  (what is waited for has no event)
            await anyio.sleep(0.005)


async def test_emulator_speaks_http_on_a_port() -> None:
    """It listens on 127.0.0.1, on a port that was free; a connection serves many requests and is counted."""
    async with Emulator(settings=Settings(stay_alone=True)) as plivo:
        plivo.add_conference("a/b")
        async with browser(plivo) as client:
            root = f"/v1/Account/{plivo.auth_id}/MultiPartyCall/"
            assert (await client.post(f"{root}name_a%2Fb/", content=ACTIVE)).status_code == 204
            reply = await client.get(f"{root}name_a%2Fb/")
            assert (reply.status_code, reply.json()["status"], reply.json()["stay_alone"]) == (200, "Active", True)
            assert (await client.delete(f"{root}name_a%2Fb/")).status_code == 204
            assert (plivo.connections, plivo.most_connections) == (1, 1)
        await until(lambda: plivo.connections == 0)
        assert plivo.requests[0].raw_path == f"{root}name_a%2Fb/"


@pytest.mark.parametrize(
    ("fault", "error", "applied"),
    [
        ("lost-response", httpx.RemoteProtocolError, True),
        ("half", httpx.RemoteProtocolError, True),
        ("reset-before", httpx.ReadError, False),
        ("reset-after", httpx.ReadError, True),
    ],
)
async def test_emulator_breaks_off_on_sockets(fault: str, error: type[Exception], applied: bool) -> None:
    """A close and a reset are told apart by the client as they would be in the wild; the next request is served."""
    async with Emulator(AUTH_ID, AUTH_TOKEN) as plivo, browser(plivo) as client:
        plivo.add_conference("a")
        plivo.script("activate", "a", fault=fault)
        with pytest.raises(error):
            await client.post(f"{ROOT}name_a/", content=ACTIVE)
        assert plivo.requests[0].applied == applied
        assert (await client.post(f"{ROOT}name_a/", content=ACTIVE)).status_code == (404 if applied else 204)


async def test_emulator_reset_is_a_reset() -> None:
    """A reset is seen as ECONNRESET by the plainest client there is, never as an orderly end."""
    async with Emulator(AUTH_ID, AUTH_TOKEN) as plivo:
        plivo.script("activate", nth=None, fault="reset-after")
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", int(plivo.url.rpartition(":")[2]))) as sock:
                fields = "".join(f"{name}: {value}\r\n" for name, value in USUAL)
                sock.sendall(f"POST {ROOT}name_a/ HTTP/1.1\r\nHost: x\r\n{fields}\r\n".encode())
                sock.setblocking(False)
                await anyio.wait_readable(sock)
                with pytest.raises(ConnectionResetError):
                    sock.recv(100)


async def test_emulator_idle_close_on_sockets() -> None:
    """The connection is closed after a proper answer."""
    async with Emulator(AUTH_ID, AUTH_TOKEN) as plivo, browser(plivo) as client:
        plivo.script("list", fault="idle-close")
        assert (await client.get(ROOT)).status_code == 200
        await until(lambda: plivo.connections == 0)
        assert (await client.get(ROOT)).status_code == 200


async def test_emulator_late_for_a_client_that_closed() -> None:
    """A client that has closed its socket by the time of a late answer is not told."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, faults=Faults({"late": 1.0}, late_by=0.3)) as plivo:
        async with browser(plivo) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get(ROOT, timeout=0.1)
        await until(lambda: plivo.connections == 0)
        assert (plivo.requests[0].status, plivo.requests[0].told) == (200, None)


async def test_emulator_stops_at_once_on_sockets() -> None:
    """Leaving the block doesn't wait for a late answer, and frees the port."""
    async with anyio.create_task_group() as group:
        async with Emulator(AUTH_ID, AUTH_TOKEN, faults=Faults({"late": 1.0}, late_by=3600)) as plivo:
            errors: list[Exception] = []

            async def wait() -> None:
                async with browser(plivo) as client:
                    try:
                        await client.get(ROOT)
                    except httpx.HTTPError as error:
                        errors.append(error)

            group.start_soon(wait)
            await until(lambda: len(plivo.requests) == 1)
        await until(lambda: len(errors) == 1)
    listen(int(plivo.url.rpartition(":")[2])).close()


async def test_emulator_refuses_a_port_that_is_taken() -> None:
    """The port is asked for when the block is entered; if it is taken, that is an OSError."""
    async with Emulator() as plivo:
        with pytest.raises(OSError, match="in use") as refusal:
            await Emulator(port=int(plivo.url.rpartition(":")[2])).__aenter__()
        assert refusal.value.errno == errno.EADDRINUSE


async def test_emulator_tells_accounts_apart() -> None:
    """Two emulators are two accounts: one doesn't take the other's credentials."""
    async with Emulator() as one, Emulator() as other, browser(one) as client:
        assert (await client.get(f"{one.url}/v1/Account/{one.auth_id}/MultiPartyCall/")).status_code == 200
        assert (await client.get(f"{other.url}/v1/Account/{other.auth_id}/MultiPartyCall/")).status_code == 401


async def connected() -> tuple[SocketEnd, socket.socket]:
    """A server's end and a client's socket."""
    listener = listen(0)
    client = socket.create_connection(listener.getsockname())
    ends: list[SocketEnd] = []
    async with anyio.create_task_group() as group:
        group.start_soon(accept_forever, listener, ends.append)
        await until(lambda: len(ends) == 1)
        group.cancel_scope.cancel()
    listener.close()
    return ends[0], client


async def test_emulator_socket_waits_for_a_slow_reader() -> None:
    """Sending waits while the peer doesn't read, and loses nothing."""
    end, client = await connected()
    client.setblocking(False)
    data = bytes(range(256)) * 40_000
    got = bytearray()

    async def read() -> None:
        await anyio.sleep(0.05)
        while len(got) < len(data):
            await anyio.wait_readable(client)
            got.extend(client.recv(1 << 20))

    async with anyio.create_task_group() as group:
        group.start_soon(read)
        await end.send(data)
        await end.send_eof()
    assert got == data
    assert client.recv(1) == b""
    assert not end.gone()
    end.close()
    client.close()


@pytest.mark.parametrize("use", [lambda end: end.receive(), lambda end: end.send(b"x" * (1 << 24))])
async def test_emulator_socket_breaks(use: Callable[[SocketEnd], Awaitable[Any]]) -> None:
    """After a reset by the peer, receiving and sending fail; the end can still be closed in any way."""
    end, client = await connected()
    SocketEnd(client).reset()
    await anyio.sleep(0.02)
    with pytest.raises(anyio.BrokenResourceError):
        await use(end)
    await end.send_eof()
    end.reset()


async def test_emulator_socket_sees_a_reset_without_reading() -> None:
    """A peer that has reset the connection is gone, as is one that has closed it."""
    for leave in (SocketEnd.reset, SocketEnd.close):
        end, client = await connected()
        assert not end.gone()
        leave(SocketEnd(client))
        await anyio.sleep(0.02)
        assert end.gone()
        end.close()


class _Spurious(socket.socket):
    """A socket that wakes its reader once for nothing."""

    woken = False

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        if not self.woken:
            self.woken = True
            raise BlockingIOError
        return super().recv(size, flags)


async def test_emulator_socket_is_woken_for_nothing() -> None:
    """A reader that is woken without there being data waits on."""
    end, client = await connected()
    await end.send(b"x")
    spurious = SocketEnd(_Spurious(fileno=client.detach()))
    assert await spurious.receive() == b"x"
    spurious.close()
    end.close()


class _Failing:
    """A listener whose accept fails in given ways before it works."""

    def __init__(self, listener: socket.socket, errors: list[OSError]) -> None:
        self._listener = listener
        self._errors = errors

    def fileno(self) -> int:
        return self._listener.fileno()

    def accept(self) -> Any:
        if self._errors:
            raise self._errors.pop(0)
        return self._listener.accept()


async def test_emulator_accepts_again_after_trouble() -> None:
    """A connection that vanished and a lack of file descriptors are got over; what is a mistake is raised."""
    listener = listen(0)
    client = socket.create_connection(listener.getsockname())
    trouble = [ConnectionAbortedError(), OSError(errno.EMFILE, "too many"), OSError(errno.EBADF, "bad")]
    failing: Any = _Failing(listener, trouble[:2])
    ends: list[SocketEnd] = []
    async with anyio.create_task_group() as group:
        group.start_soon(accept_forever, failing, ends.append)
        await until(lambda: len(ends) == 1)
        group.cancel_scope.cancel()
    ends[0].close()
    client.close()
    client = socket.create_connection(listener.getsockname())
    broken: Any = _Failing(listener, trouble[2:])
    with pytest.raises(OSError, match="bad"):
        await accept_forever(broken, ends.append)
    client.close()
    listener.close()


async def test_leaving_while_connections_are_being_accepted_closes_them_all() -> None:
    """A connection that comes in the very turn in which the emulator stops is closed as well, and nothing is raised."""
    for turns in range(6):
        clients = [socket.socket() for _ in range(5)]
        async with Emulator() as plivo:
            host, port = "127.0.0.1", int(plivo.url.rpartition(":")[2])
            for client in clients:
                client.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    client.connect((host, port))
            for _ in range(turns):
                await anyio.lowlevel.checkpoint()
        assert plivo.connections == 0
        for client in clients:
            client.close()
