"""`client.mpc.start_each`: outcomes as they finish, pulled as they are sent, however the loop is left."""

import contextvars
import gc
import itertools
import sys
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, NoReturn

import anyio
import anyio.lowlevel
import pytest

from plivo_async import (
    Activation,
    ActivationOutcome,
    ActivationReport,
    AsyncClient,
    Attempt,
    AuthenticationError,
    NotSentError,
    RateLimit,
    RetryPolicy,
)
from plivo_async._options import Options, attempt_timeout
from plivo_async.batch import ActivationStream, Names
from plivo_async.emulator import Emulator, Faults
from plivo_async.exchange._attempted import Attempted
from plivo_async.exchange._exchange import Exchange
from plivo_async.policy import AttemptOutcome
from plivo_async.resources import MultiPartyCalls
from plivo_async.resources._activating import _IN_HAND as IN_HAND
from plivo_async.wire import Account, Answer, Request

from ..resources.scripted import NoTransport
from ..support import contradictions, in_memory

WIDTH = 64

pytestmark = pytest.mark.anyio


def rooms(plivo: Emulator, size: int) -> list[str]:
    """Names of conferences that wait to be activated."""
    names = [f"room {number}" for number in range(size)]
    for name in names:
        plivo.add_conference(name)
    return names


def spoil_credentials(client: AsyncClient) -> None:
    """From now on every request of the client is answered 401."""
    client._core.exchange._transport._headers["Authorization"] = "Basic d3Jvbmc6"  # type: ignore[attr-defined]


class Counted:
    """An endless input that counts how often it was pulled."""

    def __init__(self) -> None:
        self.pulled = 0

    def __iter__(self) -> Iterator[str]:
        while True:
            self.pulled += 1
            yield f"room {self.pulled}"


async def collected(stream: ActivationStream) -> list[Activation]:
    """Everything that a stream yields."""
    async with stream as activations:
        return [activation async for activation in activations]


async def check_at_rest(plivo: Emulator, client: AsyncClient) -> None:
    """Nothing is sent, held or kept any more, and the client still works with all its width."""
    await anyio.sleep(2)
    sent = len(plivo.requests)
    await anyio.sleep(60)
    assert len(plivo.requests) == sent
    statistics = client.statistics()
    assert (statistics.requests, statistics.permits_in_flight) == (0, 0)
    assert (statistics.waiting_for_permit, statistics.waiting_for_connection) == (0, 0)
    report = await client.mpc.start([f"afterwards {number}" for number in range(20)])
    found = report.counts[ActivationOutcome.NOT_FOUND]
    assert found + report.counts[ActivationOutcome.UNKNOWN] == 20  # faults go on, and leave some in doubt
    assert found > 10
    assert plivo.connections <= WIDTH


async def test_outcomes_come_as_they_finish() -> None:
    """A conference that takes long holds up no other."""
    async with Emulator(port=None, latency=0.1, faults=Faults(late_by=5.0)) as plivo, in_memory(plivo) as client:
        names = rooms(plivo, 100)
        plivo.script("activate", names[0], fault="late")
        activations = await collected(client.mpc.start_each(names))
        assert activations[-1].position == 0
        assert sorted(activation.position for activation in activations) == list(range(100))
        assert {activation.outcome for activation in activations} == {ActivationOutcome.ACTIVATED}


async def test_names_are_pulled_as_they_are_sent() -> None:
    """At the limit of the account the input is never more than a width of workers ahead of the requests."""
    async with (
        Emulator(port=None, latency=0.05) as plivo,
        in_memory(plivo, rate_limit=RateLimit(10, per=5.0)) as client,
    ):
        names = Counted()
        taken = 0
        async with client.mpc.start_each(names, confirm="never") as activations:
            async for activation in activations:
                assert activation.outcome == "not_found"
                assert names.pulled <= len(plivo.requests) + WIDTH
                taken += 1
                if taken == 60:
                    break


