"""Lines broken where a terminal ends, so that they can still be read. Pure."""

import re
import textwrap

AS_IT_IS = "\b\n"  # before a paragraph of a help text: typer doesn't wrap it
_EXAMPLES = "Examples:"


def wrapped(line: str, width: int) -> list[str]:
    """A line in pieces of at most so many cells: no word is broken that fits, and what goes on stands further in.

    What stands behind a word and two spaces or more, as in a table, goes on under its own beginning. A word that is too
    long for that moves to the left before it is broken.
    """
    line = line.rstrip()
    if (
        len(line) <= width and line.isascii() and line.isprintable()
    ):  # as most do: rich takes as long to import as typer
        return [line]
    from rich.cells import cell_len
    from rich.console import Console
    from rich.text import Text

    column = re.match(r" *\S+ {2,}(?=\S)", line)
    indent = len(line) - len(line.lstrip(" "))
    longest = max(map(cell_len, line.split()), default=0)
    ways = [(column.end(), cell_len(column[0]))] if column else []  # characters before it, cells before what goes on
    ways += [(indent, indent + 2), (0, 2)] if column or indent else []
    begins, further = next((way for way in ways if way[1] + longest <= width), (0, 0))
    pieces = Text(line[begins:]).wrap(Console(), width - further)
    first, *others = [piece.plain.rstrip() for piece in pieces] or [""]
    return [line[:begins] + first, *(" " * further + other.lstrip(" ") for other in others)]


def fitted(text: str, width: int) -> str:
    """A help text whose lines that are set out fit a width; commands go on as a shell takes them, after a backslash."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(_set_out(one, width) if one.startswith(AS_IT_IS) else one for one in paragraphs)


def _set_out(paragraph: str, width: int) -> str:
    head, *lines = paragraph.removeprefix(AS_IT_IS).split("\n")
    broken = _command if head == _EXAMPLES else wrapped
    return AS_IT_IS + "\n".join([*wrapped(head, width), *(piece for line in lines for piece in broken(line, width))])


def _command(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip(" "))]
    pieces = textwrap.wrap(
        line.strip(),
        width - 2,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [*(f"{piece} \\" for piece in pieces[:-1]), pieces[-1]]
