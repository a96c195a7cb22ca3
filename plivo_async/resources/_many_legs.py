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


class Rounds:
    """Looks for calls, in rounds of few requests; whose outcomes are sought may change from round to round.

    Attributes:
        legs: The calls whose outcomes are sought.
        known: The outcomes that were found, for whoever takes them out.
    """

    def __init__(self, operations: Operations) -> None:
        """Nothing is sought yet."""
        self.legs: dict[str, Leg] = {}
        self.known: deque[CallEnd] = deque()
        self._operations = looking(operations)
        self._outage = Outage(operations)
        self._clock = operations.exchange.clock
        self._allowed = 0
        self._ends = 0.0
        self._sweep = _Sweep()
        self._records: AsyncIterator[Page[Call]] | None = None

    def seek(self, uuid: str, wait: Patience, alone_after: float | None = None) -> None:
        """Seek the outcome of one more; the seconds for which lists are to show it before it is looked at alone."""
        now = self._clock()
        self.legs[uuid] = Leg(uuid, now, now + (_FIRST_ALONE if alone_after is None else alone_after), wait)

    async def round(self, allowed: int, ends: float) -> int:
        """Make the looks of one round.

        Args:
            allowed: How many requests it may take.
            ends: The instant at which every look must be over.

        Returns:
            How many it took.

        Raises:
            PlivoError: A look was refused for good, or none was answered for too long.
        """
        self._allowed, self._ends = allowed, ends
        for part in (self._places, self._on_record, self._alone):
            try:
                await part()
            except PASSING as error:
                self._outage.check(error)
        return allowed - self._allowed

    def give_up(self) -> None:
        """Of whatever isn't known, nothing will be."""
        now = self._clock()
        for leg in list(self.legs.values()):
            self._tell(leg.ended(CallOutcome.UNKNOWN, now))

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
        for leg in filter(None, map(self.legs.get, uuids)):
            leg.status = leg.status if leg.place == status else ""
            leg.place, leg.seen_at = status, now
            if status == "queued":
                leg.due = now

    def _miss(self, seen: Collection[str]) -> None:
        for leg in self.legs.values():
            if leg.uuid not in seen and leg.place:
                leg.place, leg.status, leg.due = "", "", self._clock() + _FIRST_ALONE

    async def _on_record(self) -> None:
        """Pages of records, from where the last round has left off, until all are found that are sought.

        One request is left to single looks, or those whose records never come would be sought for ever.
        """
        while self._allowed > 1 and len(gone := self._gone()) > 1:
            if self._records is None:
                self._records = self._pages(min(leg.seen_at for leg in gone))
            try:
                page = await anext(self._records)
            except BaseException:
                self._records = None  # what was cancelled can't go on
                raise
            for record in page.objects:
                leg = self.legs.get(record.call_uuid.lower())
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
        live = [leg for leg in self.legs.values() if leg.place == "live" and not leg.wait.until_ended]
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
        return [leg for leg in self.legs.values() if not leg.place]

    def _judge(self, leg: Leg) -> None:
        now = self._clock()
        verdict = leg.judge(now)
        if isinstance(verdict, LookAgain):
            leg.due = verdict.at
        else:
            self._tell(leg.ended(verdict, now))

    def _tell(self, end: CallEnd) -> None:
        del self.legs[end.call_uuid]
        self.known.append(end)

    async def _asked(self, request: Request, model: type[T]) -> T:
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


@public
class CallOutcomes(AsyncIterator[CallEnd]):
    """The outcomes of many calls, each as it is known: to be iterated (`async for`), once.

    Looks are made while it is iterated, and at no other time. Leaving the loop early leaves nothing behind.
    """

    def __init__(self, operations: Operations, call_uuids: Iterable[str], wait: Patience, deadline: float) -> None:
        """Made by `client.calls.outcomes`."""
        self._rounds = Rounds(operations)
        self._clock = operations.exchange.clock
        self._uuids = list(call_uuids)
        self._wait = wait
        self._deadline = deadline
        self._ends: float | None = None
        self._next_round = 0.0

    @property
    def open(self) -> int:
        """How many outcomes aren't known yet."""
        return len(self._rounds.legs) if self._ends is not None else len(self._uuids)

    async def __anext__(self) -> CallEnd:
        if self._ends is None:
            now = self._clock()
            self._ends, self._next_round = now + self._deadline, now
            for uuid in self._uuids:
                self._rounds.seek(uuid, self._wait)
        while not self._rounds.known:
            if not self._rounds.legs:
                raise StopAsyncIteration
            await sleep_until(min(self._next_round, self._ends), self._clock)
            if self._clock() >= self._ends:
                self._rounds.give_up()
            else:
                await self._round(self._ends)
        return self._rounds.known.popleft()

    def __repr__(self) -> str:
        return f"<CallOutcomes: {self.open} not known yet>"

    async def _round(self, ends: float) -> None:
        """All looks of a round, as many as it may have."""
        began, interval = self._clock(), self._wait.interval
        self._next_round = began + interval  # also of a round that is cancelled
        took = await self._rounds.round(int(MOST_PER_SECOND * interval), ends)
        self._next_round = began + max(interval, took / MOST_PER_SECOND)
