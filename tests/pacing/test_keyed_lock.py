"""Operations on one thing keep their order."""

from functools import partial

import anyio
import pytest

from plivo_async import AsyncClient, NotSentError
from plivo_async.emulator import Emulator
from plivo_async.pacing._keyed_lock import KeyedLock

from ..support import in_memory


@pytest.mark.anyio
async def test_one_key_passes_in_the_order_of_arrival_and_others_do_not_wait() -> None:
    """First come, first served, for each key by itself."""
    lock, log = KeyedLock(), []

    async def operation(key: str, name: str) -> None:
        async with lock.lock(key):
            log.append(f"{name} begins")
            await anyio.sleep(1)
            log.append(f"{name} ends")

    began = anyio.current_time()
    async with anyio.create_task_group() as group:
        for key, name in (("a", "a1"), ("a", "a2"), ("b", "b1")):
            group.start_soon(operation, key, name)
            await anyio.sleep(0.1)
    assert log.index("a1 ends") < log.index("a2 begins")
    assert log.index("b1 begins") < log.index("a1 ends")
    assert anyio.current_time() - began == pytest.approx(2.0)
    assert len(lock) == 0


@pytest.mark.anyio
async def test_cancelling_one_leaves_nothing_behind() -> None:
    """Whether it waits or is at work, the next one goes on and the key is forgotten."""
    lock = KeyedLock()

    async def hold() -> None:
        async with lock.lock("a"):
            await anyio.sleep(10)

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(hold)
        await anyio.sleep(1)
        assert len(lock) == 1
        group.cancel_scope.cancel()
    assert len(lock) == 0
    async with lock.lock("a"):
        pass


async def _ended_then_ended_again(client: AsyncClient, log: list[str]) -> None:
    async def end(number: int) -> None:
        await client.request("DELETE", "MultiPartyCall/name_support/")
        log.append(f"{number}")

    async with anyio.create_task_group() as group:
        for number in (1, 2):
            group.start_soon(end, number)
            await anyio.sleep(0.001)


@pytest.mark.anyio
async def test_a_repetition_does_not_overtake_what_was_asked_for_later() -> None:
    """The second operation on a path is sent when the first one is over, its repetitions included."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("support")
        plivo.script("end", "support", nth=1, fault="503")
        log: list[str] = []
        with pytest.raises(ExceptionGroup):  # the second finds nothing left to end
            await _ended_then_ended_again(client, log)
        assert log == ["1"]
        assert [request.status for request in plivo.requests] == [None, 204, 404]


@pytest.mark.anyio
async def test_a_start_that_is_repeated_does_not_undo_a_later_stop() -> None:
    """The stop is sent when the start is over: the conference ends, and stays ended."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("support")
        plivo.script("activate", "support", nth=1, fault="503")
        async with anyio.create_task_group() as group:
            group.start_soon(client.mpc.start, "support")
            await anyio.sleep(0.001)
            await client.mpc.stop("support")
        assert [request.operation for request in plivo.requests] == ["activate", "activate", "end"]
        assert plivo.conferences["support"].status == "Ended"


@pytest.mark.anyio
async def test_a_recording_is_stopped_before_it_is_started_again() -> None:
    """Start, stop, pause and resume of one recording keep their order, though their paths differ."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("support", status="active")
        mpc = client.mpc("support")
        await mpc.start_recording()
        plivo.script("stop-recording", "support", nth=1, fault="503")
        async with anyio.create_task_group() as group:
            for operation in (mpc.pause_recording, mpc.resume_recording, mpc.stop_recording, mpc.start_recording):
                group.start_soon(operation)
                await anyio.sleep(0.001)
        assert (await mpc.get()).recording == "recording"


@pytest.mark.anyio
async def test_additions_do_not_wait_for_each_other() -> None:
    """Dialling a second phone waits for no answer about the first."""
    async with Emulator(port=None, latency=1.0) as plivo, in_memory(plivo) as client:
        plivo.add_conference("support")
        began = anyio.current_time()
        async with anyio.create_task_group() as group:
            for number in ("+14157654321", "+14157654322"):
                add = client.mpc("support").add_participant
                group.start_soon(partial(add, role="agent", from_="+14150000000", to=number))
        assert anyio.current_time() - began == pytest.approx(1.0)


@pytest.mark.anyio
async def test_waiting_for_earlier_operations_counts_towards_the_deadline() -> None:
    """What never got past them was not sent."""
    async with Emulator(port=None, latency=5.0) as plivo, in_memory(plivo) as client:
        plivo.add_conference("support")
        async with anyio.create_task_group() as group:
            group.start_soon(client.request, "DELETE", "MultiPartyCall/name_support/")
            await anyio.sleep(0.1)
            with pytest.raises(NotSentError, match="an earlier operation on the same thing"):
                await client.request("DELETE", "MultiPartyCall/name_support/", deadline=1.0)
        assert len(plivo.requests) == 1
