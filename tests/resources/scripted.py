"""An exchange that answers from a script and keeps what it was asked: the resources without attempts and network."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn

import anyio

from plivo_async._options import Options, attempt_timeout
from plivo_async.exchange._attempted import Attempted
from plivo_async.exchange._exchange import Exchange
from plivo_async.observing._announcer import Watched
from plivo_async.policy import Attempt, RetryPolicy
from plivo_async.resources import MultiPartyCalls
from plivo_async.wire import Account, Answer, Request

NOW = datetime(2026, 11, 24, 12, 1, 10, tzinfo=UTC)
"""What our own clock says, with which the `Date` of an answer is compared."""

Reply = Answer | Exception | Callable[[Request], Answer]

ACCOUNT = Account("https://api.plivo.com", "MA" + "X" * 18)


class NoTransport:
    """Carries nothing: what answers stands before it."""

    async def send(self, *_: object, **__: object) -> NoReturn:
        """Nothing gets here."""
        raise AssertionError


class Scripted(Exchange):
    """Answers operations one after the other; the last reply of the script is given again and again.

    Attributes:
        requests: What was asked, in order.
        deadlines: The seconds that each may take; infinite for no bound.
        before: The attempts that were made before each.
    """

    def __init__(self, *script: Reply) -> None:
        super().__init__(NoTransport(), None, anyio.current_time, lambda: 0.5)
        self.wall = lambda: NOW
        self.script = list(script)
        self.requests: list[Request] = []
        self.deadlines: list[float] = []
        self.before: list[tuple[Attempt, ...]] = []

    async def carry_out(
        self,
        request: Request,
        options: Options,
        began: float,
        ends: float,
        before: Sequence[Attempt] = (),
        watched: Watched | None = None,
    ) -> Answer:
        """Give the next reply."""
        await anyio.lowlevel.checkpoint()
        self.requests.append(request)
        self.before.append(tuple(before))
        self.deadlines.append(round(ends - began, 6))
        reply = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, Answer) else reply(request)

    async def attempt(self, request: Request, options: Options, **_: Any) -> Attempted:
        """Nothing here activates."""
        raise AssertionError(request)

    @property
    def mpc(self) -> MultiPartyCalls:
        """`client.mpc` on top of it."""
        options = Options(timeout=attempt_timeout(10.0), retry=RetryPolicy())
        return MultiPartyCalls(self, options, 8, ACCOUNT)

    @property
    def body(self) -> Any:
        """The JSON of the last request; None if it had no body."""
        sent = self.requests[-1].body
        return None if sent is None else json.loads(sent)


def answer(status_code: int, data: object = None, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer with JSON, or with nothing."""
    body = b"" if data is None else json.dumps(data).encode()
    return Answer(status_code, {} if headers is None else headers, body)


def shape(request: Request) -> str:
    """A request in a line: method, path, and query."""
    return f"{request.method} {request.path}" + (f"?{request.query}" if request.query else "")
