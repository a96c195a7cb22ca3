"""`plivo-async budget`, and `mpc start --shared`."""

import json
from pathlib import Path

import pytest

pytest.importorskip("typer")

from typer.testing import CliRunner

from plivo_async.cli import app
from plivo_async.emulator import Emulator
from plivo_async.pacing.shared._sqlite import SqliteStore
from plivo_async.policy import Priority
from plivo_async.policy.shared import Kind, Report, Terms, Trade

from .test_start import names, plivo

__all__ = ["names", "plivo"]


def test_who_holds_what(tmp_path: Path) -> None:
    """Who holds, who waits, what cools, what was refused; as a table and as JSON; the account is masked."""
    store = SqliteStore(tmp_path / "budget.db", "plivo:api.plivo.com:MA" + "X" * 15 + "ABC")
    store.open()
    store.trade(Terms(300, 5.0), Trade("web-1:4711:9f2a31", 1, batch=100))
    answered = (Report(Kind.ANSWERED, Priority.BATCH, 0.2, 0.1),) * 20
    refused = Report(Kind.REFUSED, Priority.BATCH, 0.2, 0.1, 30.0)
    store.trade(Terms(300, 5.0), Trade("web-1:4711:9f2a31", 2, in_use=79, batch=7, reports=(*answered, refused)))
    store.close()
    shown = CliRunner().invoke(app, ["budget", f"sqlite:///{tmp_path}/budget.db"])
    assert shown.exit_code == 0
    for part in ("MA…ABC at api.plivo.com (plivo): 300 per 5 s", "79 held · 21 cooling", "1 refused (429)", "level 10"):
        assert part in shown.stdout
    assert "nobody may send for " in shown.stdout
    assert shown.stdout.splitlines()[-1].split()[:5] == ["web-1:4711:9f2a31", "79", "7", "100", "1"]
    line = json.loads(CliRunner().invoke(app, ["budget", f"sqlite:///{tmp_path}/budget.db", "--json"]).stdout)
    assert (line["held"], line["cooling"], line["holders"][0]["granted"]) == (79, 21, 100)


@pytest.mark.parametrize(
    ("url", "code", "sentence"),
    [
        ("sqlite:////nowhere/budget.db", 1, "can't be read: there is no such file"),
        ("redis://127.0.0.1:1/0", 1, "can't be read"),
        ("nonsense", 2, "URL is none of these"),
    ],
)
def test_a_store_that_cannot_be_read_is_told(url: str, code: int, sentence: str) -> None:
    """And nothing is made by looking."""
    shown = CliRunner().invoke(app, ["budget", url])
    assert shown.exit_code == code
    assert sentence in shown.stderr


@pytest.mark.real_time
def test_start_shares_a_budget(plivo: Emulator, names: Path, tmp_path: Path) -> None:
    """And says at once what is wrong with it; nothing is sent then."""
    arguments = ["mpc", "start", str(names), "--base-url", plivo.url, "--shared"]
    refused = CliRunner().invoke(app, [*arguments, "sqlite:////nowhere/budget.db"])
    assert (refused.exit_code, plivo.counts().requests) == (2, 0)
    assert "No such file" in refused.stderr
    wrong = CliRunner().invoke(app, [*arguments, "nonsense"])
    assert wrong.exit_code == 2
    assert "--shared is none of these" in wrong.stderr
    done = CliRunner().invoke(app, [*arguments, f"sqlite:///{tmp_path}/budget.db"])
    assert done.exit_code == 0
    shown = CliRunner().invoke(app, ["budget", f"sqlite:///{tmp_path}/budget.db"])
    assert "300 per 5 s" in shown.stdout
