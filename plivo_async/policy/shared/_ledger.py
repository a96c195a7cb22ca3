"""The permits of one account that many processes share: the state, and one trade on it.

**The promise** is the one of `Window`, word for word: a permit is granted only while fewer than `limit` others are
*held* by a process or are *cooling*, free again at an instant of the store's clock.

1. *Late reports cost nothing.* That an answer came is told by its age on the holder's own clock, counted until the
   report is sent: `now - ago + per` is never before answer + per, however late it is processed. So reports can wait
   for a trade.
2. A grant leaves at an instant at which the permit is free and is used later, so that two uses of a permit are
   counted more than `per` apart, whoever uses it.
3. *Leases.* A holder's permits are its own until `ttl` after its last trade; it counts from before it asked, so it
   stops first. A dead one's are free at the end of its lease + `grace` + `per`. One that was stopped and wakes finds
   its lease over.
4. *Lost replies.* A holder says how many permits it has now. What the store has beyond that was never received, or
   its end was told already: it cools for `per`. A trade that arrives after its successor is ignored, for it says what
   was.
5. *Lost memory.* A ledger that is made although a holder traded with another one lately, or although the store hasn't
   been up for long, starts with all permits cooling.
6. *Fairness.* A batch gets its share of what is free. What interactive operations of others wait for is left alone,
   and every tenth turn is a batch's.
7. *The store's clock.* It may go back: time stands still here until it has caught up, and if that is far, all that
   cools cools anew. That it jumps ahead is for the holders to notice, who have a clock that doesn't: they raise the
   alarm, and for a window nobody gets anything. So they do when another server takes over.

The same is written in Lua, for Redis (`pacing/shared/trade.lua`); what is changed here is changed there.
"""

import math
from bisect import insort
from dataclasses import dataclass, field

from .._pace import Pace
from .._queue import Priority
from .._window import DOOR
from ._grant import grant
from ._holders import Cooling, Holder
from ._trade import PROTOCOL, Kind, Reply, Report, Status, Terms, Trade

GRID = 1 / 1000  # of a window: what cools is free at one of these instants, so that there are few of them
LIVE = 60.0  # seconds for which a holder without permits takes part


