"""`find_participant`: whom it returns, how long it looks, and what it makes of failures."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import anyio
import pytest

from plivo_async import (
    AuthenticationError,
    NoAnswerError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from plivo_async.emulator import Emulator
from plivo_async.models import Participant, decode
from plivo_async.resources._finding import Sought, comparable
from plivo_async.wire import Answer, Request

from ..support import in_memory
from .scripted import ACCOUNT, Scripted, answer, shape

pytestmark = pytest.mark.anyio

MPC = "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"
LEG, OTHER_LEG = "c0267574-5c12-4861-8990-da9404c8cdf6", "d0267574-5c12-4861-8990-da9404c8cdf6"
NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
NOWHERE = NotFoundError("nothing there", status_code=404)
NOBODY_AHEAD = timedelta(0)


def row(
    member_id: int, *, leg: str = LEG, joined: str | None = "12:00:00", left: str | None = None, **facts: Any
) -> Any:
    """A participant as Plivo gives it."""
    times = {name: time and f"2026-11-24 {time}+00:00" for name, time in (("join_time", joined), ("exit_time", left))}
    return {"member_id": str(member_id), "mpc_uuid": MPC, "call_uuid": leg, "role": "agent", **times, **facts}


def page(*rows: object, more: str | None = None, headers: dict[str, str] | None = None) -> Answer:
    """A page as Plivo gives it."""
    meta = {"count": len(rows), "limit": 20, "offset": 0, "next": more, "previous": None}
    return answer(200, {"api_id": "a", "meta": meta, "objects": list(rows)}, headers)


def among(sought: Sought, *rows: Any, ahead: timedelta = NOBODY_AHEAD) -> str | None:
    """The member id of whom it returns."""
    found = sought.among([decode(Participant, one) for one in rows], ahead)
    return None if found is None else found.member_id


BY_LEG = Sought(LEG, None, None)
BY_NUMBER = Sought(None, "14157654321", None)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], None),
        ([row(1, leg=OTHER_LEG)], None),
        ([row(1, leg=LEG.upper())], "1"),
        ([row(1, left="12:05:00"), row(2)], "2"),
        ([row(1), row(2, joined="12:04:00", left="12:05:00")], "1"),
        ([row(1, joined="11:00:00"), row(2), row(3, joined="11:30:00")], "2"),
        ([row(1, left="12:01:00"), row(2, joined="12:02:00", left="12:03:00")], "2"),
        ([row(1, joined=None), row(2, joined="11:00:00")], "2"),
        ([row(1, joined=None)], "1"),
    ],
)
async def test_who_is_returned(rows: list[Any], expected: str | None) -> None:
    """Who is present before who has left, and of several the one who joined last."""
    assert among(BY_LEG, *rows) == expected


@pytest.mark.parametrize(
    ("address", "listed", "same"),
    [
        ("+14157654321", "14157654321", True),
        ("14157654321", "+14157654321", True),
        ("+1 (415) 765-4321", "14157654321", True),
        ("1.415.765.4321", "+14157654321", True),
        ("agent-1", "agent1", False),
        ("+14157654321", "14157654322", False),
        ("+14157654321", "4157654321", False),
        ("sip:agent@phone.plivo.com", "sip:agent@phone.plivo.com", True),
        ("sip:agent@phone.plivo.com", "sip:Agent@phone.plivo.com", False),
        ("sip:+1@phone.plivo.com", "sip:1@phone.plivo.com", False),
    ],
)
async def test_addresses_are_compared(address: str, listed: str, same: bool) -> None:
    """Numbers by their digits; SIP URIs as they are."""
    assert (comparable(address) == comparable(listed)) is same
    assert (among(Sought(None, comparable(address), None), row(1, member_address=listed)) == "1") is same


async def test_who_has_no_address_is_not_found_by_one() -> None:
    """Retrieved participants may lack it."""
    assert among(BY_NUMBER, row(1), row(2, member_address=None)) is None


@pytest.mark.parametrize(
    ("since", "ahead", "found"),
    [
        (NOON, 0.0, True),
        (NOON + timedelta(microseconds=999_999), 0.0, True),
        (NOON + timedelta(seconds=1), 0.0, False),
        (NOON - timedelta(days=1), 0.0, True),
        (NOON + timedelta(seconds=30), 30.0, True),
        (NOON + timedelta(seconds=32), 30.0, False),
        (NOON.astimezone(timezone(timedelta(hours=5, minutes=30))), 0.0, True),
        (datetime.min.replace(tzinfo=UTC), 30.0, True),
        (datetime.max.replace(tzinfo=UTC), 30.0, False),
    ],
)
async def test_since_when_they_joined(since: datetime, ahead: float, found: bool) -> None:
    """To a second, as Plivo's times are; a clock of ours that is ahead counts less."""
    sought = Sought(LEG, None, since)
    assert (among(sought, row(1), ahead=timedelta(seconds=ahead)) == "1") is found
    assert among(sought, row(1, joined=None)) is None


