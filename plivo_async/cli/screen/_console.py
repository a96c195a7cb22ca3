"""Where the commands write: results on stdout, progress and mistakes on stderr; control codes to terminals only."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING, NoReturn, TypeVar

import typer

from ...shown._printable import printable
from .._codes import ExitCode
from ._streams import lost
from ._wrapping import wrapped

if TYPE_CHECKING:  # rich takes as long to import as typer, and help needs none of it
    from rich.console import Console

T = TypeVar("T")


def out() -> "Console":
    """The console of the results."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def err() -> "Console":
    """The console of progress and mistakes."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def say(console: "Console", line: str = "", style: str = "") -> None:
    """Print a line, on a terminal broken so that it can be read; nothing in it is taken for markup or obeyed."""
    shown = printable(line)
    for piece in wrapped(shown, console.width) if console.file.isatty() else [shown]:
        as_it_is(console, piece, style)


def as_it_is(console: "Console", line: str, style: str = "") -> None:
    """Print a line that somebody may want to copy, as a command: never broken, nothing in it obeyed."""
    from rich.text import Text

    console.print(Text(printable(line), style), soft_wrap=True)


def tell(lines: Sequence[str], paint: Callable[[str], str] = lambda _: "") -> None:
    """Print results on stdout; on stderr as well if stdout can't be written. A terminal gets no word broken.

    Args:
        lines: What to print.
        paint: Says of each line in which style.
    """
    for line in lines:
        say(out(), line, paint(line))
    if lost(sys.stdout):
        for line in lines:
            say(err(), line, paint(line))


def tell_how_it_went(lines: Sequence[str], code: int) -> None:
    """Print a summary on stdout, its first line in red unless the exit code says that all went well."""
    tell(lines, lambda line: "bold red" if code and line is lines[0] else "")


def unseen() -> bool:
    """Whether nothing that was said can have been read."""
    return lost(sys.stdout) is not None and lost(sys.stderr) is not None


def warn(message: str) -> None:
    """Say on stderr, line by line, what is wrong."""
    first, *more = message.split("\n")
    for line in (f"plivo-async: {first}", *more):
        say(err(), line, "red")


def moves(stream: IO[str]) -> bool:
    """Whether a live display has a place there: a terminal that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM", "").lower() not in {"dumb", "unknown"}


def fail(message: str, code: ExitCode = ExitCode.USAGE) -> NoReturn:
    """Say on stderr what is wrong, and end."""
    sys.stdout.flush()
    warn(message)
    raise typer.Exit(int(code))


def given(option: str, parse: Callable[[str], T], text: str) -> T:
    """The value of an option, read by `parse`, whose `ValueError` becomes a usage error that names the option."""
    try:
        return parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
