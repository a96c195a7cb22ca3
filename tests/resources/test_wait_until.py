"""`wait_until`: what each look means, when it ends, and what it says then."""

import math
import pickle
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from plivo_async import (
    AuthenticationError,
    BadRequestError,
    NoAnswerError,
    NotFoundError,
    NotSentError,
    PermissionDeniedError,
    RateLimitError,
    RetryPolicy,
    ServerError,
    StatusNotReachedError,
)
from plivo_async.emulator import Emulator, Faults
from plivo_async.resources._waiting import Prospect, prospect
from plivo_async.wire import Answer

from ..support import in_memory
from .scripted import Scripted, answer, shape

pytestmark = pytest.mark.anyio

UUID, NEXT = "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e", "11111111-7a2e-4c0f-9c1d-0f3a1c5b2d4e"
NOWHERE = NotFoundError("nothing there", status_code=404)
REACHED, COMING, MISSED = Prospect.REACHED, Prospect.COMING, Prospect.MISSED


def seen(status: str, uuid: str = UUID) -> Answer:
    """A look at a conference."""
    return answer(200, {"mpc_uuid": uuid, "friendly_name": "room", "status": status})


@pytest.mark.parametrize(
    ("goal", "status", "means"),
    [
        ("Initialized", "Initialized", REACHED),
        ("Initialized", "Active", MISSED),
        ("Initialized", "Ended", MISSED),
        ("Active", "Initialized", COMING),
        ("Active", "Active", REACHED),
        ("Active", "Ended", MISSED),
        ("Ended", "Initialized", COMING),
        ("Ended", "Active", COMING),
        ("Ended", "Ended", REACHED),
        ("Initialized", "Held", COMING),
        ("Ended", "Held", COMING),
    ],
)
async def test_what_a_status_means(goal: str, status: str, means: Prospect) -> None:
    """A conference goes one way; what nobody knows may become anything."""
    assert prospect(goal, status) is means


async def test_it_returns_what_was_seen() -> None:
    """One look each second, begun on the second; none after the status was seen."""
    fake = Scripted(NOWHERE, seen("Initialized"), seen("initialized"), seen("active"))
    began = anyio.current_time()
    call = await fake.mpc("room").wait_until("active")
    assert (call.status, call.mpc_uuid) == ("Active", UUID)
    assert anyio.current_time() - began == pytest.approx(3.0, abs=0.01)
    by_name, by_uuid = "GET MultiPartyCall/name_room/", f"GET MultiPartyCall/uuid_{UUID}/"
    assert [shape(request) for request in fake.requests] == [by_name, by_name, by_uuid, by_uuid]


async def test_it_is_there_already() -> None:
    """One look, no wait."""
    fake = Scripted(seen("Active"))
    began = anyio.current_time()
    assert (await fake.mpc(uuid=UUID).wait_until("active", interval=60)).status == "Active"
    assert anyio.current_time() == began
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("goal", "status", "words"),
    [
        ("initialized", "Active", "can't become Initialized any more: it is Active"),
        ("initialized", "Ended", "can't become Initialized any more: it is Ended"),
        ("active", "Ended", "can't become Active any more: it is Ended"),
    ],
)
async def test_what_cannot_come_any_more_ends_the_wait_at_once(goal: Any, status: str, words: str) -> None:
    """The error says what was seen; it pickles, with its facts."""
    fake = Scripted(seen(status))
    began = anyio.current_time()
    with pytest.raises(StatusNotReachedError, match=words) as caught:
        await fake.mpc(uuid=UUID).wait_until(goal)
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert (error.status, error.target, error.to_dict()["status"]) == (status, UUID, status)
    assert error.started_at is not None
    assert anyio.current_time() == began


@pytest.mark.parametrize(
    ("goal", "look", "status", "words"),
    [
        ("active", NOWHERE, None, "no such conference was seen"),
        ("active", seen("Initialized"), "Initialized", r"start\(\) activates it"),
        ("ended", seen("Active"), "Active", r"stop\(\) ends it"),
        ("ended", seen("Held"), "Held", "it is Held"),
        ("active", RateLimitError("too many"), None, "the last look failed: too many"),
    ],
)
async def test_time_is_up(goal: Any, look: Answer | Exception, status: str | None, words: str) -> None:
    """The deadline is kept; the error holds the last status, what to try, and what failed."""
    fake = Scripted(look)
    began = anyio.current_time()
    with pytest.raises(StatusNotReachedError, match=words) as caught:
        await fake.mpc("room").wait_until(goal, deadline=10)
    assert caught.value.status == status
    assert "within 10 s" in caught.value.message
    assert anyio.current_time() - began <= 10
    assert len(fake.requests) == 10
    assert fake.deadlines[0] == 10
    assert fake.deadlines[-1] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    "passing",
    [
        RateLimitError("429", status_code=429),
        NotSentError("offline"),
        NoAnswerError("no answer"),
        ServerError("503", status_code=503),
    ],
)
async def test_what_passes_does_not_end_the_wait(passing: Exception) -> None:
    """The next look may show more."""
    fake = Scripted(passing, seen("Initialized"), passing, passing, seen("Active"))
    assert (await fake.mpc("room").wait_until("active")).status == "Active"
    assert len(fake.requests) == 5


