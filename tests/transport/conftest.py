"""What the tests of transports share."""

from typing import Any

import pytest


@pytest.fixture(params=["httpx", "aiohttp"])
def kind(request: pytest.FixtureRequest, anyio_backend: Any) -> Any:
    """Both transports, where they run."""
    if request.param == "aiohttp" and anyio_backend[0] == "trio":
        pytest.skip("aiohttp runs on asyncio")
    return request.param
