"""What has been learnt about an account's limit, and how evenly a batch is sent.

These rules only ever delay; the promise (never more than the limit in any window) is kept by who counts the permits:
the `Window` of one process, and the ledger that many processes share. Both hand in what they count and obey the answer.

Three ideas. A *level*, how many permits may be in use, is learnt from 429s and grows back along a fourth power of time.
A batch is sent *evenly*, not in bursts, while the level is below the limit or something interactive was seen lately:
then a permit comes back every few milliseconds, and whoever is first in line waits for that and not for a window. A few
permits are *kept* from batches. A batch alone at full level bursts, and pays nothing. A page of a list is seen only
beside a batch: a script that lists and then starts is no reason to slow its own batch down.

The cut is in proportion, less below half of the limit: who has more gives more, and all grow alike, so that those who
are refused together come to equal shares. A 429 after a long calm halves: somebody new is here.

*In use* are the permits in flight and those that cool after an answer that admitted their request; one that was refused
cools as well, but says nothing about what the account takes.

All instants are in one unit, that of `per`; any unit will do.
"""

import math

KEPT = 1 / 60  # of the limit, 5 at Plivo's: kept from batches while something interactive was seen lately
LATELY = 12  # windows
CUT = 1 / 10  # of the level, for each 429 that is news; less below half of the limit
FULL = 6  # windows from nothing to the limit
CALM = 12  # windows without a 429, after which one says that somebody new is here
CATCH_UP = 3  # even sends that may be made up for after a late wake-up
FIRST_PAUSE, LONGEST_PAUSE = 1 / 50, 1 / 5  # of a window, after a 429; doubled while the probes are refused as well
PATIENCE = 24  # windows in which nothing but 429s may come before they count as failures of the requests

_ROUNDING = 1e-9  # permits


