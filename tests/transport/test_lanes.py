"""The lanes: connections opened as needed, each broken one replaced, whatever servers and cancellations do."""

import itertools
import random
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

import anyio
import anyio.abc
import h11
import httpx
import pytest

from plivo_async import AsyncClient, NotSentError, OutcomeUnknownError, RetryPolicy
from plivo_async.emulator import Emulator, Faults
from plivo_async.emulator.serving._pipe import PipeEnd, pipe

from ..support import _memory_lane, _Network, contradictions, in_memory, network_of, waiting

pytestmark = pytest.mark.anyio

WIDTH = 64
ONCE = RetryPolicy(max_attempts=1)


class Raw:
    """A server in memory that answers with bytes of the test's choice."""

    auth_id, auth_token, url = "MA" + "R" * 18, "token", "http://127.0.0.1"

    def __init__(self, answer: Callable[[int, PipeEnd], Awaitable[bool]]) -> None:
        self.requests: list[tuple[int, h11.Request]] = []
        self.connections = 0
        self.opened = 0
        self._answer = answer
        self._group = anyio.create_task_group()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._group.cancel_scope.cancel()
        await self._group.__aexit__(None, None, None)

    def connect(self) -> anyio.abc.ByteStream:
        """A new connection."""
        client, server = pipe()
        self.opened += 1
        self._group.start_soon(self._serve, server, self.opened)
        return client

    def client(self, **options: Any) -> AsyncClient:
        """A client that is connected to it."""
        options = {"rate_limit": None, "retry": ONCE, **options}
        client = AsyncClient(self.auth_id, self.auth_token, base_url=self.url, clock=anyio.current_time, **options)
        lanes = client._core.lanes
        assert lanes is not None
        network = _Network(self)  # type: ignore[arg-type]
        lanes._open_lane = lambda: _memory_lane(network)
        return client

    async def _serve(self, connection: PipeEnd, number: int) -> None:
        self.connections += 1
        try:
            while True:
                parser = h11.Connection(h11.SERVER)
                while not isinstance(event := parser.next_event(), h11.EndOfMessage):
                    if event is h11.NEED_DATA:
                        parser.receive_data(await connection.receive())
                    elif isinstance(event, h11.Request):
                        self.requests.append((number, event))
                if not await self._answer(len(self.requests), connection):
                    return
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass
        finally:
            connection.close()
            self.connections -= 1


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def test_connections_are_opened_as_they_are_needed() -> None:
    """One after the other needs one; five at a time need five; the one used last is used first."""
    async with Emulator(port=None, latency=0.1) as plivo, in_memory(plivo) as client:
        for _ in range(10):
            await client.request("GET", "MultiPartyCall/")
        assert plivo.most_connections == 1
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(client.request, "GET", "MultiPartyCall/")
        assert plivo.most_connections == 5
        assert client.statistics().connections_idle == 5
        lanes = client._core.lanes
        assert lanes is not None
        last = lanes._idle[-1]
        for _ in range(10):
            await client.request("GET", "MultiPartyCall/")
            assert lanes._idle[-1] is last
        assert plivo.most_connections == 5


@pytest.mark.long
async def test_a_thousand_at_once_all_succeed() -> None:
    """No `PoolTimeout`: whoever waits for a connection waits, and no more than 64 are ever open."""
    async with Emulator(port=None, latency=(0.01, 0.1)) as plivo, in_memory(plivo) as client:
        names = waiting(plivo, 1_000)
        outcomes = []

        async def start(name: str) -> None:
            outcomes.append((await client.mpc.start(name)).outcome.value)

        async with anyio.create_task_group() as group:
            for name in names:
                group.start_soon(start, name)
        assert outcomes == ["activated"] * 1_000
        assert plivo.most_connections <= WIDTH
        assert len(plivo.requests) == 1_000


