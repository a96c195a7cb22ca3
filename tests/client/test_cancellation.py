"""Cancelled at any await: nothing is left behind, and every outcome that was told is true."""

from collections.abc import Awaitable, Callable

import anyio
import anyio.lowlevel
import pytest

from plivo_async import Activation, ActivationOutcome, AsyncClient, RateLimit, RetryPolicy
from plivo_async.emulator import Emulator, Faults

from ..support import contradictions, ends_within, in_memory, network_of

pytestmark = pytest.mark.anyio

NAMES = ["a", "b", "none", "a", "active", "lost"]
Act = Callable[[AsyncClient, list[Activation]], Awaitable[object]]


async def start_many(client: AsyncClient, told: list[Activation]) -> None:
    """Activate many."""
    await client.mpc.start(NAMES, on_outcome=told.append)


async def start_each(client: AsyncClient, told: list[Activation]) -> None:
    """Activate many, as they finish."""
    async with client.mpc.start_each(NAMES, on_outcome=told.append) as activations:
        async for _ in activations:
            await anyio.lowlevel.checkpoint()


async def start_one(client: AsyncClient, told: list[Activation]) -> None:
    """Activate one whose first answer is lost."""
    await client.mpc.start("lost")


async def request(client: AsyncClient, told: list[Activation]) -> None:
    """Use any other endpoint."""
    await client.request("GET", "MultiPartyCall/", params={"limit": 1})


def populate(plivo: Emulator) -> None:
    """Conferences for all outcomes."""
    for name in ("a", "b", "lost"):
        plivo.add_conference(name)
    plivo.add_conference("active", status="active")
    plivo.script("activate", "lost", nth=1, fault="lost-response")


async def cancelled_after(steps: int, act: Act, *, limit: RateLimit | None = None) -> tuple[bool, list[str]]:
    """Run `act`, cancel it after so many turns of the event loop; whether it had finished, and what is wrong."""
    told: list[Activation] = []
    wrong: list[str] = []
    async with Emulator(port=None, limit=None) as plivo:
        populate(plivo)
        tasks = len(anyio.get_running_tasks())
        async with in_memory(plivo, rate_limit=limit, retry=RetryPolicy(base_delay=0)) as client:
            finished = await ends_within(steps, lambda: act(client, told))
            statistics = client.statistics()
            if statistics.requests or statistics.waiting_for_connection or statistics.waiting_for_permit:
                wrong.append(f"left behind: {statistics}")
            if statistics.permits_in_flight:
                wrong.append(f"permits held: {statistics}")
            wrong += contradictions(plivo, told)
            if act in {start_many, start_each} and len({activation.position for activation in told}) != len(told):
                wrong.append("an outcome was told twice")
            if act is start_many and told and len(told) != len(NAMES):
                wrong.append(f"{len(told)} outcomes for {len(NAMES)} names")
            again = await client.mpc.start(["a", "b", "lost"])
            if not again.succeeded:
                wrong.append(f"the client is broken: {again}")
        await anyio.wait_all_tasks_blocked()
        if plivo.connections:
            wrong.append(f"{plivo.connections} connections left open")
        if len(anyio.get_running_tasks()) != tasks:
            wrong.append(f"tasks left: {anyio.get_running_tasks()}")
    return finished, wrong


@pytest.mark.parametrize("act", [start_one, start_many, start_each, request], ids=lambda act: act.__name__)
# Unlimited and without backoff every await is reached; the limit's waits for time are cut in the test below as well.
@pytest.mark.long
@pytest.mark.parametrize("limit", [None, RateLimit(2, per=1.0)], ids=["unlimited", "limited"])
async def test_cancelling_at_every_await_leaves_nothing_behind(act: Act, limit: RateLimit | None) -> None:
    """Cancelled at each turn of the event loop: connections, permits and tasks balance, and no outcome is false."""
    finished = False
    for steps in range(400 if limit is None else 120):
        finished, wrong = await cancelled_after(steps, act, limit=limit)
        assert wrong == [], f"after {steps} steps"
        if finished:
            break
    assert finished or limit is not None


@pytest.mark.parametrize("seed", range(6))
async def test_cancelling_in_the_middle_of_faults_and_waits(seed: int) -> None:
    """With latencies, backoff and pacing under way, at many instants: each name ends in exactly one true outcome."""
    shares = {"lost-response": 0.1, "503": 0.1, "reset-after": 0.1, "late": 0.05, "429": 0.05, "half": 0.05}
    faults = Faults(shares, late_by=3)
    async with Emulator(port=None, limit=None, faults=faults, latency=(0.01, 0.2), seed=seed) as plivo:
        names = [f"room {number}" for number in range(300)]
        for name in names:
            plivo.add_conference(name)
        async with in_memory(plivo, seed=seed, rate_limit=RateLimit(60, per=1.0)) as client:
            told: list[Activation] = []
            with anyio.move_on_after(0.3 + seed * 0.7):
                await client.mpc.start(names, on_outcome=told.append)
            assert sorted(activation.position for activation in told) == list(range(300))
            assert contradictions(plivo, told) == []
            statistics = client.statistics()
            assert (statistics.requests, statistics.permits_in_flight, statistics.waiting_for_permit) == (0, 0, 0)
            asked = {request.name for request in plivo.requests}
            untouched = [one for one in told if one.outcome is ActivationOutcome.NOT_ATTEMPTED]
            assert untouched
            assert not asked & {activation.name for activation in untouched}
        await anyio.wait_all_tasks_blocked()


async def test_cancelled_while_connecting_nothing_was_sent() -> None:
    """Before a connection is there nothing can have been applied: the outcome is not `unknown`."""
    async with Emulator(port=None) as plivo:
        network_of(plivo).connect_delay = 5
        async with in_memory(plivo) as client:
            told: list[Activation] = []
            with anyio.move_on_after(1):
                await client.mpc.start(["a", "b"], on_outcome=told.append)
            assert [activation.outcome for activation in told] == ["not_attempted"] * 2
            assert client.statistics().permits_in_flight == 0
        assert plivo.requests == []
