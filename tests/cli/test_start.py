"""`plivo-async mpc start` against the emulator: every exit code, the report, credentials, and Ctrl-C."""

import csv
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("typer")

from anyio.from_thread import start_blocking_portal
from typer.testing import CliRunner

from plivo_async.cli import app
from plivo_async.cli._signals import _end
from plivo_async.emulator import Emulator

pytestmark = pytest.mark.real_time

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals as POSIX has them")


@contextmanager
def running(plivo: Emulator, *names: str) -> Iterator[Emulator]:
    """Run an emulator in another thread, with these conferences waiting."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(plivo):
        for name in names:
            portal.call(plivo.add_conference, name)
        yield plivo


@pytest.fixture
def plivo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator with a, b and c waiting; its credentials are in the environment."""
    emulator = Emulator()
    monkeypatch.setenv("PLIVO_AUTH_ID", emulator.auth_id)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", emulator.auth_token)
    with running(emulator, "a", "b", "c"):
        yield emulator


@pytest.fixture
def names(tmp_path: Path) -> Path:
    """A file that names a, b and c."""
    path = tmp_path / "names.txt"
    path.write_text("a\nb\nc\n")
    return path


@pytest.fixture
def handlers() -> Iterator[None]:
    """Put the signal handlers back."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # these tests may run under nohup
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


class Outcome:
    """What a command did."""

    def __init__(self, *arguments: str | Path, stdin: bytes | None = None) -> None:
        """Run `mpc start` with these arguments."""
        result = CliRunner().invoke(app, ["mpc", "start", *map(str, arguments)], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code = result.exit_code
        self.out = result.stdout
        self.err = " ".join(result.stderr.replace("│", "").split())


# ---- Exit codes -------------------------------------------------------------------------------------------------


def test_all_live_is_0(plivo: Emulator, names: Path) -> None:
    """The summary is on stdout, the progress on stderr, and neither has control codes."""
    outcome = Outcome(names, "--base-url", plivo.url)
    assert outcome.code == 0
    assert outcome.out.startswith("3 activated  (")
    assert "3 requests" in outcome.out
    assert outcome.err.startswith("3/3 (100 %)")
    assert "\x1b" not in outcome.out + outcome.err
    assert all(plivo.conferences[name].status == "Active" for name in "abc")


def test_repeating_a_run_is_0(plivo: Emulator, names: Path) -> None:
    """What is live already is a success."""
    Outcome(names, "--base-url", plivo.url)
    again = Outcome(names, "--base-url", plivo.url)
    assert (again.code, again.out.split("  ")[0]) == (0, "3 already active")


def test_some_failed_is_1(plivo: Emulator) -> None:
    """The failure is named with its line; phone numbers are masked."""
    outcome = Outcome("-", "--base-url", plivo.url, stdin=b"a\n\n+14151234567\n")
    assert outcome.code == 1
    assert "1 activated · 1 not found" in outcome.out
    assert "line 3: '+*******4567' not found" in outcome.out
    assert "1415123" not in outcome.out + outcome.err


def test_some_unknown_is_3(plivo: Emulator, names: Path) -> None:
    """An answer is lost and `--confirm never` forbids to look."""
    plivo.script("activate", "b", fault="lost-response")
    outcome = Outcome(names, "--base-url", plivo.url, "--confirm", "never")
    assert outcome.code == 3
    assert "2 activated · 1 unknown" in outcome.out


def test_refused_credentials_are_4(plivo: Emulator, names: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one mistake, and the token doesn't show."""
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "wrong-token")
    outcome = Outcome(names, "--base-url", plivo.url)
    assert outcome.code == 4
    assert "Plivo refused the credentials (401); check PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN" in outcome.err
    assert "wrong-token" not in outcome.out + outcome.err


