"""`client.events`: what Plivo tells, joined with what it is asked."""

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import anyio

from ..._errors import MalformedCallbackError, NotFoundError, StatusNotReachedError
from ..._options import seconds
from ..._public import public
from ..._unset import UNSET, Unset
from ...models import MultiPartyCall, Participant
from ...wire import Conference, list_participants, retrieve
from .._operation import Operations
from .._request_options import which
from .._waiting import checked_wait, followed
from ._bus import EventBus
from ._news import News, seen_conference, seen_participant
from ._timeline import Timeline, timeline
from ._waits import ConferenceWait, MemberWait, Reached

if TYPE_CHECKING:
    from ...webhooks import Event

_log = logging.getLogger("plivo_async")
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_WAITING_TO_BE_SENT = 1_000
_CLOSING = 2.0
_VERSION = 1


@public
class Events:
    """`client.events`: joins what Plivo tells (callbacks) with what it is asked (looks), for all who wait.

        client.events.feed(receiver.unwrap(method, url, headers, body))

    Then `mpc.until("active")`, `dial.outcome()` and `participant.until("left")` end with the callback, and cost no
    request; without callbacks they end with a look, of which there are at most three a second, however many wait. It
    belongs to the client's event loop, and is shared by the copies of `with_options`. It remembers 10,000 conferences
    and 100,000 calls, those heard of last.
    """

    def __init__(self, operations: Operations) -> None:
        """Made by the client."""
        self._operations = operations
        self._hub = operations.hub
        self._out: list[Any] = []

    def feed(self, event: "Event") -> bool:
        """Take in an event that a `webhooks.Receiver` has verified. To be called in the client's event loop.

        In any order, late or twice: nothing that is known is taken back. What isn't about a conference or a call, as
        the result of an asynchronous request, is left alone.

        Returns:
            Whether it told anything new; False for one that was told before.

        Raises:
            TypeError: It is no event of `plivo_async.webhooks`.
            RuntimeError: Somebody waits in another thread, which would not be woken.
        """
        new = self._take(event)
        for stream in self._out:
            try:
                stream.send_nowait(event)
            except anyio.WouldBlock:
                _log.warning("the event bus is too slow; an event of a conference was not passed on")
        return new

    def _take(self, event: "Event") -> bool:
        from ...webhooks import Event
        from ._translate import news_of

        if not isinstance(event, Event):
            raise TypeError(f"event must be one of plivo_async.webhooks, not {type(event).__name__}")
        news = news_of(event)
        return bool(self._hub.take([news])) if news is not None else True

    @asynccontextmanager
    async def over(self, bus: EventBus) -> AsyncIterator[None]:
        """While the block lasts, share events with the other processes of a service: `async with events.over(bus):`.

        What is fed here is sent to them, and what is fed there is taken in here. A bus that fails is tried again, after
        1 second and then longer, up to 30; a warning says so. What was lost meanwhile is found by looks. Leaving the
        block ends it at once.

        Args:
            bus: As `plivo_async.buses.RedisBus`, or one of your own.
        """
        send, receive = anyio.create_memory_object_stream["Event"](_WAITING_TO_BE_SENT)
        async with anyio.create_task_group() as group, send, receive:
            group.start_soon(_again_and_again, self._hear, bus)
            group.start_soon(_again_and_again, _tell, bus, receive)
            self._out.append(send)
            try:
                yield
            finally:
                self._out.remove(send)
                group.cancel_scope.cancel()

    async def _hear(self, bus: EventBus) -> None:
        from ...webhooks import parse_trusted

        messages = bus.listen()
        try:
            async for message in messages:
                try:
                    told = json.loads(message)
                    if told["version"] == _VERSION:
                        self._take(parse_trusted([(str(key), str(value)) for key, value in told["parameters"]]))
                except (ValueError, TypeError, KeyError, MalformedCallbackError):
                    _log.warning("a message on the event bus can't be read; it was left out")
        finally:
            if isinstance(messages, AsyncGenerator):
                with anyio.move_on_after(_CLOSING, shield=True):
                    await messages.aclose()

    async def timeline(
        self, name: str | UUID | Unset = UNSET, *, uuid: str | UUID | Unset = UNSET, deadline: float | None = None
    ) -> Timeline:
        """What happened in a conference, in order: what callbacks told, with what looks show in their place. Safe.

        Two looks or more are made (the conference, the list of its participants, a page for 20), so that what no
        callback has told is there as far as a look can show it, and says that it is inferred.

        Args:
            name: A friendly name (`str`), the conference that had it last; or an MPC UUID (`uuid.UUID`).
            uuid: The MPC UUID, instead of `name`.
            deadline: Seconds for all of it; None takes the client's.

        Raises:
            NotFoundError: There is no such conference, and nothing was told of it.
            InvalidArgumentError, TypeError: An argument is wrong.
            PlivoError: A look failed.
        """
        conference = which("client.events.timeline()", name, uuid)
        return await told_of(self._operations, conference, deadline)

    async def explain(
        self, name: str | UUID | Unset = UNSET, *, uuid: str | UUID | Unset = UNSET, deadline: float | None = None
    ) -> str:
        """The same, as text for a person: a line for each thing that happened, numbers masked."""
        return str(await self.timeline(name, uuid=uuid, deadline=deadline))

    def __repr__(self) -> str:
        return f"<Events: {self._hub.waiting:,} waiting>"


