"""The emulator as an ASGI application: no connections, and so no socket and no real time.

ASGI has no word for a connection that breaks. Whoever serves the application says with which exception it is told.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import anyio

from .._aside import Aside, Console
from .._core import Core
from .._recipes import Leaving, Recipe, recipe_of
from ..api._answers import Answer

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Message, Receive, Send], Awaitable[None]]


def asgi(core: Core, clock: Callable[[], float], broken: Callable[[str], Exception]) -> Asgi:
    """The application.

    Args:
        core: Decides.
        clock: Seconds since the emulator started.
        broken: Makes the exception that stands for a broken connection of a message.
    """

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(f"the emulator speaks HTTP, not {scope['type']!r}")
        body = await _body(receive, core.rules.settings.max_body)
        if body is None:
            await _send(send, Answer(413))
            return
        health = core.health(scope["method"], _target(scope))
        if health is not None:
            await _send(send, health, with_body=scope["method"] != "HEAD")
            return
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        if core.console is not None and core.console.takes(_target(scope)):
            fields = {name.lower(): value for name, value in headers}
            aside = Aside(method=scope["method"], target=_target(scope), headers=fields, body=body)
            await _beside(core.console, aside, receive, send)
            return
        received = core.receive(scope["method"], _target(scope), headers, body, clock())
        record = received.record
        await anyio.sleep(received.forward)
        answer = core.decide(received, clock())
        recipe = recipe_of(record.fault)
        if answer is None or recipe.silent:
            raise broken(f"the emulator broke the connection: {record.fault}")
        await anyio.sleep(received.back + (core.rules.faults.late_by if recipe.leaving is Leaving.LATE else 0.0))
        received.log.told(record, answer.status)
        await _spoil(recipe, answer, core, broken)
        received.log.answered(record, clock())
        date = recipe.date(core.machine.time.wall(clock())) if recipe.date is not None else None
        await _send(send, answer, date, with_body=record.method != "HEAD")

    return application


async def _spoil(recipe: Recipe, answer: Answer, core: Core, broken: Callable[[str], Exception]) -> None:
    """What a fault does to an answer whose head is out: ASGI's clients see it when it is whole, or not at all."""
    if recipe.leaving is Leaving.HALF:
        raise broken("the emulator broke the connection: half")
    if recipe.leaving is Leaving.DRIP:
        await anyio.sleep(core.rules.faults.drip_interval * len(answer.body))


async def _beside(console: Console, aside: Aside, receive: Receive, send: Send) -> None:
    """Answer what isn't meant for Plivo's API. A stream goes on until whoever reads it is gone."""
    answer = await console.answer(aside)
    if isinstance(answer, Answer):
        await _send(send, answer, with_body=aside.method != "HEAD")
        return
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_gone, receive, tasks.cancel_scope)
        while (part := await answer.next()) is not None:
            if part:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        tasks.cancel_scope.cancel()


async def _gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


async def _body(receive: Receive, most: int) -> bytes | None:
    """All of it; None if it is too long, which is read to its end as well."""
    body = bytearray()
    more, fits = True, True
    while more:
        message = await receive()
        more = message.get("more_body", False)
        fits = fits and len(body) + len(message.get("body", b"")) <= most
        body += message.get("body", b"") if fits else b""
    return bytes(body) if fits else None


def _target(scope: Message) -> str:
    """The request target as it was sent: `path` is decoded, which would make a slash of `%2F`."""
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


async def _send(send: Send, answer: Answer, date: str | None = None, *, with_body: bool = True) -> None:
    """Without a `Date`, which is up to the server, unless a fault has one; surplus bytes have no place in ASGI."""
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers]
    if date is not None:
        headers.append((b"date", date.encode()))
    if answer.status != 204 or answer.body:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})
