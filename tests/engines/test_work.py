"""What a worker does with a shard: written down before it is sent, taken over by the next one, ended in order."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from datetime import timedelta
from typing import NoReturn

import anyio
import pytest

from plivo_async import (
    ActivationOutcome,
    AsyncClient,
    AuthenticationError,
    InvalidArgumentError,
    RateLimit,
    RetryPolicy,
    Shard,
    ShardState,
    split,
)
from plivo_async.emulator import Emulator, Faults
from plivo_async.engines import Accounts, Step, UnfinishedShardError, work_on

from ..batch.test_start_each import spoil_credentials
from ..support import in_memory, network_of

LETTERS = {"activated": "a", "already_active": "y", "not_found": "n"}

pytestmark = pytest.mark.anyio


def waiting(plivo: Emulator, size: int, *, ago: float = 60) -> Shard:
    """A shard of conferences that wait, before any worker has sent anything."""
    for number in range(size):
        plivo.add_conference(f"room {number}", started_ago=ago)
    return next(split([f"room {number}" for number in range(size)], size, batch="b"))


class Store:
    """What a worker has written down; it checks that nothing is sent before."""

    def __init__(self, plivo: Emulator, shard: Shard, state: ShardState | None = None) -> None:
        self.plivo = plivo
        self.shard = shard
        self.state = state or ShardState.of(shard)
        self.steps: list[Step] = []
        self.delay = 0.0

    async def save_again(self, step: Step) -> None:
        """Write it down, for a worker that comes later: requests were made for all of it."""
        self.state = step.state

    async def save(self, step: Step) -> None:
        """Write it down."""
        asked = {request.name for request in self.plivo.requests}
        assert not {self.shard.conferences[place] for place in step.intended} & asked
        await anyio.sleep(self.delay)
        known = self.state
        assert all(known.letters[place] == "-" for place in step.intended)
        self.state = step.state
        self.steps.append(step)

    def check_intents(self) -> None:
        """Whatever was asked for is written down as something that may have been."""
        asked = {request.name for request in self.plivo.requests}
        letters = zip(self.shard.conferences, self.state.letters, strict=True)
        assert not asked & {name for name, letter in letters if letter == "-"}


def truth(plivo: Emulator, shard: Shard) -> list[bool]:
    """Which of them are live."""
    return [plivo.conferences[str(name)].status == "Active" for name in shard]


async def test_a_shard_is_worked_through() -> None:
    """Each outcome once, at its position in the whole input, and every intent before its request."""
    async with Emulator(port=None, latency=0.05) as plivo, in_memory(plivo) as client:
        names = [f"room {number}" for number in range(300)]
        for name in names[:290]:
            plivo.add_conference(name)
        *_, shard = split([*["x"] * 100, *names, names[0]], 401, batch="b")
        shard = Shard("b", 100, shard.conferences[100:], ((300, 100),))
        store = Store(plivo, shard)
        state = await work_on(client, shard, ShardState.of(shard), save=store.save)
        assert state == store.state
        assert state.letters == "a" * 290 + "n" * 10 + "="
        settled = [one for step in store.steps for one in step.settled]
        assert sorted(one.position for one in settled) == list(range(100, 400))
        assert all(one.name == names[one.position - 100] for one in settled)
        intended = [place for step in store.steps for place in step.intended]
        assert intended == list(range(300))
        assert max(len(step.intended) for step in store.steps) == 64
        assert len(plivo.requests) == 310  # each 404 is looked at
        assert await work_on(client, shard, state, save=store.save) == state
        assert len(plivo.requests) == 310


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 20))])
async def test_the_next_worker_takes_over_from_one_that_was_killed(seed: int) -> None:
    """What was written down by then is all that is known; every outcome is true, and few are asked for twice."""
    chance = random.Random(seed)
    faults = Faults.parse("lost-response=0.03,503=0.02,late=0.01")
    async with Emulator(port=None, latency=(0.02, 0.3), faults=faults, seed=seed) as plivo:
        shard = waiting(plivo, 200)
        store = Store(plivo, shard)
        store.delay = 0.01
        while store.state.left:
            worker = Store(plivo, shard, store.state)
            worker.delay = 0.01
            async with in_memory(plivo, seed=seed) as client:
                with anyio.move_on_after(chance.uniform(0.1, 5)) as life:
                    with contextlib.suppress(UnfinishedShardError):
                        await _killed(client, shard, store.state, worker, life)
            store.state = worker.state
            store.check_intents()
        assert set(store.state.letters) <= set("au")
        known = [letter == "a" for letter in store.state.letters]
        live = truth(plivo, shard)
        doubt = store.state.letters.count("u")
        assert doubt <= 4
        assert sum(one is not two for one, two in zip(known, live, strict=True)) <= doubt
        assert all(two for one, two in zip(known, live, strict=True) if one)
        assert max(plivo.conferences[str(name)].applied for name in shard) == 1
        assert len(plivo.requests) < 1.8 * 200


async def _killed(client: AsyncClient, shard: Shard, state: ShardState, store: Store, life: anyio.CancelScope) -> None:
    """A worker whose writes are lost from the moment at which it is killed, whatever it still hears of."""

    async def save(step: Step) -> None:
        if anyio.current_time() >= life.deadline:
            await anyio.sleep_forever()
        await store.save(step)

    await work_on(client, shard, state, save=save)


async def test_a_cancelled_worker_hands_over_what_was_in_flight() -> None:
    """It begins nothing more, waits for what it has sent, and writes that down; the rest is nobody's again."""
    async with Emulator(port=None, latency=0.5) as plivo, in_memory(plivo) as client:
        shard = waiting(plivo, 500)
        store = Store(plivo, shard)
        with anyio.move_on_after(1.2) as scope:
            await work_on(client, shard, store.state, save=store.save)
        assert scope.cancelled_caught
        assert anyio.current_time() < scope.deadline + 1.5
        assert [letter == "a" for letter in store.state.letters] == truth(plivo, shard)
        assert set(store.state.letters) == {"a", "-"}
        assert store.state.counts[ActivationOutcome.ACTIVATED] == len(plivo.requests) >= 128


