"""What the console's tests share: an emulator with one, and a client that speaks JSON to it in memory."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import h11

from plivo_async.emulator import Emulator

from ..support import AUTH_ID, AUTH_TOKEN, Client, Headers, Reply, authorization

API = "/_console/api/"
JSON: Headers = (("Content-Type", "application/json"),)


class Driver:
    """Whoever drives an emulator from outside, as a test in another language would.

    Args:
        plivo: The emulator.
    """

    def __init__(self, plivo: Emulator) -> None:
        self.plivo = plivo
        self.texts: list[bytes] = []
        """Everything that was ever answered."""

    async def ask(self, method: str, target: str, body: bytes = b"", headers: Headers = JSON) -> Reply:
        """One request on a connection of its own."""
        async with self.plivo.connect() as stream:
            reply = await Client(stream).ask(method, target, body, headers)
        self.texts += [reply.body, repr(reply.headers).encode()]
        return reply

    async def get(self, path: str) -> Any:
        """What a route tells."""
        reply = await self.ask("GET", API + path)
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    async def post(self, path: str, **body: Any) -> Any:
        """What a control answers."""
        reply = await self.ask("POST", API + path, json.dumps(body).encode())
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    async def refused(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        """The status and the error of what is refused."""
        data = b"" if body is None else json.dumps(body).encode()
        reply = await self.ask(method, path if path.startswith("/") else API + path, data)
        return reply.status, json.loads(reply.body)["error"]

    async def plivos(self, method: str, path: str, body: object = None) -> Reply:
        """A request to Plivo's API, below `MultiPartyCall/` or from the root of the account."""
        data = b"" if body is None else json.dumps(body).encode()
        headers = (*JSON, ("Authorization", authorization()))
        async with self.plivo.connect() as stream:
            return await Client(stream).ask(method, path, data, headers)


@asynccontextmanager
async def driven(**options: Any) -> AsyncIterator[tuple[Emulator, Driver]]:
    """An emulator that is driven from outside, in memory."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, **{"port": None, "console": True, **options}) as plivo:
        yield plivo, Driver(plivo)


class Listener:
    """Reads server-sent events from a stream in memory.

    Args:
        stream: A new connection.
    """

    def __init__(self, stream: anyio.abc.ByteStream) -> None:
        self._stream = stream
        self._http = h11.Connection(h11.CLIENT)
        self._text = ""

    async def open(self, target: str) -> dict[str, str]:
        """Ask for it; the headers of the answer."""
        request = h11.Request(method="GET", target=target, headers=[("Host", "127.0.0.1")])
        await self._stream.send((self._http.send(request) or b"") + (self._http.send(h11.EndOfMessage()) or b""))
        head = await self._event()
        assert isinstance(head, h11.Response)
        assert head.status_code == 200
        return {name.decode(): value.decode() for name, value in head.headers}

    async def _event(self) -> h11.Event:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            try:
                self._http.receive_data(await self._stream.receive())
            except anyio.EndOfStream:
                self._http.receive_data(b"")
        assert isinstance(event, h11.Event)
        return event

    async def next(self) -> tuple[str, Any]:
        """The next event: its name and its data. A comment is an event without a name."""
        while "\n\n" not in self._text:
            event = await self._event()
            assert isinstance(event, h11.Data), event
            self._text += bytes(event.data).decode()
        one, _, self._text = self._text.partition("\n\n")
        fields = dict(line.split(": ", 1) for line in one.splitlines())
        return fields.get("event", ""), json.loads(fields.get("data", "null"))

    async def until(self, key: str) -> Any:
        """What the next change says that has something of this."""
        while True:
            _, data = await self.next()
            if data and key in data:
                return data[key]
