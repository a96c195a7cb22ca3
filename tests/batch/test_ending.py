"""A batch that ends early ends in order: what is in flight comes back, everything is told of, nothing is left."""

import asyncio
import gc
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

import anyio
import anyio.lowlevel
import pytest

from plivo_async import Activation, ActivationReport, AsyncClient, RateLimit, RetryPolicy
from plivo_async.emulator import Emulator, Faults
from plivo_async.policy import ActivationOutcome

from ..support import contradictions, in_memory, network_of

pytestmark = pytest.mark.anyio

WIDTH = 64
NAMES = [f"room {number}" for number in range(200)]


class Told:
    """What one run told of."""

    def __init__(self) -> None:
        self.activations: list[Activation] = []
        self.reports: list[ActivationReport] = []


async def cancelled(client: AsyncClient, told: Told) -> None:
    """Cancel it from outside."""
    with anyio.move_on_after(0.7):
        await client.mpc.start(NAMES, on_outcome=told.activations.append, on_report=told.reports.append)


async def cancelled_natively(client: AsyncClient, told: Told) -> None:
    """Cancel its task as asyncio and Ctrl-C do; twice, for the impatient."""
    task = asyncio.create_task(cancelled_start(client, told))
    await anyio.sleep(0.7)
    task.cancel()
    await anyio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert any("on_report=" in note for note in caught.value.__notes__)


async def cancelled_start(client: AsyncClient, told: Told) -> None:
    """Activate all."""
    await client.mpc.start(NAMES, on_outcome=told.activations.append, on_report=told.reports.append)


async def past_the_deadline(client: AsyncClient, told: Told) -> None:
    """Let a deadline pass."""
    await client.mpc.start(NAMES, deadline=0.7, on_outcome=told.activations.append, on_report=told.reports.append)


async def closed(client: AsyncClient, told: Told) -> None:
    """Close the client under it."""
    async with anyio.create_task_group() as group:
        group.start_soon(cancelled_start, client, told)
        await anyio.sleep(0.7)
        await client.aclose()
        assert told.activations


async def failed(client: AsyncClient, told: Told) -> None:
    """Let the caller's function raise."""

    def note(activation: Activation) -> None:
        told.activations.append(activation)
        if len(told.activations) == 70:
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        await client.mpc.start(NAMES, on_outcome=note, on_report=told.reports.append)


@pytest.mark.parametrize("way", [cancelled, cancelled_natively, past_the_deadline, closed, failed])
@pytest.mark.parametrize("latency", [0.5, 20.0])
async def test_what_is_in_flight_is_given_its_time_and_the_report_comes(
    way: Callable[[AsyncClient, Told], Awaitable[None]], latency: float, anyio_backend_name: str
) -> None:
    """No doubt where answers come within the attempt's timeout; where they don't, that is when it ends."""
    if way is cancelled_natively and anyio_backend_name == "trio":
        pytest.skip("asyncio's own way")
    if way is failed and latency == 20.0:
        pytest.skip("nothing is told before")
    async with Emulator(port=None, latency=latency) as plivo, in_memory(plivo, timeout=5.0) as client:
        for name in NAMES:
            plivo.add_conference(name)
        told = Told()
        began = anyio.current_time()
        await way(client, told)
        assert anyio.current_time() - began <= 0.7 + min(latency, 5.0)
        [report] = told.reports
        assert [activation.name for activation in report] == NAMES
        counts = report.counts
        assert counts[ActivationOutcome.UNKNOWN] == (0 if latency == 0.5 else WIDTH)
        assert len(plivo.requests) <= 2 * WIDTH
        asked = {request.name for request in plivo.requests}
        assert counts[ActivationOutcome.NOT_ATTEMPTED] == len(NAMES) - len(asked)
        assert contradictions(plivo, report) == []
        if way is not failed:
            assert sorted(one.position for one in told.activations) == list(range(len(NAMES)))
        statistics = client.statistics()
        assert (statistics.requests, statistics.permits_in_flight, statistics.waiting_for_permit) == (0, 0, 0)
        await anyio.sleep(60)
        assert len(plivo.requests) <= 2 * WIDTH
    await anyio.sleep(1)
    assert plivo.connections == 0


async def test_leaving_a_stream_and_closing_under_one_leave_no_doubt() -> None:
    """`break`, and `aclose()` in the middle of the block: the rest of an iterable is yielded, nothing is unknown."""
    for close in (False, True):
        async with Emulator(port=None, latency=0.5) as plivo, in_memory(plivo) as client:
            for name in NAMES:
                plivo.add_conference(name)
            told: list[Activation] = []
            taken = []
            async with client.mpc.start_each(NAMES, on_outcome=told.append) as activations:
                taken.append(await anext(activations))
                if close:
                    await client.aclose()
                    taken += [activation async for activation in activations]
            outcomes = {activation.outcome for activation in told}
            assert ActivationOutcome.UNKNOWN not in outcomes
            assert contradictions(plivo, told) == []
            assert {request.name for request in plivo.requests} <= {activation.name for activation in told}
            if close:
                assert sorted(activation.position for activation in taken) == list(range(len(NAMES)))


