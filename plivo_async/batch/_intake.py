"""The input side of a batch: items as they are pulled, and the jobs that are made of them."""

from collections.abc import Callable
from typing import Protocol

from ..wire import Conference
from ._input import Item
from ._job import Job


class Source(Protocol):
    """Where the items come from."""

    async def pull(self) -> Item | None:
        """The next one; None when there is none left."""
        ...

    async def aclose(self) -> None:
        """Nothing more will be pulled."""
        ...


class Intake:
    """Pulls one item at a time and makes jobs; a conference that is in hand already gets a further position.

    Attributes:
        jobs: Those in hand: begun, and not finished.
        exhausted: Whether there is nothing left to pull.
    """

    __slots__ = ("_make", "_most", "_pulling", "_source", "_twins", "exhausted", "jobs")

    def __init__(self, source: Source, make: Callable[[Item], Job], most: float) -> None:
        """Get ready; nothing is pulled yet.

        Args:
            source: Yields the items.
            make: Makes a job of an item that was not refused.
            most: How many positions may be in hand before no more are pulled.
        """
        self._source = source
        self._make = make
        self._most = most
        self._pulling = False
        self._twins = 0  # positions in hand beside the first of each conference
        self.jobs: dict[Conference, Job] = {}
        self.exhausted = False

    @property
    def ready(self) -> bool:
        """Whether there may be more, nobody pulls at present, and there is room for it."""
        return not (self.exhausted or self._pulling) and len(self.jobs) + self._twins < self._most

    async def pull(self) -> Job | Item | None:
        """A new job, or an item that was refused; None if the item joined a job in hand, or if there was none."""
        self._pulling = True
        try:
            item = await self._source.pull()
        except BaseException:
            self.exhausted = True
            raise
        finally:
            self._pulling = False
        if item is None:
            self.exhausted = True
            return None
        if item.conference is None:
            return item
        twin = self.jobs.get(item.conference)
        if twin is not None:
            twin.positions.append(item.position)
            self._twins += 1
            return None
        job = self.jobs[item.conference] = self._make(item)
        return job

    def finish(self, job: Job) -> None:
        """Let go of a job that has ended."""
        del self.jobs[job.conference]
        self._twins -= len(job.positions) - 1
