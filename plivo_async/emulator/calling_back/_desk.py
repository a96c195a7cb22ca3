"""Which callback goes when. Pure: `now` is in seconds since the emulator started.

Those of one call or conference to one address form a line. The next of a line goes when the first try of the one before
is over, or has taken `PATIENCE` seconds: so callbacks arrive in order where the receiver is quick, and are not held up
by one that is not. (Plivo promises no order at all.) Of all lines together a bounded number is in flight.
"""

from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Literal

from ..world._callbacks import Reply
from ._deliveries import Delivery

PATIENCE = 1.0
"""Seconds that the next of a line waits for the one before."""

AT_ONCE = 32
"""So many are in flight at the same time, at most."""

Lane = tuple[str, str]


@dataclass(slots=True, eq=False, kw_only=True)
class Posting:
    """One delivery that is yet to be made."""

    delivery: Delivery
    lane: Lane
    reply: Reply | None = None
    """What its answer is for."""
    stage: Literal["waits", "in line", "sent"] = "waits"


class Desk:
    """All that is yet to be sent."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Posting]] = []
        self._numbers = count()
        self._lanes: dict[Lane, tuple[Posting, deque[Posting]]] = {}
        self._ready: deque[Posting] = deque()
        self._overtaken: dict[Lane, list[Posting]] = {}
        self.waiting = 0
        """How many are yet to be sent."""
        self.in_flight = 0
        """How many are being sent."""

    @property
    def idle(self) -> bool:
        """Nothing is to be sent, and nothing in flight."""
        return not self.waiting and not self.in_flight

    def put(self, posting: Posting) -> None:
        """Send one at its `due_at`; one that is to be overtaken, as soon as another one of its line has been sent."""
        self.waiting += 1
        if "shuffled" in posting.delivery.mishaps:
            self._overtaken.setdefault(posting.lane, []).append(posting)
        heappush(self._due, (posting.delivery.due_at, next(self._numbers), posting))

    def next_due(self, now: float) -> float | None:
        """When there is something to do next; None: nothing, until something else happens."""
        if self._ready and self.in_flight < AT_ONCE:
            return now
        return self._due[0][0] if self._due else None

    def take(self, now: float) -> Posting | None:
        """The next one that may be sent now; None for none. It is in flight then, until it has `landed`."""
        while self._due and self._due[0][0] <= now:
            posting = heappop(self._due)[2]
            if posting.stage == "sent":
                self.passed(posting)
            elif posting.stage == "waits":
                self._line_up(posting)
        if not self._ready or self.in_flight >= AT_ONCE:
            return None
        posting = self._ready.popleft()
        posting.stage = "sent"
        self.waiting -= 1
        self.in_flight += 1
        heappush(self._due, (now + PATIENCE, next(self._numbers), posting))
        return posting

    def _line_up(self, posting: Posting) -> None:
        if "shuffled" in posting.delivery.mishaps:
            waiting = self._overtaken[posting.lane]
            waiting.remove(posting)
            if not waiting:
                del self._overtaken[posting.lane]
        posting.stage = "in line"
        if posting.lane in self._lanes:
            self._lanes[posting.lane][1].append(posting)
        else:
            self._lanes[posting.lane] = (posting, deque())
            self._ready.append(posting)

    def passed(self, posting: Posting) -> None:
        """The first try of one is over, or it has held up the others for long enough: the next of its line may go."""
        if self._lanes.get(posting.lane, (None,))[0] is not posting:
            return
        behind = self._lanes.pop(posting.lane)[1]
        for other in self._overtaken_by(posting):
            other.stage = "in line"
            behind.appendleft(other)
        if behind:
            following = behind.popleft()
            self._lanes[posting.lane] = (following, behind)
            self._ready.append(following)

    def _overtaken_by(self, posting: Posting) -> list[Posting]:
        """Those that waited for a later one than they are themselves, and this is it."""
        waiting = self._overtaken.pop(posting.lane, [])
        if rest := [one for one in waiting if one.delivery.number > posting.delivery.number]:
            self._overtaken[posting.lane] = rest
        return [one for one in waiting if one.delivery.number < posting.delivery.number]

    def landed(self, posting: Posting) -> None:
        """One is over."""
        self.passed(posting)
        self.in_flight -= 1
