"""What makes a worker of Temporal's do batches."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from temporalio.plugin import SimplePlugin
from temporalio.worker import Worker

from ..._client import AsyncClient
from .._accounts import Accounts, MakeClient
from ._activity import Activities
from ._messages import public
from ._sources import Source, reader
from ._workflow import ActivationBatch


@public
class PlivoPlugin(SimplePlugin):
    """Lets a worker do batches: `Worker(temporal, task_queue=…, plugins=[PlivoPlugin(accounts={"main": client})])`.

    It adds a workflow and an activity to those that the worker has. A `Replayer` takes it as well. One for each worker.

    A worker whose credentials are refused (401) puts back what it has taken, for others to do, and ends: `run()` raises
    the `AuthenticationError`, or the block of `async with` is cancelled, and the error comes out of it.
    """

    def __init__(
        self,
        accounts: Mapping[str, AsyncClient | MakeClient] | Accounts,
        *,
        sources: Mapping[str, Source] | None = None,
    ) -> None:
        """Get ready; nothing is connected or read yet.

        Args:
            accounts: By name: clients, or functions without arguments that make one. No name and no credential of
                theirs leaves the worker; a client that is made here is closed when the worker ends. Every worker of a
                task queue has to have the same names.
            sources: By name, what `start_batch(client, Source(name))` means: the path of a text file with a name a
                line, or a function (plain or async) that is called with two positions and returns the names from the
                first one up to the second, which is not among them. Fewer than asked for say that the input ends. It is
                to say the same each time, on each worker, and each conference once.

        Raises:
            InvalidArgumentError, TypeError: There is no account, or one, or a source, is none.
        """
        self._accounts = Accounts(accounts)
        readers = {name: reader(source) for name, source in (sources or {}).items()}
        self._activities = Activities(self._accounts, readers)
        activities = [self._activities.activate_shard]
        super().__init__("plivo_async.PlivoPlugin", activities=activities, workflows=[ActivationBatch])

    async def run_worker(self, worker: Worker, next: Callable[[Worker], Awaitable[None]]) -> None:  # noqa: A002
        """Run the worker until it is shut down, or the credentials of an account are refused."""
        async with self._accounts:
            guard = asyncio.create_task(self._guard(worker))
            try:
                await next(worker)
            finally:
                guard.cancel()
        if self._activities.refusal is not None:
            raise self._activities.refusal.with_traceback(None)

    async def _guard(self, worker: Worker) -> None:
        """Have a worker end whose credentials are refused: it would be faster at taking shards than those that work."""
        await self._activities.refused.wait()
        await worker.shutdown()
