"""A release agrees with itself, and the workflows run what runs at home."""

import json
from pathlib import Path

import pytest

from . import release

WORKFLOWS = release.ROOT / ".github" / "workflows"
BILL = json.dumps({"metadata": {"component": {"version": "1.2.3"}}})
DATED = "# Changelog\n\n## 1.2.3 (2026-11-26)\n\n## 1.2.2 (2026-10-01)\n"


@pytest.mark.parametrize(
    ("changelog", "bill", "tag", "said"),
    [
        (DATED, BILL, "v1.2.3", []),
        (DATED, BILL, None, []),
        (DATED.replace("2026-11-26", "unreleased"), BILL, None, []),
        (DATED.replace("2026-11-26", "unreleased"), BILL, "v1.2.3", ["write the day"]),
        (DATED.replace("1.2.3", "1.3.0"), BILL, "v1.2.3", ["the changelog begins with 1.3.0"]),
        ("nothing", BILL, None, ["the changelog begins with None"]),
        (DATED, BILL, "1.2.3", ["it must be v1.2.3"]),
        (DATED, BILL.replace("1.2.3", "1.2.2"), "v1.2.2", ["it must be v1.2.3", "the bill of materials is of 1.2.2"]),
    ],
)
def test_what_does_not_agree_is_said(changelog: str, bill: str, tag: str | None, said: list[str]) -> None:
    """Version, tag, changelog and bill of materials."""
    wrong = release.disagreements("1.2.3", changelog, bill, tag)
    assert len(wrong) == len(said)
    assert all(words in sentence for words, sentence in zip(said, wrong, strict=True))


def test_workflows_run_what_runs_at_home() -> None:
    """There is no second list of checks."""
    if not WORKFLOWS.exists():
        pytest.skip("an sdist has no workflows")
    for name in ("ci.yml", "release.yml"):
        assert "- run: .ci/run\n" in Path(WORKFLOWS / name).read_text(encoding="utf-8")