class Pace:
    """What is known of one account, as numbers.

    Attributes:
        limit: The most that may ever be in use.
        per: The length of a window.
        reserve: Permits kept from batches always; None keeps a sixtieth while something interactive was seen lately.
        start: The level at `since`, from where it grows.
        since: The last 429 that was news, or the end of the wait that it asked for.
        told: The level at which we were last refused: interactive operations may use so much.
        learning: Whether the last 429 told how much there is: we had taken all that we could get.
        hold_since: The last 429 that was news.
        hold_until: Nobody sends before.
        pause: Between two probes.
        doubt: Whether nothing that was sent after the last news has been admitted yet: one probe at a time goes to see.
        doubt_since: When that began.
        probed_at: When the probe that is under way was sent; None without one.
        seen_at: The last time something interactive asked for a permit.
        lacked_at: The last time there was no permit left.
        batch_at: The last time a batch took a permit.
        next_batch: The next even send.
    """

    __slots__ = (
        "batch_at",
        "doubt",
        "doubt_since",
        "hold_since",
        "hold_until",
        "lacked_at",
        "learning",
        "limit",
        "next_batch",
        "pause",
        "per",
        "probed_at",
        "reserve",
        "seen_at",
        "since",
        "start",
        "told",
    )

    def __init__(self, limit: int, per: float, reserve: int | None = None) -> None:
        self.limit: int = limit
        self.per: float = per
        self.reserve: int | None = reserve
        self.start: float = float(limit)
        self.told: float = float(limit)
        self.since: float = -math.inf
        self.hold_since: float = -math.inf
        self.hold_until: float = -math.inf
        self.doubt_since: float = -math.inf
        self.seen_at: float = -math.inf
        self.lacked_at: float = -math.inf
        self.batch_at: float = -math.inf
        self.next_batch: float = -math.inf
        self.pause: float = 0.0
        self.doubt: bool = False
        self.learning: bool = False
        self.probed_at: float | None = None

    def level(self, now: float) -> float:
        """How many permits may be in use, as far as is known."""
        windows = max(0.0, (now - self.since) / self.per) / FULL
        squared = windows * windows  # products and roots are the same to the last bit in every language
        return min(float(self.limit), self.start + self.limit * (squared * squared))

    def kept(self, now: float) -> int:
        """How many permits a batch leaves alone."""
        if self.reserve is not None:
            most = self.reserve
        elif now - self.seen_at <= LATELY * self.per:
            most = math.ceil(self.limit * KEPT)
        else:
            return 0
        return min(most, int(self.level(now) / 2))

    def even(self, now: float) -> bool:
        """Whether a batch is sent evenly."""
        return self.level(now) < self.limit or now - self.seen_at <= LATELY * self.per

    def asked(self, now: float, *, page: bool = False) -> None:
        """Something interactive wants a permit; `page`: it is for a page of a list."""
        if not page or now - self.batch_at <= self.per:
            self.seen_at = now

    def lacked(self, now: float) -> None:
        """There is no permit left."""
        self.lacked_at = now

    def barred_until(self, now: float) -> float | None:
        """Until when nobody may send: the hold after a 429, then the pause between two probes; None if nothing bars."""
        if now < self.hold_until:
            return self.hold_until
        if self.doubt and self.probed_at is not None and now < self.probed_at + self.pause:
            return self.probed_at + self.pause
        return None

    def ask_again(self, now: float, in_use: int, soonest: float = math.inf, *, batch: bool) -> float | None:
        """Whether one more may be taken, where nothing bars it.

        Args:
            now: The instant.
            in_use: Permits in use.
            soonest: When the first of them is free; `math.inf` if that isn't known.
            batch: Who asks.

        Returns:
            None if it may; else the instant at which to ask again.
        """
        need = in_use + 1 + (self.kept(now) if batch else 0)
        most = self.level(now) if batch else max(self.level(now), self.told)
        if need > most + _ROUNDING:
            if not batch:
                self.lacked_at = now
            return min(soonest, self._reaches(need))
        if batch and not self.doubt and now < self.next_batch and self.even(now):
            return self.next_batch
        return None

    def took(self, now: float, visits: int, *, batch: bool) -> None:
        """One was taken, with `visits` cooling that were interactive operations'."""
        if batch:
            self.batch_at = now
        if self.doubt:
            self.probed_at = now
        elif batch and self.even(now):
            gap = self.gap(now, visits)
            self.next_batch = max(self.next_batch, now - CATCH_UP * gap) + gap

    def gap(self, now: float, visits: int) -> float:
        """Between two even sends."""
        return self.per / max(1.0, self.level(now) - self.kept(now) - visits)

    def unsent(self, taken_at: float) -> None:
        """The permit that was taken at `taken_at` came back without its request having been sent."""
        if taken_at == self.probed_at:
            self.probed_at = None

    def answered(self, sent_at: float, *, admitted: bool) -> None:
        """A request came back, or was given up.

        Args:
            sent_at: When its permit was taken.
            admitted: Whether there was an answer, so that the server did admit it.
        """
        self.unsent(sent_at)
        if not admitted:
            return
        if sent_at > self.hold_since:
            self.doubt, self.pause = False, 0.0
        elif self.learning:  # sent before the 429 and admitted all the same: there was room for one more
            self.start, self.told = min(self.start + 1, self.limit), min(self.told + 1, self.limit)

    def refused(self, now: float, sent_at: float, admitted: int, retry_after: float | None, *, batch: bool) -> None:
        """A request was answered 429.

        Args:
            now: The instant of the answer.
            sent_at: When its permit was taken.
            admitted: How many were admitted in the last window.
            retry_after: How long the answer asked everybody to wait; None if it didn't.
            batch: Whose request it was.
        """
        if sent_at > self.hold_since:  # not the same news again, from a request sent before we had heard it
            self._learn(now, admitted, batch=batch)
            self.pause = min(self.per * LONGEST_PAUSE, max(self.per * FIRST_PAUSE, self.pause * 2))
            if not self.doubt:
                self.doubt, self.doubt_since = True, now
            self.hold_since, self.probed_at = now, None
            self.hold_until = max(self.hold_until, now + self.pause)
        if retry_after is not None:
            self.hold_until = max(self.hold_until, now + retry_after)
            self.since = max(self.since, self.hold_until)  # time in which nothing is sent proves nothing

    def learns(self, now: float) -> bool:
        """Whether a 429 tells of the account, not of its request: until nothing else has come for 24 windows."""
        return not self.doubt or now - self.doubt_since <= PATIENCE * self.per

    def may_reach(self, need: int, now: float) -> float:
        """The earliest instant at which so many may be in use by interactive operations, whatever comes."""
        return now if need <= max(self.level(now), self.told) + _ROUNDING else self._reaches(need)

    def _learn(self, now: float, admitted: int, *, batch: bool) -> None:
        level = max(self.level(now), self.told)
        self.learning = batch or now - self.lacked_at <= self.per
        if self.learning:  # we took all that we could get, so what was admitted is what there is
            level = max(1.0, min(level, admitted))
        if now - self.since > CALM * self.per:
            start = level / 2
        else:
            start = level - max(1.0, level * CUT * min(1.0, 2 * level / self.limit))
        self.told, self.start, self.since = level, max(1.0, start), now

    def _reaches(self, need: float) -> float:
        """The instant at which the level will be `need`; `math.inf` if never."""
        if need > self.limit:
            return math.inf
        windows = FULL * math.sqrt(math.sqrt(max(0.0, need - self.start) / self.limit))
        return self.since + self.per * windows + self.per / 1e6  # beyond what rounding may take
