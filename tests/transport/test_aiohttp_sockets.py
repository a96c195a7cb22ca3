"""All of `test_sockets` once more, over aiohttp."""

import pytest

from plivo_async import AsyncClient

from .test_sockets import *  # noqa: F403  (its tests, collected here as well)

pytest.importorskip("aiohttp")

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]


@pytest.fixture
def anyio_backend() -> str:
    """The only one that aiohttp runs on."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _over_aiohttp(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = AsyncClient.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "transport", "aiohttp")
