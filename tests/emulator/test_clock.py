"""One moment at a time: nothing moves under who reads, and nobody changes anything from elsewhere."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator

import anyio
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread
import pytest
import trio

from plivo_async.emulator import Conference, Emulator

from .support import AUTH_ID, AUTH_TOKEN, Client

PHONES = [f"1415765{number:04}" for number in range(40)]


@pytest.fixture
def restless(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A clock that moves on by a tenth of a second whenever it is read."""
    readings = [0.0]
    steady = anyio.current_time

    def current_time() -> float:
        readings[0] += 0.1
        return steady() + readings[0]

    monkeypatch.setattr(anyio, "current_time", current_time)
    yield
    assert readings[0] > 1


async def ring_all(plivo: Emulator) -> Client:
    """Let forty phones be rung that answer, one after the other, within the next minute, and hang up again."""
    client = Client(plivo.connect())
    for number, phone in enumerate(PHONES):
        plivo.phone(phone).answers(after=number / 2)
        options = {"role": "agent", "from": "14151234567", "to": phone, "max_duration": 300}
        await client.ask("POST", f"name_{phone}/Participant/", json.dumps(options).encode())
    return client


def emulator() -> Emulator:
    """One that dials all at once."""
    return Emulator(AUTH_ID, AUTH_TOKEN, port=None, limit=None, calls_per_second=None)


def is_whole(end_time: object, status: str, present: int) -> bool:
    """Whether what was read of a conference, in this order, is of one moment."""
    return (end_time is not None) == (status == "Ended") == (present == 0)


@pytest.mark.anyio
@pytest.mark.usefixtures("restless")
async def test_emulator_state_does_not_move_while_it_is_read() -> None:
    """Comprehensions over conferences see one moment, though phones answer and conferences end at every reading."""
    async with emulator() as plivo:
        await ring_all(plivo)
        seen = set()
        for _ in range(60):
            view = plivo.conferences
            before = len(view)
            read = {name: (one.end_time, one.status, one.present) for name, one in view.items()}
            by_uuid = [(one.end_time, one.status, one.present) for one in plivo.conferences_by_uuid.values()]
            assert len(read) == len(plivo.conferences) == before
            assert sorted(map(str, by_uuid)) == sorted(map(str, read.values()))
            assert all(is_whole(*one) for one in by_uuid)
            assert dict(plivo.rings) == dict(plivo.rings)
            seen.add((len(read), sum(status == "Ended" for _, status, _ in by_uuid)))
            await anyio.lowlevel.checkpoint()
            plivo.advance(5)
        assert len(seen) > 10  # it did move, in between


@pytest.mark.anyio
@pytest.mark.usefixtures("restless")
async def test_emulator_answers_are_of_one_moment() -> None:
    """A list that is answered while phones answer and conferences end holds nothing that is half over."""
    async with emulator() as plivo:
        client = await ring_all(plivo)
        for _ in range(40):
            listed = json.loads((await client.ask("GET", "?limit=20")).body)
            assert len(listed["objects"]) == min(20, listed["meta"]["count"])
            for one in listed["objects"]:
                ended = one["status"] == "Ended"
                assert [one[key] is not None for key in ("end_time", "duration", "billed_amount")] == [ended] * 3
                assert (one["recording"] is None) == ended
            plivo.advance(7)


@pytest.mark.anyio
async def test_emulator_conferences_may_come_under_a_loop_over_them() -> None:
    """A loop goes over those that were there when it began; whoever holds the view sees the others next time."""
    async with emulator() as plivo:
        plivo.add_conference("a")
        view = plivo.conferences
        for name in view:
            await anyio.sleep(1)
            plivo.add_conference(f"{name}b")
        for _ in plivo.conferences_by_uuid.values():
            await anyio.sleep(1)
        assert list(view) == ["a", "ab"]
        assert repr(view) == repr(dict(view))
        assert "ab" in view
        assert view.get("b") is None


# ---- From elsewhere -------------------------------------------------------------------------------------------------

CHANGES: list[Callable[[Emulator], object]] = [
    lambda plivo: plivo.add_conference("b"),
    lambda plivo: plivo.activate_conference("a"),
    lambda plivo: plivo.end_conference("a"),
    lambda plivo: plivo.add_call(from_="1"),
    lambda plivo: plivo.advance(1),
    lambda plivo: plivo.connect(),
    lambda plivo: plivo.phone("12").never_answers(),
    lambda plivo: plivo.phone("1").hang_up(),
]


def untouched(plivo: Emulator, room: Conference) -> bool:
    """Whether reading still works, and nothing has happened."""
    return (list(plivo.conferences), room.status, plivo.counts().requests) == (["a"], "Initialized", 0)


def refused(plivo: Emulator, message: str) -> None:
    """Every change is refused, and says what to do."""
    for change in CHANGES:
        with pytest.raises(RuntimeError, match=message):
            change(plivo)


@pytest.mark.anyio
@pytest.mark.real_time
async def test_emulator_refuses_changes_from_another_thread() -> None:
    """With a loop of its own or without; reading shows what was at the last look."""
    async with Emulator() as plivo:
        room = plivo.add_conference("a")
        plivo.add_call(from_="1")

        async def elsewhere() -> None:
            refused(plivo, r"runs in another thread.*portal\.call\(plivo\.add_conference, name\)")

        def both() -> None:
            asyncio.run(elsewhere())
            trio.run(elsewhere)
            refused(plivo, "runs in another thread")
            assert untouched(plivo, room)

        await anyio.to_thread.run_sync(both)
        assert untouched(plivo, room)


def test_emulator_refuses_changes_from_another_loop() -> None:
    """Of the same thread: one within it, one beside it, and none at all."""

    async def hold(plivo: Emulator) -> None:
        await plivo.__aenter__()
        plivo.add_conference("a")
        plivo.add_call(from_="1")

    async def elsewhere(plivo: Emulator) -> None:
        refused(plivo, r"runs in another event loop.*loop_scope")
        assert untouched(plivo, plivo.conferences["a"])

    async def nested(plivo: Emulator) -> None:
        trio.run(elsewhere, plivo)

    plivo = Emulator(port=None)
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(hold(plivo))
        loop.run_until_complete(nested(plivo))
        asyncio.run(elsewhere(plivo))
        refused(plivo, "runs in another event loop")
        assert plivo.conferences["a"].status == "Initialized"
        loop.run_until_complete(plivo.__aexit__(None, None, None))
    finally:
        loop.close()


@pytest.mark.real_time
def test_emulator_may_live_in_a_portal() -> None:
    """What is called through it is done there."""
    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Emulator()) as plivo,
    ):
        portal.call(plivo.add_conference, "a")
        portal.call(plivo.activate_conference, "a")
        assert plivo.conferences["a"].status == "Active"
        assert threading.current_thread() is threading.main_thread()


def test_emulator_phones_may_be_told_before_it_runs() -> None:
    """Where there is no event loop yet."""
    plivo = Emulator(port=None)
    assert repr(plivo.phone("1").never_answers()) == "<Phone 1 never answers>"
    plivo.script("activate", "a", fault="500")
