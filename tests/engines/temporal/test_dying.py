"""Workers that end or die while a batch is cancelled, paused, terminated or reset: what they have sent isn't forgotten.

Temporal tries an activity no more once it is to be cancelled, and one that waits to be tried again is cancelled without
a word of what it had told. An earlier version of the workflow lost what such shards had done: it told of them as
untouched, and began them anew after a pause.
"""

import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import anyio
import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflowservice.v1 import PauseActivityRequest
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.worker import Worker

from plivo_async import ActivationReport, split
from plivo_async.emulator import Emulator
from plivo_async.engines.temporal import ActivationBatch, BatchResult, PlivoPlugin, read_report, start_batch
from plivo_async.engines.temporal._messages import BatchInput, ShardTask

from ...support import PATIENCE, contradictions
from ..on_temporal import worker_process
from .server import Server
from .test_batches import QUEUE, client_of, worker
from .test_ending import until, waiting
from .test_reset import reset

pytestmark = [pytest.mark.asyncio, pytest.mark.real_time]

SIZE = 400
Handle = WorkflowHandle[ActivationBatch, BatchResult]


async def submitted(temporal: Client, names: list[str], stalled_after: float = PATIENCE) -> Handle:
    """A batch of shards of which two are under way at a time."""
    return await start_batch(
        temporal, names, account="main", task_queue=QUEUE, shard_size=200, at_a_time=2, stalled_after=stalled_after
    )


def told(report: ActivationReport) -> dict[str, int]:
    """What a report counts."""
    return {outcome.value: count for outcome, count in report.counts.items() if count}


def posts(plivo: Emulator) -> int:
    """How many activations were asked for."""
    return sum(one.operation == "activate" for one in plivo.requests)


async def stop_a_worker(temporal: Client, plivo: Emulator) -> None:
    """Have some of a batch done by a worker that is shut down in order."""
    async with worker(temporal, plivo):
        await until(lambda: plivo.counts().applied > 50)


@contextlib.asynccontextmanager
async def only_deciding(temporal: Client, plivo: Emulator) -> AsyncIterator[None]:
    """A worker that does no shard: what was handed back waits for another one."""
    async with client_of(plivo) as client:
        plugin = PlivoPlugin({"main": client})
        async with Worker(temporal, task_queue=QUEUE, plugins=[plugin], no_remote_activities=True):
            yield


async def at_rest(handle: Handle) -> None:
    """Wait until nothing is under way."""
    with anyio.fail_after(PATIENCE):
        while (await handle.query(ActivationBatch.progress)).under_way:  # noqa: ASYNC110  (the world tells nobody)
            await anyio.sleep(0.05)


async def test_cancelled_after_its_worker_has_ended(temporal: Client) -> None:
    """What that one has sent is told, and all of it is so."""
    async with Emulator(limit=None, latency=0.1) as plivo:
        handle = await submitted(temporal, waiting(plivo, SIZE))
        await stop_a_worker(temporal, plivo)
        applied = plivo.counts().applied
        assert applied < SIZE
        await handle.cancel()
        async with only_deciding(temporal, plivo):
            with anyio.fail_after(PATIENCE), pytest.raises(WorkflowFailureError):
                await handle.result()
        report = await read_report(temporal, handle.id)
        assert contradictions(plivo, report) == []
        assert told(report) == {"activated": applied, "not_attempted": SIZE - applied}


async def test_paused_after_its_worker_has_ended(temporal: Client) -> None:
    """Nothing is sent twice, and the batch goes on."""
    async with Emulator(limit=None, latency=0.1) as plivo:
        handle = await submitted(temporal, waiting(plivo, SIZE))
        await stop_a_worker(temporal, plivo)
        async with only_deciding(temporal, plivo):
            await handle.signal(ActivationBatch.pause)
            await at_rest(handle)
        async with worker(temporal, plivo):
            await handle.signal(ActivationBatch.resume)
            with anyio.fail_after(PATIENCE):
                assert (await handle.result()).counts == {"activated": SIZE}
        assert posts(plivo) == SIZE
        assert contradictions(plivo, await read_report(temporal, handle.id)) == []


async def test_its_worker_ends_while_it_is_paused(temporal: Client) -> None:
    """As in a deployment: a shard whose end nobody has heard of is taken over, and the batch doesn't fail."""
    async with Emulator(limit=None, latency=0.1) as plivo:
        handle = await submitted(temporal, waiting(plivo, SIZE))
        async with worker(temporal, plivo):
            await until(lambda: plivo.counts().applied > 50)
            await handle.signal(ActivationBatch.pause)
        async with worker(temporal, plivo):
            await handle.signal(ActivationBatch.resume)
            with anyio.fail_after(PATIENCE):
                assert (await handle.result()).counts == {"activated": SIZE}
        assert posts(plivo) == SIZE


@pytest.mark.parametrize("how", ["cancelled", "paused"])
async def test_an_operator_pauses_its_activities_before(temporal: Client, how: str) -> None:
    """Temporal would keep them for attempts of its own, and forget what they had told: they end, and others begin."""
    async with Emulator(limit=None, latency=0.1) as plivo:
        handle = await submitted(temporal, waiting(plivo, SIZE))
        async with worker(temporal, plivo):
            await until(lambda: plivo.counts().applied > 50)
            await pause_activities(temporal, handle)
        async with only_deciding(temporal, plivo):
            if how == "cancelled":
                await handle.cancel()
                with anyio.fail_after(PATIENCE), pytest.raises(WorkflowFailureError):
                    await handle.result()
            else:
                await handle.signal(ActivationBatch.pause)
                await at_rest(handle)
        if how == "paused":
            async with worker(temporal, plivo):
                await handle.signal(ActivationBatch.resume)
                with anyio.fail_after(PATIENCE):
                    await handle.result()
        assert contradictions(plivo, await read_report(temporal, handle.id)) == []
        assert posts(plivo) == plivo.counts().applied


