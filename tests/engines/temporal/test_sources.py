"""Names that stay where they are: sources that are slow, wrong, or unknown to some of the workers."""

from datetime import UTC, datetime

import anyio
import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from plivo_async import ActivationOutcome
from plivo_async.emulator import Emulator
from plivo_async.engines import Accounts
from plivo_async.engines.temporal import ActivationBatch, PlivoPlugin, Source, read_report, start_batch
from plivo_async.engines.temporal._activity import Activities
from plivo_async.engines.temporal._messages import HANDED_BACK, BatchInput

from ...support import PATIENCE, contradictions
from .server import Server
from .test_activity import FakeTemporal, environment, task_of
from .test_batches import QUEUE, client_of, worker
from .test_ending import until, waiting

pytestmark = [pytest.mark.asyncio, pytest.mark.real_time]


async def test_a_worker_that_cannot_read_it_hands_back_no_knowledge() -> None:
    """Or a state that it hasn't looked at would take the place of a doubt that is newer."""
    since = datetime.now(UTC).isoformat()
    task = task_of(["a"], shard=None, source="nowhere", state="what was known", since=since)
    async with Emulator(limit=None) as plivo, client_of(plivo) as client:
        activities = Activities(Accounts({"main": client}), {})
        with pytest.raises(ApplicationError) as caught:
            await environment(FakeTemporal()).run(activities.activate_shard, task)
    assert caught.value.type in HANDED_BACK
    assert list(caught.value.details) == [""]


async def test_a_worker_is_shut_down_while_it_reads(temporal: Client) -> None:
    """Nothing was sent, and nothing is looked for."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 30)
        begun: list[int] = []

        async def slow(first: int, last: int) -> list[str]:
            begun.append(first)
            await anyio.sleep_forever()
            return names[first:last]

        async with worker(temporal, plivo, sources={"some": slow}):
            handle = await start_batch(
                temporal,
                Source("some"),
                account="main",
                task_queue=QUEUE,
                shard_size=10,
                at_a_time=2,
                stalled_after=PATIENCE,
            )
            await until(lambda: len(begun) == 2)
        async with worker(temporal, plivo, sources={"some": lambda first, last: names[first:last]}):
            assert (await handle.result()).counts == {"activated": 30}
        assert {one.operation for one in plivo.requests} == {"activate"}


async def test_a_report_has_those_too_that_nobody_has_begun(temporal: Client) -> None:
    """As when the batch was cancelled."""
    async with Emulator(limit=None, latency=0.1) as plivo:
        names = waiting(plivo, 1_005)
        sources = {"some": lambda first, last: names[first:last]}
        async with worker(temporal, plivo, sources=sources):
            handle = await start_batch(
                temporal,
                Source("some"),
                account="main",
                task_queue=QUEUE,
                shard_size=100,
                at_a_time=2,
                stalled_after=PATIENCE,
            )
            await until(lambda: plivo.counts().applied > 50)
            await handle.cancel()
            with anyio.fail_after(PATIENCE), pytest.raises(WorkflowFailureError):
                await handle.result()
        report = await read_report(temporal, handle.id, sources=sources)
        assert [one.name for one in report] == names
        assert contradictions(plivo, report) == []
        assert report.counts[ActivationOutcome.NOT_ATTEMPTED] == 1_005 - plivo.counts().applied


async def test_what_it_has_are_no_names_and_nobody_claims_that_something_was_sent(temporal: Client) -> None:
    """A worker's file may be broken, and the one of who reads the report not."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 10)
        async with worker(temporal, plivo, sources={"some": lambda *_: [""]}):
            handle = await start_batch(temporal, Source("some"), account="main", task_queue=QUEUE, at_a_time=1)
            with pytest.raises(WorkflowFailureError) as caught:
                await handle.result()
        assert "from position 0 on" in str(caught.value.cause)
        report = await read_report(temporal, handle.id, sources={"some": lambda first, last: names[first:last]})
        assert report.counts[ActivationOutcome.NOT_ATTEMPTED] == 10


async def test_a_worker_that_does_not_know_it_fails_no_batch_that_others_work_on(
    temporal: Client, temporal_server: Server
) -> None:
    """However long these take for a shard."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 20)
        reading, go_on = anyio.Event(), anyio.Event()

        async def slow(first: int, last: int) -> list[str]:
            reading.set()
            await go_on.wait()
            return names[first:last]

        batch = BatchInput(
            batch="s",
            account="main",
            source="some",
            shard_size=10,
            at_a_time=2,
            patience=1,
            stalled_after=PATIENCE,
        )
        async with client_of(plivo) as client:
            plugin = PlivoPlugin({"main": client}, sources={"some": slow})
            async with Worker(temporal, task_queue=QUEUE, plugins=[plugin], max_concurrent_activities=1):
                handle = await temporal.start_workflow(ActivationBatch.run, batch, id="s", task_queue=QUEUE)
                await reading.wait()
                async with worker(await Client.connect(temporal_server.address), plivo):
                    with anyio.fail_after(PATIENCE):
                        while await refusals(temporal) < 2:  # noqa: ASYNC110  (the world tells nobody)
                            await anyio.sleep(0.1)
                        while (await handle.query(ActivationBatch.progress)).under_way > 1:  # noqa: ASYNC110
                            await anyio.sleep(0.1)
                go_on.set()
                assert (await handle.result()).counts == {"activated": 20}


async def refusals(temporal: Client) -> int:
    """How often a worker has refused a shard of the batch `s`."""
    history = await temporal.get_workflow_handle("s").fetch_history()
    return sum(one.HasField("activity_task_failed_event_attributes") for one in history.events)
