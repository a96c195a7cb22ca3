"""The commands. Needs the extra `cli` (typer and rich); nothing else in the package imports them."""

import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import IO, Annotated, Protocol, runtime_checkable

import typer

from .._version import __version__
from ._codes import ExitCode
from .commands._budget import budget
from .commands._call_list import call_list
from .commands._demo import demo
from .commands._doctor import doctor
from .commands._emulator import EmulatorCommand, emulator
from .commands._engine import procrastinate
from .commands._engine_temporal import temporal
from .commands._get import get
from .commands._list import list_
from .commands._recording import download
from .commands._report import report
from .commands._start import start
from .commands._stop import stop
from .screen._console import err, say, warn
from .screen._help import Command, help_text
from .screen._streams import install, lost

__all__ = ["app", "main", "run"]

app: typer.Typer = typer.Typer(
    name="plivo-async",
    help="Activate Plivo Multiparty Calls (MPCs), many at a time, and know for certain which of them are live.\n\n"
    "New here? plivo-async demo needs no account and takes ten seconds.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a rich traceback may show locals, and so the token
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,  # boxes cut off the names of options where a terminal is narrow
    context_settings={"help_option_names": ["-h", "--help"]},
)
mpc: typer.Typer = typer.Typer(help="Multiparty calls of an account.", no_args_is_help=True)
call: typer.Typer = typer.Typer(help="Phone calls of an account.", no_args_is_help=True)
recording: typer.Typer = typer.Typer(help="Recordings of an account.", no_args_is_help=True)
engine: typer.Typer = typer.Typer(help="Batches whose workers are on other machines.", no_args_is_help=True)


_TEMPORAL = "temporalio.bridge.temporal_sdk_bridge"


def _add(group: typer.Typer, name: str, command: Callable[..., None], short: str, cls: type[Command] = Command) -> None:
    group.command(name, cls=cls, help=help_text(command.__doc__), short_help=short)(command)


_add(app, "demo", demo, "See it work, without an account.")
app.add_typer(mpc, name="mpc", short_help="Start, stop, get and list conferences.")
_add(mpc, "start", start, "Activate the conferences that a file names.")
_add(mpc, "stop", stop, "End the conferences that a file names.")
_add(mpc, "get", get, "Show one conference.")
_add(mpc, "report", report, "Tell what a journal knows.")
_add(mpc, "list", list_, "List conferences.")
app.add_typer(call, name="call", short_help="List phone calls.")
_add(call, "list", call_list, "List phone calls.")
app.add_typer(recording, name="recording", short_help="Fetch recordings.")
_add(recording, "download", download, "Fetch the file of one.")
app.add_typer(engine, name="engine", short_help="Batches whose workers are on other machines.")
engine.add_typer(procrastinate, name="procrastinate", short_help="Batches in Postgres, on Procrastinate.")
engine.add_typer(temporal, name="temporal", short_help="Batches on Temporal.")
for group in (call, recording, engine):
    group.callback()(lambda: None)  # or a group of one command would be that command
_add(app, "doctor", doctor, "Check network, credentials, clock, limit, store.")
_add(app, "emulator", emulator, "Run an account to try things on.", EmulatorCommand)
_add(app, "budget", budget, "Show who holds what of a shared budget.")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"plivo-async {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Hold the options that stand before a command."""


def run() -> None:
    """Run the command that `sys.argv` names, and end with its exit code."""
    install()
    code = main()
    if _TEMPORAL in sys.modules:  # its threads may abort an interpreter that ends: temporalio/sdk-python#300
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code.

    Args:
        arguments: What follows the program's name; None for those of `sys.argv`.
    """
    code = _code_of(arguments)
    failure = lost(sys.stdout)
    if failure is None:
        return code
    if not isinstance(failure, BrokenPipeError):  # who closes a pipe, as head does, has had enough
        warn(f"stdout was not written to its end: {failure.strerror or failure}")
    return code or ExitCode.OUTPUT_NOT_WRITTEN


def _code_of(arguments: Sequence[str] | None) -> int:
    try:
        code = app(arguments, prog_name="plivo-async", standalone_mode=False)
    except typer.Abort:
        return ExitCode.INTERRUPTED
    except Exception as error:
        if not isinstance(error, _UsageError):
            raise
        _explain(error)
        return error.exit_code
    return code if isinstance(code, int) else 0


def _explain(error: "_UsageError") -> None:
    """Show a usage error as typer would, but for what a terminal would obey: it repeats what was typed."""
    text = io.StringIO()
    error.show(text)
    for line in text.getvalue().splitlines():
        say(err(), line.replace(": Value error, ", ": "), "red" if line.startswith("Error: ") else "")


@runtime_checkable
class _UsageError(Protocol):
    """Click's, of which typer brings a copy of its own."""

    exit_code: int

    def show(self, file: IO[str] | None = None) -> None: ...