async def test_a_loop_that_has_enough_to_do_gets_fewer_at_a_time() -> None:
    """Turns of the event loop that take long narrow the client to 8 at a time; short ones widen it to 64 again."""
    async with Emulator(port=None, limit=None, latency=0.1) as plivo, in_memory(plivo, rate_limit=None) as client:
        names = waiting(plivo, 600)
        turnstile = client._core.turnstile
        slow = itertools.count()
        turnstile._clock = lambda: next(slow) * 0.01  # type: ignore[attr-defined]
        assert (await client.mpc.start(names[:300])).succeeded
        assert turnstile.width == 8
        before = plivo.most_connections
        turnstile._clock = anyio.current_time  # type: ignore[attr-defined]
        assert (await client.mpc.start(names[300:])).succeeded
        assert turnstile.width == WIDTH
        assert before <= 36 < plivo.most_connections <= WIDTH


@pytest.mark.parametrize("fault", ["lost-response", "reset-before", "reset-after", "half", "idle-close", "late"])
async def test_a_broken_lane_is_replaced_and_the_others_go_on(fault: str) -> None:
    """A fault costs its own connection and no other."""
    async with Emulator(port=None, limit=None, latency=0.1) as plivo:
        names = waiting(plivo, 100)
        plivo.script("activate", names[40], fault=fault)
        async with in_memory(plivo, rate_limit=None, timeout=5.0) as client:
            report = await client.mpc.start(names)
            assert report.succeeded
            assert network_of(plivo).opened in (WIDTH, WIDTH + 1)
            assert client.statistics().connections_idle >= WIDTH - 1
        await anyio.sleep(0.1)
        assert plivo.connections <= 1  # the one that is late to see that nobody waits
        await anyio.sleep(40)
        assert plivo.connections == 0


async def test_closing_closes_every_connection() -> None:
    """After `aclose` the server sees none, and what comes late is refused clearly."""
    async with Emulator(port=None, latency=0.1) as plivo:
        async with in_memory(plivo) as client:
            assert (await client.mpc.start(waiting(plivo, 100))).succeeded
            assert plivo.connections == WIDTH
        await anyio.sleep(0.1)
        assert plivo.connections == 0


async def test_closing_with_requests_under_way() -> None:
    """Those under way come back, and their connections are closed then."""
    async with Emulator(port=None, latency=1.0) as plivo:
        names = waiting(plivo, 3)
        client = in_memory(plivo)
        outcomes = []

        async def start(name: str) -> None:
            outcomes.append((await client.mpc.start(name)).outcome.value)

        async with anyio.create_task_group() as group:
            for name in names:
                group.start_soon(start, name)
            await anyio.sleep(0.5)
            await client.aclose()
            assert plivo.connections == 3
        assert outcomes == ["activated"] * 3
        await anyio.sleep(0.1)
        assert plivo.connections == 0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
async def test_a_storm_of_cancellations_leaves_nothing_behind(seed: int) -> None:
    """Hundreds cancelled at random instants, under faults: afterwards the client works with all its width."""
    chance = random.Random(seed)
    faults = Faults({"lost-response": 0.05, "reset-before": 0.05, "half": 0.05, "late": 0.02}, late_by=3.0)
    async with Emulator(port=None, limit=None, latency=(0.0, 0.2), faults=faults, seed=seed) as plivo:
        network_of(plivo).connect_delay = 0.03
        names = waiting(plivo, 200)
        options: dict[str, Any] = {"rate_limit": None} if seed % 2 else {}
        async with in_memory(plivo, seed=seed, timeout=2.0, **options) as client:

            async def start(name: str, delay: float, patience: float) -> None:
                await anyio.sleep(delay)
                with anyio.move_on_after(patience):
                    await client.mpc.start([name])

            async with anyio.create_task_group() as group:
                for name in names:
                    group.start_soon(start, name, chance.random() * 2, chance.random() * 0.6)
            statistics = client.statistics()
            assert (statistics.requests, statistics.waiting_for_connection) == (0, 0)
            assert (statistics.permits_in_flight, statistics.waiting_for_permit) == (0, 0)
            assert statistics.connections_idle <= WIDTH
            await anyio.sleep(10)
            plivo._core.rules.faults.probabilities.clear()  # type: ignore[attr-defined]
            began = anyio.current_time()
            report = await client.mpc.start(names)
            assert report.counts["activated"] + report.counts["already_active"] == 200  # type: ignore[index]
            assert anyio.current_time() - began < 20
            assert client.statistics().connections_idle <= WIDTH
            assert plivo.connections <= WIDTH
            assert contradictions(plivo, [one for one in report if one.outcome == "not_attempted"]) == []
        await anyio.sleep(5)
        assert plivo.connections == 0


