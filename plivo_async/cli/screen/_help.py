"""How a command's help is laid out: whole lines and options, however narrow the terminal is."""

import inspect
import re
from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand

from ._wrapping import AS_IT_IS, fitted

_WIDEST_NAME = 30  # cells of the column of options; a longer one has a line of its own
_TYPE = re.compile(r"^([A-Z]\S*) <\w+>$")  # of an argument, whose name says more
_LEAST_TEXT = 48  # cells that its explanation has before the column gets narrower


class Command(TyperCommand):
    """A command with such a help."""

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Write what it does, with its examples and exit codes."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(fitted(self.help or "", formatter.width - formatter.current_indent))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write its arguments and options."""
        widest = min(_WIDEST_NAME, max(formatter.width - _LEAST_TEXT, 10))
        write = formatter.write_dl

        def write_dl(rows: Sequence[tuple[str, str]]) -> None:
            write([(_TYPE.sub(r"\1", name), text) for name, text in rows], col_max=widest)

        formatter.write_dl = write_dl
        super().format_options(ctx, formatter)


def help_text(doc: str | None, more: str = "") -> str:
    """A docstring as help: paragraphs to be wrapped anew, but for those with indented lines."""
    paragraphs = [*inspect.cleandoc(doc or "").split("\n\n"), *([more] if more else [])]
    return "\n\n".join(f"{AS_IT_IS}{text}" if "\n " in text else " ".join(text.split("\n")) for text in paragraphs)
