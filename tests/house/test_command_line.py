"""What the command line imports before it has anything to do: whoever asks for help, or presses Tab, waits for it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("typer")

import typer
from typer.testing import CliRunner

import plivo_async.cli
from plivo_async.cli import app

from ..support import PATIENCE

HEAVY = {
    "anyio",
    "asyncio",
    "httpx",
    "rich.console",
    "ssl",
    "plivo_async._client",
    "plivo_async.batch",
    "plivo_async.emulator._emulator",
    "plivo_async.wire",
}
"""Each takes as long to import as all that help needs, or brings one that does."""

PROGRAM = f"""
import contextlib, io, os, sys
from plivo_async.cli import main

def heavy():
    return sorted({HEAVY!r} & {{*sys.modules}})

def told(line, *arguments):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
        main(arguments)
    assert out.getvalue(), line
    print(line, *heavy(), sep="|")

for line in sys.argv[1:]:
    words = line.split(" ")
    os.environ |= dict(_PLIVO_ASYNC_COMPLETE="complete_bash", COMP_WORDS="\\n".join([*words, "--"]))
    os.environ["COMP_CWORD"] = str(len(words))
    told(f"{{line}} [Tab]")
    del os.environ["_PLIVO_ASYNC_COMPLETE"]
    told(line, *words[1:], "--help")
"""


def commands(group: typer.Typer = app, above: str = "plivo-async") -> Iterator[str]:
    """Every group and every command, as it is typed."""
    yield above
    for one in group.registered_commands:
        yield f"{above} {one.name or getattr(one.callback, '__name__', '')}"
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from commands(inner.typer_instance, f"{above} {inner.name}")


@pytest.mark.real_time
def test_help_and_completion_import_nothing_that_only_a_run_needs() -> None:
    """Neither the client nor the emulator, no event loop, no HTTP, no TLS; rich to break long lines only."""
    lines = sorted(commands(), key="plivo-async emulator".__eq__)
    assert {"plivo-async", "plivo-async mpc start", "plivo-async engine temporal watch"} <= {*lines}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", PROGRAM, *lines],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=os.environ | {"COLUMNS": "120", "TERM": "dumb"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    expected = [told for line in lines for told in (f"{line} [Tab]", line)]
    assert done.stdout.splitlines() == [*expected[:-1], "plivo-async emulator|rich.console"]


def test_what_an_option_takes_is_said_in_words() -> None:
    """No `<int range>` and no `TEXT`: help says `N`, `NAME`, or what may stand there."""
    for line in commands():
        shown = CliRunner().invoke(app, [*line.split()[1:], "--help"]).stdout
        assert shown.startswith("Usage: "), line
        assert not re.search(r"(?i) range>|--?\S+ +(?-i:TEXT|INTEGER|FLOAT|FILENAME)\b", shown), shown


def test_no_text_has_a_colour_that_vanishes() -> None:
    """Yellow and white can't be read on white, black and blue not on black; nor can what is bright, or dim."""
    for path in Path(plivo_async.cli.__file__).parent.rglob("*.py"):
        for style in re.findall(
            r"""["']((?:(?:bold|dim) )?(?:bright_)?[a-z]+)["']""", path.read_text(encoding="utf-8")
        ):
            assert not re.search(r"\b(?:yellow|white|black|blue|dim|bright_(?!black$)\w+)\b", style), f"{path}: {style}"
    bar = (Path(plivo_async.cli.__file__).parent / "screen" / "_progress.py").read_text(encoding="utf-8")
    assert bar.count("bright_black") == 1  # what is left of the bar: its numbers stand beside it