async def test_connection_close_is_heeded() -> None:
    """After `Connection: close` the next request takes a new connection."""

    async def close(nth: int, connection: PipeEnd) -> bool:
        await connection.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
        return True  # and yet it stays, to see whether anything comes

    async with Raw(close) as server:
        async with server.client() as client:
            for _ in range(5):
                assert await client.request("POST", "Call/", json={}) == {}
            assert [number for number, _ in server.requests] == [1, 2, 3, 4, 5]
        await anyio.sleep(1)
        assert server.connections == 0


async def test_an_http_1_0_answer_without_a_length() -> None:
    """It ends with its connection, and is whole."""

    async def old(nth: int, connection: PipeEnd) -> bool:
        await connection.send(b'HTTP/1.0 200 OK\r\n\r\n{"a":')
        await anyio.sleep(0.5)
        await connection.send(b" 1}")
        return False

    async with Raw(old) as server, server.client() as client:
        for _ in range(3):
            assert await client.request("GET", "Call/") == {"a": 1}


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200_000,
    ],
    ids=range(8),
)
async def test_half_and_broken_answers(answer: bytes) -> None:
    """Whatever the server writes before it closes: a POST stays unknown, and the lane is replaced."""

    async def broken(nth: int, connection: PipeEnd) -> bool:
        await connection.send(answer if nth == 1 else OK)
        return nth > 1

    async with Raw(broken) as server, server.client() as client:
        with pytest.raises(OutcomeUnknownError):
            await client.request("POST", "Call/", json={})
        assert client.statistics().connections_idle == 0
        for _ in range(2):
            assert await client.request("POST", "Call/", json={}) == {}
        assert server.opened == 2


async def test_informational_answers_are_passed_over() -> None:
    """100 and 103 are no answers; the one after them is."""

    async def hints(nth: int, connection: PipeEnd) -> bool:
        await connection.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
        await anyio.sleep(0.1)
        await connection.send(OK)
        return True

    async with Raw(hints) as server, server.client() as client:
        for _ in range(3):
            assert await client.request("POST", "Call/", json={}) == {}
        assert server.opened == 1


@pytest.mark.parametrize(
    "header", ["Content-Length: 2\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"]
)
async def test_a_204_with_a_body_does_not_spoil_the_next_answer(header: str) -> None:
    """HTTP allows it none, so its bytes would be read as the beginning of the next answer: that lane is given up."""

    async def contradict(nth: int, connection: PipeEnd) -> bool:
        await connection.send(f"HTTP/1.1 204 No Content\r\n{header}".encode())
        return True

    async with Raw(contradict) as server, server.client() as client:
        for _ in range(3):
            assert await client.request("POST", "Call/", json={}) is None


async def test_an_old_connection_is_replaced() -> None:
    """After five minutes a connection has served: the next request opens another, and the old one is closed."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        for _ in range(60):
            await client.request("GET", "MultiPartyCall/")
            await anyio.sleep(10)
        assert network_of(plivo).opened == 2
        await anyio.sleep(1)
        assert plivo.connections == 1


async def test_an_idle_connection_is_not_used_again_after_fifteen_seconds() -> None:
    """The server may be about to close it: a request that crosses that is lost on the way, and nobody knows whether."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        for pause, opened in ((14.9, 1), (14.9, 1), (15.1, 2), (3_600, 3)):
            await client.request("GET", "MultiPartyCall/")
            await anyio.sleep(pause)
            await client.request("GET", "MultiPartyCall/")
            assert network_of(plivo).opened == opened
        await anyio.sleep(1)
        assert plivo.connections == 1


