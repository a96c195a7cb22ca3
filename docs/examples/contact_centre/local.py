"""The service on this machine, against the emulator."""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.abc
import httpx

from plivo_async.emulator import Emulator

from .callers import ANSWER

FOLDER = Path(__file__).resolve().parent


@asynccontextmanager
async def running(plivo: Emulator, *, port: int, workers: int) -> AsyncIterator[tuple[str, anyio.abc.Process]]:
    """Workers of the service that take that emulator for Plivo: their URL, and the process, once they answer."""
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as shared:
        told = {
            "PLIVO_AUTH_ID": plivo.auth_id,
            "PLIVO_AUTH_TOKEN": plivo.auth_token,
            "PLIVO_BASE_URL": plivo.url,
            "CONTACT_CENTRE_URL": url,
            "CONTACT_CENTRE_CALLER_ID": "+14155550100",
            "CONTACT_CENTRE_BUDGET": f"sqlite:///{shared}/budget.db",
            "CONTACT_CENTRE_BUS": f"{shared}/bus.db",
        }
        command = [sys.executable, "-m", "uvicorn", "--factory", "contact_centre.app:create_app"]
        command += ["--app-dir", str(FOLDER.parent), "--workers", str(workers), "--port", str(port)]
        command += ["--log-level", "warning", "--no-access-log"]
        process = await anyio.open_process(command, env={**os.environ, **told}, stdin=None, stdout=None, stderr=None)
        async with process:
            try:
                await _answers(url)
                yield url, process
            finally:
                if process.returncode is None:
                    process.terminate()
                with anyio.CancelScope(shield=True):
                    await process.wait()


async def _answers(url: str) -> None:
    async with httpx.AsyncClient() as http:
        with anyio.fail_after(60):
            while True:
                try:
                    if (await http.get(f"{url}/")).is_success:
                        return
                except httpx.TransportError:
                    await anyio.sleep(0.1)


async def demonstrate(port: int, workers: int, callers: int, answer_after: float) -> None:
    """Let people call, and stay until somebody has had enough."""
    async with (
        Emulator(console=True, answer_after=answer_after) as plivo,
        running(plivo, port=port, workers=workers) as (url, process),
    ):
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            print(f"{callers} people call. Take them at {url}/ (Ctrl-C ends it)")
            print(f"Everybody's phones are at {plivo.url}/_console/", flush=True)
            for nth in range(callers):
                plivo.incoming_call(from_=f"+4420718387{nth:02}", answer_url=f"{url}{ANSWER}")
            async with anyio.create_task_group() as group:
                group.start_soon(_until_it_ends, process, group.cancel_scope)
                async for _ in signals:
                    group.cancel_scope.cancel()


async def _until_it_ends(process: anyio.abc.Process, scope: anyio.CancelScope) -> None:
    await process.wait()
    scope.cancel()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="where the page is")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--callers", type=int, default=3, help="how many people call")
    parser.add_argument(
        "--answer-after", type=float, default=1.0, help="seconds until a dialled phone answers by itself"
    )
    told = parser.parse_args()
    anyio.run(demonstrate, told.port, told.workers, told.callers, told.answer_after)
