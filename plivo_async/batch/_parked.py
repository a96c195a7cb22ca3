"""Jobs that wait for their instant, and workers that wait for jobs."""

import heapq
import itertools
import math

import anyio

from ._job import Job


class Parked:
    """Jobs that wait, for a backoff or for people to dial in, the earliest first."""

    __slots__ = ("_heap", "_numbers")

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Job]] = []
        self._numbers = itertools.count()

    @property
    def due(self) -> float:
        """The instant at which the first of them is due; `math.inf` if there is none."""
        return self._heap[0][0] if self._heap else math.inf

    def push(self, job: Job) -> None:
        """Let a job wait until it is due."""
        heapq.heappush(self._heap, (job.run.due, next(self._numbers), job))

    def pop(self) -> Job:
        """The first one, due or not."""
        return heapq.heappop(self._heap)[2]

    def __len__(self) -> int:
        return len(self._heap)


class Bench:
    """Where idle workers wait. One is woken at a time, and wakes the next one if there is more to do than it takes.

    One of them wakes by itself when the first parked job is due; were it all of them, each instant would cost as much
    as there are workers.
    """

    __slots__ = ("_events", "_wakes_at")

    def __init__(self) -> None:
        self._events: list[anyio.Event] = []
        self._wakes_at = math.inf

    async def wait(self, now: float, due: float) -> None:
        """Wait until woken, or until `due` if nobody else does."""
        event = anyio.Event()
        self._events.append(event)
        timed = due < self._wakes_at
        try:
            if not timed:
                await event.wait()
                return
            self._wakes_at = due
            with anyio.move_on_after(due - now):
                await event.wait()
        finally:
            if timed and self._wakes_at == due:
                self._wakes_at = math.inf
            if event in self._events:
                self._events.remove(event)

    def wake(self) -> None:
        """Wake one, if any waits."""
        if self._events:
            self._events.pop().set()
