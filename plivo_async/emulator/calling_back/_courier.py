"""Sends what the world has to tell, when it is due. The thin edge around `_desk`: it waits, carries and notes."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import anyio
import anyio.lowlevel

from .._mishaps import Mishaps
from ..world._callbacks import About, CallbackRecord, Reply, Watcher
from ..world._machine import Machine
from ..world._phones import bare
from ._deliveries import Delivery, DeliveryTry
from ._desk import Desk, Lane, Posting
from ._destinations import ANYWHERE, may_go
from ._letters import CallbackAnswer, CallbackRequest, Carrier, NotAnsweredError, letter, sendable
from ._signing import message, signatures
from ._tuning import ANSWERS, USUAL, Tuning, cause_of, tuned

_LEAST = 1e-6  # seconds: a timer may be early by a rounding, and a clock that jumps would never get past it
_ANY = frozenset({ANYWHERE})

Start = Callable[..., None]
"""Starts a task: a function, and its arguments."""

OnReply = Callable[[Reply, Delivery, CallbackAnswer | None], None]
"""Is told what came back of a callback whose answer is for something; None for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalRules:
    """What a courier was told to do."""

    carrier: Carrier
    hosts: frozenset[str] | None
    """Where callbacks may go; None for anywhere, as nothing leaves the process."""
    mishaps: Mishaps
    late_by: float
    keep: int
    tokens: tuple[str, ...]
    """Of the main account, the first of them its own."""
    seed: int


