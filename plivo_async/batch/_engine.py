"""Many activations: a few workers that pull names, never a task per name.

A worker takes the job whose wait is over, or pulls the next name, and makes one attempt for it. A job that has to wait
(for a backoff, for people to dial in) is parked, so that no worker waits while there is something to send.
"""

import heapq
import itertools
import math
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Protocol

import anyio
import anyio.lowlevel

from .._errors import NotSentError
from .._exchange import Exchange
from .._options import Options
from ..pacing._clock import sleep_until
from ..pacing._turnstile import Turnstile
from ..policy import ActivationOutcome, ActivationRules, Attempt, AttemptOutcome, Priority, RetryPolicy
from ..wire import Conference
from ._activation import Activation
from ._input import BREATH, Item
from ._job import Job

Note = Callable[[Activation], None]
Deliver = Callable[[list[Activation]], Awaitable[None]]


class Source(Protocol):
    """Where the names come from."""

    async def pull(self) -> Item | None:
        """The next one; None when there is none left."""
        ...

    async def aclose(self) -> None:
        """Nothing more will be pulled."""
        ...


class _Worker:
    __slots__ = ("busy", "job", "scope")

    def __init__(self) -> None:
        self.scope = anyio.CancelScope()
        self.job: Job | None = None  # what it makes an attempt for
        self.busy = False  # pulling or settling: not to be broken off

    @property
    def may_stop(self) -> bool:
        return not self.busy and (self.job is None or not self.job.on_the_wire)


class Engine:
    """Activates everything that a source yields; every item ends in exactly one outcome."""

    def __init__(
        self,
        exchange: Exchange,
        source: Source,
        options: Options,
        rules: ActivationRules,
        *,
        width: int,
        deadline: float,
        most_parked: float,
        note: Note,
        deliver: Deliver | None = None,
    ) -> None:
        """Get ready; nothing is pulled or sent yet.

        Args:
            exchange: Makes the attempts.
            source: Yields the names.
            options: Timeouts and retries.
            rules: What settles an outcome.
            width: How many attempts may be under way.
            deadline: Seconds for all of it; `math.inf` for no bound.
            most_parked: How many jobs may wait for their instant before no more names are pulled.
            note: Called once for each position, the moment its outcome is known, even under cancellation.
            deliver: Awaited after `note`, to hold the workers back; not called any more once the run is cancelled.
        """
        self._exchange = exchange
        self._source = source
        self._options = options
        self._rules = rules
        self._width = width
        self._ends = exchange.clock() + deadline
        self._most_parked = most_parked
        self._note = note
        self._deliver = deliver
        self._workers: list[_Worker] = []
        self._jobs: dict[Conference, Job] = {}
        self._joined: Counter[Conference] = Counter()  # further positions that share the outcome of a job in hand
        self._parked: list[tuple[float, int, Job]] = []
        self._numbers = itertools.count()
        self._fresh_turn = True
        self._pulling = self._exhausted = False
        self._changed = anyio.Event()
        self._idle = 0
        self._probe = _Probe(exchange, width)
        self._crash: BaseException | None = None
        self._stopped_by: str | None = None

    async def run(self) -> None:
        """Do it all.

        Raises:
            BaseException: What the source or `note` raised, after everything under way has been finished or noted.
        """
        try:
            await self._run()
        finally:
            await self._source.aclose()

    async def _run(self) -> None:
        try:
            with anyio.move_on_after(self._ends - self._exchange.clock()) as scope:
                async with anyio.create_task_group() as group:
                    for _ in range(self._width):
                        group.start_soon(self._work, group.cancel_scope)
                        await anyio.lowlevel.checkpoint()  # or all first requests would be built in one turn
                        if self._exhausted and not self._parked:
                            break
        except BaseException:
            self._cut_short("the run was cancelled")
            raise
        reason = "the deadline passed" if scope.cancelled_caught else self._stopped_by or "the run was cancelled"
        await self._hand_over(self._cut_short(reason))
        if self._crash is not None:
            raise self._crash
        await self._drain(reason)

    async def _work(self, group: anyio.CancelScope) -> None:
        worker = _Worker()
        self._workers.append(worker)
        try:
            with worker.scope:
                while (job := await self._next(worker)) is not None:
                    await self._step(job, worker)
        except BaseException as error:
            if isinstance(error, anyio.get_cancelled_exc_class()):
                raise
            self._crash = self._crash or error  # raised again by `run`, without the group's wrapping
            group.cancel()

    async def _next(self, worker: _Worker) -> Job | None:
        """The next job to work on, which may not be due yet; None if there is nothing left to begin."""
        while self._stopped_by is None:
            wait = self._parked[0][0] - self._exchange.clock() if self._parked else math.inf
            if self._may_pull and (self._fresh_turn or wait > 0):
                self._fresh_turn = False
                job = await self._pull(worker)
                if job is not None and self._stopped_by is None:
                    return job
            elif self._parked and (wait <= 0 or self._exhausted):
                self._fresh_turn = True
                return heapq.heappop(self._parked)[2]
            elif self._parked or not self._exhausted:
                with anyio.move_on_after(wait):
                    await self._change()
            else:
                break
        return None

    @property
    def _may_pull(self) -> bool:
        """Whether there may be more, and room for it."""
        if self._exhausted or self._pulling:
            return False
        return len(self._parked) < self._most_parked and self._joined.total() < self._width

    async def _pull(self, worker: _Worker) -> Job | None:
        """Begin a new job, if the next item needs one."""
        self._pulling = worker.busy = True
        item: Item | None = None
        try:
            item = await self._source.pull()
            self._exhausted = item is None
        except BaseException as error:
            if isinstance(error, anyio.get_cancelled_exc_class()):
                raise
            self._crash, self._exhausted = error, True  # the caller's iterator; raised again by `run`
        finally:
            self._pulling = worker.busy = False
            self._wake()
        if item is None:
            return None
        if item.conference is None:
            await self._settle([_refused(item)], worker)
            return None
        twin = self._jobs.get(item.conference)
        if twin is not None:
            twin.positions.append(item.position)
            self._joined[item.conference] += 1
            return None
        positions = [item.position, *item.twins]
        job = Job(item.conference, positions, self._exchange, self._options, self._rules, self._ends)
        self._jobs[item.conference] = job
        return job

    async def _step(self, job: Job, worker: _Worker) -> None:
        worker.job = job
        await sleep_until(job.run.due, self._exchange.clock)
        attempt = await self._probe.attempt(job, self._options.retry)
        worker.job = None
        if job.run.verdict is None:
            heapq.heappush(self._parked, (job.run.due, next(self._numbers), job))
        else:
            del self._jobs[job.conference], self._joined[job.conference]
            await self._settle(job.activations(), worker)
        self._wake()
        if attempt.status_code == 401:
            self._stop("the credentials were refused (401)")

    async def _settle(self, activations: list[Activation], worker: _Worker) -> None:
        worker.busy = True
        for activation in activations:
            self._tell(activation)
        await self._hand_over(activations)
        worker.busy = False

    def _tell(self, activation: Activation) -> None:
        try:
            self._note(activation)
        except BaseException:
            self._note = _tell_nobody  # it is the caller's; once it has failed, what follows must still be finished
            raise

    async def _hand_over(self, activations: list[Activation]) -> None:
        if self._deliver is not None:
            await self._deliver(activations)

    def _stop(self, reason: str) -> None:
        """Begin nothing more; what is on the wire may come back."""
        self._stopped_by = self._stopped_by or reason
        for worker in self._workers:
            if worker.may_stop:
                worker.scope.cancel()

    def _cut_short(self, reason: str) -> list[Activation]:
        """End all jobs that are still in hand, and note them."""
        activations: list[Activation] = []
        for job in self._jobs.values():
            job.cut_short(reason)
            activations += job.activations()
        self._jobs.clear()
        for activation in activations:
            self._tell(activation)
        return activations

    async def _drain(self, reason: str) -> None:
        """Report what was never begun."""
        for number in itertools.count(1):
            if number % BREATH == 0:
                await anyio.lowlevel.checkpoint()
            item = None if self._exhausted else await self._source.pull()
            if item is None:
                return
            activations = not_attempted(item, reason)
            for activation in activations:
                self._tell(activation)
            await self._hand_over(activations)

    async def _change(self) -> None:
        """Wait until a job was parked or finished, or a pull has ended."""
        self._idle += 1
        try:
            await self._changed.wait()
        finally:
            self._idle -= 1

    def _wake(self) -> None:
        if self._idle:
            self._changed.set()
            self._changed = anyio.Event()


