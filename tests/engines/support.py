"""Batches on Procrastinate, and workers, for tests and for the examples of the docs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import procrastinate

from plivo_async.engines.procrastinate import Batches


@asynccontextmanager
async def batches_in(url: str) -> AsyncIterator[Batches]:
    """Batches in a database, with their tables."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
    async with app.open_async():
        batches = Batches(app)
        await batches.apply_schema()
        yield batches


@asynccontextmanager
async def working(batches: Batches, accounts: Any, **options: Any) -> AsyncIterator[None]:
    """A worker, until the block is left."""
    task = asyncio.ensure_future(batches.run_worker(accounts, install_signal_handlers=False, **options))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
