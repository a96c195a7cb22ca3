"""README and docs say what is so: every example runs, every command exists, every link leads somewhere.

A fence of Python is complete as it stands, or the comment above it names what the text has provided:

    <!-- given: plivo, client, names -->   top-level names; see `_given`: temporal, database, batches: real servers
    <!-- script -->                        a program with its own event loop; credentials are in the environment
    <!-- tests: test_name.py -->           tests, run by pytest of its own
    <!-- needs: fastapi -->                runs only where that is installed
    <!-- printed -->                       above a fence of text: what the example before it prints
    <!-- run -->                           above a console: its commands, run one after another in a folder with files
    <!-- curl -->                          above a console: requests of curl to an emulator, and what of JSON is in the
                                           answers ("…": anything); `curl: 1`: a stream that begins with that line

In these worlds an emulator is running, `PLIVO_AUTH_ID` and `PLIVO_AUTH_TOKEN` are its own, and a client that isn't told
otherwise talks to it.
"""

import ast
import builtins
import inspect
import json
import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import anyio
import anyio.from_thread
import httpx
import pytest

from plivo_async import AsyncClient
from plivo_async.emulator import Emulator

from ..benchmarks.__main__ import arguments
from ..engines import __main__ as engines
from ..engines.postgres import postgres
from ..engines.support import batches_in
from ..plugin import LOADED
from ..support import PATIENCE
from ..truth import __main__ as truth

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [f"support-{number}" for number in range(4800, 4840)]
SETTLE = 0.02  # seconds in which the emulator may see to connections that were only just made or given up
PYTEST_INI = """\
[pytest]
asyncio_mode = strict
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""
_GIVEN = {"plivo", "client", "names", "database", "batches", "temporal"}


@dataclass(frozen=True)
class Fence:
    """A fenced block of a page.

    Attributes:
        page: Its page.
        line: The line of its first line, from 1.
        language: What stands behind its opening fence.
        text: What is in it.
        note: The comment right above it, without its brackets; empty if there is none.
        printed: What the page says that it prints; None if it doesn't say.
    """

    page: Path
    line: int
    language: str
    text: str
    note: str
    printed: str | None = None

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"

    def compiled(self) -> CodeType:
        """Its code, whose lines are those of the page."""
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        source = "\n" * (self.line - 1) + self.text
        code: CodeType = compile(source, str(self.page), "exec", flags=flags, dont_inherit=True)
        return code


def fences(page: Path) -> Iterator[Fence]:
    """The fenced blocks of a page, each with what it prints."""
    found: list[Fence] = []
    inside: list[str] | None = None
    note = language = ""
    start = 0
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if inside is not None and line == "```":
            fence = Fence(page, start, language, "\n".join(inside) + "\n", note)
            if note == "printed":
                fence = Fence(page, found[-1].line, found[-1].language, found[-1].text, found[-1].note, fence.text)
                found.pop()
            found.append(fence)
            inside, note = None, ""
        elif inside is not None:
            inside.append(line)
        elif line.startswith("```"):
            inside, start, language = [], number + 1, line[3:].strip()
        else:
            comment = re.fullmatch(r"<!-- (.*) -->", line)
            note = comment[1] if comment else ""
    assert inside is None, f"{page.name}: a fence is left open"
    return iter(found)


ALL = [fence for page in PAGES for fence in fences(page)]
PYTHON = [fence for fence in ALL if fence.language == "python"]
SCRIPTS = [fence for fence in PYTHON if fence.note == "script"]
TESTS = [fence for fence in PYTHON if fence.note.startswith("tests: ")]
EXAMPLES = [fence for fence in PYTHON if fence not in SCRIPTS and fence not in TESTS]


@pytest.fixture(scope="module")
def temporal_address() -> Iterator[str]:
    """Where a Temporal server is, for the examples that need one."""
    pytest.importorskip("temporalio")
    from ..engines.temporal.server import running

    with running() as server:
        yield server.address


@pytest.fixture(autouse=True)
def _loggers_as_they_were() -> Iterator[None]:
    """Undo what an example does to loggers."""
    loggers = [logging.getLogger(name) for name in ("httpx", "plivo_async")]
    before = [(logger.level, list(logger.handlers)) for logger in loggers]
    yield
    for logger, (level, handlers) in zip(loggers, before, strict=True):
        logger.setLevel(level)
        logger.handlers[:] = handlers


def _populate(plivo: Emulator) -> None:
    for name in NAMES:
        plivo.add_conference(name)


def _lead_to(plivo: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a client that is told nothing else talk to this emulator, with some luck: its waits are drawn short."""
    monkeypatch.setenv("PLIVO_AUTH_ID", plivo.auth_id)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", plivo.auth_token)
    defaults = AsyncClient.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "base_url", plivo.url)
    monkeypatch.setitem(defaults, "random", lambda: 0.02)


