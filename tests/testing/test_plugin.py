"""The pytest plugin, in runs of pytest of their own."""

import subprocess
import sys
from collections.abc import Callable

import anyio.from_thread
import pytest
import pytest_asyncio
import trio

import plivo_async.testing
from plivo_async import AsyncClient

from ..plugin import LOADED

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.real_time

KEPT = (anyio.from_thread, pytest_asyncio, trio, plivo_async.testing, AsyncClient)
"""What a nested run imports must be there before, or it would be taken out of `sys.modules` with it."""

SETTINGS = """
[pytest]
asyncio_mode = strict
asyncio_default_fixture_loop_scope = function
filterwarnings = error
addopts = --strict-markers --strict-config -p no:cacheprovider
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Run tests of this text, in this process."""

    def run(text: str, *arguments: str, conftest: str = "", settings: str = SETTINGS) -> pytest.RunResult:
        pytester.makefile(".ini", pytest=settings)
        if conftest:
            pytester.makeconftest(conftest)
        pytester.makepyfile(text)
        return pytester.runpytest_inprocess(*LOADED, *arguments)

    return run


EVERY_KIND = """
import anyio
import pytest


async def activated(plivo, client):
    assert not plivo.conferences
    plivo.add_conference("support-4812")
    await client.mpc.start("support-4812")
    assert plivo.conferences["support-4812"].status == "Active"


@pytest.mark.anyio
async def test_anyio(plivo, plivo_client):
    await activated(plivo, plivo_client)


@pytest.mark.anyio
class TestAnyio:
    async def test_method(self, plivo_client, plivo):
        await activated(plivo, plivo_client)


class TestAsyncio:
    @pytest.mark.asyncio(loop_scope="class")
    async def test_class(self, plivo, plivo_client):
        await activated(plivo, plivo_client)


@pytest.mark.asyncio
async def test_function(plivo, plivo_client):
    await activated(plivo, plivo_client)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("nth", [1, 2])
async def test_module(plivo_client, plivo, nth):
    await activated(plivo, plivo_client)


@pytest.mark.asyncio(loop_scope="session")
async def test_session(plivo, plivo_client):
    await activated(plivo, plivo_client)


def test_without_a_loop(plivo, plivo_portal):
    plivo_portal.call(plivo.add_conference, "support-4812")
    assert plivo.conferences["support-4812"].status == "Initialized"
"""


def test_every_kind_of_test_has_an_emulator_of_its_own(run: Run) -> None:
    """Anyio's on both backends, pytest-asyncio's in each scope of its loops, and one that doesn't await."""
    run(EVERY_KIND).assert_outcomes(passed=10)


@pytest.mark.long
def test_the_automatic_mode_of_pytest_asyncio(run: Run) -> None:
    """There a test needs no mark."""
    text = "async def test_it(plivo, plivo_client): assert (await plivo_client.account.get()).auth_id == plivo.auth_id"
    run(text, "-o", "asyncio_mode=auto").assert_outcomes(passed=1)


MARKED = """
import pytest
from plivo_async.emulator import Limit

pytestmark = [pytest.mark.asyncio, pytest.mark.plivo(limit=Limit(7), seed=1)]


@pytest.mark.plivo(seed=2, faults="429=1")
class TestMarked:
    @pytest.mark.plivo(calls_per_second=9)
    async def test_the_closest_mark_wins(self, plivo, plivo_client):
        rules = plivo._core.rules
        assert (rules.limit.limit, rules.seed, dict(rules.faults.probabilities)) == (7, 2, {"429": 1.0})
        assert plivo.auth_id == "MAAAAAAAAAAAAAAAAAAA"
        assert plivo._machine.dialler.interval == 1 / 9
        assert plivo_client.statistics().level == 17


async def test_of_the_module(plivo):
    assert plivo._core.rules.seed == 1
"""
SUITE = """
import pytest
from plivo_async import RateLimit


@pytest.fixture
def plivo_options():
    return {"auth_id": "MA" + 18 * "A", "seed": 3, "limit": None}


@pytest.fixture
def plivo_client_options():
    return {"rate_limit": RateLimit(17, per=1.0)}
"""


def test_marks_and_the_suite_say_what_it_is_like(run: Run) -> None:
    """The closest mark wins, the option `--plivo-seed` wins over the suite, and a mark over that."""
    run(MARKED, "--plivo-seed", "5", conftest=SUITE).assert_outcomes(passed=2)
    text = "def test_it(plivo): assert plivo._core.rules.seed == 5"
    run(text, "--plivo-seed", "5", conftest=SUITE).assert_outcomes(passed=1)
    run(text.replace("5", "3"), conftest=SUITE).assert_outcomes(passed=1)


KEPT_STATE = """
import json
import pathlib
import pytest

FILE = pathlib.Path(__file__).with_name("waiting.json")


@pytest.mark.anyio
@pytest.mark.plivo(seed=9)
async def test_before(plivo):
    plivo.add_conference("support-4812", waiting=3)
    FILE.write_text(json.dumps(plivo.snapshot()))


@pytest.mark.plivo(snapshot="waiting.json")
def test_after(plivo):
    assert plivo.conferences["support-4812"].present == 3
    assert plivo._core.rules.seed == 9


@pytest.mark.plivo(snapshot={})
def test_none(plivo): ...
"""


def test_a_mark_names_a_snapshot(run: Run) -> None:
    """As a file beside the test."""
    done = run(KEPT_STATE, "-k", "not trio")
    done.assert_outcomes(passed=2, errors=1, deselected=1)
    done.stdout.fnmatch_lines(["*snapshot: not what Emulator.snapshot() gives*"])


