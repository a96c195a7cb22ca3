"""What the tests of calls, recordings and the account share: an account that is spoken to in JSON."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from plivo_async.emulator import Emulator, Leg
from plivo_async.emulator.api._routes import VOICE_ROUTES

from ..support import AUTH_ID, AUTH_TOKEN, Client

ACCOUNT = f"/v1/Account/{AUTH_ID}/"
FROM, AGENT, SECOND, CUSTOMER = "+14151234567", "+14157654321", "+14157654322", "+14157650000"
CALL = "c0267574-5c12-4861-8990-da9404c8cdf6"
ANSWER, RING, HANGUP, DONE = (f"https://example.com/{word}" for word in ("answer", "ring", "hangup", "done"))
AUDIO = "https://example.com/a.mp3"
MAKING: dict[str, Any] = {"from": FROM, "to": AGENT, "answer_url": ANSWER}

EXAMPLES: dict[str, Any] = {
    "make-call": MAKING,
    "transfer-call": {"aleg_url": ANSWER},
    "play-to-call": {"urls": AUDIO},
    "speak-to-call": {"text": "Hello"},
    "send-digits": {"digits": "1"},
    "update-account": {"name": "b"},
    "create-subaccount": {"name": "b"},
    "update-subaccount": {"name": "c"},
    "create-application": {"app_name": "b", "answer_url": ANSWER},
    "update-application": {"answer_url": HANGUP},
    "update-number": {"alias": "b"},
}
"""Arguments of the operations that need some."""


class Voice:
    """The API of one account, spoken to in JSON; paths are below the account."""

    def __init__(self, plivo: Emulator) -> None:
        self.plivo = plivo
        self.client = Client(plivo.connect())

    async def ask(self, method: str, path: str, arguments: Any = None) -> tuple[int, Any]:
        """One request: its status and its answer, None if that is empty."""
        body = b"" if arguments is None else json.dumps(arguments).encode()
        reply = await self.client.ask(method, path if path.startswith("/") else ACCOUNT + path, body)
        if not reply.body:
            assert reply.status == 204
            return 204, None
        assert reply.headers["content-type"] == "application/json"
        answer = json.loads(reply.body)
        assert answer["api_id"]
        return reply.status, answer

    async def get(self, path: str) -> Any:
        """What there is."""
        status, answer = await self.ask("GET", path)
        assert status == 200, answer
        return answer

    async def make(self, **arguments: Any) -> Leg:
        """Make a call, unless something else is said, to an agent; the call."""
        status, answer = await self.ask("POST", "Call/", MAKING | {key.rstrip("_"): v for key, v in arguments.items()})
        assert status == 201, answer
        return self.plivo.calls[answer["request_uuid"]]

    async def found(self, uuid: str) -> tuple[int, int, int]:
        """The statuses with which a call is found queued, live, and as a record."""
        queries = ("?status=queued", "?status=live", "")
        one, two, three = [(await self.ask("GET", f"Call/{uuid}/{query}"))[0] for query in queries]
        return one, two, three

    async def record(self, leg: Leg) -> Any:
        """The record of a call, as soon as there is one."""
        self.plivo.advance(self.plivo._core.rules.settings.record_after)
        return await self.get(f"Call/{leg.known_as}/")


@asynccontextmanager
async def voice(**options: Any) -> AsyncIterator[Voice]:
    """An account without calls; phones are dialled all at once and answer after a second."""
    async with Emulator(AUTH_ID, AUTH_TOKEN, port=None, limit=None, **{"calls_per_second": None, **options}) as plivo:
        yield Voice(plivo)


def example(operation: str, item: str) -> tuple[str, str, Any]:
    """Method, path and arguments of an operation."""
    method, path = next((method, path) for name, method, path in VOICE_ROUTES if name == operation)
    path = path.replace("{item}", item).replace("{media}", f"{item}.mp3")
    return method, f"{ACCOUNT}{path}/" if path else ACCOUNT, EXAMPLES.get(operation)
