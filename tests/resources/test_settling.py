"""Doubt after a refused repetition: what a look proves, and what becomes of the operation."""

import pickle
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest

from plivo_async import (
    AsyncClient,
    BadRequestError,
    NotFoundError,
    NotSentError,
    OutcomeUnknownError,
    PermissionDeniedError,
    PlivoError,
    RateLimitError,
    RetryPolicy,
    ServerError,
)
from plivo_async.emulator import Conference, Emulator, Faults
from plivo_async.policy import Attempt, AttemptOutcome
from plivo_async.resources._settle import (
    Goal,
    Proof,
    all_kicked,
    controlling_recording,
    earliest,
    ended_since,
    kicked,
    kicking,
    recording_is,
    refusal,
    stopped,
    stopping,
)
from plivo_async.wire import Answer, conference_by_uuid, member, members

from ..support import in_memory
from .scripted import Scripted, answer, shape

UUID = "8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"
SINCE = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
BEFORE, AFTER = "2026-11-24 11:59:59+00:00", "2026-11-24 17:30:01+05:30"
DATE = {"date": "Tue, 24 Nov 2026 12:01:10 GMT"}
DONE, REFUSED, UNKNOWN = Proof.DONE, Proof.REFUSED, Proof.UNKNOWN


def call(**facts: Any) -> dict[str, Any]:
    """A conference as Plivo gives it."""
    return {"mpc_uuid": UUID, "friendly_name": "room", "status": "Ended", "end_time": AFTER, **facts}


def page(*calls: object, more: str | None = None) -> dict[str, Any]:
    """A page of a list as Plivo gives it."""
    return {"meta": {"count": len(calls), "limit": 20, "offset": 0, "next": more}, "objects": list(calls)}


def person(**facts: Any) -> dict[str, Any]:
    """A participant as Plivo gives it."""
    return {"member_id": "355", "mpc_uuid": UUID, "call_uuid": UUID, "role": "agent", "exit_time": None, **facts}


# ---- What a look proves --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "proof"),
    [
        (None, REFUSED),
        (call(), DONE),
        (call(status="ended"), DONE),
        (call(end_time="2026-11-24 12:00:00+00:00"), DONE),
        (call(end_time=BEFORE), REFUSED),
        (call(end_time=None), UNKNOWN),
        (call(status="Active", end_time=None), UNKNOWN),
        (call(status="Initialized", end_time=None), UNKNOWN),
        (call(status="Paused", end_time=None), UNKNOWN),
        (call(status="Active", end_time=AFTER), UNKNOWN),
    ],
)
def test_a_stop_by_uuid_is_done_if_it_ended_since(data: object, proof: Proof) -> None:
    """Only an end since the operation began can be its doing."""
    assert stopped(data, SINCE).proof is proof


@pytest.mark.parametrize(
    ("data", "ended"),
    [
        (page(), 0),
        (page(call()), 1),
        (page(call(end_time=BEFORE), call()), 1),
        (page(call(), call(), call(friendly_name="Room")), 2),
        (page(call(end_time=BEFORE)), 0),
        (page(call(friendly_name="room 2"), call(end_time=BEFORE)), 0),
        (page(call(status="Active")), 0),
        (page(call(end_time=None)), None),
        (page(call(), more="/v1/Account/MA/MultiPartyCall/?offset=20"), None),
        ({}, None),
    ],
)
def test_those_of_that_very_name_that_have_ended_since(data: object, ended: int | None) -> None:
    """The name is compared here too; a page that doesn't hold all of them, or not their times, tells nothing."""
    if ended is None:
        with pytest.raises(ValueError, match=r"too many|must|missing"):
            ended_since("room", data, SINCE)
    else:
        assert len(ended_since("room", data, SINCE)) == ended


@pytest.mark.parametrize(
    ("data", "proof"),
    [
        (None, UNKNOWN),
        (page(), UNKNOWN),
        (page(person()), UNKNOWN),
        (page(person(exit_time=AFTER)), UNKNOWN),
        (page(person(exit_time=AFTER), person(member_id="356")), UNKNOWN),
        (page(person(exit_time=BEFORE), person(member_id="356", exit_time=BEFORE)), REFUSED),
        (page(person(exit_time=BEFORE), person(member_id="356", exit_time=AFTER)), DONE),
        (page(person(exit_time=AFTER), person(member_id="356", exit_time=AFTER), person(member_id="1")), DONE),
    ],
)
def test_a_kick_of_several_is_done_if_all_have_left_and_some_since(data: object, proof: Proof) -> None:
    """Who isn't listed may never have been there."""
    assert all_kicked(["355", "356"], data, SINCE).proof is proof


