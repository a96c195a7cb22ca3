"""Many activations: a few workers that pull names, never a task per name.

A worker takes the job whose wait is over, or pulls the next name, and makes one attempt for it. A job that has to wait
(for a backoff, for people to dial in) is parked, so that no worker waits while there is something to send.

Whatever ends a batch early (a cancellation, the deadline, a refused credential, an error of the caller's code) ends it
in order. Workers are shielded, and `stop` is the only thing that reaches them: who has nothing in flight stops at
once; who has, or needs but a look to be sure, is given until the timeout of an attempt, so that few outcomes stay in
doubt. Then every position that
was pulled is told of.
"""

import math
from collections.abc import Iterator

import anyio
import anyio.lowlevel

from .._options import Options
from ..exchange._exchange import Exchange
from ..pacing._clock import sleep_until
from ..policy import ActivationRules, Health, Step
from ..transport._progress import Fence
from ._activation import Activation, refused
from ._caution import Probe
from ._input import BREATH, Item
from ._intake import Intake, Source
from ._job import Job
from ._journal import Journal
from ._parked import Bench, Parked
from ._teller import Teller

_DEADLINE = "the deadline passed"
_LONGEST_GRACE = 10.0  # seconds for what is in flight when a batch ends, if its attempts have no timeout


class _Worker:
    __slots__ = ("job", "scope")

    def __init__(self) -> None:
        self.scope = anyio.CancelScope(shield=True)
        self.job: Job | None = None  # what it makes an attempt for


