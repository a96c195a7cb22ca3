"""What type checkers make of the public API: mypy checks the sample with everything else, pyright here."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import plivo_async

from .reference import SECTIONS

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "typed" / "sample.py"


@pytest.mark.long
@pytest.mark.real_time
@pytest.mark.skipif(importlib.util.find_spec("pyright") is None, reason="pyright is not installed")
def test_pyright_accepts_what_is_right_and_refuses_what_is_wrong() -> None:
    """Strict, with a comment on each call that must be refused; a comment in vain is an error."""
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_sample_uses_everything_that_is_public() -> None:
    """Every public name but errors and outcomes, and every public method of what people call."""
    text = SAMPLE.read_text(encoding="utf-8")
    told = SECTIONS["Client"] + SECTIONS["Multiparty calls"] + SECTIONS["Participants"] + SECTIONS["Lists"]
    told += SECTIONS["Calls"] + SECTIONS["Recordings"] + SECTIONS["The account"]
    assert not {name for name in told if name not in text and name != "BASE_URL"}
    handles = (
        plivo_async.AsyncClient,
        plivo_async.MultiPartyCalls,
        plivo_async.MultiPartyCallHandle,
        plivo_async.MembersHandle,
        plivo_async.ParticipantHandle,
        plivo_async.Calls,
        plivo_async.CallHandle,
        plivo_async.CallOutcomes,
        plivo_async.Recordings,
        plivo_async.AccountResource,
        plivo_async.Applications,
        plivo_async.Numbers,
        plivo_async.Page,
        plivo_async.Pages,
    )
    methods = {name for handle in handles for name in vars(handle) if not name.startswith("_")}
    assert not {name for name in methods if f".{name}" not in text}


@pytest.mark.long
@pytest.mark.real_time
@pytest.mark.skipif(importlib.util.find_spec("pyright") is None, reason="pyright is not installed")
def test_the_types_of_all_that_is_public_are_known() -> None:
    """What a strict type checker of a user's sees: at least 98 % of the names, and every public one."""
    check = ("--verifytypes", "plivo_async", "--ignoreexternal", "--outputjson")
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, *check],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT / "tests",  # where no pyproject.toml of ours is in the way
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)["typeCompleteness"]
    unknown = [one["name"] for one in found["symbols"] if one["isExported"] and not one["isTypeKnown"]]
    assert found["completenessScore"] >= 0.98, unknown
    assert not [name for name in unknown if name.count(".") == 1]
