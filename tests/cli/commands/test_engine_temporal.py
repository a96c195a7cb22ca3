"""`plivo-async engine temporal` against a real server: handed over, watched, cancelled, told of."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.from_thread import start_blocking_portal

pytest.importorskip("typer")
pytest.importorskip("temporalio")

from temporalio.client import Client
from temporalio.worker import Worker

import plivo_async
from plivo_async import AsyncClient
from plivo_async.cli import main
from plivo_async.cli._codes import exit_code
from plivo_async.cli.commands import _engine_temporal
from plivo_async.emulator import Emulator
from plivo_async.engines.temporal import PlivoPlugin, Progress

from ...engines.temporal.server import running
from ...support import PATIENCE

pytestmark = pytest.mark.real_time
ON = ["engine", "temporal"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server in which nothing is."""
    with running() as server:
        yield server.address


async def work(address: str, queue: str = "q", *, task_status: Any) -> None:
    """A worker, and an emulator in which two conferences wait, until cancelled."""
    async with Emulator(limit=None) as plivo:
        plivo.add_conference("room 1")
        plivo.add_conference("room 2")
        async with AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url) as client:
            plugin = PlivoPlugin({"main": client})
            async with Worker(await Client.connect(address), task_queue=queue, plugins=[plugin]):
                task_status.started()
                await anyio.sleep_forever()


def test_a_batch_from_its_file_to_its_report(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Handed over from the command line, worked on elsewhere, watched and told of."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    names = tmp_path / "names.txt"
    names.write_text("room 1\nroom 2\nnobody\n")
    submit = [*ON, "submit", str(names), "--account", "main", "--task-queue", "q", "--batch", "tonight", "--size", "2"]
    assert main(submit) == 0
    assert capsys.readouterr().out == "tonight\n"
    assert main(submit) == 2
    assert "'tonight' is running already" in capsys.readouterr().err
    assert main([*ON, "report", "tonight"]) == 0
    assert "3 not attempted" in capsys.readouterr().out
    with start_blocking_portal() as portal:
        worker, _ = portal.start_task(work, address)
        assert main([*ON, "watch", "tonight"]) == 1
        told = capsys.readouterr()
        worker.cancel()
    assert told.out == "3 of 3 settled: 2 activated · 1 not found · 2 shards ended\n"
    assert main([*ON, "report", "tonight", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["activations"]
    assert [one["outcome"] for one in found] == ["activated", "activated", "not_found"]
    assert main([*ON, "report", "nothing"]) == 2
    assert "Temporal has no such batch" in capsys.readouterr().err


def test_a_batch_is_cancelled(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also one that no worker has begun."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    names = tmp_path / "names.txt"
    names.write_text("room 1\n")
    assert main([*ON, "submit", str(names), "--account", "main", "--task-queue", "q", "--batch", "late"]) == 0
    assert main([*ON, "cancel", "late"]) == 0
    assert "engine temporal watch late shows when it has ended" in capsys.readouterr().err
    with start_blocking_portal() as portal:
        worker, _ = portal.start_task(work, address)
        assert main([*ON, "watch", "late", "--quiet"]) == 1
        assert capsys.readouterr().out == "0 of 1 settled: nothing yet · 0 shards ended, cancelled\n"
        worker.cancel()
    assert main([*ON, "report", "late"]) == 0
    assert "1 not attempted" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("progress", "in_order", "code"),
    [
        (Progress(total=2, settled=2, counts={"activated": 2}, shards=1, under_way=0, paused=False), True, 0),
        (Progress(total=2, settled=2, counts={"activated": 2}, shards=1, under_way=0, paused=False), False, 0),
        (Progress(total=3, settled=2, counts={"activated": 2}, shards=1, under_way=0, paused=False), False, 1),
        (Progress(total=3, settled=2, counts={"activated": 2}, shards=1, under_way=1, paused=False), False, 3),
        (Progress(total=None, settled=2, counts={"activated": 2}, shards=1, under_way=0, paused=False), False, 1),
    ],
)
def test_what_is_left_of_a_batch_that_was_ended_is_not_live(progress: Progress, in_order: bool, code: int) -> None:
    """What no shard told of wasn't attempted, and is unknown where shards were under way."""
    assert exit_code(_engine_temporal.final_counts(progress, in_order=in_order)) == code


def test_watching_waits_for_a_worker(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so, and goes on when one comes; of a batch that is over it says who needs none."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    monkeypatch.setattr(_engine_temporal, "_PATIENCE", timedelta(seconds=0.2))
    monkeypatch.setattr(_engine_temporal, "_LAST_PATIENCE", timedelta(seconds=0.2))
    names = tmp_path / "names.txt"
    names.write_text("room 1\n")
    for batch in ("alone", "over"):
        assert main([*ON, "submit", str(names), "--account", "main", "--task-queue", batch, "--batch", batch]) == 0

    async def end() -> None:
        await (await Client.connect(address)).get_workflow_handle("over").terminate()

    with start_blocking_portal() as portal:
        portal.call(end)
        assert main([*ON, "watch", "over"]) == 2
        told_of_over = capsys.readouterr().err.splitlines()
        assert told_of_over == [
            "plivo-async: the batch has ended, and no worker answers: engine temporal report over needs none"
        ]
        monkeypatch.setattr(_engine_temporal, "_LAST_PATIENCE", timedelta(seconds=PATIENCE))
        told: list[str] = []

        def say(stream: object, line: str) -> None:
            told.append(line)
            if len(told) == 1:
                portal.start_task(work, address, "alone")

        monkeypatch.setattr(_engine_temporal, "say", say)
        assert main([*ON, "watch", "alone"]) == 0
        portal.call(portal.stop, True)
    assert told[0] == "no worker answers: the batch waits for one"
    assert told[-1].startswith("1 of 1 settled: 1 activated")


def test_temporals_threads_do_not_outlive_the_exit_code() -> None:
    """Python isn't taken down around them, which aborts now and then; what was printed is there."""
    lines = [
        "import atexit, sys, temporalio.bridge.temporal_sdk_bridge",
        "from plivo_async.cli import run",
        "atexit.register(print, 'taken down')",
        "sys.argv = ['plivo-async', '--version']",
        "run()",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == f"plivo-async {plivo_async.__version__}\n"


def test_what_can_not_be_reached_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """And the exit code says that nothing was done."""
    assert main([*ON, "cancel", "tonight", "--address", "127.0.0.1:9"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("plivo-async: Temporal can't be used: ")
    assert told.endswith("; --address says where it is\n")
    assert "{" not in told


def test_sources_are_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    """A name, and where the names are."""
    assert main([*ON, "report", "tonight", "--source", "tonight.txt"]) == 2
    assert "must be NAME=FILE" in capsys.readouterr().err
