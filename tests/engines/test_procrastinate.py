"""Batches on Procrastinate, against a real Postgres: handed over, worked on, taken over, cancelled, reported."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import procrastinate
import psycopg
import pytest

from plivo_async import (
    ActivationOutcome,
    AsyncClient,
    InvalidArgumentError,
)
from plivo_async.emulator import Emulator
from plivo_async.engines import Accounts, work_on
from plivo_async.engines.procrastinate import Batches, read_report
from plivo_async.engines.procrastinate._store import TakenOverError, take

from ..batch.test_start_each import spoil_credentials
from ..support import PATIENCE
from .support import batches_in, working

pytestmark = [pytest.mark.asyncio, pytest.mark.real_time]

UUID_1 = UUID("8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e")


def client_of(plivo: Emulator) -> AsyncClient:
    """A client without a limit of its own."""
    return AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url, rate_limit=None)


@asynccontextmanager
async def world(latency: float = 0.0) -> AsyncIterator[tuple[Emulator, AsyncClient]]:
    """An emulator that refuses nothing, and a client of it."""
    async with Emulator(limit=None, latency=latency) as plivo, client_of(plivo) as client:
        yield plivo, client


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that other tasks do."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_batch_is_worked_through(postgres_url: str) -> None:
    """Each item once, twins reported with their first one, and the report is as that of one process."""
    async with batches_in(postgres_url) as batches, world() as (plivo, client):
        names: list[str | UUID] = [f"room {number}" for number in range(150)]
        for name in names:
            plivo.add_conference(str(name))
        given = [*names, UUID_1, names[3], "nobody"]
        batch = await batches.submit(given, account="main", size=40)
        before = await batches.progress(batch)
        assert (before.shards, before.ended, before.working, before.done, before.elapsed) == (4, 0, 4, False, 0.0)
        assert before.counts[ActivationOutcome.NOT_ATTEMPTED] == 153
        async with working(batches, {"main": client}):
            progress = await batches.wait(batch, interval=0.05)
        assert (progress.ended, progress.failed, progress.cancelled, progress.account) == (4, 0, False, "main")
        assert progress.counts[ActivationOutcome.ACTIVATED] == 151
        assert progress.counts[ActivationOutcome.NOT_FOUND] == 2
        assert progress.elapsed > 0
        await batches.cancel(batch)
        assert not (await batches.progress(batch)).cancelled  # there was nothing left to cancel
        assert len(plivo.requests) == 150 + 2 * 2
        for report in (await batches.report(batch), await asyncio.to_thread(read_report, postgres_url, batch)):
            assert [one.position for one in report] == list(range(153))
            assert [one.name for one in report] == [*names, None, names[3], "nobody"]
            assert (report[150].uuid, report[151].outcome, report[152].outcome) == (
                str(UUID_1),
                "activated",
                "not_found",
            )
            assert report.counts == progress.counts
            assert [one.position for one in report.failures] == [150, 152]
            assert (report.requests, report.detailed) == (154, True)
            assert (report[7].succeeded, report[-1].name) == (True, "nobody")
            assert "151 of 153 conferences are live" in report.to_html()
            assert report.to_csv().count("\n") == 154
        with pytest.raises(InvalidArgumentError, match="none that is known"):
            read_report(postgres_url, "nothing")


async def test_it_is_handed_over_with_the_users_own_data(postgres_url: str) -> None:
    """In the user's transaction: rolled back there is no batch; a refused name leaves the transaction usable."""
    async with batches_in(postgres_url) as batches:
        async with await psycopg.AsyncConnection.connect(postgres_url) as connection:
            await connection.execute("create table evenings (batch text)")
            await batches.submit(["a"], account="main", batch="rolled back", connection=connection)
            await connection.rollback()
            await connection.execute("create table evenings (batch text)")
            with pytest.raises(InvalidArgumentError, match="at position 1 is empty"):
                await batches.submit(["a", ""], account="main", batch="refused", connection=connection)
            batch = await batches.submit(["a"], account="main", batch="kept", connection=connection)
            with pytest.raises(InvalidArgumentError, match="'kept' is there already"):
                await batches.submit(["a"], account="main", batch="kept", connection=connection)
            await connection.execute("insert into evenings values (%s)", (batch,))
            with pytest.raises(InvalidArgumentError):
                await batches.progress("kept")
            await connection.commit()
        assert (await batches.progress("kept")).shards == 1
        for name in ("rolled back", "refused"):
            with pytest.raises(InvalidArgumentError, match="none that is known"):
                await batches.progress(name)
        await batches.cancel("kept")


