"""What happened in a conference, in order: what was told and what was seen, once each. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from ..._public import public
from ...models._model import Model
from ...shown._printable import printable
from ...shown._privacy import masked
from ._news import News

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_WORDS = {
    "MPCInitialized": "waits: its first participant is there",
    "MPCStart": "is active",
    "MPCEnd": "is over",
    "ParticipantJoin": "joins",
    "ParticipantExit": "leaves",
    "ParticipantMute": "is muted",
    "ParticipantUnmute": "is no longer muted",
    "ParticipantHold": "is on hold",
    "ParticipantUnhold": "is off hold",
    "ParticipantCoachModeStart": "coaches",
    "ParticipantCoachModeStop": "no longer coaches",
    "ParticipantSpeakStart": "begins to speak",
    "ParticipantSpeakStop": "stops speaking",
    "ParticipantDigitInput": "presses a key",
    "AddParticipantByAPIActionInitiated": "a participant is being added",
    "AddParticipantByAPIActionCompleted": "adding a participant is done",
}


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry(Model):
    """One thing that happened in a conference."""

    what: str
    """The event, by Plivo's name for it (`ParticipantJoin`)."""
    at: datetime | None
    """When, in UTC, to a second, on Plivo's clock; None if it didn't say."""
    inferred: bool
    """Whether no callback told it: a look shows that it must have happened."""
    sequence: int | None = None
    """Its place among the conference's events, by Plivo's count; None without one."""
    member_id: str | None = None
    """The participant; None if it is about all."""
    call_uuid: str | None = None
    """Their phone call."""
    role: str | None = None
    """Theirs."""
    address: str | None = None
    """Their number or SIP URI, masked."""
    more: str = ""
    """What else there is to say, as the cause of an end."""

    def __str__(self) -> str:
        when = "??:??:??" if self.at is None else f"{self.at:%H:%M:%S}"
        who = ""
        if self.member_id is not None:
            address = f" {self.address}" if self.address else ""
            who = f"{self.role or 'participant'} {self.member_id}{address} "
        words = _WORDS.get(self.what, self.what)
        more = f": {self.more}" if self.more else ""
        return printable(f"{when}  {who}{words}{more}{'  (inferred)' if self.inferred else ''}")


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline(Model):
    """What happened in a conference, in the order of Plivo's own times and numbers, each once."""

    mpc_uuid: str | None
    """The conference; None if nothing is known of it."""
    mpc_name: str | None
    """Its friendly name."""
    status: str | None
    """`Initialized`, `Active` or `Ended`, as far as is known."""
    entries: tuple[TimelineEntry, ...]
    """What happened, the oldest first."""
    missing: tuple[int, ...]
    """Numbers of events that were never told, between the lowest and the highest that were. A look may have shown what
    they said; who speaks or presses a key it never shows. That Plivo numbers a conference's events one by one is
    unverified."""
    forgotten: int
    """How many older entries were left out for want of room."""

    def __str__(self) -> str:
        name = self.mpc_name if self.mpc_name is not None else self.mpc_uuid
        head = f"{printable(masked(str(name)))}: {self.status or 'nothing is known of it'}"
        notes = []
        if self.forgotten:
            notes.append(f"  … {self.forgotten:,} older entries were left out")
        if self.missing:
            some = ", ".join(map(str, self.missing[:5])) + (", …" if len(self.missing) > 5 else "")
            notes.append(f"  {len(self.missing):,} of its events were never told: number {some}")
        return "\n".join([head, *(f"  {entry}" for entry in self.entries), *notes])


def timeline(
    news: Iterable[News], *, status: str | None, mpc_uuid: str | None, mpc_name: str | None, forgotten: int = 0
) -> Timeline:
    """Put in order what was told and what was seen.

    What a look shows is left out where a callback has told it, and what was told twice is there once.
    """
    told: dict[object, News] = {}
    seen: dict[object, News] = {}
    for one in news:
        if one.told_by == "callback":
            told.setdefault(one.key, one)
        else:
            seen[one.what, one.member_id] = one
    known = {(one.what, one.member_id) for one in told.values()}
    entries = [*told.values(), *(one for which, one in seen.items() if which not in known)]
    numbers = {one.sequence for one in told.values() if one.sequence is not None}
    every = range(min(numbers, default=0), max(numbers, default=0))
    return Timeline(
        mpc_uuid=mpc_uuid,
        mpc_name=mpc_name,
        status=status,
        entries=tuple(_entry(one) for one in sorted(entries, key=_order)),
        missing=tuple(number for number in every if number not in numbers),
        forgotten=forgotten,
    )


_FIRST, _LAST = "MPCInitialized", "MPCEnd"
_RANK = {"ParticipantJoin": 1, "MPCStart": 2, "ParticipantExit": 4}


def _order(one: News) -> tuple[datetime, int, float, int]:
    """By Plivo's time; within its second by its number, and then what has none (where it most likely belongs)."""
    edge = {_FIRST: -1, _LAST: 1}.get(one.what, 0)
    number = one.sequence if one.sequence is not None else math.inf
    return one.at or _BEGINNING, edge, number, _RANK.get(one.what, 3)


def _entry(one: News) -> TimelineEntry:
    return TimelineEntry(
        what=one.what,
        at=one.at,
        inferred=one.told_by == "look",
        sequence=one.sequence,
        member_id=one.member_id,
        call_uuid=one.call_uuid,
        role=one.role,
        address=None if one.address is None else masked(one.address),
        more=one.more,
    )
