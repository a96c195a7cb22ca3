"""How many calls ended, by few looks: a list of the queued, one of the live, pages of records, and single looks."""

from collections import deque
from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, TypeVar

from .._errors import NotFoundError
from .._public import public
from ..models import Call, CallIds, LiveCall
from ..pacing._clock import sleep_until
from ..policy import CallOutcome, LookAgain
from ..wire import (
    Answer,
    LiveCallFilters,
    Request,
    get_live_call,
    list_calls,
    list_ids,
    rest_of_ids,
)
from ._legs import PASSING, CallEnd, Leg, Outage, Patience, look, looking
from ._operation import Operations
from ._pages import Page, Pages

T = TypeVar("T")

MOST_PER_SECOND = 3
"""Requests, on average over a round of looks."""

_OURS: LiveCallFilters = {"call_direction": "outbound"}
_BEFORE = timedelta(seconds=60)  # inferred: by how much the clock of records may be behind that of answers
_FIRST_ALONE = 4.0  # seconds for which a call is sought in the lists before it is looked at alone


@dataclass(slots=True)
class _Sweep:
    """One way through the lists of who is queued and who is live.

    Attributes:
        status: Of which list the next page is.
        seen: Who was in either so far.
        here: Who was on the pages of this list before.
        offset: Where its next page begins.
    """

    status: Literal["queued", "live"] = "queued"
    seen: set[str] = field(default_factory=set)
    here: set[str] = field(default_factory=set)
    offset: int = 0