async def test_a_slow_loop_holds_the_input_back() -> None:
    """Whoever takes outcomes slowly is not run ahead of: the few that are ready, and those under way."""
    async with Emulator(port=None) as plivo, in_memory(plivo, rate_limit=None) as client:
        names = Counted()
        taken = 0
        async with client.mpc.start_each(names, confirm="never") as activations:
            async for _ in activations:
                taken += 1
                await anyio.sleep(1)
                assert names.pulled <= taken + 2 * WIDTH + 1
                if taken == 50:
                    break


@pytest.mark.parametrize("how", ["async for", "anext"])
async def test_a_stream_is_entered_before_it_is_iterated(how: str) -> None:
    """A plain `async for` over it is a `TypeError` that shows the right line; nothing is pulled or sent."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        names = Counted()
        stream = client.mpc.start_each(names)
        with pytest.raises(TypeError, match=r"async with client.mpc.start_each\(names\) as activations:\n"):
            await anext(stream) if how == "anext" else [one async for one in stream]
        await anyio.sleep(10)
        assert (names.pulled, plivo.requests) == (0, [])
    gc.collect()


async def test_a_stream_is_entered_once() -> None:
    """A second time there is nothing to begin: a clear error."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        stream = client.mpc.start_each(rooms(plivo, 3))
        assert len(await collected(stream)) == 3
        with pytest.raises(RuntimeError, match="entered once"):
            await collected(stream)


@pytest.mark.parametrize("taken", [0, 1, 20])
async def test_leaving_the_block_has_stopped_everything(taken: int) -> None:
    """After the block nothing is under way, not merely told to end, and no task, permit or connection is left."""
    async with Emulator(port=None, latency=0.5) as plivo:
        async with in_memory(plivo) as client:
            async with client.mpc.start_each(Counted()) as activations:
                for _ in range(taken):
                    await anext(activations)
            sent = len(plivo.requests)
            assert not [task for task in anyio.get_running_tasks() if "plivo_async.batch" in (task.name or "")]
            statistics = client.statistics()
            assert (statistics.requests, statistics.permits_in_flight, statistics.waiting_for_permit) == (0, 0, 0)
            await anyio.sleep(60)
            assert len(plivo.requests) == sent <= taken + 3 * WIDTH  # the third: looks at what was in flight
            await check_at_rest(plivo, client)
        await anyio.sleep(1)
        assert plivo.connections == 0


async def test_a_stream_that_nobody_takes_from_waits_full() -> None:
    """As long as somebody holds the block open it waits, and sends nothing more."""
    async with Emulator(port=None, latency=0.5) as plivo, in_memory(plivo) as client:
        async with client.mpc.start_each(Counted(), confirm="never") as activations:
            await anext(activations)
            await anyio.sleep(60)
            sent = len(plivo.requests)
            assert sent <= 1 + 2 * WIDTH + 1
            await anyio.sleep(60)
            assert len(plivo.requests) == sent
        await check_at_rest(plivo, client)


async def test_taking_one_may_be_bounded_in_time() -> None:
    """Giving up the wait for the next outcome ends nothing and loses none."""
    async with Emulator(port=None, latency=0.5) as plivo, in_memory(plivo) as client:
        taken: list[Activation] = []
        async with client.mpc.start_each(rooms(plivo, 30)) as activations:
            while len(taken) < 30:
                with anyio.move_on_after(0.2):
                    taken.append(await anext(activations))
        assert sorted(activation.position for activation in taken) == list(range(30))


async def test_what_the_caller_knows_is_known_to_input_and_on_outcome() -> None:
    """Context variables of the one who enters are seen by his iterator and his callback, on both backends."""
    who: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")
    seen = set()

    async def names() -> AsyncIterator[str]:
        for name in "abc":
            seen.add(who.get())
            yield name

    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        who.set("me")
        await collected(client.mpc.start_each(names(), on_outcome=lambda _: seen.add(who.get())))
        assert seen == {"me"}


