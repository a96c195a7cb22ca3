"""The report in headless Chromium: it renders, and shows the numbers of the JSON.

Skipped where there is no Chromium, but not in CI, whose `.ci/run` installs it.
"""

import re
import subprocess
from pathlib import Path

import pytest

from plivo_async import ActivationReport

from ..browser import CHROMIUM, NEEDS_CHROMIUM, QUIET
from .test_page import RUN

pytestmark = [
    pytest.mark.real_time,
    NEEDS_CHROMIUM,
]


def browse(page: Path, *options: str) -> str:
    """What Chromium prints for a page, with an empty profile."""
    assert CHROMIUM is not None, "CI has to install Chromium"
    profile = f"--user-data-dir={page.parent / 'profile'}"
    command = [CHROMIUM, *QUIET, profile, *options, page.as_uri()]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=True)  # noqa: S603
    return done.stdout


def test_the_page_shows_the_numbers_of_the_json(tmp_path: Path) -> None:
    """Laid out by a browser: headline, each outcome, and a picture of it that isn't blank."""
    report = ActivationReport(RUN, elapsed=13.1)
    page = tmp_path / "report.html"
    page.write_text(report.to_html(), encoding="utf-8")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browse(page, "--dump-dom").partition("</style>")[2]))
    told = report.to_dict()
    assert f"{told['counts']['activated']:,} of {len(told['activations']):,} conferences are live" in text
    for outcome, count in told["counts"].items():
        assert re.search(rf"{outcome.replace('_', ' ')} {count:,} \d+\.\d\d %", text), outcome
    picture = tmp_path / "report.png"
    browse(page, "--window-size=360,800", f"--screenshot={picture}")
    assert picture.stat().st_size > 10_000
