"""Waiting for conferences, participants and dials: by callbacks without a request, by few looks without callbacks."""

import concurrent.futures
import gc
import pickle
import weakref
from typing import Any

import anyio
import pytest

from plivo_async import AsyncClient, DialOptions, InvalidArgumentError, NotFoundError, StatusNotReachedError
from plivo_async.emulator import Emulator, Faults, Settings
from plivo_async.models import AddedParticipant
from plivo_async.resources.following import Dial

from ...support import in_memory
from .told import MPC, URL, event, hearing, looks, of_member

CALLER, AGENT = "+14151234567", "+14157654321"


@pytest.mark.anyio
async def test_a_callback_ends_a_wait_and_costs_no_request() -> None:
    """Active, ended, left: each as it is told."""
    async with hearing() as (plivo, client):
        room = client.mpc("room")
        plivo.phone(AGENT).answers(3)
        client.events.feed(event("MPCStart", 1, mpc=MPC, room="another"))  # callbacks come
        dial = await room.add_participant(
            role="agent", from_=CALLER, to=AGENT, status_callback_url=URL, call_status_callback_url=URL
        )
        before = looks(plivo)
        reached = await room.until("active", timeout=30)
        assert (reached.what, reached.told_by, reached.mpc_name) == ("Active", "callback", "room")
        assert not reached.inferred
        end = await dial.outcome(timeout=30)
        assert (end.outcome, end.told_by) == ("answered", "callback")
        async with anyio.create_task_group() as group:
            group.start_soon(_later, 2.0, plivo.phone(AGENT).hang_up)
            left = await room.participant(1).until("left", timeout=30)
        assert (left.what, left.told_by, left.member_id) == ("left", "callback", "1")
        ended = await client.mpc(uuid=reached.mpc_uuid or "").until("ended", timeout=30)
        assert ended.at == plivo.conferences["room"].end_time
        assert looks(plivo) == before


async def _later(seconds: float, act: Any) -> None:
    await anyio.sleep(seconds)
    act()


