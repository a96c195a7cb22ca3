"""What one process has of a shared budget: the other side of the ledger's trades.

Pure: every instant is handed in, as seconds of this process' own monotonic clock. It says when a trade is due and what
to say in it, and takes in the reply, or that there was none.
"""

import math
from dataclasses import dataclass

from .._queue import Priority
from .._rate_limit import RateLimit
from .._window import Window
from ._trade import Kind, Reply, Report, Status, Terms, Trade

FLOOR = 0.02  # seconds between two trades for a batch, so that permits come in handfuls
JUMP = 0.1  # seconds by which the store's clock may be ahead of ours without being suspected
INTERACTIVE_LATER, LATER = 0.1, 2.0  # seconds after which to ask again at the latest: somebody may give permits back
CAREFUL = 0.9  # of the limit, for all together, while the store is away
_FIRST_RETRY, _LONGEST_RETRY = 0.1, 1.0  # seconds between two tries to reach the store
_LOCAL_RETRY = 1 / 2  # of a window: when the store is back, all are back within the window for which it holds them


@dataclass(slots=True)
class _Return:
    """A permit that came back, by instants."""

    kind: Kind
    priority: Priority
    sent_at: float
    at: float
    retry_after: float | None

    def told(self, now: float) -> Report:
        ago = max(0.0, now - self.at)
        return Report(self.kind, self.priority, max(ago, now - self.sent_at), ago, self.retry_after)


