"""`plivo-async engine procrastinate` against a real Postgres: handed over, watched, cancelled, told of."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("typer")

from plivo_async import AsyncClient
from plivo_async.cli import main
from plivo_async.emulator import Emulator

from ...engines.postgres import postgres
from ...engines.support import batches_in, working

pytestmark = pytest.mark.real_time


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A database in which nothing is."""
    with postgres() as found:
        yield found


def test_a_batch_from_its_file_to_its_report(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Handed over from the command line, worked on elsewhere, watched and told of."""
    monkeypatch.setenv("PLIVO_ENGINE_URL", url)
    names = tmp_path / "names.txt"
    names.write_text("room 1\nroom 2\nnobody\n")
    on = ["engine", "procrastinate"]
    assert main([*on, "watch", "tonight"]) == 2
    assert "no tables of ours" in capsys.readouterr().err
    assert main([*on, "submit", str(names), "--account", "main", "--batch", "tonight", "--size", "2"]) == 0
    assert capsys.readouterr().out == "tonight\n"
    assert main([*on, "submit", str(names), "--account", "main", "--batch", "tonight"]) == 2
    assert "'tonight' is there already" in capsys.readouterr().err
    assert main([*on, "report", "tonight"]) == 0
    assert "3 not attempted" in capsys.readouterr().out

    async def worker() -> None:
        async with batches_in(url) as batches, Emulator(limit=None) as plivo:
            plivo.add_conference("room 1")
            plivo.add_conference("room 2")
            async with (
                AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url) as client,
                working(batches, {"main": client}),
            ):
                await batches.wait("tonight", interval=0.05)

    asyncio.run(worker())
    assert main([*on, "watch", "tonight"]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("2 activated · 1 not found")
    assert told.out.endswith("2 of 2 shards\n")
    assert main([*on, "cancel", "tonight"]) == 0
    assert main([*on, "watch", "tonight"]) == 1
    assert "cancelled" not in capsys.readouterr().out  # all of it was done
    assert main([*on, "report", "tonight", "--format", "json"]) == 0
    assert [one["outcome"] for one in json.loads(capsys.readouterr().out)["activations"]][2] == "not_found"
    assert main([*on, "submit", str(names), "--account", "main", "--batch", "later"]) == 0
    assert main([*on, "cancel", "later"]) == 0
    assert "engine procrastinate watch later shows" in capsys.readouterr().err
    assert main([*on, "watch", "later"]) == 1
    assert "cancelled" in capsys.readouterr().out
    assert main([*on, "report", "nothing"]) == 2
    assert "none that is known" in capsys.readouterr().err


def test_a_database_that_cannot_be_used_is_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No password shows, whatever is wrong."""
    for url in ("postgresql://me:hunter2@127.0.0.1:9/x", "postgresql//me:hunter2@x"):
        monkeypatch.setenv("PLIVO_ENGINE_URL", url)
        assert main(["engine", "procrastinate", "cancel", "tonight"]) == 2
        told = capsys.readouterr().err
        assert told.startswith("plivo-async: ")
        assert "hunter2" not in told
