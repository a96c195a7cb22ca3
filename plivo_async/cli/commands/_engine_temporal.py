"""`plivo-async engine temporal`: a batch whose workers are elsewhere, handed over and looked at."""

import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from .._codes import ExitCode, exit_code
from ..input._options import parse_duration
from ..screen._console import err, fail, given, say, tell, tell_how_it_went
from ..screen._help import Command
from ._arguments import Account, Column, File, Header, NewBatch, Quiet, ShardSize, Uuids, WaitFor

if TYPE_CHECKING:
    from temporalio.client import Client, WorkflowHandle

    from ...engines.temporal import Progress
    from ...policy import ActivationOutcome

T = TypeVar("T")

_PATIENCE = timedelta(seconds=5)  # with workers, until one has told how far a batch is
_LAST_PATIENCE = timedelta(seconds=30)  # the same, of a batch that has ended

_ENDS = {
    "CANCELED": "cancelled",
    "FAILED": "failed",
    "TERMINATED": "terminated",
    "TIMED_OUT": "timed out",
}  # of those that aren't COMPLETED

Batch = Annotated[str, typer.Argument(metavar="BATCH", help="What submit has called it: the workflow's id.")]
Address = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT", help="Of Temporal; else TEMPORAL_ADDRESS, or the profile of Temporal's own CLI."),
]
Namespace = Annotated[
    str | None, typer.Option(metavar="NAME", help="Of Temporal; else TEMPORAL_NAMESPACE, or that of the profile.")
]

temporal: typer.Typer = typer.Typer(help="Batches on Temporal.", no_args_is_help=True)