@asynccontextmanager
async def _given(
    fence: Fence, monkeypatch: pytest.MonkeyPatch, temporal: Callable[[], str]
) -> AsyncIterator[dict[str, Any]]:
    """The names that an example finds: `plivo` (an emulator), `client` (of it), `names` (that wait in it).

    And `temporal`, a client of the server whose address is asked for then.
    """
    key, _, listed = fence.note.partition(": ")
    if key == "needs":
        pytest.importorskip(listed)
    wanted = {name.strip() for name in listed.split(",")} if key == "given" else set()
    assert wanted <= _GIVEN, f"{fence}: {wanted - _GIVEN} can't be given"
    async with AsyncExitStack() as stack:
        plivo = await stack.enter_async_context(Emulator())
        _populate(plivo)
        _lead_to(plivo, monkeypatch)
        world: dict[str, Any] = {"plivo": plivo, "names": list(NAMES)}
        if "client" in wanted:
            world["client"] = await stack.enter_async_context(AsyncClient())
        if wanted & {"database", "batches"}:
            world["database"] = stack.enter_context(postgres())
        if "batches" in wanted:
            world["batches"] = await stack.enter_async_context(batches_in(world["database"]))
        if "temporal" in wanted:
            from temporalio.client import Client

            world["temporal"] = await Client.connect(temporal())
        yield {name: world[name] for name in sorted(wanted)}
        await anyio.sleep(SETTLE)


def _call(fence: Fence, names: dict[str, Any], module: str) -> Any:
    """Run its code as the body of a function; what it returns is awaitable if the code awaits."""
    return FunctionType(fence.compiled(), {"__builtins__": builtins, "__name__": module, **names})()


def _check_printed(fence: Fence, capsys: pytest.CaptureFixture[str]) -> None:
    """Compare with what the page shows; how long it took may differ."""
    if fence.printed is not None:
        times = re.compile(r"\b(?:\d+m )?\d+(?:\.\d+)?s\b")
        assert times.sub("0s", capsys.readouterr().out) == times.sub("0s", fence.printed)


@pytest.mark.anyio
@pytest.mark.real_time
@pytest.mark.parametrize(
    ("anyio_backend", "fence"),
    [
        *[pytest.param("asyncio", fence, id=str(fence)) for fence in EXAMPLES],
        *[pytest.param("trio", fence, id=f"{fence}-trio") for fence in EXAMPLES if "trio" in fence.text],
    ],
)
async def test_an_example_runs(
    fence: Fence,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    """What stands in a fence works as it stands, on asyncio, and on trio where it is about trio."""
    monkeypatch.chdir(tmp_path)
    async with _given(fence, monkeypatch, lambda: str(request.getfixturevalue("temporal_address"))) as names:
        result = _call(fence, names, "example")
        if inspect.isawaitable(result):
            await result
    _check_printed(fence, capsys)


def test_readme_begins_with_a_whole_program() -> None:
    """The first example can be saved to a file and run."""
    assert next(fence for fence in PYTHON if fence.page.name == "README.md") in SCRIPTS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_says_what_its_examples_stand_inside_of(page: Path) -> None:
    """Who pastes an example that awaits at its top level, or that uses what it doesn't make, was told before."""
    unfinished = [fence for fence in EXAMPLES if fence.page == page and (fence.note or _awaits(fence))]
    head = page.read_text(encoding="utf-8").partition("```python")[0]
    assert not unfinished or "`python -m asyncio`" in head


def _awaits(fence: Fence) -> bool:
    return bool(fence.compiled().co_flags & inspect.CO_COROUTINE)


@pytest.mark.real_time
@pytest.mark.parametrize("fence", SCRIPTS, ids=str)
def test_a_script_runs(
    fence: Fence, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What brings its own event loop works in a thread without one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conferences.txt").write_text("".join(f"{name}\n" for name in NAMES), encoding="utf-8")
    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Emulator()) as plivo,
    ):
        portal.call(_populate, plivo)
        _lead_to(plivo, monkeypatch)
        _call(fence, {}, "__main__")
    _check_printed(fence, capsys)


