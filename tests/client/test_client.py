"""`AsyncClient`: its construction, its lifetime, and what the clients of one account share."""

import copy
import gc
import pickle
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.to_thread
import httpx
import pytest

from plivo_async import Activation, ActivationOutcome, AsyncClient, NotSentError, RateLimit, RetryPolicy
from plivo_async.emulator import Emulator, Limit

from ..support import PATIENCE, in_memory

TOKEN = "tOkEn-of-nobody"
ONCE = RetryPolicy(max_attempts=1)

anywhere = pytest.mark.parametrize("backend", ["asyncio", "trio"])


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Read it."""
        return self.now


def account(number: int) -> str:
    """An Auth ID for one test only: the clients of one account share a budget for as long as the process lives."""
    return f"MA{'C' * 10}{number:08}"


def answering(status: int = 204) -> httpx.AsyncClient:
    """A caller's own client whose requests are answered at once."""
    return httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(status)))


# ---- Construction -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": "5"},
        {"timeout": True},
        {"retry": 3},
        {"retry": None},
        {"rate_limit": 300},
        {"rate_limit": (300, 5)},
        {"http_client": httpx.Client()},
        {"base_url": 7},
    ],
    ids=lambda options: next(iter(options)),
)
def test_a_wrong_type_is_refused_on_construction(options: dict[str, object]) -> None:
    """The error names the argument."""
    with pytest.raises(TypeError, match=next(iter(options))):
        AsyncClient(account(0), TOKEN, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_timeout_that_is_none_is_refused(timeout: float) -> None:
    """Zero, negative and not a number: None is how to have none."""
    with pytest.raises(ValueError, match="None means no timeout"):
        AsyncClient(account(0), TOKEN, timeout=timeout)


def test_the_token_shows_nowhere() -> None:
    """Not in the repr of the client nor of anything that it holds."""
    client = AsyncClient(account(0), TOKEN)
    core = client._core
    for thing in (client, core, core.exchange, core.http_client, core.exchange._transport, client.mpc, client._options):
        assert TOKEN not in repr(thing)
    assert account(0) not in repr(client)


def test_it_is_not_copied_to_other_processes() -> None:
    """Pickled, copied: refused, with what to do instead."""
    client = AsyncClient(account(0), TOKEN)
    for transfer in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="make one in each process"):
            transfer(client)


def test_making_one_needs_no_event_loop() -> None:
    """A client may be made when a module is imported, even after others that had the clock of an event loop."""

    async def use() -> None:
        async with answering() as http_client:
            clock = anyio.current_time
            client = AsyncClient(account(1), TOKEN, http_client=http_client, clock=clock, rate_limit=RateLimit(2))
            await client.mpc.start("room")

    anyio.run(use)
    gc.collect()
    AsyncClient(account(2), TOKEN)


# ---- Lifetime -----------------------------------------------------------------------------------------------------


async def iterate(client: AsyncClient) -> None:
    """Take a stream to its end: what was in hand comes first, then the error."""
    async with client.mpc.start_each(["room"]) as activations:
        async for activation in activations:
            assert activation.outcome == "not_attempted"


@pytest.mark.anyio
async def test_closing_is_final_and_may_be_repeated() -> None:
    """Twice does no harm; what comes after is a clear error, and holds no permit."""
    async with Emulator(port=None) as plivo:
        client = in_memory(plivo)
        await client.request("GET", "MultiPartyCall/")
        await client.aclose()
        await client.aclose()
        attempts: list[Callable[[], Awaitable[object]]] = [
            lambda: client.request("GET", "MultiPartyCall/"),
            lambda: client.mpc.start("room"),
            lambda: client.mpc.start(["room"]),
            lambda: iterate(client),
            lambda: client.with_options(timeout=1).mpc.start("room"),
        ]
        for attempt in attempts:
            with pytest.raises(RuntimeError, match="this AsyncClient is closed; make a new one"):
                await attempt()
        assert client.statistics().permits_in_flight == 0
        assert len(plivo.requests) == 1


@pytest.mark.anyio
async def test_closing_in_the_middle_of_a_batch_tells_what_is_known() -> None:
    """The batch returns a report that says why it ended, and `on_outcome` has heard of each."""
    async with Emulator(port=None, latency=0.5) as plivo:
        names = [f"room {number}" for number in range(200)]
        for name in names:
            plivo.add_conference(name)
        client = in_memory(plivo)
        told: list[Activation] = []

        async def start() -> None:
            report = await client.mpc.start(names, on_outcome=told.append)
            assert report.counts[ActivationOutcome.NOT_ATTEMPTED] > 0
            assert report.counts[ActivationOutcome.ACTIVATED] + report.counts[ActivationOutcome.NOT_ATTEMPTED] == len(
                names
            )
            assert "the client was closed" in str(report[-1].error)

        async with anyio.create_task_group() as group:
            group.start_soon(start)
            await anyio.sleep(1.2)
            await client.aclose()
        assert sorted(activation.position for activation in told) == list(range(200))
        await anyio.sleep(1)
        assert plivo.connections == 0


