"""A caller's own client that speaks HTTP/2, whose streams share connections that break: no batch is lost to it."""

import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import anyio.abc
import httpx
import pytest

from plivo_async import ActivationOutcome, AsyncClient, RetryPolicy

pytest.importorskip("h2")
import h2.config
import h2.connection
import h2.events
import h2.exceptions

pytestmark = [pytest.mark.anyio, pytest.mark.real_time, pytest.mark.long]

FAULTS = ("reset", "applied-reset", "close", "applied-close", "goaway", "500")


class Server:
    """Conferences behind HTTP/2, spoilt at random.

    Attributes:
        live: Those that were activated.
        faults: How many requests were spoilt.
    """

    def __init__(self, seed: int) -> None:
        self.live: set[str] = set()
        self.faults = 0
        self._random = random.Random(seed)

    async def serve(self, stream: anyio.abc.SocketStream) -> None:
        """Answer all requests of a connection, until it or a fault ends it."""
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        connection.initiate_connection()
        methods: dict[int, tuple[str, str]] = {}
        async with stream:
            try:
                await stream.send(connection.data_to_send())
                while True:
                    for event in connection.receive_data(await stream.receive()):
                        if isinstance(event, h2.events.RequestReceived):
                            heads = {bytes(name): bytes(value) for name, value in event.headers}
                            name = heads[b":path"].decode().rpartition("name_")[2].rstrip("/")
                            methods[event.stream_id] = (heads[b":method"].decode(), name)
                        elif isinstance(event, h2.events.StreamEnded) and not self._answer(
                            connection, event.stream_id, *methods.pop(event.stream_id)
                        ):
                            return
                    await stream.send(connection.data_to_send())
            except (anyio.EndOfStream, anyio.BrokenResourceError, h2.exceptions.ProtocolError):
                return

    def _answer(self, connection: h2.connection.H2Connection, stream_id: int, method: str, name: str) -> bool:
        """Answer, or spoil it; False if the connection is to be closed."""
        fault = self._random.choice(FAULTS) if self._random.random() < 0.15 else ""
        self.faults += bool(fault)
        status, body = (
            self._carry_out(method, name) if fault in ("", "applied-reset", "applied-close") else (500, b"{}")
        )
        if fault.endswith("reset"):
            connection.reset_stream(stream_id)
        elif fault == "goaway":
            connection.close_connection()
        elif not fault.endswith("close"):
            connection.send_headers(stream_id, [(":status", str(status))], end_stream=not body)
            if body:
                connection.send_data(stream_id, body, end_stream=True)
        return not fault.endswith("close")

    def _carry_out(self, method: str, name: str) -> tuple[int, bytes]:
        if method == "GET":
            status = "Active" if name in self.live else "Initialized"
            return 200, json.dumps({"status": status}).encode()
        if name in self.live:
            return 404, b"{}"
        self.live.add(name)
        return 204, b""


@asynccontextmanager
async def served(server: Server) -> AsyncIterator[str]:
    """Its URL."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(anyio.abc.SocketAttribute.local_port)  # noqa: S610  (no Django)
    async with listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, server.serve)
        yield f"http://127.0.0.1:{port}"
        group.cancel_scope.cancel()


async def test_no_batch_is_lost_to_http2_under_faults() -> None:
    """Streams reset, connections closed and told to go, before and after the work: each outcome comes, and is true."""
    server = Server(seed=54)
    retry = RetryPolicy(max_attempts=8, base_delay=0.001, max_delay=0.002, budget_reserve=10_000)
    async with served(server) as url, httpx.AsyncClient(http1=False, http2=True, trust_env=False) as http_client:
        client = AsyncClient(
            "MA" + "H" * 18,
            "token",
            base_url=url,
            http_client=http_client,
            rate_limit=None,
            retry=retry,
            timeout=1.0,
        )
        for batch in range(30):
            names = [f"room-{batch}-{number}" for number in range(20)]
            with anyio.fail_after(60):
                report = await client.mpc.start(names)
            assert [one.name for one in report] == names
            for one in report:
                assert one.live is None or one.live is (one.name in server.live), f"{one}"
                assert one.outcome is not ActivationOutcome.NOT_ATTEMPTED, f"{one}"
            assert client.statistics().requests == 0
        assert server.faults > 50
        assert len(server.live) >= 590
