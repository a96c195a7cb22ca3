"""The program as a whole: help, version, and what it says without its extra."""

import io
import re
import subprocess
import sys
from typing import get_args

import pytest

from plivo_async import __version__, wire
from plivo_async.__main__ import main

pytest.importorskip("typer")

from typer.testing import CliRunner

from plivo_async.cli import _TEMPORAL, app
from plivo_async.cli import main as run
from plivo_async.cli._codes import ExitCode
from plivo_async.cli.commands import _call_list, _list
from plivo_async.cli.screen._help import help_text

from ..support import PATIENCE


def test_version() -> None:
    """One line."""
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"plivo-async {__version__}\n")


@pytest.mark.parametrize("command", [[], ["demo"], ["mpc"], ["mpc", "start"], ["emulator"]])
def test_every_command_has_help(command: list[str]) -> None:
    """With examples where there is something to run."""
    for option in ("--help", "-h"):
        result = CliRunner().invoke(app, [*command, option])
        assert result.exit_code == 0
    if command not in ([], ["mpc"]):
        assert "Examples:" in result.stdout
        assert "  plivo-async " + " ".join(command) in result.stdout


def test_help_of_start_documents_exit_codes_and_credentials() -> None:
    """Constants and help agree."""
    result = CliRunner().invoke(app, ["mpc", "start", "--help"])
    listed = [int(code) for code in re.findall(r"^\s+(\d+)  +[a-z]", result.stdout, re.MULTILINE)]
    assert listed == [code.value for code in ExitCode]
    assert "PLIVO_AUTH_TOKEN" in result.stdout


def test_choices_are_those_of_the_library() -> None:
    """They stand in the command line as well, where help needs them and nothing else of the library."""
    assert get_args(_list.Status) == get_args(wire.Status)
    assert get_args(_call_list.Direction) == get_args(wire.Direction)


def test_help_text_joins_lines_of_a_paragraph_and_keeps_lists() -> None:
    """Help is wrapped to the terminal, not to the source."""
    text = "One\n    two.\n\n    Three\n    four.\n\n    Examples:\n      five\n      six\n    "
    assert help_text(text) == "One two.\n\nThree four.\n\n\b\nExamples:\n  five\n  six"
    assert help_text("One", "more:\n  two") == "One\n\n\b\nmore:\n  two"


@pytest.mark.parametrize("width", [50, 80, 120])
@pytest.mark.parametrize("command", [["demo"], ["mpc", "start"], ["mpc", "list"], ["emulator"]])
def test_help_cuts_nothing_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str], width: int
) -> None:
    """However narrow the terminal is, every option can be read and copied."""
    monkeypatch.setenv("COLUMNS", str(width))
    assert run([*command, "--help"]) == 0  # typer's own runner always has 80 columns
    shown = capsys.readouterr().out
    assert "…" not in shown.replace("FAULT=SHARE,…|none", "").replace("SA…", "")
    for option in re.findall(r"^  (--[a-z-]+)", CliRunner().invoke(app, [*command, "-h"]).stdout, re.MULTILINE):
        assert re.search(rf"^  {option}(?![\w-])", shown, re.MULTILINE)


def test_run_escapes_what_the_output_cannot_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name outside the encoding of a pipe doesn't end a run."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setattr("sys.stderr", io.StringIO())
    monkeypatch.setattr("sys.argv", ["plivo-async", "--version"])
    monkeypatch.delitem(sys.modules, _TEMPORAL, raising=False)  # or it ends this process at once
    with pytest.raises(SystemExit):
        main()
    assert stream.errors == "backslashreplace"


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_the_extra_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    """And nothing else of the package needs it."""
    for name in list(sys.modules):
        if name.startswith(("plivo_async.cli", f"{missing}.")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.setattr("sys.argv", ["plivo-async", "no-such-command"])  # help needs no rich, an error does
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"{missing} is not installed" in line
    assert 'pip install "plivo-async[cli]"' in line


def test_another_missing_module_is_not_blamed_on_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug stays a bug."""
    for name in list(sys.modules):
        if name.startswith("plivo_async.cli"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "plivo_async.cli", None)
    with pytest.raises(ModuleNotFoundError):
        main()


@pytest.mark.real_time
def test_the_core_does_not_import_the_extra() -> None:
    """`import plivo_async` and its emulator work without typer and rich."""
    program = "import sys; sys.modules['typer'] = sys.modules['rich'] = None; import plivo_async, plivo_async.emulator"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=PATIENCE)  # noqa: S603