async def test_a_client_that_is_closed_by_its_own_input_closes() -> None:
    """A generator that closes the client which reads it waits for itself, but not for ever."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:

        async def names() -> AsyncIterator[str]:
            yield "room"
            await client.aclose()
            yield "moor"

        with anyio.fail_after(60):
            async with client.mpc.start_each(names()) as activations:
                assert [one.name async for one in activations]


async def test_a_dead_address_ends_a_batch() -> None:
    """Where nobody listens a batch ends in half a minute, with the reason."""
    async with Emulator(port=None) as plivo, in_memory(plivo, rate_limit=None) as client:
        network_of(plivo).refuse = 10**9
        began = anyio.current_time()
        report = await client.mpc.start(NAMES)
        assert 25 <= anyio.current_time() - began <= 60
        counts = report.counts
        assert counts[ActivationOutcome.NOT_ATTEMPTED] + counts[ActivationOutcome.FAILED] == len(NAMES)
        assert any("nobody listens" in str(activation.error) for activation in report)
        assert plivo.requests == []


@pytest.mark.parametrize("stray", ["room 0", "room 150"])
async def test_one_stray_401_ends_no_batch(stray: str) -> None:
    """Be it the very first answer: it is asked again, so that it decides nothing of its own conference either."""
    async with Emulator(port=None, latency=0.1) as plivo, in_memory(plivo) as client:
        for name in NAMES:
            plivo.add_conference(name)
        plivo.script("activate", stray, nth=1, fault="401")
        plivo.script("get", stray, nth=1, fault="401")
        report = await client.mpc.start([*NAMES, "nobody"])
        assert report.counts[ActivationOutcome.ACTIVATED] == len(NAMES)
        assert report.counts[ActivationOutcome.NOT_FOUND] == 1


@pytest.mark.parametrize("natively", [False, True])
async def test_a_cancelled_large_batch_does_not_stall_the_event_loop(natively: bool, anyio_backend_name: str) -> None:
    """Telling `on_outcome` of tens of thousands leaves other tasks their turns."""
    if natively and anyio_backend_name == "trio":
        pytest.skip("asyncio's own way")
    turns, at_once, before = 0, 0, 0
    told = 0

    def note(activation: Activation) -> None:
        nonlocal told, at_once, before
        told += 1
        if turns != before:
            before, at_once = turns, 0
        at_once += 1
        assert at_once <= 1_000  # trio gives turns by chance

    async def others() -> None:
        nonlocal turns
        while True:
            await anyio.lowlevel.checkpoint()
            turns += 1

    async with Emulator(port=None) as plivo, in_memory(plivo) as client:  # no latency: with `others` time stands still
        names = [f"room {number}" for number in range(6_000)]
        async with anyio.create_task_group() as group:
            group.start_soon(others)
            if natively:
                task = asyncio.create_task(activate(client, names, note))
                while turns < 2_000:
                    await anyio.lowlevel.checkpoint()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            else:
                with anyio.CancelScope() as scope:
                    async with anyio.create_task_group() as inner:
                        inner.start_soon(activate, client, names, note)
                        while turns < 2_000:
                            await anyio.lowlevel.checkpoint()
                        scope.cancel()
            group.cancel_scope.cancel()
    assert told == 6_000


async def activate(client: AsyncClient, names: list[str], note: Callable[[Activation], None]) -> None:
    """Activate many."""
    await client.mpc.start(
        names, confirm="never", on_outcome=note
    )  # a look would wait for a permit, with `others` for ever


@pytest.mark.long
async def test_tens_of_thousands_that_were_not_attempted_take_little() -> None:
    """A deadline over many names: of one that was never begun the report keeps its name and 40 bytes."""
    async with Emulator(port=None) as plivo, in_memory(plivo, retry=RetryPolicy()) as client:
        names = [f"room {number}" for number in range(20_000)]
        gc.collect()
        tracemalloc.start()
        try:
            report = await client.mpc.start(names, deadline=0)
            gc.collect()
            kept, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert report.counts[ActivationOutcome.NOT_ATTEMPTED] == len(names)
        assert kept <= 60 * len(names)
        assert most <= 400 * len(names)
        assert report[7].name == "room 7"
        assert "the deadline passed" in str(report[7].error)
        assert len(report.failures[:3]) == 3
        assert "19,995 more" in str(report)
        assert report[7].name == "room 7"
        assert "the deadline passed" in str(report[7].error)
        assert len(report.failures[:3]) == 3
        assert "19,995 more" in str(report)


@pytest.mark.long
async def test_a_second_outage_is_probed_as_narrowly_as_the_first() -> None:
    """Half a minute each, a minute apart: once the retry budget is used up, only now and then an attempt is made."""
    async with (
        Emulator(port=None, latency=0.1) as plivo,
        in_memory(plivo, rate_limit=RateLimit(60, per=5.0), retry=RetryPolicy(budget_reserve=20)) as client,
    ):
        names = [f"c{number}" for number in range(1_000)]
        for name in names:
            plivo.add_conference(name)

        async def outages() -> None:
            for _ in range(2):
                plivo.faults = Faults({"503": 1.0})
                await anyio.sleep(40)
                plivo.faults = Faults()
                await anyio.sleep(60)

        async with anyio.create_task_group() as group:
            group.start_soon(outages)
            assert (await client.mpc.start(names)).succeeded
            group.cancel_scope.cancel()
        asked = Counter(int(request.at // 10) for request in plivo.requests)
        for first in (2, 12):  # tens of seconds in which an outage lasts, and its budget is used up
            assert 1 <= asked[first] + asked[first + 1] <= 20
        assert asked[6] > 100
