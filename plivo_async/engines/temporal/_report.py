"""The report of a batch, read from its history: the shards went in there, and their states came out."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from temporalio.api.common.v1 import Payloads
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.converter import DataConverter

from ..._errors import invalid
from ...batch import ActivationReport, Shard, ShardState, merge
from ._heart import known
from ._messages import HANDED_BACK, INVALID, BatchInput, ShardDone, ShardTask, public
from ._sources import Reader, Source, reader, shard_of

_T = TypeVar("_T")
_COMPLETED, _FAILED, _TIMED_OUT, _ = _ENDS = [
    f"activity_task_{how}_event_attributes" for how in ("completed", "failed", "timed_out", "canceled")
]
"""How an activity ends; canceled is one of which nothing was sent."""
_OVER = {
    f"workflow_execution_{how}_event_attributes"
    for how in ("completed", "failed", "timed_out", "canceled", "terminated", "continued_as_new")
}


@public
async def read_report(
    client: Client, workflow_id: str, *, sources: Mapping[str, Source] | None = None
) -> ActivationReport:
    """The outcome of each conference of a batch, whether it has ended, was cancelled, or goes on.

    It comes from the histories of the batch, which Temporal keeps for as long as its namespace says (retention). Of
    shards under way it has what their workers told last, half a second ago at most.

    Args:
        client: Of Temporal, connected.
        workflow_id: What the batch is called.
        sources: As for `PlivoPlugin`, if the names are in a source; they aren't at Temporal then.

    Raises:
        InvalidArgumentError: The batch's source is not among `sources`, or has changed.
        temporalio.service.RPCError: There is no such workflow (any more).
    """
    described = await client.get_workflow_handle(workflow_id).describe()
    past = _Past(client.data_converter)
    for run_id in await _runs(client, workflow_id, described.run_id):
        handle = client.get_workflow_handle(workflow_id, run_id=run_id)
        await past.take_in(run_id, handle.fetch_history_events())
    for pending in described.raw_description.pending_activities:
        await past.hear(pending.activity_id, pending.heartbeat_details)
    ended = described.close_time or past.last_at
    elapsed = (ended - past.began_at).total_seconds() if past.began_at is not None and ended is not None else 0.0
    return merge([part async for part in past.parts(sources or {})], elapsed)


async def _runs(client: Client, workflow_id: str, last: str) -> list[str]:
    """Those that led to the last one, in order: after a reset that is not the way that the first one went on."""
    runs = [last]
    while True:
        handle = client.get_workflow_handle(workflow_id, run_id=runs[0])
        first = await anext(aiter(handle.fetch_history_events(page_size=1)))
        before = first.workflow_execution_started_event_attributes.continued_execution_run_id
        if not before:
            return runs
        runs.insert(0, before)


@dataclass(frozen=True)
class _Scheduled:
    """An activity of a history, and when it was scheduled."""

    activity_id: str
    task: ShardTask
    at: datetime


class _Past:
    """What the histories of a batch tell, from the first one on.

    Attributes:
        began_at: When the first one began.
        last_at: When last anything happened.
    """

    def __init__(self, converter: DataConverter) -> None:
        self.began_at: datetime | None = None
        self.last_at: datetime | None = None
        self._converter = converter
        self._scheduled: dict[int, _Scheduled] = {}  # by the number of the event in the present history
        self._open: dict[str, _Scheduled] = {}  # those that have not ended, by their names
        self._shards: dict[int, ShardTask] = {}  # by position
        self._known: dict[int, tuple[str, datetime | None]] = {}  # states, and since when more may have been sent
        self._sizes: dict[int, int] = {}
        self._later: list[dict[str, Any]] = []
        self._batch: BatchInput | None = None  # as the present history was given it
        self._since: datetime | None = None  # from when on somebody may have sent what is later

    async def take_in(self, run_id: str, events: AsyncIterator[HistoryEvent]) -> None:
        """Read a history."""
        self._scheduled.clear()
        self._open.clear()
        async for event in events:
            self.last_at = event.event_time.ToDatetime(UTC)
            self.began_at = self.began_at or self.last_at
            kind = event.WhichOneof("attributes")
            if kind == "workflow_execution_started_event_attributes":
                started = event.workflow_execution_started_event_attributes
                batch = await self._one(started.input, BatchInput)
                self._batch, self._later = batch, batch.shards or []
                is_reset = started.original_execution_run_id not in {"", run_id}
                self._since = _time(batch.since) or (self.last_at if is_reset else None)
            elif kind == "activity_task_scheduled_event_attributes":
                scheduled = event.activity_task_scheduled_event_attributes
                task = await self._one(scheduled.input, ShardTask)
                one = _Scheduled(scheduled.activity_id, task, self.last_at)
                self._scheduled[event.event_id] = self._open[one.activity_id] = one
                self._shards[task.first] = task
                self._known[task.first] = task.state, _time(task.since)
            elif kind in _ENDS:
                await self._take_end(kind, getattr(event, kind))
            elif kind in _OVER:  # as when it was terminated
                for one in self._open.values():
                    self._left(one, "")

    async def _take_end(self, kind: str, end: Any) -> None:
        one = self._scheduled[end.scheduled_event_id]
        self._open.pop(one.activity_id, None)
        if kind == _COMPLETED:
            done = await self._one(end.result, ShardDone)
            self._known[one.task.first], self._sizes[one.task.first] = (done.state, None), done.size
        elif kind == _TIMED_OUT:
            self._left(one, await self._told(end.failure.timeout_failure_info.last_heartbeat_details))
        elif kind == _FAILED:
            why = end.failure.application_failure_info
            is_told = why.type == INVALID or (why.type in HANDED_BACK and bool(why.details.payloads))
            told = await self._told(why.details) if is_told else ""
            if told or not is_told:  # or it has told that nothing was sent
                self._left(one, told)

    def _left(self, one: "_Scheduled", told: str) -> None:
        """Take it that one ended with this as the last that it told; if it is nothing, with anything."""
        task = one.task
        self._known[task.first] = (told, None) if told else (task.state, _time(task.since) or one.at)

    async def hear(self, activity_id: str, details: Payloads) -> None:
        """Take in what a shard that is under way has told last."""
        one = self._open.get(activity_id)
        if one is not None and (told := await self._told(details)):
            self._left(one, told)

    async def _told(self, details: Payloads) -> str:
        return await self._one(details, str) if details.payloads else ""

    async def parts(self, sources: Mapping[str, Source]) -> AsyncIterator[tuple[Shard, ShardState]]:
        """Each shard with its state, in order: those that nobody has begun, too.

        Raises:
            InvalidArgumentError: The names are in a source that isn't known here, or has changed.
        """
        readers = {name: reader(source) for name, source in sources.items()}
        last, goes_on = -1, True
        for first, task in sorted(self._shards.items()):
            size = self._sizes.get(first, task.size)
            shard = Shard.from_dict(task.shard) if task.shard else await _read(readers, task, first, size)
            if shard is not None:
                yield shard, known(shard, *self._known[first])
            last, goes_on = first, shard is not None and len(shard) == task.size
        for told in self._later:
            if told["first"] > last:
                later = Shard.from_dict(told)
                yield later, known(later, "", self._since)
        batch = self._batch
        while goes_on and batch is not None and batch.source is not None:
            last = 0 if last < 0 else last + batch.shard_size
            rest = await _read(readers, batch, last, batch.shard_size)
            if rest is not None:
                yield rest, known(rest, "", self._since)
            goes_on = rest is not None and len(rest) == batch.shard_size

    async def _one(self, payloads: Payloads, kind: type[_T]) -> _T:
        [value] = await self._converter.decode(payloads.payloads, [kind])
        told: _T = value
        return told


async def _read(readers: Mapping[str, Reader], of: ShardTask | BatchInput, first: int, size: int) -> Shard | None:
    """A shard of a source; None if that ends before.

    Raises:
        InvalidArgumentError: It isn't known here.
    """
    if of.source is None or of.source not in readers:
        raise invalid("sources", f"must have {of.source!r}: the names of this batch are there, not at Temporal")
    return await shard_of(readers[of.source], of.batch, first, size) if size else None


def _time(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)