@pytest.mark.anyio
@pytest.mark.real_time
async def test_the_web_service_of_the_tutorial_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outcomes as JSON, and a status of its own for each thing that a caller can do something about."""
    [fence] = [fence for fence in EXAMPLES if (fence.page.name, fence.note) == ("tutorial.md", "needs: fastapi")]
    world: dict[str, Any] = {"__name__": "service"}
    async with Emulator() as plivo:
        _populate(plivo)
        _lead_to(plivo, monkeypatch)
        exec(fence.compiled(), world)  # noqa: S102
        app = world["app"]
        async with app.router.lifespan_context(app) as state:

            async def served(scope: Any, receive: Any, send: Any) -> None:
                await app({**scope, "state": dict(state)}, receive, send)

            async with httpx.AsyncClient(transport=httpx.ASGITransport(served), base_url="http://service") as service:
                one = await service.post(f"/conferences/{NAMES[0]}/start")
                assert (one.status_code, one.json()["outcome"], one.json()["live"]) == (200, "activated", True)
                many = (await service.post("/conferences/start", json=[*NAMES[1:3], "nobody"])).json()
                assert [each["outcome"] for each in many["activations"]] == ["activated", "activated", "not_found"]
                assert many["activations"][2]["error"]["type"] == "NotFoundError"
                refused = await service.post("/conferences/%0A/start")
                assert (refused.status_code, refused.json()["detail"].partition(":")[0]) == (422, "name")
                assert (await service.post("/conferences/start", json=["room", ""])).status_code == 422
                assert (await service.post("/conferences/nobody/start")).status_code == 404
                plivo.script("activate", NAMES[3], nth=None, fault="lost-response")
                plivo.script("get", NAMES[3], nth=None, fault="lost-response")
                assert (await service.post(f"/conferences/{NAMES[3]}/start")).status_code == 502
                assert (await service.get("/openapi.json")).status_code == 200


@pytest.mark.real_time
@pytest.mark.long
def test_the_tests_in_the_docs_pass(tmp_path: Path) -> None:
    """The pages' tests pass under pytest, with warnings as errors and pytest-asyncio in strict mode."""
    for fence in TESTS:
        (tmp_path / fence.note.removeprefix("tests: ")).write_text(fence.text, encoding="utf-8")
    settings = (
        "[pytest]\nasyncio_mode = strict\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
    )
    (tmp_path / "pytest.ini").write_text(settings, encoding="utf-8")
    done = _run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *LOADED], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    environment = {
        **kept,
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": "200",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }
    return subprocess.run(  # noqa: S603
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False
    )


# ---- Commands -------------------------------------------------------------------------------------------------------


def _commands(shown: list[Fence]) -> list[str]:
    """The commands in some fences, each of them once."""
    lines = [line for fence in shown if fence.language == "console" for line in fence.text.splitlines()]
    return sorted({line.removeprefix("$ ").partition("  #")[0].strip() for line in lines if line.startswith("$ ")})


COMMANDS = _commands(ALL)
BENCHMARK = ".venv/bin/python -m tests.benchmarks"
TRUTH = ".venv/bin/python -m tests.truth"
ENGINES = ".venv/bin/python -m tests.engines"
EXAMPLE = ".venv/bin/python docs/examples/"
RELEASE = ".venv/bin/python -m tests.house.release "
SITE = ".venv/bin/python -m tests.house.site "
HTTPX2 = ".venv/bin/python -m tests.house.httpx2"
QUICK = '.venv/bin/python -m pytest -n auto -m "not long and not real_time"'
SET_UP = [line for line in _commands(list(fences(ROOT / "README.md"))) if line.startswith("python3 -m venv ")]


@cache
@cache
def _help(*subcommands: str) -> str:
    from typer.testing import CliRunner

    from plivo_async.cli import app

    done = CliRunner().invoke(app, [*subcommands, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("line", [line for line in COMMANDS if "plivo-async " in line])
def test_a_command_exists(line: str) -> None:
    """The command line has the subcommands and the options that the pages show."""
    words = shlex.split(line)
    words = words[max(index for index, word in enumerate(words) if word.endswith("plivo-async")) + 1 :]
    depth = {"engine": 3, "mpc": 2, "call": 2, "recording": 2}.get(words[0], 0 if words[0].startswith("-") else 1)
    text = _help(*words[:depth])
    for option in [word.partition("=")[0] for word in words[depth:] if re.match("--?[a-z]", word)]:
        assert re.search(rf"(?<![\w-]){option}(?![\w-])", text), f"{option} is not in the help of {words[:depth]}"


@pytest.mark.real_time
@pytest.mark.parametrize("fence", [fence for fence in ALL if fence.note == "run"], ids=str)
def test_commands_do_what_is_shown(
    fence: Fence, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They succeed, and print what stands below them; times may differ."""
    from plivo_async.cli import main

    monkeypatch.chdir(tmp_path)
    (tmp_path / "tonight.csv").write_text("id;room\n1;support-4800\n2;support-4801\n3;support-4802\n4;support-4800\n")
    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Emulator()) as plivo,
    ):
        portal.call(_populate, plivo)
        _lead_to(plivo, monkeypatch)
        monkeypatch.setenv("PLIVO_BASE_URL", plivo.url)
        for shown in re.split(r"^\$ ", fence.text, flags=re.MULTILINE)[1:]:
            line, _, expected = shown.partition("\n")
            assert main(shlex.split(line)[1:]) == 0
            if expected:
                assert _timeless(capsys.readouterr().out) == _timeless(expected)


def _timeless(text: str) -> str:
    return re.sub(r"\b(?:\d+m )?\d+(?:\.\d+)?s\b", "0s", re.sub(r"\d\d:\d\d:\d\d", "0:00", text))


CURLED = [fence for fence in ALL if fence.note.startswith("curl")]


def test_every_request_of_curl_is_run() -> None:
    """None stands in a fence that isn't."""
    assert _commands(CURLED) == [line for line in COMMANDS if line.startswith("curl ")]


@pytest.mark.real_time
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("page", sorted({fence.page for fence in CURLED}), ids=lambda page: page.name)
def test_requests_of_curl_are_answered_as_shown(page: Path) -> None:
    """All of a page, one after another, against one emulator."""
    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Emulator(console=True)) as plivo,
    ):
        credentials = {"PLIVO_AUTH_ID": plivo.auth_id, "PLIVO_AUTH_TOKEN": plivo.auth_token}
        for fence in [fence for fence in CURLED if fence.page == page]:
            for shown in re.split(r"^\$ ", fence.text, flags=re.MULTILINE)[1:]:
                line, _, expected = shown.partition("\n")
                line = line.replace("localhost:8808", plivo.url.removeprefix("http://"))
                for name, value in credentials.items():
                    line = line.replace(f"${name}", value)
                words = shlex.split(line)
                done = subprocess.run(words, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False)  # noqa: S603
                streams = fence.note == "curl: 1"
                assert done.returncode == (28 if streams else 0), (line, done.stdout, done.stderr)
                if streams:
                    assert done.stdout.splitlines()[0] == expected.strip()
                elif expected:
                    assert _is_in(json.loads(expected), json.loads(done.stdout)), (line, done.stdout)


def _is_in(shown: Any, found: Any) -> bool:
    """Whether what is shown is part of what was found."""
    if shown == "…":
        return True
    if isinstance(shown, dict):
        return isinstance(found, dict) and all(key in found and _is_in(shown[key], found[key]) for key in shown)
    if isinstance(shown, list):
        return len(shown) <= len(found) and all(map(_is_in, shown, found))
    return bool(shown == found)


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith(BENCHMARK)])
def test_the_benchmark_takes_the_options_that_are_shown(line: str) -> None:
    """Its command line can be read; `tests/test_benchmarks.py` runs it."""
    arguments(shlex.split(line.removeprefix(BENCHMARK)))


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith(TRUTH)])
def test_the_truth_takes_the_options_that_are_shown(line: str) -> None:
    """Its command line can be read; `tests/truth` runs a share of it."""
    truth.arguments(shlex.split(line.removeprefix(TRUTH)))


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith(ENGINES)])
def test_the_bars_of_engines_take_the_options_that_are_shown(line: str) -> None:
    """Its command line can be read; `tests/engines/test_bars.py` runs a share of it."""
    engines.arguments(shlex.split(line.removeprefix(ENGINES)))


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith(EXAMPLE)])
def test_the_example_exists(line: str) -> None:
    """`tests/examples` runs it."""
    assert (ROOT / shlex.split(line)[1]).exists()