@pytest.mark.parametrize(
    "judge",
    [
        lambda since: stopped(call(), since),
        lambda since: stopped(call(end_time=BEFORE), since),
        lambda since: kicked(person(exit_time=BEFORE), since),
        lambda since: all_kicked(["355"], page(person(exit_time=BEFORE)), since),
        lambda since: recording_is("paused", call(end_time=BEFORE), since),
    ],
)
def test_no_time_proves_anything_by_a_clock_that_is_not_ours(judge: Callable[[datetime | None], Any]) -> None:
    """A `Date` that is missing, or far from our own clock: neither "it had ended before" nor "it ended"."""
    assert judge(None).proof is UNKNOWN
    assert judge(SINCE).proof is not UNKNOWN
    with pytest.raises(ValueError, match="no time proves"):
        ended_since("room", page(call()), None)


@pytest.mark.parametrize(
    ("goal", "data", "proof"),
    [
        ("not-recording", call(status="Active", recording="not-recording"), DONE),
        ("not-recording", call(status="Active", recording="recording"), UNKNOWN),
        ("not-recording", call(status="Active", recording="paused"), UNKNOWN),
        ("not-recording", call(recording=None), UNKNOWN),
        ("not-recording", call(recording="null"), UNKNOWN),
        ("not-recording", call(recording=None, end_time=BEFORE), REFUSED),
        ("not-recording", None, REFUSED),
        ("paused", call(status="Active", recording="paused"), DONE),
        ("paused", call(status="Active", recording="recording"), UNKNOWN),
        ("paused", call(status="Active", recording="not-recording"), UNKNOWN),
        ("paused", call(recording=None), UNKNOWN),
        ("paused", call(recording=None, end_time=BEFORE), REFUSED),
        ("recording", call(status="Active", recording="recording"), DONE),
        ("recording", call(status="Active", recording="paused"), UNKNOWN),
        ("recording", call(recording=None, end_time=None), UNKNOWN),
        ("recording", call(status="Active", recording=None), UNKNOWN),
        ("recording", None, REFUSED),
    ],
)
def test_control_of_a_recording_is_done_if_it_is_in_that_state(goal: Goal, data: object, proof: Proof) -> None:
    """The state asked for is done, any other may still become it; that of a conference that is over nobody knows."""
    assert recording_is(goal, data, SINCE).proof is proof


@pytest.mark.parametrize(
    ("data", "proof", "seen"),
    [
        (None, UNKNOWN, "isn't in the conference now"),
        (person(), UNKNOWN, "still in the conference"),
        (person(exit_time=AFTER), DONE, "it left at 2026-11-24 12:00:01 UTC"),
        (person(exit_time=BEFORE), REFUSED, "it left at 2026-11-24 11:59:59 UTC, before this began"),
    ],
)
def test_a_kick_is_done_if_they_have_left(data: object, proof: Proof, seen: str) -> None:
    """Who isn't listed may never have been there: that stays unknown, and is said."""
    finding = kicked(data, SINCE)
    assert finding.proof is proof
    assert seen in finding.seen


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'"x"', b'{"status": "Ended"}'])
async def test_a_look_that_cannot_be_read_settles_nothing(body: bytes) -> None:
    """Whatever comes: nothing is inferred, and the doubt is what is raised."""
    for ask in (stop_by_uuid, pause, kick):
        with pytest.raises(OutcomeUnknownError, match="A look didn't settle it"):
            await ask(Scripted(doubted(), Answer(200, DATE, body)))


def test_a_look_goes_where_an_ended_conference_can_be_seen() -> None:
    """By UUID: at the conference, at the participant, or at the list of them."""
    here = conference_by_uuid(UUID)
    looks = [
        stopping(here),
        kicking(members("all"), here),
        controlling_recording("paused", here),
        kicking(member(355), here),
        kicking(members(355, 356), here),
    ]
    base = f"GET MultiPartyCall/uuid_{UUID}/"
    assert [shape(one.look) for one in looks] == [base, base, base, f"{base}Participant/355/", f"{base}Participant/"]