async def test_an_exception_in_the_loop_stops_the_run() -> None:
    """It comes out as it is, and nothing goes on behind it."""
    async with Emulator(port=None, latency=0.5) as plivo, in_memory(plivo) as client:

        async def loop() -> None:
            async with client.mpc.start_each(Counted()) as activations:
                async for _ in activations:
                    raise LookupError("mine")

        with pytest.raises(LookupError, match="mine"):
            await loop()
        await check_at_rest(plivo, client)


@pytest.mark.parametrize("after", [0.0, 0.6, 1.3])
async def test_a_cancelled_loop_stops_the_run(after: float) -> None:
    """Cancelled while it waits for the next outcome: when the cancellation comes out, everything has stopped."""
    async with Emulator(port=None, latency=0.5) as plivo, in_memory(plivo) as client:
        told: list[Activation] = []
        names = rooms(plivo, 250)
        with anyio.move_on_after(after):
            await collected(client.mpc.start_each(names, on_outcome=told.append))
        statistics = client.statistics()
        assert (statistics.requests, statistics.permits_in_flight) == (0, 0)
        assert contradictions(plivo, told) == []
        assert {request.name for request in plivo.requests} <= {activation.name for activation in told}
        await check_at_rest(plivo, client)


async def test_on_outcome_is_told_of_what_leaving_cuts_short() -> None:
    """Each conference that anything was sent for is told of, once, and truly."""
    async with Emulator(port=None, latency=(0.1, 0.5)) as plivo, in_memory(plivo) as client:
        told: list[Activation] = []
        async with client.mpc.start_each(iter(rooms(plivo, 250)), on_outcome=told.append) as activations:
            await anext(activations)
        assert len({activation.position for activation in told}) == len(told)
        assert {request.name for request in plivo.requests} <= {activation.name for activation in told}
        assert ActivationOutcome.UNKNOWN not in {activation.outcome for activation in told}
        assert contradictions(plivo, told) == []


async def test_a_stream_that_is_over_stays_over() -> None:
    """Iterated again it yields nothing; made and thrown away it never begins, and nothing complains."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        async with client.mpc.start_each(rooms(plivo, 10)) as stream:
            assert len([one async for one in stream]) == 10
            assert [one async for one in stream] == []
        names = Counted()
        client.mpc.start_each(names)
        gc.collect()
        await anyio.sleep(10)
        assert (names.pulled, len(plivo.requests)) == (0, 10)


async def test_two_streams_at_once() -> None:
    """Each has its own input and outcomes; they share the connections and the permits."""
    async with Emulator(port=None, latency=0.05) as plivo, in_memory(plivo) as client:
        names = rooms(plivo, 300)
        found: dict[int, list[Activation]] = {}

        async def run(part: int) -> None:
            found[part] = await collected(client.mpc.start_each(names[part::2]))

        async with anyio.create_task_group() as group:
            group.start_soon(run, 0)
            group.start_soon(run, 1)
        assert sorted(activation.name or "" for activation in found[0]) == sorted(names[::2])
        assert sorted(activation.name or "" for activation in found[1]) == sorted(names[1::2])
        assert plivo.counts().told_429 == 0
        assert plivo.most_connections <= WIDTH


async def test_bad_names_are_rejected_in_their_place() -> None:
    """A refused name is an outcome with its position, and ends nothing."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        good = rooms(plivo, 4)
        names: list[object] = [good[0], "", good[1], "a\nb", 7, good[2], None, good[3]]
        activations = await collected(client.mpc.start_each(names))  # type: ignore[arg-type]
        by_position = sorted(activations, key=lambda activation: activation.position)
        refused = [activation for activation in by_position if activation.outcome == "rejected"]
        assert [activation.position for activation in refused] == [1, 3, 4, 6]
        for activation in refused:
            assert isinstance(activation.error, ValueError | TypeError)
            assert f"at position {activation.position}" in str(activation.error)
            assert activation.attempts == ()
        assert len(plivo.requests) == 4


