"""Ending a conference by name when the answer is lost: the name may be the next one's by then."""

import itertools
import re
from datetime import UTC, datetime
from typing import Any

import anyio
import pytest

from plivo_async import AsyncClient, NotFoundError, NotSentError, OutcomeUnknownError, RetryPolicy
from plivo_async.emulator import Emulator
from plivo_async.policy import Attempt, AttemptOutcome
from plivo_async.wire import Answer

from ..support import in_memory
from .scripted import Scripted, answer, shape

UUID = "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"
NEXT = "0b8f1c3e-5a44-4a6e-8a1f-6f2d9f0c7b11"
DATE = {"date": "Tue, 24 Nov 2026 12:01:10 GMT"}  # the stop began then, so that "since" is 12:00:10
BEFORE, SINCE = "2026-11-24 12:00:09+00:00", "2026-11-24 12:00:10+00:00"
BEGUN = "2026-11-24 12:01:09+00:00"
BEGAN = datetime(2026, 11, 24, 12, 1, 10, tzinfo=UTC)
GONE = NotFoundError("nothing there", status_code=404)
DELETE, LIVE, ENDED, AGAIN = (
    "DELETE MultiPartyCall/name_room/",
    "GET MultiPartyCall/name_room/",
    "GET MultiPartyCall/?friendly_name=room&status=ended&end_time__gte=2026-11-24%2011%3A59%3A10",
    f"DELETE MultiPartyCall/uuid_{UUID}/",
)


def doubt(attempts: int = 1, status_code: int | None = None) -> OutcomeUnknownError:
    """What an exchange raises after an attempt without an answer."""
    attempt = Attempt("DELETE", AttemptOutcome.UNCLEAR, status_code, "ReadTimeout", 0.0, 1.0)
    return OutcomeUnknownError(
        "End MPC 'room' may have been carried out. Look before repeating it",
        operation="End MPC",
        target="room",
        status_code=status_code,
        started_at=BEGAN,
        attempts=[attempt] * attempts,
    )


def live(made: str | None, **facts: Any) -> Answer:
    """A look at the name that finds a live conference."""
    found = {"mpc_uuid": UUID, "friendly_name": "room", "status": "Active", "creation_time": made}
    return answer(200, found | facts, DATE)


def over(*ends: str, more: bool = False) -> Answer:
    """The list of those of that name that have ended."""
    calls = [{"mpc_uuid": NEXT, "friendly_name": "room", "status": "Ended", "end_time": end} for end in ends]
    link = "/v1/Account/MAXXXXXXXXXXXXXXXXXX/MultiPartyCall/?offset=20" if more else None
    return answer(200, {"meta": {"next": link}, "objects": calls}, DATE)


ENDED_THEN = answer(200, {"mpc_uuid": NEXT, "friendly_name": "room", "status": "Ended", "end_time": SINCE}, DATE)
LOOK = f"GET MultiPartyCall/uuid_{NEXT}/"


async def asked(*script: Answer | Exception) -> tuple[list[str], Exception | None]:
    """The requests of a `stop("room")`, and what it raises."""
    fake = Scripted(*script)
    try:
        await fake.mpc.stop("room")
    except Exception as error:  # noqa: BLE001  (returned)
        return [shape(request) for request in fake.requests], error
    return [shape(request) for request in fake.requests], None


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("looks", "requests", "error"),
    [
        ([live(BEFORE), answer(204)], [LIVE, AGAIN], None),
        ([live(SINCE), over(), answer(204)], [LIVE, ENDED, AGAIN], None),
        ([live(BEGUN), over()], [LIVE, ENDED], OutcomeUnknownError),  # it may be the next one of that name
        ([live(None), over(BEFORE)], [LIVE, ENDED], OutcomeUnknownError),
        ([live(SINCE), over(SINCE)], [LIVE, ENDED], OutcomeUnknownError),
        ([live(SINCE), over(BEFORE, more=True)], [LIVE, ENDED], OutcomeUnknownError),
        ([GONE, over(SINCE), ENDED_THEN], [LIVE, ENDED, LOOK], None),
        ([GONE, over()], [LIVE, ENDED], OutcomeUnknownError),  # it may yet arrive, and find the next one of that name
        ([GONE, over(BEFORE)], [LIVE, ENDED], OutcomeUnknownError),
        ([GONE, over(SINCE, SINCE)], [LIVE, ENDED], OutcomeUnknownError),
        ([GONE, over(BEFORE, more=True)], [LIVE, ENDED], OutcomeUnknownError),
        ([NotSentError("offline")], [LIVE], OutcomeUnknownError),
        ([GONE, NotSentError("offline")], [LIVE, ENDED], OutcomeUnknownError),
        ([answer(200, [])], [LIVE], OutcomeUnknownError),
        ([GONE, answer(200, [])], [LIVE, ENDED], OutcomeUnknownError),
    ],
)
@pytest.mark.parametrize("status_code", [None, 500])
async def test_what_the_looks_lead_to(
    looks: list[Answer | Exception], requests: list[str], error: type[Exception] | None, status_code: int | None
) -> None:
    """It is gone on with by the UUID of the conference that was meant, is done, isn't there, or stays unknown."""
    found, raised = await asked(doubt(status_code=status_code), *looks)
    assert found == [DELETE, *requests]
    assert (None if raised is None else type(raised)) is error
    if isinstance(raised, OutcomeUnknownError):
        assert re.search("Look before repeating it: .*client.mpc.list", raised.message)
    if isinstance(raised, NotFoundError):
        assert (raised.status_code, raised.operation, raised.target) == (404, "End MPC", "room")
        assert len(raised.attempts) == 1
        assert raised.started_at == BEGAN


