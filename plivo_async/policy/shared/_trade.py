"""What a process and the store of a shared budget say to each other: one trade, one reply.

All lengths of time are seconds; what happened is told by how long ago it was, never by an instant, for no two clocks
agree. All instants in a reply are the store's.
"""

import math
from enum import Enum, IntEnum
from typing import NamedTuple

from .._queue import Priority

PROTOCOL = 1
"""The version of these messages and of what the store keeps."""


class Kind(Enum):
    """What became of a permit."""

    ANSWERED = "a"
    GIVEN_UP = "g"
    REFUSED = "r"
    UNSENT = "u"


class Report(NamedTuple):
    """What became of one permit.

    Attributes:
        kind: What.
        priority: Whose it was.
        sent_ago: How long ago it was taken.
        ago: How long ago it came back, not more than `sent_ago`.
        retry_after: How long a 429 asked everybody to wait; None if it didn't.
    """

    kind: Kind
    priority: Priority
    sent_ago: float
    ago: float
    retry_after: float | None = None


class Terms(NamedTuple):
    """What all who share a budget go by.

    Attributes:
        limit: Permits.
        per: How long after its answer a permit is free again.
        ttl: How long a lease lasts; its holder counts from before it asked.
        grace: The longest that an attempt may still be counted by the server after the lease of its holder ended.
        reserve: Permits that batches always leave alone; None for what the policy says.
    """

    limit: int
    per: float
    ttl: float = 3.0
    grace: float = 10.0
    reserve: int | None = None

    @property
    def memory(self) -> float:
        """How long anything that a holder did may matter after it was last heard of."""
        return self.per + self.ttl + self.grace


class Trade(NamedTuple):
    """What a holder says and asks for.

    Attributes:
        holder: Who.
        turn: Counts the trades of this holder: one that comes late, after its successor, is ignored.
        epoch: The ledger that it traded with lately; empty if none.
        in_use: Permits that it has, those not counted of which `reports` tell.
        adopted: Permits that it used without a grant, while the store was away; they are in `in_use` or in `reports`.
        interactive: How many interactive operations wait.
        batch: How many of batches.
        visit_ago: How long ago an interactive operation asked for a permit; infinite for not since the last trade.
        page_ago: The same of a page of a list.
        alarm: The store's clock jumped, or another server has taken over: for a window nobody gets anything.
        reports: What became of permits, in order of time; the first ones may have been told before, in vain or not.
    """

    holder: str
    turn: int
    epoch: str = ""
    in_use: int = 0
    adopted: int = 0
    interactive: int = 0
    batch: int = 0
    visit_ago: float = math.inf
    page_ago: float = math.inf
    alarm: bool = False
    reports: tuple[Report, ...] = ()


class Status(IntEnum):
    """How a trade went."""

    DONE = 0
    LOST = 1
    """The store knows less of the holder's permits than the holder: its lease is over. It has none any more."""
    LATE = 2
    """A later trade of the same holder came first. Nothing was done."""
    DIFFERENT = 3
    """Others share this budget on other terms. Nothing was done."""
    NEWER = 4
    """The store is kept by a newer version of the protocol. Nothing was done."""


class Reply(NamedTuple):
    """What the store says.

    Attributes:
        status: How it went.
        epoch: The ledger; another one than before if the store lost its memory.
        now: The store's clock.
        interactive: Permits granted to interactive operations.
        batch: Permits granted to batches.
        interactive_wait: How long until there may be more for interactive operations, unless somebody gives a permit
            back unused; negative if they have all they wanted.
        batch_wait: The same of batches.
        holders: How many take part, this one included.
        level: How many permits may be in use, as far as has been learnt.
        held: Permits that holders have.
        cooling: Permits that the server may still count.
        hold: For how long nobody may send; 0 if nothing bars.
        doubtful: For how long nothing but 429s has come; 0 for not.
        terms: The limit and window of this budget, as words, where the holder's are different.
    """

    status: Status
    epoch: str = ""
    now: float = 0.0
    interactive: int = 0
    batch: int = 0
    interactive_wait: float = -1.0
    batch_wait: float = -1.0
    holders: int = 1
    level: float = 0.0
    held: int = 0
    cooling: int = 0
    hold: float = 0.0
    doubtful: float = 0.0
    terms: str = ""
