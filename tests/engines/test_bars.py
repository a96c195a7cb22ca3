"""A share of `python -m tests.engines`: what a batch on many machines has to hold, with real processes.

How soon others go on is for that command: a test would race the machine that it runs on.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from .bars import Engine, asleep, cancel, kill, kill_and_cancel, wrong_token
from .on_procrastinate import on_procrastinate
from .on_temporal import on_temporal
from .walk import walk

pytestmark = [
    pytest.mark.real_time,
    pytest.mark.long,
    pytest.mark.parametrize("running", [on_procrastinate, on_temporal], ids=lambda running: running.__name__),
]
Running = Callable[[], AbstractContextManager[Engine]]


def test_a_worker_is_killed(running: Running, tmp_path: Path) -> None:
    """Every outcome is true, nothing is refused, others go on."""
    with running() as engine:
        assert kill(engine, 1, tmp_path, size=1_500).broken == []


def test_a_batch_is_cancelled(running: Running, tmp_path: Path) -> None:
    """It ends, and what was in flight is known."""
    with running() as engine:
        assert cancel(engine, 1, tmp_path, size=1_500).broken == []


def test_a_worker_is_killed_and_all_is_cancelled(running: Running, tmp_path: Path) -> None:
    """What that one has sent is told as sent, or as what may have been."""
    with running() as engine:
        assert kill_and_cancel(engine, 1, tmp_path, size=1_500).broken == []


def test_whatever_happens(running: Running, tmp_path: Path) -> None:
    """What is told is so, nothing is done twice, and it ends."""
    with running() as engine:
        assert walk(engine, 1, tmp_path, size=600).broken == []


def test_a_worker_was_asleep(running: Running, tmp_path: Path) -> None:
    """When it wakes up it starts nothing under names that are others' by then."""
    with running() as engine:
        assert asleep(engine, 1, tmp_path, size=900).broken == []


def test_a_worker_has_a_wrong_token(running: Running, tmp_path: Path) -> None:
    """The others do all of it."""
    with running() as engine:
        assert wrong_token(engine, 1, tmp_path, size=600, shard=50).broken == []