async def pause_activities(temporal: Client, handle: Handle) -> None:
    """As somebody does in Temporal's UI; returns when their worker has heard of it, and ended them."""
    begun = [one.activity_id for one in (await handle.describe()).raw_description.pending_activities]
    for activity_id in begun:
        asked = PauseActivityRequest(
            namespace=temporal.namespace,
            execution=WorkflowExecution(workflow_id=handle.id),
            id=activity_id,
            identity="somebody",
        )
        await temporal.workflow_service.pause_activity(asked)
    with anyio.fail_after(PATIENCE):
        while any(  # noqa: ASYNC110  (the world tells nobody)
            one.activity_id in begun and one.state != PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED
            for one in (await handle.describe()).raw_description.pending_activities
        ):
            await anyio.sleep(0.05)


@contextlib.contextmanager
def killed(server: Server, plivo: Emulator) -> Iterator[Callable[[], Awaitable[None]]]:
    """A worker in a process of its own, and what kills it once it is at work."""
    process = worker_process(server.address, plivo)

    async def kill() -> None:
        await until(lambda: plivo.counts().applied > 50)
        process.send_signal(signal.SIGKILL)
        process.wait()

    try:
        yield kill
    finally:
        process.kill()
        process.wait()


@pytest.mark.long
@pytest.mark.parametrize("how", ["cancelled", "paused"])
async def test_asked_to_end_after_its_worker_has_died(temporal: Client, temporal_server: Server, how: str) -> None:
    """What may have been sent is told as such, or looked at; the batch doesn't fail because nobody answered."""
    async with Emulator(limit=None, latency=0.1) as plivo:
        handle = await submitted(temporal, waiting(plivo, SIZE), stalled_after=3)
        with killed(temporal_server, plivo) as kill:
            await kill()
        assert 0 < plivo.counts().applied < SIZE
        async with only_deciding(temporal, plivo):
            if how == "cancelled":
                await handle.cancel()
                with anyio.fail_after(PATIENCE), pytest.raises(WorkflowFailureError):
                    await handle.result()
            else:
                await handle.signal(ActivationBatch.pause)
                await at_rest(handle)
        if how == "cancelled":
            report = await read_report(temporal, handle.id)
            assert told(report).get("activated", 0) + told(report)["unknown"] >= plivo.counts().applied
        else:
            async with worker(temporal, plivo):
                await handle.signal(ActivationBatch.resume)
                with anyio.fail_after(PATIENCE):
                    await handle.result()
            report = await read_report(temporal, handle.id)
            assert told(report) == {"activated": SIZE}
            assert max(conference.applied for conference in plivo.conferences.values()) == 1
        assert contradictions(plivo, report) == []


async def test_terminated_nobody_claims_that_nothing_was_sent(temporal: Client) -> None:
    """It is told of as what its worker has told last: it could send no more, as nobody took what it told after that."""
    async with Emulator(limit=None, latency=0.1) as plivo:
        handle = await submitted(temporal, waiting(plivo, 2 * SIZE))
        async with worker(temporal, plivo):
            await until(lambda: plivo.counts().applied > 50)
            await handle.terminate()
        report = await read_report(temporal, handle.id)
        assert contradictions(plivo, report) == []
        assert told(report)["unknown"] > 0


async def test_reset_while_shards_are_under_way(temporal: Client) -> None:
    """It goes on, and nothing that the old run has sent is sent again."""
    async with Emulator(limit=None, latency=0.1) as plivo:
        first = await submitted(temporal, waiting(plivo, SIZE))
        async with worker(temporal, plivo):
            await until(lambda: plivo.counts().applied > 50)
            again = temporal.get_workflow_handle(first.id, run_id=await reset(temporal, first.id))
            with anyio.fail_after(PATIENCE):
                await again.result()
        report = await read_report(temporal, first.id)
        assert contradictions(plivo, report) == []
        assert told(report) == {"activated": SIZE}
        assert posts(plivo) == SIZE


async def test_a_history_may_begin_with_shards_that_are_half_done(temporal: Client) -> None:
    """As when an outage has filled the one before."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 40)
        one, two, *rest = split(names, 10, batch="e")
        common: dict[str, Any] = {"batch": "e", "account": "main"}
        half = ShardTask(
            **common, shard=one.to_dict(), source=None, first=0, size=10, confirm="always", wait_for=0.0, since=None
        )
        lost = replace(half, shard=two.to_dict(), first=10, since=datetime.now(UTC).isoformat())
        shards = [shard.to_dict() for shard in rest]
        batch = BatchInput(
            **common, shards=shards, first=20, begun=[half, lost], at_a_time=1, shards_a_run=1, stalled_after=PATIENCE
        )
        async with worker(temporal, plivo):
            handle = await temporal.start_workflow(ActivationBatch.run, batch, id="e", task_queue=QUEUE)
            result = await handle.result()
        assert (result.counts, result.requests) == ({"activated": 40}, 50)
        report = await read_report(temporal, "e")
        assert [one.name for one in report] == names
        assert report.succeeded
