"""`plivo-async emulator`: what it prints is what can be pasted, and it stops when told to."""

import os
import queue
import re
import shlex
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import httpx
import pytest

pytest.importorskip("typer")

from typer.testing import CliRunner

from plivo_async.cli import app
from plivo_async.cli.actions._emulator import (
    AUTH_ID,
    AUTH_TOKEN,
    Source,
    _introduction,
    _names_command,
    _print_all,
    _set,
    hosts_of,
    is_over,
    log_line,
    names_of,
)
from plivo_async.cli.commands._emulator import faults_listed
from plivo_async.emulator import Emulator, Fault, Request

from ...support import PATIENCE

pytestmark = pytest.mark.real_time


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines of the log that have been printed."""
    lines: list[str] = []

    def print_and_note(new: Sequence[str]) -> None:
        _print_all(new)
        lines.extend(new)

    monkeypatch.setattr("plivo_async.cli.actions._emulator._print_all", print_and_note)
    return lines


def request(
    name: str | None = "x",
    fault: Fault | None = None,
    *,
    told: int | None = None,
    status: int | None = None,
    answered_at: float | None = None,
    applied: bool = False,
) -> Request:
    """A request as the emulator notes it."""
    return Request(
        number=1,
        at=1.5,
        method="POST",
        raw_path="/v1/\x1b[2J",
        headers=(),
        body=b"",
        operation="activate" if name else None,
        name=name,
        fault=fault,
        told=told,
        status=status,
        answered_at=answered_at,
        applied=applied,
    )


@pytest.mark.parametrize(
    ("one", "line"),
    [
        (request("a b", told=204, applied=True), "    1.500  activate 'a b'  204"),
        (request("+14151234567", told=404), "    1.500  activate '+*******4567'  404"),
        (
            request(fault=Fault.LOST_RESPONSE, status=204, applied=True),
            "    1.500  activate 'x'  no answer  (lost-response, applied)",
        ),
        (request(fault=Fault.ERROR_500, told=500), "    1.500  activate 'x'  500  (500)"),
        (request(None, told=404), "    1.500  POST     '/v1/\\x1b[2J'  404"),
    ],
)
def test_log_line_masks_numbers_and_escapes_control_characters(one: Request, line: str) -> None:
    """A log is read by others, and on terminals."""
    assert log_line(one) == line


@pytest.mark.parametrize(
    ("one", "now", "over"),
    [
        (request(), 1.6, False),
        (request(answered_at=1.7), 1.8, True),
        (request(fault=Fault.LOST_RESPONSE), 1.6, False),
        (request(fault=Fault.LOST_RESPONSE, status=204), 1.6, True),
        (request(fault=Fault.LATE, status=204, told=None), 1.6, True),
        (request(fault=Fault.SLOW_DRIP, status=200, told=200), 1.6, False),
        (request(fault=Fault.RESET_BEFORE), 62.0, True),
    ],
)
def test_a_request_is_logged_when_nothing_more_will_become_of_it(one: Request, now: float, over: bool) -> None:
    """Its answer is out, or it will never have one."""
    assert is_over(one, now) is over


def test_names_are_a_number_or_a_file(tmp_path: Path) -> None:
    """Each name once."""
    path = tmp_path / "names.txt"
    path.write_text("b\na\nb\n")
    assert names_of(str(path)) == ["b", "a"]
    assert names_of("2") == ["conference-0001", "conference-0002"]
    assert names_of("0") == []
    with pytest.raises(ValueError, match="1,000,000"):
        names_of("1000001")
    with pytest.raises(ValueError, match="can't be read"):
        names_of(str(tmp_path / "nothing"))


def test_commands_to_paste_are_those_of_the_shell() -> None:
    """PowerShell on Windows, a POSIX shell elsewhere."""
    variables = {"PLIVO_AUTH_ID": "MA1", "PLIVO_AUTH_TOKEN": "a b"}
    assert _set(variables, "posix") == ["export PLIVO_AUTH_ID=MA1 PLIVO_AUTH_TOKEN='a b'"]
    assert _set(variables, "nt") == ['$env:PLIVO_AUTH_ID = "MA1"', '$env:PLIVO_AUTH_TOKEN = "a b"']
    assert _names_command(7, "posix") == "seq -f conference-%04.0f 7"
    assert _names_command(7, "nt") == "1..7 | ForEach-Object { 'conference-{0:d4}' -f $_ }"


def test_every_fault_is_in_the_help() -> None:
    """With the times that hold on the command line."""
    text = faults_listed()
    assert all(f"\n  {fault.value} " in text for fault in Fault)
    assert "\n  callbacks-late       the callback is sent 30 seconds late" in text
    assert "`" not in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["--faults", "bad=1"],
        ["--limit", "x"],
        ["--latency", "x"],
        ["--answer-after", "x"],
        ["--conferences", "x"],
        ["--port", "-1"],
    ],
)
def test_mistakes_are_2(arguments: list[str]) -> None:
    """Before it listens."""
    assert CliRunner().invoke(app, ["emulator", *arguments]).exit_code == 2


def test_a_taken_port_is_2() -> None:
    """And the way out is named."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = CliRunner().invoke(app, ["emulator", "--port", str(taken.getsockname()[1])])
    assert result.exit_code == 2
    assert "--port 0 takes a free one" in result.stderr


