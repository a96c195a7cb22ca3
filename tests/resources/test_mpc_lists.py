"""Lists of conferences and of participants: what is asked for, and what comes back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from plivo_async import NotFoundError
from plivo_async.emulator import Emulator
from plivo_async.models import Accepted
from plivo_async.resources import MultiPartyCalls

from ..support import in_memory
from .scripted import Scripted, answer, shape

pytestmark = pytest.mark.anyio

LEG = "c0267574-5c12-4861-8990-da9404c8cdf6"
NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
EMPTY = answer(200, {"api_id": "a", "meta": {"count": 0, "limit": 20, "offset": 0, "next": None}, "objects": []})
INDIA = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (lambda mpc: mpc.list(), "MultiPartyCall/"),
        (lambda mpc: mpc.list(status="initialized"), "MultiPartyCall/?status=initialized"),
        (lambda mpc: mpc.list(friendly_name="a/b &=?"), "MultiPartyCall/?friendly_name=a%2Fb%20%26%3D%3F"),
        (
            lambda mpc: mpc.list(sub_account="SA" + "X" * 18, termination_cause_code=3000, limit=5, offset=0),
            f"MultiPartyCall/?sub_account=SA{'X' * 18}&termination_cause_code=3000&limit=5&offset=0",
        ),
        (
            lambda mpc: mpc.list(creation_time__gte=NOON.astimezone(INDIA), end_time__lt=NOON, status=None),
            "MultiPartyCall/?end_time__lt=2026-11-24%2012%3A00%3A00&creation_time__gte=2026-11-24%2012%3A00%3A00",
        ),
        (lambda mpc: mpc("a/b").participants(), "MultiPartyCall/name_a%2Fb/Participant/"),
        (
            lambda mpc: mpc("r").participants(call_uuid=UUID(LEG), limit=20, offset=40),
            f"MultiPartyCall/name_r/Participant/?call_uuid={LEG}&limit=20&offset=40",
        ),
    ],
)
async def test_what_is_asked_for(asked: Callable[[MultiPartyCalls], Any], shown: str) -> None:
    """Nothing before it is awaited or iterated over; then the filters that were given, and nothing else."""
    fake = Scripted(EMPTY)
    pages = asked(fake.mpc)
    assert fake.requests == []
    page = await pages
    assert (page.objects, page.has_next) == ((), False)
    assert [one async for one in pages] == []
    assert [shape(request) for request in fake.requests] == [f"GET {shown}"] * 2


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (lambda mpc: mpc.list(status="Active"), ValueError),
        (lambda mpc: mpc.list(state="active"), TypeError),
        (lambda mpc: mpc.list(limit=0), ValueError),
        (lambda mpc: mpc.list(limit=21), ValueError),
        (lambda mpc: mpc.list(limit=True), TypeError),
        (lambda mpc: mpc.list(offset=-1), ValueError),
        (lambda mpc: mpc.list(creation_time__gt=NOON.replace(tzinfo=None)), ValueError),
        (lambda mpc: mpc.list(creation_time__gt="2026-11-24"), TypeError),
        (lambda mpc: mpc.list(creation_time=NOON), TypeError),
        (lambda mpc: mpc.list(sub_account="MA" + "X" * 18), ValueError),
        (lambda mpc: mpc.list(deadline=-1), ValueError),
        (lambda mpc: mpc.list(callback_url="https://a.b"), TypeError),
        (lambda mpc: mpc("r").participants(limit=21), ValueError),
        (lambda mpc: mpc("r").participants(call_uuid="x"), ValueError),
        (lambda mpc: mpc("r").participants(status="active"), TypeError),
    ],
)
def test_a_wrong_filter_is_refused_at_once(asked: Callable[[Any], Any], error: type[Exception]) -> None:
    """Where it is written, not where the first page is fetched."""
    fake = Scripted(EMPTY)
    with pytest.raises(error):
        asked(fake.mpc)


@pytest.mark.parametrize(
    "asked", [lambda later: later.list(deadline=7), lambda later: later("r").participants(deadline=7)]
)
async def test_a_list_can_go_elsewhere(asked: Callable[..., Any]) -> None:
    """With a callback one request is made, and Plivo accepts."""
    fake = Scripted(answer(202, {"message": "async api spawned", "api_id": "a"}))
    accepted = await asked(fake.mpc.deferred("https://example.com/done", method="GET"))
    assert isinstance(accepted, Accepted)
    [request] = fake.requests
    assert request.query == "callback_url=https%3A%2F%2Fexample.com%2Fdone&callback_method=GET"
    assert fake.deadlines == [7]


# ---- The same against the emulator ---------------------------------------------------------------------------------


async def test_all_conferences_over_all_pages() -> None:
    """45 of them in three pages, each once, the newest first."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        for number in range(45):
            plivo.add_conference(f"room {number}", status="active" if number % 3 else "initialized")
        names = [call.friendly_name async for call in client.mpc.list()]
        assert sorted(names) == sorted(f"room {number}" for number in range(45))
        assert len(plivo.requests) == 3
        waiting = [call async for call in client.mpc.list(status="initialized", limit=5)]
        assert len(waiting) == 15
        assert {call.status for call in waiting} == {"Initialized"}
        page = await client.mpc.list(friendly_name="room 7")
        assert [call.friendly_name for call in page.objects] == ["room 7"]


async def test_all_participants() -> None:
    """By name while it is live, by UUID for ever; of a name that nobody has there is no list."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        conference = plivo.add_conference("room", status="active", waiting=7)
        everybody = [one async for one in client.mpc("room").participants(limit=3)]
        assert len({one.member_id for one in everybody}) == 7
        [one] = (await client.mpc("room").participants(call_uuid=everybody[0].call_uuid)).objects
        assert one == everybody[0]
        await client.mpc.stop("room")
        with pytest.raises(NotFoundError):
            await client.mpc("room").participants()
        over = [one async for one in client.mpc(uuid=conference.mpc_uuid).participants()]
        assert len(over) == 7
        assert all(one.exit_time is not None for one in over)