async def test_a_server_without_a_date_has_our_time() -> None:
    """Then nothing is known of a difference, and none is presumed."""
    fake = Scripted(page(row(1)))
    assert await fake.mpc("room").find_participant(call_uuid=LEG, joined_since=NOON) is not None
    assert await fake.mpc("room").find_participant(call_uuid=LEG, joined_since=NOON + timedelta(hours=1)) is None


async def test_by_call_the_server_filters_and_so_do_we() -> None:
    """The filter is asked for; a server that ignores it does no harm."""
    fake = Scripted(page(row(1, leg=OTHER_LEG), row(2)))
    found = await fake.mpc("a/b").find_participant(call_uuid=UUID(LEG))
    assert found is not None
    assert (found.member_id, found.call_uuid) == ("2", LEG)
    assert [shape(request) for request in fake.requests] == [
        f"GET MultiPartyCall/name_a%2Fb/Participant/?call_uuid={LEG}"
    ]


async def test_by_address_all_pages_are_read() -> None:
    """The one who is present may be on the last page."""
    path = f"/v1/Account/{ACCOUNT.auth_id}/MultiPartyCall/name_room/Participant/"

    def reply(request: Request) -> Answer:
        if "offset=20" not in request.query:
            gone = row(1, left="12:01:00", member_address="14157654321")
            return page(gone, more=f"{path}?limit=20&offset=20")
        return page(row(2, member_address="14157654321", joined="11:00:00"))

    fake = Scripted(reply)
    found = await fake.mpc("room").find_participant(member_address="+14157654321")
    assert found is not None
    assert found.member_id == "2"
    assert len(fake.requests) == 2
    assert "call_uuid" not in fake.requests[0].query


async def test_nobody_is_none() -> None:
    """One look, no wait; nobody of that call, and by name no such conference."""
    for script in (page(), page(row(1, leg=OTHER_LEG)), NOWHERE):
        fake = Scripted(script)
        began = anyio.current_time()
        assert await fake.mpc("room").find_participant(call_uuid=LEG) is None
        assert len(fake.requests) == 1
        assert anyio.current_time() == began


async def test_a_uuid_that_nobody_has_is_an_error() -> None:
    """By UUID an ended conference can be seen as well: what can't was never there."""
    fake = Scripted(NOWHERE)
    with pytest.raises(NotFoundError):
        await fake.mpc(uuid=MPC).find_participant(call_uuid=LEG, wait_for=60)
    assert len(fake.requests) == 1


async def test_it_waits_for_the_answer() -> None:
    """Once a second, until they are there: no conference at first, then nobody, then they."""
    fake = Scripted(NOWHERE, NOWHERE, page(), ServerError("503"), RateLimitError("429"), page(row(7)))
    began = anyio.current_time()
    found = await fake.mpc("room").find_participant(call_uuid=LEG, wait_for=45)
    assert found is not None
    assert found.member_id == "7"
    assert anyio.current_time() - began == pytest.approx(5.0, abs=0.01)
    assert len(fake.requests) == 6


@pytest.mark.parametrize(("wait_for", "deadline", "looks"), [(10.0, None, 11), (10.5, None, 11), (60.0, 5.5, 6)])
async def test_it_gives_up_in_time(wait_for: float, deadline: float | None, looks: int) -> None:
    """After `wait_for`, or at the deadline if that is earlier."""
    fake = Scripted(page())
    began = anyio.current_time()
    assert await fake.mpc("room").find_participant(call_uuid=LEG, wait_for=wait_for, deadline=deadline) is None
    assert anyio.current_time() - began <= min(wait_for, deadline or wait_for)
    assert len(fake.requests) == looks


