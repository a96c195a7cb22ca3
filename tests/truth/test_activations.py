"""No outcome may contradict the truth: randomised faults, compared item by item with the emulator's own books."""

import random

import anyio
import pytest

from plivo_async import Activation, ActivationOutcome, RetryPolicy
from plivo_async.emulator import Emulator, Faults, Limit
from plivo_async.policy import Confirm

from ..support import contradictions, in_memory

pytestmark = pytest.mark.long

RUNS = 6
SIZE = 1_000  # 6 runs of 1,020 on each of two backends

CONFIRMS: list[Confirm] = ["always", "always", "ambiguous", "never"]

SHARES = {
    "lost-response": 0.05,
    "reset-before": 0.03,
    "reset-after": 0.04,
    "500": 0.02,
    "502": 0.02,
    "503": 0.02,
    "500-applied": 0.02,
    "502-applied": 0.02,
    "503-applied": 0.02,
    "429": 0.01,
    "late": 0.01,
    "half": 0.02,
    "slow-drip": 0.01,
    "not-json": 0.02,
    "idle-close": 0.05,
}


def populate(plivo: Emulator, size: int, chance: random.Random) -> list[str]:
    """Conferences in every state that a batch can meet, and names of none."""
    names = []
    for number in range(size):
        name = chance.choice(["room {}", "a/b {}", "Östermalm {}", "e%41 {}", "../Call {}", "🛎 {}"]).format(number)
        state = chance.choices(["initialized", "active", "ended", None], [80, 8, 4, 8])[0]
        if state is not None:
            plivo.add_conference(name, status=state)
        names.append(name)
    names += chance.choices(names, k=size // 50)
    chance.shuffle(names)
    return names


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(RUNS))
async def test_no_outcome_contradicts_the_truth(seed: int) -> None:
    """Under every fault at once, each outcome is what really happened, or says that it isn't known."""
    chance = random.Random(seed)
    limit = Limit(
        300,
        per=5.0,
        window=chance.choice(["sliding", "fixed", "bucket"]),
        count_rejected=chance.random() < 0.5,
        retry_after=chance.choice([None, "seconds", "date"]),
    )
    factor = chance.choice([0.5, 1.0, 2.0])
    faults = Faults({name: share * factor for name, share in SHARES.items()}, late_by=8.0, drip_interval=0.2)
    async with Emulator(port=None, limit=limit, faults=faults, latency=(0.01, 0.08), seed=seed) as plivo:
        names = populate(plivo, SIZE, chance)
        await anyio.sleep(10)  # whole seconds are all that tells those that were active before from those we activated
        told: list[Activation] = []
        async with in_memory(plivo, seed=seed, timeout=chance.choice([1.0, 5.0, 10.0])) as client:
            confirm: Confirm = chance.choice(CONFIRMS)
            report = await client.mpc.start(names, confirm=confirm, on_outcome=told.append)
            statistics = client.statistics()
        assert [activation.name for activation in report] == names
        assert sorted(told, key=lambda activation: activation.position) == list(report)
        assert contradictions(plivo, report) == []
        assert (statistics.requests, statistics.permits_in_flight, statistics.waiting_for_permit) == (0, 0, 0)
        if confirm == "always" and factor <= 1:
            assert report.counts[ActivationOutcome.UNKNOWN] < SIZE * 0.02


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
