"""Killed with -9 and run again: no outcome is wrong, nobody else's conference is started, nothing is sent in vain."""

from pathlib import Path

import pytest

pytest.importorskip("typer")

from .crash import crash

pytestmark = [pytest.mark.real_time, pytest.mark.long]


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_batch_goes_on(seed: int, tmp_path: Path) -> None:
    """A share of `python -m tests.truth.crash`."""
    wrong = crash(seed, 150, tmp_path)
    assert wrong.pop("requests") <= 150 * 1.3
    assert not {what: count for what, count in wrong.items() if count}