@pytest.mark.anyio
async def test_copies_share_connections_and_budgets() -> None:
    """Other options, the same of everything else; closing a copy closes nothing."""
    async with Emulator(port=None, latency=0.1) as plivo, in_memory(plivo, rate_limit=RateLimit(3, per=5.0)) as client:
        async with client.with_options(timeout=2.0) as brief, brief.with_options(retry=ONCE) as briefer:
            assert brief._options.timeout.total == briefer._options.timeout.total == 2.0
            assert (client._options.timeout.total, briefer._options.retry) == (10.0, ONCE)
            assert brief._options.retry == client._options.retry
            for one in (client, brief, briefer):
                await one.request("GET", "MultiPartyCall/")
            assert plivo.most_connections == 1
            with pytest.raises(NotSentError):
                await briefer.request("GET", "MultiPartyCall/", deadline=1)
            assert client.statistics() == briefer.statistics()
            assert client.statistics().permits_left == 0
        await client.request("GET", "MultiPartyCall/")
        assert plivo.most_connections == 1
        wrong: list[dict[str, Any]] = [{"timeout": 0}, {"timeout": "x"}, {"retry": 3}]
        for options in wrong:
            with pytest.raises((ValueError, TypeError)):
                client.with_options(**options)


@anywhere
def test_a_second_event_loop_is_refused_clearly(backend: str) -> None:
    """Connections belong to the loop they were made in: the error says so and what to do."""
    made: list[AsyncClient] = []

    async def first() -> None:
        async with Emulator() as plivo:
            made.append(AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url, retry=ONCE))
            await made[0].request("GET", "MultiPartyCall/")
            for lane in made[0]._core.lanes._idle:  # type: ignore[union-attr]
                await lane.transport.aclose()

    async def second() -> None:
        [client] = made
        for _ in range(2):
            with pytest.raises(RuntimeError, match="belongs to another event loop; make one for each loop"):
                await client.request("GET", "MultiPartyCall/")
        with pytest.raises(RuntimeError, match="another event loop"):
            await client.mpc.start(["room"])
        assert client.statistics().permits_in_flight == 0

    anyio.run(first, backend=backend)
    anyio.run(second, backend=backend)


@anywhere
def test_a_second_event_loop_does_not_wait_for_the_order_of_the_first(backend: str) -> None:
    """The same conference is being started in the client's own loop: the other loop hears at once that it is wrong."""
    client = AsyncClient(account(3), TOKEN, base_url="http://127.0.0.1:9", rate_limit=None)
    heard: list[str] = []

    async def elsewhere() -> None:
        with anyio.move_on_after(5):
            with pytest.raises(RuntimeError, match="another event loop"):
                await client.mpc.start("room")
            heard.append("at once")

    async def at_home() -> None:
        await client._core.exchange.order.acquire("MultiPartyCall/name_room/")
        await anyio.to_thread.run_sync(lambda: anyio.run(elsewhere, backend=backend))
        await client.aclose()

    anyio.run(at_home, backend=backend)
    assert heard == ["at once"]


FORK = """
import os, sys, warnings
import anyio
from plivo_async import AsyncClient, RetryPolicy
from plivo_async.emulator import Emulator

async def first():
    async with Emulator() as plivo:
        client = AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url, retry=RetryPolicy(max_attempts=1))
        await client.request("GET", "MultiPartyCall/")
        return client

async def again(client):
    try:
        await client.request("GET", "MultiPartyCall/")
    except RuntimeError as error:
        print(error, flush=True)

client = anyio.run(first, backend=sys.argv[1])
child = os.fork()
if child == 0:
    anyio.run(again, client, backend=sys.argv[1])
    os._exit(0)
os.waitpid(child, 0)
"""


@pytest.mark.real_time
@anywhere
@pytest.mark.skipif(not hasattr(subprocess.os, "fork"), reason="no fork on this system")  # type: ignore[attr-defined]
def test_a_forked_process_is_refused_clearly(backend: str) -> None:
    """A child must not use its parent's connections: the error says so and what to do."""
    command = [sys.executable, "-c", FORK, backend]
    run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)  # noqa: S603
    assert run.stdout == "this AsyncClient was used before the process forked; make a new one in each process\n"


# ---- One budget for each account ----------------------------------------------------------------------------------