async def test_it_looks_as_often_as_told() -> None:
    """Every `interval` seconds, from the beginning of one look to that of the next."""
    fake = Scripted(page())
    began = anyio.current_time()
    assert await fake.mpc("room").find_participant(call_uuid=LEG, wait_for=60, interval=15) is None
    assert len(fake.requests) == 5
    assert anyio.current_time() - began == pytest.approx(60)


async def test_none_is_never_said_of_a_look_that_failed() -> None:
    """If the last look failed, nobody knows: its error is raised."""
    fake = Scripted(page(), page(), NoAnswerError("no answer"))
    with pytest.raises(NoAnswerError):
        await fake.mpc("room").find_participant(call_uuid=LEG, wait_for=2)
    assert len(fake.requests) == 3


@pytest.mark.parametrize("lasting", [AuthenticationError("401"), PermissionDeniedError("403")])
async def test_what_lasts_ends_it(lasting: Exception) -> None:
    """No later look would show more."""
    fake = Scripted(lasting)
    with pytest.raises(type(lasting)):
        await fake.mpc("room").find_participant(call_uuid=LEG, wait_for=60)
    assert len(fake.requests) == 1


async def test_a_clock_that_is_ahead_finds_them_all_the_same() -> None:
    """`joined_since` of a clock that is ten minutes ahead, by the `Date` of the answer."""
    theirs = datetime.now(UTC) - timedelta(minutes=10)
    joined = f"{theirs:%H:%M:%S}"
    date = {"date": f"{theirs:%a, %d %b %Y %H:%M:%S GMT}"}
    listed = row(1, joined=None) | {"join_time": f"{theirs:%Y-%m-%d} {joined}+00:00"}
    for headers, expected in ((date, True), ({}, False)):
        fake = Scripted(page(listed, headers=headers))
        found = await fake.mpc("room").find_participant(call_uuid=LEG, joined_since=datetime.now(UTC))
        assert (found is not None) is expected


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, TypeError),
        ({"call_uuid": LEG, "member_address": "+14157654321"}, TypeError),
        ({"call_uuid": 5}, TypeError),
        ({"call_uuid": "+14157654321"}, ValueError),
        ({"member_address": 14157654321}, TypeError),
        ({"member_address": ""}, ValueError),
        ({"member_address": "+"}, ValueError),
        ({"call_uuid": LEG, "joined_since": NOON.replace(tzinfo=None)}, ValueError),
        ({"call_uuid": LEG, "joined_since": "2026-11-24"}, TypeError),
        ({"call_uuid": LEG, "joined_since": datetime.min}, ValueError),
        ({"call_uuid": LEG, "joined_since": datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))}, ValueError),
        ({"call_uuid": LEG, "interval": 0}, ValueError),
        ({"call_uuid": LEG, "interval": None}, TypeError),
        ({"call_uuid": LEG, "wait_for": -1}, ValueError),
        ({"call_uuid": LEG, "wait_for": None}, TypeError),
        ({"call_uuid": LEG, "deadline": "5"}, TypeError),
        ({"call_uuid": LEG, "callback_url": "https://example.com"}, TypeError),
    ],
)
async def test_wrong_arguments(arguments: dict[str, Any], error: type[Exception]) -> None:
    """Told before anything is sent, and without the number."""
    fake = Scripted(page())
    with pytest.raises(error) as caught:
        await fake.mpc("room").find_participant(**arguments)
    assert fake.requests == []
    assert "4157654321" not in str(caught.value)


# ---- The same against the emulator ---------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [None, "lost-response"])
async def test_after_doubt_they_are_found(fault: str | None) -> None:
    """As the error of a doubtful `add_participant` says: by the number, since it began, while it rings."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        mpc = client.mpc("room")
        since = None
        if fault is not None:
            plivo.script("add-participant", "room", fault=fault)
        try:
            await mpc.add_participant(role="agent", from_="+14151234567", to="+14157654321")
        except OutcomeUnknownError as doubt:
            since = doubt.started_at
        found = await mpc.find_participant(member_address="+14157654321", joined_since=since, wait_for=60)
        assert found is not None
        assert found.role == "agent"
        assert [request.operation for request in plivo.requests].count("add-participant") == 1
