"""How one call ended, by looking at it: what the looks show, and the looks at a single call."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol, TypeVar
from uuid import UUID

from .._errors import AuthenticationError, DecodeError, NotFoundError, PlivoError, invalid
from .._options import Options
from .._public import public
from ..models import Call, LiveCall
from ..models._model import Model
from ..pacing._clock import Clock, sleep_until
from ..policy import CallOutcome, Ending, LookAgain, RetryPolicy, Sight, outcome_of
from ..wire import Request, call_uuid, get_call, get_live_call, get_queued_call
from ._operation import Operations
from ._waiting import TRANSIENT, given_seconds

PASSING = (*TRANSIENT, DecodeError, AuthenticationError)
"""Looks that show nothing: what a gateway answers is no evidence of a call, and one 401 may be stray."""

T = TypeVar("T")


class Ask(Protocol):
    """Asks for something, and reads it."""

    async def __call__(self, request: Request, model: type[T]) -> T: ...


_ONCE = RetryPolicy(max_attempts=1)  # the next look is the repetition


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnd(Model):
    """How a call ended, or that it was answered, and what was seen of it."""

    call_uuid: str
    """Its UUID."""
    outcome: CallOutcome
    """How it ended; `unknown` if nothing tells, which never means that it failed."""
    seen: str
    """What was seen last, in words."""
    answered_at: datetime | None = None
    """When somebody, or a machine, picked up, in UTC; None if nobody did, or if it isn't on record yet."""
    ended_at: datetime | None = None
    """When it was over; None while it goes on, or if that isn't known."""
    hangup_cause_code: int | None = None
    """Why it ended, as 3010; None without a record."""
    hangup_cause_name: str | None = None
    """The same in words."""
    hangup_source: str | None = None
    """Who ended it, as `Callee`."""
    record: Call | None = None
    """Its record; None if there was none yet."""
    told_by: Literal["callback", "look"] = "look"
    """Whether a callback told it, or a look showed it."""
    inferred: bool = False
    """Whether the outcome follows from something else than the call's own status: that they joined a conference."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How a call is looked at.

    Attributes:
        interval: Seconds from one look to the next.
        patience: Seconds for which it may be nowhere.
        until_ended: Whether that somebody has picked up is no outcome.
    """

    interval: float
    patience: float
    until_ended: bool

    @classmethod
    def checked(cls, interval: float, patience: float, *, until_ended: bool) -> "Patience":
        """Check the arguments.

        Raises:
            InvalidArgumentError, TypeError: One is wrong.
        """
        if given_seconds("interval", interval) < 1:
            raise invalid("interval", f"must be 1 second or more, not {interval!r}: each look costs requests")
        return cls(interval, given_seconds("patience", patience), bool(until_ended))


@dataclass(slots=True)
class Leg:
    """A call, and what was seen of it.

    Attributes:
        uuid: Its UUID.
        seen_at: When it was queued or live last; when it was asked for, if never.
        due: When the next look at it alone is worth its request.
        wait: How it is looked at.
        place: `queued`, `live`, or nothing.
        status: Of the live one, if it was looked at.
        record: Its record.
    """

    uuid: str
    seen_at: float
    due: float
    wait: Patience
    place: str = ""
    status: str = ""
    record: Call | None = None

    def judge(self, now: float) -> CallOutcome | LookAgain:
        """What is known of it by now."""
        sight = Sight(
            now,
            self.seen_at,
            up=self.place != "",
            status=self.status,
            ending=None if self.record is None else ending_of(self.record),
        )
        wait = self.wait
        return outcome_of(sight, interval=wait.interval, patience=wait.patience, picked_up_counts=not wait.until_ended)

    def ended(self, outcome: CallOutcome, now: float, words: str = "") -> CallEnd:
        """What there is to tell."""
        record = self.record
        if record is None:
            return CallEnd(call_uuid=self.uuid, outcome=outcome, seen=words or self._seen(now))
        return CallEnd(
            call_uuid=self.uuid,
            outcome=outcome,
            seen=f"its record: {record.hangup_cause_name or record.hangup_cause_code or 'no cause'}",
            answered_at=record.answer_time,
            ended_at=record.end_time,
            hangup_cause_code=record.hangup_cause_code,
            hangup_cause_name=record.hangup_cause_name,
            hangup_source=record.hangup_source,
            record=record,
        )

    def _seen(self, now: float) -> str:
        if self.place:
            return f"it is {self.status or self.place}"
        return f"for {now - self.seen_at:.0f} s neither queued, nor live, nor on record"


