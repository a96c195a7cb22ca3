"""A batch as a step of somebody's own workflow."""

import anyio
import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import CancelledError
from temporalio.worker import Worker

from plivo_async.emulator import Emulator
from plivo_async.engines.temporal import (
    ActivationBatch,
    BatchInput,
    BatchResult,
    PlivoPlugin,
    batch_input,
    read_report,
)

from ...support import PATIENCE, contradictions
from .test_batches import QUEUE, client_of
from .test_ending import until, waiting

pytestmark = [pytest.mark.asyncio, pytest.mark.real_time]


@workflow.defn(sandboxed=False)
class Evening:
    """What somebody does with a batch."""

    @workflow.run
    async def run(self, batch: BatchInput) -> BatchResult:
        """Activate, and what not."""
        return await workflow.execute_child_workflow(ActivationBatch.run, batch, id=batch.batch)


async def test_it_is_done_and_told_of_by_its_own_name(temporal: Client) -> None:
    """The result comes to the parent."""
    async with Emulator(limit=None) as plivo, client_of(plivo) as client:
        batch = batch_input([*waiting(plivo, 30), "nobody"], account="main", workflow_id="child", shard_size=10)
        async with Worker(temporal, task_queue=QUEUE, plugins=[PlivoPlugin({"main": client})], workflows=[Evening]):
            result = await temporal.execute_workflow(Evening.run, batch, id="evening", task_queue=QUEUE)
        assert result.counts == {"activated": 30, "not_found": 1}
        report = await read_report(temporal, "child")
        assert contradictions(plivo, report) == []
        assert [one.name for one in report.failures] == ["nobody"]


async def test_cancelled_with_its_parent_it_ends_in_order(temporal: Client) -> None:
    """What was in flight comes back, and is told."""
    async with Emulator(limit=None, latency=0.1) as plivo, client_of(plivo) as client:
        names = waiting(plivo, 600)
        batch = batch_input(names, account="main", workflow_id="c2", at_a_time=2, stalled_after=PATIENCE)
        async with Worker(temporal, task_queue=QUEUE, plugins=[PlivoPlugin({"main": client})], workflows=[Evening]):
            handle = await temporal.start_workflow(Evening.run, batch, id="evening 2", task_queue=QUEUE)
            await until(lambda: plivo.counts().applied > 50)
            await handle.cancel()
            with anyio.fail_after(PATIENCE), pytest.raises(WorkflowFailureError) as caught:
                await handle.result()
        assert isinstance(caught.value.cause, CancelledError)
        report = await read_report(temporal, "c2")
        assert contradictions(plivo, report) == []
        counts = {outcome.value: count for outcome, count in report.counts.items() if count}
        assert counts == {"activated": plivo.counts().applied, "not_attempted": 600 - plivo.counts().applied}
