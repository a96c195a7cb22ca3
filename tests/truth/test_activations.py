"""No outcome may contradict the truth: randomised faults, compared item by item with the emulator's own books."""

import random

import anyio
import pytest

from plivo_async import RetryPolicy
from plivo_async.emulator import Emulator, Faults

from ..support import contradictions, in_memory
from .activations import SHARES, activate, populate

pytestmark = pytest.mark.long

RUNS = 6
SIZE = 300  # 6 runs of 306 on each of two backends; `python -m tests.truth` runs as many as one likes


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(RUNS))
async def test_no_outcome_contradicts_the_truth(seed: int) -> None:
    """Under every fault at once, each outcome is what really happened, or says that it isn't known."""
    found = await activate(seed, SIZE)
    assert found.contradictions == []
    assert found.said["not_attempted"] == 0
    assert found.said["activated"] > SIZE / 2
    assert found.said["unknown"] < SIZE / 6  # up to four requests in five go wrong


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(4))
async def test_no_outcome_contradicts_the_truth_while_others_interfere(seed: int) -> None:
    """Others activate, end and create conferences meanwhile; what can still be said is true."""
    chance = random.Random(seed)
    faults = Faults(SHARES, late_by=8.0, drip_interval=0.2)
    async with Emulator(port=None, limit=None, faults=faults, latency=(0.01, 0.3), seed=seed) as plivo:
        names = populate(plivo, 300, chance)
        await anyio.sleep(10)  # as above
        meddled = set()

        async def meddle() -> None:
            while True:
                await anyio.sleep(chance.random() * 0.05)
                name = chance.choice(names)
                meddled.add(name)
                status = plivo.conferences[name].status if name in plivo.conferences else "none"
                if status == "Initialized" and chance.random() < 0.5:
                    plivo.activate_conference(name)
                elif status in {"Initialized", "Active"}:
                    plivo.end_conference(name)
                else:
                    plivo.add_conference(name)

        async with in_memory(plivo, seed=seed, rate_limit=None) as client, anyio.create_task_group() as group:
            group.start_soon(meddle)
            report = await client.mpc.start(names, wait_for=3.0)
            group.cancel_scope.cancel()
        assert contradictions(plivo, report, others=meddled) == []
        assert len(report) == len(names)


@pytest.mark.anyio
async def test_a_dead_api_is_probed_not_stormed() -> None:
    """While nothing works, requests come one at a time and further apart; when it recovers, everything is activated."""
    async with Emulator(port=None, limit=None, latency=0.02) as plivo:
        names = [f"room {number}" for number in range(400)]
        for name in names:
            plivo.add_conference(name)
        plivo.script("activate", None, nth=None, fault="503")
        retry = RetryPolicy(max_attempts=50, budget_reserve=20)
        async with in_memory(plivo, rate_limit=None, retry=retry) as client, anyio.create_task_group() as group:
            report = None

            async def start() -> None:
                nonlocal report
                report = await client.mpc.start(names)

            group.start_soon(start)
            await anyio.sleep(60)
            stormed = len(plivo.requests)
            assert stormed < 20 + 64 * 2 + 60
            plivo._core.script._lines.clear()
        assert report is not None
        assert report.succeeded
        assert contradictions(plivo, report) == []