async def test_connections_that_a_burst_has_opened_go_when_nobody_needs_them() -> None:
    """While little is asked, one after the other is closed; the one in use stays."""
    async with Emulator(port=None, limit=None, latency=0.1) as plivo, in_memory(plivo, rate_limit=None) as client:
        await client.mpc.start(waiting(plivo, 100))
        assert plivo.connections == WIDTH
        for _ in range(WIDTH + 20):
            await client.request("GET", "MultiPartyCall/")
            await anyio.sleep(1)
        assert plivo.connections == client.statistics().connections_idle == 1
        assert network_of(plivo).opened == WIDTH


async def test_waiting_for_a_lane_can_be_cancelled() -> None:
    """Nothing was sent, and whoever comes after is not held up."""
    async with Emulator(port=None, limit=None, latency=10.0) as plivo, in_memory(plivo, timeout=20.0) as client:
        names = waiting(plivo, WIDTH)
        async with anyio.create_task_group() as group:
            for name in names:
                group.start_soon(client.mpc.start, name)
            await anyio.sleep(1)
            with anyio.move_on_after(5) as scope:
                await client.request("POST", "Call/")
            assert scope.cancelled_caught
            assert client.statistics().waiting_for_connection == 0
            with pytest.raises(NotSentError):
                await client.request("POST", "Call/", deadline=2)
        assert {request.operation for request in plivo.requests} == {"activate"}


async def test_an_interactive_request_goes_before_a_batch() -> None:
    """While a batch keeps every connection busy, a single operation takes the next one that is free."""
    async with Emulator(port=None, limit=None, latency=1.0) as plivo, in_memory(plivo, rate_limit=None) as client:
        names = waiting(plivo, 200)
        plivo.add_conference("now")
        async with anyio.create_task_group() as group:
            group.start_soon(client.mpc.start, names)
            await anyio.sleep(1.5)
            began = anyio.current_time()
            await client.mpc.start("now")
            assert anyio.current_time() - began <= 1.5 + 0.01


@pytest.mark.parametrize("refused", [1, 60])
async def test_refused_connections_open_no_others(refused: int) -> None:
    """A connection that can't be made is no lane; when it can be made again, all go on."""
    async with Emulator(port=None, limit=None, latency=0.1) as plivo:
        names = waiting(plivo, 150)
        async with in_memory(plivo, rate_limit=None, retry=RetryPolicy(max_attempts=20)) as client:
            network_of(plivo).refuse = refused
            report = await client.mpc.start(names)
            assert report.succeeded
            assert all(conference.applied == 1 for conference in plivo.conferences.values())
            assert len(plivo.requests) == 150
            assert plivo.most_connections <= WIDTH


async def test_the_request_on_the_wire() -> None:
    """One `Host`, one `Authorization`, an exact length: what the server reads is what the documents say."""

    async def answer(nth: int, connection: PipeEnd) -> bool:
        await connection.send(b"HTTP/1.1 204 No Content\r\n\r\n")
        return True

    async with Raw(answer) as server, server.client() as client:
        await client.mpc.start("Ö/..")
        [(_, request)] = server.requests
        assert request.method == b"POST"
        assert request.target == f"/v1/Account/{Raw.auth_id}/MultiPartyCall/name_%C3%96%2F../".encode()
        headers = list(request.headers)
        assert [value for name, value in headers if name == b"host"] == [b"127.0.0.1"]
        assert [value for name, value in headers if name == b"content-length"] == [b"19"]
        expected = httpx.BasicAuth(Raw.auth_id, "token")._auth_header.encode()
        assert [value for name, value in headers if name == b"authorization"] == [expected]
        assert len({name for name, _ in headers}) == len(headers)
