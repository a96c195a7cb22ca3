"""A share of `python -m tests.engines`: what a batch on many machines has to hold, with real processes.

How soon others go on is for that command: a test would race the machine that it runs on.
"""

from pathlib import Path

import pytest

from .bars import cancel, kill, wrong_token
from .on_procrastinate import on_procrastinate
from .on_temporal import on_temporal

pytestmark = [pytest.mark.real_time, pytest.mark.long]


def test_a_worker_on_procrastinate_is_killed(tmp_path: Path) -> None:
    """Every outcome is true, nothing is refused, others go on."""
    with on_procrastinate() as engine:
        found = kill(engine, 1, tmp_path, size=1_500)
    assert found.broken == []


def test_a_batch_on_procrastinate_is_cancelled(tmp_path: Path) -> None:
    """It ends, and what was on the wire is known."""
    with on_procrastinate() as engine:
        found = cancel(engine, 1, tmp_path, size=1_500)
    assert found.broken == []


def test_a_worker_on_procrastinate_has_a_wrong_token(tmp_path: Path) -> None:
    """The others do all of it."""
    with on_procrastinate() as engine:
        found = wrong_token(engine, 1, tmp_path, size=600, shard=50)
    assert found.broken == []


def test_a_worker_on_temporal_is_killed(tmp_path: Path) -> None:
    """Every outcome is true, nothing is refused, others go on."""
    with on_temporal() as engine:
        found = kill(engine, 1, tmp_path, size=1_500)
    assert found.broken == []


def test_a_batch_on_temporal_is_cancelled(tmp_path: Path) -> None:
    """It ends, and what was on the wire is known."""
    with on_temporal() as engine:
        found = cancel(engine, 1, tmp_path, size=1_500)
    assert found.broken == []


def test_a_worker_on_temporal_has_a_wrong_token(tmp_path: Path) -> None:
    """The others do all of it."""
    with on_temporal() as engine:
        found = wrong_token(engine, 1, tmp_path, size=600, shard=50)
    assert found.broken == []
