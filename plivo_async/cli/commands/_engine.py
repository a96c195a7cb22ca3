"""`plivo-async engine procrastinate`: a batch whose workers are elsewhere, handed over and looked at."""

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from .._codes import ExitCode, exit_code
from ..input._options import parse_duration
from ..screen._console import err, fail, given, say, tell, tell_how_it_went
from ..screen._help import Command
from ._arguments import Account, Column, File, Header, NewBatch, Quiet, ShardSize, Uuids, WaitFor

if TYPE_CHECKING:
    from ...batch import ActivationReport
    from ...engines.procrastinate import Batches, Progress

T = TypeVar("T")

Url = Annotated[
    str,
    typer.Option(
        metavar="URL",
        envvar="PLIVO_ENGINE_URL",
        show_envvar=True,
        help="The database, as postgresql://user@host/name. A password belongs into the variable or into ~/.pgpass: an "
        "argument shows in the list of processes.",
    ),
]
Batch = Annotated[str, typer.Argument(metavar="BATCH", help="What submit has called it.")]

procrastinate: typer.Typer = typer.Typer(help="Batches in Postgres, on Procrastinate.", no_args_is_help=True)


@procrastinate.command(cls=Command, short_help="Hand the conferences that a file names over to workers.")
def submit(
    file: File,
    url: Url,
    account: Account,
    batch: NewBatch = None,
    size: ShardSize = 200,
    wait_for: WaitFor = "0",
    column: Column = None,
    header: Header = None,
    uuid: Uuids = False,
) -> None:
    """Hand the conferences that a file names over to workers, all or none; prints what the batch is called.

    Tables that aren't there yet are made. No credentials are needed, nor written anywhere: workers have them.

    Exit codes: 0 handed over, 2 usage, or the input or the database can't be used.
    """
    from .._account import entries_of

    waits = given("--wait-for", parse_duration, wait_for)
    names = [entry.conference for entry in entries_of(file, column, header, uuid)]

    async def main(batches: "Batches") -> str:
        await batches.apply_schema()
        return await batches.submit(names, account=account, batch=batch, size=size, wait_for=waits)

    tell([_with(url, main)])


@procrastinate.command(cls=Command, short_help="Show how far a batch is, until it is done.")
def watch(batch: Batch, url: Url, quiet: Quiet = False) -> None:
    """Show how far a batch is, a line whenever that changes, until nothing more happens by itself.

    Exit codes: as of mpc start. Ctrl-C ends the watching, and nothing else.
    """
    import asyncio

    async def main(batches: "Batches") -> "Progress":
        before = ""
        while True:
            progress = await batches.progress(batch)
            line = _line(progress)
            if line != before and not quiet:
                say(err(), line)
            if progress.done:
                return progress
            before = line
            await asyncio.sleep(0.5)

    progress = _with(url, main)
    code = exit_code(progress.counts)
    if code or not quiet:
        tell_how_it_went([_line(progress)], code)
    raise typer.Exit(int(code))


@procrastinate.command(cls=Command, short_help="Begin nothing more of a batch.")
def cancel(batch: Batch, url: Url) -> None:
    """Begin nothing more of a batch. What is in flight may come back, and is then known; watch shows when that is.

    Exit codes: 0 cancelled, 2 there is none, or the database can't be used.
    """
    _with(url, lambda batches: batches.cancel(batch))
    say(err(), f"nothing more is begun; engine procrastinate watch {batch} shows when what is in flight is known")


@procrastinate.command(cls=Command, short_help="Tell what became of a batch.")
def report(
    batch: Batch,
    url: Url,
    form: Annotated[
        Literal["text", "json", "csv", "html"], typer.Option("--format", help="html is a page for people.")
    ] = "text",
) -> None:
    """Tell what became of each conference, also while workers are at it.

    Exit codes: 0 told, 2 there is none, or the database can't be used.
    """
    from ...batch import summary
    from .._output import Facts, as_text
    from ..screen._summary import SHOWN, failure_lines

    read_report = _engine()[1]
    with _told():
        found = read_report(url, batch)
        if form == "text":
            tell([summary(found.counts, found.elapsed), *failure_lines(found, SHOWN, "--format csv")])
        else:
            sys.stdout.write(as_text(found, form, Facts(batch, about={"Batch": batch})))


def _line(progress: "Progress") -> str:
    from ...batch import summary
    from ..screen._tally import counted

    line = f"{summary(progress.counts, progress.elapsed)} · {progress.ended} of {counted(progress.shards, 'shard')}"
    line += f", {progress.failed} given up" if progress.failed else ""
    return f"{line}, cancelled" if progress.cancelled else line


def _engine() -> "tuple[type[Batches], Callable[[str, str], ActivationReport]]":
    """What the engine is; ends the program where its extra isn't there."""
    try:
        from ...engines.procrastinate import Batches, read_report
    except ImportError as error:
        fail(f"{error}: pip install 'plivo-async[procrastinate]'")
    return Batches, read_report


def _with(url: str, do: "Callable[[Batches], Awaitable[T]]") -> T:
    """Do something with the batches of a database."""
    made, _ = _engine()
    import asyncio

    import procrastinate as library
    import psycopg

    async def main() -> T:
        pool_of_one = library.PsycopgConnector(conninfo=url, min_size=1, max_size=2)
        app = library.App(connector=pool_of_one)
        async with app.open_async():
            return await do(made(app))

    with _told():
        psycopg.connect(url, connect_timeout=10).close()  # a pool would try for half a minute, and say so on the way
        return asyncio.run(main())


@contextmanager
def _told() -> Iterator[None]:
    """End the program with a sentence where something can't be done."""
    import psycopg
    from procrastinate.exceptions import ConnectorException

    from ..._errors import PlivoError
    from ..screen._words import in_terms_of_the_command

    try:
        yield
    except PlivoError as error:
        fail(in_terms_of_the_command(str(error)))
    except psycopg.errors.UndefinedTable:
        fail("the database has no tables of ours: submit makes them, and so does Batches.apply_schema()")
    except psycopg.ProgrammingError:  # its words repeat the URL, and so the password
        fail("--url is no database that psycopg understands: write postgresql://user@host/name")
    except (psycopg.Error, ConnectorException) as error:
        fail(f"the database can't be used: {' '.join(str(error).split())}")
    except KeyboardInterrupt:
        raise typer.Exit(int(ExitCode.INTERRUPTED)) from None
