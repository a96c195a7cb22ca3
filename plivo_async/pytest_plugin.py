"""The pytest plugin: fixtures `plivo`, `plivo_client`, `plivo_address` and `plivo_portal`, and the marker `plivo`.

It is loaded wherever this package is installed, so it imports nothing of it, nor anything else that isn't there anyway,
until a fixture is asked for: whoever doesn't use it pays nothing, and what coverage measures isn't imported before.

Who runs a fixture that awaits depends on who runs the test: anyio's plugin takes any such fixture, pytest-asyncio only
those that were made by it, for one scope of the event loop each. So there is one for each of these, and `plivo` asks
for the right one. In a test that doesn't await, the emulator runs in a thread of its own.
"""

import json
import os
import random
import sys
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NoReturn, TypeVar, get_args

import pytest

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

    from ._client import AsyncClient
    from .emulator import Emulator

T = TypeVar("T")
_LoopScope = Literal["function", "class", "module", "package", "session"]
_MARKER = (
    "plivo(faults=..., limit=..., seed=..., snapshot=..., ...): what the emulator of `plivo` is to be like; "
    "any argument of `Emulator`, faults as text too, and the mark that is closest to the test wins"
)
_SEED = "plivo_seed"
_WHERE = "pytest.mark.plivo, or plivo_options"
_NO_LOOP = "plivo_client is for tests that await: mark this one with pytest.mark.anyio, or pytest.mark.asyncio"


class PlivoAddress(NamedTuple):
    """Where the emulators of all tests of a session are to be found, one after another. Get it by `plivo_address`."""

    url: str
    """The base URL, without a slash at its end."""
    auth_id: str
    """The account of all of them."""
    auth_token: str
    """Its token."""

    def __repr__(self) -> str:
        return f"<PlivoAddress {self.auth_id} at {self.url}>"

    @property
    def environment(self) -> dict[str, str]:
        """`PLIVO_AUTH_ID`, `PLIVO_AUTH_TOKEN` and `PLIVO_BASE_URL`, for a service in a process of its own."""
        return {"PLIVO_AUTH_ID": self.auth_id, "PLIVO_AUTH_TOKEN": self.auth_token, "PLIVO_BASE_URL": self.url}


class _Held(NamedTuple):
    """The emulator of one test."""

    plivo: "Emulator"
    seed: int


_HELD = pytest.StashKey[_Held]()

# ---- Hooks ----------------------------------------------------------------------------------------------------------


