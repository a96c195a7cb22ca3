"""`plivo-async mpc start --log-json`: progress for programs."""

import io
import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("typer")

from anyio.from_thread import start_blocking_portal
from typer.testing import CliRunner

from plivo_async import Attempt, AttemptOutcome, BatchBegan, OutageBegan
from plivo_async.cli import app
from plivo_async.cli.input._options import Rate
from plivo_async.cli.screen._json_log import JsonLog, progress_of
from plivo_async.cli.screen._tally import Tally
from plivo_async.emulator import Emulator


@pytest.fixture
def plivo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator with a, b and +14151234567 waiting; its credentials are in the environment."""
    emulator = Emulator()
    monkeypatch.setenv("PLIVO_AUTH_ID", emulator.auth_id)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", emulator.auth_token)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(emulator):
        for name in ("a", "b", "+14151234567"):
            portal.call(emulator.add_conference, name)
        portal.call(lambda: emulator.script("activate", "a", nth=1, fault="503"))
        yield emulator


@pytest.mark.real_time
def test_each_line_is_an_event(plivo: Emulator, tmp_path: Path) -> None:
    """With its time; a conference has one when it is over, and the last line says how far the run has got."""
    names = tmp_path / "names.txt"
    names.write_text("a\nb\n+14151234567\nnobody\n")
    result = CliRunner().invoke(app, ["mpc", "start", str(names), "--log-json", "--base-url", plivo.url])
    assert result.exit_code == 1
    lines: list[dict[str, Any]] = [json.loads(line) for line in result.stderr.splitlines()]
    assert all(datetime.fromisoformat(line["at"]).tzinfo is not None for line in lines)
    kinds = Counter(line["event"] for line in lines)
    assert kinds == {"batch_began": 1, "attempt_ended": 1, "operation_ended": 4, "batch_ended": 1, "progress": 1}
    ends = {line["operation"]["target"]: line["outcome"] for line in lines if line["event"] == "operation_ended"}
    assert ends == {"a": "activated", "b": "activated", "+*******4567": "activated", "nobody": "not_found"}
    [failed] = [line for line in lines if line["event"] == "attempt_ended"]
    assert failed["attempt"]["status_code"] == 503
    assert lines[-1]["event"] == "progress"
    assert (lines[-1]["done"], lines[-1]["total"]) == (4, 4)
    assert lines[-1]["counts"] == {"activated": 3, "not_found": 1}
    assert "415123" not in result.stderr
    assert "3 activated" in result.stdout


def test_nobody_can_tell_what_is_left_of_an_outage() -> None:
    """So nothing is said of it."""
    tally = Tally(600, Rate(300, 5.0))
    tally.done = tally.requests = 300
    assert progress_of(tally, 1.0)["left"] == 4.0
    tally.hear(OutageBegan(2.0, Attempt("POST", AttemptOutcome.UNCLEAR, 503)), time.monotonic())
    assert progress_of(tally, 1.0)["left"] is None


@pytest.mark.real_time
def test_what_is_left_is_written_at_the_end_also_when_the_run_raises() -> None:
    """And a reader who has gone ends nothing."""
    stream = io.StringIO()
    log = JsonLog(Tally(0, None))

    def run() -> None:
        with log.written(stream):
            for number in range(100):
                log(BatchBegan(number))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run()
    kinds = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert kinds.count("batch_began") == 100
    assert kinds[-1] == "progress"
