"""Which backends and clocks the tests run on."""

import gc
import os
import signal
import sys
from typing import Any

import hypothesis
import pytest
import trio.testing

from .virtual_time import TickingLoop, VirtualTimeLoop

# No deadline: a busy machine is no bug. The loop tries a few examples of each property, other ones each time; CI tries
# many, and always the same, so that no change is refused for what another one did.
hypothesis.settings.register_profile("loop", deadline=None, max_examples=25)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=200, derandomize=True)
hypothesis.settings.load_profile("loop")  # or --hypothesis-profile=thorough


gc.disable()  # until all tests are collected, as none of them is garbage

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a shell, and tests press Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--ticking`: on asyncio the virtual clock goes on a little at each reading, as a real one does."""
    parser.addoption("--ticking", action="store_true", help="let asyncio's virtual clock go on at each reading")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two for each core where tests wait, for sockets and processes; one where `-m` leaves these out."""
    waits = "not real_time" not in config.getoption("markexpr")
    return (2 if waits else 1) * (os.cpu_count() or 1)


def pytest_collection_finish() -> None:
    """Thousands of tests are there to stay: no collection of garbage has to look at them again."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_sessionfinish() -> None:
    """End the Postgres of this process, if a test has begun one."""
    module = sys.modules.get("tests.engines.postgres")
    if module is not None:
        module.end()


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """Run each test marked `anyio` on both backends, in virtual time unless it is marked `real_time`."""
    backend: str = request.param
    if request.node.get_closest_marker("real_time"):
        return backend, {}
    if backend == "trio":
        return backend, {"clock": trio.testing.MockClock(autojump_threshold=0)}
    return backend, {"loop_factory": TickingLoop if request.config.getoption("ticking") else VirtualTimeLoop}