def _seed(text: str) -> int:
    return random.SystemRandom().randrange(2**32) if text == "random" else int(text)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--plivo-seed`."""
    parser.getgroup("plivo-async").addoption(
        "--plivo-seed",
        type=_seed,
        metavar="N",
        default=None,
        help="seed of what emulators of plivo-async leave to chance, or `random`; a mark with a seed keeps its own",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Say which marker there is, and make what pytest-asyncio runs, if it is there."""
    config.addinivalue_line("markers", _MARKER)
    of_all: dict[str, Any] = getattr(config, "workerinput", {})
    if _SEED in of_all:
        setattr(config.option, _SEED, of_all[_SEED])
    if config.pluginmanager.hasplugin("asyncio") and "pytest_asyncio" in sys.modules:
        config.pluginmanager.register(_of_pytest_asyncio(), "plivo_async of pytest-asyncio")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Let the workers of pytest-xdist have the seed that was drawn."""
    node.workerinput[_SEED] = node.config.getoption(_SEED)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """The seed, if one was given or drawn."""
    seed = config.getoption(_SEED)
    return [] if seed is None else [f"plivo-async: --plivo-seed {seed}"]


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test whose service leads to `plivo_address` finds an emulator there, whether it asks for it or not."""
    names: list[str] = getattr(item, "fixturenames", [])
    if "plivo_address" in names and "plivo" not in names:
        names.append("plivo")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell of the emulator of a test that has failed."""
    report = yield
    held = item.stash.get(_HELD, None)
    if held is not None and report.failed:
        report.sections.append(("plivo-async", _told(item, held)))
    if held is not None and call.when == "teardown":
        del item.stash[_HELD]  # an item stays until the end of the session
    return report


def _told(item: pytest.Item, held: _Held) -> str:
    from .testing import timeline

    counts = held.plivo.counts()
    faults = ", ".join(f"{count} times {fault}" for fault, count in counts.by_fault.items()) or "none"
    lines = [
        f"seed {held.seed}; the same again: pytest --plivo-seed {held.seed} '{item.nodeid}'",
        f"{counts.requests} requests, {counts.applied} applied, {counts.told_429} told 429; faults: {faults}",
    ]
    latest = dict.fromkeys(one.name for one in reversed(held.plivo.requests) if one.name is not None)
    return "\n".join([*lines, *(timeline(held.plivo, name) for name in list(latest)[:3])])


# ---- What it is to be like ------------------------------------------------------------------------------------------


@pytest.fixture
def plivo_options() -> Mapping[str, Any]:
    """What the emulators of all tests are to be like: override it. A mark says more, or otherwise."""
    return {}


@pytest.fixture
def plivo_client_options() -> Mapping[str, Any]:
    """What the clients of all tests are to be like, as keyword arguments of `AsyncClient`: override it."""
    return {}


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The arguments of the emulator: the suite's, those of the marks, and where it is."""
    from .emulator import Faults

    found: dict[str, Any] = dict(request.getfixturevalue("plivo_options"))
    seed = request.config.getoption(_SEED)
    if seed is not None:
        found["seed"] = seed
    for mark in reversed(list(request.node.iter_markers("plivo"))):
        if mark.args:
            _refuse(f"pytest.mark.plivo takes no arguments by position: {mark.args!r}")
        found |= mark.kwargs
    allowed = _allowed()
    unknown = [name for name in found if name not in allowed]
    if unknown:
        _refuse(f"there is no {', '.join(unknown)}")
    if isinstance(found.get("faults"), str):
        found["faults"] = _made(lambda: Faults.parse(found["faults"]))
    if "plivo_address" in request.fixturenames:
        found |= _at_address(request, found)
    return found


def _allowed() -> list[str]:
    from inspect import signature

    from .emulator import Emulator

    return [*signature(Emulator).parameters, "snapshot"]


def _refuse(what: str) -> NoReturn:
    pytest.fail(f"{_WHERE}: {what}; what may be given: {', '.join(_allowed())}", pytrace=False)


def _made(make: Callable[[], T]) -> T:
    """What that makes, or its refusal as the test's own failure."""
    try:
        return make()
    except (TypeError, ValueError) as error:
        why = str(error)
    pytest.fail(f"{_WHERE}: {why}", pytrace=False)


def _at_address(request: pytest.FixtureRequest, found: Mapping[str, Any]) -> dict[str, Any]:
    here = {"auth_id", "auth_token", "host", "port"} & set(found)
    if here:
        _refuse(f"{', '.join(sorted(here))} can't be said beside the fixture plivo_address, which says it")
    address = request.getfixturevalue("plivo_address")
    port = int(address.url.rpartition(":")[2])
    return {"auth_id": address.auth_id, "auth_token": address.auth_token, "port": port}


def _new(request: pytest.FixtureRequest) -> "Emulator":
    """The emulator of a test, not yet started."""
    from .emulator import Emulator

    options = _options(request)
    kept = options.pop("snapshot", None)
    if isinstance(kept, str | os.PathLike):
        kept = json.loads((request.path.parent / kept).read_text(encoding="utf-8"))
    plivo = _made(lambda: Emulator(**options) if kept is None else Emulator.from_snapshot(kept, **options))
    request.node.stash[_HELD] = _Held(plivo, plivo._core.rules.seed)
    return plivo


def _new_client(request: pytest.FixtureRequest) -> "AsyncClient":
    """A client of it, whose waits are drawn from its seed as well."""
    from . import AsyncClient

    held = request.node.stash[_HELD]
    mine = {"base_url": held.plivo.url, "random": random.Random(f"{held.seed} client").random}  # noqa: S311
    options = {**mine, **request.getfixturevalue("plivo_client_options")}
    return AsyncClient(held.plivo.auth_id, held.plivo.auth_token, **options)


# ---- Fixtures -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def plivo_address() -> Iterator[PlivoAddress]:
    """Where the emulators of the session's tests are: URL and credentials, the same for all of them.

    For what is made once for all tests and leads to Plivo, such as a service in a process of its own. Each test has an
    emulator of its own all the same, at this address, so none finds what another has left. In between nothing is there.
    """
    import socket

    from .emulator import Emulator

    made_up = Emulator(port=None)
    with socket.socket() as kept:  # so that nobody else is given it; an emulator may listen on it all the same
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        port = kept.getsockname()[1]
        if sys.platform != "linux":  # where two may not share it, even so
            kept.close()
        yield PlivoAddress(f"http://127.0.0.1:{port}", made_up.auth_id, made_up.auth_token)


@pytest.fixture
def plivo_portal() -> Iterator["BlockingPortal"]:
    """An event loop in a thread, in which the emulator of a test runs that doesn't await.

    `plivo_portal.call(plivo.add_conference, "support-4812")` changes something.
    """
    from anyio.from_thread import start_blocking_portal

    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture
def plivo(request: pytest.FixtureRequest) -> "Emulator":
    """A Plivo of this test's own: the emulator, started; see `pytest.mark.plivo`."""
    found: Emulator = request.getfixturevalue(f"_plivo_{_runner(request)}")
    return found


@pytest.fixture
def plivo_client(request: pytest.FixtureRequest, plivo: "Emulator") -> "AsyncClient":
    """A client of `plivo`, entered."""
    found: AsyncClient = request.getfixturevalue(f"_plivo_client_{_runner(request)}")
    return found


def _runner(request: pytest.FixtureRequest) -> str:
    """Who runs the test: anyio, pytest-asyncio with a scope of its event loop, or nobody."""
    if "anyio_backend" in request.fixturenames:
        return "anyio"
    mark = request.node.get_closest_marker("asyncio")
    if mark is None or not request.config.pluginmanager.hasplugin("asyncio"):
        return "thread"
    default = request.config.getini("asyncio_default_test_loop_scope") or "function"
    return f"asyncio_{mark.kwargs.get('loop_scope') or mark.kwargs.get('scope') or default}"


@pytest.fixture
async def _plivo_anyio(request: pytest.FixtureRequest) -> AsyncIterator["Emulator"]:
    async with _new(request) as plivo:
        yield plivo


@pytest.fixture
async def _plivo_client_anyio(request: pytest.FixtureRequest) -> AsyncIterator["AsyncClient"]:
    async with _new_client(request) as client:
        yield client


@pytest.fixture
def _plivo_thread(request: pytest.FixtureRequest, plivo_portal: "BlockingPortal") -> Iterator["Emulator"]:
    with plivo_portal.wrap_async_context_manager(_new(request)) as plivo:
        yield plivo


@pytest.fixture
def _plivo_client_thread() -> None:
    pytest.fail(_NO_LOOP, pytrace=False)


def _of_pytest_asyncio() -> ModuleType:
    """The same for each scope of its event loops."""
    import pytest_asyncio

    fixtures = ModuleType("plivo_async fixtures of pytest-asyncio")
    scopes: tuple[_LoopScope, ...] = get_args(_LoopScope)
    for scope in scopes:
        for name, function in _functions(scope).items():
            setattr(fixtures, name, pytest_asyncio.fixture(loop_scope=scope, name=name)(function))
    return fixtures


def _functions(scope: _LoopScope) -> dict[str, Callable[[pytest.FixtureRequest], AsyncIterator[Any]]]:
    """Made anew for each: pytest-asyncio marks them."""

    async def plivo(request: pytest.FixtureRequest) -> AsyncIterator["Emulator"]:
        async with _new(request) as one:
            yield one

    async def client(request: pytest.FixtureRequest) -> AsyncIterator["AsyncClient"]:
        async with _new_client(request) as one:
            yield one

    return {f"_plivo_asyncio_{scope}": plivo, f"_plivo_client_asyncio_{scope}": client}
