"""Completion, asked for as a shell asks; and by real shells, where there are some."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("typer")

from plivo_async.cli import main
from plivo_async.cli.input._entries import InputError, columns_of

TABLE = "id;Friendly Name;Raum (neu);room;2024;starts\n1;a;b;c;d;e\n2;f;g;h;i;j\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where somebody stands who types, with a table, and without a variable that completion could need."""
    (tmp_path / "to night.csv").write_text(TABLE)
    (tmp_path / "tonight.csv").write_text(TABLE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def offered(line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What bash is given for a line whose last word is being typed: a word a line."""
    words = re.findall(r"'[^']*'|[^ ]+|(?<= )$", line)
    monkeypatch.setenv("_PLIVO_ASYNC_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "\n".join(words))
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    with pytest.raises(SystemExit) as ended:
        main([])
    told = capsys.readouterr()
    assert (ended.value.code, told.err) == (0, "")
    return told.out.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("mpc list --status ", ["initialized", "active", "ended"]),
        ("mpc list --status e", ["ended"]),
        ("mpc list --created-a", ["--created-after"]),
        ("mpc report x.db --format ", ["text", "json", "csv", "html"]),
        ("mpc report x.db --only un", ["unknown"]),
        ("mpc report x.db --only f", ["failures", "failed"]),
        ("mpc start x --retry ", ["not_found", "rejected", "failed", "unknown", "not_attempted"]),
        ("mpc start x --confirm a", ["always", "ambiguous"]),
        ("call list --direction ", ["inbound", "outbound"]),
        ("emulator --window ", ["sliding", "fixed", "bucket"]),
        ("engine ", ["procrastinate", "temporal"]),
        ("engine procrastinate report b --format h", ["html"]),
        ("engine temporal re", ["report"]),
        ("mpc start tonight.csv --column ", ["id", "friendly_name", "room", "starts"]),
        ("mpc start --column ro", []),
        ("mpc start ~/tonight.csv --quiet --column ro", ["room"]),
        ("mpc stop $HOME/tonight.csv --column ro", ["room"]),
        ("mpc stop 'to night.csv' --column ro", ["room"]),
        ("mpc report x.db --input tonight.csv --column ro", ["room"]),
        ("engine procrastinate submit tonight.csv --column ro", ["room"]),
        ("mpc start - --column ", []),
        ("mpc start nowhere.csv --column ", []),
        ("mpc start ~nobody/x.csv --column ", []),
        ("mpc start . --column ", []),
        ("mpc start tonight.csv --report to", []),  # the shell offers files
        ("mpc start to", []),
    ],
)
def test_a_shell_is_offered(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, words: list[str]
) -> None:
    """What fits, and nothing that would be refused; without a word on stderr."""
    assert offered(f"plivo-async {line}", monkeypatch, capsys) == words


def test_zsh_hands_over_the_line_as_one_text(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And an option with its value as one word."""
    monkeypatch.setenv("_PLIVO_ASYNC_COMPLETE", "complete_zsh")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "plivo-async mpc start tonight.csv --column=ro")
    with pytest.raises(SystemExit):
        main([])
    assert re.findall(r'"(\w+)"', capsys.readouterr().out) == ["room"]


@pytest.mark.parametrize(
    ("label", "text", "columns"),
    [
        ("x.csv", "room\na\n", ["room"]),
        ("x.txt", "support-1\nsupport-2\n", []),  # a name is no header
        ("x.txt", "name,starts\na,b\n", ["name", "starts"]),
        ("x.tsv", "name,x\tstarts\na\tb\n", ["starts"]),
        ("x.txt", "sep=|\nroom\na\n", ["room"]),
        ("x.csv", "name;Name;Name;b b;b-b\n1;2;3;4;5\n", ["name", "b-b"]),  # what is there twice can't be named
        ("x.csv", "-x,a:b,a=b,$a,`a`,a*,!,'q',Ö,1.\n1,2,3,4,5,6,7,8,9,10\n", ["_x", "Ö", "1."]),
        ("x.json", '[{"name": "a", "n": 1, "at": "b", "a b": "c"}]', ["name", "at"]),
        ("x", '{"name": "a"}\n{"other": "a"}\n', ["name"]),
        ("x.json", '["a"]', []),
        ("x.json", "", []),
    ],
)
def test_columns_that_need_no_quotes(label: str, text: str, columns: list[str]) -> None:
    """Each of them is one that `--column` takes."""
    assert columns_of(text.encode(), label) == columns


@pytest.mark.parametrize("text", ["", "\n", '"a', "PK\x03\x04", "\xff"])
def test_what_is_no_table_has_no_columns(text: str) -> None:
    """As everywhere: it is refused."""
    with pytest.raises(InputError):
        columns_of(text.encode("latin-1"), "x.csv")


@pytest.mark.long
@pytest.mark.real_time
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_in_a_real_shell(folder: Path) -> None:
    """What `--install-completion` leaves behind completes a column, and leaves files to the shell."""
    command = folder / "plivo-async"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m plivo_async "$@"\n')
    command.chmod(0o755)
    script = """
    plivo-async --install-completion >&2
    . ~/.bashrc
    offered() {
        COMP_WORDS=(plivo-async "$@"); COMP_CWORD=$#
        _plivo_async_completion plivo-async
        echo "${COMPREPLY[@]}"
    }
    offered mpc start tonight.csv --column ""
    offered mpc start to
    complete -p plivo-async
    """
    environment = {
        **os.environ,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(  # noqa: S603
        ["bash", "-c", script],  # noqa: S607
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env=environment,
    )
    assert done.stdout.splitlines() == [
        "id friendly_name room starts",
        "",
        "complete -o default -F _plivo_async_completion plivo-async",
    ], done.stderr
