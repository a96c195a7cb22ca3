"""What the emulator's tests share: a small HTTP client over any byte stream, and shortcuts into the core."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import anyio
import anyio.abc
import h11

from plivo_async.emulator import Faults, Limit, Request, Settings
from plivo_async.emulator._core import Core, Rules
from plivo_async.emulator._latency import Latency
from plivo_async.emulator.api._answers import Answer
from plivo_async.emulator.api._auth import Account
from plivo_async.emulator.world._machine import Machine

AUTH_ID = "MA0123456789ABCDEFGH"
AUTH_TOKEN = "0123456789abcdef0123456789abcdef01234567"
ROOT = f"/v1/Account/{AUTH_ID}/MultiPartyCall/"
EPOCH = datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC)
ACTIVE = b'{"status": "active"}'

Headers = tuple[tuple[str, str], ...]


def authorization(auth_id: str = AUTH_ID, auth_token: str = AUTH_TOKEN) -> str:
    """The value of an `Authorization` header."""
    return "Basic " + base64.b64encode(f"{auth_id}:{auth_token}".encode()).decode()


USUAL: Headers = (("Authorization", authorization()), ("Content-Type", "application/json"))


def new_core(
    *,
    limit: Limit | None = None,
    faults: Faults | None = None,
    latency: Latency = 0.0,
    seed: int = 0,
    settings: Settings | None = None,
) -> Core:
    """An emulator without connections: its clock is what the test says."""
    rules = Rules(limit=limit, faults=faults or Faults(), latency=latency, seed=seed, settings=settings or Settings())
    uuids = (f"00000000-0000-4000-8000-{number:012}" for number in range(1_000_000))
    return Core(Account(AUTH_ID, AUTH_TOKEN), Machine(EPOCH, lambda: next(uuids), settings=settings), rules)


def ask(
    core: Core, method: str, target: str, body: bytes = b"", *, now: float = 0.0, headers: Headers = USUAL
) -> tuple[Answer | None, Request]:
    """One request straight into the core; targets that don't begin with a slash are below the collection."""
    received = core.receive(method, target if target.startswith("/") else ROOT + target, headers, body, now)
    return core.decide(received, now), received.record


def told(core: Core, method: str, target: str, body: bytes = b"", **more: Any) -> tuple[int, Any]:
    """The status and the decoded JSON body (None if it is empty) of one request."""
    answer, _ = ask(core, method, target, body, **more)
    assert answer is not None
    return answer.status, json.loads(answer.body) if answer.body else None


@dataclass(frozen=True)
class Reply:
    """What a client was told."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """An HTTP/1.1 client on one connection, as plain as can be."""

    def __init__(self, stream: anyio.abc.ByteStream) -> None:
        self.stream = stream
        self._http = h11.Connection(h11.CLIENT)

    async def ask(self, method: str, target: str, body: bytes = b"", headers: Headers = USUAL) -> Reply:
        """Send a request and wait for its answer, as `ask` does above."""
        await self.send(method, target, body, headers)
        return await self.reply()

    @property
    def leftover(self) -> bytes:
        """What came behind the last answer."""
        return self._http.trailing_data[0]

    async def activate(self, name: str) -> Reply:
        """Activate a conference by name."""
        return await self.ask("POST", f"name_{name}/", ACTIVE)

    async def send(self, method: str, target: str, body: bytes = b"", headers: Headers = USUAL) -> None:
        """Send a request."""
        if self._http.our_state is h11.DONE:
            self._http.start_next_cycle()
        target = target if target.startswith("/") else ROOT + target
        fields = [("Host", "127.0.0.1"), ("Content-Length", str(len(body))), *headers]
        data = self._http.send(h11.Request(method=method, target=target, headers=fields)) or b""
        data += self._http.send(h11.Data(data=body)) or b""
        data += self._http.send(h11.EndOfMessage()) or b""
        await self.stream.send(data)

    async def reply(self) -> Reply:
        """Wait for an answer.

        Raises:
            h11.RemoteProtocolError: The connection was closed before it was complete.
            anyio.BrokenResourceError: The connection was reset.
        """
        head: h11.Response | None = None
        body = b""
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                try:
                    self._http.receive_data(await self.stream.receive())
                except anyio.EndOfStream:
                    self._http.receive_data(b"")
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                headers = {name.decode(): value.decode() for name, value in head.headers}
                return Reply(head.status_code, headers, body)
            elif isinstance(event, h11.ConnectionClosed):
                raise h11.RemoteProtocolError("closed without an answer")
