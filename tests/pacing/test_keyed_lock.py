"""Operations on one thing keep their order."""

from functools import partial

import anyio
import anyio.lowlevel
import httpx
import pytest

from plivo_async import AsyncClient, NotSentError, PlivoError
from plivo_async.emulator import Emulator
from plivo_async.pacing._keyed_lock import KeyedLock

from ..support import in_memory


@pytest.mark.anyio
async def test_one_key_passes_in_the_order_of_arrival_and_others_do_not_wait() -> None:
    """First come, first served, for each key by itself."""
    lock, log = KeyedLock(), []

    async def operation(key: str, name: str) -> None:
        assert await lock.acquire(key)
        log.append(f"{name} begins")
        await anyio.sleep(1)
        log.append(f"{name} ends")
        lock.release(key)

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
        await lock.acquire("a")
        try:
            await anyio.sleep(10)
        finally:
            lock.release("a")

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(hold)
        await anyio.sleep(1)
        assert len(lock) == 1
        group.cancel_scope.cancel()
    assert len(lock) == 0
    assert await lock.acquire("a")


@pytest.mark.anyio
@pytest.mark.parametrize("within", [-1.0, 0.0, 0.5, 1.0, 1.5])
async def test_waiting_is_bounded_and_what_comes_after_it_is_not(within: float) -> None:
    """Let in or not, even if both fall together; nothing is cancelled afterwards, and nobody is left behind."""
    lock = KeyedLock()
    await lock.acquire("a")
    let_in: list[bool] = []

    async def wait() -> None:
        let_in.append(await lock.acquire("a", within))
        await anyio.sleep(5)  # would be cancelled by a scope that is still there
        let_in.append(True)

    async with anyio.create_task_group() as group:
        group.start_soon(wait)
        await anyio.sleep(1)
        lock.release("a")
    assert let_in[1:] == [True]
    assert within != 1.5 or let_in[0]
    assert within > 0.5 or not let_in[0]
    if let_in[0]:
        lock.release("a")
    assert len(lock) == 0


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
        await anyio.sleep(60)  # so that a look by name can tell that it was there before
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


@pytest.mark.anyio
@pytest.mark.parametrize("deadline", [0.5, 1.0, 1.5])
async def test_what_has_left_is_not_called_unsent(deadline: float) -> None:
    """The deadline and the end of the operation before fall together, over a client of the caller's."""
    arrived: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        arrived.append(request.method)
        await anyio.sleep(1.0)
        return httpx.Response(204)

    http_client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    client = AsyncClient(
        "MA" + "Q" * 18, "token", base_url="http://127.0.0.1:9", http_client=http_client, clock=anyio.current_time
    )
    async with http_client, anyio.create_task_group() as group:
        group.start_soon(client.mpc.stop, "support")
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(PlivoError) as caught:
            await client.mpc.stop("support", deadline=deadline)
        assert isinstance(caught.value, NotSentError) is (len(arrived) == 1)
