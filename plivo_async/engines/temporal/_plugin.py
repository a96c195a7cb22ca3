"""What makes a worker of Temporal's do batches."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from temporalio.plugin import SimplePlugin

from ..._client import AsyncClient
from ..._public import public
from .._accounts import Accounts, MakeClient
from ._activity import Activities
from ._sources import Source, reader
from ._workflow import ActivationBatch


@public
class PlivoPlugin(SimplePlugin):
    """Lets a worker do batches: `Worker(temporal, task_queue=…, plugins=[PlivoPlugin(accounts={"main": client})])`.

    It adds a workflow and an activity to those that the worker has. A `Replayer` takes it as well. One for each worker.
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
        super().__init__(
            "plivo_async.PlivoPlugin",
            activities=[Activities(self._accounts, readers).activate_shard],
            workflows=[ActivationBatch],
            run_context=self._open,
        )

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[None]:
        async with self._accounts:
            yield