class Courier:
    """Sends callbacks from the first one on that may go anywhere.

    Args:
        world: What tells.
        rules: As above.
        now: Seconds since the emulator started.
        start: Starts tasks.
    """

    def __init__(self, world: Machine, rules: PostalRules, now: Callable[[], float], start: Start) -> None:
        self._world = world
        self._rules = rules
        self._now = now
        self._start = start
        self._nonces = Random(f"{rules.seed} nonces")  # noqa: S311  (to be replayed, not to be secret)
        self._desk = Desk()
        self._news: anyio.Event | None = None
        self._idle: anyio.Event | None = None
        self._awaited: dict[int, anyio.Event] = {}
        self._runs = False
        self._numbers = 0
        self.busy = 0
        """How many calls are being carried on with at this moment: they may soon have more to tell."""
        self.deliveries: deque[Delivery] = deque(maxlen=rules.keep)
        self.on_reply: OnReply = lambda _reply, _delivery, _answer: None
        self.late_by = rules.late_by
        """Seconds that a late one is late."""
        self.watcher: Watcher | None = None
        """Is told of each that is over."""

    # ---- What is to be sent -------------------------------------------------------------------------------------

    def expect(self, url: str) -> None:
        """There will be callbacks to this address: if they may go there, let time pass by itself from now on."""
        if not self._runs and self.allows(url):
            self._runs = True
            self._world.time.agenda.changed = self.wake
            self._start(self._run)

    def allows(self, url: str) -> bool:
        """Whether callbacks to this address are sent."""
        return may_go(url, _ANY if self._rules.hosts is None else self._rules.hosts)

    def take(self, record: CallbackRecord, about: About) -> None:
        """The world has something to tell."""
        event = record.params.get("EventName") or about.event or record.params.get("Event") or ""
        subject = subject_of(record)
        allowed = self.allows(record.url)
        mishaps = self._rules.mishaps.of(event, subject) if allowed else frozenset()
        late = self.late_by if mishaps & {"late", "shuffled"} else 0.0
        delivery = Delivery(
            number=self._number(),
            event=event,
            subject=subject,
            url=record.url,
            method=record.method,
            params=record.params,
            due_at=record.at + late,
            mishaps=mishaps,
            state="held back" if not allowed else "lost" if "lost" in mishaps else "due",
            owner=about.owner,
        )
        self.deliveries.append(delivery)
        if delivery.state == "due":
            self._post(Posting(delivery=delivery, lane=lane_of(delivery), reply=about.reply))
        else:
            self._is_over(delivery)

    def send_again(self, delivery: Delivery) -> Delivery:
        """Send one once more, now, whatever became of it; nothing goes wrong with it on purpose."""
        if not self.allows(delivery.url):
            raise ValueError(f"{delivery!r} may not be sent: name its host in callbacks_to")
        copy = self._copy(delivery)
        self._post(Posting(delivery=copy, lane=("again", str(copy.number))))
        return copy

    def _copy(self, delivery: Delivery) -> Delivery:
        copy = Delivery(
            number=self._number(),
            event=delivery.event,
            subject=delivery.subject,
            url=delivery.url,
            method=delivery.method,
            params=delivery.params,
            due_at=self._now(),
            copy_of=delivery.number,
            owner=delivery.owner,
        )
        self.deliveries.append(copy)
        return copy

    def _post(self, posting: Posting) -> None:
        self.expect(posting.delivery.url)
        self._desk.put(posting)
        self.wake()

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _is_over(self, delivery: Delivery) -> None:
        if self.watcher is not None:
            self.watcher("callback", delivery.event, delivery, self._now())

    def abandon(self) -> None:
        """Send nothing more; whoever waits for something waits no longer. Its tasks are ended by others."""
        self._desk, self.busy = Desk(), 0
        self.check_idle()
        for awaited in self._awaited.values():
            awaited.set()
        self._awaited.clear()

    # ---- When ---------------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """There is something new to do."""
        if self._news is not None:
            self._news.set()

    async def settled(self) -> None:
        """Wait until nothing is to be sent, nothing in flight, and no call carried on with."""
        while not self._is_idle():
            self._idle = self._idle or anyio.Event()
            await self._idle.wait()
        await anyio.lowlevel.checkpoint()

    async def over(self, delivery: Delivery) -> None:
        """Wait until one is over."""
        if not delivery.over:
            await self._awaited.setdefault(delivery.number, anyio.Event()).wait()

    @property
    def quiet(self) -> bool:
        """Nothing is to be sent, early or late, and nothing in flight."""
        return self._desk.idle

    def _is_idle(self) -> bool:
        now = self._now()
        self._world.time.advance(now)
        return self._desk.idle and not self.busy

    def check_idle(self) -> None:
        """Tell whoever waits for it if nothing is to be done."""
        if self._idle is not None and self._desk.idle and not self.busy:
            self._idle.set()
            self._idle = None

    async def _run(self) -> None:
        """Let the world go on and send what is due, for ever."""
        while True:
            self._news = news = anyio.Event()
            now = self._now()
            self._world.time.advance(now)
            while (posting := self._desk.take(now)) is not None:
                posting.delivery.state = "in flight"
                handed_over = anyio.Event()
                self._start(self._deliver, posting, handed_over)
                await handed_over.wait()  # trio's tasks begin in any order
            self.check_idle()
            instants = (self._desk.next_due(now), self._world.time.agenda.next)
            following = min((one for one in instants if one is not None), default=math.inf)
            with anyio.move_on_after(max(_LEAST, following - now)):
                await news.wait()

    # ---- How ----------------------------------------------------------------------------------------------------

    async def _deliver(self, posting: Posting, handed_over: anyio.Event) -> None:
        delivery = posting.delivery
        handed_over.set()  # it runs on until the carrier itself waits
        answer = await self._tried(posting)
        self._desk.landed(posting)
        self._is_over(delivery)
        if (awaited := self._awaited.pop(delivery.number, None)) is not None:
            awaited.set()
        if "twice" in delivery.mishaps:
            self._post(Posting(delivery=self._copy(delivery), lane=posting.lane))
        if posting.reply is not None:
            self.on_reply(posting.reply, delivery, answer)
        self.wake()

    async def _tried(self, posting: Posting) -> CallbackAnswer | None:
        """Try until it is answered, or given up."""
        delivery = posting.delivery
        tuning = tuned(delivery.url, ANSWERS if posting.reply and posting.reply.kind == "answer" else USUAL)
        delivery.ignored = tuning.ignored
        began = anyio.current_time()
        nonce = None
        for left in range(tuning.retries, -1, -1):
            nonce = self._nonce() if nonce is None or self._world.settings.callback_nonce == "each-try" else nonce
            rest = tuning.total
            if self._world.settings.callback_total == "all-tries":
                rest -= anyio.current_time() - began
            answer, failure = await self._try(delivery, tuning, nonce, rest)
            cause = cause_of(None if answer is None else answer.status, failure)
            if not left or cause not in tuning.retried or self._out_of_time(tuning, began):
                break
            self._desk.passed(posting)
            self.wake()
        good = answer is not None and 200 <= answer.status < 300
        delivery.state = "delivered" if good else "failed" if answer is None else "refused"
        return answer

    def _out_of_time(self, tuning: Tuning, began: float) -> bool:
        over = anyio.current_time() - began >= tuning.total
        return over and self._world.settings.callback_total == "all-tries"

    async def _try(
        self, delivery: Delivery, tuning: Tuning, nonce: str, rest: float
    ) -> tuple[CallbackAnswer | None, str | None]:
        at, began = self._now(), anyio.current_time()
        answer: CallbackAnswer | None = None
        kind, why = "rt", f"no answer within {tuning.total:g} s in all"
        with anyio.move_on_after(rest):
            try:
                answer = await self._rules.carrier.carry(self._letter(delivery, nonce), tuning)
            except NotAnsweredError as error:
                kind, why = error.kind, error.why
        took = anyio.current_time() - began
        status = None if answer is None else answer.status
        one = DeliveryTry(at=at, took=took, status=status, failure=why if answer is None else None, nonce=nonce)
        delivery.tries.append(one)
        return answer, kind if answer is None else None

    def _letter(self, delivery: Delivery, nonce: str) -> CallbackRequest:
        tokens, told = self._tokens(delivery.owner), sendable(delivery.params)

        def signed(url: str) -> list[tuple[str, str]]:
            return signatures(
                delivery.method,
                url,
                told.items(),
                nonce,
                tokens=tokens,
                main_tokens=self._rules.tokens,
                path_parameters=self._world.settings.callback_path_parameters,
                v2=self._world.settings.callback_v2,
            )

        return letter(delivery.url, delivery.method, told, signed)

    def signed(self, delivery: Delivery, nonce: str) -> tuple[CallbackRequest, str]:
        """What was, or would be, sent with that nonce, and the text that is signed in it."""
        sent = self._letter(delivery, nonce)
        paths = self._world.settings.callback_path_parameters
        text = message(delivery.method, sent.url, sendable(delivery.params).items(), path_parameters=paths)
        return sent, f"{text}.{nonce}"

    def _tokens(self, owner: str | None) -> tuple[str, ...]:
        subaccount = self._world.office.subaccounts.get(owner or "")
        return self._rules.tokens if subaccount is None else (subaccount.auth_token,)

    def _nonce(self) -> str:
        return f"{self._nonces.randrange(10**20):020}"


def subject_of(record: CallbackRecord) -> str:
    """What a callback is about: the conference's friendly name, or else the far end of the call."""
    params = record.params
    name = params.get("MPCName") or params.get("MPCFriendlyName")
    if name:
        return name
    return bare((params.get("From") if params.get("Direction") == "inbound" else params.get("To")) or "")


def lane_of(delivery: Delivery) -> Lane:
    """The line that it belongs to: the same call or conference, and the same address."""
    params = delivery.params
    about = params.get("MPCUUID") or params.get("MPCName") or params.get("CallUUID") or params.get("RecordingUUID")
    return delivery.url, about or params.get("call_uuid") or ""
