"""Temporal, as the bars want it: `python -m tests.engines.on_temporal ADDRESS` is a worker."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from functools import partial
from uuid import uuid4

from anyio.from_thread import BlockingPortal, start_blocking_portal
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    PauseActivityRequest,
    ResetWorkflowExecutionRequest,
    UnpauseActivityRequest,
)
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError
from temporalio.worker import Worker

from plivo_async import AsyncClient, RateLimit
from plivo_async.emulator import Emulator
from plivo_async.engines.temporal import PlivoPlugin, Source, read_report, start_batch

from .temporal.server import running

QUEUE = "plivo"
SOURCE = "rooms"
FIRST_TASK = 4
"""The event that ends a workflow's first task: begun, scheduled, started, and completed."""
MANY = 100_000
"""As many names as that are too many for a payload: they are read from a source."""


def rooms(first: int, last: int) -> Iterator[str]:
    """Names, as the bars want them."""
    return (f"room {number}" for number in range(first, last))


SOURCES = {SOURCE: lambda first, last: rooms(first, min(last, MANY))}


class OnTemporal:
    """Batches on a Temporal server."""

    def __init__(self, address: str, portal: BlockingPortal) -> None:
        self._address = address
        self._portal = portal
        self._client: Client = portal.call(Client.connect, address)

    def worker(self) -> Sequence[str]:
        """One that shares the budget."""
        return [sys.executable, "-m", __name__, self._address]

    def submit(self, size: int, shard: int, stalled_after: float = 2.0) -> str:
        """As a payload, or by reference, where there are more than fit into one."""

        async def submit() -> str:
            names = Source(SOURCE) if size == MANY else rooms(0, size)
            handle = await start_batch(
                self._client,
                names,
                account="main",
                task_queue=QUEUE,
                shard_size=shard,
                at_a_time=6,
                stalled_after=stalled_after,
            )
            return handle.id

        return self._portal.call(submit)

    def cancel(self, batch: str) -> None:
        """By its name."""
        self._portal.call(self._client.get_workflow_handle(batch).cancel)

    def over(self, batch: str) -> bool:
        """By its status."""
        described = self._portal.call(self._client.get_workflow_handle(batch).describe)
        return described.status is not WorkflowExecutionStatus.RUNNING

    def outcomes(self, batch: str) -> Iterator[tuple[str, str]]:
        """From its report."""
        for one in self._portal.call(partial(read_report, self._client, batch, sources=SOURCES)):
            yield one.name or "", one.outcome.value

    def acts(self) -> Mapping[str, Callable[[str], None]]:
        """By signals, and by what an operator does."""
        return {
            "pause": partial(self._signal, "pause"),
            "resume": self.resume,
            "reset": self._reset,
            "pause activities": self._pause_activities,
        }

    def resume(self, batch: str) -> None:
        """By a signal; activities that are paused go on, or nobody would notice that their workers are dead."""
        for activity_id in self._pending(batch):
            asked = UnpauseActivityRequest(
                namespace=self._client.namespace,
                execution=WorkflowExecution(workflow_id=batch),
                id=activity_id,
                identity="somebody",
            )
            self._unless_over(self._client.workflow_service.unpause_activity, asked)
        self._signal("resume", batch)

    def _pending(self, batch: str) -> list[str]:
        described = self._portal.call(self._client.get_workflow_handle(batch).describe)
        return [one.activity_id for one in described.raw_description.pending_activities]

    def _signal(self, which: str, batch: str) -> None:
        self._unless_over(self._client.get_workflow_handle(batch).signal, which)

    def _reset(self, batch: str) -> None:
        asked = ResetWorkflowExecutionRequest(
            namespace=self._client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=batch),
            reason="a walk",
            request_id=uuid4().hex,
            workflow_task_finish_event_id=FIRST_TASK,
        )
        self._unless_over(self._client.workflow_service.reset_workflow_execution, asked)

    def _pause_activities(self, batch: str) -> None:
        for activity_id in self._pending(batch):
            asked = PauseActivityRequest(
                namespace=self._client.namespace,
                execution=WorkflowExecution(workflow_id=batch),
                id=activity_id,
                identity="somebody",
            )
            self._unless_over(self._client.workflow_service.pause_activity, asked)

    def _unless_over(self, act: Callable[..., Awaitable[object]], *given: object) -> None:
        with contextlib.suppress(RPCError):
            self._portal.call(act, *given)

    def in_hand(self) -> object:
        """Its history tells later."""
        return None

    def resumed(self, batch: str, in_hand: object) -> float | None:
        """From its history: when the last activity was begun for a shard of which another one had timed out."""

        async def begun() -> float | None:
            history = await self._client.get_workflow_handle(batch).fetch_history()
            shards: dict[int, int] = {}  # by the number of the event
            lost, again, found = set[int](), set[int](), list[float]()
            for event in history.events:
                if event.HasField("activity_task_scheduled_event_attributes"):
                    [task] = event.activity_task_scheduled_event_attributes.input.payloads
                    shards[event.event_id] = first = json.loads(task.data)["first"]
                    if first in lost:
                        again.add(event.event_id)
                elif event.HasField("activity_task_timed_out_event_attributes"):
                    lost.add(shards[event.activity_task_timed_out_event_attributes.scheduled_event_id])
                elif event.activity_task_started_event_attributes.scheduled_event_id in again:
                    found.append(event.event_time.ToDatetime(UTC).timestamp())
            return max(found, default=None)

        return self._portal.call(begun)


@contextmanager
def on_temporal() -> Iterator[OnTemporal]:
    """With a server from the wheel."""
    with running() as server, start_blocking_portal() as portal:
        yield OnTemporal(server.address, portal)


def worker_process(address: str, plivo: Emulator) -> subprocess.Popen[bytes]:
    """A worker of the emulator's account, on its own."""
    environment = {
        **os.environ,
        "PLIVO_AUTH_ID": plivo.auth_id,
        "PLIVO_AUTH_TOKEN": plivo.auth_token,
        "PLIVO_BASE_URL": plivo.url,
        "PLIVO_TESTS_LIMIT": "1000000/5",
    }
    return subprocess.Popen([sys.executable, "-m", __name__, address], env=environment)  # noqa: S603


async def work(address: str) -> None:
    """Be a worker, until SIGTERM."""
    limit, per = os.environ["PLIVO_TESTS_LIMIT"].split("/")
    async with AsyncClient(rate_limit=RateLimit(int(limit), per=float(per))) as client:
        plugin = PlivoPlugin({"main": client}, sources=SOURCES)
        worker = Worker(await Client.connect(address), task_queue=QUEUE, plugins=[plugin], max_concurrent_activities=2)
        run = asyncio.create_task(worker.run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, run.cancel)
        await run


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
