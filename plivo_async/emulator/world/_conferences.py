"""A conference and its true state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from ._bills import price, seconds
from ._participants import Participant
from ._recordings import Recording
from ._values import Applied, ConferenceOptions

ConferenceStatus = Literal["Initialized", "Active", "Ended"]
"""The three states, spelt as on the wire."""

CAUSES: Mapping[int, str] = MappingProxyType(
    {
        0: "Unknown",
        1000: "No Active Participants",
        1010: "Stay Alone Not Permitted",
        2000: "Max Duration Reached",
        3000: "Hangup API Triggered",
    }
)
"""Termination causes of a conference by code. Source: Plivo docs, Multiparty Call."""

MAX_PARTICIPANTS = 10
"""Present in one conference at most. Source: Plivo docs, Multiparty Call."""

MAX_DURATION = 14_400
"""Seconds that a conference may last unless it is told otherwise. Source: Plivo docs, Add a participant."""

_NOTHING: Mapping[str, str] = MappingProxyType({})
_UNSAID = ConferenceOptions()


@dataclass(slots=True, eq=False, kw_only=True)
class Conference:
    """One conference and its true state. Change it through the API or the `Emulator`, not here.

    `status`, `present`, `waiting`, `participants`, `recording` and `recordings` let what is due happen first; the other
    attributes are as of the last look, here or at anything of the `Emulator`.
    """

    friendly_name: str
    mpc_uuid: str
    creation_time: datetime
    """Aware, in UTC, whole seconds, like the other two."""
    state: ConferenceStatus = "Initialized"
    """Its `status` as of the last look."""
    start_time: datetime | None = None
    """None until it became Active."""
    end_time: datetime | None = None
    """None until it ended."""
    termination_cause_code: int | None = None
    """A key of `CAUSES`; None until it ended."""
    sub_account: str | None = None
    """Auth ID of the subaccount that owns it; None for the account itself."""
    options: ConferenceOptions = field(default=_UNSAID, repr=False)
    """What it was told of itself. The first to say something counts; what nobody has said may still be."""
    activations: list[Applied] = field(default_factory=list)
    """Each time the API really made it Active: one entry at most, unless the emulator is wrong."""
    endings: list[Applied] = field(default_factory=list)
    """Each time the API really ended it: one entry at most."""
    changes: tuple[Applied, ...] = ()
    """Every other change through the API, in order."""
    playing: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """URLs of what is played, by the members it was started for as it was written: `12`, `12,13` or `all`."""
    speaking: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Texts that are spoken, likewise."""
    created_at: float = 0.0
    """Seconds since the emulator started; negative if it was there before."""
    events: int = 0
    """How many of its status events were told: the last `SequenceNumber`."""
    recorded: bool = False
    """Its recording has begun by itself; once is enough."""
    made: tuple[Recording, ...] = field(default=(), repr=False)
    """`recordings` as of the last look."""
    guests: int = field(default=0, repr=False)
    """Participants that nobody has looked at yet."""
    first_guest: int = field(default=0, repr=False)
    """The member id of the first of these; the others follow."""
    seat: Callable[["Conference"], tuple[Participant, ...]] | None = field(default=None, repr=False)
    """Makes participants of the guests."""
    look: Callable[[], object] | None = field(default=None, repr=False)
    """Lets happen what is due."""
    roll: tuple[Participant, ...] = field(default=(), repr=False)
    """Every participant there ever was but the guests, in order of joining."""

    def _look(self) -> None:
        if self.look is not None:
            self.look()

    @property
    def status(self) -> ConferenceStatus:
        """Initialized, Active or Ended."""
        self._look()
        return self.state

    @property
    def participants(self) -> list[Participant]:
        """Every participant there ever was, in order of joining."""
        self._look()
        return list(everybody(self))

    @property
    def present(self) -> int:
        """How many participants are in it; 0 once it has ended."""
        self._look()
        return headcount(self)

    @property
    def waiting(self) -> int:
        """The same by another name, for a conference that waits to be activated."""
        return self.present

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """Every recording of it and of its participants, in order of their beginning."""
        self._look()
        return self.made

    @property
    def recording(self) -> Recording | None:
        """The recording of the whole conference that is going on, or paused."""
        self._look()
        return next((one for one in self.made if one.open and one.member_id is None), None)

    @property
    def applied(self) -> int:
        """How many requests over the API changed it."""
        return len(self.activations) + len(self.endings) + len(self.changes)

    @property
    def live(self) -> bool:
        """Initialized or Active, as of the last look."""
        return self.state != "Ended"

    @property
    def stay_alone(self) -> bool:
        """May a single participant stay behind?"""
        return bool(self.options.stay_alone)

    @property
    def max_duration(self) -> int:
        """Seconds that it may last from its creation."""
        return self.options.max_duration or MAX_DURATION

    @property
    def max_participants(self) -> int:
        """How many may be present at the same time."""
        return self.options.max_participants or MAX_PARTICIPANTS

    @property
    def duration(self) -> int | None:
        """Seconds from start (from creation, if it never started) to end; None while live. Inferred from captures."""
        return None if self.end_time is None else seconds(self.start_time or self.creation_time, self.end_time)

    @property
    def billed_duration(self) -> int | None:
        """Sum of the participants' durations, each rounded up to 60 s; None while live. Inferred from captures."""
        return None if self.end_time is None else sum(one.billed_duration or 0 for one in everybody(self))

    @property
    def billed_amount(self) -> Decimal | None:
        """USD with five decimals: 0.005 per participant and minute; None while live. Inferred from captures."""
        return None if self.billed_duration is None else price(self.billed_duration)


def everybody(conference: Conference) -> tuple[Participant, ...]:
    """Its `participants` as of the last look."""
    if conference.guests and conference.seat is not None:
        conference.roll = conference.seat(conference)
        conference.guests = 0
    return conference.roll


def those_present(conference: Conference) -> list[Participant]:
    """Of these the ones that have not left."""
    return [one for one in everybody(conference) if one.present]


def hush(conference: Conference) -> None:
    """End what is played or spoken only to those who have left."""
    if conference.playing or conference.speaking:
        here = {one.member_id for one in those_present(conference)} | {"all"}
        conference.playing = {to: url for to, url in conference.playing.items() if here & set(to.split(","))}
        conference.speaking = {to: text for to, text in conference.speaking.items() if here & set(to.split(","))}


def headcount(conference: Conference) -> int:
    """How many are present, as of the last look."""
    return conference.guests or sum(one.present for one in conference.roll)


def filled(options: ConferenceOptions, later: ConferenceOptions) -> ConferenceOptions:
    """What was said, and of what was said later that which had not been said before."""
    if options is later or later == _UNSAID:
        return options
    names = (one.name for one in fields(ConferenceOptions))
    new = {name: getattr(later, name) for name in names if getattr(options, name) is None}
    return replace(options, **new)
