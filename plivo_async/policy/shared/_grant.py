"""Who gets how much of what a shared budget has to give."""

import math
from typing import TYPE_CHECKING

from .._queue import BATCH_SHARE
from ._holders import Holder
from ._trade import Reply, Status, Trade

if TYPE_CHECKING:
    from ._ledger import Ledger

HANDFUL = 2  # permits of a batch that is sent evenly that are worth one trade
PATIENT = 1 / 200  # of a window for which a batch waits for a handful
WANTING = 3.0  # seconds for which what somebody waits for is believed


def grant(ledger: "Ledger", holder: Holder, trade: Trade, now: float) -> Reply:
    """Give a holder what it can have, and say when to ask for the rest."""
    till = _Till(ledger, now)
    others = [other for other in ledger.holders.values() if other is not holder and now - other.at < WANTING]
    waiting = sum(other.interactive for other in others)
    batches = sum(1 for other in others if other.batch)
    batch = 0
    if trade.batch and trade.interactive + waiting and ledger.passed >= BATCH_SHARE - 1:
        batch = till.take(1, batch=True)
    interactive = till.take(trade.interactive, batch=False)
    batch += till.take(min(trade.batch - batch, till.share(waiting, batches)), batch=True)
    if batch:
        ledger.passed = 0
    elif trade.batch or batches:
        ledger.passed += interactive
    holder.held += interactive + batch
    holder.granted += interactive + batch
    holder.interactive, holder.batch = trade.interactive - interactive, trade.batch - batch
    pace = ledger.pace
    return Reply(
        Status.DONE,
        ledger.epoch,
        now,
        interactive,
        batch,
        till.wait(holder.interactive, till.interactive_again),
        till.wait(holder.batch, till.batch_again_at(holder.batch, batch, batches)),
        len(ledger.holders),
        pace.level(now),
        till.held,
        till.cooled,
        max(0.0, (pace.barred_until(now) or now) - now),
        now - pace.doubt_since if pace.doubt else 0.0,
    )


class _Till:
    """What there is to give, counted once for a trade."""

    def __init__(self, ledger: "Ledger", now: float) -> None:
        self.pace, self.now = ledger.pace, now
        self.cooling = ledger.cooling
        self.held, self.cooled = ledger.held, ledger.cooled
        self.admitted = sum(each.admitted for each in ledger.cooling)
        self.visits = sum(each.visits for each in ledger.cooling)
        self.soonest = ledger.cooling[0].free_at if ledger.cooling else math.inf
        self.interactive_again = self.batch_again = now

    def take(self, count: int, *, batch: bool) -> int:
        """Take so many, or as many as there are."""
        for taken in range(count):
            again_at = self._barred(batch=batch)
            if again_at is not None:
                if batch:
                    self.batch_again = again_at
                else:
                    self.interactive_again = again_at
                return taken
            self.held += 1
            self.pace.took(self.now, self.visits, batch=batch)
        return max(0, count)

    def share(self, waiting: int, batches: int) -> int:
        """What a batch may have of what is free, beside other batches and interactive operations that wait."""
        share = math.ceil((self.pace.limit - self.held - self.cooled - waiting) / (batches + 1))
        return min(share, HANDFUL) if batches and self.pace.even(self.now) else share

    def batch_again_at(self, left: int, got: int, batches: int) -> float:
        """When a batch should ask again: when there is a handful for it, and for the others if it has had one."""
        pace = self.pace
        handful = min(HANDFUL, left)
        if batches and got >= HANDFUL:
            handful *= batches + 1
        if left and self.held + self.cooled >= pace.limit:
            pace.lacked(self.now)
            self.batch_again = max(self.batch_again, self._free_at(handful))
        if pace.doubt or not pace.even(self.now):
            return self.batch_again
        return max(self.batch_again, pace.next_batch + (handful - 1) * pace.gap(self.now, self.visits))

    def wait(self, left: int, again_at: float) -> float:
        """How long to wait with what is left; a window, if all are in flight."""
        if not left:
            return -1.0
        return self.pace.per if again_at == math.inf else max(0.0, again_at - self.now)

    def _free_at(self, count: int) -> float:
        """When so many more will be free, but not long after the first of them."""
        for each in self.cooling:
            count -= each.count
            if count <= 0 or each.free_at > self.soonest + PATIENT * self.pace.per:
                return min(each.free_at, self.soonest + PATIENT * self.pace.per)
        return self.soonest

    def _barred(self, *, batch: bool) -> float | None:
        again_at = self.pace.barred_until(self.now)
        if again_at is not None:
            return again_at
        if self.held + self.cooled >= self.pace.limit:  # the promise: this line alone
            self.pace.lacked(self.now)
            return self.soonest
        return self.pace.ask_again(self.now, self.held + self.admitted, self.soonest, batch=batch)