async def test_an_input_of_bad_names_only() -> None:
    """Thousands of refused names in a row neither send anything nor run ahead of the loop."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        pulled = 0

        def bad() -> Iterator[str]:
            nonlocal pulled
            for _ in range(2_000):
                pulled += 1
                yield ""

        taken = 0
        async with client.mpc.start_each(bad()) as activations:
            async for activation in activations:
                assert activation.outcome == "rejected"
                taken += 1
                assert pulled <= taken + 2 * WIDTH
        assert taken == 2_000
        assert plivo.requests == []


@pytest.mark.parametrize("names", [7, b"abc", "room", {"a": 1}, None, object()])
async def test_a_wrong_input_is_refused_before_anything(names: object) -> None:
    """What is no iterable of names is a `TypeError` at the call, not in the loop."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        with pytest.raises(TypeError, match="names must be an iterable"):
            client.mpc.start_each(names)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="deadline"):
            client.mpc.start_each([], deadline=-1)
        with pytest.raises(ValueError, match="confirm"):
            client.mpc.start_each([], confirm="no")  # type: ignore[arg-type]
        assert plivo.requests == []


async def test_a_conference_given_twice_while_in_hand_is_activated_once() -> None:
    """Both positions share the one outcome; given again later, it is looked at anew."""
    async with Emulator(port=None, latency=0.5) as plivo, in_memory(plivo) as client:
        names = rooms(plivo, 3)
        again = [names[0], names[1], names[0], names[0], names[2]]
        activations = await collected(client.mpc.start_each(again))
        assert sorted(activation.position for activation in activations) == [0, 1, 2, 3, 4]
        assert {activation.outcome for activation in activations} == {ActivationOutcome.ACTIVATED}
        assert len(plivo.requests) == 3


@pytest.mark.parametrize("wait_for", [0.0, 20.0])
async def test_many_times_the_same_conference_while_it_has_to_wait(wait_for: float) -> None:
    """More duplicates than workers, of a conference that backs off or is polled: the run goes on."""
    async with Emulator(port=None, latency=0.1) as plivo, in_memory(plivo) as client:
        plivo.add_conference("room")
        for nth in (1, 2):
            plivo.script("activate", "room", nth=nth, fault="503")
        names = [*["room"] * (2 * WIDTH), *["none"] * (2 * WIDTH)]
        with anyio.fail_after(60):
            activations = await collected(client.mpc.start_each(names, wait_for=wait_for))
        assert sorted(activation.position for activation in activations) == list(range(4 * WIDTH))
        assert {activation.name for activation in activations if activation.succeeded} == {"room"}
        assert plivo.conferences["room"].applied == 1


async def test_endlessly_the_same_conference_is_not_pulled_ahead() -> None:
    """An endless input of one name runs ahead as far as so many positions may be in hand."""
    async with Emulator(port=None, latency=1.0) as plivo, in_memory(plivo) as client:
        pulled = 0

        def endless() -> Iterator[str]:
            nonlocal pulled
            while True:
                pulled += 1
                yield "room"

        taken = 0
        async with client.mpc.start_each(endless()) as activations:
            async for _ in activations:
                taken += 1
                assert pulled <= taken + IN_HAND + 3 * WIDTH
                if taken == 300:
                    break


async def test_twins_of_a_cut_short_run_are_all_yielded() -> None:
    """A deadline that passes while the loop is slow to take them loses no position."""
    async with Emulator(port=None, latency=0.5) as plivo, in_memory(plivo) as client:
        names = [f"room {number // 4}" for number in range(400)]
        positions = []
        async with client.mpc.start_each(names, deadline=5) as activations:
            async for activation in activations:
                positions.append(activation.position)
                await anyio.sleep(0.2)
        assert sorted(positions) == list(range(400))


