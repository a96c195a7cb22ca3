"""A Temporal server for all tests of a process, and a client of it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

pytest.importorskip("temporalio")

from temporalio.client import Client

from .server import Server, running


@pytest.fixture(scope="session")
def temporal_server() -> Iterator[Server]:
    """A server, for as long as the tests of this process run."""
    with running() as server:
        yield server


@pytest_asyncio.fixture
async def temporal(temporal_server: Server) -> AsyncIterator[Client]:
    """A client of the server."""
    yield await Client.connect(temporal_server.address)
