"""Nobody waits behind a batch, at the real size of the window, and what a batch needs for itself goes with it."""

import random

import anyio
import pytest

from plivo_async import AsyncClient, PlivoError, RateLimit, RateLimitError, RetryPolicy
from plivo_async.emulator import Emulator, Limit

from ..support import in_memory

pytestmark = pytest.mark.anyio

AWAY = 0.04  # seconds there and back


async def used_before(client: AsyncClient) -> float:
    """Look at a conference a few times; the seconds that the longest look took."""
    longest = 0.0
    for _ in range(5):
        began = anyio.current_time()
        await client.mpc.get("live")
        longest = max(longest, anyio.current_time() - began)
    return longest


@pytest.mark.parametrize(("size", "most"), [(1, 0.05), (10, 0.15)])
@pytest.mark.long
async def test_visits_beside_a_batch(size: int, most: float) -> None:
    """A look now and then, or ten at once, beside 1,200 activations: none is refused with a deadline of a second.

    The longest is not much longer than without the batch, and the batch is at most a window late.
    """
    chance, waits = random.Random(1), []
    async with Emulator(port=None, limit=Limit(), latency=AWAY) as plivo:
        plivo.add_conference("live", status="active")
        names = [f"room {number}" for number in range(1_200)]
        for name in names:
            plivo.add_conference(name)
        async with in_memory(plivo) as client, anyio.create_task_group() as visits:
            idle = await used_before(client)

            async def visit() -> None:
                began = anyio.current_time()
                await client.mpc.get("live", deadline=1)
                waits.append(anyio.current_time() - began)

            async def come() -> None:
                while True:
                    await anyio.sleep(chance.uniform(0.2, 0.6) * size)
                    for _ in range(size):
                        visits.start_soon(visit)

            visits.start_soon(come)
            report = await client.mpc.start(names)
            visits.cancel_scope.cancel()
        assert report.succeeded
        assert plivo.counts().told_429 == 0
        assert len(waits) > 40
        assert max(waits) <= idle + most
        whole_windows = (1_200 + 5 + len(waits)) // 300
        assert report.elapsed <= (whole_windows + 1) * 5.0 + 0.5


async def test_a_list_does_not_slow_the_batch_that_it_feeds() -> None:
    """Listed before, or while it runs: the batch bursts as if it were alone."""
    async with Emulator(port=None, limit=Limit(300, per=5.0), latency=AWAY) as plivo:
        for number in range(280):
            plivo.add_conference(f"room {number}")
        async with in_memory(plivo) as client:
            listed = client.mpc.list(status="initialized", limit=20)
            names = [call.friendly_name async for call in listed if call.friendly_name][:140]
            assert (await client.mpc.start(names)).elapsed < 1
            await anyio.sleep(6)
            rest = (call.friendly_name async for call in listed if call.friendly_name)
            async with client.mpc.start_each(rest) as activations:
                began = anyio.current_time()
                started = [activation async for activation in activations]
            assert len(started) >= 70
            assert anyio.current_time() - began < 2


async def test_jobs_of_ones_own_go_with_the_batches() -> None:
    """`with_options(priority="batch")`: they wait for what is interactive, and slow no batch."""
    async with Emulator(port=None, limit=Limit(20, per=5.0), latency=AWAY) as plivo:
        plivo.add_conference("live", status="active")
        async with in_memory(plivo, rate_limit=RateLimit(20, per=5.0, reserve=5)) as client:
            job = client.with_options(priority="batch")
            began = anyio.current_time()
            for _ in range(15):
                await job.mpc.get("live")
            with pytest.raises(PlivoError, match=r"s at the earliest|deadline"):
                await job.mpc.get("live", deadline=2)
            await job.with_options(priority="interactive").mpc.get("live")
            assert anyio.current_time() - began < 5
        with pytest.raises(ValueError, match="priority must be 'interactive' or 'batch'"):
            client.with_options(priority="urgent")  # type: ignore[arg-type]


async def test_429s_use_up_no_attempts_while_the_limit_is_learnt() -> None:
    """A limit of 10 is learnt from 300, and nobody fails."""
    async with Emulator(port=None, limit=Limit(10, per=1.0), latency=AWAY) as plivo:
        names = [f"room {number}" for number in range(120)]
        for name in names:
            plivo.add_conference(name)
        retry = RetryPolicy(max_attempts=2)
        async with in_memory(plivo, rate_limit=RateLimit(300, per=1.0), retry=retry) as client:
            report = await client.mpc.start(names)
        assert report.succeeded
        assert report.elapsed <= 3 * 12


async def test_a_server_that_refuses_for_ever_ends_some_day() -> None:
    """After 24 windows of nothing but 429s they are failures, and use up the attempts."""
    async with Emulator(port=None, limit=Limit(1, per=1e9)) as plivo:
        plivo.add_conference("a", status="active")
        async with in_memory(plivo, rate_limit=RateLimit(30, per=1.0)) as client:
            await client.mpc.get("a")
            began = anyio.current_time()
            with pytest.raises(RateLimitError) as caught:
                await client.mpc.get("a")
            assert 24 <= anyio.current_time() - began < 40
            assert len(caught.value.attempts) > 20
            with pytest.raises(RateLimitError):
                await client.mpc.get("a")
            with pytest.raises(RateLimitError) as once:
                await client.with_options(retry=RetryPolicy(max_attempts=1)).mpc.get("a")
            assert len(once.value.attempts) == 1
