"""The client over real sockets: faults, resets, servers that close or die; every outcome is stated, nothing hangs."""

from collections.abc import Callable

import anyio
import pytest

from plivo_async import ActivationOutcome, ActivationReport, AsyncClient, RateLimit, RetryPolicy
from plivo_async.emulator import Emulator, Faults

from ..support import PATIENCE, contradictions, waiting

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]

QUICK = RetryPolicy(base_delay=0.01, max_delay=0.02)


def client_of(plivo: Emulator, **options: object) -> AsyncClient:
    """A client that leads to it through the loopback."""
    options = {"rate_limit": None, "retry": QUICK, "timeout": 2.0, **options}
    return AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url, **options)  # type: ignore[arg-type]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that other tasks bring about."""
    with anyio.fail_after(PATIENCE):
        while not condition():  # noqa: ASYNC110  (they set no event)
            await anyio.sleep(0.005)


@pytest.mark.long
async def test_five_hundred_under_faults() -> None:
    """Lost, reset, half and late answers on real connections: all are live in the end, and every outcome is true."""
    shares = {"lost-response": 0.04, "reset-before": 0.04, "reset-after": 0.04, "half": 0.04, "idle-close": 0.05}
    faults = Faults({**shares, "503": 0.02, "late": 0.01}, late_by=5.0)
    async with Emulator(limit=None, faults=faults) as plivo:
        names = waiting(plivo, 500)
        async with client_of(plivo, timeout=0.5) as client:
            with anyio.fail_after(PATIENCE):
                report = await client.mpc.start(names)
            assert contradictions(plivo, report) == []
            assert report.counts[ActivationOutcome.ACTIVATED] >= 495
            statistics = client.statistics()
            assert (statistics.requests, statistics.permits_in_flight) == (0, 0)
            assert plivo.most_connections <= 64 + plivo.counts().by_fault.get("late", 0)


@pytest.mark.parametrize("fault", ["lost-response", "reset-before", "reset-after", "half", "502-applied"])
async def test_each_fault_on_the_wire_is_settled(fault: str) -> None:
    """What a socket makes of a fault is understood on both backends."""
    async with Emulator(limit=None) as plivo, client_of(plivo) as client:
        plivo.add_conference("room")
        plivo.script("activate", "room", fault=fault)
        activation = await client.mpc.start("room")
        assert activation.outcome == "activated"
        assert activation.attempts[0].outcome == "unclear"
        assert contradictions(plivo, [activation]) == []


async def test_a_server_that_closes_idle_connections_costs_nothing() -> None:
    """A connection that was closed meanwhile is seen before it is used: no attempt is lost, not even of a POST."""
    async with Emulator(limit=None, faults=Faults({"idle-close": 1.0})) as plivo, client_of(plivo) as client:
        for name in waiting(plivo, 20):
            activation = await client.mpc.start(name)
            assert (activation.outcome, len(activation.attempts)) == ("activated", 1)
            await anyio.sleep(0.002)
        assert len(plivo.requests) == 20


async def test_a_server_that_dies_half_way() -> None:
    """Killed in the middle of a batch: what was answered is activated, what was cut unknown, the rest failed."""
    retry = RetryPolicy(max_attempts=2, base_delay=0.001, max_delay=0.002)
    report: ActivationReport | None = None
    plivo = Emulator(limit=None, latency=0.05)
    async with anyio.create_task_group() as group:
        await plivo.__aenter__()
        names = waiting(plivo, 300)
        async with client_of(plivo, retry=retry) as client:

            async def start() -> None:
                nonlocal report
                report = await client.mpc.start(names, deadline=15)

            group.start_soon(start)
            await until(lambda: len(plivo.requests) >= 100)
            await plivo.__aexit__(None, None, None)
            await until(lambda: report is not None)
            assert client.statistics().requests == 0
    assert report is not None
    assert [activation.position for activation in report] == list(range(300))
    assert contradictions(plivo, report) == []
    counts = report.counts
    assert counts[ActivationOutcome.ACTIVATED] >= 100 - 64
    assert 0 < counts[ActivationOutcome.UNKNOWN] <= 64
    assert counts[ActivationOutcome.FAILED] >= 100
    assert sum(counts.values()) == 300


async def test_nobody_listens() -> None:
    """Connection refused: nothing was sent, `failed`, and repeating is safe."""
    async with Emulator() as plivo:
        pass
    async with client_of(plivo, retry=RetryPolicy(max_attempts=2, base_delay=0.001, max_delay=0.002)) as client:
        report = await client.mpc.start([f"room {number}" for number in range(40)])
        assert report.counts[ActivationOutcome.FAILED] == 40
        assert {attempt.outcome.value for activation in report for attempt in activation.attempts} == {"not_sent"}
        assert {attempt.error for activation in report for attempt in activation.attempts} == {"ConnectError"}


async def test_no_connection_is_left_after_closing() -> None:
    """The server sees all of them closed."""
    async with Emulator(limit=None, latency=0.01) as plivo:
        async with client_of(plivo) as client:
            assert (await client.mpc.start(waiting(plivo, 100))).succeeded
            assert 1 <= plivo.connections <= 64
        await until(lambda: not plivo.connections)


@pytest.mark.long
async def test_a_thousand_single_operations_at_once() -> None:
    """Gathered in one go on real sockets: all succeed, over at most 64 connections."""
    async with Emulator(limit=None) as plivo, client_of(plivo, rate_limit=RateLimit(2_000, per=5.0)) as client:
        names = waiting(plivo, 1_000)
        outcomes = []

        async def start(name: str) -> None:
            outcomes.append((await client.mpc.start(name)).outcome.value)

        async with anyio.create_task_group() as group:
            for name in names:
                group.start_soon(start, name)
        assert outcomes == ["activated"] * 1_000
        assert plivo.most_connections <= 64


async def test_a_stream_that_is_left_on_sockets() -> None:
    """`break` out of a stream over sockets: nothing is left at the server once the client is closed."""
    async with Emulator(limit=None, latency=0.02) as plivo:
        async with client_of(plivo) as client, client.mpc.start_each(waiting(plivo, 500)) as activations:
            async for activation in activations:
                assert activation.succeeded
                break
        await until(lambda: not plivo.connections)
        sent = len(plivo.requests)
        await anyio.sleep(0.1)
        assert len(plivo.requests) == sent <= 3 * 64


async def test_wrong_credentials_leave_nothing_unknown() -> None:
    """Whoever was about to send when the 401 came doesn't; whoever had sent hears of its own."""
    async with Emulator(limit=None) as plivo:
        for _ in range(20):
            async with AsyncClient(plivo.auth_id, "wrong", base_url=plivo.url, rate_limit=None) as client:
                report = await client.mpc.start(f"room {number}" for number in range(500))
            assert {activation.outcome.value for activation in report} == {"rejected", "not_attempted"}
