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
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("typer")

from typer.testing import CliRunner

from plivo_async import Activation, ActivationOutcome, ActivationReport
from plivo_async.cli import app
from plivo_async.cli._signals import _end
from plivo_async.emulator import Emulator

from ...support import PATIENCE
from .support import running

pytestmark = pytest.mark.real_time

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals as POSIX has them")


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
    assert "Look before repeating it: plivo-async mpc get tells" in outcome.out


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
    monkeypatch.setattr("plivo_async.cli.actions._start.check_report_path", lambda path: folder.rmdir())
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
        (["--report", "out.txt"], "out.txt must end in .json, .csv or .html"),
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

    monkeypatch.setattr("plivo_async.cli._account.read_source", entries)
    monkeypatch.setattr("plivo_async.cli._account.sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
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
    assert "1 more was not attempted" in outcome.out


def test_dry_run_sends_nothing(plivo: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many requests, how long at least, when done, and what stands there twice; no credentials are needed."""
    monkeypatch.delenv("PLIVO_AUTH_TOKEN")
    lines = b"".join(b"n%d\n" % number for number in range(601)) + b"n3\n"
    tomorrow = f"{datetime.now().astimezone() + timedelta(days=1):%Y-%m-%d} 09:00"
    outcome = Outcome("-", "--base-url", plivo.url, "--dry-run", "--at", tomorrow, stdin=lines)
    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "601 conferences: 601 requests, at 300 requests per 5 s at least 10s",
        "  begun at 09:00:00, done at 09:00:10 at the earliest",
        "  lost answers, conferences that aren't there, and other traffic of the account take more",
        "  1 line given again; each conference is activated once:",
        "    line 602 is line 4 again",
        "nothing was sent",
    ]
    assert Outcome("-", "--dry-run", stdin=b"\x01\n").code == 2
    assert Outcome("-", "--dry-run", "--limit", "none", stdin=b"a\n").out.startswith("1 conference: 1 request, without")
    assert plivo.requests == []


def test_quiet_is_silent_if_all_are_live(plivo: Emulator, names: Path) -> None:
    """As cron wants it; of a failure everything is said."""
    quiet = Outcome(names, "--base-url", plivo.url, "--quiet", "--report", names.parent / "r.json")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    loud = Outcome("-", "-q", "--base-url", plivo.url, stdin=b"nobody\n")
    assert (loud.code, loud.err) == (1, "")
    assert loud.out.startswith("1 not found")


def test_at_waits_and_then_begins(plivo: Emulator, names: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says when; a time that is over is refused."""
    waited: list[datetime] = []

    async def wait(at: datetime, now: Callable[[], datetime]) -> None:
        waited.append(at)
        assert [request.operation for request in plivo.requests] == ["get-account"]

    monkeypatch.setattr("plivo_async.cli.actions._start.sleep_until_then", wait)
    outcome = Outcome(names, "--base-url", plivo.url, "--at", "9:00")
    assert outcome.code == 0
    [at] = waited
    assert f"starts at 09:00:00 on {at:%Y-%m-%d}, in " in outcome.err
    assert Outcome(names, "--base-url", plivo.url, "--at", "2020-01-01 09:00").code == 2


@posix
@pytest.mark.usefixtures("handlers")
def test_ctrl_c_before_it_begins_sends_nothing(plivo: Emulator, names: Path) -> None:
    """There is nothing to report."""
    tomorrow = f"{datetime.now() + timedelta(days=1):%Y-%m-%d %H:%M}"
    before = signal.getsignal(signal.SIGTERM)
    soon(lambda: signal.getsignal(signal.SIGTERM) is not before, lambda: os.kill(os.getpid(), signal.SIGTERM))
    outcome = Outcome(names, "--base-url", plivo.url, "--at", tomorrow)
    assert (outcome.code, outcome.out) == (130, "")
    assert {request.operation for request in plivo.requests} <= {"get-account"}
    assert outcome.err.endswith("interrupted; nothing was sent")


def test_the_base_url_may_stand_in_the_environment(
    plivo: Emulator, names: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An option goes before it."""
    monkeypatch.setenv("PLIVO_BASE_URL", plivo.url)
    assert Outcome(names).code == 0
    monkeypatch.setenv("PLIVO_BASE_URL", "http://example.com")
    assert Outcome(names, "--base-url", plivo.url).code == 0
    assert Outcome(names).code == 2


def test_a_uuid_given_as_a_name_gets_a_hint(plivo: Emulator) -> None:
    """Only if there is no such name."""
    uuid = plivo.conferences["a"].mpc_uuid
    outcome = Outcome("-", "--base-url", plivo.url, stdin=uuid.encode())
    assert outcome.code == 1
    assert "look like MPC UUIDs; to activate by UUID, add --uuid" in outcome.out
    assert "--wait-for keeps trying" in outcome.out
    assert "wait_for=" not in outcome.out


def test_the_input_is_not_overwritten(plivo: Emulator, tmp_path: Path) -> None:
    """`mpc start x.csv --report x.csv` would lose what it was read for."""
    path = tmp_path / "x.csv"
    path.write_text("name\na\n")
    outcome = Outcome(path, "--base-url", plivo.url, "--report", path)
    assert (outcome.code, plivo.requests) == (2, [])
    assert "it is the input, and would be overwritten" in outcome.err


def in_a_moment() -> str:
    """A time for `--at` that comes soon."""
    return f"{datetime.now().astimezone() + timedelta(seconds=1.5):%Y-%m-%d %H:%M:%S%z}"


def test_wrong_credentials_are_said_before_the_wait(
    plivo: Emulator, names: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at nine o'clock."""
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "another")
    tomorrow = f"{datetime.now() + timedelta(days=1):%Y-%m-%d %H:%M}"
    outcome = Outcome(names, "--base-url", plivo.url, "--at", tomorrow)
    assert outcome.code == 4
    assert "refused the credentials" in outcome.err
    assert {request.method for request in plivo.requests} == {"GET"}


def test_what_else_is_wrong_before_the_wait_may_be_over_then(plivo: Emulator, names: Path) -> None:
    """It is said, and the wait goes on."""
    plivo.script("get-account", nth=None, fault="500")
    outcome = Outcome(names, "--base-url", plivo.url, "--at", in_a_moment(), "--max-attempts", "1")
    assert "the credentials could not be checked" in outcome.err
    assert outcome.out.startswith("3 activated")


def test_a_bug_loses_no_outcome(plivo: Emulator, names: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known is said, and then the bug."""

    async def broken(
        self: object, names: list[str], *, on_report: Callable[[ActivationReport], None], **_: Any
    ) -> None:
        on_report(ActivationReport([Activation(1, "b", None, ActivationOutcome.ACTIVATED, True)], 0.1))
        raise ZeroDivisionError

    monkeypatch.setattr("plivo_async.resources.MultiPartyCalls.start", broken)
    report = names.parent / "r.json"
    result = CliRunner().invoke(app, ["mpc", "start", str(names), "--base-url", plivo.url, "--report", str(report)])
    assert "ZeroDivisionError" in repr(result.exception)
    assert result.stdout.startswith("1 activated")
    assert [one["position"] for one in json.loads(report.read_text())["activations"]] == [1]


# ---- Ctrl-C -----------------------------------------------------------------------------------------------------


IMPATIENT = ("--timeout", "1s")
"""How long a run that is told to end waits for what is in flight."""


def never_answered(plivo: Emulator, name: str) -> None:
    """Whatever is asked of this conference: no answer comes in time, however often it is asked for."""
    for operation in ("activate", "get"):
        plivo.script(operation, name, nth=None, fault="late")


def soon(condition: Callable[[], bool], act: Callable[[], None]) -> None:
    """In another thread, act as soon as a condition holds."""

    def wait() -> None:
        ends = time.monotonic() + 120  # a busy machine is no reason to act too early
        while not condition() and time.monotonic() < ends:
            time.sleep(0.02)
        act()

    threading.Thread(target=wait, daemon=True).start()


@posix
@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_reports_what_is_known(plivo: Emulator, names: Path, tmp_path: Path, name: str) -> None:
    """The one in flight is unknown; what came in before stays; the report is written."""
    never_answered(plivo, "b")
    soon(
        lambda: sum(one.told == 204 for one in plivo.requests) == 2, lambda: os.kill(os.getpid(), signal.Signals[name])
    )
    outcome = Outcome(names, "--base-url", plivo.url, *IMPATIENT, "--report", tmp_path / "out.json")
    assert outcome.code == 130
    assert "2 activated · 1 unknown" in outcome.out
    assert "interrupted" in outcome.err
    counts = json.loads((tmp_path / "out.json").read_text())["counts"]
    assert (counts["activated"], counts["unknown"]) == (2, 1)


@posix
@pytest.mark.usefixtures("handlers")
def test_what_nobody_can_read_is_kept_when_the_terminal_is_closed(
    plivo: Emulator, names: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGHUP, stdout and stderr gone, no report asked for: what was learnt is in a file all the same."""
    monkeypatch.chdir(names.parent)
    monkeypatch.setattr("plivo_async.cli.actions._start.unseen", lambda: True)
    never_answered(plivo, "b")
    soon(lambda: sum(one.told == 204 for one in plivo.requests) == 2, lambda: os.kill(os.getpid(), signal.SIGHUP))
    assert Outcome(names, "--base-url", plivo.url, *IMPATIENT).code == 130
    [report] = names.parent.glob("plivo-async-*.json")
    assert json.loads(report.read_text())["counts"]["activated"] == 2


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
    never_answered(plivo, "b")
    program = (
        "import time, plivo_async.cli.actions._start as start, plivo_async.cli as cli\n"
        "start.keep_report = lambda *_: (print('writing', flush=True), time.sleep(60))\n"
        "cli.run()"
    )
    arguments = [str(names), "--base-url", plivo.url, *IMPATIENT, "--report", "o.csv"]
    command = [sys.executable, "-c", program, "mpc", "start", *arguments]
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=names.parent
    ) as process:
        assert process.stdout is not None
        soon(lambda: len(plivo.requests) == 3, lambda: process.send_signal(signal.SIGINT))
        assert process.stdout.readline() == "writing\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
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
