"""What the tests of callbacks share: a world in which something is told, and a receiver that takes it."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import anyio

from plivo_async.emulator import CallbackAnswer, CallbackRequest, Emulator
from plivo_async.emulator.world import _rules as rules
from plivo_async.emulator.world._values import ConferenceOptions, Hook, Joining

from ..support import AUTH_ID, AUTH_TOKEN

STATUS = "http://app.example/status"
CALLER = "+442071838750"

Answering = Callable[[dict[str, str]], CallbackAnswer | int | None]


class Receiver:
    """Takes callbacks in the emulator's own process.

    Args:
        answering: What each is answered, by its parameters: an answer, a status, or None for a 200.
        takes: Seconds that it takes for each.
    """

    def __init__(self, answering: Answering = lambda _: None, takes: float = 0.0) -> None:
        self.answering = answering
        self.takes = takes
        self.requests: list[CallbackRequest] = []
        self.told: list[dict[str, str]] = []
        self.at: list[float] = []

    async def __call__(self, request: CallbackRequest) -> CallbackAnswer | None:
        """Take one."""
        self.requests.append(request)
        self.told.append(params(request))
        self.at.append(anyio.current_time())
        await anyio.sleep(self.takes)
        answer = self.answering(self.told[-1])
        return CallbackAnswer(status=answer) if isinstance(answer, int) else answer

    @property
    def events(self) -> list[str]:
        """The names of what came, in order."""
        return [one.get("EventName") or one.get("Event") or "" for one in self.told]


def params(request: CallbackRequest) -> dict[str, str]:
    """What a callback tells."""
    query = urlsplit(request.url).query if request.method == "GET" else request.body.decode()
    return dict(parse_qsl(query, keep_blank_values=True))


def emulator(receiver: Receiver, **options: object) -> Emulator:
    """An emulator without a socket that tells it everything; phones are dialled all at once."""
    more: dict[str, object] = {"port": None, "calls_per_second": None, **options}
    return Emulator(AUTH_ID, AUTH_TOKEN, deliver=receiver, **more)  # type: ignore[arg-type]


def room(plivo: Emulator, name: str = "sales", *, url: str = STATUS, method: str = "POST") -> str:
    """Let somebody call in and be put into a new conference that tells of itself; the number of the phone."""
    number = f"{CALLER}{len(plivo.calls):03}"
    leg = plivo.add_call(from_=number)
    hook = Hook(url=url, method="GET" if method == "GET" else "POST")
    joining = Joining(role="customer", call_uuid=leg.call_uuid, options=ConferenceOptions(status_callback=hook))
    rules.add_participant(plivo._machine, name, None, joining, plivo._machine.time.act(), by=1)
    return number