async def _again_and_again(run: Any, *arguments: Any) -> None:
    """Run something that lasts, and when it fails, again."""
    pause = _FIRST_PAUSE
    while True:
        began = anyio.current_time()
        try:
            await run(*arguments)
            return
        except Exception as error:  # noqa: BLE001  (a bus is other people's code)
            if anyio.current_time() - began > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            _log.warning("the event bus fails (%s); it is tried again in %g s", type(error).__name__, pause)
        await anyio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


async def _tell(bus: EventBus, events: Any) -> None:
    async for event in events:
        await bus.publish(json.dumps({"version": _VERSION, "parameters": event.raw}))


# ---- For the handles ------------------------------------------------------------------------------------------------


async def told_of(operations: Operations, conference: Conference, deadline: float | None) -> Timeline:
    """Look, and put together what is known of a conference."""
    hub, clock = operations.hub, operations.exchange.clock
    ends = clock() + operations.options.within(deadline)
    known = hub.memory.conference(conference.uuid, conference.name)
    meant = conference if known is None else followed(conference, known.mpc_uuid)
    try:
        found = await operations.run(retrieve(meant), MultiPartyCall, ends - clock())
    except NotFoundError:
        if known is None:
            raise
    else:
        meant = followed(meant, found.mpc_uuid)
        hub.take(seen_conference(found))
        listed = operations.pages(Participant, list_participants(meant), max(0.0, ends - clock()))
        hub.take([news async for one in listed for news in seen_participant(one, found.friendly_name)])
        known = hub.memory.conference(meant.uuid, meant.name)
    news: list[News] = [] if known is None else list(known.news)
    return timeline(
        news,
        status=None if known is None else known.status,
        mpc_uuid=None if known is None else known.mpc_uuid,
        mpc_name=None if known is None else known.mpc_name,
        forgotten=0 if known is None else known.forgotten,
    )


async def status_reached(
    operations: Operations, conference: Conference, status: object, within: float | None
) -> Reached:
    """Wait for the status of a conference.

    Raises:
        PlivoError: It can't come any more, or not in time; a look was refused.
    """
    wait = checked_wait(conference, status, within, 1.0, name="timeout")
    began = operations.exchange.clock()
    one = ConferenceWait(wait=wait, began=began)
    await operations.hub.wait(one, ends=began + wait.deadline)
    if one.error is not None:
        raise one.error
    if one.result is None:
        raise one.too_late(operations.hub.memory)
    return one.result


async def member_left(operations: Operations, conference: Conference, member_id: str, within: float | None) -> Reached:
    """Wait until somebody has left.

    Raises:
        PlivoError: Not in time; a look was refused.
    """
    began = operations.exchange.clock()
    one = MemberWait(conference=conference, member_id=member_id, began=began)
    await operations.hub.wait(one, ends=began + seconds("timeout", within))
    if one.error is not None:
        raise one.error
    if one.result is None:
        raise StatusNotReachedError(
            f"participant {member_id} has not left {conference.label!r} within {within:g} s",
            status=None,
            operation="Wait until left",
            target=conference.label,
            started_at=operations.exchange.wall_at(began),
        )
    return one.result
