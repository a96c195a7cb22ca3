"""One process that worked on a journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .._public import public
from ..shown._jsonable import Jsonable


@public
@dataclass(frozen=True, slots=True)
class JournalRun(Jsonable):
    """One process's part of a batch with a journal: `ActivationReport.runs` has all of them, the first one first."""

    began_at: datetime
    """When it opened the journal, aware, in UTC."""
    ended_at: datetime | None
    """When it closed the journal; before that, or where it was killed, when it wrote its last outcome; None if it wrote
    none."""
    pid: int
    """Its process."""
    host: str
    """The machine that it ran on."""
    version: str
    """Its version of plivo-async."""

    def to_dict(self) -> dict[str, object]:
        """All of it as plain JSON types."""
        return {
            "began_at": self.began_at.isoformat(),
            "ended_at": None if self.ended_at is None else self.ended_at.isoformat(),
            "pid": self.pid,
            "host": self.host,
            "version": self.version,
        }


def lasted(runs: Iterable[JournalRun]) -> float:
    """Seconds that they took, without the time between them; a clock that was set back makes none negative."""
    spans = ((run.ended_at or run.began_at) - run.began_at for run in runs)
    return sum(max(0.0, span.total_seconds()) for span in spans)
