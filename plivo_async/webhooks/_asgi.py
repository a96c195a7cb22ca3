"""The router as an ASGI application, and what other adapters need of ASGI."""

from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import aclosing
from typing import Any
from urllib.parse import quote

from ._event import public
from ._receiver import Receiver
from ._router import Router

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@public
class CallbackApp:
    """An ASGI application that takes callbacks at whatever path it is mounted."""

    def __init__(self, receiver: Receiver, router: Router) -> None:
        """Put the two together.

        Args:
            receiver: Verifies requests.
            router: Handles their events.
        """
        self._receiver = receiver
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            raise RuntimeError(f"{type(self).__name__} takes HTTP requests, not {scope['type']}; mount it in your app")
        body = await bounded(_chunks(receive), self._receiver.max_body)
        reply = await self._router.reply(self._receiver, scope["method"], url(scope), scope["headers"], body)
        headers = [(name.lower().encode(), value.encode()) for name, value in reply.headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})


def url(scope: Scope) -> str:
    """The URL of a request: its path as it came, not decoded."""
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    raw = (scope.get("raw_path") or quote(scope["path"].encode("utf-8", "surrogatepass")).encode()).partition(b"?")[0]
    query = scope["query_string"]
    path = raw.decode("utf-8", "surrogateescape") + (f"?{query.decode('utf-8', 'surrogateescape')}" if query else "")
    return f"{scope['scheme']}://{host}{path}" if host else path


async def bounded(chunks: AsyncGenerator[bytes, None], most: int) -> bytes:
    """A body, or of one that is too large as much as shows that."""
    body = bytearray()
    async with aclosing(chunks):
        async for chunk in chunks:
            body += chunk
            if len(body) > most:
                break
    return bytes(body)


async def _chunks(receive: Receive) -> AsyncGenerator[bytes, None]:
    more = True
    while more:
        message = await receive()
        yield message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