async def test_names_may_be_awaited_and_may_be_none(postgres_url: str) -> None:
    """An async generator is read as it gives, and closed; an empty batch is done at once."""

    async def names() -> AsyncIterator[str]:
        for name in "abc":
            await asyncio.sleep(0)
            yield name

    async with batches_in(postgres_url) as batches:
        batch = await batches.submit(names(), account="main")
        assert (await batches.progress(batch)).counts[ActivationOutcome.NOT_ATTEMPTED] == 3
        await batches.cancel(batch)
        empty = await batches.submit([], account="main")
        assert (await batches.wait(empty)).shards == 0
        assert len(await batches.report(empty)) == 0


@pytest.mark.parametrize(
    "options",
    [
        {"account": ""},
        {"account": "m" * 31},
        {"account": 7},
        {"batch": "a\nb"},
        {"size": 0},
        {"size": 10_001},
        {"size": "7"},
        {"confirm": "no"},
        {"wait_for": -1},
    ],
)
async def test_wrong_arguments_are_refused(postgres_url: str, options: dict[str, Any]) -> None:
    """Before anything is read or written."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=postgres_url))
    with pytest.raises((ValueError, TypeError)):
        await Batches(app).submit(["a"], **{"account": "main", **options})


async def test_the_tables_are_made_once(postgres_url: str) -> None:
    """Applied by several processes at a time, and again."""
    async with batches_in(postgres_url) as batches:
        await asyncio.gather(*(batches.apply_schema() for _ in range(3)))


@pytest.mark.long
async def test_a_cancelled_batch_knows_what_was_in_flight(postgres_url: str) -> None:
    """It ends within an attempt, tells the truth of what was sent, and can go on."""
    async with (
        batches_in(postgres_url) as batches,
        Emulator(limit=None, latency=0.3) as plivo,
        client_of(plivo) as client,
    ):
        names = [f"room {number}" for number in range(500)]
        for name in names:
            plivo.add_conference(name, started_ago=60)
        batch = await batches.submit(names, account="main", size=125)
        async with working(batches, {"main": client}):
            await until(lambda: plivo.counts().applied > 100)
            await batches.cancel(batch)
            progress = await batches.wait(batch, interval=0.02)
            live = sum(one.status == "Active" for one in plivo.conferences.values())
            assert progress.cancelled
            assert progress.counts[ActivationOutcome.ACTIVATED] == live
            assert progress.counts[ActivationOutcome.UNKNOWN] == 0
            with pytest.raises(InvalidArgumentError, match="successes"):
                await batches.retry(batch, ["activated"])
            await batches.cancel(batch)
            assert await batches.retry(batch) >= 2
            with pytest.raises(InvalidArgumentError, match="still under way"):
                await batches.retry(batch)
            progress = await batches.wait(batch, interval=0.05)
        assert (progress.counts[ActivationOutcome.ACTIVATED], progress.cancelled) == (500, False)
        assert len(plivo.requests) == 500


@pytest.mark.long
async def test_a_worker_that_stops_hands_its_shards_over(postgres_url: str) -> None:
    """In order: the next one finds nothing in doubt."""
    async with (
        batches_in(postgres_url) as batches,
        Emulator(limit=None, latency=0.2) as plivo,
        client_of(plivo) as client,
    ):
        names = [f"room {number}" for number in range(600)]
        for name in names:
            plivo.add_conference(name, started_ago=60)
        batch = await batches.submit(names, account="main", size=200)
        async with working(batches, {"main": client}):
            await until(lambda: plivo.counts().applied > 100)
        assert (await batches.progress(batch)).counts[ActivationOutcome.UNKNOWN] == 0
        async with working(batches, {"main": client}):
            progress = await batches.wait(batch, interval=0.05)
        assert progress.counts[ActivationOutcome.ACTIVATED] == len(plivo.requests) == 600


async def test_a_wrong_token_harms_nobodys_items(postgres_url: str) -> None:
    """The worker that has it takes no more shards of that account; another one does them all."""
    async with batches_in(postgres_url) as batches, world() as (plivo, right), client_of(plivo) as wrong:
        spoil_credentials(wrong)
        names = [f"room {number}" for number in range(300)]
        for name in names:
            plivo.add_conference(name, started_ago=60)
        batch = await batches.submit(names, account="main", size=50)
        async with working(batches, {"main": wrong}):
            await until(lambda: len(plivo.requests) > 4)
            await asyncio.sleep(0.5)
            sent = len(plivo.requests)
            await asyncio.sleep(1.5)
            assert len(plivo.requests) == sent
            progress = await batches.progress(batch)
            assert progress.counts[ActivationOutcome.NOT_ATTEMPTED] == 300
            async with working(batches, {"main": right}):
                progress = await batches.wait(batch, interval=0.05)
        assert progress.counts[ActivationOutcome.ACTIVATED] == 300
        assert len(plivo.requests) == sent + 300


async def test_a_worker_takes_only_the_shards_of_accounts_that_it_knows(postgres_url: str) -> None:
    """Others wait for a worker that does; a client may be made when its account is first asked for."""
    async with batches_in(postgres_url) as batches, Emulator(limit=None) as plivo:
        plivo.add_conference("a")
        other = await batches.submit(["a"], account="other")
        main = await batches.submit(["a"], account="main")
        async with working(batches, {"main": lambda: client_of(plivo)}):
            assert (await batches.wait(main, interval=0.05)).counts[ActivationOutcome.ACTIVATED] == 1
            assert (await batches.progress(other)).working == 1
        await batches.cancel(other)


async def test_the_task_runs_on_a_worker_of_ones_own(postgres_url: str) -> None:
    """Of an app with other tasks: accounts come in the context, and one that is unknown fails with a name."""
    async with batches_in(postgres_url) as batches, world() as (plivo, client):
        plivo.add_conference("a")
        main = await batches.submit(["a"], account="main")
        other = await batches.submit(["a"], account="other")
        context = {"plivo": Accounts({"main": client})}
        await batches.app.run_worker_async(wait=False, additional_context=context, install_signal_handlers=False)
        assert (await batches.progress(main)).counts[ActivationOutcome.ACTIVATED] == 1
        given_up = await batches.progress(other)
        assert (given_up.failed, given_up.done) == (1, True)
        assert await batches.retry(other) == 1
        await batches.cancel(other)


async def test_who_was_taken_for_dead_writes_nothing_more(postgres_url: str) -> None:
    """Two workers have the shard: the earlier one notices with its next write, before it sends."""
    async with (
        batches_in(postgres_url) as batches,
        Emulator(limit=None, latency=0.1) as plivo,
        client_of(plivo) as client,
    ):
        names = [f"room {number}" for number in range(300)]
        for name in names:
            plivo.add_conference(name, started_ago=60)
        batch = await batches.submit(names, account="main", size=300)
        pool = batches.app.connector.pool  # type: ignore[attr-defined]
        early = await take(pool, batch, 0)
        late = await take(pool, batch, 0)
        assert early is not None
        assert late is not None
        with pytest.raises(TakenOverError, match="given to another worker"):
            await work_on(client, early.shard, early.state, save=early.save)
        assert plivo.requests == []
        await work_on(client, late.shard, late.state, save=late.save)
        await late.end()
        assert await take(pool, batch, 0) is None
        assert (await batches.progress(batch)).counts[ActivationOutcome.ACTIVATED] == len(plivo.requests) == 300
        await batches.cancel(batch)


async def test_shards_of_the_dead_are_given_to_the_living(postgres_url: str) -> None:
    """Once, whoever looks for them, and not where the batch is cancelled."""
    async with batches_in(postgres_url) as batches, world() as (plivo, client):
        for name in "ab":
            plivo.add_conference(name, started_ago=60)
        batch = await batches.submit(["a"], account="dead")
        over = await batches.submit(["b"], account="dead")
        manager = batches.app.job_manager
        worker = await manager.register_worker()
        for _ in range(2):
            assert await manager.fetch_job(queues=["plivo:dead"], worker_id=worker) is not None
        await batches.cancel(over)
        async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
            await connection.execute(
                "update procrastinate_workers set last_heartbeat = now() - interval '9 s' where id = %s", (worker,)
            )
        assert sum(await asyncio.gather(*(batches.sweep() for _ in range(4)))) == 1
        assert await batches.sweep() == 0
        async with working(batches, {"dead": client}):
            await batches.wait(batch, interval=0.05)
        assert [request.name for request in plivo.requests] == ["a"]
        assert (await batches.progress(over)).done


async def test_no_token_is_in_the_database(postgres_url: str) -> None:
    """Nor anything that is made of it: every text of every table is looked through."""
    async with batches_in(postgres_url) as batches, world() as (plivo, client), client_of(plivo) as wrong:
        plivo.add_conference("a")
        spoil_credentials(wrong)
        batch = await batches.submit(["a", "b"], account="main")
        async with working(batches, {"main": wrong}):
            await until(lambda: len(plivo.requests) > 1)
        async with working(batches, {"main": client}):
            await batches.wait(batch, interval=0.05)
    secrets = [plivo.auth_token, client._core.exchange._transport._headers["Authorization"]]  # type: ignore[attr-defined]
    with psycopg.connect(postgres_url) as connection:
        tables = [row[0] for row in connection.execute("select tablename from pg_tables where schemaname = 'public'")]
        assert {"plivo_items", "procrastinate_jobs", "procrastinate_events"} <= set(tables)
        rows = [str(row) for table in tables for row in connection.execute(f'select t::text from "{table}" t')]  # noqa: S608
    assert any("activate_shard" in row for row in rows)
    assert not [row for row in rows for secret in secrets if secret in row or secret.split()[-1] in row]
