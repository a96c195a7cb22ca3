"""What is known of conferences, participants and calls: news goes in, in any order, and facts come out. Pure.

Only what can't be taken back is kept as a fact: a conference goes from Initialized to Active to Ended and never back, a
participant who left stays away (who comes back is another one), a call that ended is over. So news that comes late,
twice or out of order changes nothing that is known. What is mute or on hold now is not kept.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from ...policy import CallOutcome, ended_as
from ._news import JOINED, LEFT, STATUS, News, Source

_ORDER = ("Initialized", "Active", "Ended")
_BEGINNING = datetime.min.replace(tzinfo=UTC)

CONFERENCES: Final = 10_000
"""How many conferences are remembered; those that were heard of longest ago are forgotten first."""
CALLS: Final = 100_000
"""How many calls, in the same way."""
ENTRIES: Final = 1_000
"""How much is remembered of one conference."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is so.

    Attributes:
        at: When it came to be so, on Plivo's clock; None if that isn't known.
        heard_at: The instant at which it was heard, on our clock.
        told_by: Whether a callback told it, or a look showed it.
    """

    at: datetime | None
    heard_at: float
    told_by: Source


@dataclass(slots=True, eq=False)
class ConferenceNews:
    """What is known of one conference.

    Attributes:
        mpc_uuid: Its UUID.
        mpc_name: Its friendly name; None if nothing has told it.
        reached: Which statuses it had, and how that is known.
        left: Which members have left.
        news: What was told of it, as it came.
        keys: What tells those apart.
        forgotten: How many older ones were dropped.
        latest: The latest of Plivo's times in it.
        heard_at: The instant, on our clock, at which anything was heard of it last.
    """

    mpc_uuid: str
    mpc_name: str | None = None
    reached: dict[str, Fact] = field(default_factory=dict)
    left: dict[str, Fact] = field(default_factory=dict)
    news: deque[News] = field(default_factory=deque)
    keys: set[object] = field(default_factory=set)
    forgotten: int = 0
    latest: datetime = _BEGINNING
    heard_at: float = float("-inf")

    @property
    def status(self) -> str | None:
        """The last of the statuses that it is known to have had."""
        return max(self.reached, key=_ORDER.index, default=None)

    def take(self, one: News, now: float) -> bool:
        """Learn one thing; false if it was told before."""
        self.mpc_name = self.mpc_name if one.mpc_name is None else one.mpc_name
        self.latest, self.heard_at = max(self.latest, one.at or _BEGINNING), now
        if one.what in STATUS:
            self._reach(STATUS[one.what], one, now)
        if one.what == LEFT and one.member_id is not None:
            self.left.setdefault(one.member_id, Fact(one.at, now, one.told_by))
        key = _told(one)
        if new := key not in self.keys:
            self.news.append(one)
            self.keys.add(key)
        if len(self.news) > ENTRIES:
            self.keys.discard(_told(self.news.popleft()))
            self.forgotten += 1
        return new

    def _reach(self, status: str, one: News, now: float) -> None:
        """A look at what it still is makes that fresh; what it was before stays as old as it is."""
        before = self.reached.get(status)
        if before is None:
            self.reached[status] = Fact(one.at, now, one.told_by)
        elif status == self.status:
            self.reached[status] = replace(before, heard_at=now)


@dataclass(frozen=True, slots=True)
class LegNews:
    """What is known of one call.

    Attributes:
        outcome: How it ended, or that it was answered; None while nothing is certain.
        final: Whether it is over; an answer comes before the end.
        told: The news that told it; the first that was heard of the call while there is none.
        heard_at: The instant at which the last was heard.
        inferred: Whether the outcome follows from something else than the call's own status: that they joined.
    """

    outcome: CallOutcome | None
    final: bool
    told: News
    heard_at: float
    inferred: bool = False


class Memory:
    """What is known, with a bound.

    Attributes:
        heard_at: The instant at which a callback came last.
    """

    def __init__(self) -> None:
        self.heard_at: float = float("-inf")
        self._conferences: OrderedDict[str, ConferenceNews] = OrderedDict()
        self._names: dict[str, str] = {}
        self._legs: OrderedDict[str, LegNews] = OrderedDict()

    def take(self, one: News, now: float) -> bool:
        """Learn one thing; false if it was told before."""
        if one.told_by == "callback":
            self.heard_at = now
        new = self._take_leg(one, now)
        if one.mpc_uuid is None:
            return new
        known = self._conferences.setdefault(one.mpc_uuid, ConferenceNews(one.mpc_uuid))
        self._conferences.move_to_end(one.mpc_uuid)
        new = known.take(one, now)
        self._name(known)
        while len(self._conferences) > CONFERENCES:
            self._forget(self._conferences.popitem(last=False)[1])
        return new

    def conference(self, mpc_uuid: str | None, mpc_name: str | None) -> ConferenceNews | None:
        """What is known of a conference; by name of the one that had it last."""
        uuid = mpc_uuid if mpc_uuid is not None else self._names.get(mpc_name or "")
        return None if uuid is None else self._conferences.get(uuid)

    def leg(self, call_uuid: str) -> LegNews | None:
        """What is known of a call."""
        return self._legs.get(call_uuid)

    def _name(self, known: ConferenceNews) -> None:
        """By its name a conference is found that was heard of later than any other, on Plivo's clock."""
        if known.mpc_name is None:
            return
        other = self._conferences.get(self._names.get(known.mpc_name, ""))
        if other is None or other.latest <= known.latest:
            self._names[known.mpc_name] = known.mpc_uuid

    def _forget(self, known: ConferenceNews) -> None:
        if known.mpc_name is not None and self._names.get(known.mpc_name) == known.mpc_uuid:
            del self._names[known.mpc_name]

    def _take_leg(self, one: News, now: float) -> bool:
        """Of a request that made one call the answer may name no call: it is found by either."""
        new = False
        for uuid in {one.call_uuid, one.request_uuid} - {None}:
            before = self._legs.get(uuid or "")
            after = leg_after(before, one, now)
            self._legs[uuid or ""] = after
            self._legs.move_to_end(uuid or "")
            new = new or before is None or (after.outcome, after.final) != (before.outcome, before.final)
        while len(self._legs) > CALLS:
            self._legs.popitem(last=False)
        return new


def leg_after(before: LegNews | None, one: News, now: float) -> LegNews:
    """What is known of a call, one thing later. An end stays; an answer stays but for its end."""
    if before is not None and before.final:
        return before
    if one.ending is not None:
        picked_up = before is not None and before.outcome is CallOutcome.ANSWERED
        outcome = ended_as(replace(one.ending, answered=one.ending.answered or picked_up))
        if outcome is CallOutcome.UNKNOWN:  # its record may tell
            return LegNews(None, False, one, now)
        return LegNews(outcome, True, one, now)
    if one.what in (JOINED, LEFT):
        if before is not None and before.outcome is not None:
            return before
        return LegNews(CallOutcome.ANSWERED, False, one, now, inferred=True)
    if one.call_status == "in-progress":
        return LegNews(CallOutcome.ANSWERED, False, one, now)
    return before if before is not None else LegNews(None, False, one, now)


def _told(one: News) -> object:
    """Looks repeat what they have shown; what a callback tells as well is another telling."""
    return one.key if one.told_by == "callback" else (one.what, one.member_id)
