"""The account's limit: used to the full, never passed, shared by everybody."""

import random
from typing import Literal

import anyio
import pytest

from plivo_async import ActivationOutcome, RateLimit
from plivo_async.emulator import Emulator, Faults, Limit

from ..support import contradictions, in_memory, waiting

pytestmark = pytest.mark.anyio

Kind = Literal["sliding", "fixed", "bucket"]
WINDOWS: list[Kind] = ["sliding", "fixed", "bucket"]
AWAY = (0.02, 0.05)  # seconds there and back
TROUBLE = [
    ("sliding", 0),
    *(
        pytest.param(window, seed, marks=pytest.mark.long)
        for window in WINDOWS
        for seed in range(3)
        if (window, seed) != ("sliding", 0)
    ),
]
RUNS = [
    pytest.param("sliding", 600, id="sliding-600"),
    *(
        pytest.param(window, 600, id=f"{window}-600", marks=pytest.mark.long)
        for window in WINDOWS
        if window != "sliding"
    ),
    pytest.param("sliding", 6_000, id="sliding-6000", marks=pytest.mark.long),
]


async def burst() -> float:
    """Seconds that one window's worth takes where no limit holds it back: the same connections, the same network."""
    async with Emulator(port=None, limit=None, latency=AWAY) as plivo:
        names = waiting(plivo, 300)
        async with in_memory(plivo, rate_limit=None) as client:
            return (await client.mpc.start(names)).elapsed


@pytest.mark.parametrize(("window", "count"), RUNS)
async def test_a_batch_runs_at_99_percent_of_the_optimum_without_a_429(window: Kind, count: int) -> None:
    """300 per 5 s, 10 to 25 ms away each way, 64 connections.

    The optimum: of n windows, n - 1 have to pass in full, and after them the last one's worth goes out as fast as it
    can.
    """
    async with Emulator(port=None, limit=Limit(window=window), latency=AWAY) as plivo:
        names = waiting(plivo, count)
        async with in_memory(plivo) as client:
            report = await client.mpc.start(names)
        assert report.counts[ActivationOutcome.ACTIVATED] == count
        assert plivo.counts().told_429 == 0
        assert plivo.most_connections == 64
    optimum = (count / 300 - 1) * 5.0 + await burst()
    assert report.elapsed >= optimum - 0.05
    assert report.elapsed <= optimum / 0.99


@pytest.mark.parametrize(("window", "seed"), TROUBLE)
async def test_the_limit_holds_for_several_clients_under_cancellations(window: Kind, seed: int) -> None:
    """Two clients of one account and a copy, attempts that are cut off anywhere and some never answered: no 429."""
    chance = random.Random(seed)
    faults = Faults({"lost-response": 0.05, "reset-after": 0.05, "late": 0.05}, late_by=20)
    limit = Limit(40, per=2.0, window=window, count_rejected=True)
    async with Emulator(port=None, limit=limit, faults=faults, latency=(0.0, 0.6), seed=seed) as plivo:
        names = waiting(plivo, 200)
        ours = {"rate_limit": RateLimit(40, per=2.0), "timeout": 3.0}
        async with in_memory(plivo, seed=seed, **ours) as first, in_memory(plivo, seed=seed + 9, **ours) as second:
            clients = [first, second, first.with_options(timeout=1.0)]

            async def start(name: str, delay: float, patience: float) -> None:
                await anyio.sleep(delay)
                with anyio.move_on_after(patience):
                    await chance.choice(clients).mpc.start([name])

            async with anyio.create_task_group() as group:
                for name in names:
                    group.start_soon(start, name, chance.random() * 10, chance.expovariate(0.2))
            assert first.statistics().permits_in_flight == 0
        assert plivo.counts().told_429 == 0
        assert plivo.counts().applied > 50


@pytest.mark.parametrize(("window", "seed"), TROUBLE)
async def test_the_limit_holds_whatever_the_network_does(window: Kind, seed: int) -> None:
    """Answers lost, late or reset, connections broken: still no request is over the limit."""
    chance = random.Random(seed)
    shares = {"lost-response": 0.05, "reset-after": 0.05, "reset-before": 0.03, "500": 0.05, "late": 0.03, "half": 0.05}
    limit = Limit(50, per=2.0, window=window, count_rejected=chance.random() < 0.5)
    async with Emulator(
        port=None, limit=limit, faults=Faults(shares, late_by=7), latency=(0.0, 0.5), seed=seed
    ) as plivo:
        names = waiting(plivo, 200)
        async with in_memory(plivo, seed=seed, rate_limit=RateLimit(50, per=2.0), timeout=5.0) as client:
            report = await client.mpc.start(names)
        assert plivo.counts().told_429 == 0
        assert contradictions(plivo, report) == []