@public
class CallOutcomes(AsyncIterator[CallEnd]):
    """The outcomes of many calls, each as it is known: to be iterated (`async for`), once.

    Looks are made while it is iterated, and at no other time. Leaving the loop early leaves nothing behind.
    """

    def __init__(self, operations: Operations, call_uuids: Iterable[str], wait: Patience, deadline: float) -> None:
        """Made by `client.calls.outcomes`."""
        self._operations = looking(operations)
        self._outage = Outage(operations)
        self._clock = operations.exchange.clock
        self._uuids = list(call_uuids)
        self._wait = wait
        self._deadline = deadline
        self._ends: float | None = None
        self._next_round = 0.0
        self._allowed = 0
        self._legs: dict[str, Leg] = {}
        self._sweep = _Sweep()
        self._known: deque[CallEnd] = deque()
        self._records: AsyncIterator[Page[Call]] | None = None

    @property
    def open(self) -> int:
        """How many outcomes aren't known yet."""
        return len(self._legs) if self._ends is not None else len(self._uuids)

    async def __anext__(self) -> CallEnd:
        if self._ends is None:
            now = self._clock()
            self._ends, self._next_round = now + self._deadline, now
            self._legs = {uuid: Leg(uuid, now, now + _FIRST_ALONE) for uuid in self._uuids}
        while not self._known:
            if not self._legs:
                raise StopAsyncIteration
            await sleep_until(min(self._next_round, self._ends), self._clock)
            if self._clock() >= self._ends:
                self._give_up()
            else:
                await self._round()
        return self._known.popleft()

    def __repr__(self) -> str:
        return f"<CallOutcomes: {self.open} not known yet>"

    # ---- One round ----------------------------------------------------------------------------------------------

    async def _round(self) -> None:
        """All looks of a round, as many as it may have."""
        began, allowed = self._clock(), int(MOST_PER_SECOND * self._wait.interval)
        self._allowed, self._next_round = allowed, began + self._wait.interval  # also of a round that is cancelled
        for part in (self._places, self._on_record, self._alone):
            try:
                await part()
            except PASSING as error:
                self._outage.check(error)
        self._next_round = began + max(self._wait.interval, (allowed - self._allowed) / MOST_PER_SECOND)

    async def _places(self) -> None:
        """Who is queued, who is live, as far as half of a round gets: long lists may come in pages.

        In this order, so that nobody is missed who goes from one to the other. Who is in neither is known at their end.
        """
        most = self._allowed // 2
        while most > 0:
            most -= 1
            status, seen = self._sweep.status, self._sweep.seen
            page = (await self._asked(list_ids(status, _OURS, self._sweep.offset), CallIds)).call_uuids
            uuids = [uuid.lower() for uuid in page]
            offset = rest_of_ids(self._sweep.offset, uuids, self._sweep.here)
            self._note(status, uuids)
            seen.update(uuids)
            if offset is not None:
                self._sweep.offset = offset
                self._sweep.here.update(uuids)
            elif status == "queued":
                self._sweep = _Sweep("live", seen)
            else:
                self._sweep = _Sweep()
                self._miss(seen)
                return

    def _note(self, status: str, uuids: Iterable[str]) -> None:
        now = self._clock()
        for leg in filter(None, map(self._legs.get, uuids)):
            leg.status = leg.status if leg.place == status else ""
            leg.place, leg.seen_at = status, now
            if status == "queued":
                leg.due = now

    def _miss(self, seen: Collection[str]) -> None:
        for leg in self._legs.values():
            if leg.uuid not in seen and leg.place:
                leg.place, leg.status, leg.due = "", "", self._clock() + _FIRST_ALONE

    async def _on_record(self) -> None:
        """Pages of records, from where the last round has left off, until all are found that are sought.

        One request is left to single looks, or those whose records never come would be sought for ever.
        """
        while self._allowed > 1 and len(gone := self._gone()) > 1:
            if self._records is None:
                self._records = self._pages(min(leg.seen_at for leg in gone))
            page = await anext(self._records)
            for record in page.objects:
                leg = self._legs.get(record.call_uuid.lower())
                if leg is not None:
                    leg.record = record
                    self._judge(leg)
            if not page.has_next:
                self._records = None
                return

    async def _alone(self) -> None:
        """Single looks: at those who are nowhere, when that is due, and at those who may have been answered."""
        now = self._clock()
        gone = sorted((leg for leg in self._gone() if leg.due <= now), key=lambda leg: leg.due)
        live = [] if self._wait.until_ended else [leg for leg in self._legs.values() if leg.place == "live"]
        for leg in [*gone, *sorted(live, key=lambda leg: leg.due)]:
            if self._allowed <= 0:
                return
            if leg.place:
                await self._is_answered(leg)
            else:
                await self._is_anywhere(leg)

    async def _is_answered(self, leg: Leg) -> None:
        try:
            leg.status = (await self._asked(get_live_call(leg.uuid), LiveCall)).call_status or ""
        except NotFoundError:
            leg.place, leg.status, leg.due = "", "", self._clock() + _FIRST_ALONE
        else:
            self._judge(leg)

    async def _is_anywhere(self, leg: Leg) -> None:
        await look(self._asked, leg, self._clock)
        self._judge(leg)

    # ---- What it is made of -------------------------------------------------------------------------------------

    def _gone(self) -> list[Leg]:
        return [leg for leg in self._legs.values() if not leg.place]

    def _judge(self, leg: Leg) -> None:
        now = self._clock()
        verdict = self._wait.judge(leg, now)
        if isinstance(verdict, LookAgain):
            leg.due = verdict.at
        else:
            self._tell(leg.ended(verdict, now))

    def _give_up(self) -> None:
        now = self._clock()
        for leg in list(self._legs.values()):
            self._tell(leg.ended(CallOutcome.UNKNOWN, now))

    def _tell(self, end: CallEnd) -> None:
        del self._legs[end.call_uuid]
        self._known.append(end)

    async def _asked(self, request: Request, model: type[T]) -> T:
        assert self._ends is not None  # noqa: S101  (for the type checker)
        self._allowed -= 1
        found = await self._operations.run(request, model, max(0.0, self._ends - self._clock()))
        self._outage.passed()
        return found

    async def _page(self, request: Request) -> Answer:
        return await self._asked(request, Answer)

    def _pages(self, seen_at: float) -> AsyncIterator[Page[Call]]:
        """The records of calls that ended since then, by Plivo's clock."""
        since = self._operations.exchange.wall_at(seen_at) - _BEFORE
        asked = {"call_direction": "outbound", "end_time__gte": since.replace(microsecond=0)}
        return Pages(Call, list_calls(asked), self._page, self._operations.account).pages()