def test_ctrl_c_where_signals_are_not_received(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows: `KeyboardInterrupt` stops it, in order."""

    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("anyio.run", interrupted)
    result = CliRunner().invoke(app, ["emulator", "--conferences", "0"])
    assert result.exit_code == 0
    assert result.stdout.startswith("Stopped after 0.0s: 0 requests")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell and signals")
@pytest.mark.parametrize("log", [True, pytest.param(False, marks=pytest.mark.long)])
def test_what_it_prints_can_be_pasted(tmp_path: Path, log: bool) -> None:
    """The lines under "In another terminal" activate its conferences; stopped, it says what was applied."""
    file = tmp_path / "my names.txt"
    file.write_text("a\nb\nÖ\n")
    source = str(file) if log else "3"
    options = ["--log", "--faults", "429=0.1", "--limit", "none"] if log else []
    command = [sys.executable, "-m", "plivo_async", "emulator", "--port", "0", "--conferences", source, *options]
    lines: queue.Queue[str] = queue.Queue()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        stdout = process.stdout
        reader = threading.Thread(target=lambda: deque(map(lines.put, map(str.rstrip, stdout)), maxlen=0))
        reader.start()
        while lines.get(timeout=PATIENCE) != "In another terminal:":
            pass
        export, start = lines.get(timeout=PATIENCE).strip(), lines.get(timeout=PATIENCE).strip()
        python = f'plivo-async() {{ {shlex.quote(sys.executable)} -m plivo_async "$@"; }}'
        script = f"{export}\n{python}\n{start}".replace("plivo-async", "plivo_async_command")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PLIVO_")}
        done = subprocess.run(  # noqa: S603
            ["/bin/sh", "-c", script], capture_output=True, text=True, check=False, timeout=PATIENCE, env=environment
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("3 activated")
        if log:
            lines.get(timeout=PATIENCE)
            assert any(re.search(r"activate 'Ö'  204", lines.get(timeout=PATIENCE)) for _ in range(3))
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        reader.join(PATIENCE)
    rest = [lines.get() for _ in range(lines.qsize())]
    stopped = next(line for line in rest if line.startswith("Stopped after "))
    assert re.search(r": \d+ requests, 3 applied, \d+ answered 429, 0 not answered", stopped)
    assert "  conferences  0 Initialized, 3 Active, 0 Ended" in rest


def noted_in(made: list[Emulator]) -> type[Emulator]:
    """Emulators that a test can find once they run."""

    class Noted(Emulator):
        async def __aenter__(self) -> Self:
            await super().__aenter__()
            made.append(self)
            return self

    return Noted


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals as POSIX has them")
@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("source", ["1", "names.txt"])
def test_it_logs_and_sums_up(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: list[str]) -> None:
    """The same in this process: introduction, a line for each request up to Ctrl-C, the truth at the end."""
    monkeypatch.chdir(tmp_path)
    Path("names.txt").write_text("conference-0001")
    made: list[Emulator] = []

    def use_and_stop() -> None:
        while not (made and made[0].conferences):
            time.sleep(0.01)
        httpx.post(
            f"{made[0].url}/v1/Account/{AUTH_ID}/MultiPartyCall/name_conference-0001/",
            auth=(AUTH_ID, AUTH_TOKEN),
            json={"status": "active"},
        )
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("plivo_async.emulator.Emulator", noted_in(made))
    threading.Thread(target=use_and_stop, daemon=True).start()
    result = CliRunner().invoke(
        app,
        [
            "emulator",
            "--port",
            "0",
            "--conferences",
            source,
            "--log",
            "--faults",
            "503-applied=1",
            "--answer-after",
            "1h",
        ],
    )
    assert result.exit_code == 0
    assert made[0]._machine.dialler.answer_after == 3600
    assert f"PLIVO_BASE_URL={made[0].url}\n" in result.stdout
    assert f"mpc start {'-' if source == '1' else source}\n" in result.stdout
    assert "  activate 'conference-0001'  503  (503-applied, applied)\n" in result.stdout
    assert ": 1 requests, 1 applied, 0 answered 429, 0 not answered\n" in result.stdout
    assert result.stdout.endswith("  faults       503-applied 1\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals as POSIX has them")
@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("named", [True, False])
def test_it_calls_back_and_is_a_proxy(
    named: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: list[str]
) -> None:
    """What it prints leads to it as https://api.plivo.com; callbacks are logged, and what is lost is said before."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made: list[Emulator] = []
    answers: list[int] = []

    def use_and_stop() -> None:
        while not (made and any(tmp_path.rglob("ca.pem"))):
            time.sleep(0.01)
        [path] = tmp_path.rglob("ca.pem")
        trusting = ssl.create_default_context(cafile=str(path))
        with httpx.Client(proxy=made[0].url, verify=trusting, auth=(AUTH_ID, AUTH_TOKEN)) as client:
            url = f"https://api.plivo.com/v1/Account/{AUTH_ID}/MultiPartyCall/name_sales/Participant/"
            hook = f"http://127.0.0.1:{made[0].url.rpartition(':')[2]}/nothing-here"
            body = {"role": "agent", "from": "+14151234567", "to": "+14157654321", "status_callback_url": hook}
            answers.append(client.post(url, json=body).status_code)
        while not any("callback MPCInitialized" in line for line in logged):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("plivo_async.emulator.Emulator", noted_in(made))
    threading.Thread(target=use_and_stop, daemon=True).start()
    options = ["--https", "--log", "--faults", "callbacks-lost=0.0001", *(["--ca-file", "ca.pem"] if named else [])]
    result = CliRunner().invoke(app, ["emulator", "--port", "0", "--conferences", "0", *options])
    assert result.exit_code == 0, result.output
    assert answers == [201]
    assert f"HTTPS_PROXY={made[0].url} SSL_CERT_FILE=" in result.stdout
    assert "  faults       callbacks-lost 0.0001\n  latency      none\n  callbacks    to loopback\n" in result.stdout
    assert re.search(r"callback MPCInitialized 'sales'  refused 404\n", result.stdout)
    assert bool(list(tmp_path.rglob("ca.pem"))) is named


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--ca-file", "ca.pem"], "--ca-file is for --https"),
        (["--callbacks-to", "https://app"], "no host"),
        (["--https", "--ca-file", "/nowhere/ca.pem"], "/nowhere/ca.pem: No such file"),
        (["--faults", "callbacks-lost=2"], "not between 0 and 1"),
    ],
)
def test_mistakes_about_callbacks_are_2(options: list[str], text: str) -> None:
    """Told before it runs."""
    result = CliRunner().invoke(app, ["emulator", *options])
    assert result.exit_code == 2
    assert text in " ".join(result.output.split())


def test_https_without_its_extra_is_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to install."""
    monkeypatch.setitem(sys.modules, "trustme", None)
    result = CliRunner().invoke(app, ["emulator", "--https"])
    assert result.exit_code == 2
    assert "plivo-async[https]" in result.output


def test_hosts_of_the_command_line() -> None:
    """Several with commas, or none."""
    assert hosts_of("app:8000, loopback") == ["app:8000", "loopback"]
    assert hosts_of("none") == []


def test_the_banner_says_what_goes_wrong() -> None:
    """Limit, faults and latency, each on its line."""
    plivo = Emulator(AUTH_ID, AUTH_TOKEN, port=None)
    rules = {"limit": "100/5", "faults": "late 0.02, 500 0.03", "latency": "40ms"}
    lines = _introduction(plivo, Source("3", 3), rules, console=False)
    assert lines[1:5] == [
        "  conferences  3 waiting, conference-0001 to conference-0003",
        "  limit        100/5",
        "  faults       late 0.02, 500 0.03",
        "  latency      40ms",
    ]
