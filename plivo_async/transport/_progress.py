"""How far a request has got, as seen by the one who sends it."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import anyio
import anyio.lowlevel

PROGRESS = "plivo_async.progress"
"""The name under which a request's `extensions` carry its progress."""


_CLOSING = 2.0  # seconds that closing a connection may take


class NoFaultError(Exception):
    """Ends an attempt, and is no fault of a trip: whoever asked for it hears of it as it is."""


class WrongLoopError(NoFaultError, RuntimeError):
    """A transport was used in an event loop that it isn't made for: a mistake."""


class NotOursError(NoFaultError):
    """What is to be sent may be somebody else's by now: nothing was sent."""


Fence = Callable[[], None]
"""Is called right before the first byte of an attempt leaves, and raises `NotOursError` if it must not."""


class Progress:
    """Knows whether anything was sent, even when a cancellation is all that comes back; starts the attempt's timeout.

    Attributes:
        sent: Whether any of the request may have left.
    """

    __slots__ = ("_extensions", "_fence", "_scope", "_seconds", "_stream", "sent")

    def __init__(self, fence: Fence | None = None) -> None:
        self.sent: bool = False
        self._fence = fence
        self._scope: anyio.CancelScope | None = None
        self._seconds = 0.0
        self._extensions: dict[str, Any] = {}
        self._stream: Any = None  # a connection of which TLS hasn't been agreed on

    def bound(self, scope: anyio.CancelScope, seconds: float) -> None:
        """Let `scope` end the attempt `seconds` after it begins, or at the scope's own deadline if that is earlier."""
        self._scope, self._seconds = scope, seconds

    def begin(self, extensions: dict[str, Any]) -> None:
        """The request has a lane: from here on its timeout counts, and `extensions`, its own, ask for news of it."""
        self._extensions = extensions
        extensions["trace"] = self._trace
        if self._scope is not None:
            self._scope.deadline = min(self._scope.deadline, anyio.current_time() + self._seconds)

    def end(self) -> None:
        """The attempt is over: let go of what holds this, so that nothing of it waits for the garbage collector."""
        self._scope, self._extensions, self._stream = None, {}, None

    async def leave(self) -> None:
        """The first byte is about to leave: the last moment at which a cancellation, asked for already, stops it."""
        await anyio.lowlevel.checkpoint_if_cancelled()
        self.go()

    def go(self) -> None:
        """From here on it counts as sent.

        Raises:
            NotOursError: It must not be.
        """
        if self._fence is not None:
            self._fence()
        self.sent = True

    async def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Listen to httpcore until the first byte leaves: in HTTP/1.1 and HTTP/2 that comes after this event."""
        if event.endswith("send_request_headers.started"):
            if info["request"].method == b"CONNECT":
                return  # that is for a proxy only
            await self.leave()
            self._extensions.pop("trace", None)  # 2 % of a request's CPU
        elif event.endswith("connect_tcp.complete"):
            self._stream = info["return_value"]
        elif event.endswith("start_tls.failed"):
            with anyio.move_on_after(_CLOSING, shield=True), contextlib.suppress(Exception):
                await self._stream.aclose()  # httpcore forgets it if a cancellation was the reason