async def test_clients_of_one_account_share_one_budget() -> None:
    """Two clients, a copy with other options, batches and single requests: together at the limit, not above it.

    With single requests about the batches go out evenly, so that the last window is used to its end.
    """
    async with Emulator(port=None, limit=Limit(30, per=1.0), latency=0.02) as plivo:
        names = waiting(plivo, 200)
        limit = RateLimit(30, per=1.0)
        async with (
            in_memory(plivo, rate_limit=limit) as first,
            in_memory(plivo, rate_limit=limit) as second,
            anyio.create_task_group() as group,
        ):
            began = anyio.current_time()
            group.start_soon(first.mpc.start, names[:80])
            group.start_soon(second.mpc.start, names[80:160])
            group.start_soon(first.with_options(timeout=3).mpc.start, names[160:190])
            for name in names[190:]:
                group.start_soon(second.mpc.start, name)
        assert plivo.counts().told_429 == 0
        assert plivo.counts().applied == 200
        assert 6 <= anyio.current_time() - began <= 7


async def test_a_429_is_answered_by_all_not_by_each() -> None:
    """Others have used the window up: what was under way is refused, then single requests ask, then all goes on."""
    async with Emulator(port=None, limit=Limit(window="fixed"), latency=0.02) as plivo:
        names = waiting(plivo, 200)
        async with in_memory(plivo, rate_limit=None) as others:
            await others.mpc.start([f"theirs {number}" for number in range(150)])
        before = len(plivo.requests)
        async with in_memory(plivo) as client:
            report = await client.mpc.start(names)
        assert report.succeeded
        refused = [request for request in plivo.requests[before:] if request.told == 429]
        assert len(refused) <= 64 + 8
        assert (
            report.elapsed <= 32
        )  # nothing of ours was admitted at all: it begins with one, and is full again in 30 s


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_a_retry_after_holds_everybody(form: str) -> None:
    """Within the time that one 429 asked for nothing is sent by anyone."""
    limit = Limit(10, per=5.0, window="fixed", retry_after="seconds" if form == "seconds" else "date")
    async with Emulator(port=None, limit=limit, latency=0.01) as plivo:
        names = waiting(plivo, 60)
        async with in_memory(plivo, rate_limit=RateLimit(40, per=5.0)) as client:
            report = await client.mpc.start(names)
        assert report.succeeded
        refused_at = [request.at for request in plivo.requests if request.told == 429]
        asked = [request.at for request in plivo.requests]
        assert min(at for at in asked if at >= refused_at[0] + 0.05) >= refused_at[0] + 4
        assert len(refused_at) <= 64 + 20


async def test_interactive_operations_go_ahead_of_a_batch() -> None:
    """While a batch waits for permits, a single start gets the next one."""
    async with Emulator(port=None, limit=Limit(20, per=1.0), latency=0.01) as plivo:
        names = waiting(plivo, 400)
        plivo.add_conference("now")
        limit = RateLimit(20, per=1.0)
        async with in_memory(plivo, rate_limit=limit) as client, anyio.create_task_group() as group:
            group.start_soon(client.mpc.start, names)
            await anyio.sleep(3.5)
            began = anyio.current_time()
            await client.mpc.start("now")
            assert anyio.current_time() - began <= 0.6
            group.cancel_scope.cancel()


async def test_a_stream_of_interactive_operations_does_not_starve_a_batch() -> None:
    """One turn in ten goes to the batch."""
    async with Emulator(port=None, limit=Limit(20, per=1.0), latency=0.01) as plivo:
        names = waiting(plivo, 100)
        limit = RateLimit(20, per=1.0)
        async with in_memory(plivo, rate_limit=limit) as client, anyio.create_task_group() as group:

            async def insist() -> None:
                while True:
                    await client.request("GET", "MultiPartyCall/")

            for _ in range(30):
                group.start_soon(insist)
            await anyio.sleep(2)
            report = await client.mpc.start(names[:20])
            assert report.succeeded
            assert report.elapsed <= 12
            group.cancel_scope.cancel()


async def test_permits_outlive_the_client() -> None:
    """A client made after another one was closed waits for the permits that the server still counts."""
    async with Emulator(port=None, limit=Limit(10, per=5.0), latency=0.01) as plivo:
        names = waiting(plivo, 20)
        limit = RateLimit(10, per=5.0)
        began = anyio.current_time()
        for part in (names[:10], names[10:]):
            async with in_memory(plivo, rate_limit=limit) as client:
                assert (await client.mpc.start(part)).succeeded
        assert plivo.counts().told_429 == 0
        assert anyio.current_time() - began >= 5


async def test_without_a_limit_nothing_waits() -> None:
    """`rate_limit=None` sends as fast as the lanes go."""
    async with Emulator(port=None, limit=None, latency=0.1) as plivo:
        names = waiting(plivo, 320)
        async with in_memory(plivo, rate_limit=None) as client:
            report = await client.mpc.start(names)
        assert report.elapsed == pytest.approx(0.5, abs=0.001)
        assert plivo.most_connections == 64