async def test_wrong_credentials_leave_the_rest_unattempted() -> None:
    """401 on the way: at most what was under way is refused, the rest of the input is yielded untouched."""
    async with Emulator(port=None, latency=0.1) as plivo, in_memory(plivo) as client:
        names = rooms(plivo, 300)
        activations = []
        async with client.mpc.start_each(iter(names)) as stream:
            async for activation in stream:
                activations.append(activation)
                if len(activations) == 100:
                    spoil_credentials(client)
                    sent = len(plivo.requests)
        assert sorted(activation.position for activation in activations) == list(range(300))
        assert len(plivo.requests) <= sent + 2 * WIDTH
        refused = [activation for activation in activations if activation.outcome == "rejected"]
        assert refused
        assert all(isinstance(activation.error, AuthenticationError) for activation in refused)
        untouched = [activation for activation in activations if activation.outcome == "not_attempted"]
        assert len(untouched) >= 300 - len(plivo.requests)
        assert all(isinstance(activation.error, NotSentError) for activation in untouched)
        assert contradictions(plivo, activations) == []


async def test_wrong_credentials_end_the_wait_for_input() -> None:
    """After the 401 nobody waits for names that may or may not come, and none is taken any more."""

    async def slow() -> AsyncIterator[str]:
        yield "a"
        await anyio.sleep(10)
        pytest.fail("it is still read")

    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        spoil_credentials(client)
        with anyio.fail_after(3):
            activations = await collected(client.mpc.start_each(slow()))
        assert [activation.outcome.value for activation in activations] == ["rejected"]


async def test_past_the_deadline_the_rest_is_not_attempted() -> None:
    """What was in flight comes back, what was never sent is not attempted, and each position comes once."""
    async with Emulator(port=None, latency=1.0) as plivo, in_memory(plivo) as client:
        names = rooms(plivo, 300)
        activations = await collected(client.mpc.start_each(names, deadline=2.5))
        outcomes = [activation.outcome for activation in activations]
        assert outcomes.count(ActivationOutcome.ACTIVATED) == 192
        assert outcomes.count(ActivationOutcome.NOT_ATTEMPTED) == 108
        assert sorted(activation.position for activation in activations) == list(range(300))
        assert contradictions(plivo, activations) == []


@pytest.mark.parametrize("kind", ["stream", "generator"])
@pytest.mark.parametrize("way", ["start", "start_each"])
async def test_a_deadline_bounds_the_wait_for_names_that_never_end(kind: str, way: str) -> None:
    """Memory streams, queues and cursors: the run ends in time, what came is told, what didn't stays where it is."""
    send, receive = anyio.create_memory_object_stream[str](100)

    async def generated() -> AsyncIterator[str]:
        async for name in receive:
            yield name

    async with Emulator(port=None, latency=0.1) as plivo, in_memory(plivo) as client, send, receive:
        for name in rooms(plivo, 5):
            send.send_nowait(name)
        told: list[Activation] = []
        began = anyio.current_time()
        names = receive if kind == "stream" else generated()
        if way == "start":
            await client.mpc.start(names, deadline=5, on_outcome=told.append)
        else:
            told = await collected(client.mpc.start_each(names, deadline=5))
        assert anyio.current_time() - began == pytest.approx(5)
        assert {one.outcome.value for one in told} == {"not_attempted" if way == "start" else "activated"}
        assert len(told) == 5
        if kind == "stream":
            send.send_nowait("later")
            assert receive.receive_nowait() == "later"


@pytest.mark.long
async def test_names_that_nobody_has_dialled_into_hold_back_none_that_are_ready() -> None:
    """However many wait for people, a conference behind them is activated when its turn comes."""
    async with Emulator(port=None, limit=None) as plivo, in_memory(plivo, rate_limit=None) as client:
        rooms(plivo, 3)
        names = [*(f"empty {number}" for number in range(1_000)), *["twin"] * 200, "room 0", "room 1", "room 2"]
        async with client.mpc.start_each(iter(names), wait_for=600, confirm="never") as activations:
            began = anyio.current_time()
            first = [await anext(activations) for _ in range(3)]
            assert anyio.current_time() - began < 60
        assert {activation.name for activation in first} == {"room 0", "room 1", "room 2"}


async def test_a_deadline_while_the_input_is_awaited() -> None:
    """It ends the run then and there, without an error, with what is known."""

    async def slow() -> AsyncIterator[str]:
        yield "a"
        await anyio.sleep(100)
        yield "b"

    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("a")
        began = anyio.current_time()
        activations = await collected(client.mpc.start_each(slow(), deadline=5))
        assert [activation.outcome.value for activation in activations] == ["activated"]
        assert anyio.current_time() - began == pytest.approx(5)


