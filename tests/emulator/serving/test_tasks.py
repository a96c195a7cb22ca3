"""Who may begin and end an emulator: on asyncio any task, for pytest-asyncio takes two for one fixture."""

import asyncio
from collections.abc import AsyncGenerator

import anyio
import pytest
import pytest_asyncio

from plivo_async import AsyncClient
from plivo_async.emulator import Emulator
from plivo_async.emulator.serving._tasks import Tasks

from ..support import AUTH_ID, AUTH_TOKEN, Client


@pytest_asyncio.fixture
async def plivo() -> AsyncGenerator[Emulator, None]:
    """An emulator that is begun by one task and ended by another."""
    async with Emulator() as plivo:
        yield plivo


@pytest_asyncio.fixture
async def client(plivo: Emulator) -> AsyncGenerator[AsyncClient, None]:
    """A client of the same kind."""
    async with AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url) as client:
        yield client


@pytest.mark.asyncio
async def test_emulator_in_a_fixture_of_pytest_asyncio(plivo: Emulator, client: AsyncClient) -> None:
    """It serves the test, and its end is no error."""
    plivo.add_conference("room")
    await client.mpc.start("room")
    assert plivo.conferences["room"].status == "Active"
    assert plivo.connections == 1


@pytest.mark.asyncio
async def test_emulator_ended_by_another_task_has_closed_its_connections() -> None:
    """Nothing of it is left when the task that ends it goes on."""
    plivo = Emulator(AUTH_ID, AUTH_TOKEN)
    await asyncio.create_task(plivo.__aenter__())
    reader, writer = await asyncio.open_connection("127.0.0.1", int(plivo.url.rpartition(":")[2]))
    held = Client(plivo.connect())
    await held.send("GET", "")
    await asyncio.create_task(plivo.__aexit__(None, None, None))
    assert await reader.read() == b""
    writer.close()
    assert (plivo.connections, len(asyncio.all_tasks())) == (0, 1)
    with pytest.raises(RuntimeError, match="not running"):
        plivo.connect()
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection("127.0.0.1", int(plivo.url.rpartition(":")[2]))


@pytest.mark.asyncio
async def test_emulator_cancelled_while_it_begins_leaves_nothing() -> None:
    """Neither a task nor a port."""
    plivo = Emulator()
    beginning = asyncio.create_task(plivo.__aenter__())
    await asyncio.sleep(0)
    beginning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beginning
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1
    with pytest.raises(RuntimeError, match="not running"):
        plivo.connect()


@pytest.mark.anyio
async def test_emulator_ends_although_its_user_is_cancelled() -> None:
    """The end waits for what it has begun, on both loops, and leaves the cancellation as it is."""
    with anyio.move_on_after(1) as scope:
        async with Emulator(AUTH_ID, AUTH_TOKEN, port=None) as plivo:
            await Client(plivo.connect()).ask("GET", "")
            await anyio.sleep_forever()
    assert scope.cancelled_caught
    assert plivo.connections == 0


@pytest.mark.anyio
async def test_emulator_tasks_hide_no_error() -> None:
    """What one of them raises ends the others, and is raised at the end."""
    ended = anyio.Event()

    async def fail() -> None:
        raise ZeroDivisionError

    async def wait() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ended.set()

    tasks = Tasks()

    async def run() -> None:
        try:
            await tasks.begin()
            tasks.start(wait)
            tasks.start(fail)
            await ended.wait()
        finally:
            await tasks.end()

    with pytest.raises(ExceptionGroup) as caught:
        await run()
    assert caught.group_contains(ZeroDivisionError)
    assert not tasks.running
    await tasks.end()