def test_unwritten_report_is_5(plivo: Emulator, names: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The summary is printed all the same; where there is another place, the report is there."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.setattr("plivo_async.cli._start.check_report_path", lambda path: folder.rmdir())
    outcome = Outcome(names, "--base-url", plivo.url, "--report", folder / "out.json")
    assert outcome.code == 5
    [report] = tmp_path.glob("out-*.json")
    assert f"out.json was not written: No such file or directory; the report is at {report}" in outcome.err
    assert outcome.out.startswith("3 activated")
    assert outcome.out.splitlines()[-1] == f"report: {report}"


def test_a_report_that_nothing_takes_is_5(plivo: Emulator, names: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing half-written is left behind."""

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    outcome = Outcome(names, "--base-url", plivo.url, "--report", names.parent / "out.json")
    assert outcome.code == 5
    assert "out.json was not written: No space left on device" in outcome.err
    assert "3 activated" in outcome.out
    assert [path.name for path in names.parent.iterdir()] == ["names.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--limit", "5"], "Invalid value for --limit: '5' is no limit: write requests/seconds"),
        (["--timeout", "0"], "Invalid value for --timeout: '0': it must be more than 0 seconds"),
        (["--deadline", "soon"], "Invalid value for --deadline: 'soon' is no time"),
        (["--wait-for", "soon"], "Invalid value for --wait-for: 'soon' is no time"),
        (["--max-attempts", "0"], "--max-attempts"),
        (["--confirm", "maybe"], "--confirm"),
        (["--report", "out.txt"], "out.txt must end in .json or .csv"),
        (["--report", "nowhere/out.json"], "out.json can't be written: No such file or directory"),
        (["--report", "folder.csv"], "folder.csv is a directory"),
        (["--column", "x"], "no column is called 'x'; there are 'a'"),
        (["--uuid"], "names.txt, line 1: uuid must be a UUID"),
        (["--base-url", "http://example.com"], "--base-url would send the Auth Token to example.com unencrypted: use"),
        (["--auth-token", "x"], "No such option: --auth-token"),
    ],
)
def test_mistakes_are_2_and_nothing_is_sent(
    plivo: Emulator, names: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    """The message says what is allowed."""
    monkeypatch.chdir(names.parent)
    (names.parent / "folder.csv").mkdir()
    outcome = Outcome("names.txt", "--base-url", plivo.url, *arguments)
    assert outcome.code == 2
    assert message in outcome.err
    assert plivo.requests == []


def test_missing_file_is_2(plivo: Emulator) -> None:
    """As are empty ones."""
    assert Outcome("nothing.txt", "--base-url", plivo.url).code == 2
    empty = Outcome("-", "--base-url", plivo.url, stdin=b"\n")
    assert (empty.code, "stdin holds no conferences" in empty.err) == (2, True)


def test_missing_or_malformed_credentials_are_2(names: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are named as the variables that they are."""
    monkeypatch.setenv("PLIVO_AUTH_ID", "short")
    monkeypatch.delenv("PLIVO_AUTH_TOKEN", raising=False)
    missing = Outcome(names)
    assert (missing.code, "PLIVO_AUTH_TOKEN is not set" in missing.err) == (2, True)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "token")
    malformed = Outcome(names)
    assert (malformed.code, "PLIVO_AUTH_ID is malformed" in malformed.err) == (2, True)


def test_names_may_be_typed(plivo: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits at a terminal is told what for."""

    def entries(source: str) -> tuple[bytes, str]:
        return b"a\n", source

    monkeypatch.setattr("plivo_async.cli._start.read_source", entries)
    monkeypatch.setattr("plivo_async.cli._start.sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    assert Outcome("-", "--base-url", plivo.url).err.startswith("Type names, one per line; Ctrl-D")


# ---- Options ----------------------------------------------------------------------------------------------------


def test_report_holds_every_outcome_unmasked(plivo: Emulator, tmp_path: Path) -> None:
    """JSON or CSV by suffix; what was there before is replaced."""
    table = tmp_path / "rooms.csv"
    table.write_text("room;x\na;1\n+14151234567;2\na;3\n")
    report = tmp_path / "out.json"
    report.write_text("old")
    outcome = Outcome(table, "--column", "room", "--base-url", plivo.url, "--report", report)
    assert outcome.out.splitlines()[-1] == f"report: {report}"
    activations = json.loads(report.read_text(encoding="utf-8"))["activations"]
    assert [(one["name"], one["outcome"]) for one in activations] == [
        ("a", "activated"),
        ("+14151234567", "not_found"),
        ("a", "activated"),
    ]
    Outcome(table, "--column", "1", "--header", "--base-url", plivo.url, "--report", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["name"], row["outcome"]) for row in rows] == [
        ("a", "already_active"),
        ("'+14151234567", "not_found"),
        ("a", "already_active"),
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.json", "rooms.csv"]


def test_uuid_activates_by_uuid(plivo: Emulator) -> None:
    """A UUID is never taken for a name."""
    uuid = plivo.conferences["b"].mpc_uuid
    assert Outcome("-", "--uuid", "--base-url", plivo.url, "--limit", "none", stdin=uuid.encode()).code == 0
    assert plivo.conferences["b"].status == "Active"


def test_deadline_leaves_the_rest_unattempted(plivo: Emulator, tmp_path: Path) -> None:
    """They are counted, and the first of them is named."""
    outcome = Outcome("-", "--base-url", plivo.url, "--limit", "1/60", "--deadline", "300ms", stdin=b"a\nb\nc\n")
    assert outcome.code == 1
    assert "1 activated · 2 not attempted" in outcome.out
    assert "line 2: conference 'b' was not attempted; the deadline passed" in outcome.out
    assert "1 more were not attempted" in outcome.out


# ---- Ctrl-C -----------------------------------------------------------------------------------------------------


def soon(condition: Callable[[], bool], act: Callable[[], None]) -> None:
    """In another thread, act as soon as a condition holds."""

    def wait() -> None:
        ends = time.monotonic() + 10
        while not condition() and time.monotonic() < ends:
            time.sleep(0.02)
        act()

    threading.Thread(target=wait, daemon=True).start()


@posix
@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_reports_what_is_known(plivo: Emulator, names: Path, tmp_path: Path, name: str) -> None:
    """The one on the wire is unknown; what came in before stays; the report is written."""
    plivo.script("activate", "b", fault="late")
    soon(
        lambda: sum(one.told == 204 for one in plivo.requests) == 2, lambda: os.kill(os.getpid(), signal.Signals[name])
    )
    outcome = Outcome(names, "--base-url", plivo.url, "--report", tmp_path / "out.json")
    assert outcome.code == 130
    assert "2 activated · 1 unknown" in outcome.out
    assert "interrupted" in outcome.err
    counts = json.loads((tmp_path / "out.json").read_text())["counts"]
    assert (counts["activated"], counts["unknown"]) == (2, 1)


def test_ctrl_c_without_signal_receivers_is_130_too(
    plivo: Emulator, names: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where asyncio raises `KeyboardInterrupt` out of its loop."""

    def unsupported(*numbers: signal.Signals) -> None:
        raise NotImplementedError

    monkeypatch.setattr("anyio.open_signal_receiver", unsupported)
    assert Outcome(names, "--base-url", plivo.url).code == 0

    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("anyio.run", interrupted)
    assert Outcome(names, "--base-url", plivo.url).code == 130


@posix
def test_a_second_signal_ends_at_once(plivo: Emulator, names: Path) -> None:
    """Even if what the first one began takes for ever: here, a report into a pipe that nobody reads."""
    plivo.script("activate", "b", fault="late")
    program = (
        "import time, plivo_async.cli._start as start, plivo_async.cli as cli\n"
        "start.keep_report = lambda *_: (print('writing', flush=True), time.sleep(60))\n"
        "cli.run()"
    )
    command = [sys.executable, "-c", program, "mpc", "start", str(names), "--base-url", plivo.url, "--report", "o.csv"]
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=names.parent
    ) as process:
        assert process.stdout is not None
        soon(lambda: len(plivo.requests) == 3, lambda: process.send_signal(signal.SIGINT))
        assert process.stdout.readline() == "writing\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 130
    assert not (names.parent / "o.csv").exists()


def test_ending_at_once_brings_the_cursor_back(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The live display hides it; there is no time to end the display in order."""
    codes: list[int] = []
    monkeypatch.setattr("os._exit", codes.append)
    _end(signal.SIGINT, None)
    assert capfd.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(sys.stderr, "fileno", lambda: 2)
    _end(signal.SIGINT, None)
    assert capfd.readouterr().err == "\x1b[?25h"
    assert codes == [130, 130]
