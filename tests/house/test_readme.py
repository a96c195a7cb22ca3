"""What README says beside its examples, sentence by sentence, where no other test would fail."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest

from plivo_async import ActivationOutcome, __version__
from plivo_async.emulator import Limit, Settings

from ..support import PATIENCE

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {path.name: path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def section(title: str) -> str:
    """What stands under a heading of README."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The rows of a table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_each_promise_names_tests_that_exist() -> None:
    """Each row of the table has at least one, with a test in it."""
    for promise, held in rows(section("What it promises")):
        files = re.findall(r"`(tests/[\w/]+\.py)`", held)
        assert files, promise
        for name in files:
            assert "test_" in (ROOT / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("page", PAGES)
def test_what_pages_name_in_the_house_exists(page: str) -> None:
    """Test files, and modules that `python -m` runs."""
    missing = [name for name in re.findall(r"`(tests/[\w/]+\.py)`", PAGES[page]) if not (ROOT / name).exists()]
    modules = re.findall(r"python -m (tests(?:\.\w+)+)", PAGES[page])
    assert missing + [name for name in modules if importlib.util.find_spec(name) is None] == []


def test_the_outcomes_are_seven_and_the_first_two_are_success() -> None:
    """The table has each of them, in the order of the code."""
    named = [row[0].strip("`") for row in rows(section("Seven outcomes"))]
    assert named == [str(outcome) for outcome in ActivationOutcome]
    assert len(named) == 7
    assert [name for name in named if ActivationOutcome(name).succeeded] == named[:2]


def test_version_python_and_what_lies_underneath_are_those_of_the_package() -> None:
    """As `pyproject.toml` has them."""
    lowest = PROJECT["requires-python"].removeprefix(">=")
    assert section("Status").startswith(f"\n{__version__}, not released")
    assert f"Python {lowest} or newer" in section("Status")
    assert f"You need Python {lowest} or newer" in section("Try it")
    assert {"httpx", "anyio"} <= {re.split(r"\W", line)[0] for line in PROJECT["dependencies"]}


def test_the_figures_are_those_of_the_page_that_says_how_they_were_measured() -> None:
    """README's four rows of what is said to have failed, number by number."""
    names = {
        "plivo, the official SDK, 10 threads": "plivo, 10 threads",
        "httpx with httpx-retries": "httpx-retries, limits to match",
    }
    names |= {"aiohttp with aiolimiter and stamina": "gather, aiolimiter and stamina", "plivo-async": "ours, batch"}
    measured = {
        row[0]: row[1:]
        for row in rows(PAGES["performance.md"].partition("**1,500 conferences that wait")[2].partition("\n\n**")[0])
    }
    told = rows(README.partition("## Try it")[0])
    assert [row[0] for row in told] == list(names)
    for name, *figures in told:
        assert [figure.strip("*") for figure in figures] == measured[names[name]]


def _needed(name: str, seen: set[str]) -> Iterator[str]:
    """A distribution, and what it needs without extras."""
    if name not in seen:
        seen.add(name)
        yield name
        try:
            lines = requires(name) or ()
        except PackageNotFoundError:  # it is for another version of Python
            return
        for line in lines:
            if "extra ==" not in line:
                yield from _needed(re.split(r"[^\w.-]", line)[0].lower(), seen)


def test_the_emulator_needs_nothing_that_the_package_does_not_bring() -> None:
    """Neither an extra nor what this machine happens to have: it runs, with its page, in an interpreter of its own."""
    program = """
import json, sys
from importlib.metadata import packages_distributions

brought = set(json.loads(sys.argv[1]))
missing = {top for top, of in packages_distributions().items() if not {one.lower() for one in of} & brought}

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, NotInstalled())
import anyio
from plivo_async import AsyncClient
from plivo_async.emulator import Emulator

async def main():
    async with Emulator(console=True) as plivo:
        plivo.add_conference("x")
        async with AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url) as client:
            await client.mpc.start("x")

anyio.run(main)
try:
    import rich
except ModuleNotFoundError:
    print("done")
"""
    brought = {"plivo-async", "plivo_async"}
    for line in PROJECT["dependencies"]:
        brought |= set(_needed(re.split(r"[^\w.-]", line)[0].lower(), set()))
    told = json.dumps([*brought, *(name.replace("-", "_") for name in brought)])
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program, told], capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False
    )
    assert (done.stdout, done.stderr) == ("done\n", "")


def test_what_nobody_has_verified_is_played_both_ways() -> None:
    """Each thing that is open has its setting in the emulator: what the pages call open can be tried."""
    assert {Limit(window=window).window for window in ("sliding", "fixed", "bucket")} == {"sliding", "fixed", "bucket"}
    assert {"count_rejected", "retry_after"} <= {field.name for field in fields(Limit)}
    settings = {field.name for field in fields(Settings)}
    assert {"encoded_slash", "error_body", "record_after"} <= settings
