"""Batches that are paused, cancelled, refused, or whose names stay where they are, on a real server."""

from collections.abc import Callable
from pathlib import Path

import anyio
import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import CancelledError
from temporalio.worker import Worker

from plivo_async import ActivationOutcome, AsyncClient, AuthenticationError, split
from plivo_async.emulator import Emulator
from plivo_async.engines.temporal import ActivationBatch, PlivoPlugin, Source, read_report, start_batch
from plivo_async.engines.temporal._messages import BatchInput

from ...support import PATIENCE, contradictions
from .server import Server
from .test_batches import QUEUE, worker

pytestmark = [pytest.mark.asyncio, pytest.mark.real_time]


async def until(what: Callable[[], bool]) -> None:
    """Wait until it is so."""
    with anyio.fail_after(PATIENCE):
        while not what():  # noqa: ASYNC110  (the world tells nobody)
            await anyio.sleep(0.02)


def waiting(plivo: Emulator, size: int) -> list[str]:
    """So many conferences that wait."""
    names = [f"room-{number}" for number in range(size)]
    for name in names:
        plivo.add_conference(name, started_ago=60)
    return names


async def test_cancelled_it_ends_in_order(temporal: Client) -> None:
    """What was in flight comes back and is told, the rest is not attempted, and all of it is so."""
    async with Emulator(limit=None, latency=0.1) as plivo:
        names = waiting(plivo, 1_000)
        async with worker(temporal, plivo):
            handle = await start_batch(
                temporal, names, account="main", task_queue=QUEUE, at_a_time=2, stalled_after=PATIENCE
            )
            await until(lambda: plivo.counts().applied > 100)
            await handle.cancel()
            with anyio.fail_after(PATIENCE), pytest.raises(WorkflowFailureError) as caught:
                await handle.result()
            assert isinstance(caught.value.cause, CancelledError)
        report = await read_report(temporal, handle.id)
        assert contradictions(plivo, report) == []
        counts = {outcome.value: count for outcome, count in report.counts.items() if count}
        assert counts == {"activated": plivo.counts().applied, "not_attempted": 1_000 - plivo.counts().applied}


async def test_paused_it_sends_nothing_and_goes_on_after(temporal: Client) -> None:
    """Also where shards are under way; nothing is sent twice."""
    async with Emulator(limit=None, latency=0.1) as plivo:
        names = waiting(plivo, 600)
        async with worker(temporal, plivo):
            handle = await start_batch(
                temporal, names, account="main", task_queue=QUEUE, at_a_time=2, stalled_after=PATIENCE
            )
            await until(lambda: plivo.counts().applied > 50)
            await handle.signal(ActivationBatch.pause)
            with anyio.fail_after(PATIENCE):
                while (await handle.query(ActivationBatch.progress)).under_way:  # noqa: ASYNC110
                    await anyio.sleep(0.05)
            applied, progress = plivo.counts().applied, await handle.query(ActivationBatch.progress)
            await anyio.sleep(0.3)
            assert (progress.paused, plivo.counts().applied) == (True, applied)
            assert applied < 600
            await handle.signal(ActivationBatch.resume)
            result = await handle.result()
        assert (result.counts, result.requests) == ({"activated": 600}, 600)
        assert contradictions(plivo, await read_report(temporal, handle.id)) == []


