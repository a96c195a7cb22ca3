"""What may be somebody else's by now isn't sent: the fence is asked when the first byte is about to leave."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from plivo_async import ActivationOutcome, AsyncClient
from plivo_async.batch import Activation, NotOursError
from plivo_async.emulator import Emulator
from plivo_async.resources._earlier import earlier

from ..support import in_memory

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def over_aiohttp(plivo: Emulator) -> AsyncIterator[AsyncClient]:
    """A client on the other transport."""
    async with AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url, transport="aiohttp") as client:
        yield client


@asynccontextmanager
async def over_a_client_of_the_callers(plivo: Emulator) -> AsyncIterator[AsyncClient]:
    """One whose transport we don't know."""
    async with httpx.AsyncClient() as http_client:
        yield AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url, http_client=http_client)


@asynccontextmanager
async def over_lanes(plivo: Emulator) -> AsyncIterator[AsyncClient]:
    """As by default, over sockets."""
    async with AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url) as client:
        yield client


async def activated(client: AsyncClient, names: list[str], fence: Callable[[], None]) -> list[Activation]:
    """What became of them, each told as soon as it is known; the fence ends it."""
    activator = replace(client.mpc._activator, fence=fence)
    told: list[Activation] = []
    stream = activator.each(names, activator.rules("always", 0), 60, earlier(None, None, None), told.append)

    async def run() -> None:
        async with stream:
            async for _ in stream:
                pass

    with pytest.raises(NotOursError, match="asleep"):
        await run()
    return told


def asleep() -> None:
    """A fence that lets nothing through."""
    raise NotOursError("this worker was asleep")


async def test_nothing_is_sent_and_every_permit_comes_back() -> None:
    """Each item is told of as not attempted, and the client goes on with whatever is asked of it."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        names = [f"room-{number}" for number in range(200)]
        for name in names:
            plivo.add_conference(name)
        told = await activated(client, names, asleep)
        assert [one.outcome for one in told] == [ActivationOutcome.NOT_ATTEMPTED] * len(told)
        assert len(plivo.requests) == 0
        figures = client.statistics()
        assert (figures.permits_used, figures.permits_in_flight) == (0, 0)
        assert (await client.mpc.start(names)).succeeded


@pytest.mark.real_time
@pytest.mark.parametrize("over", [over_lanes, over_aiohttp, over_a_client_of_the_callers])
async def test_on_every_way_out(over: Any, anyio_backend_name: str) -> None:
    """The fence ends the batch as what it raised; connections serve whoever comes next."""
    if over is over_aiohttp and anyio_backend_name == "trio":
        pytest.skip("aiohttp runs on asyncio")
    async with Emulator(limit=None) as plivo, over(plivo) as client:
        for name in ("a", "b", "c"):
            plivo.add_conference(name)
        await client.mpc.start("a")  # a connection that is kept
        [told] = await activated(client, ["b"], asleep)
        assert (told.outcome, told.attempts) == (ActivationOutcome.NOT_ATTEMPTED, ())
        assert [one.name for one in plivo.requests] == ["a"]
        await client.mpc.start("b")
        await client.mpc.start("c")
        assert plivo.counts().applied == 3


async def test_a_look_is_always_allowed() -> None:
    """It changes nothing, and tells what is so of what was sent before."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        asked: list[int] = []
        activator = replace(client.mpc._activator, fence=lambda: asked.append(len(plivo.requests)))
        stream = activator.each(["nobody"], activator.rules("always", 0), 60, earlier(None, None, None), None)
        async with stream:
            [told] = [one async for one in stream]
        assert told.outcome is ActivationOutcome.NOT_FOUND
        assert [one.operation for one in plivo.requests] == ["activate", "get"]
        assert asked == [0]
