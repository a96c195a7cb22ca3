"""Whole batches on a real server: what is told of each conference is so."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from plivo_async import AsyncClient
from plivo_async.emulator import Emulator, Faults
from plivo_async.engines.temporal import ActivationBatch, PlivoPlugin, read_report, start_batch

from ...support import PATIENCE, contradictions
from .server import Server

pytestmark = [pytest.mark.asyncio, pytest.mark.real_time]

QUEUE = "plivo"


def client_of(plivo: Emulator, **options: Any) -> AsyncClient:
    """A client of it, over a socket."""
    return AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url, rate_limit=None, **options)


@contextlib.asynccontextmanager
async def worker(temporal: Client, plivo: Emulator, **options: Any) -> AsyncIterator[PlivoPlugin]:
    """A worker that knows the emulator's account as `main`."""
    async with client_of(plivo) as client:
        plugin = PlivoPlugin({"main": client}, **options)
        async with Worker(temporal, task_queue=QUEUE, plugins=[plugin]):
            yield plugin


@pytest.mark.parametrize("stalled_after", [0.5, 4_000, float("nan"), float("inf"), -1])
async def test_a_silence_that_makes_no_sense_is_refused(stalled_after: float) -> None:
    """Before Temporal hears of anything."""
    with pytest.raises(ValueError, match="stalled_after"):
        await start_batch(cast(Client, None), ["a"], account="a", task_queue="q", stalled_after=stalled_after)


async def test_every_outcome_is_so(temporal: Client, temporal_server: Server) -> None:
    """With faults, twins, names that nobody waits for, and one that was live before; told thrice, and alike."""
    async with Emulator(limit=None, faults=Faults.parse("lost-response=0.03,503=0.03"), seed=1) as plivo:
        names = [f"room-{number}" for number in range(60)]
        for name in names:
            plivo.add_conference(name, started_ago=60)
        given = [*names, "nobody", "room-3"]
        async with worker(temporal, plivo):
            handle = await start_batch(
                temporal, given, account="main", task_queue=QUEUE, shard_size=10, at_a_time=3, stalled_after=PATIENCE
            )
            result = await handle.result()
            progress = await handle.query(ActivationBatch.progress)
        report = await read_report(temporal, handle.id)
        assert [one.name for one in report] == given
        assert contradictions(plivo, report) == []
        assert result.counts == {"activated": 60, "not_found": 1} == progress.counts
        assert (result.total, progress.settled, progress.shards, result.succeeded) == (61, 61, 7, False)
        assert [position for position, _ in result.failures] == [60]
        assert "'nobody'" in result.failures[0][1]
        assert sum(one.operation in {"activate", "get"} for one in plivo.requests) == result.requests
        assert plivo.auth_token.encode() not in temporal_server.stored()
        history = await handle.fetch_history()
        assert plivo.auth_token not in history.to_json()
        begun = [one.activity_task_scheduled_event_attributes for one in history.events]
        assert {one.heartbeat_timeout.seconds for one in begun if one.activity_id} == {PATIENCE}
