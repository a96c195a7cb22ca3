"""The clocks that the other tests stand on."""

import time

import anyio
import pytest


@pytest.mark.anyio
async def test_an_hour_passes_at_once() -> None:
    """Sleeping moves the loop's clock, not the wall's."""
    began, virtual = time.perf_counter(), anyio.current_time()
    await anyio.sleep(3600)
    assert anyio.current_time() - virtual == pytest.approx(3600)
    assert time.perf_counter() - began < 60


@pytest.mark.anyio
@pytest.mark.real_time
async def test_real_time_is_left_alone() -> None:
    """A test marked `real_time` sees the real clock."""
    began, shown = time.perf_counter(), anyio.current_time()
    await anyio.sleep(0.01)
    assert 0.009 < time.perf_counter() - began < 30
    assert anyio.current_time() - shown < 30