def ending_of(record: Call) -> Ending:
    """What a record says of the end."""
    return Ending(answered=record.answered, code=record.hangup_cause_code)


def checked_legs(call_uuids: Iterable[str | UUID]) -> list[str]:
    """Check whose outcomes are sought; each once.

    Raises:
        InvalidArgumentError: One is no UUID.
        TypeError: They are no collection of UUIDs.
    """
    if isinstance(call_uuids, str | UUID):
        raise TypeError("call_uuids must be a list of UUIDs; for one call there is client.calls(uuid).outcome()")
    return list(dict.fromkeys(call_uuid(one, f"call_uuids[{at}]") for at, one in enumerate(call_uuids)))


def looking(operations: Operations) -> Operations:
    """The same, for looks: each is made once, for the next look repeats it."""
    options: Options = operations.options.merged(retry=_ONCE)
    return replace(operations, options=options)


class Outage:
    """Looks that fail are passed over, but not for ever."""

    def __init__(self, operations: Operations) -> None:
        self._clock = operations.exchange.clock
        self._longest = operations.options.retry.longest_outage
        self._since: float | None = None
        self._refused = 0

    def passed(self) -> None:
        """A look was answered."""
        self._since, self._refused = None, 0

    def check(self, error: PlivoError) -> None:
        """A look has failed.

        Raises:
            PlivoError: None was answered for too long, or one more was refused the credentials.
        """
        now = self._clock()
        if self._since is None:
            self._since = now
        self._refused += isinstance(error, AuthenticationError)
        if now - self._since > self._longest or self._refused > 1:
            raise error


async def one_leg(operations: Operations, uuid: str, wait: Patience, deadline: float) -> CallEnd:
    """Look at one call until its outcome is known, or time is up.

    Raises:
        PlivoError: A look was refused for good, or none was answered for too long.
    """
    clock = operations.exchange.clock
    looks, outage, now = looking(operations), Outage(operations), clock()
    ends, leg = now + deadline, Leg(uuid, now, now, wait)

    async def ask(request: Request, model: type[T]) -> T:
        found = await looks.run(request, model, max(0.0, ends - clock()))
        outage.passed()
        return found

    while True:
        try:
            await look(ask, leg, clock)
            verdict: CallOutcome | LookAgain = leg.judge(clock())
        except PASSING as error:
            outage.check(error)
            verdict = LookAgain(clock() + wait.interval)
        if isinstance(verdict, CallOutcome):
            return leg.ended(verdict, clock())
        if verdict.at >= ends:
            await sleep_until(ends, clock)
            return leg.ended(CallOutcome.UNKNOWN, clock())
        await sleep_until(verdict.at, clock)


async def look(ask: Ask, leg: Leg, clock: Clock) -> None:
    """Find it: live, on record, queued; where it is most likely first."""
    places = (_live, _on_record, _queued) if leg.place else (_on_record, _live, _queued)
    for place in places:
        try:
            await place(ask, leg)
        except NotFoundError:
            continue
        if leg.record is None:
            leg.seen_at = clock()
        return
    leg.place, leg.status = "", ""


async def _live(ask: Ask, leg: Leg) -> None:
    live = await ask(get_live_call(leg.uuid), LiveCall)
    leg.place, leg.status = "live", live.call_status or ""


async def _on_record(ask: Ask, leg: Leg) -> None:
    leg.record = await ask(get_call(leg.uuid), Call)


async def _queued(ask: Ask, leg: Leg) -> None:
    await ask(get_queued_call(leg.uuid), LiveCall)
    leg.place, leg.status = "queued", ""