@pytest.mark.anyio
async def test_without_callbacks_looks_end_it() -> None:
    """The same, with nothing told."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        room = client.mpc("room")
        plivo.phone(AGENT).answers(3)
        dial = await room.add_participant(role="agent", from_=CALLER, to=AGENT)
        assert (await room.until("active", timeout=30)).told_by == "look"
        end = await dial.outcome(timeout=30)
        assert (end.outcome, end.told_by) == ("answered", "look")
        async with anyio.create_task_group() as group:
            group.start_soon(_later, 2.0, plivo.phone(AGENT).hang_up)
            left = await room.participant(1).until("left", timeout=30)
        assert (left.what, left.told_by) == ("left", "look")


@pytest.mark.parametrize(
    ("phone", "outcome"),
    [("busy", "busy"), ("rejects", "rejected"), ("never_answers", "no_answer"), ("invalid", "failed")],
)
@pytest.mark.parametrize("told", [True, False])
@pytest.mark.anyio
async def test_a_dial_tells_how_it_ended(phone: str, outcome: str, told: bool) -> None:
    """By the callback of the call, or by its record."""
    async with hearing() as (plivo, client):
        getattr(plivo.phone(AGENT), phone)()
        more: dict[str, Any] = {"call_status_callback_url": URL} if told else {}
        dial = await client.mpc("room").add_participant(role="agent", from_=CALLER, to=AGENT, ring_timeout=20, **more)
        end = await dial.outcome(timeout=90)
        assert (end.outcome, end.told_by) == (outcome, "callback" if told else "look")
        assert end.call_uuid == dial.calls[0].call_uuid


@pytest.mark.anyio
async def test_of_several_phones_the_one_that_is_answered_counts() -> None:
    """The others are let go; if none is answered, it is what tells most."""
    async with hearing() as (plivo, client):
        plivo.phone(AGENT).answers(5)
        plivo.phone("+14157654322").busy()
        dial = await client.mpc("room").add_participant(
            role="agent",
            from_=CALLER,
            to=[AGENT, "+14157654322"],
            call_status_callback_url=URL,
            status_callback_url=URL,
        )
        end = await dial.outcome(timeout=60)
        assert (end.outcome, end.call_uuid) == ("answered", dial.calls[0].call_uuid)
        plivo.phone("+14157654323").never_answers()
        dial = await client.mpc("other").add_participant(
            role="agent",
            from_=CALLER,
            to=["+14157654322", "+14157654323"],
            call_status_callback_url=URL,
            ring_timeout=10,
        )
        assert (await dial.outcome(timeout=60)).outcome == "busy"


@pytest.mark.anyio
async def test_with_a_confirm_key_joining_counts_and_picking_up_does_not() -> None:
    """Whoever picks up and presses nothing has rejected."""
    async with hearing() as (plivo, client):
        plivo.phone(AGENT).answers(2)
        plivo.phone(AGENT).confirm_key = None
        dial = await client.mpc("room").add_participant(
            role="agent", from_=CALLER, to=AGENT, confirm_key="1", call_status_callback_url=URL
        )
        assert (await dial.outcome(timeout=90)).outcome == "rejected"


@pytest.mark.anyio
async def test_a_callback_that_never_comes_frees_the_waiter() -> None:
    """Once the longest time that it may ring is over, looks tell."""
    async with hearing(faults=Faults(callbacks_lost=1.0)) as (plivo, client):
        plivo.phone(AGENT).never_answers()
        client.events.feed(event("MPCStart", 1))  # callbacks come, but not this call's
        dial = await client.mpc("room").add_participant(
            role="agent", from_=CALLER, to=AGENT, ring_timeout=20, call_status_callback_url=URL
        )
        end = await dial.outcome()
        assert (end.outcome, end.told_by) == ("no_answer", "look")
        assert looks(plivo) <= 6


@pytest.mark.anyio
async def test_what_cannot_come_any_more_is_an_error() -> None:
    """As for `wait_until`: too late, over, never there, wrong."""
    async with hearing() as (plivo, client):
        room = client.mpc("room")
        with pytest.raises(StatusNotReachedError, match="was not Active within 5 s"):
            await room.until("active", timeout=5)
        with pytest.raises(NotFoundError):
            await room.until("ended", timeout=5)
        with pytest.raises(NotFoundError):
            await client.mpc(uuid=MPC).until("active", timeout=5)
        plivo.add_conference("room")
        with pytest.raises(StatusNotReachedError, match="participant 9 has not left 'room' within 5 s"):
            await room.participant(9).until("left", timeout=5)
        uuid = plivo.conferences["room"].mpc_uuid
        await room.stop()
        with pytest.raises(StatusNotReachedError, match="can't become Active any more"):
            await client.mpc(uuid=uuid).until("active", timeout=5)
        for wrong in ("Active", "left", None):
            with pytest.raises(InvalidArgumentError, match="status must be"):
                await room.until(wrong)  # type: ignore[arg-type]
        with pytest.raises(InvalidArgumentError, match="timeout"):
            await room.until("active", timeout=-1)
        with pytest.raises(InvalidArgumentError, match="goal must be 'left'"):
            await room.participant(9).until("muted")  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"plivo_async\.webhooks"):
            client.events.feed({"EventName": "MPCStart"})  # type: ignore[arg-type]


@pytest.mark.anyio
async def test_a_name_means_the_conference_that_is_there_not_the_one_before() -> None:
    """What ended before the wait began isn't waited for."""
    async with hearing() as (plivo, client):
        client.events.feed(event("MPCStart", 1, 0))
        client.events.feed(event("MPCEnd", 2, 9))
        plivo.add_conference("room")
        async with anyio.create_task_group() as group:
            group.start_soon(_later, 3.0, lambda: None)
            group.start_soon(client.mpc("room").start)
            reached = await client.mpc("room").until("active", timeout=60)
        assert reached.mpc_uuid == plivo.conferences["room"].mpc_uuid != MPC


@pytest.mark.parametrize("count", [200, pytest.param(1000, marks=pytest.mark.long)])
@pytest.mark.anyio
async def test_many_agents_that_ring_cost_next_to_nothing_with_callbacks(count: int) -> None:
    """At most 30 looks in all."""
    async with hearing(limit=None, calls_per_second=None) as (plivo, client):
        await _ring(plivo, client, count, {"status_callback_url": URL, "call_status_callback_url": URL})
        assert looks(plivo) <= 30


@pytest.mark.long
@pytest.mark.parametrize("count", [200, 1000])
@pytest.mark.anyio
async def test_many_agents_that_ring_cost_five_percent_without(count: int) -> None:
    """Three requests a second of the sixty that there are."""
    async with Emulator(port=None, limit=None, calls_per_second=None) as plivo, in_memory(plivo) as client:
        took = await _ring(plivo, client, count, {})
        assert looks(plivo) <= 3 * took + 12