async def test_a_slow_async_input_is_sent_as_it_comes() -> None:
    """A name is sent when it is there, not when the next one is."""

    async def slow() -> AsyncIterator[str]:
        for number in range(5):
            yield f"room {number}"
            await anyio.sleep(10)

    async with Emulator(port=None, latency=0.1) as plivo, in_memory(plivo) as client:
        rooms(plivo, 5)
        began = anyio.current_time()
        async with client.mpc.start_each(slow()) as activations:
            async for activation in activations:
                assert anyio.current_time() - began == pytest.approx(10 * activation.position + 0.1)


@pytest.mark.parametrize("is_async", [False, True])
async def test_an_input_that_raises_is_heard_after_what_is_under_way(is_async: bool) -> None:
    """What was pulled before is finished and yielded; then the error comes out as it is."""
    names = [f"room {number}" for number in range(50)]

    def broken() -> Iterator[str]:
        yield from names
        raise LookupError("mine")

    async def broken_async() -> AsyncIterator[str]:
        for name in names:
            yield name
        raise LookupError("mine")

    async with Emulator(port=None, latency=0.5) as plivo, in_memory(plivo) as client:
        rooms(plivo, 50)
        async with client.mpc.start_each(broken_async() if is_async else broken()) as stream:
            activations = [await anext(stream) for _ in names]
            with pytest.raises(LookupError, match="mine"):
                await anext(stream)
        assert sorted(activation.name or "" for activation in activations) == sorted(names)
        assert all(activation.succeeded for activation in activations)
        await check_at_rest(plivo, client)


@pytest.mark.parametrize("leave", ["break", "cancel", "401"])
async def test_an_async_generator_is_closed_with_the_run(leave: str) -> None:
    """However the run ends: what the generator does at its end is done, and nothing complains about it."""
    closed = False

    async def names() -> AsyncIterator[str]:
        nonlocal closed
        try:
            for number in itertools.count():
                await anyio.lowlevel.checkpoint()
                yield f"room {number}"
        finally:
            closed = True

    async with Emulator(port=None, latency=0.1) as plivo, in_memory(plivo) as client:
        if leave == "401":
            spoil_credentials(client)
        with anyio.move_on_after(0.55):
            async with client.mpc.start_each(names()) as stream:
                async for activation in stream:
                    if leave == "break" or activation.outcome == "not_attempted":
                        break
        assert closed
        assert client.statistics().requests == 0


async def test_a_bad_name_closes_the_async_generator_of_start() -> None:
    """`start(names)` that refuses a name leaves no generator half way."""
    closed = False

    async def names() -> AsyncIterator[str]:
        nonlocal closed
        try:
            yield "room"
            yield ""
            yield "moor"
        finally:
            closed = True

    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        with pytest.raises(ValueError, match="at position 1"):
            await client.mpc.start(names())
        assert closed


async def test_an_input_stream_of_somebody_else_stays_open() -> None:
    """Other async iterators than generators are not ours to close: the rest can still be received."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        send, receive = anyio.create_memory_object_stream[str](1_000)
        for number in range(1_000):
            send.send_nowait(f"room {number}")
        async with client.mpc.start_each(receive) as activations:
            async for _ in activations:
                break
        assert receive.receive_nowait().startswith("room ")
        send.close()
        receive.close()


async def test_on_outcome_that_raises_ends_the_stream() -> None:
    """Its exception comes out of the loop as it is, and nothing goes on."""
    async with Emulator(port=None, latency=0.1) as plivo, in_memory(plivo) as client:

        def fail(activation: Activation) -> None:
            raise LookupError("mine")

        with pytest.raises(LookupError, match="mine"):
            await collected(client.mpc.start_each(Counted(), on_outcome=fail))
        await check_at_rest(plivo, client)


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("way", ["start", "start_each"])
@pytest.mark.parametrize("place", ["on_outcome", "input"])
async def test_an_exit_comes_out_as_it_is(error: BaseException, way: str, place: str) -> None:
    """`sys.exit()` in somebody's callback or input ends the run in order and comes out of the block itself."""
    told = []

    def note(activation: Activation) -> None:
        told.append(activation)
        if place == "on_outcome" and len(told) == 5:
            raise error

    def names() -> Iterator[str]:
        for number in range(40):
            if place == "input" and number == 20:
                raise error
            yield f"room {number}"

    async with Emulator(port=None, latency=0.1) as plivo, in_memory(plivo) as client:
        rooms(plivo, 40)
        with pytest.raises(type(error)) as caught:
            await activate(client, way, names(), note)
        assert caught.value is error
        if place == "input":
            assert len(told) == (20 if way == "start_each" else 0)
        assert contradictions(plivo, told) == []
        await check_at_rest(plivo, client)


