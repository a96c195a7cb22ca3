"""One connection: HTTP/1.1 with h11, the passing of latency, and the faults that are seen on the wire only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Protocol

import anyio
import h11

from .._core import Core
from .._faults import RESETS, SILENT, Fault
from .._log import Request
from ..api._api import Answer

_MAX_HEAD = 256 * 1024  # a name of 10 kB, all of it percent-encoded, still fits into a path
_LINGER = 1.0  # seconds in which a client that was refused half way may finish sending, so that it reads the refusal


class Connection(Protocol):
    """What the server needs of a connection: a `PipeEnd` or a `SocketEnd`."""

    async def receive(self) -> bytes:
        """Wait for bytes."""

    async def send(self, item: bytes) -> None:
        """Send bytes."""

    async def send_eof(self) -> None:
        """Send no more."""

    def gone(self) -> bool:
        """Whether the peer has closed its end."""

    def close(self) -> None:
        """Close in an orderly way."""

    def reset(self) -> None:
        """Break the connection."""


@dataclass(frozen=True, slots=True)
class _Incoming:
    head: h11.Request
    body: bytes


class _BodyTooLargeError(Exception):
    pass


async def serve(connection: Connection, core: Core, clock: Callable[[], float]) -> None:
    """Answer the requests of one connection until either side closes it; closes it in the end.

    A peer that sends garbage, breaks off or disappears ends its own connection and nothing else.

    Args:
        connection: The server's end of it.
        core: Decides.
        clock: Seconds since the emulator started.
    """
    try:
        await _Exchanges(connection, core, clock).run()
    except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
        pass
    finally:
        connection.close()


class _Exchanges:
    """The requests and answers of one connection, one after the other."""

    __slots__ = ("_clock", "_connection", "_core", "_http")

    def __init__(self, connection: Connection, core: Core, clock: Callable[[], float]) -> None:
        self._connection = connection
        self._core = core
        self._clock = clock
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD)

    async def run(self) -> None:
        """Until the connection is to be closed."""
        try:
            while (incoming := await self._next_request()) is not None:
                if not await self._exchange(incoming):
                    return
        except h11.RemoteProtocolError as error:
            await self._refuse(error.error_status_hint)
        except _BodyTooLargeError:
            await self._refuse(413)

    async def _next_request(self) -> _Incoming | None:
        """The next request, whole; None when the peer has ended the connection."""
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                await self._feed()
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > self._core.rules.settings.max_body:
                    raise _BodyTooLargeError
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return _Incoming(head, bytes(body))
            else:
                return None

    async def _feed(self) -> None:
        if self._http.they_are_waiting_for_100_continue:
            await self._connection.send(self._http.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
        try:
            data = await self._connection.receive()
        except anyio.EndOfStream:
            data = b""
        self._http.receive_data(data)

    async def _exchange(self, incoming: _Incoming) -> bool:
        """Answer one request and say whether the connection goes on."""
        head = incoming.head
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers.raw_items())
        method = head.method.decode("latin-1")
        received = self._core.receive(method, head.target.decode("latin-1"), headers, incoming.body, self._clock())
        record = received.record
        await _pass(received.forward)
        answer = self._core.decide(received, self._clock())
        if record.fault in RESETS:
            self._connection.reset()
        if answer is None or record.fault in SILENT:
            return False
        late = self._core.rules.faults.late_by if record.fault is Fault.LATE else 0.0
        await _pass(received.back + late)
        return await self._answer(record, answer)

    async def _answer(self, record: Request, answer: Answer) -> bool:
        head, body = self._rendered(answer, with_body=record.method != "HEAD")
        data = head + body
        if record.fault is Fault.HALF:
            data = data[: len(data) // 2]
        if self._connection.gone():
            return False
        if record.fault is Fault.SLOW_DRIP:
            await self._drip(record, answer.status, data, len(head))
        else:
            await self._connection.send(data)
            if len(data) >= len(head):
                self._core.log.told(record, answer.status)
        if record.fault is Fault.HALF:
            return False
        self._core.log.answered(record, self._clock())
        if record.fault is Fault.IDLE_CLOSE or self._http.our_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    async def _drip(self, record: Request, status: int, data: bytes, head_length: int) -> None:
        for position in range(len(data)):
            if position:
                await anyio.sleep(self._core.rules.faults.drip_interval)
            await self._connection.send(data[position : position + 1])
            if position + 1 == head_length:
                self._core.log.told(record, status)

    def _rendered(self, answer: Answer, *, with_body: bool) -> tuple[bytes, bytes]:
        """The bytes of an answer: head and body."""
        headers = [*answer.headers, ("Date", _http_date(int(self._core.rooms.instant(self._clock()).timestamp())))]
        if answer.status != 204:
            headers.append(("Content-Length", str(len(answer.body))))
        head = self._http.send(h11.Response(status_code=answer.status, headers=headers)) or b""
        body = b""
        if with_body and answer.body:
            body = self._http.send(h11.Data(data=answer.body)) or b""
        return head, body + (self._http.send(h11.EndOfMessage()) or b"")

    async def _refuse(self, status: int) -> None:
        """Answer what is no request, and close: nobody knows where the next one would begin."""
        headers = [("Connection", "close"), ("Content-Length", "0")]
        await self._connection.send(self._http.send(h11.Response(status_code=status, headers=headers)) or b"")
        await self._connection.send_eof()
        with anyio.move_on_after(_LINGER):
            while True:
                await self._connection.receive()


async def _pass(seconds: float) -> None:
    if seconds > 0:
        await anyio.sleep(seconds)


@lru_cache(maxsize=2)
def _http_date(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC), usegmt=True)
