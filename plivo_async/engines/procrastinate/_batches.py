"""Batches in Postgres: submitted with the user's own data, worked on, watched, cancelled, reported."""

import logging
from collections.abc import AsyncIterable, AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import anyio
import procrastinate
import psycopg

from ..._client import AsyncClient
from ..._errors import invalid
from ...batch import AGAIN, ActivationReport, ConferenceId, Ledger, tried_again
from ...batch._input import Input
from ...batch._report import report_of
from ...batch._shard_state import LETTERS, OUTCOMES
from ...policy import ActivationOutcome, Confirm
from .._accounts import Accounts, MakeClient
from . import _sql as sql
from ._progress import Progress, public
from ._report import activation_of
from ._rows import check, copy_items, found, migrations, nothing
from ._store import pool_of
from ._task import CONTEXT, NAMESPACE, TASK, Desk, blueprint, queue_of

Connection = psycopg.AsyncConnection[Any]
_AT_A_TIME = 1_000
_BURIED_AFTER = 60.0  # seconds without a sign of life after which a worker's jobs, long given to others, are ended
_log = logging.getLogger("plivo_async")


@public
class Batches:
    """Batches on Procrastinate: shards are jobs, items are rows, all in the Postgres of an app.

        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo="dbname=shop"))
        batches = Batches(app)

    Submit from anywhere, run workers anywhere. Needs the extra `plivo-async[procrastinate]`, asyncio, and an app that
    is open (`async with app.open_async()`).
    """

    def __init__(self, app: procrastinate.App) -> None:
        """Register the task on an app; nothing is connected.

        Args:
            app: Its connector must be a `procrastinate.PsycopgConnector`.
        """
        self.app: procrastinate.App = app
        if TASK not in app.tasks:
            app.add_tasks_from(blueprint(), namespace=NAMESPACE)

    async def apply_schema(self) -> None:
        """Make the tables, and Procrastinate's own where there are none; what is there already stays. Idempotent."""
        if not await self.app.job_manager.check_connection_async():
            await self.app.schema_manager.apply_schema_async()
        async with pool_of(self.app).connection() as connection:
            await connection.execute("select pg_advisory_xact_lock(hashtext('plivo_async.engines.procrastinate'))")
            await connection.execute(
                "create table if not exists plivo_migrations "
                "(name text primary key, applied_at timestamptz not null default now())"
            )
            applied = {row[0] async for row in await connection.execute("select name from plivo_migrations")}
            for name, text in migrations():
                if name not in applied:
                    await connection.execute(text)
                    await connection.execute("insert into plivo_migrations (name) values (%s)", (name,))

    async def submit(
        self,
        names: Iterable[ConferenceId] | AsyncIterable[ConferenceId],
        *,
        account: str,
        batch: str | None = None,
        size: int = 200,
        confirm: Confirm = "always",
        wait_for: float = 0.0,
        connection: Connection | None = None,
    ) -> str:
        """Hand a batch over to the workers, in a transaction: all of it, or nothing.

            async with pool.connection() as connection:
                await connection.execute("insert into evenings (day) values (current_date)")
                batch = await batches.submit(names, account="main", connection=connection)

        Names are checked as `start` checks them, and written as they come, in constant memory. A conference that is
        given again is activated once, and reported at each of its positions.

        Args:
            names: As for `start`.
            account: What the account is called on the workers, 1 to 30 printable characters.
            batch: What the batch is called, 1 to 200 printable characters; None makes a name that is nobody else's.
            size: Conferences in a shard, 1 to 10,000. A worker that takes over from a dead one finds most of a shard
                done; small shards share the work more evenly at the end.
            confirm: As for `start`.
            wait_for: As for `start`.
            connection: Yours, whose transaction this becomes a part of: workers see the batch once you commit. None:
                one of the app's, committed on return.

        Returns:
            What the batch is called.

        Raises:
            InvalidArgumentError, TypeError: An argument or a name is wrong, or there is a batch of that name. Nothing
                was written, and your transaction can go on.
        """
        batch = uuid4().hex if batch is None else batch
        check(batch, account, size, confirm, wait_for)
        source = Input(names)
        try:
            async with self._connection(connection) as ours, ours.transaction():
                try:
                    made = await ours.execute(sql.INSERT_BATCH, (batch, account, confirm, wait_for))
                except psycopg.errors.UniqueViolation:
                    raise invalid("batch", f"{batch!r} is there already: see its progress, or choose another") from None
                [number] = await made.fetchone() or (0,)
                total = await copy_items(ours, number, source)
                if total:
                    values = {"batch": number, "size": size, "total": total}
                    await ours.execute(sql.MARK_TWINS, values)
                    await ours.execute(sql.INSERT_SHARDS, values)
                    await self._defer(ours, number, batch, account, range(0, total, size))
        finally:
            await source.aclose()
        return batch

    async def _defer(self, ours: Connection, number: int, batch: str, account: str, firsts: Sequence[int]) -> None:
        task = self.app.tasks[TASK].configure(queue=queue_of(account), connection=ours)
        for at in range(0, len(firsts), _AT_A_TIME):
            some = list(firsts[at : at + _AT_A_TIME])
            told: list[dict[str, Any]] = [{"batch": batch, "first": first} for first in some]
            ids = await task.batch_defer_async(*told)
            await ours.execute(sql.SET_JOBS, {"batch": number, "firsts": some, "ids": ids})

    async def progress(self, batch: str) -> Progress:
        """How far a batch has come.

        Raises:
            InvalidArgumentError: There is none of that name.
        """
        async with self._connection(None) as ours:
            number, account, cancelled, elapsed = await found(ours, batch)
            row = await (await ours.execute(sql.SHARDS, (number,))).fetchone() or (0, 0, 0, 0)
            counts = dict.fromkeys(ActivationOutcome, 0)  # after the shards: final where these are
            async for letter, count in await ours.execute(sql.LETTERS, (number,)):
                counts[OUTCOMES[letter]] += count
        shards, ended, working, failed = row
        return Progress(batch, account, counts, shards, ended, working, failed, cancelled, elapsed)

    async def wait(self, batch: str, *, interval: float = 1.0) -> Progress:
        """Look now and then, until nothing more will happen by itself.

        Args:
            batch: What it is called.
            interval: Seconds between looks.

        Raises:
            InvalidArgumentError: There is none of that name.
        """
        progress = await self.progress(batch)
        while not progress.done:
            await anyio.sleep(interval)
            progress = await self.progress(batch)
        return progress

    async def cancel(self, batch: str) -> None:
        """Begin nothing more; what is done already isn't cancelled. Idempotent.

        Workers give what is in flight the timeout of its attempt to come back.

        What was not begun is `not_attempted`; `retry` goes on with it.

        Raises:
            InvalidArgumentError: There is none of that name.
        """
        async with self._connection(None) as ours:
            [number] = await (await ours.execute(sql.CANCEL, (batch,))).fetchone() or nothing(batch)
            ids = [row[0] async for row in await ours.execute(sql.JOBS, (number,))]
        for job_id in ids:  # in transactions of their own, so that workers hear of each at once
            await self.app.job_manager.cancel_job_by_id_async(job_id, abort=True)

    async def retry(self, batch: str, again: Collection[ActivationOutcome | str] = AGAIN) -> int:
        """Go on with a batch of which something is left: cancelled, given up, or with outcomes to be tried again.

        Args:
            batch: What it is called. No worker may have anything of it in hand.
            again: Outcomes that are tried again: `failed` and `unknown`, and `not_found` or `rejected` if you say so.
                What is `unknown` is looked at first, and not started where another conference may have the name by now.

        Returns:
            How many shards workers will see.

        Raises:
            InvalidArgumentError: There is none of that name, something of it is still under way, or `again` has a
                success.
        """
        wanted = tried_again("again", again)
        async with self._connection(None) as ours:
            number, account = await (await ours.execute(sql.LOCK_BATCH, (batch,))).fetchone() or nothing(batch)
            if [row async for row in await ours.execute(sql.JOBS, (number,))]:
                raise invalid("batch", f"{batch!r} is still under way: wait until it is done, or cancel it first")
            letters = [LETTERS[outcome] for outcome in wanted if outcome in LETTERS]
            await ours.execute(sql.REOPEN_ITEMS, {"batch": number, "letters": letters})
            firsts = [row[0] async for row in await ours.execute(sql.REOPEN_SHARDS, {"batch": number})]
            await ours.execute(sql.REOPEN_BATCH, (number,))
            await self._defer(ours, number, batch, account, sorted(firsts))
        return len(firsts)

    async def report(self, batch: str) -> ActivationReport:
        """The report of a batch, finished or not, as `start` gives it: 0.1 kB for each conference.

        For one that is too large for that, or outside of an event loop, there is `read_report`. What was sent by a
        worker that died is in no `attempts`: there is a row for what came of it, and none for who did it.

        Raises:
            InvalidArgumentError: There is none of that name.
        """
        async with self._connection(None) as ours, ours.transaction():
            number, _, _, elapsed = await found(ours, batch)
            [size] = await (await ours.execute(sql.SIZE, (number,))).fetchone() or (0,)
            ledger = Ledger(size)
            async with ours.cursor(name="plivo_report") as cursor:
                cursor.itersize = _AT_A_TIME
                await cursor.execute(sql.ROWS, {"batch": number, "first": 0, "all": True, "most": None})
                async for row in cursor:
                    ledger.put(row[0], activation_of(row))
        return report_of(ledger, elapsed)

    # ---- Workers ----------------------------------------------------------------------------------------------------

    async def run_worker(
        self,
        accounts: "Mapping[str, AsyncClient | MakeClient] | Accounts",
        *,
        concurrency: int = 2,
        heartbeat: float = 0.5,
        stalled_after: float = 2.5,
        **options: Any,
    ) -> None:
        """Work on shards of these accounts until told to stop: by SIGINT, SIGTERM or a cancellation.

        It stops in order: what is in flight may come back, and the rest is put back for others. Shards of workers
        that show no sign of life are given to others, by any worker that lives.

        An account whose credentials are refused (401) gets no further shard on this worker; others take them.

        Args:
            accounts: Clients, or functions that make one, by the name under which batches are submitted.
            concurrency: Shards at a time. They share the client of an account; two keep it busy where one ends.
            heartbeat: Seconds between signs of life.
            stalled_after: Seconds without one, after which a worker is taken for dead. One that wakes up later notices
                that, and sends nothing more.
            options: Whatever else `App.run_worker_async` takes; `queues` and `additional_context` are made here.

        Raises:
            InvalidArgumentError, TypeError: An argument is wrong.
        """
        if not 0 < heartbeat * 2 <= stalled_after:
            raise invalid("stalled_after", "must be at least twice the heartbeat, which is above 0")
        async with Accounts(accounts) as known, anyio.create_task_group() as group:
            queues = [queue_of(name) for name in known.names]
            group.start_soon(self._sweep_now_and_then, heartbeat, stalled_after)
            settings: dict[str, Any] = {
                "concurrency": concurrency,
                "update_heartbeat_interval": heartbeat,
                "stalled_worker_timeout": stalled_after,
                "fetch_job_polling_interval": 1.0,
                "abort_job_polling_interval": 1.0,
                "shutdown_graceful_timeout": 0.0,
                **options,
                "queues": queues,
                "additional_context": {CONTEXT: Desk(known, queues, stalled_after - heartbeat)},
            }
            await self.app.run_worker_async(**settings)
            group.cancel_scope.cancel()

    async def _sweep_now_and_then(self, interval: float, stalled_after: float) -> None:
        while True:
            try:
                await self.sweep(stalled_after)
            except (psycopg.Error, procrastinate.exceptions.ProcrastinateException) as error:
                _log.warning("shards of dead workers could not be looked for: %s", error)
            await anyio.sleep(interval)

    async def sweep(self, stalled_after: float = 2.5) -> int:
        """Give the shards of workers that show no sign of life to others. Safe to call from many places at once.

        `run_worker` does that by itself; who runs Procrastinate's worker on their own calls this now and then.

        Args:
            stalled_after: Seconds without a sign of life.

        Returns:
            How many shards were given away.
        """
        manager, given, over = self.app.job_manager, 0, []
        async with self._connection(None) as ours:
            [mine] = await (await ours.execute(sql.ONE_AT_A_TIME)).fetchone() or (False,)
            if not mine:
                return 0
            for job in await manager.get_stalled_jobs(task_name=TASK, seconds_since_heartbeat=stalled_after):
                shard = await (await ours.execute(sql.SHARD_OF_JOB, (job.id,))).fetchone()
                if shard is not None and shard[-1]:
                    await self._replace(ours, job, *shard[:-1])
                    given += 1
                elif shard is not None:
                    over.append(job.id)
            long_dead = await manager.get_stalled_jobs(task_name=TASK, seconds_since_heartbeat=_BURIED_AFTER)
            over += [job.id for job in long_dead]
        for job_id in filter(None, over):
            await manager.finish_job_by_id_async(job_id, procrastinate.jobs.Status.ABORTED, delete_job=False)
        return given

    async def _replace(
        self, ours: Connection, job: procrastinate.jobs.Job, batch: str, account: str, first: int
    ) -> None:
        """Give a shard a new job, which goes first; the old worker may be asleep, wake up, and end the old one."""
        queue, priority = queue_of(account), job.priority + 1
        task = self.app.tasks[TASK].configure(queue=queue, connection=ours, priority=priority)
        new = await task.defer_async(batch=batch, first=first)
        await ours.execute(sql.REPLACE_JOB, {"new": new, "old": job.id})

    @asynccontextmanager
    async def _connection(self, given: Connection | None) -> AsyncIterator[Connection]:
        if given is not None:
            yield given
            return
        async with pool_of(self.app).connection() as ours:
            yield ours
