"""Batches whose workflow is reset by hand: what the new run doesn't know of may have been sent by the old one."""

import uuid

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client

from plivo_async import ActivationOutcome, split
from plivo_async.emulator import Emulator
from plivo_async.engines.temporal import ActivationBatch, read_report, start_batch
from plivo_async.engines.temporal._messages import BatchInput

from ...support import PATIENCE, contradictions
from .test_batches import QUEUE, worker
from .test_ending import waiting

pytestmark = [pytest.mark.asyncio, pytest.mark.real_time]

_FIRST_TASK = 4
"""The event that ends a workflow's first task: begun, scheduled, started, and completed."""


async def reset(temporal: Client, workflow_id: str, run_id: str = "") -> str:
    """Have a batch done anew from the very beginning of a run, the last one if none is said; the run that does it."""
    asked = ResetWorkflowExecutionRequest(
        namespace=temporal.namespace,
        workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
        reason="a test",
        request_id=str(uuid.uuid4()),
        workflow_task_finish_event_id=_FIRST_TASK,
    )
    return (await temporal.workflow_service.reset_workflow_execution(asked)).run_id


async def test_a_reset_batch_starts_nothing_twice(temporal: Client) -> None:
    """What the old run started is found and told of as started; the next conference of a name is left alone."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 30)
        async with worker(temporal, plivo):
            first = await start_batch(
                temporal, names, account="main", task_queue=QUEUE, shard_size=10, stalled_after=PATIENCE
            )
            assert (await first.result()).counts == {"activated": 30}
            plivo.end_conference(names[3])
            plivo.add_conference(names[3])
            posts = sum(one.operation == "activate" for one in plivo.requests)
        again = temporal.get_workflow_handle(first.id, run_id=await reset(temporal, first.id))
        untold = await read_report(temporal, first.id)
        assert untold.counts[ActivationOutcome.UNKNOWN] == 30
        async with worker(temporal, plivo):
            await again.result()
        assert sum(one.operation == "activate" for one in plivo.requests) == posts
        assert plivo.conferences[names[3]].status == "Initialized"
        report = await read_report(temporal, first.id)
        assert contradictions(plivo, report) == []
        assert [one.name for one in report if one.outcome is not ActivationOutcome.ACTIVATED] == [names[3]]


async def test_a_history_that_went_on_in_another_one_is_reset(temporal: Client) -> None:
    """What the other one has sent is found, also by those in which the new run goes on."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 30)
        shards = [shard.to_dict() for shard in split(names, 10, batch="r")]
        batch = BatchInput(
            batch="r", account="main", shards=shards, at_a_time=1, shards_a_run=1, stalled_after=PATIENCE
        )
        async with worker(temporal, plivo):
            first = await temporal.start_workflow(ActivationBatch.run, batch, id="r", task_queue=QUEUE)
            assert (await first.result()).counts == {"activated": 30}
            plivo.end_conference(names[25])
            plivo.add_conference(names[25])
            await reset(temporal, "r", first.first_execution_run_id or "")
            await temporal.get_workflow_handle("r").result()
        assert sum(one.operation == "activate" for one in plivo.requests) == 30
        report = await read_report(temporal, "r")
        assert contradictions(plivo, report) == []
        assert [one.name for one in report if one.outcome is not ActivationOutcome.ACTIVATED] == [names[25]]