@pytest.mark.parametrize("anyio_backend", ["asyncio"], indirect=True)
async def test_an_aborted_task_hands_over_what_was_in_flight() -> None:
    """The same when asyncio's own `task.cancel()` ends it, as engines do."""
    async with Emulator(port=None, latency=0.5) as plivo, in_memory(plivo) as client:
        shard = waiting(plivo, 500)
        store = Store(plivo, shard)
        store.delay = 0.05
        task = asyncio.ensure_future(work_on(client, shard, store.state, save=store.save))
        await anyio.sleep(1.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [letter == "a" for letter in store.state.letters] == truth(plivo, shard)
        assert set(store.state.letters) == {"a", "-"}
        assert store.state.counts[ActivationOutcome.ACTIVATED] == len(plivo.requests) >= 128


@pytest.mark.parametrize("anyio_backend", ["asyncio"], indirect=True)
async def test_a_task_that_is_aborted_twice_leaves_doubt_and_no_lie() -> None:
    """Who doesn't wait for what is in flight leaves it as what may have been sent."""
    async with Emulator(port=None, latency=0.5) as plivo, in_memory(plivo) as client:
        shard = waiting(plivo, 200)
        store = Store(plivo, shard)
        task = asyncio.ensure_future(work_on(client, shard, store.state, save=store.save))
        await anyio.sleep(0.7)
        for _ in range(3):
            task.cancel()
            await anyio.sleep(0.01)
        with pytest.raises(asyncio.CancelledError):
            await task
        await anyio.sleep(1)
        store.check_intents()
        state = await work_on(client, shard, store.state, save=store.save)
        assert (set(state.letters), truth(plivo, shard)) == ({"a"}, [True] * 200)


async def test_wrong_credentials_end_the_shard_and_settle_nothing() -> None:
    """A 401 is one mistake, not two hundred failures: another worker finds everything as it was."""
    async with Emulator(port=None, latency=0.05) as plivo, in_memory(plivo) as client, in_memory(plivo) as right:
        shard = waiting(plivo, 200)
        store = Store(plivo, shard, ShardState.of(shard).intend([7], client._core.exchange.wall()))
        spoil_credentials(client)
        with pytest.raises(AuthenticationError, match=r"200 of 200 conferences .* are left") as refused:
            await work_on(client, shard, store.state, save=store.save)
        assert refused.value.status_code == 401
        assert store.state.letters == "-" * 7 + "?" + "-" * 192
        assert len(plivo.requests) < 140
        state = await work_on(right, shard, store.state, save=Store(plivo, shard, store.state).save_again)
        assert state.letters == "a" * 200


async def test_a_stray_401_is_no_wrong_credential() -> None:
    """What it hit is done at the next try, as the credentials are right."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        shard = waiting(plivo, 30)
        for nth in (1, 2):
            plivo.script("activate", "room 29", nth=nth, fault="401")
        store = Store(plivo, shard)
        with pytest.raises(UnfinishedShardError, match="1 of 30"):
            await work_on(client, shard, store.state, save=store.save)
        assert store.state.letters == "a" * 29 + "-"


async def test_an_outage_leaves_the_shard_for_later() -> None:
    """What could not be sent is untouched, and what had failed by then is tried again."""
    retry = RetryPolicy(max_attempts=2, longest_outage=5)
    async with Emulator(port=None) as plivo, in_memory(plivo, retry=retry) as client:
        shard = waiting(plivo, 100)
        store = Store(plivo, shard)
        network_of(plivo).refuse = 10_000
        with pytest.raises(UnfinishedShardError, match="100 of 100"):
            await work_on(client, shard, store.state, save=store.save)
        assert store.state.letters == "-" * 100
        network_of(plivo).refuse = 0
        assert (await work_on(client, shard, store.state, save=store.save)).letters == "a" * 100


async def test_what_fails_is_final_when_the_shard_is_worked_through() -> None:
    """One conference that can't be activated keeps no shard from its end."""
    async with Emulator(port=None) as plivo, in_memory(plivo, retry=RetryPolicy(max_attempts=2)) as client:
        shard = waiting(plivo, 50)
        plivo.script("activate", "room 7", nth=None, fault="lost-response")
        plivo.script("get", "room 7", nth=None, fault="lost-response")
        store = Store(plivo, shard)
        state = await work_on(client, shard, store.state, save=store.save)
        assert state.letters == "a" * 7 + "u" + "a" * 42
        assert state.left == ()


async def test_nothing_is_sent_that_could_not_be_written_down() -> None:
    """A store that fails ends the work with its own error."""
    async with Emulator(port=None, latency=0.05) as plivo, in_memory(plivo) as client:
        shard = waiting(plivo, 300)
        store = Store(plivo, shard)

        async def save(step: Step) -> None:
            if 64 in step.intended:
                fail()
            await store.save(step)

        def fail() -> NoReturn:
            raise ConnectionError("the database is gone")

        with pytest.raises(ConnectionError, match="database"):
            await work_on(client, shard, store.state, save=save)
        assert len(plivo.requests) == 64
        assert store.state.letters == "a" * 64 + "-" * 236


async def test_a_worker_shows_that_it_lives_while_it_waits() -> None:
    """A step every so many seconds, with nothing in it where nothing is new."""
    async with Emulator(port=None, latency=5.0) as plivo, in_memory(plivo) as client:
        shard = waiting(plivo, 3)
        store = Store(plivo, shard)
        await work_on(client, shard, store.state, save=store.save, every=0.5)
        assert Counter(map(bool, store.steps)) == {True: 2, False: 11}


async def test_a_clock_that_is_ahead_of_plivos_makes_no_lie() -> None:
    """An intent is written with the earlier time, once an answer has told it."""
    async with Emulator(port=None, latency=0.2) as plivo, in_memory(plivo) as client:
        shard = waiting(plivo, 100)
        store = Store(plivo, shard)
        exchange = client._core.exchange
        right = exchange.wall
        exchange.wall = lambda: right() + timedelta(seconds=40)
        exchange.server_clock._wall = exchange.wall
        began = right()
        await work_on(client, shard, store.state, save=store.save)
        since = store.state.since
        assert since is not None
        assert timedelta(seconds=-1.5) < since - began < timedelta(seconds=1.5)


async def test_a_state_of_another_shard_is_refused() -> None:
    """Before anything is sent."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        store = Store(plivo, waiting(plivo, 3))
        with pytest.raises(InvalidArgumentError, match="of 1 conferences"):
            await work_on(client, store.shard, ShardState("-"), save=store.save)
        assert (plivo.requests, store.steps) == ([], [])


# ---- Accounts -------------------------------------------------------------------------------------------------------


async def test_accounts_are_known_by_name() -> None:
    """A client that is given is used as it is; one that is made is made once, and closed at the end."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        made: list[AsyncClient] = []

        def make() -> AsyncClient:
            made.append(in_memory(plivo))
            return made[-1]

        async with Accounts({"main": client, "eu": make}) as accounts:
            assert (accounts.names, repr(accounts)) == (("eu", "main"), "<Accounts eu, main>")
            assert accounts.client("main") is client
            assert made == []
            assert accounts.client("eu") is accounts.client("eu") is made[0]
            with pytest.raises(InvalidArgumentError, match="'us' is unknown to this worker, which has 'eu', 'main'"):
                accounts.client("us")
            assert Accounts(accounts).names == accounts.names
        assert made[0]._core.http_client.is_closed
        assert not client._core.http_client.is_closed


@pytest.mark.parametrize("accounts", [None, {}, {"main": 7}, {7: print}, "main", {"main": asyncio.sleep}])
def test_what_are_no_accounts_is_refused(accounts: object) -> None:
    """When the worker is set up, not when the first job comes."""
    with pytest.raises((TypeError, ValueError)):
        Accounts(accounts)  # type: ignore[arg-type]


def test_what_makes_no_client_is_named() -> None:
    """A factory that returns something else."""
    with pytest.raises(TypeError, match="'main' made no AsyncClient, but int"):
        Accounts({"main": lambda: 7}).client("main")  # type: ignore[dict-item,return-value]


async def test_who_was_asleep_for_too_long_sends_nothing_more() -> None:
    """Not even what had been written down before: somebody else may have the shard, and others the names."""
    async with Emulator(port=None) as plivo, in_memory(plivo, rate_limit=RateLimit(10, per=1)) as client:
        shard = waiting(plivo, 100)
        store = Store(plivo, shard)
        began = anyio.current_time()
        stands_still = False

        async def save(step: Step) -> None:
            nonlocal stands_still
            if anyio.current_time() - began > 2.5 and not stands_still:
                stands_still = True
                await anyio.sleep(10)  # as far as anybody else can see
            await store.save(step)

        with pytest.raises(UnfinishedShardError, match="nothing could be written down for 2"):
            await work_on(client, shard, store.state, save=save, ours_for=2.0)
        sent = [request.at for request in plivo.requests]
        assert 40 <= len(sent) <= 50  # those of five seconds, at most
        store.check_intents()
        assert store.state.letters.count("a") == len(sent)
        assert "?" not in store.state.letters
        assert (await work_on(client, shard, store.state, save=store.save, ours_for=2.0)).letters == "a" * 100
        assert len(plivo.requests) == 100


async def test_the_wall_clock_tells_of_a_sleep_that_the_monotonic_one_has_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a laptop whose lid was closed."""
    async with Emulator(port=None) as plivo, in_memory(plivo, rate_limit=RateLimit(10, per=1)) as client:
        shard = waiting(plivo, 50)
        store = Store(plivo, shard)
        slept = 0.0
        real = time.time

        async def save(step: Step) -> None:
            nonlocal slept
            if len(plivo.requests) == 20 and not slept:
                slept = 3_600
                await anyio.sleep(1.5)  # it wakes up, and all that it has to do comes at once
            await store.save(step)

        monkeypatch.setattr(time, "time", lambda: real() + slept)
        with pytest.raises(UnfinishedShardError, match="3600"):
            await work_on(client, shard, store.state, save=save, ours_for=2.0)
        assert len(plivo.requests) == 20
        assert store.state.letters.count("-") == 30
