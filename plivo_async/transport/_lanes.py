"""Lanes: an httpx transport that owns single-connection transports.

httpx's own pool visits every connection for every queued request and hands one idle connection to many of them at once:
its cost grows with connections times waiting requests, and a storm of cancellations leaves dead connections in it for
good. A pool of one connection has no such choice to make. So each connection gets a pool of its own, a lane; a request
takes an idle lane, the last used first, or opens one; a lane that broke is thrown away whole. How many there are at
most is the business of the turnstile in front of the client, where a request waits before anything of it is built.
"""

import contextlib
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable

import anyio
import httpx

from ..pacing._clock import Clock
from ._look_ups import LookUps
from ._surplus import has_surplus, may_be_followed

_KEEP_ALIVE = 15.0  # seconds; unverified for Plivo, common servers close after 60 to 75
MAX_AGE = 300.0  # seconds; a connection that lives for ever would hide a change of DNS
_CLOSING = 2.0  # seconds that closing a broken connection may take


class _Lane:
    __slots__ = ("born", "idle_since", "transport")

    def __init__(self, transport: httpx.AsyncBaseTransport, born: float) -> None:
        self.transport = transport
        self.born = self.idle_since = born

    def usable(self, now: float) -> bool:
        return now - self.born < MAX_AGE and now - self.idle_since < _KEEP_ALIVE


class LaneTransport(httpx.AsyncBaseTransport):
    """As many connections as there are requests at a time, opened as they are needed and kept for the next ones."""

    def __init__(self, open_lane: Callable[[], httpx.AsyncBaseTransport], clock: Clock) -> None:
        self._open_lane = open_lane
        self._clock = clock
        self._idle: deque[_Lane] = deque()  # the last used one on the right
        self._closed = False

    @property
    def idle(self) -> int:
        """How many connections are kept for the next request."""
        return len(self._idle)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request over a lane; the lane is free again when the answer's stream has been closed."""
        lane = await self._lane()
        try:
            response = await lane.transport.handle_async_request(request)
        except BaseException:
            await self._leave(lane, broken=True)
            raise
        response.stream = _LaneStream(response, self, lane, reusable=not may_be_followed(response, request.method))
        return response

    async def aclose(self) -> None:
        """Close all idle lanes now, and the busy ones as they come back."""
        self._closed = True
        while self._idle:
            await _close(self._idle.pop())

    async def _lane(self) -> _Lane:
        now = self._clock()
        while self._idle:
            lane = self._idle.pop()
            if lane.usable(now):
                return lane
            await _close(lane)
        return _Lane(self._open_lane(), now)

    async def _leave(self, lane: _Lane, *, broken: bool) -> None:
        if broken or self._closed:
            await _close(lane)
            return
        lane.idle_since = self._clock()
        self._idle.append(lane)
        if not self._idle[0].usable(lane.idle_since):  # what a burst has opened and nobody needs any more
            await _close(self._idle.popleft())


class _LaneStream(httpx.AsyncByteStream):
    def __init__(self, response: httpx.Response, lanes: LaneTransport, lane: _Lane, *, reusable: bool) -> None:
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101  (for the type checker)
        self._stream, self._network = response.stream, response.extensions.get("network_stream")
        self._reusable = reusable
        self._lanes = lanes
        self._lane: _Lane | None = lane
        self._pieces = aiter(self._stream)
        self._whole = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await anext(self._pieces)
        except StopAsyncIteration:
            self._whole = True
            raise

    async def aclose(self) -> None:
        lane, self._lane = self._lane, None
        if lane is None:
            return
        broken = True
        try:
            await self._stream.aclose()
            broken = not (self._whole and self._reusable) or has_surplus(self._stream, self._network)
        finally:
            await self._lanes._leave(lane, broken=broken)


async def _close(lane: _Lane) -> None:
    with anyio.move_on_after(_CLOSING, shield=True):
        with contextlib.suppress(Exception):  # it is thrown away; what it says at the end matters to nobody
            await lane.transport.aclose()


def open_connection_lane(
    tls: ssl.SSLContext, proxy: httpx.Proxy | None, clock: Clock
) -> Callable[[], httpx.AsyncBaseTransport]:
    """Make lanes of one httpx connection each, which share one TLS context (building one takes 20 ms) and look-ups."""
    from ._network import Network  # brings httpcore, as httpx would at the first connection: a loop stands still 60 ms

    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=None)  # see _Lane.usable
    look_ups = LookUps(clock)

    def open_lane() -> httpx.AsyncBaseTransport:
        transport = httpx.AsyncHTTPTransport(verify=tls, limits=limits, trust_env=False, proxy=proxy)
        pool = transport._pool  # httpx has no argument for it; httpcore has
        pool._network_backend = Network(look_ups, pool._network_backend)
        return transport

    return open_lane
