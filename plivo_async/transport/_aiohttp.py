"""Lanes over aiohttp: half the CPU of a request, on asyncio only. It needs the extra `fast`.

Each lane is an aiohttp session with one connection, so that all of `_lanes` holds for it as well: priority, a bounded
number of connections, their age, a lane that breaks is replaced alone. What aiohttp does on its own is switched off:
cookies, redirects, decompression, proxies and passwords of the environment, the encoding of URLs anew (it would send
`a;b` for a name that is `a%3Bb` in the path), and the repetition of a GET or DELETE whose connection broke.

Why not through httpx-aiohttp, which connects the same two: version 0.2.0 calls a connection that the server closed
after reading a POST a `ConnectTimeout`, as if nothing had been sent, and a phone would ring twice; it lets aiohttp send
a GET twice unseen; and it encodes URLs anew (tried on 2026-11-25).
"""

import asyncio
import base64
import functools
import inspect
import math
import re
import select
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from ..pacing._clock import Clock
from ._lanes import MAX_AGE
from ._look_ups import LookUps
from ._progress import PROGRESS, Progress, WrongLoopError

_ERRORS = (aiohttp.ClientError, HttpProcessingError, OSError)
_LONGEST_HEAD = 100 * 1024  # bytes, as in httpcore; aiohttp's own limits are for each line, and less
_LIMITS = {
    name: _LONGEST_HEAD
    for name in ("max_line_size", "max_field_size", "max_headers")  # the last one since 3.14
    if name in inspect.signature(aiohttp.ClientSession).parameters
}
_BODILESS = re.compile(rb"HTTP/\S+ (204|304)\b")
_UNBOUND = aiohttp.ClientTimeout(total=None)


def open_aiohttp_lane(
    tls: ssl.SSLContext, proxy: httpx.Proxy | None, clock: Clock
) -> Callable[[], httpx.AsyncBaseTransport]:
    """Make lanes of one aiohttp connection each, which all share one TLS context and their look-ups."""
    resolver = _Resolver(LookUps(clock))
    return lambda: _AiohttpLane(tls, proxy, resolver)


class _AiohttpLane(httpx.AsyncBaseTransport):
    """One connection, for one request at a time."""

    def __init__(self, tls: ssl.SSLContext, proxy: httpx.Proxy | None, resolver: AbstractResolver) -> None:
        _check_loop()
        self._proxy: dict[str, Any] = {} if proxy is None else _proxy_options(proxy)
        self._connector = _Connector(tls, resolver)
        self._session = aiohttp.ClientSession(
            connector=self._connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            **_LIMITS,  # type: ignore[arg-type]
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; the errors are those that httpx's own transport would raise."""
        self._connector.begin(request.extensions.get(PROGRESS))
        try:
            response = await self._session.request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=request.headers.multi_items(),
                data=request.content or None,
                allow_redirects=False,
                timeout=_timeout(request.extensions.get("timeout", {})),
                **self._proxy,
            )
        except _ERRORS as error:
            raise _as_httpx(error, connected=self._connector.connected) from error
        extensions = {
            "http_version": b"HTTP/1.1",
            "reason_phrase": (response.reason or "").encode("latin-1", "replace"),
        }
        return httpx.Response(
            response.status, headers=response.raw_headers, stream=_AnswerStream(response), extensions=extensions
        )

    async def aclose(self) -> None:
        """Close the connection; what the far end doesn't read isn't waited for."""
        await self._session.close()
        plug = self._connector.last
        if plug is not None and plug.get_write_buffer_size():
            plug.abort()


class _Connector(aiohttp.TCPConnector):
    """Makes the lane's connection, and tells when a request has it: from then on it may have been sent.

    Attributes:
        connected: Whether the request under way has had its connection.
        last: The connection that the last request had.
    """

    def __init__(self, tls: ssl.SSLContext, resolver: AbstractResolver) -> None:
        super().__init__(ssl=tls, limit=1, keepalive_timeout=MAX_AGE, use_dns_cache=False, resolver=resolver)
        self._factory = functools.partial(_Handler, asyncio.get_running_loop())  # type: ignore[assignment]
        self.connected = False
        self._progress: Progress | None = None
        self.last: asyncio.Transport | None = None

    def begin(self, progress: Progress | None) -> None:
        """Another request begins, which has no connection yet."""
        self.connected, self._progress = False, progress

    async def connect(self, *args: Any, **options: Any) -> Connection:
        """Give the request its connection, a new one if the server has closed the old one; and never a second one."""
        if self.connected:  # aiohttp repeats what is idempotent, an attempt that nobody would count
            raise httpx.RemoteProtocolError("the connection broke before an answer came")
        connection = await super().connect(*args, **options)
        if connection.transport is self.last and (_has_surplus(connection) or _has_news(connection)):
            connection.close()
            connection = await super().connect(*args, **options)
        self.last = connection.transport
        if self._progress is not None:
            try:
                await self._progress.leave()
            except BaseException:
                connection.release()
                raise
        self.connected = True
        return connection


