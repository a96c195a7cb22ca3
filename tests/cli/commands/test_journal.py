"""`mpc start --journal` and `mpc report`: killed, run again, and read meanwhile."""

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("typer")

from typer.testing import CliRunner

from plivo_async.batch._journal_file import Identity, JournalFile, intents, places
from plivo_async.cli import app
from plivo_async.emulator import Emulator

from .support import running

pytestmark = pytest.mark.real_time


@pytest.fixture
def plivo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Emulator]:
    """An emulator with a, b and c waiting, its credentials in the environment, and names.txt that names d as well."""
    emulator = Emulator()
    monkeypatch.setenv("PLIVO_AUTH_ID", emulator.auth_id)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", emulator.auth_token)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "names.txt").write_text("a\nb\nc\nd\n")
    with running(emulator, "a", "b", "c"):
        yield emulator


def run(*arguments: str) -> tuple[int, str, str]:
    """The exit code of a command, and what it said on stdout and stderr."""
    result = CliRunner().invoke(app, ["mpc", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, " ".join(result.stderr.split())


def test_the_same_command_goes_on_and_tells_of_all(plivo: Emulator) -> None:
    """The second run makes no request; what wasn't found is tried again only when that is asked for."""
    start = ("start", "names.txt", "--base-url", plivo.url, "--journal", "run.db")
    code, out, _ = run(*start)
    assert (code, out.partition("  (")[0]) == (1, "3 activated · 1 not found")
    made = len(plivo.requests)
    code, out, _ = run(*start)
    assert (code, out.partition("  (")[0], len(plivo.requests)) == (1, "3 activated · 1 not found", made)
    run(*start, "--retry", "not-found")
    assert {request.name for request in plivo.requests[made:]} == {"d"}


def test_a_journal_is_read_as_text_json_csv_and_page(plivo: Emulator) -> None:
    """All tell the same; `--only` leaves out the rest."""
    run("start", "names.txt", "--base-url", plivo.url, "--journal", "run.db", "--report", "report.html")
    assert "3 of 4 conferences are live" in Path("report.html").read_text()
    code, out, _ = run("report", "run.db")
    assert (code, out.partition("  (")[0]) == (0, "3 activated · 1 not found")
    assert "'d' not found" in out
    told = json.loads(run("report", "run.db", "--format", "json")[1])
    assert told["counts"]["activated"] == 3
    rows = list(csv.DictReader(io.StringIO(run("report", "run.db", "--only", "not_found", "--format", "csv")[1])))
    assert [row["name"] for row in rows] == ["d"]
    assert "3 of 4 conferences are live" in run("report", "run.db", "--format", "html")[1]


def test_lines_and_columns_of_the_input_come_with_it(plivo: Emulator) -> None:
    """Of the one that the journal was begun with; another one is refused, and says where they part."""
    Path("tonight.csv").write_text("room,team\na,red\nd,blue\n")
    given = ("--input", "tonight.csv", "--column", "room")
    run("start", "tonight.csv", "--column", "room", "--base-url", plivo.url, "--journal", "run.db")
    rows = list(csv.DictReader(io.StringIO(run("report", "run.db", "--format", "csv", *given)[1])))
    assert [(row["name"], row["line"], row["team"]) for row in rows] == [("a", "2", "red"), ("d", "3", "blue")]
    rows = list(
        csv.DictReader(io.StringIO(run("report", "run.db", "--only", "failures", "--format", "csv", *given)[1]))
    )
    assert [(row["name"], row["line"], row["team"]) for row in rows] == [("d", "3", "blue")]
    assert "line 3" in run("report", "run.db", "--format", "html", *given)[1]
    code, out, err = run("report", "run.db", "--input", "names.txt")
    assert (code, out) == (2, "")
    assert "line 2 of names.txt is 'b', and the journal 'run.db' has 'd' there" in err
    Path("short.txt").write_text("a\n")
    assert "short.txt has 1 conferences, and the journal" in run("report", "run.db", "--input", "short.txt")[2]


def test_a_page_of_two_runs_says_so(plivo: Emulator) -> None:
    """When each of them worked, and the JSON has them as well."""
    start = ("start", "names.txt", "--base-url", plivo.url, "--journal", "run.db")
    run(*start)
    run(*start, "--retry", "not-found", "--report", "report.html")
    page = Path("report.html").read_text()
    assert "in 2 parts" in page
    assert "Part 1 of 2" in page
    assert "in 2 parts" in run("report", "run.db", "--format", "html")[1]
    told = json.loads(run("report", "run.db", "--format", "json")[1])["runs"]
    assert [one["pid"] for one in told] == [os.getpid()] * 2
    assert told[0]["ended_at"] <= told[1]["began_at"]


def test_of_many_failures_the_first_are_listed_and_the_rest_said(plivo: Emulator, tmp_path: Path) -> None:
    """Hundreds that were not attempted yet hide what matters; --only tells all."""
    file = JournalFile(tmp_path / "run.db", Identity(plivo.auth_id, plivo.url), 0.0)
    file.write([places([(at, f"c{at}", None) for at in range(9)]), intents(1.0, [0])])
    file.close(2.0)
    lines = run("report", "run.db")[1].splitlines()
    assert lines[0].startswith("1 unknown · 8 not attempted")
    assert [line.split()[0] for line in lines[1:]] == ["'c0'", *(f"'c{at}'" for at in range(1, 6)), "…"]
    assert lines[-1] == "  … and 3 more: --only not_attempted"
    assert len(run("report", "run.db", "--only", "not_attempted")[1].splitlines()) == 9


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report", "none.db"), "there is no journal 'none.db'"),
        (("report", "names.txt"), "is no journal of plivo-async"),
        (("report", "names.txt", "--only", "lost"), "'lost' is not one of all, failures, activated"),
        (("start", "names.txt", "--retry", "not_found"), "goes with --journal"),
        (("start", "names.txt", "--journal", "x.db", "--retry", "activated"), "'activated' is not one of not_found"),
        (("start", "names.txt", "--journal", "gone/x.db"), "can't be opened"),
        (("start", "names.txt", "--journal", "names.txt"), "is no journal of plivo-async"),
    ],
)
def test_mistakes_are_2_and_nothing_is_sent(plivo: Emulator, arguments: tuple[str, ...], said: str) -> None:
    """A sentence says what is wrong; the input is left as it is."""
    more = ("--base-url", plivo.url) if arguments[0] == "start" else ()
    code, _, err = run(*arguments, *more)
    assert (code, len(plivo.requests)) == (2, 0)
    assert said in err
    assert Path("names.txt").read_text() == "a\nb\nc\nd\n"


def test_another_input_and_a_journal_in_use_are_refused(plivo: Emulator) -> None:
    """They say what differs, and who has it."""
    start = ("start", "names.txt", "--base-url", plivo.url, "--journal", "run.db")
    run(*start)
    made = len(plivo.requests)
    file = JournalFile("run.db", Identity(plivo.auth_id, plivo.url), 0.0)
    code, _, err = run(*start)
    assert (code, "is in use by process" in err) == (2, True)
    file.close(0.0)
    Path("names.txt").write_text("a\nx\n")
    code, _, err = run(*start)
    assert (code, "it has 'x' at position 1, and 'b' in the journal" in err) == (2, True)
    assert len(plivo.requests) == made