REFUSED = """
import pytest


@pytest.mark.plivo(fault="500=1")
def test_no_such_argument(plivo): ...


@pytest.mark.plivo(faults="5o0=1")
def test_no_such_fault(plivo): ...


@pytest.mark.plivo("500=1")
def test_by_position(plivo): ...


@pytest.mark.plivo(latency=-1)
def test_out_of_range(plivo): ...


@pytest.mark.plivo(port=8808)
def test_said_elsewhere(plivo_address): ...


def test_client(plivo_client): ...
"""


def test_what_makes_no_sense_is_refused_with_what_does(run: Run) -> None:
    """Before the test runs, in a line or two, without the way there."""
    done = run(REFUSED)
    done.assert_outcomes(errors=6)
    done.stdout.fnmatch_lines_random(
        [
            "*plivo_options: there is no fault; what may be given: *faults, latency, seed*",
            "*'5o0' is no fault; these are: lost-response, *",
            "*takes no arguments by position: ('500=1',)*",
            "*plivo_options: latency*",
            "*port can't be said beside the fixture plivo_address*",
            "*plivo_client is for tests that await*pytest.mark.anyio*",
        ]
    )
    assert "Traceback" not in done.stdout.str()


FAILING = """
import pytest
from plivo_async.testing import assert_conference


@pytest.mark.asyncio
@pytest.mark.plivo(faults="500=0.5")
async def test_it(plivo, plivo_client):
    plivo.add_conference("support-4812")
    await plivo_client.mpc.start("support-4812")
    assert_conference(plivo, "support-4812", status="ended")
"""


def test_what_fails_says_how_to_have_it_again(run: Run) -> None:
    """The seed, what became of the requests, and the timelines of the latest conferences."""
    done = run(FAILING, "--plivo-seed", "random")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["plivo-async: --plivo-seed *", "*status is active, not ended", "*answered 204, applied"])
    [line] = [line for line in done.outlines if line.startswith("seed ")]
    seed = line.split(";")[0].removeprefix("seed ")
    assert line == f"seed {seed}; the same again: pytest --plivo-seed {seed} '{file_of(done)}::test_it'"
    again = run(FAILING, "--plivo-seed", seed)
    asked = [[one.split()[2:] for one in each.outlines if " request " in one] for each in (done, again)]
    assert asked[0] == asked[1] != []


def file_of(done: pytest.RunResult) -> str:
    """The name of the file of tests."""
    [line] = [line for line in done.outlines if line.startswith("FAILED ")]
    return line.split()[1].partition("::")[0]


ADDRESS = """
import httpx
import pytest


@pytest.fixture(scope="session")
def service(plivo_address):
    assert plivo_address.auth_token not in repr(plivo_address)
    return plivo_address


@pytest.mark.anyio
async def test_one(service, plivo, plivo_client):
    assert (plivo.url, plivo.auth_id, plivo.auth_token) == tuple(service)
    plivo.add_conference("support-4812")
    await plivo_client.mpc.start("support-4812")


@pytest.mark.asyncio
async def test_another(service):
    async with httpx.AsyncClient(auth=service[1:], base_url=service.url) as http:
        listed = (await http.get(f"/v1/Account/{service.auth_id}/MultiPartyCall/")).json()
        assert listed["objects"] == []


def test_without_a_loop(service, plivo):
    assert plivo.url == service.environment["PLIVO_BASE_URL"]
    assert httpx.get(f"{plivo.url}/health").status_code == 200
"""


@pytest.mark.long
def test_what_is_made_once_finds_each_emulator_at_one_address(run: Run) -> None:
    """And none finds what another test has left."""
    run(ADDRESS).assert_outcomes(passed=4)


@pytest.mark.long
def test_without_pytest_asyncio(run: Run) -> None:
    """Anyio's plugin is enough."""
    text = EVERY_KIND.partition("class TestAsyncio")[0]
    settings = "[pytest]\nfilterwarnings = error\naddopts = --strict-markers -p no:asyncio\n"
    run(text, settings=settings).assert_outcomes(passed=4)


OF_WORKERS = """
import pytest


@pytest.mark.parametrize("nth", range(2))
def test_it(plivo, nth):
    assert False
"""


@pytest.mark.long
def test_workers_have_one_seed_and_many_emulators(pytester: pytest.Pytester) -> None:
    """With pytest-xdist the seed is drawn once for all; and whoever uses nothing of it imports nothing for it."""
    pytester.makefile(".ini", pytest=SETTINGS)
    pytester.makepyfile(
        test_workers=OF_WORKERS,
        test_idle="import sys\n\n\ndef test_idle():\n    assert 'plivo_async.emulator' not in sys.modules",
    )
    done = pytester.runpytest_subprocess(*LOADED, "-n", "2", "--dist", "loadfile", "--plivo-seed", "random")
    done.assert_outcomes(failed=2, passed=1)
    assert len({line.split(";")[0] for line in done.outlines if line.startswith("seed ")}) == 1


def test_loading_it_imports_next_to_nothing() -> None:
    """It is loaded wherever this package is installed."""
    text = (
        "import sys, pytest; before = set(sys.modules); import plivo_async.pytest_plugin;"
        "print(*sorted(name for name in set(sys.modules) - before if not name.startswith('_')))"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.split() == ["plivo_async", "plivo_async._version", "plivo_async.pytest_plugin"]


def test_pytest_has_no_word_to_say_of_a_package_that_was_imported_before() -> None:
    """As where a program imports it and then calls `pytest.main()`: a warning may be an error there."""
    assert "PYTEST_DONT_REWRITE" in (plivo_async.__doc__ or "")
