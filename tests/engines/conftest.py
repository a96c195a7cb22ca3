"""The servers that engines need."""

from collections.abc import Iterator

import pytest

from .postgres import postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database, for all tests of a process."""
    with postgres() as url:
        yield url