@pytest.mark.parametrize(
    "lasting",
    [
        AuthenticationError("401", status_code=401),
        PermissionDeniedError("403", status_code=403),
        BadRequestError("400", status_code=400),
    ],
)
async def test_what_lasts_ends_the_wait(lasting: Exception) -> None:
    """No later look would show more."""
    fake = Scripted(seen("Initialized"), lasting)
    with pytest.raises(type(lasting)):
        await fake.mpc("room").wait_until("active")
    assert len(fake.requests) == 2


@pytest.mark.parametrize(
    ("make", "goal"),
    [
        (lambda fake: fake.mpc("room"), "ended"),
        (lambda fake: fake.mpc(uuid=UUID), "ended"),
        (lambda fake: fake.mpc(uuid=UUID), "active"),
        (lambda fake: fake.mpc(uuid=UUID), "initialized"),
    ],
)
async def test_what_is_not_there_and_will_not_come(make: Callable[[Scripted], Any], goal: Any) -> None:
    """A UUID that nobody has; the end of what, by name, can't be seen any more: `NotFoundError`, at once."""
    fake = Scripted(NOWHERE)
    with pytest.raises(NotFoundError):
        await make(fake).wait_until(goal)
    assert len(fake.requests) == 1


async def test_the_next_conference_of_the_same_name_is_another_one() -> None:
    """Once seen, a conference is followed by its UUID."""

    def look(request: Any) -> Answer:
        return seen("Ended") if "uuid_" in request.path else seen("Active", NEXT)

    fake = Scripted(seen("Active"), look)
    assert (await fake.mpc("room").wait_until("ended")).mpc_uuid == UUID
    fake = Scripted(seen("Initialized"), look)
    with pytest.raises(StatusNotReachedError, match="it is Ended"):
        await fake.mpc("room").wait_until("active")


async def test_a_uuid_that_is_none_is_not_followed() -> None:
    """What the server calls a UUID never goes into a path unread."""
    fake = Scripted(seen("Initialized", "../Call"), seen("Active", "../Call"))
    await fake.mpc("room").wait_until("active")
    assert {shape(request) for request in fake.requests} == {"GET MultiPartyCall/name_room/"}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"status": "Active"}, ValueError),
        ({"status": "live"}, ValueError),
        ({"status": None}, ValueError),
        ({"status": "active", "interval": 0}, ValueError),
        ({"status": "active", "interval": -1}, ValueError),
        ({"status": "active", "interval": math.nan}, ValueError),
        ({"status": "active", "interval": None}, TypeError),
        ({"status": "active", "interval": "1"}, TypeError),
        ({"status": "active", "deadline": -1}, ValueError),
        ({"status": "active", "deadline": "1"}, TypeError),
    ],
)
async def test_wrong_arguments(arguments: dict[str, Any], error: type[Exception]) -> None:
    """Told before anything is sent."""
    fake = Scripted(seen("Active"))
    with pytest.raises(error):
        await fake.mpc("room").wait_until(**arguments)
    assert fake.requests == []


async def test_without_a_bound() -> None:
    """`deadline=None` waits for as long as it takes."""
    fake = Scripted(*[seen("Initialized")] * 1_000, seen("Active"))
    await fake.mpc("room").wait_until("active", deadline=None, interval=10)
    assert len(fake.requests) == 1_001


# ---- The same against the emulator ---------------------------------------------------------------------------------


async def test_people_come_and_go() -> None:
    """Somebody dials in, it is started, it ends, and another one of its name begins: each is told as it is."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        mpc = client.mpc("room")
        found = []

        async def watch() -> None:
            found.append(await mpc.wait_until("initialized"))
            found.append(await mpc.wait_until("active"))
            found.append(await mpc.wait_until("ended"))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(watch)
            await anyio.sleep(5.5)
            first = plivo.add_conference("room")
            await anyio.sleep(5)
            await mpc.start()
            await anyio.sleep(5)
            plivo.end_conference("room")
            plivo.add_conference("room")
        assert [call.status for call in found] == ["Initialized", "Active", "Ended"]
        assert {call.mpc_uuid for call in found} == {first.mpc_uuid}


async def test_faults_do_not_end_it() -> None:
    """While half of all looks fail it goes on, within its deadline."""
    faults = Faults({"500": 0.2, "lost-response": 0.2, "429": 0.1})
    once = RetryPolicy(max_attempts=1)
    async with Emulator(port=None, faults=faults) as plivo, in_memory(plivo, retry=once) as client:
        plivo.add_conference("room")

        async def begin() -> None:
            await anyio.sleep(20)
            plivo.activate_conference("room")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(begin)
            assert (await client.mpc("room").wait_until("active")).status == "Active"
        assert 20 <= len(plivo.requests) <= 40