async def test_names_may_stay_where_they_are(temporal: Client, tmp_path: Path) -> None:
    """In a file, of which a worker reads what it does; a history that is full goes on in another one."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 95)
        path = tmp_path / "tonight.txt"
        path.write_text("".join(f"{name}\n" for name in [*names, names[90], ""]))
        batch = BatchInput(
            batch="b",
            account="main",
            source="tonight",
            shard_size=20,
            at_a_time=2,
            shards_a_run=2,
            stalled_after=PATIENCE,
        )
        async with worker(temporal, plivo, sources={"tonight": path}):
            handle = await temporal.start_workflow(ActivationBatch.run, batch, id="b", task_queue=QUEUE)
            result = await handle.result()
        assert (result.counts, result.requests) == ({"activated": 95}, 95)
        assert result.first_run_id == handle.first_execution_run_id
        report = await read_report(temporal, handle.id, sources={"tonight": path})
        assert [one.name for one in report] == [*names, names[90]]
        assert contradictions(plivo, report) == []
        with pytest.raises(ValueError, match="must have 'tonight'"):
            await read_report(temporal, handle.id)
        path.write_text("".join(f"{name}\n" for name in reversed(names)))
        with pytest.raises(ValueError, match="has changed"):
            await read_report(temporal, handle.id, sources={"tonight": path})


async def test_a_source_may_be_a_callable(temporal: Client) -> None:
    """What is in a payload is its name; where it ends at the end of a shard nothing is missed or made up."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 40)

        async def some(first: int, last: int) -> list[str]:
            return names[first:last]

        async with worker(temporal, plivo, sources={"some": some}):
            handle = await start_batch(temporal, Source("some"), account="main", task_queue=QUEUE, shard_size=20)
            assert (await handle.result()).counts == {"activated": 40}
        assert (await read_report(temporal, handle.id, sources={"some": some})).succeeded


@pytest.mark.long
async def test_histories_that_go_on_hold_what_is_left(temporal: Client) -> None:
    """Of names that are in the input, too."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 50)
        shards = [shard.to_dict() for shard in split([*names, names[0]], 10, batch="c")]
        batch = BatchInput(
            batch="c", account="main", shards=shards, at_a_time=2, shards_a_run=2, stalled_after=PATIENCE
        )
        async with worker(temporal, plivo):
            handle = await temporal.start_workflow(ActivationBatch.run, batch, id="c", task_queue=QUEUE)
            result = await handle.result()
        assert (result.total, result.counts, result.requests) == (50, {"activated": 50}, 50)
        report = await read_report(temporal, "c")
        assert [one.name for one in report] == [*names, names[0]]
        assert report.succeeded


async def test_a_worker_with_a_wrong_token_harms_nobody(temporal: Client, temporal_server: Server) -> None:
    """It puts back what it took, and ends with the reason; others do it."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 200)
        async with AsyncClient(plivo.auth_id, "wrong" * 8, base_url=plivo.url) as wrong:
            handle = await start_batch(
                temporal, names, account="main", task_queue=QUEUE, shard_size=20, stalled_after=PATIENCE
            )
            with anyio.fail_after(PATIENCE), pytest.raises(AuthenticationError):
                await Worker(temporal, task_queue=QUEUE, plugins=[PlivoPlugin({"main": wrong})]).run()
        report = await read_report(temporal, handle.id)
        assert report.counts[ActivationOutcome.NOT_ATTEMPTED] == 200
        async with worker(await Client.connect(temporal_server.address), plivo):
            result = await handle.result()
        assert (result.total, result.counts) == (200, {"activated": 200})
        assert contradictions(plivo, await read_report(temporal, handle.id)) == []


async def test_a_block_in_which_a_worker_runs_ends_with_it(temporal: Client) -> None:
    """Nobody takes a worker for one that works."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 3)
        async with AsyncClient(plivo.auth_id, "wrong" * 8, base_url=plivo.url) as wrong:
            handle = await start_batch(temporal, names, account="main", task_queue=QUEUE)
            with anyio.fail_after(PATIENCE), pytest.raises(AuthenticationError):
                async with Worker(temporal, task_queue=QUEUE, plugins=[PlivoPlugin({"main": wrong})]):
                    await anyio.sleep_forever()
        await handle.terminate()


@pytest.mark.long
async def test_an_account_that_no_worker_knows_fails_the_batch(temporal: Client) -> None:
    """With words that say what the workers have."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 3)
        async with worker(temporal, plivo):
            shards = [shard.to_dict() for shard in split(names, batch="d")]
            batch = BatchInput(batch="d", account="mian", shards=shards, patience=1)
            handle = await temporal.start_workflow(ActivationBatch.run, batch, id="d", task_queue=QUEUE)
            with pytest.raises(WorkflowFailureError) as caught:
                await handle.result()
        assert "'mian' is unknown to this worker, which has 'main'" in str(caught.value.cause)