class _Resolver(AbstractResolver):
    """Names for aiohttp, which then tries the addresses side by side (RFC 8305)."""

    def __init__(self, look_ups: LookUps) -> None:
        self._look_ups = look_ups

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a host; of one family, if aiohttp wants that."""
        return [
            ResolveResult(
                hostname=host, host=one.host, port=port, family=one.family, proto=0, flags=socket.AI_NUMERICHOST
            )
            for one in await self._look_ups.addresses(host, port)
            if family in (socket.AF_UNSPEC, one.family)
        ]

    async def close(self) -> None:
        """It holds nothing."""


class _Handler(ResponseHandler):
    """Hands the parser the head of an answer by itself, so that nothing behind a head without a body harms it.

    aiohttp's parser takes what follows a 204 for the next answer, and throws the 204 away if it isn't one.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._head = b""
        self._begun = False  # the head of the answer is through

    def set_response_params(self, **options: Any) -> None:
        """Another request begins."""
        self._head, self._begun = b"", False
        super().set_response_params(**options)

    def data_received(self, data: bytes) -> None:
        """Take in what has come."""
        if self._begun or self._parser is None:
            super().data_received(data)
            return
        self._head += data
        while not self._begun and b"\r\n\r\n" in self._head:
            end = self._head.index(b"\r\n\r\n") + 4
            head, self._head = self._head[:end], self._head[end:]
            self._begun = not head.startswith(b"HTTP/1.1 1")  # 1xx: the real one follows
            super().data_received(head)
        if self._begun:
            rest, self._head = self._head, b""
            if rest and (_BODILESS.match(head) or self._skip_payload):
                self.force_close()
            elif rest:
                super().data_received(rest)
        elif len(self._head) > _LONGEST_HEAD:
            self.set_exception(HttpProcessingError(message="the head of the answer is too long"))
            self.abort()

    def eof_received(self) -> None:
        """The server sends no more: what is only half a head is the parser's business."""
        self._flush()
        super().eof_received()

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection is gone."""
        self._flush()
        super().connection_lost(exc)

    def _flush(self) -> None:
        head, self._head = self._head, b""
        if head:
            self._begun = True
            super().data_received(head)


def _has_surplus(connection: Connection) -> bool:
    """Whether anything came behind the last answer."""
    return connection.protocol is None or connection.protocol.should_close


class _AnswerStream(httpx.AsyncByteStream):
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await self._response.content.readany()
        except _ERRORS as error:
            raise _as_httpx(error, connected=True) from error
        if not chunk:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        self._response.release()


def _as_httpx(error: Exception, *, connected: bool) -> httpx.TransportError:
    """What httpx would call it; without a connection nothing was sent."""
    if isinstance(error, TimeoutError):
        return httpx.ReadTimeout(str(error)) if connected else httpx.ConnectTimeout(str(error))
    if not connected:
        return httpx.ConnectError(str(error))
    return httpx.ReadError(str(error)) if isinstance(error, OSError) else httpx.RemoteProtocolError(str(error))


def _proxy_options(proxy: httpx.Proxy) -> dict[str, Any]:
    headers = dict(proxy.headers)
    if proxy.raw_auth is not None:
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(b':'.join(proxy.raw_auth)).decode()}"
    return {"proxy": str(proxy.url), "proxy_headers": headers}


def _timeout(phases: dict[str, float | None]) -> aiohttp.ClientTimeout:
    """The phases that aiohttp knows; it has none for a write, which the attempt as a whole bounds."""
    connect, read = phases.get("connect"), phases.get("read")
    if connect is None and read is None:
        return _UNBOUND
    return aiohttp.ClientTimeout(total=None, connect=connect, sock_read=read, ceil_threshold=math.inf)


def _has_news(connection: Connection) -> bool:
    """Whether something has come in on an idle connection: its end, which the event loop may not have seen yet."""
    transport = connection.transport
    plug = transport.get_extra_info("socket") if transport is not None else None
    if plug is None or not hasattr(select, "poll"):  # Windows: what the event loop has seen must do
        return False
    poll = select.poll()
    poll.register(plug, select.POLLIN)
    return bool(poll.poll(0))


def _check_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise WrongLoopError("transport='aiohttp' runs on asyncio only; on trio take transport='httpx'") from None