@pytest.mark.parametrize("way", ["start", "start_each"])
async def test_an_input_that_lets_a_cancellation_out(way: str) -> None:
    """A cancellation of its own, not of ours, is an error of the input: what it gave before is finished and told."""
    cancelled = await a_cancellation()
    told: list[Activation] = []

    async def names() -> AsyncIterator[str]:
        for number in range(20):
            yield f"room {number}"
        raise cancelled

    async with Emulator(port=None, latency=0.1) as plivo, in_memory(plivo) as client:
        rooms(plivo, 20)
        with pytest.raises(RuntimeError, match="a cancellation of their own"):
            await activate(client, way, names(), told.append)
        assert len(told) == (20 if way == "start_each" else 0)
        assert all(activation.succeeded for activation in told)
        await check_at_rest(plivo, client)


async def activate(client: AsyncClient, way: str, names: Names, note: Callable[[Activation], None]) -> None:
    """In one of both ways."""
    if way == "start":
        await client.mpc.start(names, on_outcome=note)
    else:
        await collected(client.mpc.start_each(names, on_outcome=note))


async def a_cancellation() -> BaseException:
    """What a cancelled await raises, kept from its scope."""
    with anyio.CancelScope() as scope:
        scope.cancel()
        try:
            await anyio.sleep(1)
        except BaseException as error:  # noqa: BLE001
            cancellation = error
    return cancellation


async def test_under_faults_a_stream_tells_the_truth() -> None:
    """Some faults, some duplicates, a slow loop: every position once, and no outcome that the emulator denies."""
    faults = Faults({"lost-response": 0.1, "reset-before": 0.05, "503-applied": 0.05, "429": 0.02})
    async with Emulator(port=None, latency=(0.01, 0.2), faults=faults) as plivo, in_memory(plivo) as client:
        names = [name for name in rooms(plivo, 150) for _ in range(1 + (name[-1] == "7"))]
        activations = []
        async with client.mpc.start_each(iter(names)) as stream:
            async for activation in stream:
                activations.append(activation)
                await anyio.sleep(0.01)
        assert sorted(activation.position for activation in activations) == list(range(len(names)))
        first = {activation.name: activation for activation in reversed(activations)}
        assert contradictions(plivo, first.values()) == []
        await check_at_rest(plivo, client)


class Instant(Exchange):
    """An exchange that answers at once: the batch without the network."""

    def __init__(self, status_code: int = 404) -> None:
        super().__init__(NoTransport(), None, anyio.current_time, lambda: 0.5)
        self._status_code = status_code

    async def attempt(self, request: Request, options: Options, *, began: float, **_: Any) -> Attempted:
        """Answer."""
        await anyio.lowlevel.checkpoint()
        now = self.clock()
        attempt = Attempt(request.method, AttemptOutcome.ANSWERED, self._status_code, None, now - began, now - began)
        return Attempted(attempt, Answer(self._status_code, {}, b""), None, now)

    async def run(self, *_: object, **__: object) -> NoReturn:
        """Batches make single attempts, not whole operations."""
        raise AssertionError


