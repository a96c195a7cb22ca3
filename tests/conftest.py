"""Which backends and clocks the tests run on."""

from typing import Any

import hypothesis
import pytest
import trio.testing

from .virtual_time import VirtualTimeLoop

hypothesis.settings.register_profile("unhurried", deadline=None)  # a busy machine is no bug
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """Run each test marked `anyio` on both backends, in virtual time unless it is marked `real_time`."""
    backend: str = request.param
    if request.node.get_closest_marker("real_time"):
        return backend, {}
    if backend == "trio":
        return backend, {"clock": trio.testing.MockClock(autojump_threshold=0)}
    return backend, {"loop_factory": VirtualTimeLoop}
