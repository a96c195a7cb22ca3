"""Histories of earlier versions are gone on with: the workflow decides the same when they are replayed.

The histories were recorded on a real server. After a change that is meant to break them, so that running batches are to
be ended first, they are recorded anew, beside those that are to hold on:

    python -m tests.engines.temporal.test_replay
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer

from plivo_async import AsyncClient, split
from plivo_async.emulator import Emulator
from plivo_async.engines.temporal import ActivationBatch, PlivoPlugin, start_batch
from plivo_async.engines.temporal._messages import BatchInput

from .server import running
from .test_batches import QUEUE, worker
from .test_ending import until, waiting

HISTORIES = {
    path.stem.removeprefix("history_"): path.read_text(encoding="utf-8")
    for path in sorted(Path(__file__).parent.glob("history_*.json"))
}


def replayer() -> Replayer:
    """With the workflow, in its sandbox, and an account that is never used."""
    return Replayer(workflows=[], plugins=[PlivoPlugin({"main": AsyncClient("MA" + "X" * 18, "t" * 40)})])


@pytest.mark.asyncio
@pytest.mark.real_time
@pytest.mark.parametrize("kind", HISTORIES)
async def test_a_recorded_history_is_replayed(kind: str) -> None:
    """Whole, paused and resumed, cancelled, refused, and continued as new."""
    await replayer().replay_workflow(WorkflowHistory.from_json("recorded", HISTORIES[kind]))


@pytest.mark.asyncio
@pytest.mark.real_time
async def test_another_course_of_events_is_noticed() -> None:
    """Or the test above would hold nothing."""
    told = json.loads(HISTORIES["whole"])
    for event in told["events"]:
        if event["eventType"] == EventType.Name(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED):
            event["activityTaskScheduledEventAttributes"]["activityType"]["name"] = "another"
    with pytest.raises(Exception, match=r"(?i)nondeterminism"):
        await replayer().replay_workflow(WorkflowHistory.from_json("recorded", told))


async def record(address: str) -> None:
    """Write histories of all kinds."""
    temporal = await Client.connect(address)
    async with Emulator(limit=None, latency=0.05) as plivo:
        names = waiting(plivo, 900)
        shards = [shard.to_dict() for shard in split(names[:30], 10, batch="b")]
        async with worker(temporal, plivo):
            kept = {}
            whole = await start_batch(
                temporal, [*names[:30], "nobody"], account="main", task_queue=QUEUE, shard_size=10
            )
            await whole.result()
            kept["whole"] = whole
            long = BatchInput(batch="b", account="main", shards=shards, at_a_time=1, shards_a_run=2)
            first = await temporal.start_workflow(ActivationBatch.run, long, id="b", task_queue=QUEUE)
            await first.result()
            kept["continued"] = temporal.get_workflow_handle_for(
                ActivationBatch.run, "b", run_id=first.first_execution_run_id
            )
            paused = await start_batch(temporal, names[30:330], account="main", task_queue=QUEUE, at_a_time=2)
            await until(lambda: plivo.counts().applied > 60)
            await paused.signal(ActivationBatch.pause)
            await asyncio.sleep(1)
            await paused.signal(ActivationBatch.resume)
            await paused.result()
            kept["paused"] = paused
            cancelled = await start_batch(temporal, names[400:], account="main", task_queue=QUEUE, at_a_time=2)
            await until(lambda: plivo.counts().applied > 350)
            await cancelled.cancel()
            await asyncio.sleep(2)
            kept["cancelled"] = cancelled
            unknown = BatchInput(batch="c", account="eu", shards=shards, at_a_time=2, patience=1)
            refused = await temporal.start_workflow(ActivationBatch.run, unknown, id="c", task_queue=QUEUE)
            await asyncio.sleep(5)
            kept["refused"] = refused
            for name, handle in kept.items():
                path = Path(__file__).parent / f"history_{name}.json"
                told = json.loads((await handle.fetch_history()).to_json())
                path.write_text(json.dumps(_anonymous(told), indent=1) + "\n", encoding="utf-8")


def _anonymous(told: Any) -> Any:
    """Without what is of the machine on which it was recorded: identities, and traces with its paths."""
    if isinstance(told, list):
        return [_anonymous(one) for one in told]
    if not isinstance(told, dict):
        return told
    kept = {key: _anonymous(value) for key, value in told.items() if key not in {"stackTrace", "lastWorkerVersion"}}
    return kept | ({"identity": "recorded"} if "identity" in kept else {})


if __name__ == "__main__":
    with running() as server:
        asyncio.run(record(server.address))
