"""What time it is in the emulator's world, and what falls due in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from ._agenda import Agenda


class Timeline:
    """The clock that everything lives by, and the agenda.

    Args:
        epoch: Wall-clock time at second 0 of the clock that is handed in as `now`; aware.
    """

    def __init__(self, epoch: datetime) -> None:
        self.epoch = epoch
        self.now: float = 0.0
        self.clock: Callable[[], float | None] = lambda: self.now
        self.check: Callable[[], None] = lambda: None
        self.agenda: Agenda = Agenda()
        self._still = False

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
