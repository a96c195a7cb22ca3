"""One connection: HTTP/1.1 with h11, the passing of latency, and the faults that are seen on the wire only."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import anyio
import h11

from .._aside import Aside, Console
from .._core import Core, Received
from .._recipes import NOTHING_WRONG, Leaving, Recipe, recipe_of
from .._spoiling import http_date
from ..api._answers import Answer, plain_text
from ._connection import Connection
from ._rendering import rendered
from ._tls import Authority, is_plivo, secured

_MAX_HEAD = 256 * 1024  # a name of 10 kB, all of it percent-encoded, still fits into a path
_PATIENCE = 60.0  # seconds in which a request that has begun, and the first one of a connection, has to be whole
_LINGER = 1.0  # seconds in which a client that was refused half way may finish sending, so that it reads the refusal


@dataclass(frozen=True, slots=True)
class _Incoming:
    head: h11.Request
    body: bytes


class _BodyTooLargeError(Exception):
    pass


class _TooSlowError(Exception):
    pass


async def serve(
    connection: Connection, core: Core, clock: Callable[[], float], authority: Authority | None = None
) -> None:
    """Answer the requests of one connection until either side closes it; closes it in the end.

    A peer that sends garbage, breaks off or disappears ends its own connection and nothing else.

    Args:
        connection: The server's end of it.
        core: Decides.
        clock: Seconds since the emulator started.
        authority: Whose certificate is shown behind a CONNECT to Plivo; None: a CONNECT is refused like any request.
    """
    try:
        outside = _Exchanges(connection, core, clock, authority)
        await outside.run()
        if authority is not None and outside.tunnel is not None:
            inside = await secured(connection, authority.context, outside.tunnel)
            await _Exchanges(inside, core, clock).run()
    except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
        pass
    finally:
        connection.close()


class _Exchanges:
    """The requests and answers of one connection, one after the other."""

    __slots__ = ("_authority", "_clock", "_connection", "_core", "_http", "tunnel")

    def __init__(
        self, connection: Connection, core: Core, clock: Callable[[], float], authority: Authority | None = None
    ) -> None:
        self._authority = authority
        self.tunnel: bytes | None = None
        """What has come behind a CONNECT that was granted, empty for nothing yet; None: there was none."""
        self._connection = connection
        self._core = core
        self._clock = clock
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD)

    async def run(self) -> None:
        """Until the connection is to be closed. Between two requests it may be idle for as long as it likes."""
        deadline = anyio.current_time() + _PATIENCE
        try:
            while (incoming := await self._next_request(deadline)) is not None:
                if not await self._exchange(incoming):
                    return
                deadline = math.inf
        except h11.RemoteProtocolError as error:
            await self._refuse(error.error_status_hint)
        except _BodyTooLargeError:
            await self._refuse(413)
        except _TooSlowError:
            await self._refuse(408)

    async def _next_request(self, deadline: float) -> _Incoming | None:
        """The next request, whole; None when the peer has ended the connection. The deadline is for its first byte."""
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                await self._feed(deadline)
                deadline = min(deadline, anyio.current_time() + _PATIENCE)
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

    async def _feed(self, deadline: float) -> None:
        if self._http.they_are_waiting_for_100_continue:
            await self._connection.send(self._http.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
        try:
            data = await self._received(deadline)
        except anyio.EndOfStream:
            data = b""
        self._http.receive_data(data)

    async def _received(self, deadline: float) -> bytes:
        if deadline == math.inf:
            return await self._connection.receive()
        with anyio.CancelScope(deadline=deadline):
            return await self._connection.receive()
        raise _TooSlowError

    async def _exchange(self, incoming: _Incoming) -> bool:
        """Answer one request and say whether the connection goes on."""
        head = incoming.head
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers.raw_items())
        method, target = head.method.decode("latin-1"), head.target.decode("latin-1")
        if method == "CONNECT" and self._authority is not None:
            return await self._connect(target)
        health = self._core.health(method, target)
        if health is not None:
            return await self._told(health, method)
        if self._core.console is not None and self._core.console.takes(target):
            fields = {name.lower(): value for name, value in headers}
            aside = Aside(method=method, target=target, headers=fields, body=incoming.body)
            return await self._beside(self._core.console, aside)
        received = self._core.receive(method, target, headers, incoming.body, self._clock())
        record = received.record
        await _pass(received.forward)
        answer = self._core.decide(received, self._clock())
        recipe = recipe_of(record.fault)
        if recipe.leaving is Leaving.RESET:
            self._connection.reset()
        if answer is None or recipe.silent:
            return False
        late = self._core.rules.faults.late_by if recipe.leaving is Leaving.LATE else 0.0
        await _pass(received.back + late)
        return await self._answer(received, answer, recipe)

    async def _connect(self, target: str) -> bool:
        """Be Plivo from here on, or refuse to lead anywhere else."""
        if not is_plivo(target):
            text = f"{target.rpartition(':')[0]} is not Plivo: this proxy leads nowhere else (see NO_PROXY)"
            await self._told(plain_text(403, text, (("Connection", "close"),)), "GET")
            return False
        answer = h11.Response(status_code=200, headers=[], reason="Connection established")
        await self._connection.send(self._http.send(answer) or b"")
        self.tunnel = self._http.trailing_data[0]
        return False

    async def _beside(self, console: Console, aside: Aside) -> bool:
        """Answer what isn't meant for Plivo's API."""
        answer = await console.answer(aside)
        if isinstance(answer, Answer):
            return await self._told(answer, aside.method)
        date = self._date(NOTHING_WRONG)
        headers = [*answer.headers, *((("Date", date),) if date is not None else ())]
        data = self._http.send(h11.Response(status_code=200, headers=headers, reason="OK")) or b""
        while not self._connection.gone():
            await self._connection.send(data)
            part = await answer.next()
            if part is None:
                await self._connection.send(self._http.send(h11.EndOfMessage()) or b"")
                return False
            data = (self._http.send(h11.Data(data=part)) or b"") if part else b""
        return False

    async def _answer(self, received: Received, answer: Answer, recipe: Recipe) -> bool:
        record = received.record
        head, rest = rendered(self._http, answer, self._date(recipe), recipe.leaving, record.method)
        data = head + rest
        if recipe.leaving is Leaving.HALF:
            data = data[: len(data) // 2]
        if self._connection.gone():
            return False
        if recipe.leaving is Leaving.DRIP:
            await self._drip(received, answer.status, data, len(head))
        else:
            await self._connection.send(data)
            if len(data) >= len(head):
                received.log.told(record, answer.status)
        if recipe.leaving is Leaving.HALF:
            return False
        received.log.answered(record, self._clock())
        if recipe.leaving is Leaving.THEN_CLOSED or self._http.our_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    async def _told(self, answer: Answer, method: str) -> bool:
        """Answer without further ado, and say whether the connection goes on."""
        head, rest = rendered(self._http, answer, self._date(NOTHING_WRONG), Leaving.WHOLE, method)
        await self._connection.send(head + rest)
        if self._http.our_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    def _date(self, recipe: Recipe) -> str | None:
        instant = self._core.machine.time.wall(self._clock())
        return recipe.date(instant) if recipe.date is not None else _date_of(instant)

    async def _drip(self, received: Received, status: int, data: bytes, head_length: int) -> None:
        for position in range(len(data)):
            if position:
                await anyio.sleep(self._core.rules.faults.drip_interval)
            await self._connection.send(data[position : position + 1])
            if position + 1 == head_length:
                received.log.told(received.record, status)

    async def _refuse(self, status: int) -> None:
        """Answer what is no request, and close: nobody knows where the next one would begin."""
        answer = Answer(status, headers=(("Connection", "close"),))
        head, _ = rendered(self._http, answer, None, Leaving.WHOLE, "")
        await self._connection.send(head)
        await self._connection.send_eof()
        with anyio.move_on_after(_LINGER):
            while True:
                await self._connection.receive()


async def _pass(seconds: float) -> None:
    if seconds > 0:
        await anyio.sleep(seconds)


_date_of = lru_cache(maxsize=2)(http_date)  # many answers leave within one second