def _tell_nobody(activation: Activation) -> None:
    """Take the place of a `note` that has failed."""


class _Probe:
    """Holds a batch back while the retry budget is used up.

    One attempt at a time at first; one more at a time for each clear answer, half as many for each failure, and while
    even a single one fails, further and further apart. So a dead API is asked now and then, and a flaky one used as far
    as it can be.
    """

    def __init__(self, exchange: Exchange, width: int) -> None:
        self._exchange = exchange
        self._most = width
        self._turnstile = Turnstile(1)
        self._not_before = -math.inf
        self._failures = 0

    async def attempt(self, job: Job, retry: RetryPolicy) -> Attempt:
        """Let a job make its attempt, when it may."""
        if self._exchange.budget.allows(retry):
            return await job.attempt(Priority.BATCH)
        await self._turnstile.enter(Priority.BATCH)
        try:
            await sleep_until(self._not_before, self._exchange.clock)
            attempt = await job.attempt(Priority.BATCH)
            self._learn(attempt, retry)
        finally:
            self._turnstile.leave()
        return attempt

    def _learn(self, attempt: Attempt, retry: RetryPolicy) -> None:
        width = self._turnstile.width
        if attempt.outcome in {AttemptOutcome.ANSWERED, AttemptOutcome.REFUSED}:
            self._failures = 0
            self._turnstile.resize(min(width + 1, self._most))
        elif width > 1:
            self._turnstile.resize(width // 2)
        else:
            self._failures += 1
            self._not_before = self._exchange.clock() + retry.delay(self._failures, None, 1.0)


def not_attempted(item: Item, reason: str) -> list[Activation]:
    """The outcomes of an item that was never begun."""
    if item.conference is None:
        return [_refused(item)]
    conference = item.conference
    error = NotSentError(
        f"conference {conference.label!r} was not attempted; {reason}",
        operation="Activate MPC",
        target=conference.label,
    )
    outcome = ActivationOutcome.NOT_ATTEMPTED
    return [
        Activation(position, conference.name, conference.uuid, outcome, error=error)
        for position in (item.position, *item.twins)
    ]


def _refused(item: Item) -> Activation:
    return Activation(item.position, None, None, ActivationOutcome.REJECTED, error=item.refusal)
