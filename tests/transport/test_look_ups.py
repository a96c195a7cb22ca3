"""One look-up of a name for all connections, whoever of those that wait for it is cancelled; the first address wins."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import anyio
import anyio.lowlevel
import httpcore
import pytest

from plivo_async import AsyncClient, NotSentError, RetryPolicy
from plivo_async.emulator import Emulator
from plivo_async.transport._look_ups import Address, LookUps
from plivo_async.transport._network import first_of

from ..support import PATIENCE

pytestmark = pytest.mark.anyio

NAME = "plivo.test"
V4 = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))
V6 = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 0, 0, 0))
UNKNOWN = socket.gaierror(socket.EAI_NONAME, "Name or service not known")


class Names:
    """The machine's resolver, with one name of the test's.

    Attributes:
        asked: How often for that name.
        open: While it isn't set, it thinks.
        says: What is found, or what goes wrong.
    """

    def __init__(self) -> None:
        self.asked = 0
        self.open = threading.Event()
        self.open.set()
        self.says: list[Any] | Exception = [V6, V4]
        self._real = socket.getaddrinfo

    def __call__(self, host: Any, *args: Any, **options: Any) -> Any:
        """What `socket.getaddrinfo` does."""
        if host not in (NAME, NAME.encode()):
            return self._real(host, *args, **options)
        self.asked += 1
        self.open.wait(PATIENCE)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    """In the place of the machine's own."""
    names = Names()
    monkeypatch.setattr(socket, "getaddrinfo", names)
    yield names
    names.open.set()


class Clock:
    """A clock that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        """Tell it."""
        return self.now


@pytest.mark.real_time
async def test_many_wait_for_one(names: Names) -> None:
    """64 at a time ask once, and whoever comes soon after not at all; later it is asked anew."""
    clock, found = Clock(), []
    look_ups = LookUps(clock)
    names.open.clear()

    async def wait() -> None:
        found.append(await look_ups.addresses(NAME, 80))

    async with anyio.create_task_group() as group:
        for _ in range(64):
            group.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        names.open.set()
    assert found == [(Address(socket.AF_INET6, "::1", 80), Address(socket.AF_INET, "127.0.0.1", 80))] * 64
    clock.now = 4.9
    await wait()
    assert names.asked == 1
    clock.now = 5.0
    await wait()
    assert names.asked == 2


@pytest.mark.real_time
async def test_cancelling_one_takes_nothing_from_the_others(names: Names) -> None:
    """Not even of the one who asked first, whose look-up it seems to be."""
    look_ups, found = LookUps(Clock()), []
    names.open.clear()
    first = anyio.CancelScope()

    async def wait(scope: anyio.CancelScope) -> None:
        with scope:
            found.append(await look_ups.addresses(NAME, 80))

    async with anyio.create_task_group() as group:
        group.start_soon(wait, first)
        await anyio.wait_all_tasks_blocked()
        group.start_soon(wait, anyio.CancelScope())
        await anyio.wait_all_tasks_blocked()
        first.cancel()
        await anyio.wait_all_tasks_blocked()
        names.open.set()
    assert (names.asked, len(found)) == (1, 1)


@pytest.mark.real_time
async def test_what_failed_is_asked_anew(names: Names) -> None:
    """All who waited are told why, each by an error of its own; whoever comes next asks."""
    look_ups, errors = LookUps(Clock()), []
    names.says = UNKNOWN
    names.open.clear()

    async def wait() -> None:
        with pytest.raises(socket.gaierror, match="not known") as caught:
            await look_ups.addresses(NAME, 80)
        errors.append(caught.value)

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        names.open.set()
    assert (names.asked, len({id(error) for error in errors})) == (1, 3)
    names.says = []
    with pytest.raises(socket.gaierror, match="no address"):
        await look_ups.addresses(NAME, 80)
    names.says = [V4, V4]
    assert await look_ups.addresses(NAME, 80) == (Address(socket.AF_INET, "127.0.0.1", 80),)
    assert names.asked == 3


def client_of(plivo: Emulator, kind: Any) -> AsyncClient:
    """A client that knows the emulator by name."""
    url = plivo.url.replace("127.0.0.1", NAME)
    once = RetryPolicy(max_attempts=1)
    return AsyncClient(
        plivo.auth_id, plivo.auth_token, base_url=url, allow_http=True, rate_limit=None, retry=once, transport=kind
    )


@pytest.mark.real_time
async def test_a_batch_looks_its_host_up_once(names: Names, kind: Any) -> None:
    """Over many connections; its first address refuses, and the second one is taken."""
    async with Emulator(limit=None, latency=0.02) as plivo, client_of(plivo, kind) as client:
        rooms = [f"room {number}" for number in range(200)]
        for room in rooms:
            plivo.add_conference(room)
        report = await client.mpc.start(rooms)
        assert report.succeeded, [str(one) for one in report if not one.succeeded][:3]
        assert plivo.most_connections > 1
        assert names.asked == 1


@pytest.mark.real_time
async def test_an_unknown_host_is_named_as_such(names: Names, kind: Any) -> None:
    """The reason and the obstacle are those of the resolver."""
    names.says = UNKNOWN
    async with Emulator(limit=None) as plivo, client_of(plivo, kind) as client:
        with pytest.raises(NotSentError, match="not known") as caught:
            await client.mpc.start("room")
        assert caught.value.attempts[0].obstacle == "unknown_host"


class Line(httpcore.AsyncNetworkStream):
    """A connection to an address."""

    def __init__(self, host: str) -> None:
        self.host, self.closed = host, False

    async def aclose(self) -> None:
        """Close it."""
        await anyio.lowlevel.checkpoint()
        self.closed = True


def addresses(*hosts: str) -> list[Address]:
    """So many addresses."""
    return [Address(socket.AF_INET, host, 80) for host in hosts]


async def test_a_silent_address_holds_nobody_up() -> None:
    """The next one is tried beside it a quarter of a second later; one that fails makes way at once."""
    lines, began = [], anyio.current_time()

    async def connect(host: str) -> Line:
        if host == "refuses":
            raise httpcore.ConnectError("refused")
        if host == "silent":
            await anyio.sleep_forever()
        lines.append(Line(host))
        return lines[-1]

    assert await first_of(addresses("refuses", "silent", "fine", "late"), connect) is lines[0]
    assert lines[0].host == "fine"
    assert 0.25 <= anyio.current_time() - began < 0.3
    with pytest.raises(httpcore.ConnectError, match="refused"):
        await first_of(addresses("refuses", "refuses"), connect)


async def test_nothing_is_left_open() -> None:
    """Of two that connect at once one is closed; of a caller that is cancelled all are."""
    lines = []
    both = anyio.Event()

    async def connect(host: str) -> Line:
        with anyio.CancelScope(shield=True):
            await both.wait()
        lines.append(Line(host))
        return lines[-1]

    async def open_both() -> None:
        await anyio.sleep(1)
        both.set()

    async with anyio.create_task_group() as group:
        group.start_soon(open_both)
        won = await first_of(addresses("one", "two"), connect)
    assert [line.closed for line in lines] == [line is not won for line in lines]
    lines.clear()
    both = anyio.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(open_both)
        with anyio.move_on_after(0.5):
            await first_of(addresses("one", "two"), connect)
    assert [line.closed for line in lines] == [True, True]