@temporal.command(cls=Command, short_help="Hand the conferences that a file names over to workers.")
def submit(
    file: File,
    account: Account,
    task_queue: Annotated[str, typer.Option(metavar="NAME", help="The task queue of the workers.")],
    batch: NewBatch = None,
    size: ShardSize = 200,
    at_a_time: Annotated[int, typer.Option(min=1, max=1_000, metavar="N", help="Shards under way at a time.")] = 6,
    wait_for: WaitFor = "0",
    column: Column = None,
    header: Header = None,
    uuid: Uuids = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Hand the conferences that a file names over to workers; prints what the batch is called.

    No credentials of Plivo's are needed, nor sent anywhere: workers have them.

    Exit codes: 0 handed over, 2 usage, or the input or Temporal can't be used.
    """
    from .._account import entries_of

    waits = given("--wait-for", parse_duration, wait_for)
    names = [entry.conference for entry in entries_of(file, column, header, uuid)]

    async def main(client: "Client") -> str:
        from ...engines.temporal import start_batch

        handle = await start_batch(
            client,
            names,
            account=account,
            task_queue=task_queue,
            workflow_id=batch,
            shard_size=size,
            at_a_time=at_a_time,
            wait_for=waits,
        )
        return handle.id

    tell([_with(address, namespace, main)])


@temporal.command(cls=Command, short_help="Show how far a batch is, until it is done.")
def watch(batch: Batch, address: Address = None, namespace: Namespace = None, quiet: Quiet = False) -> None:
    """Show how far a batch is, a line whenever a shard ends, until the batch has. It is workers that tell.

    Exit codes: as of mpc start; 2 if there is no such batch, Temporal can't be used, or the batch has ended and no
    worker runs. Ctrl-C ends the watching, and nothing else.
    """
    import asyncio

    async def main(client: "Client") -> tuple["Progress", str]:
        from temporalio.client import WorkflowExecutionStatus

        handle, before = client.get_workflow_handle(batch), ""
        while True:
            status = (await handle.describe()).status
            running = status is WorkflowExecutionStatus.RUNNING
            progress = await _progress(handle, _PATIENCE if running else _LAST_PATIENCE)
            if progress is None and not running:
                fail(f"the batch has ended, and no worker answers: engine temporal report {batch} needs none")
            line = _line(progress) if progress else "no worker answers: the batch waits for one"
            if line != before and not quiet:
                say(err(), line)
            if progress and status is not None and not running:
                how = "" if status is WorkflowExecutionStatus.COMPLETED else _ENDS.get(status.name, status.name)
                return progress, how
            before = line
            await asyncio.sleep(0.5)

    progress, how = _with(address, namespace, main)
    code = exit_code(final_counts(progress, in_order=not how))
    if code or not quiet:
        tell_how_it_went([f"{_line(progress)}, {how}" if how else _line(progress)], code)
    raise typer.Exit(int(code))


def final_counts(progress: "Progress", *, in_order: bool) -> Mapping["ActivationOutcome", int]:
    """What became of the conferences of a batch that has ended, those that no shard has told of included.

    Args:
        progress: How far it came.
        in_order: Whether it ended by itself: no cancellation, no failure, no operator.
    """
    from ...policy import ActivationOutcome

    counts = {outcome: progress.counts.get(outcome.value, 0) for outcome in ActivationOutcome}
    if not in_order:
        left = 1 if progress.total is None else progress.total - sum(counts.values())  # of a source: who knows how many
        counts[ActivationOutcome.UNKNOWN if progress.under_way else ActivationOutcome.NOT_ATTEMPTED] += max(0, left)
    return counts


@temporal.command(cls=Command, short_help="Begin nothing more of a batch.")
def cancel(batch: Batch, address: Address = None, namespace: Namespace = None) -> None:
    """Begin nothing more of a batch. What is in flight may come back, and is then known; report tells of it.

    Exit codes: 0 asked for, 2 there is none, or Temporal can't be used.
    """
    _with(address, namespace, lambda client: client.get_workflow_handle(batch).cancel())
    say(err(), f"asked for; engine temporal watch {batch} shows when it has ended")


@temporal.command(cls=Command, short_help="Tell what became of a batch.")
def report(
    batch: Batch,
    form: Annotated[
        Literal["text", "json", "csv", "html"], typer.Option("--format", help="html is a page for people.")
    ] = "text",
    source: Annotated[
        list[str] | None, typer.Option(metavar="NAME=FILE", help="Where the names are, if the batch has them there.")
    ] = None,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Tell what became of each conference, also while workers are at it; no worker has to run.

    Exit codes: 0 told, 2 there is none, or Temporal can't be used.
    """
    from ...batch import summary
    from .._output import Facts, as_text
    from ..screen._summary import SHOWN, failure_lines

    sources = dict(given("--source", _pair, one) for one in source or ())

    async def main(client: "Client") -> str:
        from ...engines.temporal import read_report

        found = await read_report(client, batch, sources=sources)
        if form == "text":
            return "\n".join([summary(found.counts, found.elapsed), *failure_lines(found, SHOWN, "--format csv")])
        return as_text(found, form, Facts(batch, about={"Batch": batch}))

    told = _with(address, namespace, main)
    if form == "text":
        tell(told.splitlines())
    else:
        sys.stdout.write(told)


def _pair(text: str) -> tuple[str, str]:
    name, separator, path = text.partition("=")
    if not (name and separator and path):
        raise ValueError(f"must be NAME=FILE, not {text!r}")
    return name, path


async def _progress(handle: "WorkflowHandle[Any, Any]", patience: timedelta) -> "Progress | None":
    """How far a batch is; None if no worker tells.

    Raises:
        RPCError: Something else is wrong.
    """
    from temporalio.service import RPCError, RPCStatusCode

    from ...engines.temporal import ActivationBatch

    unheard = {RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED, RPCStatusCode.FAILED_PRECONDITION}

    try:
        return await handle.query(ActivationBatch.progress, rpc_timeout=patience)
    except RPCError as error:
        if error.status in unheard:
            return None
        raise


def _line(progress: "Progress") -> str:
    from ..screen._tally import counted

    told = [f"{count:,} {outcome.replace('_', ' ')}" for outcome, count in progress.counts.items() if count]
    of = "" if progress.total is None else f" of {progress.total:,}"
    ended = counted(progress.shards, "shard")
    line = f"{progress.settled:,}{of} settled: {' · '.join(told) or 'nothing yet'} · {ended} ended"
    return f"{line}, paused" if progress.paused else line


def _reason(error: Exception) -> str:
    """What is wrong, in one line; of what Rust shows of its inside, the system's words only."""
    from temporalio.service import RPCError, RPCStatusCode

    told = " ".join(str(error).split())
    if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
        return f"Temporal has no such batch: {told}; --address and --namespace say where to look"
    system = re.search(r'message: "([^"]+)"', told)
    return f"Temporal can't be used: {f'{system[1]}; --address says where it is' if system else told}"


def _with(address: str | None, namespace: str | None, do: "Callable[[Client], Awaitable[T]]") -> T:
    """Do something with a client of Temporal; ends the program with a sentence where that can't be done."""
    import asyncio

    from ..._errors import PlivoError
    from ..screen._words import in_terms_of_the_command

    try:
        from temporalio.client import Client, WorkflowQueryFailedError
        from temporalio.envconfig import ClientConfig
        from temporalio.exceptions import WorkflowAlreadyStartedError
        from temporalio.service import RPCError
    except ImportError:
        fail("plivo_async.engines.temporal needs the extra temporal: pip install 'plivo-async[temporal]'")

    async def main() -> T:
        config = ClientConfig.load_client_connect_config()
        config["target_host"] = address or config.get("target_host") or "localhost:7233"
        if namespace is not None:
            config["namespace"] = namespace
        return await do(await Client.connect(**config))

    try:
        return asyncio.run(main())
    except typer.Exit:  # which is a RuntimeError
        raise
    except PlivoError as error:
        fail(in_terms_of_the_command(str(error)))
    except WorkflowAlreadyStartedError as error:
        fail(f"a batch {error.workflow_id!r} is running already")
    except (RPCError, WorkflowQueryFailedError, RuntimeError, OSError) as error:
        fail(_reason(error))
    except KeyboardInterrupt:
        raise typer.Exit(int(ExitCode.INTERRUPTED)) from None
