"""The workflow of a batch: shards go out, a few at a time, and what they leave is added up.

It decides nothing about conferences, and holds no outcome of an item for longer than it takes to add it up: the
outcomes are in the history, as results of activities. Everything here is replayed, so nothing here may depend on
anything but the history; a change is tried on recorded histories by `tests/engines/temporal/test_replay.py`.
"""

import asyncio
import contextlib
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError
from temporalio.exceptions import TimeoutError as ActivityTimeoutError

from ._messages import (
    BATCH,
    HANDED_BACK,
    REFUSED,
    SHARD,
    BatchInput,
    BatchResult,
    Progress,
    ShardDone,
    ShardTask,
    Totals,
)

_MOST_FAILURES = 200
_ONCE = RetryPolicy(maximum_attempts=1)
"""An attempt of Temporal's own leaves nothing in the history, and what it has told is gone when the activity is
cancelled before the next one begins. So each is tried once, and the workflow begins another one with what is known."""
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 60.0  # seconds until a shard that has come no further is begun again


@workflow.defn(name=BATCH)
class ActivationBatch:
    """Activates all conferences of a `BatchInput`; start it with `start_batch()`."""

    @workflow.init
    def __init__(self, batch: BatchInput) -> None:
        self._batch = batch
        self._paused = batch.paused
        self._counts: Counter[str] = Counter(batch.so_far.counts)
        self._shards = batch.so_far.shards
        self._requests = batch.so_far.requests
        self._failures = list(batch.so_far.failures)
        self._more_failures = batch.so_far.more_failures
        self._next = batch.first
        self._end = None if batch.shards is None else batch.first + sum(len(one["conferences"]) for one in batch.shards)
        self._begun = 0
        self._unfinished: list[ShardTask] = []  # for the next history
        self._old = list(batch.begun)
        self._refused_since: datetime | None = None  # and no shard has ended in another way after that
        self._under_way: set[workflow.ActivityHandle[ShardDone]] = set()
        self._ending = False
        self._trouble: BaseException | None = None

    @workflow.run
    async def run(self, batch: BatchInput) -> BatchResult:
        """Do it all, or as much as one history holds, and go on in another one."""
        runners = [asyncio.create_task(self._run_shards()) for _ in range(batch.at_a_time)]
        try:
            await workflow.wait_condition(lambda: all(runner.done() for runner in runners))
        except asyncio.CancelledError as error:
            self._stop(error)
            await workflow.wait_condition(lambda: all(runner.done() for runner in runners))
        if self._trouble is not None:
            raise self._trouble
        for runner in runners:
            runner.result()
        if self._unfinished or self._old or not self._is_over():
            workflow.continue_as_new(self._rest())
        info = workflow.info()
        return BatchResult(
            total=self._counts.total(),
            counts=dict(self._counts),
            requests=self._requests,
            failures=self._failures,
            more_failures=self._more_failures,
            workflow_id=info.workflow_id,
            first_run_id=info.first_execution_run_id,
        )

    @workflow.query
    def progress(self) -> Progress:
        """How far it has come."""
        return Progress(
            total=self._end,
            settled=self._counts.total() - self._counts["not_attempted"],
            counts=dict(self._counts),
            shards=self._shards,
            under_way=len(self._under_way),
            paused=self._paused,
        )

    @workflow.signal
    def pause(self) -> None:
        """Send nothing more until `resume`; what is in flight comes back."""
        self._paused = True
        self._cut_short()

    @workflow.signal
    def resume(self) -> None:
        """Go on after `pause`."""
        self._paused = False

    async def _run_shards(self) -> None:
        try:
            while (task := self._next_task()) is not None:
                await self._finish(task)
        except (
            ActivityError,
            ApplicationError,
        ) as error:  # what is under way is to be told of
            self._stop(error)

    def _next_task(self) -> ShardTask | None:
        batch, first = self._batch, self._next
        full = self._begun >= batch.shards_a_run or workflow.info().is_continue_as_new_suggested()
        if self._ending or full:
            return None
        if self._old:
            return self._old.pop(0)
        if self._is_over():
            return None
        shard = None if batch.shards is None else batch.shards[self._begun]
        size = batch.shard_size if shard is None else len(shard["conferences"])
        self._next += size
        self._begun += 1
        return ShardTask(
            batch=batch.batch,
            account=batch.account,
            shard=shard,
            source=batch.source,
            first=first,
            size=size,
            confirm=batch.confirm,
            wait_for=batch.wait_for,
            since=self._since(),
        )

    def _is_over(self) -> bool:
        return self._end is not None and self._next >= self._end

    def _since(self) -> str | None:
        """Since when anything may have been sent that this history doesn't know of: also before it was reset."""
        info = workflow.info()
        if info.run_id == info.original_execution_run_id:
            return self._batch.since
        return self._batch.since or info.workflow_start_time.isoformat()

    async def _finish(self, task: ShardTask) -> None:
        """Have a shard done, by as many activities as it takes."""
        done: ShardDone | None = None
        in_vain = 0  # activities in a row that came no further
        while done is None or done.cut_short:
            await workflow.wait_condition(lambda: self._ending or not self._paused)
            if self._ending:
                break
            if in_vain and workflow.info().is_continue_as_new_suggested():
                self._unfinished.append(task)
                return
            began, before = workflow.now(), task
            try:
                done = await self._activity(task)
            except asyncio.CancelledError:  # in the very turn in which it was begun: it never left this workflow
                continue
            except ActivityError as error:
                if isinstance(error.cause, CancelledError):  # before any worker had sent anything
                    continue
                task = self._put_back(task, began, error)
                in_vain = in_vain + 1 if task == before else 1
                await self._wait(in_vain, error)
                continue
            self._refused_since = None
            self._requests += done.requests
            task = replace(task, state=done.state, since=None, size=done.size)
        if done is not None:
            self._add(task, done)

    def _put_back(self, task: ShardTask, began: datetime, error: ActivityError) -> ShardTask:
        """A shard as it is left by an activity that did not end it.

        Raises:
            BaseException: No other worker will be able to either.
        """
        cause, told = error.cause, ""
        if isinstance(cause, ActivityTimeoutError):
            told = next(iter(cause.last_heartbeat_details), "")
        elif isinstance(cause, ApplicationError) and cause.type in HANDED_BACK and cause.details:
            told = cause.details[0]
            if not told:
                return task
        elif isinstance(cause, ApplicationError) and cause.non_retryable:
            raise cause from None
        if told:
            return replace(task, state=told, since=None)
        return replace(task, since=task.since or began.isoformat())

    async def _wait(self, in_vain: int, error: ActivityError) -> None:
        """Let some time go by before a shard is begun again, unless workers refuse it, which takes some time as it is.

        Raises:
            BaseException: They have done nothing but refuse shards for too long.
        """
        cause = error.cause
        if isinstance(cause, ApplicationError) and cause.type == REFUSED:
            now = workflow.now()
            self._refused_since = self._refused_since or now
            if now - self._refused_since >= timedelta(seconds=self._batch.patience):
                await workflow.wait_condition(self._is_clear)  # a shard may take others longer than that
                if self._refused_since is not None and not self._ending:
                    raise cause from None
            return
        self._refused_since = None
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(in_vain - 1, 20))
        with contextlib.suppress(asyncio.TimeoutError):
            await workflow.wait_condition(lambda: self._ending, timeout=longest)

    def _is_clear(self) -> bool:
        """Whether it is known that all workers refuse shards, or that they don't."""
        return self._refused_since is None or self._ending or not self._under_way

    async def _activity(self, task: ShardTask) -> ShardDone:
        handle: workflow.ActivityHandle[ShardDone] = workflow.start_activity(
            SHARD,
            task,
            result_type=ShardDone,
            start_to_close_timeout=timedelta(days=1),
            heartbeat_timeout=timedelta(seconds=self._batch.stalled_after),
            retry_policy=_ONCE,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        self._under_way.add(handle)
        try:
            return await handle
        finally:
            self._under_way.discard(handle)

    def _add(self, task: ShardTask, done: ShardDone) -> None:
        self._counts.update(done.counts)
        self._shards += 1
        room = _MOST_FAILURES - len(self._failures)
        failed = sum(count for outcome, count in done.counts.items() if outcome not in ("activated", "already_active"))
        told = done.failures[:room]
        self._failures += told
        self._more_failures += failed - len(told)
        if done.size < self._batch.shard_size and self._batch.source is not None:  # that is where the source ends
            end = task.first + done.size
            self._end = end if self._end is None else min(end, self._end)

    def _stop(self, why: BaseException) -> None:
        if self._trouble is None:
            self._trouble = why
        self._ending = True
        self._cut_short()

    def _cut_short(self) -> None:
        for handle in list(self._under_way):
            handle.cancel()

    def _rest(self) -> BatchInput:
        shards = self._batch.shards
        return replace(
            self._batch,
            shards=None if shards is None else shards[self._begun :],
            first=self._next,
            since=self._since(),  # of what comes later, too: a history that was reset may have gone on before
            begun=[*self._unfinished, *self._old],
            paused=self._paused,
            so_far=Totals(
                counts=dict(self._counts),
                shards=self._shards,
                requests=self._requests,
                failures=self._failures,
                more_failures=self._more_failures,
            ),
        )
