"""Which conferences there are, and what time it is."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from ._agenda import Agenda
from ._conferences import Conference


class View(Mapping[str, Conference]):
    """Conferences as they are now, whenever it is read. Iterating goes over those that were there when it began."""

    __slots__ = ("_those",)

    def __init__(self, those: Mapping[str, Conference]) -> None:
        self._those = those

    def __getitem__(self, key: str) -> Conference:
        return self._those[key]

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._those))

    def __len__(self) -> int:
        return len(self._those)

    def __repr__(self) -> str:
        return repr(dict(self))


class Registry:
    """All conferences of one account, by name and by UUID, and the clock that they live by.

    Args:
        epoch: Wall-clock time at second 0 of the clock that is handed in as `now`; aware.
    """

    def __init__(self, epoch: datetime) -> None:
        self.epoch = epoch
        self.now = 0.0
        self.clock: Callable[[], float | None] = lambda: self.now
        self.check: Callable[[], None] = lambda: None
        self.agenda = Agenda()
        self._newest: dict[str, Conference] = {}
        self._by_uuid: dict[str, Conference] = {}
        self._still = False
        self.newest: Mapping[str, Conference] = View(self._newest)
        self.by_uuid: Mapping[str, Conference] = View(self._by_uuid)

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
        """Advance to what the clock says, if it says anything and nothing holds it still, and tell the time."""
        now = None if self._still or self.agenda.running else self.clock()
        if now is not None:
            self.advance(now)
        return self.now

    def act(self) -> float:
        """The same for somebody who is about to change something.

        Raises:
            RuntimeError: That is to be done elsewhere.
        """
        self.check()
        return self.sync()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Let nothing happen by itself, whoever looks: an answer is made, of one moment."""
        before, self._still = self._still, True
        try:
            yield
        finally:
            self._still = before
