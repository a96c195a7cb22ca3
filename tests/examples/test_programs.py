"""The smaller programs: each in a process of its own, as its first lines say."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import anyio
import httpx
import pytest

from plivo_async import ActivationReport
from plivo_async.emulator import Emulator

from ..house.test_docs import ROOT
from ..support import PATIENCE
from .test_contact_centre import eventually, free_port

FOLDER = ROOT / "docs" / "examples"

pytestmark = pytest.mark.real_time


def environment(plivo: Emulator) -> dict[str, str]:
    """That leads a client to an emulator."""
    told = {"PLIVO_AUTH_ID": plivo.auth_id, "PLIVO_AUTH_TOKEN": plivo.auth_token, "PLIVO_BASE_URL": plivo.url}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    return {**kept, **told, "PYTHONPATH": str(FOLDER), "PYTHONIOENCODING": "utf-8"}


def need(*modules: str) -> None:
    """Skip where one of these isn't installed."""
    for module in modules:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")


@asynccontextmanager
async def served(plivo: Emulator, *command: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a web service that such a command starts, with PORT in it, from when it answers on."""
    port = free_port()
    words = [word.replace("PORT", str(port)) for word in command]
    async with (
        await anyio.open_process(
            [sys.executable, "-m", *words], env=environment(plivo), stdin=None, stdout=None, stderr=None
        ) as process,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http,
    ):

        async def answers() -> bool:
            try:
                return bool((await http.get("/")).status_code)
            except httpx.TransportError:
                return False

        try:
            await eventually(answers)
            yield http
        finally:
            process.terminate()


UVICORN = ("uvicorn", "--port", "PORT", "--log-level", "warning", "--no-access-log")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "command",
    [
        pytest.param((*UVICORN, "django_view:application"), id="django"),
        pytest.param((*UVICORN, "litestar_handler:app"), id="litestar"),
        pytest.param(("flask", "--app", "flask_route", "run", "--port", "PORT"), id="flask"),
    ],
)
async def test_a_web_service_activates(command: tuple[str, ...], request: pytest.FixtureRequest) -> None:
    """Outcomes as JSON; 404 if nobody waits, 422 for a name that is none."""
    need(command[0], request.node.callspec.id)
    async with Emulator() as plivo, served(plivo, *command) as http:
        plivo.add_conference("a")
        started = await http.post("/conferences/a/start")
        assert (started.status_code, started.json()["outcome"]) == (200, "activated")
        assert plivo.conferences["a"].applied == 1
        assert (await http.post("/conferences/nobody/start")).status_code == 404
        assert (await http.post("/conferences/%09/start")).status_code == 422
        assert (await http.get("/conferences/a/start")).status_code == 405


CELERY = """
import celery_task
from celery.signals import worker_process_init, worker_process_shutdown

celery_task.app.conf.task_always_eager = True
worker_process_init.send(None)
try:
    for name in ("a", "nobody", "b"):
        print(celery_task.start_conference.delay(name).get()["outcome"])
finally:
    worker_process_shutdown.send(None)
"""


@pytest.mark.asyncio
async def test_a_task_of_celery_activates() -> None:
    """And that nobody waits is an outcome. It is run where it is called, which needs no broker."""
    need("celery")
    async with Emulator() as plivo:
        for name in ("a", "b"):
            plivo.add_conference(name)
        command = [sys.executable, "-W", "error:::celery_task", "-c", CELERY]
        told = {**environment(plivo), "CELERY_BROKER_URL": "memory://"}
        with anyio.fail_after(PATIENCE):
            done = await anyio.run_process(command, env=told, check=False)
        assert done.stdout.decode().split() == ["activated", "not_found", "activated"], done.stderr.decode()
        assert plivo.most_connections <= 2  # one client for all tasks
        await eventually(lambda: _closed(plivo))


async def _closed(plivo: Emulator) -> bool:
    return plivo.connections == 0


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The program for nine o'clock."""
    command = [sys.executable, str(FOLDER / "nine_oclock.py"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=120, check=False)  # noqa: S603


@pytest.mark.long
def test_nine_o_clock_on_the_emulator(tmp_path: Path) -> None:
    """It runs at once, is written down, and makes a page; run again, it has nothing left to do."""
    usual = ("--emulated", "150", "--port", str(free_port()), "--journal", "tonight.db", "--report", "tonight.html")
    for _ in range(2):
        done = run(*usual, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert "150 activated" in done.stdout
    assert len(list(ActivationReport.read(tmp_path / "tonight.db"))) == 150
    assert "150" in (tmp_path / "tonight.html").read_text(encoding="utf-8")


def test_the_next_nine_o_clock_may_be_tomorrow() -> None:
    """Never one that has been."""
    import nine_oclock

    now = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    assert nine_oclock.next_time("09:00", now) == datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
    assert nine_oclock.next_time("09:01", now) == datetime(2026, 11, 27, 9, 1, tzinfo=UTC)
