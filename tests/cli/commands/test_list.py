"""`plivo-async mpc list` against the emulator: tables, pipes, JSON, filters, and every exit code."""

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

pytest.importorskip("typer")

from anyio.from_thread import BlockingPortal, start_blocking_portal
from rich.console import Console
from typer.testing import CliRunner

from plivo_async.cli import app
from plivo_async.cli.actions._list import json_line, row, since, table
from plivo_async.cli.input._instant import parse_instant
from plivo_async.emulator import Emulator
from plivo_async.models import MultiPartyCall
from plivo_async.shown._printable import printable

from ...support import PATIENCE

pytestmark = pytest.mark.real_time

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals and programs as POSIX has them")

NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
SEPARATE = "from plivo_async.__main__ import main; main()"


@contextmanager
def running() -> Iterator[tuple[Emulator, BlockingPortal]]:
    """An emulator in another thread."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Emulator()) as plivo:
        yield plivo, portal


@pytest.fixture
def plivo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator with 30 conferences, of which every third goes on; its credentials are in the environment."""
    with running() as (emulator, portal):
        monkeypatch.setenv("PLIVO_AUTH_ID", emulator.auth_id)
        monkeypatch.setenv("PLIVO_AUTH_TOKEN", emulator.auth_token)
        for number in range(30):
            status = "initialized" if number % 3 else "active"
            portal.call(lambda name, status: emulator.add_conference(name, status=status), f"room {number:02}", status)
        yield emulator