def test_clients_of_one_account_have_one_rate_limit() -> None:
    """A second, different one can't be kept: refused, in words that say why; another account is another matter."""
    first = AsyncClient(account(3), TOKEN, rate_limit=RateLimit(100))
    with pytest.raises(ValueError, match=r"limit=100.*not at.*limit=50.*share one budget"):
        AsyncClient(account(3), TOKEN, rate_limit=RateLimit(50))
    same = AsyncClient(account(3), TOKEN, rate_limit=RateLimit(100))
    assert same._core.limiter is first._core.limiter
    assert AsyncClient(account(3), TOKEN, rate_limit=None)._core.limiter is None
    other = AsyncClient(account(4), TOKEN, rate_limit=RateLimit(50))
    assert other._core.limiter is not first._core.limiter


def test_a_budget_that_nobody_uses_any_more_is_forgotten() -> None:
    """When the last client has gone and no permit is out, another limit may be chosen; the caller's client may stay."""
    http_client = answering()
    first = AsyncClient(account(5), TOKEN, rate_limit=RateLimit(100), http_client=http_client)
    copied = first.with_options(timeout=1)
    del first
    gc.collect()
    with pytest.raises(ValueError, match="already"):
        AsyncClient(account(5), TOKEN, rate_limit=RateLimit(50))
    del copied
    gc.collect()
    AsyncClient(account(5), TOKEN, rate_limit=RateLimit(50))


@anywhere
def test_the_next_event_loop_waits_for_the_permits_of_the_last(backend: str) -> None:
    """A client for each `asyncio.run`: what the first one sent still counts for the second."""
    clock = Clock()
    who = account(6 if backend == "trio" else 7)

    async def start(count: int) -> list[str]:
        async with answering() as http_client:
            client = AsyncClient(who, TOKEN, http_client=http_client, clock=clock, retry=ONCE)
            report = await client.mpc.start([f"room {number}" for number in range(count)])
            return [activation.outcome.value for activation in report]

    async def start_soon() -> None:
        async with answering() as http_client:
            client = AsyncClient(who, TOKEN, http_client=http_client, clock=clock, retry=ONCE)
            await client.mpc.start("room", deadline=4.9)

    assert anyio.run(start, 300, backend=backend) == ["activated"] * 300
    gc.collect()
    with pytest.raises(NotSentError, match=r"5\.0 s at the earliest"):
        anyio.run(start_soon, backend=backend)
    clock.now += 70.0  # and a minute in which nobody was seen: else a batch is sent evenly, and this clock stands still
    assert anyio.run(start, 300, backend=backend) == ["activated"] * 300


@pytest.mark.anyio
@pytest.mark.real_time
async def test_threads_with_a_loop_each_share_one_budget() -> None:
    """Three event loops at once, of both kinds: together they keep the account's limit, and all get on."""
    async with Emulator(limit=Limit(20, per=0.2)) as plivo:
        names = [f"room {number}" for number in range(150)]
        for name in names:
            plivo.add_conference(name)
        reports = []

        async def work(part: int) -> None:
            limit = RateLimit(20, per=0.2)
            async with AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url, rate_limit=limit) as client:
                reports.append(await client.mpc.start(names[part::3]))

        def run(part: int) -> None:
            anyio.run(work, part, backend="trio" if part == 1 else "asyncio")

        with anyio.fail_after(PATIENCE):
            async with anyio.create_task_group() as group:
                for part in range(3):
                    group.start_soon(anyio.to_thread.run_sync, run, part)
        assert [report.counts[ActivationOutcome.ACTIVATED] for report in reports] == [50, 50, 50]
        assert plivo.counts().told_429 == 0
        assert max(report.elapsed for report in reports) < 6


@pytest.mark.anyio
@pytest.mark.parametrize("after", [2.0, 12.3])
async def test_an_interactive_operation_does_not_wait_behind_a_batch(after: float) -> None:
    """A batch at the limit, and one `start`: it is the next to be sent, as soon as the account may send anything."""
    limit = RateLimit(40, per=5.0)
    async with (
        Emulator(port=None, limit=Limit(40), latency=(0.03, 0.06)) as plivo,
        in_memory(plivo, rate_limit=limit) as client,
    ):
        names = [f"room {number}" for number in range(160)]
        for name in [*names, "now"]:
            plivo.add_conference(name)
        async with anyio.create_task_group() as group:
            group.start_soon(client.mpc.start, names)
            await anyio.sleep(after)
            sent = len(plivo.requests)
            assert (await client.mpc.start("now")).outcome == "activated"
            later = plivo.requests[sent:]
            [place] = [place for place, request in enumerate(later) if request.name == "now"]
            assert place <= 64
            assert later[place].at - later[0].at < 0.2
            group.cancel_scope.cancel()
        assert plivo.counts().told_429 == 0