def test_since_when_is_told_by_the_servers_clock() -> None:
    """The answer's `Date`, less what has passed here, less a minute; if it isn't further than that from ours."""
    assert earliest(SINCE, SINCE, 10.0) == SINCE - timedelta(seconds=70)
    for off in (-60, 60):
        assert earliest(SINCE, SINCE + timedelta(seconds=off), 10.0) == SINCE - timedelta(seconds=70)
        assert earliest(SINCE, SINCE + timedelta(seconds=off * 1.1), 10.0) is None
    assert earliest(None, SINCE, 10.0) is None


def test_a_refusal_keeps_the_facts_of_the_doubt() -> None:
    """Class by status; the attempts, words and ids are those of the operation; it pickles."""
    doubt = OutcomeUnknownError(
        "may",
        operation="End MPC",
        target="room",
        status_code=400,
        api_id="x",
        detail="no",
        started_at=SINCE,
        attempts=[Attempt("DELETE", AttemptOutcome.UNCLEAR), Attempt("DELETE", AttemptOutcome.ANSWERED, 400)],
    )
    error = refusal(doubt, "it is over")
    assert type(error) is BadRequestError
    assert (error.operation, error.target, error.status_code, error.api_id) == ("End MPC", "room", 400, "x")
    assert (error.detail, error.started_at) == ("no", SINCE)
    assert "it is over" in error.message
    assert pickle.loads(pickle.dumps(error)).message == error.message  # noqa: S301


# ---- What becomes of the operation ---------------------------------------------------------------------------------


def doubted(status_code: int | None = 404, first: int | None = 500) -> OutcomeUnknownError:
    """What an exchange raises after an unclear attempt and a refused repetition."""
    last = AttemptOutcome.ANSWERED if status_code in {400, 403, 404, 409, 422} else AttemptOutcome.UNCLEAR
    error = OutcomeUnknownError(
        "X may have been carried out. Look before repeating it",
        operation="X",
        target="room",
        status_code=status_code,
        attempts=[Attempt("DELETE", AttemptOutcome.UNCLEAR, first), Attempt("DELETE", last, status_code)],
    )
    if status_code is not None:
        error.__cause__ = (NotFoundError if status_code == 404 else BadRequestError)(
            f"X 'room' was answered {status_code}", status_code=status_code
        )
    return error


Operation = Callable[[Scripted], Awaitable[None]]


async def stop_by_uuid(fake: Scripted) -> None:
    """By UUID."""
    await fake.mpc(uuid=UUID).stop()


async def pause(fake: Scripted) -> None:
    """The recording of a conference."""
    await fake.mpc(uuid=UUID).pause_recording()


async def kick(fake: Scripted) -> None:
    """One participant."""
    await fake.mpc(uuid=UUID).participant(355).kick()


async def kick_all(fake: Scripted) -> None:
    """All of them."""
    await fake.mpc(uuid=UUID).members("all").kick()


async def kick_both(fake: Scripted) -> None:
    """Two of them."""
    await fake.mpc(uuid=UUID).members(355, 356).kick()