@dataclass(slots=True)
class Ledger:
    """What the store keeps.

    Attributes:
        pace: What has been learnt.
        epoch: Tells this ledger from one that was lost.
        since: When it was made.
        last: The latest instant that was seen.
        was: The epoch of a ledger that is known to be lost.
        passed: Turns of interactive operations since the last one of a batch.
        cooling: In order of time.
        holders: By name.
        refused: 429s that anybody met.
    """

    pace: Pace
    epoch: str
    since: float
    last: float
    was: str = ""
    passed: int = 0
    cooling: list[Cooling] = field(default_factory=list)
    holders: dict[str, Holder] = field(default_factory=dict)
    refused: int = 0
    version: int = PROTOCOL

    @classmethod
    def new(cls, terms: Terms, trade: Trade, now: float, up: float, epoch: str) -> "Ledger":
        """A ledger where there is none.

        Args:
            terms: What all go by.
            trade: Whose trade it is made for.
            now: The instant.
            up: For how long the store has been up.
            epoch: What to tell it by.
        """
        ledger = cls(Pace(terms.limit, terms.per), epoch, now, now, was=trade.epoch)
        if trade.epoch:
            up = 0.0
        if up < terms.memory:
            ledger._cool(now + terms.memory - up, terms.limit, terms.limit)
        return ledger

    @property
    def held(self) -> int:
        """Permits that holders have."""
        return sum(holder.held for holder in self.holders.values())

    @property
    def cooled(self) -> int:
        """Permits that the server may still count."""
        return sum(each.count for each in self.cooling)

    def trade(self, terms: Terms, trade: Trade, now: float) -> Reply:
        """Take in what a holder says, and grant what it can have."""
        if self.version > PROTOCOL:
            return Reply(Status.NEWER)
        now = self._tell_time(terms, now)
        self._end_leases(terms, now)
        while self.cooling and self.cooling[0].free_at <= now:
            del self.cooling[0]
        if not self._agrees(terms, now):
            return Reply(Status.DIFFERENT, self.epoch, now, terms=f"{self.pace.limit} per {self.pace.per:g} s")
        self.pace.reserve = terms.reserve
        self._remember(terms, trade, now)
        if trade.alarm:
            self.pace.hold_until = max(self.pace.hold_until, now + terms.per)
        holder = self.holders.get(trade.holder)
        if holder is not None and trade.turn <= holder.turn:
            return Reply(Status.LATE, self.epoch, now)
        if trade.in_use > (holder.held if holder else 0) + trade.adopted:
            if holder is not None:
                self._bury(terms, trade.holder)
            return Reply(Status.LOST, self.epoch, now)
        if holder is None:
            holder = self.holders[trade.holder] = Holder(0, trade.turn, now, 0, 0, now)
        holder.turn, holder.at = trade.turn, now
        self._take_in(holder, trade, now)
        return grant(self, holder, trade, now)

    def _tell_time(self, terms: Terms, now: float) -> float:
        """The instant of a trade: never before the last one."""
        if now < self.last - terms.per:
            self._rewind(terms, now)
        else:
            now = max(now, self.last)
        self.last = now
        return now

    def _rewind(self, terms: Terms, now: float) -> None:
        pace = self.pace
        for name in ("since", "hold_since", "doubt_since", "seen_at", "lacked_at", "batch_at", "next_batch"):
            setattr(pace, name, min(getattr(pace, name), now))
        pace.hold_until, pace.probed_at = min(pace.hold_until, now + terms.per), None
        for holder in self.holders.values():
            holder.at, holder.since = min(holder.at, now), min(holder.since, now)
        self.since = min(self.since, now)
        sums = [sum(column) for column in zip(*((c.count, c.admitted, c.visits) for c in self.cooling), strict=True)]
        self.cooling = [Cooling(now + terms.grace + terms.per, *sums)] if sums else []

    def _agrees(self, terms: Terms, now: float) -> bool:
        """Whether these are the terms; with nothing in use they may change."""
        if (self.pace.limit, self.pace.per) == (terms.limit, terms.per):
            return True
        if self.held or self.cooling or any(now - holder.at < terms.ttl for holder in self.holders.values()):
            return False
        self.pace = Pace(terms.limit, terms.per)
        return True

    def _remember(self, terms: Terms, trade: Trade, now: float) -> None:
        """Let all cool that is free, if a holder knew another ledger: what it and others did then isn't known here."""
        if not trade.epoch or trade.epoch in (self.epoch, self.was):
            return
        self.was = trade.epoch
        free = terms.limit - self.held - self.cooled
        if free > 0:
            self._cool(now + terms.memory, free, free)

    def _end_leases(self, terms: Terms, now: float) -> None:
        for name, holder in list(self.holders.items()):
            if now > holder.at + (terms.ttl if holder.held else LIVE):
                self._bury(terms, name)

    def _bury(self, terms: Terms, name: str) -> None:
        holder = self.holders.pop(name)
        self._cool(holder.at + terms.memory, holder.held, holder.held)

    def _take_in(self, holder: Holder, trade: Trade, now: float) -> None:
        """What became of the permits of a holder."""
        gone = holder.held + trade.adopted - trade.in_use
        for report in trade.reports[max(0, len(trade.reports) - gone) :]:  # what is before was heard already
            self._report(holder, report, now)
        self._cool(now + self.pace.per, gone - len(trade.reports), 0)
        holder.held = trade.in_use
        if trade.visit_ago < math.inf:
            self.pace.asked(max(self.pace.seen_at, now - trade.visit_ago))
        if trade.page_ago < math.inf:
            self.pace.asked(max(self.pace.seen_at, now - trade.page_ago), page=True)

    def _report(self, holder: Holder, report: Report, now: float) -> None:
        pace, per, batch = self.pace, self.pace.per, report.priority is Priority.BATCH
        sent_at, at = now - report.sent_ago, now - report.ago
        if pace.probed_at is not None and sent_at >= pace.probed_at:
            sent_at = pace.probed_at  # it is the probe: nobody else was granted anything since
        if report.kind is Kind.UNSENT:
            pace.unsent(sent_at)
            return
        refused = report.kind is Kind.REFUSED
        self._cool(max(at, sent_at + DOOR * per) + per, 1, int(not refused), int(not refused and not batch))
        if not refused:
            pace.answered(sent_at, admitted=report.kind is Kind.ANSWERED)
            return
        holder.refused += 1
        self.refused += 1
        admitted = sum(each.admitted for each in self.cooling) + self.held - holder.held  # others may not have told yet
        pace.refused(now, sent_at, admitted, report.retry_after, batch=batch)

    def _cool(self, free_at: float, count: int, admitted: int, visits: int = 0) -> None:
        if count <= 0:
            return
        grid = self.pace.per * GRID
        free_at = math.ceil(free_at / grid) * grid
        for each in reversed(self.cooling):
            if each.free_at == free_at:
                each.count, each.admitted, each.visits = (
                    each.count + count, each.admitted + admitted, each.visits + visits,
                )  # fmt: skip
                return
            if each.free_at < free_at:
                break
        insort(self.cooling, Cooling(free_at, count, admitted, visits))