class Share:
    """What one process has, and when it trades.

    Attributes:
        terms: What all go by.
        name: What this process is called.
        generation: The lease; a permit of an earlier one is nobody's.
        in_use: Permits that were handed out and have not come back.
        down_since: When the store was found to be away; None while it is there.
        local: The permits that we may use while it is away; None while it is there, and until its leases are over.
        last: The last reply.
        trades: Trades that were replied to.
        failures: Trades that weren't.
        failures_in_a_row: Of those, the ones since the last reply.
        lost: How often our lease was over.
        alarms: How often the store's clock jumped, or another server took over.
    """

    def __init__(self, terms: Terms, name: str, generation: int = 0, *, degrade: bool = True) -> None:
        self.terms: Terms = terms
        self.name: str = name
        self.generation: int = generation
        self.in_use: int = 0
        self.down_since: float | None = None
        self.local: Window | None = None
        self.last: Reply = Reply(Status.DONE, level=float(terms.limit))
        self.trades: int = 0
        self.failures: int = 0
        self.failures_in_a_row: int = 0
        self.lost: int = 0
        self.alarms: int = 0
        self._degrade = degrade
        self._turn = 0
        self._alarm = False
        self._returns: list[_Return] = []
        self._telling: list[_Return] = []
        self._prompt = False
        self._asked_at = self._heard_at = -math.inf
        self._again_at = [-math.inf, -math.inf]
        self._retry_after = 0.0
        self._seen_at = [-math.inf, -math.inf]

    @property
    def lease_until(self) -> float:
        """When our lease is over; we count from before we asked."""
        return self._heard_at + self.terms.ttl

    def idle(self, now: float) -> bool:
        """Whether no permit is out, and there is nothing to tell."""
        return not (self.in_use or self._returns or (self.local is not None and self.local.used(now)))

    @property
    def lazy(self) -> float:
        """Seconds for which an answer may wait to be told."""
        return min(self.terms.ttl / 3, self.terms.per / 4)

    def seen(self, now: float, *, page: bool) -> None:
        """An interactive operation asked for a permit; `page`: for a page of a list."""
        self._seen_at[page] = now

    def came_back(self, kind: Kind, priority: Priority, generation: int, sent_at: float, at: float,
                  retry_after: float | None) -> None:  # fmt: skip
        """A permit came back at `at`."""
        if generation != self.generation:
            return
        if self.local is not None:
            self._came_back_here(self.local, kind, priority, sent_at, at, retry_after)
            return
        self.in_use -= 1
        self._returns.append(_Return(kind, priority, sent_at, at, retry_after))
        self._prompt = self._prompt or kind in (Kind.REFUSED, Kind.UNSENT)

    def due(self, now: float, interactive: int, batch: int) -> float:
        """The instant of the next trade.

        Args:
            now: The instant.
            interactive: How many interactive operations wait.
            batch: How many of batches.
        """
        if self.down_since is not None:
            return self._again_at[0] if interactive or batch or not self.idle(now) else math.inf
        due = math.inf
        if interactive:
            due = self._again_at[Priority.INTERACTIVE]
        if batch:
            due = min(due, max(self._again_at[Priority.BATCH], self._asked_at + FLOOR))
        if self._prompt or self._alarm:
            due = min(due, self._asked_at + FLOOR)
        if self.in_use or self._returns:
            due = min(due, self._asked_at + self.lazy)
        return due

    def trade(self, now: float, interactive: int, batch: int) -> Trade:
        """What to say now."""
        self._turn += 1
        self._telling, self._returns = self._telling + self._returns, []
        self._prompt = False
        heard_lately = now - self._heard_at <= self.terms.memory  # nothing older matters, and a ledger may be forgotten
        trade = Trade(
            self.name,
            self._turn,
            self.last.epoch if heard_lately else "",
            self.in_use,
            0,
            interactive,
            batch,
            self._ago(now, self._seen_at[False]),
            self._ago(now, self._seen_at[True]),
            self._alarm,
            tuple(each.told(now) for each in self._telling),
        )
        self._asked_at = now
        return trade if self.local is None else self._confess(trade, self.local, now)

    def replied(self, reply: Reply, now: float) -> tuple[int, int]:
        """Take in a reply; how many permits it brings, for interactive operations and for batches."""
        self.trades += 1
        self.down_since, self._retry_after, self.failures_in_a_row = None, 0.0, 0
        if reply.status is not Status.DONE:
            if reply.status is Status.LOST:
                self.lost += 1
                self._lose()
            self._again_at = [now, now]
            return 0, 0
        if self.local is not None:
            self.in_use, self.local = self.local.in_flight, None
        self._telling = []
        jumped = self._jumped(reply, now)
        self._alarm = jumped
        self.last, self._heard_at = reply, self._asked_at
        self._again_at = [
            now + (0.0 if wait < 0 else min(max(wait, FLOOR), latest, self.terms.per / 4))
            for wait, latest in ((reply.interactive_wait, INTERACTIVE_LATER), (reply.batch_wait, LATER))
        ]
        if jumped:  # what it granted may be in use; left alone, it cools
            self.alarms += 1
            return 0, 0
        if now >= self.lease_until:
            self._lose()
            return 0, 0
        self.in_use += reply.interactive + reply.batch
        return reply.interactive, reply.batch

    def failed(self, now: float) -> None:
        """There was no reply."""
        self.failures += 1
        self.failures_in_a_row += 1
        if self.down_since is None:
            self.down_since = now
        self._returns, self._telling = self._telling + self._returns, []
        if self._degrade and self.local is None and now >= self.local_from:
            few = int(CAREFUL * self.terms.limit / max(1, self.last.holders))
            self.local = Window(RateLimit(few, self.terms.per)) if few else None
        self._again_at = [now + (self._retry_after if self.local is None else _LOCAL_RETRY * self.terms.per)] * 2
        self._retry_after = min(_LONGEST_RETRY, max(_FIRST_RETRY, self._retry_after * 2))

    def expire(self, now: float) -> None:
        """See whether our lease is over."""
        if self.local is None and (self.in_use or self._returns) and now >= self.lease_until:
            self._lose()

    @property
    def local_from(self) -> float:
        """When whatever anybody did under a lease of the store's is counted no more, should it stay away."""
        if self.down_since is None or self._heard_at == -math.inf:
            return math.inf
        return self.down_since + self.terms.memory

    def took_over(self) -> None:
        """Another server has taken over, which may have missed what the last one knew."""
        self._alarm = True

    def _ago(self, now: float, seen_at: float) -> float:
        return now - seen_at if seen_at > self._heard_at else math.inf

    def _lose(self) -> None:
        self.generation += 1
        self.in_use = 0
        self._returns, self._telling, self._prompt = [], [], False

    def _jumped(self, reply: Reply, now: float) -> bool:
        """Whether the store's clock went on by more than ours, between the last two replies."""
        ours = now - self._heard_at
        return reply.epoch == self.last.epoch and ours <= self.terms.memory and reply.now - self.last.now > ours + JUMP

    @staticmethod
    def _came_back_here(window: Window, kind: Kind, priority: Priority, sent_at: float, at: float,
                        retry_after: float | None) -> None:  # fmt: skip
        if kind is Kind.UNSENT:
            window.give_back(sent_at)
        elif kind is Kind.REFUSED:
            window.refused(at, sent_at, priority, retry_after)
        else:
            window.answered(at, sent_at, priority, admitted=kind is Kind.ANSWERED)

    def _confess(self, trade: Trade, local: Window, now: float) -> Trade:
        """Tell what was used while the store was away, by how long ago it was; others have yet to."""
        used = local.used(now)
        reports = []
        for each in local.cooling:
            ago = max(0.0, now - (each.free_at - self.terms.per))
            priority = Priority.BATCH if each.batch else Priority.INTERACTIVE
            reports.append(Report(Kind.GIVEN_UP, priority, ago, ago))
        return trade._replace(in_use=local.in_flight, adopted=used, alarm=True, reports=tuple(reports))
