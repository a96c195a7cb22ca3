"""Who handles which event, and what is answered."""

import inspect
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, overload

from .._errors import CallbackError, SignatureError
from ._deduplicating import Deduplicator
from ._event import Event, public
from ._receiver import Receiver
from ._request import Headers

_log = logging.getLogger("plivo_async.webhooks")
_NOTHING_TO_DO = '<?xml version="1.0" encoding="utf-8"?><Response></Response>'

E = TypeVar("E", bound=Event)
F = TypeVar("F", bound=Event)


class HasXml(Protocol):
    """Something that turns into XML, as `plivo_async.xml.Response` does."""

    def to_xml(self) -> str:
        """The XML, with its declaration."""
        ...


Answer = HasXml | str | bool | None
"""What a handler may return: XML that goes on with the call, or None; a bool, as `client.events.feed` does, is none."""
A = TypeVar("A", bound=Answer)


class AddHandler(Protocol[E]):
    """Takes a function, async or not, that is given an event, and returns it as it is."""

    @overload
    def __call__(self, handler: Callable[[E], Awaitable[A]], /) -> Callable[[E], Awaitable[A]]: ...
    @overload
    def __call__(self, handler: Callable[[E], A], /) -> Callable[[E], A]: ...


@public
@dataclass(frozen=True, slots=True)
class Reply:
    """What is to be answered."""

    status: int
    """Its status: 200; 403 and 400 for what isn't believed and what isn't understood; 500 if a handler has failed."""
    body: bytes = b""
    """Its body: XML, where Plivo wants some; else nothing, and nothing ever says why."""

    @property
    def headers(self) -> dict[str, str]:
        """Its headers."""
        kind = {"Content-Type": "application/xml; charset=utf-8"} if self.body else {}
        return {**kind, "Content-Length": str(len(self.body))}


@public
class Router:
    """Hands events to the functions that are for them."""

    def __init__(self, *, deduplicator: Deduplicator | None = None) -> None:
        """Make a router without handlers.

        Args:
            deduplicator: Lets what comes twice be handled once; None handles all that comes. What asks for XML
                (`Event.wants_xml`) is always handled: each time wants an answer.
        """
        self._handlers: list[tuple[tuple[type[Event], ...], Callable[[Any], Any]]] = []
        self._deduplicator = deduplicator

    @overload
    def on(self, kind: type[E], /) -> AddHandler[E]: ...
    @overload
    def on(self, kind: type[E], other: type[F], /) -> AddHandler[E | F]: ...
    @overload
    def on(self, *kinds: type[Event]) -> AddHandler[Any]: ...
    def on(self, *kinds: type[Event]) -> AddHandler[Any]:
        """Let a function handle events of some classes, and of those below them: `@router.on(ParticipantJoined)`.

        The function may be async. One that isn't runs in the event loop: it must not wait. Several functions for one
        event run one after another, in the order in which they were added. One may return an `xml.Response`, or XML as
        text: of several, the first counts. `router.on(Event)(client.events.feed)` hands everything to those who wait.

        Raises:
            TypeError: There is no class, or it is none of an event.
        """
        if not kinds or not all(isinstance(kind, type) and issubclass(kind, Event) for kind in kinds):
            raise TypeError("on() takes classes of events, such as ParticipantJoined")

        def add(handler: Any) -> Any:
            self._handlers.append((kinds, handler))
            return handler

        return add

    async def handle(self, event: Event) -> str | None:
        """Run the handlers of an event; the XML that they answer, if any.

        The first that raises ends it: those after it don't run, and the event counts as not handled. Delivered again,
        it runs all of them again, so each must bear being run twice.

        Raises:
            Exception: What a handler raises.
        """
        if self._deduplicator is None or event.wants_xml:
            return await self._run(event)
        async with self._deduplicator.once(event) as new:
            return await self._run(event) if new else None

    async def reply(
        self, receiver: Receiver, method: str, url: str | bytes, headers: Headers, body: str | bytes
    ) -> Reply:
        """Verify a request, handle its event, and say what to answer. For frameworks without an adapter.

        Nothing of what went wrong is told to the sender. It is logged by `plivo_async.webhooks`: what isn't believed
        as a warning, and at level DEBUG with `Receiver.explain`; a handler's error with its traceback.

        Args:
            receiver: Verifies it.
            method: As `Receiver.unwrap` has it, and so are the others.
            url: Its URL.
            headers: Its headers.
            body: Its body, as it came.
        """
        try:
            event = receiver.unwrap(method, url, headers, body)
        except CallbackError as error:
            return Reply(refusal(error, receiver, method, url, headers, body))
        try:
            answer = await self.handle(event)
            if answer is None and event.wants_xml:
                answer = _NOTHING_TO_DO
            return Reply(200, (answer or "").encode())
        except Exception:  # noqa: BLE001  # whatever it is, Plivo is told that it may come again
            _log.exception("A handler of %s has failed", type(event).__name__)
            return Reply(500)

    async def _run(self, event: Event) -> str | None:
        answers = []
        for kinds, handler in self._handlers:
            if isinstance(event, kinds):
                answer = handler(event)
                if inspect.isawaitable(answer):
                    answer = await answer
                answers.append(_as_xml(answer))
        return next((one for one in answers if one is not None), None)


def refusal(
    error: CallbackError, receiver: Receiver, method: str, url: str | bytes, headers: Headers, body: str | bytes
) -> int:
    """The status that answers what isn't believed or understood; the reason goes into the log."""
    _log.warning("A callback is refused: %s", error)
    if _log.isEnabledFor(logging.DEBUG):
        _log.debug("%s", receiver.explain(method, url, headers, body))
    return 403 if isinstance(error, SignatureError) else 400


def _as_xml(answer: Any) -> str | None:
    if answer is None or isinstance(answer, bool):
        return None
    if isinstance(answer, str):
        return answer
    if callable(to_xml := getattr(answer, "to_xml", None)):
        return str(to_xml())
    raise TypeError(f"a handler must return XML or None, not {type(answer).__name__}")
