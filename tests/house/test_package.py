"""What is in the package beside the code."""

import tomllib
from pathlib import Path

from . import sbom

ROOT = Path(__file__).parents[2]


def test_the_bill_of_materials_is_up_to_date() -> None:
    """After a change of dependencies or of the version: `python -m tests.house.sbom`."""
    assert sbom.FILE.read_text(encoding="utf-8") == sbom.text()


def test_nothing_else_lies_at_the_top() -> None:
    """A stranger sees five names (files that begin with a dot aside)."""
    tracked = {
        path.name for path in ROOT.iterdir() if not path.name.startswith(".") and not path.name.endswith(".egg-info")
    }
    assert tracked - {"dist"} == {"README.md", "docs", "plivo_async", "pyproject.toml", "tests"}


def test_every_supported_python_has_its_classifier() -> None:
    """What is declared and what is said agree: from the lowest version to the newest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lowest = int(project["requires-python"].removeprefix(">=3."))
    told = [line.rpartition(" 3.")[2] for line in project["classifiers"] if ":: 3." in line]
    assert told == [str(minor) for minor in range(lowest, 15)]
