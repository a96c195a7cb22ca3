"""Which conferences there are, and what time it is."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from ._agenda import Agenda
from ._conferences import Conference


class Registry:
    """All conferences of one account, by name and by UUID, and the clock that they live by.

    Args:
        epoch: Wall-clock time at second 0 of the clock that is handed in as `now`; aware.
    """

    def __init__(self, epoch: datetime) -> None:
        self.epoch = epoch
        self.now = 0.0
        self.clock: Callable[[], float | None] = lambda: self.now
        self.agenda = Agenda()
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

    def live(self, name: str) -> Conference | None:
        """The live conference of that name."""
        found = self._newest.get(name)
        return found if found is not None and found.live else None

    def enter(self, conference: Conference) -> None:
        """Take a new one in.

        Raises:
            ValueError: A live conference has its name, or any its UUID.
        """
        if self.live(conference.friendly_name) is not None:
            raise ValueError(f"a live conference is called {conference.friendly_name!r} already")
        if conference.mpc_uuid in self._by_uuid:
            raise ValueError(f"there is a conference with the UUID {conference.mpc_uuid} already")
        self._newest[conference.friendly_name] = self._by_uuid[conference.mpc_uuid] = conference

    # ---- Time ---------------------------------------------------------------------------------------------------

    def instant(self, now: float) -> datetime:
        """The wall-clock time of second `now`, aware, in UTC."""
        return (self.epoch + timedelta(seconds=now)).astimezone(UTC)

    def wall(self, now: float) -> datetime:
        """The same, cut to whole seconds as on the wire."""
        return self.instant(now).replace(microsecond=0)

    def advance(self, now: float) -> None:
        """Let everything happen that is due by then; an earlier instant than the last one changes nothing."""
        self.agenda.run(now)
        self.now = max(self.now, now)

    def sync(self) -> float:
        """Advance to what the clock says, if it says anything, and tell the time."""
        now = self.clock()
        if now is not None:
            self.advance(now)
        return self.now
