"""The engines' public signatures, used as a user would: see `sample.py`. Not run."""

from pathlib import Path
from typing import assert_type

import procrastinate
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from plivo_async import ActivationReport, AsyncClient
from plivo_async.engines import Accounts
from plivo_async.engines.procrastinate import Batches
from plivo_async.engines.procrastinate import Progress as Rows
from plivo_async.engines.procrastinate import read_report as read_rows
from plivo_async.engines.temporal import (
    ActivationBatch,
    BatchInput,
    BatchResult,
    PlivoPlugin,
    Progress,
    Source,
    batch_input,
    read_report,
    start_batch,
)


async def on_procrastinate(app: procrastinate.App, client: AsyncClient, names: list[str]) -> None:
    """Submitted, worked on, watched, ended, reported."""
    batches = Batches(app)
    await batches.apply_schema()
    assert_type(await batches.submit(names, account="main", size=100), str)
    assert_type(await batches.progress("evening"), Rows)
    assert_type(await batches.wait("evening", interval=0.5), Rows)
    assert_type(await batches.retry("evening", ["failed"]), int)
    assert_type(await batches.report("evening"), ActivationReport)
    assert_type(read_rows("dbname=shop", "evening"), ActivationReport)
    await batches.cancel("evening")
    await batches.run_worker({"main": client, "eu": lambda: AsyncClient()}, concurrency=3)
    await batches.run_worker(Accounts({"main": client}))
    await batches.submit(names)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def on_temporal(temporal: Client, client: AsyncClient, names: list[str]) -> None:
    """Submitted, worked on, watched, paused, reported."""
    plugin = PlivoPlugin({"main": client}, sources={"tonight": Path("tonight.txt"), "some": lambda first, last: names})
    await Worker(temporal, task_queue="plivo", plugins=[plugin]).run()
    handle = await start_batch(temporal, names, account="main", task_queue="plivo", stalled_after=5)
    assert_type(handle, WorkflowHandle[ActivationBatch, BatchResult])
    assert_type(await handle.query(ActivationBatch.progress), Progress)
    await handle.signal(ActivationBatch.pause)
    await start_batch(temporal, Source("tonight"), account="main", task_queue="plivo", maybe_sent=None)
    assert_type(batch_input(names, account="main", workflow_id="tonight"), BatchInput)
    assert_type((await handle.result()).counts, dict[str, int])
    assert_type(await read_report(temporal, handle.id, sources={"tonight": "tonight.txt"}), ActivationReport)
    await start_batch(temporal, names, task_queue="plivo")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
