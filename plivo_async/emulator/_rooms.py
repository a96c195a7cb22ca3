"""Conferences and what can happen to them: a state machine without I/O, whose clock is handed in.

                 activate                     end
    Initialized ----------> Active ----------------------> Ended
         |                                                   ^
         +------------------------ end -----------------------+

Ended is final. A friendly name is unique among the live conferences (Initialized or Active) and free again afterwards;
a UUID is for ever. Source: Plivo docs, Multiparty Call.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, NamedTuple

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
"""Live participants in one conference. Source: Plivo docs, Multiparty Call."""

_PRICE_PER_MINUTE = Decimal("0.005")  # per participant, in USD; inferred from captured bills


class Applied(NamedTuple):
    """One change that was really made through the API: by which request, and when."""

    request: int
    """`Request.number`."""
    at: float
    """Seconds since the emulator started."""


@dataclass(slots=True, eq=False, kw_only=True)
class Conference:
    """One conference and its true state. Change it through the API or the `Emulator`, not here."""

    friendly_name: str
    mpc_uuid: str
    status: ConferenceStatus
    waiting: int
    """Participants in it, all since its creation; 1 to 10."""
    creation_time: datetime
    """Aware, in UTC, whole seconds, like the other two."""
    start_time: datetime | None = None
    """None until it became Active."""
    end_time: datetime | None = None
    """None until it ended."""
    termination_cause_code: int | None = None
    """A key of `CAUSES`; None until it ended."""
    stay_alone: bool = False
    sub_account: str | None = None
    """Auth ID of the subaccount that owns it; None for the account itself."""
    activations: list[Applied] = field(default_factory=list)
    """Each time the API really made it Active: one entry at most, unless the emulator is wrong."""
    endings: list[Applied] = field(default_factory=list)
    """Each time the API really ended it: one entry at most."""

    @property
    def applied(self) -> int:
        """How many requests over the API changed it."""
        return len(self.activations) + len(self.endings)

    @property
    def live(self) -> bool:
        """Initialized or Active."""
        return self.status != "Ended"

    @property
    def duration(self) -> int | None:
        """Seconds from start (from creation, if it never started) to end; None while live. Inferred from captures."""
        if self.end_time is None:
            return None
        return int((self.end_time - (self.start_time or self.creation_time)).total_seconds())

    @property
    def billed_duration(self) -> int | None:
        """Sum of the participants' durations, each rounded up to 60 s; None while live. Inferred from captures."""
        if self.end_time is None:
            return None
        spent = (self.end_time - self.creation_time).total_seconds()
        return self.waiting * math.ceil(spent / 60) * 60

    @property
    def billed_amount(self) -> Decimal | None:
        """USD with five decimals: 0.005 per participant and minute; None while live. Inferred from captures."""
        billed = self.billed_duration
        return None if billed is None else (billed // 60 * _PRICE_PER_MINUTE).quantize(Decimal("0.00001"))


class Rooms:
    """All conferences of one account.

    Args:
        epoch: Wall-clock time at second 0 of the clock that is handed in as `now`; aware.
        new_uuid: Makes the UUIDs.
    """

    __slots__ = ("_by_uuid", "_new_uuid", "_newest", "epoch")

    def __init__(self, epoch: datetime, new_uuid: Callable[[], str]) -> None:
        self.epoch = epoch
        self._new_uuid = new_uuid
        self._newest: dict[str, Conference] = {}
        self._by_uuid: dict[str, Conference] = {}

    @property
    def newest(self) -> Mapping[str, Conference]:
        """By friendly name, the newest of that name; a live view."""
        return MappingProxyType(self._newest)

    @property
    def by_uuid(self) -> Mapping[str, Conference]:
        """By UUID, every one there ever was, oldest first; a live view."""
        return MappingProxyType(self._by_uuid)

    def newest_first(self) -> Iterator[Conference]:
        """Every conference, the one created last first. Source: captured lists."""
        return reversed(self._by_uuid.values())

    def instant(self, now: float) -> datetime:
        """The wall-clock time of second `now`, aware, in UTC."""
        return (self.epoch + timedelta(seconds=now)).astimezone(UTC)

    def wall(self, now: float) -> datetime:
        """The same, cut to whole seconds as on the wire."""
        return self.instant(now).replace(microsecond=0)

    def live(self, name: str) -> Conference | None:
        """The live conference of that name."""
        found = self._newest.get(name)
        return found if found is not None and found.live else None

    def add(
        self,
        name: str,
        *,
        now: float,
        waiting: int = 1,
        status: str = "initialized",
        uuid: str | None = None,
        stay_alone: bool = False,
        sub_account: str | None = None,
    ) -> Conference:
        """Put a conference in that state, as if its participants had just joined.

        Raises:
            ValueError: An argument out of range, a UUID that was used before, or a live conference of that name.
        """
        state = _status(status)
        if not name:
            raise ValueError("a conference needs a friendly name")
        if not 1 <= waiting <= MAX_PARTICIPANTS:
            raise ValueError(f"waiting: {waiting} is not between 1 and {MAX_PARTICIPANTS}")
        if self.live(name) is not None:
            raise ValueError(f"a live conference is called {name!r} already")
        mpc_uuid = (uuid or self._new_uuid()).lower()
        if mpc_uuid in self._by_uuid:
            raise ValueError(f"there is a conference with the UUID {mpc_uuid} already")
        conference = Conference(
            friendly_name=name,
            mpc_uuid=mpc_uuid,
            status="Initialized",
            waiting=waiting,
            creation_time=self.wall(now),
            stay_alone=stay_alone,
            sub_account=sub_account,
        )
        self._newest[name] = self._by_uuid[mpc_uuid] = conference
        if state != "Initialized":
            self.activate(conference, now)
        if state == "Ended":
            self.end(conference, now, cause=1000)
        return conference

    def activate(self, conference: Conference, now: float, *, by: int | None = None) -> bool:
        """Initialized becomes Active; anything else stays as it is.

        Args:
            conference: One of this account's.
            now: Seconds on the clock of `epoch`.
            by: Number of the request that does it; None when it is somebody else's doing.

        Returns:
            Whether the state changed.
        """
        if conference.status != "Initialized":
            return False
        conference.status = "Active"
        conference.start_time = self.wall(now)
        if by is not None:
            conference.activations.append(Applied(by, now))
        return True

    def end(self, conference: Conference, now: float, *, cause: int = 3000, by: int | None = None) -> bool:
        """A live one becomes Ended; an ended one stays as it is. Arguments and result as in `activate`.

        Raises:
            ValueError: `cause` is no key of `CAUSES`.
        """
        if cause not in CAUSES:
            raise ValueError(f"cause: {cause} is none of {', '.join(map(str, CAUSES))}")
        if not conference.live:
            return False
        conference.status = "Ended"
        conference.end_time = self.wall(now)
        conference.termination_cause_code = cause
        if by is not None:
            conference.endings.append(Applied(by, now))
        return True


def _status(text: str) -> ConferenceStatus:
    match text.lower():
        case "initialized":
            return "Initialized"
        case "active":
            return "Active"
        case "ended":
            return "Ended"
    raise ValueError(f"status: {text!r} is none of 'initialized', 'active', 'ended'")