@pytest.mark.anyio
async def test_what_may_be_the_next_one_is_named() -> None:
    """So that it can be looked at, and ended if it is the one."""
    _, raised = await asked(doubt(), live(SINCE), over(SINCE))
    assert f"{UUID} (Active), {NEXT} (Ended)" in str(raised)


@pytest.mark.anyio
async def test_a_clear_answer_is_not_looked_at() -> None:
    """Neither a yes nor a no."""
    assert await asked(answer(204)) == ([DELETE], None)
    assert (await asked(GONE))[0] == [DELETE]


@pytest.mark.anyio
async def test_attempts_that_are_used_up_are_used_up() -> None:
    """Going on is an attempt as any other."""
    found, raised = await asked(doubt(attempts=5), live(BEFORE))
    assert found == [DELETE, LIVE]
    assert isinstance(raised, OutcomeUnknownError)


@pytest.mark.anyio
async def test_what_is_done_then_is_one_operation_with_what_was_done_before() -> None:
    """By the name that the caller gave, and with the attempts that were made."""
    first = doubt()
    fake = Scripted(first, live(BEFORE), answer(204))
    await fake.mpc.stop("room")
    assert [request.target for request in fake.requests] == ["room", "room", "room"]
    assert fake.before == [(), (), first.attempts]


@pytest.mark.anyio
async def test_what_stays_unknown_then_says_how_to_look_by_uuid() -> None:
    """The name may be another's by now, or nobody's."""
    _, raised = await asked(doubt(), live(BEFORE), OutcomeUnknownError("may. Look before repeating it"))
    assert isinstance(raised, OutcomeUnknownError)
    assert f"its UUID is {UUID}" in raised.message


@pytest.mark.anyio
async def test_the_looks_take_what_is_left_of_the_deadline() -> None:
    """They are part of the operation; when the time is up they get none."""
    fake = Scripted(doubt(), live(SINCE), over(), answer(204))
    ticks = itertools.count(100.0, 0.5)
    fake.clock = lambda: next(ticks)
    await fake.mpc.stop("room", deadline=7)
    first, look, other, again = fake.deadlines
    assert first == again == 7  # both end at the same instant
    assert 7 > look > other > 0


# ---- The same against the emulator ---------------------------------------------------------------------------------


def impatient(plivo: Emulator) -> AsyncClient:
    """A client that gives up an attempt after a second."""
    return in_memory(plivo, timeout=1.0, retry=RetryPolicy(max_attempts=3, base_delay=0.1))


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["lost-response", "late", "500-applied", "502-applied", "reset-after", "not-json"])
async def test_the_next_conference_of_the_name_is_left_alone(fault: str) -> None:
    """The first was ended, its answer lost, and people have dialled into the next: nobody puts them out."""
    async with Emulator(port=None, latency=0.2) as plivo, impatient(plivo) as client:
        first = plivo.add_conference("support", status="active", started_ago=3600)
        plivo.script("end", "support", fault=fault)

        async def reuse() -> None:
            while first.status != "Ended":  # noqa: ASYNC110  (nobody tells)
                await anyio.sleep(0.01)
            plivo.add_conference("support", status="active")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(reuse)
            with pytest.raises(OutcomeUnknownError, match=r"\(Active\)"):
                await client.mpc.stop("support")
        assert plivo.conferences["support"] is not first
        assert plivo.conferences["support"].status == "Active"


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["500", "502", "503", "reset-before"])
@pytest.mark.parametrize("age", [4, 3600])
async def test_what_was_not_carried_out_is(fault: str, age: float) -> None:
    """The very conference that was meant is ended, if it was surely there before."""
    async with Emulator(port=None) as plivo, impatient(plivo) as client:
        plivo.add_conference("support", status="active", started_ago=age)
        plivo.script("end", "support", fault=fault)
        await client.mpc.stop("support")
        assert plivo.conferences["support"].status == "Ended"
        assert [request.applied for request in plivo.requests if request.method == "DELETE"] == [False, True]


@pytest.mark.anyio
@pytest.mark.parametrize("wrong", [429, "not there"])
async def test_what_did_nothing_is_repeated_by_name(wrong: int | str) -> None:
    """A refusal (429) did nothing."""
    async with Emulator(port=None) as plivo, impatient(plivo) as client:
        plivo.add_conference("support", status="active")
        if wrong == 429:
            plivo.script("end", "support", fault="429")
            await client.mpc.stop("support")
            assert [request.method for request in plivo.requests] == ["DELETE", "DELETE"]
        else:
            with pytest.raises(NotFoundError):
                await client.mpc.stop("suport")
            assert [request.method for request in plivo.requests] == ["DELETE"]