@pytest.mark.long
async def test_memory_stays_constant() -> None:
    """Ten times the names take hardly more memory at the peak."""
    options = Options(timeout=attempt_timeout(10.0), retry=RetryPolicy())
    mpc = MultiPartyCalls(Instant(), options, WIDTH, Account("https://api.plivo.com", "MA" + "X" * 18))

    async def peak(count: int) -> int:
        gc.collect()
        before, most = sys.getallocatedblocks(), 0
        async with mpc.start_each((f"room {number}" for number in range(count)), confirm="never") as activations:
            async for activation in activations:
                if activation.position % 250 == 0:
                    gc.collect()  # what is alive counts, not when somebody sweeps
                    most = max(most, sys.getallocatedblocks() - before)
        return most

    await peak(200)
    few = await peak(3_000)  # enough for all that has a bound to reach it
    assert await peak(30_000) < few + 2_500  # pieces of memory; the names alone would be 27,000 more


@pytest.mark.long
async def test_a_name_that_waits_for_its_turn_takes_little_memory() -> None:
    """Of many given to `start`, each takes at most 1 kB beside its name while it waits, and less once it is done."""
    options = Options(timeout=attempt_timeout(10.0), retry=RetryPolicy())
    mpc = MultiPartyCalls(Instant(204), options, WIDTH, Account("https://api.plivo.com", "MA" + "X" * 18))
    names = [f"room {number}" for number in range(5_000)]
    await mpc.start(names[:200])
    gc.collect()
    tracemalloc.start()
    try:
        report = await mpc.start(names)
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert report.succeeded
    assert most <= 1_000 * len(names)
    assert kept <= 300 * len(names)


async def test_a_large_input_does_not_stall_the_event_loop() -> None:
    """Names by the ten thousand are read, and reported as not attempted, without keeping other tasks waiting."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await anyio.lowlevel.checkpoint()
            turns += 1

    async with Emulator(port=None) as plivo, in_memory(plivo) as client, anyio.create_task_group() as group:
        group.start_soon(others)
        names = [f"room {number}" for number in range(20_000)]
        told: list[Activation] = []
        report = await client.mpc.start(names, deadline=0, on_outcome=told.append)
        assert len(told) == report.counts[ActivationOutcome.NOT_ATTEMPTED] == 20_000
        assert turns >= 2 * 99
        group.cancel_scope.cancel()


async def test_a_batch_does_not_begin_all_at_once() -> None:
    """Its first requests are built one by one, with turns of other tasks in between."""
    turns = 0
    began: list[int] = []

    class Watched(Instant):
        async def attempt(self, request: Request, options: Options, **given: Any) -> Attempted:
            began.append(turns)
            for _ in range(4 * WIDTH):  # it takes long
                await anyio.lowlevel.checkpoint()
            return await super().attempt(request, options, **given)

    async def others() -> None:
        nonlocal turns
        while True:
            await anyio.lowlevel.checkpoint()
            turns += 1

    options = Options(timeout=attempt_timeout(10.0), retry=RetryPolicy())
    mpc = MultiPartyCalls(Watched(204), options, WIDTH, Account("https://api.plivo.com", "MA" + "X" * 18))
    async with anyio.create_task_group() as group:
        group.start_soon(others)
        await mpc.start([f"room {number}" for number in range(WIDTH)])
        group.cancel_scope.cancel()
    assert len(set(began)) >= WIDTH / 2


async def test_cancelled_while_the_rest_is_reported() -> None:
    """Also then each position is told of, once; the report that is being made comes out."""
    told: list[Activation] = []
    reports: list[ActivationReport] = []

    async with Emulator(port=None) as plivo, in_memory(plivo) as client, anyio.create_task_group() as group:

        async def cancel() -> None:
            while len(told) < 3_000:
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()

        group.start_soon(cancel)
        names = [f"room {number}" for number in range(10_000)]
        await client.mpc.start(names, deadline=0, on_outcome=told.append, on_report=reports.append)
    assert [activation.position for activation in told] == list(range(10_000))
    assert list(map(len, reports)) == [10_000]
