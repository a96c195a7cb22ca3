"""One thread of the process that trades with the store, for the tasks of all event loops.

Loops and the thread share no lock: what loops have to say goes into queues whose `append` can't be interrupted, so that
even the garbage collector may return a permit, at any moment and in any thread. Nothing runs while nobody waits and no
permit is out: the thread ends, and the next one who wants a permit starts it.
"""

import logging
import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable

from ..._errors import SharedBudgetError
from ...policy import Priority
from ...policy.shared import Kind, Reply, Share, Status, Terms
from ._line import Line
from ._store import Store, StoreAway
from ._ticket import SharedPermit, Ticket, wake_all

_log = logging.getLogger("plivo_async")
_LINGER = 5.0  # seconds for which the thread waits for more before it ends


class Broker:
    """Trades with the store for one account.

    Attributes:
        share: What this process has.
        store: Where the permits are.
    """

    def __init__(
        self,
        store: Store,
        terms: Terms,
        name: Callable[[], str],
        *,
        degrade: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store, self.clock = store, clock
        self._terms, self._name, self._degrade = terms, name, degrade
        self._look_after: Callable[[], None] = _nothing
        self._stopped = False
        self.share = Share(terms, name(), degrade=degrade)
        self._start_anew()

    def look_after(self, permits: Callable[[], None]) -> None:
        """Have the thread see now and then whether whoever has permits is still there."""
        self._look_after = permits

    # ---- from any event loop and thread, and from the garbage collector ----

    def ask(self, ticket: Ticket) -> None:
        """Line up."""
        self._asked.append(ticket)
        if self._thread is None:
            self._start()
        elif ticket.priority is not Priority.BATCH or not self._will_look:
            self._wake.put(None)

    def leave(self, ticket: Ticket) -> bool:
        """Wait no longer; False if the ticket was settled already."""
        if not ticket.claim():
            return False
        self._gone.append(ticket)
        return True

    def came_back(self, permit: SharedPermit, kind: Kind, retry_after: float | None = None) -> None:
        """Return a permit."""
        self._back.append((permit, kind, self.clock(), retry_after))
        if kind in (Kind.REFUSED, Kind.UNSENT) or self.share.local is not None:
            self._wake.put(None)

    def earliest(self, priority: Priority) -> float:
        """The earliest instant at which there can be a permit, as far as the store has told."""
        return self._earliest[priority]

    def close(self, timeout: float = 1.0) -> None:
        """Tell the store what there is to tell, and end the thread."""
        thread = self._thread
        self._closing = True
        self._wake.put(None)
        if thread is not None:
            thread.join(timeout)

    # ---- around a fork: no connection is to be in the middle of a trade ----

    def before_fork(self) -> None:
        """Wait until no trade is under way, but not for long."""
        self._stopped = self._trading.acquire(timeout=2.0)

    def after_fork_in_parent(self) -> None:
        """Go on."""
        if self._stopped:
            self._trading.release()

    def after_fork_in_child(self) -> None:
        """Become a holder of one's own: what the parent holds is the parent's."""
        self.store.abandon()
        self.share = Share(self._terms, self._name(), self.share.generation + 1, degrade=self._degrade)
        self._start_anew()

    # ---- the thread ----

    def _start_anew(self) -> None:
        self._asked: deque[Ticket] = deque()
        self._gone: deque[Ticket] = deque()
        self._back: deque[tuple[SharedPermit, Kind, float, float | None]] = deque()
        self._wake: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._line = Line()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._trading = threading.Lock()
        self._opened = self._warned = self._closing = self._will_look = False
        self._earliest = (-math.inf, -math.inf)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="plivo-async budget", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        busy_at = self.clock()
        while True:
            self._hear()
            now = self.clock()
            due = self._act(now)
            if self._line or not self.share.idle(now):
                busy_at = now
            if self._closing or (due == math.inf and now >= busy_at + _LINGER):
                if self._end():
                    return
            elif due > now:
                self._sleep(min(due - now, _LINGER))

    def _hear(self) -> None:
        """Take in what the loops have said."""
        while self._asked:
            ticket = self._asked.popleft()
            if ticket.priority is Priority.INTERACTIVE:
                self.share.seen(self.clock(), page=ticket.page)
            if ticket.priority is not None or not self.share.trades:
                self._line.push(ticket)
            elif ticket.claim():
                wake_all([ticket])
        while self._gone:
            self._line.remove(self._gone.popleft())
        while self._back:
            permit, kind, at, retry_after = self._back.popleft()
            self.share.came_back(kind, permit.priority, permit.generation, permit.granted_at, at, retry_after)

    def _act(self, now: float) -> float:
        """Do what is due; the instant of the next thing to do."""
        share, line = self.share, self._line
        share.expire(now)
        due = share.due(now, line.ahead(Priority.INTERACTIVE), line.ahead(Priority.BATCH))
        if due <= now or line.checks:
            if share.in_use:
                self._look_after()
            self._trade()
            return now
        if share.local is not None:
            due = min(due, line.hand_out_here(share, share.local, now))
        return due

    def _trade(self) -> None:
        with self._trading:
            line = self._line
            try:
                if not self._opened and self.store.open():
                    self.share.took_over()
                self._opened = True
                trade = self.share.trade(self.clock(), line.ahead(Priority.INTERACTIVE), line.ahead(Priority.BATCH))
                reply = self.store.trade(self._terms, trade)
            except (StoreAway, SharedBudgetError) as error:
                self._opened = False
                self._failed(error)
            else:
                self._replied(reply)

    def _replied(self, reply: Reply) -> None:
        now = self.clock()
        if reply.status in (Status.DIFFERENT, Status.NEWER):
            self._line.refuse(_sentence(reply, self._terms))
            return
        if self._warned:
            _log.warning("the store of the shared budget is back", extra={"plivo_event": "budget_store_back"})
            self._warned = False
        interactive, batch = self.share.replied(reply, now)
        self._line.pass_checks()
        self._line.hand_out(self.share, interactive, batch, now)
        self._earliest = (now + reply.interactive_wait, now + reply.batch_wait)
        self._line.send_away(now, self._earliest)

    def _failed(self, error: Exception) -> None:
        first = not self.share.trades
        self.share.failed(self.clock())
        if first:
            away = isinstance(error, StoreAway)
            self._line.refuse(f"the shared budget can't be used: {error}" if away else str(error))
        elif self.share.failures_in_a_row > 1 and not self._warned:
            self._warned = True
            _log.warning(
                "the store of the shared budget is away: %s", error, extra={"plivo_event": "budget_store_away"}
            )

    def _sleep(self, seconds: float) -> None:
        self._will_look = self._line.ahead(Priority.BATCH) > 0
        if self._asked:  # somebody came in between, and saw that we look
            return
        try:
            self._wake.get(timeout=seconds)
            while True:
                self._wake.get_nowait()
        except queue.Empty:
            pass

    def _end(self) -> bool:
        """End the thread, unless somebody has come."""
        with self._starting:
            if self._asked and not self._closing:
                return False
            if self._closing and self._opened and not self.share.idle(self.clock()):
                self._trade()
            self.store.close()
            self._opened, self._thread = False, None
            return True


def _nothing() -> None:
    """Nobody to look after."""


def _sentence(reply: Reply, terms: Terms) -> str:
    if reply.status is Status.NEWER:
        return "the shared budget is kept by a newer version of plivo-async; update this one"
    return (
        f"the shared budget of this account is {reply.terms} already, not {terms.limit} per {terms.per:g} s: "
        "all who share it need the same RateLimit; it can be changed when nobody has used it for a while"
    )