async def _ring(plivo: Emulator, client: AsyncClient, count: int, urls: DialOptions) -> float:
    """So many, of whom some answer, are busy or let it ring; the seconds that it took."""
    ends: dict[int, str] = {}

    async def one(number: int) -> None:
        phone = plivo.phone(f"+1416{number:07}")
        (phone.answers, phone.busy, phone.never_answers)[number % 3]()
        options: DialOptions = {"ring_timeout": 30, "stay_alone": True, **urls}
        dial = await client.mpc(f"room {number % (count // 8)}").add_participant(
            role="agent", from_=CALLER, to=f"+1416{number:07}", **options
        )
        ends[number] = (await dial.outcome(timeout=900)).outcome

    began = anyio.current_time()
    async with anyio.create_task_group() as group:
        for number in range(count):
            group.start_soon(one, number)
    expected = ("answered", "busy", "no_answer")
    assert not {number: end for number, end in ends.items() if end not in (expected[number % 3], "unknown")}
    assert sum(end == "unknown" for end in ends.values()) <= count / 50
    return anyio.current_time() - began


@pytest.mark.anyio
async def test_cancelled_anywhere_nothing_stays_behind_and_the_others_go_on() -> None:
    """Whoever was making the looks for all: somebody else does."""
    for after in (0.0, 0.5, 1.0, 2.0, 2.01, 3.3):
        async with Emulator(port=None, latency=(0.4, 0.4)) as plivo, in_memory(plivo) as client:
            plivo.add_conference("room")
            got: list[str] = []

            async def wait(client: AsyncClient = client, got: list[str] = got) -> None:
                got.append((await client.mpc("room").until("active", timeout=60)).what)

            async with anyio.create_task_group() as group:
                with anyio.move_on_after(after):
                    group.start_soon(wait)
                    await client.mpc("room").until("active", timeout=60)
                await client.mpc("room").start()
            assert got == ["Active"]
            hub = client.events._hub
            assert (hub.waiting, hub._by_key, hub._looking) == (0, {}, False)
            assert client.statistics().permits_in_flight == 0


@pytest.mark.anyio
async def test_from_another_thread_it_is_refused() -> None:
    """It would wake nobody."""
    async with hearing() as (plivo, client), anyio.create_task_group() as group:
        plivo.add_conference("room")
        group.start_soon(client.mpc("room").until, "active")
        await anyio.sleep(1)
        with concurrent.futures.ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match="from_thread"):
            pool.submit(client.events.feed, event("MPCStart", 1)).result()
        client.events.feed(event("MPCStart", 1, mpc=plivo.conferences["room"].mpc_uuid))


@pytest.mark.anyio
async def test_a_dial_is_an_added_participant_that_belongs_to_its_client() -> None:
    """It compares, and pickles without its client."""
    async with hearing(settings=Settings()) as (_, client):
        dial = await client.mpc("room").add_participant(role="agent", from_=CALLER, to=AGENT)
        copy = pickle.loads(pickle.dumps(dial))  # noqa: S301
        assert isinstance(dial, AddedParticipant)
        assert copy == dial
        assert "_following" not in dial.to_dict()
        assert "following" not in repr(dial)
        with pytest.raises(RuntimeError, match="belongs to no client"):
            await copy.outcome()
        assert (await Dial(_following=dial._following).outcome()).seen == "Plivo named neither a call nor a request"


@pytest.mark.anyio
async def test_a_timeline_is_repaired_by_looks_and_read_by_a_person() -> None:
    """What no callback told is there, and says that it is inferred."""
    async with hearing() as (plivo, client):
        for lost in ("ParticipantJoin", "MPCStart"):
            plivo.script_callback(lost, "room", fault="lost")
        room = client.mpc("room")
        dial = await room.add_participant(role="agent", from_=CALLER, to=AGENT, status_callback_url=URL)
        await dial.outcome(timeout=60)
        await plivo.delivered()
        line = await room.timeline()
        assert [(one.what, one.inferred) for one in line.entries] == [
            ("MPCInitialized", False), ("ParticipantJoin", True), ("MPCStart", True),
        ]  # fmt: skip
        await room.stop()
        await plivo.delivered()
        line = await client.events.timeline("room")
        assert line.status == "Ended"
        assert line.missing == (2, 3)
        text = await client.events.explain("room")
        assert "agent 1 *******4321 joins  (inferred)" in text
        assert AGENT[1:] not in text
        with pytest.raises(NotFoundError):
            await client.events.timeline("nobody")
    client.events.feed(of_member("ParticipantJoin"))


def test_a_client_that_nobody_closes_goes_with_its_last_reference() -> None:
    """It holds a limit for its account: no circle may keep that until somebody sweeps."""
    gc.disable()
    try:
        client = AsyncClient("MA" + "X" * 18, "token")
        gone = weakref.ref(client._core.http)
        del client
        assert gone() is None
    finally:
        gc.enable()
