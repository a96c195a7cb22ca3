"""An operation that is over has left nothing behind for the garbage collector, which stops the whole loop to look."""

import gc

import anyio
import httpx
import pytest

from plivo_async import AsyncClient
from plivo_async.transport._progress import PROGRESS, Progress

pytestmark = pytest.mark.anyio


class _Yes(httpx.AsyncBaseTransport):
    """A lane that says yes."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, after everybody else had a turn."""
        progress = request.extensions[PROGRESS]
        assert isinstance(progress, Progress)
        progress.sent = True
        await anyio.lowlevel.checkpoint()
        return httpx.Response(204, stream=httpx.ByteStream(b""))


async def _unreachable(client: AsyncClient, operations: int) -> int:
    """How many objects only the collector can free after so many operations."""
    gc.collect()
    gc.disable()
    try:
        for number in range(operations):
            await client.mpc.start(f"room {number}")
        return gc.collect()
    finally:
        gc.enable()


async def test_requests_leave_no_circles() -> None:
    """As many unreachable objects after fifty operations as after five."""
    async with AsyncClient("MA" + "G" * 18, "token", rate_limit=None, clock=anyio.current_time) as client:
        lanes = client._core.lanes
        assert lanes is not None
        lanes._open_lane = _Yes
        await client.mpc.start("warm")
        assert await _unreachable(client, 50) == await _unreachable(client, 5)
