"""Conferences and what can happen to them (see below)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Literal

from ._callbacks import CallbackRecord
from ._conferences import CAUSES, MAX_PARTICIPANTS, Applied, Conference, ConferenceStatus
from ._legs import Leg
from ._participants import Participant
from ._recordings import Recording
from ._values import Hook, Joining, NewRecording, RoomOptions

__all__ = ["CAUSES", "Added", "Applied", "Conference", "ConferenceStatus", "Leg", "Participant", "Recording", "Rooms"]


@dataclass(frozen=True, slots=True)
class Added:
    """What a request to add a participant has begun."""

    request_uuid: str
    calls: tuple[Leg, ...]
    """One for each phone, in the order of the request; or the call that was transferred."""


class Rooms:
    """All conferences of one account.

    Args:
        epoch: Wall-clock time at second 0 of the clock that is handed in as `now`; aware.
        new_uuid: Makes the UUIDs.
    """

    def __init__(
        self,
        epoch: datetime,
        new_uuid: Callable[[], str],
        *,
        auth_id: str = "MA0000000000EMULATOR",
        created_by: Literal["join", "request"] = "join",
        end_on_exit_cause: int = 1000,
        answer_after: float = 1.0,
        calls_per_second: float | None = 2.0,
    ) -> None:
        self.epoch = epoch
        self.callbacks: list[CallbackRecord] = []
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
            guests=waiting,
            creation_time=self.wall(now),
            options=RoomOptions(stay_alone=stay_alone),
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
        if conference.state != "Initialized":
            return False
        conference.state = "Active"
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
        conference.state = "Ended"
        conference.end_time = self.wall(now)
        conference.termination_cause_code = cause
        if by is not None:
            conference.endings.append(Applied(by, now))
        return True

    # ---- Interface of the API (bodies follow) -------------------------------------------------------------------

    def advance(self, now: float) -> None:
        """Let everything happen that is due by then."""

    def note_callback(self, hook: Hook, params: Mapping[str, str], now: float) -> None:
        """Record a callback of somebody else's."""
        raise NotImplementedError

    def add_participant(self, name: str | None, uuid: str | None, joining: Joining, now: float, *, by: int) -> Added:
        raise NotImplementedError

    def participants(self, conference: Conference) -> list[Participant]:
        raise NotImplementedError

    def participant(self, conference: Conference, member_id: str) -> Participant:
        raise NotImplementedError

    def select(self, conference: Conference, members: tuple[str, ...] | None) -> list[Participant]:
        raise NotImplementedError

    def update(
        self,
        conference: Conference,
        members: tuple[str, ...] | None,
        now: float,
        *,
        mute: bool | None = None,
        hold: bool | None = None,
        coach_mode: bool | None = None,
        by: int,
    ) -> list[Participant]:
        raise NotImplementedError

    def kick(
        self, conference: Conference, members: tuple[str, ...] | None, now: float, *, by: int
    ) -> list[Participant]:
        raise NotImplementedError

    def start_recording(
        self, conference: Conference, member_id: str | None, recording: NewRecording, now: float, *, by: int
    ) -> list[Recording]:
        raise NotImplementedError

    def stop_recording(
        self, conference: Conference, member_id: str | None, track: str | None, now: float, *, by: int
    ) -> list[Recording]:
        raise NotImplementedError

    def pause_recording(
        self, conference: Conference, member_id: str | None, track: str | None, now: float, *, by: int
    ) -> list[Recording]:
        raise NotImplementedError

    def resume_recording(
        self, conference: Conference, member_id: str | None, track: str | None, now: float, *, by: int
    ) -> list[Recording]:
        raise NotImplementedError

    def play(
        self, conference: Conference, members: tuple[str, ...] | None, url: str, now: float, *, by: int
    ) -> list[Participant]:
        raise NotImplementedError

    def stop_playing(self, conference: Conference, members: tuple[str, ...] | None, now: float, *, by: int) -> bool:
        """Returns whether anything stopped."""
        raise NotImplementedError

    def speak(
        self, conference: Conference, members: tuple[str, ...] | None, text: str, now: float, *, by: int
    ) -> list[Participant]:
        raise NotImplementedError

    def stop_speaking(self, conference: Conference, members: tuple[str, ...] | None, now: float, *, by: int) -> bool:
        raise NotImplementedError


def _status(text: str) -> ConferenceStatus:
    match text.lower():
        case "initialized":
            return "Initialized"
        case "active":
            return "Active"
        case "ended":
            return "Ended"
    raise ValueError(f"status: {text!r} is none of 'initialized', 'active', 'ended'")
