"""Procrastinate, as the bars want it: `python -m tests.engines.on_procrastinate URL` is a worker."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import procrastinate
import psycopg
from anyio.from_thread import BlockingPortal, start_blocking_portal

from plivo_async import AsyncClient, InvalidArgumentError, RateLimit
from plivo_async.engines.procrastinate import Batches, read_report

from .postgres import postgres


def batches(url: str) -> Batches:
    """Of a database."""
    return Batches(procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url)))


class OnProcrastinate:
    """Batches in a database of a Postgres."""

    def __init__(self, url: str, portal: BlockingPortal, ours: Batches) -> None:
        self._url = url
        self._portal = portal
        self._batches = ours

    def worker(self) -> Sequence[str]:
        """One that shares the budget."""
        return [sys.executable, "-m", __name__, self._url]

    def submit(self, size: int, shard: int, stalled_after: float = 2.0) -> str:
        """From a generator; here it is workers who say how long they may be silent."""
        del stalled_after

        async def submit() -> str:
            return await self._batches.submit((f"room {number}" for number in range(size)), account="main", size=shard)

        return self._portal.call(submit)

    def cancel(self, batch: str) -> None:
        """By its name."""
        self._portal.call(self._batches.cancel, batch)

    def over(self, batch: str) -> bool:
        """By its progress."""
        return self._portal.call(self._batches.progress, batch).done

    def outcomes(self, batch: str) -> Iterator[tuple[str, str]]:
        """From its report."""
        for one in read_report(self._url, batch):
            yield one.name or "", one.outcome.value

    def acts(self) -> Mapping[str, Callable[[str], None]]:
        """As its users do."""
        return {"cancel": self.cancel, "retry": self.resume, "sweep": self._sweep}

    def resume(self, batch: str) -> None:
        """With what is left of it, if nobody is at it."""
        with contextlib.suppress(InvalidArgumentError):
            self._portal.call(self._batches.retry, batch)

    def _sweep(self, batch: str) -> None:
        del batch
        self._portal.call(self._batches.sweep)

    def in_hand(self) -> object:
        """The jobs."""
        with psycopg.connect(self._url) as connection:
            return [row[0] for row in connection.execute("select id from procrastinate_jobs where status = 'doing'")]

    def resumed(self, batch: str, in_hand: object) -> float | None:
        """From Procrastinate's events: when the jobs began that took the place of these."""
        with psycopg.connect(self._url) as connection:
            row = connection.execute(
                "select extract(epoch from max((select min(at) from procrastinate_events where job_id = shard.job_id"
                " and type = 'started')))::float8 from procrastinate_jobs as old"
                " join plivo_batches as batch on batch.batch = old.args->>'batch' and batch.batch = %s"
                " join plivo_shards as shard on shard.batch = batch.number and shard.job_id <> old.id"
                " and shard.first = (old.args->>'first')::integer where old.id = any(%s)",
                (batch, in_hand),
            ).fetchone()
        return None if row is None else row[0]


@contextmanager
def on_procrastinate() -> Iterator[OnProcrastinate]:
    """With a Postgres from the wheel."""
    with postgres() as url, start_blocking_portal() as portal:
        ours = batches(url)
        with portal.wrap_async_context_manager(ours.app.open_async()):
            portal.call(ours.apply_schema)
            yield OnProcrastinate(url, portal, ours)


async def work(url: str) -> None:
    """Be a worker, until SIGTERM."""
    limit, per = os.environ["PLIVO_TESTS_LIMIT"].split("/")
    ours = batches(url)
    async with AsyncClient(rate_limit=RateLimit(int(limit), per=float(per))) as client, ours.app.open_async():
        await ours.run_worker({"main": client})


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
