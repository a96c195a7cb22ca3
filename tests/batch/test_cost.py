"""What an activation costs in a batch: counted in calls of functions, which no busy machine changes."""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import plivo_async
from plivo_async.emulator import Emulator, Limit

from ..support import in_memory

HOUSE = str(Path(plivo_async.__file__).parent)
EMULATOR = str(Path(HOUSE) / "emulator")


class Calls:
    """Counts the calls of the client's own functions while it is entered."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> "Calls":
        """Count from here."""
        sys.setprofile(self._note)
        return self

    def __exit__(self, *error: object) -> None:
        """No more."""
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            where = frame.f_code.co_filename
            self.count += where.startswith(HOUSE) and not where.startswith(EMULATOR)


async def calls_each(count: int) -> float:
    """How many calls each of so many activations takes, in one batch, at the pace of Plivo's limit."""
    async with Emulator(limit=Limit(300, per=5.0), port=None) as plivo, in_memory(plivo) as client:
        names = [f"room {number}" for number in range(count)]
        for name in names:
            plivo.add_conference(name)
        with Calls() as calls:
            report = await client.mpc.start(names)
        assert report.succeeded
        assert plivo.counts().told_429 == 0
    return calls.count / count


@pytest.mark.anyio
async def test_one_of_three_hundred_costs_no_more_than_one_of_ten() -> None:
    """No step of the client is taken once for each of the others."""
    few, many = await calls_each(10), await calls_each(300)
    assert many <= few


@pytest.mark.anyio
@pytest.mark.long
async def test_one_of_five_thousand_costs_no_more_than_one_of_ten(anyio_backend_name: str) -> None:
    """As many as README says; on trio, where counting takes two minutes for so many, a fifth of them."""
    few, many = await calls_each(10), await calls_each(5_000 if anyio_backend_name == "asyncio" else 1_000)
    assert many <= few