OVER = answer(200, call(end_time="2026-11-24 12:01:00+00:00"), DATE)
PAUSED = answer(200, call(status="Active", recording="paused"), DATE)
NOW = "2026-11-24 12:01:05+00:00"
LEFT = answer(200, person(exit_time=NOW), DATE)
BOTH_LEFT = answer(200, page(person(exit_time=NOW), person(member_id="356", exit_time=NOW)), DATE)
GONE = NotFoundError("nothing there", status_code=404)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("operation", "look", "shown"),
    [
        (stop_by_uuid, OVER, f"GET MultiPartyCall/uuid_{UUID}/"),
        (pause, PAUSED, f"GET MultiPartyCall/uuid_{UUID}/"),
        (kick, LEFT, f"GET MultiPartyCall/uuid_{UUID}/Participant/355/"),
        (kick_all, OVER, f"GET MultiPartyCall/uuid_{UUID}/"),
        (kick_both, BOTH_LEFT, f"GET MultiPartyCall/uuid_{UUID}/Participant/"),
    ],
)
@pytest.mark.parametrize("status_code", [400, 404, 409, 422])
async def test_done_after_all(operation: Operation, look: Answer, shown: str, status_code: int) -> None:
    """One look shows that it was carried out: it returns as if its answer had come."""
    fake = Scripted(doubted(status_code), look)
    await operation(fake)
    assert [shape(request) for request in fake.requests][1:] == [shown]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("operation", "look", "error"),
    [
        (stop_by_uuid, GONE, NotFoundError),
        (stop_by_uuid, answer(200, call(end_time=BEFORE), DATE), NotFoundError),
        (pause, GONE, NotFoundError),
        (kick_all, GONE, NotFoundError),
        (kick, answer(200, person(exit_time=BEFORE), DATE), NotFoundError),
    ],
)
async def test_refused_after_all(operation: Operation, look: Answer | Exception, error: type[Exception]) -> None:
    """The refusal's own error, with what was seen, chained to the doubt."""
    fake = Scripted(doubted(), look)
    with pytest.raises(error, match="a look shows") as caught:
        await operation(fake)
    assert isinstance(caught.value.__cause__, OutcomeUnknownError)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("operation", "look", "words"),
    [
        (stop_by_uuid, answer(200, call(status="Active", end_time=None), DATE), "it is Active"),
        (stop_by_uuid, NotSentError("offline"), "A look didn't settle it: offline"),
        (stop_by_uuid, PermissionDeniedError("barred", status_code=403), "A look didn't settle it: barred"),
        (stop_by_uuid, answer(200, call(end_time="2026-11-24 12:01:00+00:00")), "by a clock that is not ours"),
        (pause, OVER, "it has ended, with its recording"),
        (stop_by_uuid, ServerError("down", status_code=500), "A look didn't settle it: down"),
        (kick, GONE, "it isn't in the conference now"),
        (kick, answer(200, person(), DATE), "it is still in the conference"),
    ],
)
async def test_it_stays_unknown(operation: Operation, look: Answer | Exception, words: str) -> None:
    """What no look settles keeps its error, which says what was seen and how to look."""
    fake = Scripted(doubted(), look)
    with pytest.raises(OutcomeUnknownError, match=words) as caught:
        await operation(fake)
    assert isinstance(caught.value.__cause__, NotFoundError)
    assert "Look before repeating it: " in caught.value.message
    assert len(fake.requests) == 2


@pytest.mark.anyio
@pytest.mark.parametrize("status_code", [None, 500, 429])
async def test_without_a_refusal_nothing_is_looked_at(status_code: int | None) -> None:
    """Attempts that are used up without any clear answer: it may even happen later, so no look would settle it."""
    fake = Scripted(doubted(status_code))
    with pytest.raises(OutcomeUnknownError, match="get\\(\\) by its UUID"):
        await stop_by_uuid(fake)
    assert len(fake.requests) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("operation", "how"),
    [
        (lambda fake: fake.mpc(uuid=UUID).participant(355).stop_recording(), "recording callback"),
        (lambda fake: fake.mpc(uuid=UUID).participant(355).mute(), "participants\\(\\)"),
        (lambda fake: fake.mpc(uuid=UUID).members("all").stop_playing(), "does no harm"),
        (lambda fake: fake.mpc("room").start_recording(), "`recording`"),
        (lambda fake: fake.mpc("room").participant(1).play("https://example.com/a.mp3"), "stop_playing"),
        (lambda fake: fake.mpc("room").participant(1).speak("Hello"), "stop_speaking"),
    ],
)
async def test_what_is_not_settled_says_how_to_look(operation: Callable[[Scripted], Awaitable[Any]], how: str) -> None:
    """No look is made; the error names one."""
    fake = Scripted(doubted())
    with pytest.raises(OutcomeUnknownError, match=f"Look before repeating it: .*{how}"):
        await operation(fake)
    assert len(fake.requests) == 1


@pytest.mark.anyio
async def test_with_a_callback_nothing_is_settled() -> None:
    """What is carried out later may still come: the callback tells."""
    fake = Scripted(doubted())
    with pytest.raises(OutcomeUnknownError):
        await fake.mpc.deferred("https://example.com/done")("room").stop()
    assert len(fake.requests) == 1


