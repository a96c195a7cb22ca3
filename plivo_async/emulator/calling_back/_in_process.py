"""Callbacks that leave no process: to a function, or to an ASGI application. No socket, no real time."""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

import anyio
import anyio.lowlevel

from ._destinations import place_of
from ._letters import MOST_XML, CallbackAnswer, CallbackRequest, Deliver, NotAnsweredError
from ._tuning import Tuning

_log = logging.getLogger("plivo_async.emulator")

Message = MutableMapping[str, Any]
AsgiApp = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


class ToFunction:
    """Carries callbacks to a function.

    Args:
        function: Takes them. What it raises is a broken connection.
    """

    def __init__(self, function: Deliver) -> None:
        self._function = function

    async def carry(self, letter: CallbackRequest, tuning: Tuning) -> CallbackAnswer:
        """Hand it over, and wait for what comes back.

        Raises:
            NotAnsweredError: It took too long, or raised something.
        """
        try:
            with anyio.fail_after(tuning.read):
                answer = await self._function(letter)
        except TimeoutError:
            raise NotAnsweredError("rt", f"nothing came for {tuning.read:g} s") from None
        except NotAnsweredError:
            raise
        except Exception as error:
            _log.exception("the function raised on a callback")
            raise NotAnsweredError("rt", f"it raised {type(error).__name__}") from error
        return CallbackAnswer() if answer is None else answer


def to_app(app: AsgiApp, start: Callable[..., None]) -> Deliver:
    """A function that hands callbacks to an ASGI application, which is there already: its lifespan is its own.

    As with a server, a callback is answered when its answer is whole, whatever the application still does afterwards.

    Args:
        app: The application.
        start: Starts tasks.
    """

    async def deliver(letter: CallbackRequest) -> CallbackAnswer | None:
        exchange = _Exchange(letter)
        start(exchange.run, app)
        try:
            await exchange.over.wait()
        finally:
            exchange.over.set()  # if nobody waits any longer, that is the end of the connection
        return exchange.answer()

    return deliver


class _Exchange:
    def __init__(self, letter: CallbackRequest) -> None:
        self._letter = letter
        self._read = False
        self.over = anyio.Event()
        self._failure: str | None = None
        self._whole = False
        self._status: int | None = None
        self._kind: str | None = None
        self._body = bytearray()

    async def run(self, app: AsgiApp) -> None:
        try:
            await app(self.scope(), self.receive, self.send)
        except Exception as error:  # noqa: BLE001  (whatever it is, it is logged)
            self._failure = type(error).__name__
            _log.exception("the application raised on a callback")
        finally:
            self.over.set()

    def scope(self) -> Message:
        letter = self._letter
        place = place_of(letter.url)
        if place is None:
            raise ValueError("the URL leads nowhere")
        path, _, query = place.target.partition("?")
        headers = [("host", place.authority), *letter.headers]
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": letter.method,
            "scheme": place.scheme,
            "path": unquote(path),
            "raw_path": path.encode("latin-1", "replace"),
            "query_string": query.encode("latin-1", "replace"),
            "root_path": "",
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
            "client": ("127.0.0.1", 0),
            "server": (place.host, place.port),
        }

    async def receive(self) -> Message:
        if self._read:
            await self.over.wait()
            return {"type": "http.disconnect"}
        self._read = True
        return {"type": "http.request", "body": self._letter.body, "more_body": False}

    async def send(self, message: Message) -> None:
        await anyio.lowlevel.checkpoint()
        if message["type"] == "http.response.start":
            self._status = message["status"]
            kinds = [value for name, value in message.get("headers", ()) if name.lower() == b"content-type"]
            self._kind = kinds[0].decode("latin-1") if kinds else None
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")[: MOST_XML + 1 - len(self._body)]
            if not message.get("more_body", False):
                self._whole = True
                self.over.set()

    def answer(self) -> CallbackAnswer:
        if self._status is None or not self._whole:
            why = "did not answer" if self._failure is None else f"raised {self._failure}"
            raise NotAnsweredError("rt", f"the application {why}")
        return CallbackAnswer(status=self._status, body=bytes(self._body), content_type=self._kind)