class Engine:
    """Activates everything that a source yields; every item ends in exactly one outcome."""

    def __init__(
        self,
        exchange: Exchange,
        source: Source,
        options: Options,
        rules: ActivationRules,
        teller: Teller,
        *,
        width: int,
        deadline: float,
        most_in_hand: float,
        journal: Journal | None = None,
        fence: Fence | None = None,
    ) -> None:
        """Get ready; nothing is pulled or sent yet.

        Args:
            exchange: Makes the attempts.
            source: Yields the names.
            options: Timeouts and retries.
            rules: What settles an outcome.
            teller: Is told of each position, the moment its outcome is known, even under cancellation.
            width: How many attempts may be under way.
            deadline: Seconds for all of it; `math.inf` for no bound.
            most_in_hand: How many positions may be begun and not finished before no more names are pulled.
            journal: Has on disk what is about to leave before it does; None for none.
            fence: Is asked right before an activation leaves; what it raises ends the batch. None for none.
        """
        ends = exchange.clock() + deadline

        def job(item: Item) -> Job:
            assert item.conference is not None  # noqa: S101  (the intake's promise)
            positions = [item.position, *item.twins]
            return Job(item.conference, positions, exchange, options, rules, ends, item.maybe_sent, self._number, fence)

        self._exchange = exchange
        self._source = source
        self._options = options
        self._teller = teller
        self._journal = journal
        self._width = width
        self._ends = ends
        self._intake = Intake(source, job, most_in_hand)
        self._parked = Parked()
        self._bench = Bench()
        self._probe = Probe(exchange, width)
        self._health = Health()
        self._workers: set[_Worker] = set()
        self._fresh_turn = True  # names and parked jobs take turns, so that neither starves the other
        self._finished = False
        self._number = 0  # among the batches of its client, once it has begun
        self._ended = anyio.Event()
        self._crash: BaseException | None = None
        self.stopped_by: str | None = None

    async def run(self) -> None:
        """Do it all.

        Raises:
            BaseException: What the source or the teller raised, after everything under way has been finished or told.
        """
        announcer, began = self._exchange.announcer, self._exchange.clock()
        self._exchange.batches.add(self)
        self._number = announcer.batch_began()
        try:
            try:
                await self._run()
            finally:
                try:
                    await self._teller.tell_at_the_end(self._unfinished())
                finally:
                    self._exchange.batches.discard(self)
                    self._ended.set()
                    stopped_by = self.stopped_by or (None if self._finished else "the run was cancelled")
                    counts, elapsed = self._teller.counts, self._exchange.clock() - began
                    announcer.batch_ended(self._number, dict(counts), elapsed, stopped_by)
            if self._crash is not None:
                raise self._crash
        finally:
            await self._source.aclose()

    def stop(self, reason: str) -> None:
        """Begin nothing more. What is in flight, or needs but a look, may come back, within an attempt's timeout."""
        if self.stopped_by is None:
            self.stopped_by = reason
        for worker in self._workers:
            if worker.job is not None and (worker.job.in_flight or worker.job.run.wants_look):
                worker.scope.deadline = min(worker.scope.deadline, anyio.current_time() + self._grace)
            else:
                worker.scope.cancel()

    async def end(self, reason: str) -> None:
        """Stop, and return when it has ended, whatever is cancelled meanwhile."""
        self.stop(reason)
        with anyio.move_on_after(self._grace + 1, shield=True):  # not for ever: its own input may have asked for it
            await self._ended.wait()

    @property
    def _grace(self) -> float:
        return min(self._options.timeout.total, _LONGEST_GRACE)

    async def _run(self) -> None:
        if self._ends <= self._exchange.clock():
            self.stop(_DEADLINE)
            return
        async with anyio.create_task_group() as group:
            group.start_soon(self._watch)
            for _ in range(self._width):
                group.start_soon(self._work, group.cancel_scope)
                await anyio.lowlevel.checkpoint()  # or all first requests would be built in one turn
                if self._intake.exhausted and not self._parked:
                    break
            if not self._workers:
                self._finish(group.cancel_scope)

    async def _watch(self) -> None:
        """Hear of the deadline and of a cancellation, in place of the workers."""
        reason = "the run was cancelled"
        try:
            if self._ends == math.inf:
                await anyio.sleep_forever()
            await sleep_until(self._ends, self._exchange.clock)
            reason = _DEADLINE
        finally:
            if not self._finished:
                self.stop(reason)

    def _finish(self, group: anyio.CancelScope) -> None:
        self._finished = True
        group.cancel()

    async def _work(self, group: anyio.CancelScope) -> None:
        worker = _Worker()
        self._workers.add(worker)
        try:
            with worker.scope:
                while (job := await self._next()) is not None:
                    await self._step(job, worker)
                    while self.stopped_by is not None and job.run.wants_look:
                        await self._step(job, worker)
        except BaseException as error:
            if isinstance(error, anyio.get_cancelled_exc_class()):
                raise
            self._crash = self._crash or error  # raised again by `run`, without the group's wrapping
            self.stop("the run was broken off")
        finally:
            self._workers.discard(worker)
            if not self._workers:
                self._finish(group)

    async def _next(self) -> Job | None:
        """The next job to work on, which may not be due yet; None if there is nothing left to begin."""
        pulled = 0
        while self.stopped_by is None:
            now, due = self._exchange.clock(), self._parked.due
            if self._intake.ready and (self._fresh_turn or due > now):
                self._fresh_turn = False
                job = await self._pull()
                if job is not None and self.stopped_by is None:
                    return job
                pulled += 1
                if pulled % BREATH == 0:
                    await anyio.lowlevel.checkpoint()  # nothing but twins and refused names for a while
            elif self._parked and (due <= now or self._intake.exhausted):
                self._fresh_turn = True
                self._bench.wake()
                return self._parked.pop()
            elif self._intake.exhausted:
                break
            else:
                await self._bench.wait(now, due)
        self._bench.wake()
        return None

    async def _pull(self) -> Job | None:
        """A new job, if the next item needs one."""
        item: Job | Item | None = None
        try:
            item = await self._intake.pull()
        except BaseException as error:
            if isinstance(error, anyio.get_cancelled_exc_class()):
                raise
            self._crash = self._crash or error  # the caller's iterator; raised by `run` when all in hand is finished
        finally:
            self._bench.wake()
        if isinstance(item, Item):
            await self._teller.tell([refused(item)])
            return None
        return item

    async def _step(self, job: Job, worker: _Worker) -> None:
        worker.job = job
        await sleep_until(job.run.due, self._exchange.clock)
        if self._journal is not None and job.run.step is Step.ACTIVATE and not job.run.doubtful:
            await self._journal.intend(job.positions)
        attempt = await self._probe.attempt(job, self._options.retry)
        worker.job = None
        if job.run.verdict is None:
            if self._journal is not None and not job.run.doubtful:
                await self._journal.withdraw(job.positions)
            if self.stopped_by is None:
                self._parked.push(job)
        else:
            self._intake.finish(job)
            await self._teller.tell(job.activations())
        ill = self._health.observe(attempt, self._exchange.clock(), self._options.retry)
        if ill is not None:
            self.stop(ill)

    def _unfinished(self) -> Iterator[list[Activation]]:
        """End what is still in hand."""
        for job in self._intake.jobs.values():
            job.cut_short(self.stopped_by or "the run was cancelled")
            yield job.activations()
