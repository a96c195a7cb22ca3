"""Callbacks that reach one process, for those who wait in another."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing

import anyio
import pytest
import redis

from plivo_async import AsyncClient, EventBus, InvalidArgumentError
from plivo_async.buses import RedisBus
from plivo_async.emulator import Emulator

from ...pacing.shared.servers import BINARIES, Server, running
from ...support import PATIENCE, in_memory
from .told import MPC, event, looks, of_call


class Wire:
    """A bus in memory; it may be broken, and keeps what went over it."""

    def __init__(self) -> None:
        self.listeners: list[anyio.abc.ObjectSendStream[str]] = []
        self.sent: list[str] = []
        self.broken = 0

    async def publish(self, message: str) -> None:
        """To all who listen."""
        if self.broken:
            self.broken -= 1
            raise OSError("the bus is away")
        self.sent.append(message)
        for one in self.listeners:
            await one.send(message)

    async def listen(self) -> AsyncIterator[str]:
        """As they come."""
        if self.broken:
            self.broken -= 1
            raise OSError("the bus is away")
        send, receive = anyio.create_memory_object_stream[str](100)
        self.listeners.append(send)
        async with send, receive:
            async for message in receive:
                yield message


@pytest.mark.anyio
async def test_who_waits_in_another_process_hears_it() -> None:
    """Without a request; what comes back to the one who sent it is no news."""
    bus = Wire()
    assert isinstance(bus, EventBus)
    async with Emulator(port=None) as plivo, in_memory(plivo) as one, in_memory(plivo) as other:
        other.events.feed(event("MPCStart", 9, room="another"))  # callbacks come
        async with one.events.over(bus), other.events.over(bus), anyio.create_task_group() as group:
            group.start_soon(_feed_later, one)
            reached = await other.mpc("room").until("active", timeout=30)
        assert (reached.told_by, reached.mpc_uuid) == ("callback", MPC)
        assert looks(plivo) == 0
        assert len(bus.sent) == 1
        assert one.events.feed(event("MPCStart", 1)) is False  # told before; and outside of the block nothing is sent
        assert len(bus.sent) == 1


async def _feed_later(client: AsyncClient) -> None:
    await anyio.sleep(3)
    assert client.events.feed(event("MPCStart", 1)) is True


@pytest.mark.anyio
async def test_a_bus_that_fails_is_tried_again_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    """What was lost is found by a look; what can't be read is left out."""
    bus = Wire()
    bus.broken = 3
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("room")
        with caplog.at_level(logging.WARNING, "plivo_async"):
            async with client.events.over(bus), anyio.create_task_group() as group:
                await anyio.sleep(10)
                for message in ("{", "[]", "{}", json.dumps({"version": 1, "parameters": [["EventName", "MPCStart"]]})):
                    await bus.publish(message)
                await bus.publish(json.dumps({"version": 2, "parameters": []}))  # of a newer one of us
                await anyio.sleep(1)
                group.start_soon(client.mpc("room").start)
                assert (await client.mpc("room").until("active", timeout=30)).told_by == "look"
        said = [record.getMessage() for record in caplog.records if record.name == "plivo_async"]
        assert sum("the event bus fails (OSError)" in one for one in said) == 3
        assert sum("can't be read" in one for one in said) == 4


@pytest.mark.anyio
async def test_a_bus_that_is_stuck_holds_nobody_up(caplog: pytest.LogCaptureFixture) -> None:
    """A thousand are kept for it; those after them are left out, and said."""

    class Stuck(Wire):
        async def publish(self, message: str) -> None:
            await anyio.sleep_forever()

    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        async with client.events.over(Stuck()):
            await anyio.sleep(1)
            for number in range(1010):
                client.events.feed(of_call("ringing", call=f"00000000-0000-4000-8000-{number:012}"))
        assert sum("too slow" in record.getMessage() for record in caplog.records) >= 9


def test_a_wrong_url_is_refused_and_a_password_never_shows() -> None:
    """Before anything is connected."""
    with pytest.raises(InvalidArgumentError, match="redis://"):
        RedisBus("http://example.com")
    assert "hunter2" not in repr(RedisBus("redis://user:hunter2@localhost:6379/0"))


@pytest.mark.real_time
@pytest.mark.asyncio
@pytest.mark.parametrize("kind", sorted(BINARIES))
async def test_over_a_real_server(kind: str) -> None:
    """Two clients, as two processes have them."""
    with running(kind) as server:
        buses = [RedisBus(server.url), RedisBus(server.url)]
        try:
            async with Emulator() as plivo, _client(plivo) as one, _client(plivo) as other:
                other.events.feed(event("MPCStart", 9, room="another"))
                async with one.events.over(buses[0]), other.events.over(buses[1]):
                    with anyio.fail_after(PATIENCE):
                        await _heard_by(buses[0], 2)
                        one.events.feed(event("MPCStart", 1))
                        reached = await other.mpc("room").until("active", timeout=20)
                assert reached.told_by == "callback"
        finally:
            for bus in buses:
                await bus.aclose()


def _client(plivo: Emulator) -> AsyncClient:
    return AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url)


@pytest.mark.real_time
@pytest.mark.asyncio
async def test_a_server_that_goes_ends_the_listening_with_an_error() -> None:
    """So that it is tried again."""
    with running("valkey") as server:
        bus = RedisBus(server.url)
        async with aclosing(bus.listen()) as messages, anyio.create_task_group() as group:  # type: ignore[type-var]
            group.start_soon(_stop_when_listened_to, bus, server)
            with pytest.raises(redis.ConnectionError):
                await anext(messages)
        await bus.aclose()


async def _stop_when_listened_to(bus: RedisBus, server: Server) -> None:
    await _heard_by(bus, 1)
    server.stop()


async def _heard_by(bus: RedisBus, count: int) -> None:
    while (await bus._redis.pubsub_numsub(bus._channel))[0][1] < count:  # noqa: ASYNC110  (a server's state)
        await anyio.sleep(0.01)