class Outcome:
    """What a command did."""

    def __init__(self, plivo: Emulator | None, *arguments: str) -> None:
        """Run `mpc list` with these arguments."""
        where = [] if plivo is None else ["--base-url", plivo.url]
        result = CliRunner().invoke(app, ["mpc", "list", *where, *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code = result.exit_code
        self.out = result.stdout
        self.rows = [line.split("\t") for line in result.stdout.splitlines()]
        self.err = " ".join(result.stderr.replace("│", "").split())


def call(**changed: Any) -> MultiPartyCall:
    """A conference."""
    facts = {"mpc_uuid": "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e", "friendly_name": "r", "status": "Initialized"}
    return MultiPartyCall(**{**facts, **changed})


# ---- What is printed ------------------------------------------------------------------------------------------------


def test_a_pipe_gets_columns(plivo: Emulator) -> None:
    """All pages, the newest first, a line each, the name first and the UUID last; nothing else anywhere."""
    outcome = Outcome(plivo)
    assert (outcome.code, outcome.err) == (0, "")
    assert [columns[0] for columns in outcome.rows] == [f"room {number:02}" for number in range(29, -1, -1)]
    for name, status, when, recording, uuid in outcome.rows:
        conference = plivo.conferences[name]
        assert (status, recording, uuid) == (conference.status, "not-recording", conference.mpc_uuid)
        assert datetime.fromisoformat(when).replace(tzinfo=UTC) <= datetime.now(UTC)
    assert "\x1b" not in outcome.out


def test_filters(plivo: Emulator) -> None:
    """What they say is what is asked for."""
    assert len(Outcome(plivo, "--status", "initialized").rows) == 20
    assert [columns[0] for columns in Outcome(plivo, "--name", "room 07").rows] == ["room 07"]
    assert len(Outcome(plivo, "--created-after", "1h").rows) == 30
    nothing = Outcome(plivo, "--created-before", "1h", "--status", "active")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "no conference fits")
    Outcome(
        plivo,
        "--ended-after",
        "2026-11-01",
        "--ended-before",
        "2026-11-02 12:30+05:30",
        "--sub-account",
        "SA" + "X" * 18,
    )
    query = plivo.requests[-1].raw_path.partition("?")[2]
    assert query == (
        f"sub_account=SA{'X' * 18}&end_time__gte=2026-11-01%2000%3A00%3A00&end_time__lt=2026-11-02%2007%3A00%3A00"
    )


@pytest.mark.parametrize(
    ("limit", "shown", "requests"), [(1, 1, 1), (20, 20, 1), (21, 21, 2), (30, 30, 2), (99, 30, 2)]
)
def test_limit_bounds_all_of_it(plivo: Emulator, limit: int, shown: int, requests: int) -> None:
    """No more conferences than that, and no more requests than they need; what is cut off is said."""
    outcome = Outcome(plivo, "--limit", str(limit))
    assert (outcome.code, len(outcome.rows), len(plivo.requests)) == (0, shown, requests)
    assert outcome.err == ("" if limit >= 30 else f"there are more; --limit {limit} cut them off")


def test_json_lines(plivo: Emulator) -> None:
    """An object per line with all fields."""
    outcome = Outcome(plivo, "--json", "--name", "room 00")
    [line] = outcome.out.splitlines()
    found = json.loads(line)
    assert (found["friendly_name"], found["status"], found["end_time"], found["extra"]) == (
        "room 00",
        "Active",
        None,
        {},
    )
    assert datetime.fromisoformat(found["start_time"]).utcoffset() == timedelta(0)


def test_json_of_what_json_has_not() -> None:
    """Times in ISO 8601, amounts as text that loses nothing, names as they are."""
    assert json_line(call(friendly_name="Ö\x9b\u202e")).startswith('{"mpc_uuid": "')
    assert "Ö\\u009b\\u202e" in json_line(call(friendly_name="Ö\x9b\u202e"))
    found = json.loads(json_line(call(friendly_name="Ö\t", end_time=NOON, billed_amount=Decimal("0.00500"))))
    assert (found["end_time"], found["billed_amount"], found["friendly_name"]) == (NOON.isoformat(), "0.00500", "Ö\t")


def test_a_terminal_gets_a_table(plivo: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a header; JSON stays JSON there."""
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    terminal = Console(file=screen, force_terminal=True, width=120, color_system=None)
    monkeypatch.setattr("plivo_async.cli.actions._list.out", lambda: terminal)
    assert Outcome(plivo, "--name", "room 03").out == ""
    head, line = (part.split() for part in screen.getvalue().splitlines())
    assert head == ["name", "status", "since", "(UTC)", "recording", "uuid"]
    assert (line[:3], line[-1]) == (["room", "03", "Active"], plivo.conferences["room 03"].mpc_uuid)
    assert json.loads(Outcome(plivo, "--json", "--name", "room 03").out)["status"] == "Active"
    screen.truncate(0)
    Outcome(plivo, "--name", "nobody")
    assert screen.getvalue().strip("\0") == ""


@pytest.mark.parametrize(("width", "columns"), [(120, 5), (90, 5), (89, 4), (80, 4), (52, 4), (51, 3), (41, 3)])
def test_a_narrow_terminal_gets_fewer_columns(width: int, columns: int) -> None:
    """Nothing is cut off; the UUID goes first, then the recording, and the name never."""
    calls = [call(friendly_name="room-03", creation_time=NOON, recording="paused")]
    screen = io.StringIO()
    Console(file=screen, force_terminal=True, width=width, color_system=None).print(table(calls, width))
    head, line = (re.split("  +", part.rstrip()) for part in screen.getvalue().splitlines())
    assert head == ["name", "status", "since (UTC)", "recording", "uuid"][:columns]
    assert line == ["room-03", "Initialized", "2026-11-24 12:00:00", "paused", calls[0].mpc_uuid][:columns]


def test_long_names_go_on_in_the_next_line() -> None:
    """They cost no column."""
    screen = io.StringIO()
    calls = [call(friendly_name="conference of the whole department number 4812", creation_time=NOON)]
    Console(file=screen, force_terminal=True, width=110, color_system=None).print(table(calls, 110))
    assert calls[0].mpc_uuid in screen.getvalue()
    assert "4812" in screen.getvalue()


def test_names_are_shown_and_not_obeyed() -> None:
    """Markup, colours and line ends in a name are text; other languages stay as they are."""
    name = "[red]x[/] \x1b[2J\t\r\n\x9b Östermalm\u00a0電話"
    assert printable(name) == r"[red]x[/] \x1b[2J\t\r\n\x9b" + " Östermalm\u00a0電話"
    assert "\t" not in row(call(friendly_name=name, status="New\n"))[0]
    screen = io.StringIO()
    Console(file=screen, force_terminal=True, width=160, color_system=None).print(
        table([call(friendly_name=name)], 160)
    )
    assert "[red]x[/] \\x1b[2J" in screen.getvalue()
    assert len(screen.getvalue().splitlines()) == 2


def test_since_when() -> None:
    """Since it got its status, as far as that is known."""
    times = {"creation_time": NOON, "start_time": NOON + timedelta(1), "end_time": NOON + timedelta(2)}
    assert since(call(creation_time=NOON)) == NOON
    assert since(call(status="Active", **times)) == NOON + timedelta(1)
    assert since(call(status="Active", creation_time=NOON)) == NOON
    assert since(call(status="Ended", **times)) == NOON + timedelta(2)
    assert since(call(status="Ended", creation_time=NOON)) is None
    assert row(call(status="Ended"))[1:4] == ("Ended", "-", "-")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-24", NOON.replace(hour=0)),
        ("2026-11-24 12:00", NOON),
        ("2026-11-24T12:00:00Z", NOON),
        (" 2026-11-24 17:30+05:30 ", NOON),
        ("2h", NOON - timedelta(hours=2)),
        ("1h30m", NOON - timedelta(minutes=90)),
        ("90", NOON - timedelta(seconds=90)),
        ("0", NOON),
    ],
)
def test_times(text: str, instant: datetime) -> None:
    """Dates, in UTC unless they have an offset, and durations, which are that long ago."""
    assert parse_instant(text, NOON) == instant


# ---- Exit codes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--status", "Live"], "--status"),
        (["--limit", "0"], "--limit"),
        (["--name", ""], "the conference name in --name is empty"),
        (["--sub-account", "MA"], "--sub-account must be a subaccount's Auth ID"),
        (["--created-after", "yesterday"], "'yesterday' is no time"),
        (["--ended-before", "2026-02-30"], "no time"),
        (["--created-before", "999999999h"], "no time"),
        (["--created-after", "1h", "--created-before", "2h"], "--created-after must be before --created-before"),
        (["--timeout", "0"], "more than 0"),
        (["--base-url", "http://example.com"], "--base-url"),
    ],
)
def test_wrong_usage_is_2(plivo: Emulator, arguments: list[str], words: str) -> None:
    """In the command's own words; nothing was sent."""
    outcome = Outcome(plivo, *arguments)
    assert (outcome.code, outcome.out, len(plivo.requests)) == (2, "", 0)
    assert words in outcome.err


def test_missing_credentials_are_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to set."""
    monkeypatch.delenv("PLIVO_AUTH_ID", raising=False)
    outcome = Outcome(None)
    assert (outcome.code, outcome.out) == (2, "")
    assert "PLIVO_AUTH_ID is not set" in outcome.err


def test_refused_credentials_are_4(plivo: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of `mpc start`; the token doesn't show."""
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "wrong-token")
    outcome = Outcome(plivo)
    assert (outcome.code, outcome.out) == (4, "")
    assert "Plivo refused the credentials (401); check PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN" in outcome.err
    assert "wrong-token" not in outcome.err


def test_a_list_with_a_hole_is_none(plivo: Emulator) -> None:
    """The second page fails: nothing is printed, so that nobody takes half of it for all, and the code is 1."""
    plivo.script("list", nth=2, fault="500")
    outcome = Outcome(plivo, "--max-attempts", "1")
    assert (outcome.code, outcome.out) == (1, "")
    assert "List MPCs" in outcome.err
    assert "500" in outcome.err


@posix
def test_interrupted_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while Plivo doesn't answer: nothing is printed, and it ends at once."""
    monkeypatch.setenv("PLIVO_AUTH_ID", "MA" + "X" * 18)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "token")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        where = f"http://127.0.0.1:{silent.getsockname()[1]}"
        program = [sys.executable, "-c", SEPARATE, "mpc", "list", "--base-url", where]
        with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603
            connection, _ = silent.accept()
            with connection:
                connection.recv(1)
                process.send_signal(signal.SIGINT)
                shown, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, shown) == (130, b"")
    assert said == b"plivo-async: interrupted; nothing is listed\n"


# ---- In a pipe ------------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize(("field", "more"), [("1", []), pytest.param("5", ["--uuid"], marks=pytest.mark.long)])
def test_what_waits_can_be_started(plivo: Emulator, field: str, more: list[str]) -> None:
    """The pipes in the help do what they say, by name and by UUID."""
    program = [sys.executable, "-c", SEPARATE, "mpc"]
    options: dict[str, Any] = {"env": dict(os.environ), "timeout": 60, "check": True, "capture_output": True}
    listed = subprocess.run([*program, "list", "--base-url", plivo.url, "--status", "initialized"], **options)  # noqa: S603
    names = subprocess.run(["cut", f"-f{field}"], input=listed.stdout, **options)  # noqa: S603, S607
    started = subprocess.run([*program, "start", "-", *more, "--base-url", plivo.url], input=names.stdout, **options)  # noqa: S603
    assert started.stdout.startswith(b"20 activated")
    assert {conference.status for conference in plivo.conferences.values()} == {"Active"}
