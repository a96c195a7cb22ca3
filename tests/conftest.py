"""Which backends and clocks the tests run on."""

import contextlib
import gc
import importlib
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


# What is compiled is kept, even where PYTHONDONTWRITEBYTECODE asks for the contrary: otherwise each process of pytest
# rewrites the assertions of all tests anew, at each run, and each child of a test compiles the whole package.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

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


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Where all tests are collected by several processes, each begins with its share of the modules.

    All of them need all modules: what one has compiled, the others find. Without, each of them compiles everything in a
    fresh checkout. What can't be imported here fails, or is skipped, where it is collected.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None or session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    root = session.config.rootpath
    modules = sorted(path.relative_to(root) for path in root.joinpath("tests").rglob("test_*.py"))
    for path in modules[int(worker.removeprefix("gw")) :: int(os.environ["PYTEST_XDIST_WORKER_COUNT"])]:
        with contextlib.suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(path.with_suffix("").parts))


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
