"""The commands. Needs the extra `cli` (typer and rich); nothing else in the package imports them."""

import inspect
import sys
from typing import Annotated

import typer

from .._version import __version__
from ._demo import demo
from ._emulator import emulator, faults_listed
from ._list import list_
from ._start import start

__all__ = ["app", "run"]

app = typer.Typer(
    name="plivo-async",
    help="Activate Plivo Multiparty Calls (MPCs), many at a time, and know for certain which of them are live.\n\n"
    "New here? [bold]plivo-async demo[/] needs no account and takes ten seconds.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a rich traceback may show locals, and so the token
    pretty_exceptions_show_locals=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
mpc = typer.Typer(help="Multiparty calls of an account.", no_args_is_help=True)


def help_text(doc: str | None, more: str = "") -> str:
    """A docstring as help: paragraphs on one line, to be wrapped anew; those with indented lines as they are."""
    paragraphs = inspect.cleandoc(doc or "").split("\n\n")
    joined = [text if "\n " in text else " ".join(text.split("\n")) for text in paragraphs]
    return "\n\n".join([*joined, more]).rstrip()


app.command(help=help_text(demo.__doc__))(demo)
app.add_typer(mpc, name="mpc")
mpc.command(help=help_text(start.__doc__))(start)
mpc.command("list", help=help_text(list_.__doc__))(list_)
app.command(help=help_text(emulator.__doc__, faults_listed()))(emulator)


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
    """Run the command that `sys.argv` names. A name that the output's encoding can't show is escaped, not an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    app(prog_name="plivo-async")
