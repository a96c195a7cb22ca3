"""The picture of the demo in README: `python -m tests.house.demo_picture` makes it anew, of what the command prints."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).parents[2] / "docs" / "demo.svg"

_WIDTH = 80
_CELL = 20 * 0.61  # the width of a character, as rich draws it
_COMMAND = "plivo-async demo"
_LAST = "one by one."  # what follows tells what to try next
_SVG = "{http://www.w3.org/2000/svg}"


def picture(printed: str) -> str:
    """An SVG of a terminal in which the demo has printed this, colours and all. It asks nobody for a font.

    Args:
        printed: What it printed; only what stands before the next steps is shown.
    """
    shown = printed[: printed.index(_LAST) + len(_LAST)]
    console = Console(record=True, width=_WIDTH, file=StringIO(), highlight=False)
    console.print(Text.assemble(("$ ", "dim"), (_COMMAND, "bold")))
    console.print(Text.from_ansi(re.sub(r"\n{3,}", "\n\n", shown)))
    text = console.export_svg(title=_COMMAND, unique_id="demo")
    text = re.sub(r" *@font-face \{.*?\}\n| *<!--.*?-->\n", "", text, flags=re.DOTALL)
    text = text.replace("<svg ", f'<svg role="img" aria-label="{_COMMAND}, in a terminal" ', 1)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def lines(svg: str) -> list[str]:
    """The lines of a terminal in a picture, from above, without spaces at their ends."""
    rows: dict[float, str] = defaultdict(str)
    for piece in ET.fromstring(svg).iter(f"{_SVG}text"):  # noqa: S314  (our own file)
        if "clip-path" in piece.attrib:  # the window's title has none
            column = round(float(piece.attrib["x"]) / _CELL)
            rows[float(piece.attrib["y"])] = rows[float(piece.attrib["y"])].ljust(column) + (piece.text or "")
    return [rows[y].replace("\xa0", " ").rstrip() for y in sorted(rows)]


def main() -> None:
    """Run it, and draw what it printed."""
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(_WIDTH)}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "plivo_async", *_COMMAND.split()[1:]]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    PICTURE.write_text(picture(done.stdout), encoding="utf-8")


if __name__ == "__main__":
    main()