def test_other_commands_are_known() -> None:
    """The pages show no command that nothing checks."""
    tools = ("curl ", "python3 -m venv ", ".ci/run", BENCHMARK, TRUTH, QUICK, EXAMPLE, SITE, RELEASE, HTTPX2)
    known = ("plivo-async ", ".venv/bin/plivo-async ", ENGINES, *tools)
    assert [line for line in COMMANDS if not line.startswith(known)] == []


def test_ci_runs_what_readme_says() -> None:
    """README has two set-up commands, a line each, and `.ci/run` takes its own from there."""
    demo, tests = SET_UP
    assert demo.endswith("&& .venv/bin/plivo-async demo")
    assert tests.endswith("&& .venv/bin/python -m pytest -n auto")
    script = ROOT / ".ci" / "run"
    if not script.exists() or os.name == "nt":
        pytest.skip("no .ci/run here")
    done = _run(["/usr/bin/env", "bash", str(script), "--show"], ROOT)
    assert done.stdout.splitlines() == [tests, demo.rpartition("&& ")[2]]


# ---- Links ----------------------------------------------------------------------------------------------------------


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    outside = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", outside, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Links within the project name files and headings that exist, and so do files named in tables."""
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        name, _, anchor = target.partition("#")
        other = (page.parent / name).resolve() if name else page
        assert other.exists(), f"{page.name}: {target}"
        assert not anchor or anchor in _anchors(other), f"{page.name}: {target}"
    for name in re.findall(r"`(tests/[\w/]+\.py)`", text):
        assert (ROOT / name).exists(), f"{page.name}: {name}"