@pytest.mark.anyio
async def test_the_look_takes_what_is_left_of_the_deadline() -> None:
    """It is part of the operation."""
    fake = Scripted(doubted(), OVER)
    await fake.mpc(uuid=UUID).stop(deadline=7)
    assert fake.deadlines[0] == 7
    assert fake.deadlines[1] is not None
    assert 0 <= fake.deadlines[1] <= 7


# ---- The same against the emulator ---------------------------------------------------------------------------------


def impatient(plivo: Emulator) -> AsyncClient:
    """A client that repeats soon."""
    return in_memory(plivo, timeout=1.0, retry=RetryPolicy(max_attempts=3, base_delay=0.1))


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["lost-response", "reset-after", "500-applied", "502-applied", "late", "not-json"])
@pytest.mark.parametrize("by_uuid", [True, False])
async def test_a_lost_answer_to_stop_is_settled(fault: str, by_uuid: bool) -> None:
    """The repetition's 404 is not taken at its word: the conference has ended, and `stop` returns."""
    async with Emulator(port=None) as plivo, impatient(plivo) as client:
        plivo.add_conference("room", status="active", uuid=UUID)
        plivo.script("end", "room", fault=fault)
        mpc = client.mpc(uuid=UUID) if by_uuid else client.mpc("room")
        await mpc.stop()
        assert plivo.conferences["room"].status == "Ended"
        after = ["DELETE", "GET"] if by_uuid else ["GET", "GET", "GET"]
        assert [request.method for request in plivo.requests] == ["DELETE", *after]


@pytest.mark.anyio
@pytest.mark.parametrize("by_uuid", [True, False])
async def test_a_stop_of_what_is_not_there_stays_a_404(by_uuid: bool) -> None:
    """By UUID there won't ever be one; by name the attempt that was lost may yet find the next one."""
    async with Emulator(port=None) as plivo, impatient(plivo) as client:
        plivo.add_conference("other", status="active")
        plivo.script("end", fault="500")
        mpc = client.mpc(uuid=UUID) if by_uuid else client.mpc("room")
        with pytest.raises(NotFoundError if by_uuid else OutcomeUnknownError) as caught:
            await mpc.stop()
        assert [attempt.status_code for attempt in caught.value.attempts] == ([500, 404] if by_uuid else [500])
        if by_uuid:
            assert caught.value.status_code == 404
            assert isinstance(caught.value.__cause__, OutcomeUnknownError)
        assert plivo.conferences["other"].status == "Active"


@pytest.mark.long
@pytest.mark.anyio
@pytest.mark.parametrize("by_uuid", [True, False])
@pytest.mark.parametrize("seed", range(3))
async def test_no_outcome_of_stop_contradicts_the_truth(seed: int, by_uuid: bool) -> None:
    """200 conferences, a third of them over long before, while 40 % of all requests go wrong: each is told as it is."""
    kinds = ("lost-response", "reset-after", "500", "502-applied", "503", "late", "half", "429")
    faults = Faults(dict.fromkeys(kinds, 0.05))
    async with Emulator(port=None, faults=faults, seed=seed) as plivo, impatient(plivo) as client:
        rooms = [plivo.add_conference(f"room {number}", status="active") for number in range(200)]
        over = {room.friendly_name for room in rooms[::3]}
        for name in over:
            plivo.end_conference(name)
        plivo.advance(3600)
        told: dict[str, Exception | None] = {}

        async def stop(room: Conference) -> None:
            mpc = client.mpc(uuid=room.mpc_uuid) if by_uuid else client.mpc(room.friendly_name)
            told[room.friendly_name] = None
            try:
                await mpc.stop()
            except PlivoError as error:
                told[room.friendly_name] = error

        async with anyio.create_task_group() as tasks:
            for room in rooms:
                tasks.start_soon(stop, room)
        assert sum(outcome is None for outcome in told.values()) > 75  # of 133; what may yet be applied stays in doubt
        for room in rooms:
            outcome = told[room.friendly_name]
            if isinstance(outcome, OutcomeUnknownError):
                continue
            if room.friendly_name in over:
                assert isinstance(outcome, NotFoundError | NotSentError | RateLimitError), room
            elif outcome is None:
                assert (room.status, room.termination_cause_code) == ("Ended", 3000), room
            else:
                assert isinstance(outcome, NotSentError | RateLimitError), room
                assert room.status == "Active", room
