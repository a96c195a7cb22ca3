"""Lines that are broken where a terminal ends."""

import inspect
import io
import re
import sys

import pytest

pytest.importorskip("typer")

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from plivo_async import Activation, ActivationOutcome, ActivationReport, NotFoundError
from plivo_async.cli import main
from plivo_async.cli.commands._budget import budget
from plivo_async.cli.commands._call_list import call_list
from plivo_async.cli.commands._demo import demo
from plivo_async.cli.commands._doctor import doctor
from plivo_async.cli.commands._emulator import emulator
from plivo_async.cli.commands._list import list_
from plivo_async.cli.commands._report import report
from plivo_async.cli.commands._start import start
from plivo_async.cli.screen._console import as_it_is, out, say, tell_how_it_went
from plivo_async.cli.screen._summary import failure_lines
from plivo_async.cli.screen._wrapping import fitted, wrapped

COMMANDS = {
    "demo": demo,
    "doctor": doctor,
    "emulator": emulator,
    "budget": budget,
    "mpc start": start,
    "mpc list": list_,
    "mpc report": report,
    "call list": call_list,
}


@pytest.mark.parametrize(
    ("line", "width", "pieces"),
    [
        ("short", 20, ["short"]),
        ("", 20, [""]),
        (" " * 30, 20, [""]),
        ("a sentence that goes on", 12, ["a sentence", "that goes on"]),
        ("  line 3: 'nobody' not found", 16, ["  line 3:", "    'nobody' not", "    found"]),
        ("ok       the clock agrees", 18, ["ok       the clock", "         agrees"]),
        ("  limit    300 per 5 s", 18, ["  limit    300 per", "           5 s"]),
        ("mpc_uuid               3be6ec65-7b0a", 20, ["mpc_uuid", "  3be6ec65-7b0a"]),
        ("  1: 'a-name-as-wide-as-it-gets'", 26, ["  1:", "'a-name-as-wide-as-it-gets'"[:26], "'"]),
        ("  会议室 会议室 会议室", 12, ["  会议室", "    会议室", "    会议室"]),
    ],
)
def test_what_goes_on_stands_further_in(line: str, width: int, pieces: list[str]) -> None:
    """Under its own beginning where it has a column; no word is broken that fits."""
    assert wrapped(line, width) == pieces


PARTS = st.sampled_from(["a", "ab", "会议室", "-", " ", "  ", "    ", "as-long-as-this", "会议室-会议室-会议室"])


@given(st.lists(PARTS, max_size=20).map("".join), st.integers(10, 40))
def test_nothing_is_lost_and_nothing_sticks_out(line: str, width: int) -> None:
    """But for spaces at which a line was broken."""
    pieces = wrapped(line, width)
    assert "".join(pieces).replace(" ", "") == line.replace(" ", "")
    assert max(map(cell_len, pieces)) <= width


@pytest.mark.parametrize("width", [50, 80, 120])
@pytest.mark.parametrize("command", [name.split() for name in COMMANDS], ids=" ".join)
def test_help_sticks_out_nowhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str], width: int
) -> None:
    """A terminal that breaks lines itself breaks words. Examples can be copied, over lines as well."""
    monkeypatch.setenv("COLUMNS", str(width))
    assert main([*command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert max(map(cell_len, shown.splitlines())) <= width
    text = inspect.cleandoc(COMMANDS[" ".join(command)].__doc__ or "")
    examples = [line.strip() for line in text.partition("Examples:\n")[2].partition("\n\n")[0].splitlines()]
    assert examples
    one_line_each = re.sub(r" \\\n *", " ", shown).splitlines()
    assert [example for example in examples if f"    {example}" not in one_line_each] == []
    assert not re.search(r"^  [A-Z|-]+ <\w+>", shown, re.MULTILINE)


def test_a_help_text_without_lists_stays() -> None:
    """Typer wraps paragraphs itself."""
    text = "One two three.\n\n\b\nFaults:\n  a    very bad\n\nFour."
    assert fitted(text, 11) == "One two three.\n\n\b\nFaults:\n  a    very\n       bad\n\nFour."


def test_what_is_to_be_copied_is_never_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unlike what is to be read."""
    monkeypatch.setenv("COLUMNS", "50")
    text = io.StringIO()
    monkeypatch.setattr(text, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", text)
    line = "  plivo-async mpc start names.txt --base-url http://127.0.0.1:8808"
    as_it_is(out(), line)
    say(out(), line)
    assert text.getvalue().splitlines() == [
        line,
        "  plivo-async mpc start names.txt --base-url",
        "    http://127.0.0.1:8808",
    ]


def test_failures_are_told_in_words_of_the_command() -> None:
    """In every report: no argument of the library's, and how to see the rest."""
    error = NotFoundError("no conference 'a' is waiting. wait_for= keeps trying while people dial in")
    report = ActivationReport(
        [Activation(at, f"+1415555010{at}", None, ActivationOutcome.NOT_FOUND, error=error) for at in range(3)], 1.0
    )
    lines = failure_lines(report, 2, "--only {}")
    assert len(lines) == 3
    assert "--wait-for keeps trying" in lines[0]
    assert "+14155550100" not in lines[0]
    assert lines[-1] == "  … and 1 more: --only not_found"
    assert len(failure_lines(report, None, "")) == 3


@pytest.mark.parametrize(
    ("environment", "painted"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_what_went_wrong_stands_out(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], painted: bool
) -> None:
    """On a terminal with colours; a pipe gets none whatever happens."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm-256color", **environment}.items():
        monkeypatch.setenv(name, value)
    for terminal in (True, False):
        text = io.StringIO()
        monkeypatch.setattr(text, "isatty", lambda terminal=terminal: terminal)
        monkeypatch.setattr(sys, "stdout", text)
        lines = ["2 not found", "  line 1: …"]
        tell_how_it_went(lines, 1)
        assert ("31m" in text.getvalue()) is (terminal and painted)
        assert text.getvalue().endswith("  line 1: …\n")
        text.seek(0)
        text.truncate()
        tell_how_it_went(lines, 0)
        assert text.getvalue() == "2 not found\n  line 1: …\n"
