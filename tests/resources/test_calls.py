"""`client.calls`: what goes over the wire, what comes back, and what a look settles."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import anyio
import pytest

from plivo_async import (
    AuthenticationError,
    BadRequestError,
    CallEnd,
    CallOutcome,
    NotFoundError,
    OutcomeUnknownError,
    RetryPolicy,
    ServerError,
)
from plivo_async._options import Options, attempt_timeout
from plivo_async.emulator import Emulator, Settings
from plivo_async.resources import Calls, Operations
from plivo_async.resources._ending_calls import RECORD_PAUSES
from plivo_async.wire import Request

from ..support import in_memory
from .scripted import ACCOUNT, Scripted, answer, shape

pytestmark = pytest.mark.anyio

CALL = "c0267574-5c12-4861-8990-da9404c8cdf6"
FROM, TO, HOOK = "+14150000000", "+14157654321", "https://example.com/answer"


def calls_of(exchange: Scripted) -> Calls:
    """`client.calls` on top of a script."""
    return Calls(Operations(exchange, Options(attempt_timeout(10.0), RetryPolicy()), ACCOUNT))


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (lambda calls: calls.make(from_=FROM, to=TO, answer_url=HOOK), "POST Call/"),
        (lambda calls: calls.cancel(CALL), f"DELETE Request/{CALL}/"),
        (lambda calls: calls(CALL).get_live(), f"GET Call/{CALL}/?status=live"),
        (lambda calls: calls(UUID(CALL)).get_queued(), f"GET Call/{CALL}/?status=queued"),
        (lambda calls: calls(CALL).get(), f"GET Call/{CALL}/"),
        (lambda calls: calls(CALL).hang_up(), f"DELETE Call/{CALL}/"),
        (lambda calls: calls(CALL).transfer(bleg_url=HOOK), f"POST Call/{CALL}/"),
        (lambda calls: calls(CALL).start_recording(file_format="wav"), f"POST Call/{CALL}/Record/"),
        (lambda calls: calls(CALL).stop_recording(), f"DELETE Call/{CALL}/Record/"),
        (lambda calls: calls(CALL).play(HOOK), f"POST Call/{CALL}/Play/"),
        (lambda calls: calls(CALL).stop_playing(), f"DELETE Call/{CALL}/Play/"),
        (lambda calls: calls(CALL).speak("hi"), f"POST Call/{CALL}/Speak/"),
        (lambda calls: calls(CALL).stop_speaking(), f"DELETE Call/{CALL}/Speak/"),
        (lambda calls: calls(CALL).send_digits("1"), f"POST Call/{CALL}/DTMF/"),
    ],
)
async def test_each_operation(operation: Callable[[Calls], Awaitable[Any]], expected: str) -> None:
    """One request, whatever it answers; its deadline is handed on."""
    exchange = Scripted(answer(200, {"call_uuid": CALL, "message": "yes", "recording_id": "r"}))
    await operation(calls_of(exchange))
    assert [shape(request) for request in exchange.requests] == [expected]


async def test_lists_of_ids_are_read_on() -> None:
    """Twenty may be a page: what follows is asked for, until nothing new comes."""
    many = [str(UUID(int=number)) for number in range(45)]

    def page(request: Request) -> Any:
        start = int(request.query.partition("offset=")[2] or 0)
        return answer(200, {"api_id": "a", "calls": many[start : start + 20]})

    exchange = Scripted(page)
    assert (await calls_of(exchange).live(to_number=TO)).call_uuids == tuple(many)
    assert len(exchange.requests) == 3
    whole = Scripted(answer(200, {"calls": many[:20]}))
    assert len((await calls_of(whole).queued()).call_uuids) == 20
    assert len(whole.requests) == 2


async def test_handles_are_values() -> None:
    """They compare by what they mean, and their reprs say whose they are."""
    calls = calls_of(Scripted(answer(204)))
    assert calls(CALL) == calls(UUID(CALL)) != calls(UUID(int=1))
    assert len({calls(CALL), calls(CALL.upper())}) == 1
    assert calls(CALL) != CALL
    assert CALL in repr(calls(CALL))
    assert "MA…" in repr(calls)


# ---- Hanging up, when an answer is lost -----------------------------------------------------------------------------


async def _live_call(client: Any) -> str:
    made = await client.calls.make(from_=FROM, to=TO, answer_url=HOOK)
    await anyio.sleep(5)
    uuid: str = made.request_uuid
    return uuid


@pytest.mark.parametrize("fault", ["lost-response", "503-applied", "reset-after"])
async def test_hanging_up_is_settled_by_its_record(fault: str) -> None:
    """Done, the answer lost, refused when repeated: the record, which comes later, says that it ended since."""
    async with Emulator(port=None) as plivo, in_memory(plivo, timeout=5) as client:
        uuid = await _live_call(client)
        plivo.script("hang-up", uuid, fault=fault)
        await client.calls(uuid).hang_up()
        assert plivo.calls[uuid].over


async def test_hanging_up_what_was_over_before() -> None:
    """The record says so: that wasn't us."""
    async with Emulator(port=None) as plivo, in_memory(plivo, timeout=5) as client:
        uuid = await _live_call(client)
        plivo.phone(TO).hang_up()
        await anyio.sleep(200)
        plivo.script("hang-up", uuid, fault="lost-response")
        with pytest.raises(NotFoundError, match="before this began"):
            await client.calls(uuid).hang_up()


async def test_hanging_up_without_a_record_stays_unknown() -> None:
    """None comes: nothing is made up, and the error says how to look."""
    async with Emulator(port=None) as plivo, in_memory(plivo, timeout=5) as client:
        plivo.phone(TO).record_comes(None)
        uuid = await _live_call(client)
        plivo.script("hang-up", uuid, fault="lost-response")
        with pytest.raises(OutcomeUnknownError, match=r"get\(\) finds its record.*no record of it"):
            await client.calls(uuid).hang_up()
        looks = [request for request in plivo.requests if request.operation == "get-call"]
        assert len(looks) == len(RECORD_PAUSES)
        plivo.script("hang-up", uuid, nth=None, fault="lost-response")
        with pytest.raises(OutcomeUnknownError, match=r"get\(\) finds its record"):
            await client.calls(uuid).hang_up(deadline=20)


@pytest.mark.parametrize(("fault", "deadline"), [("lost-response", 7.0), ("200-html", None), ("404-html", None)])
async def test_a_record_that_can_not_be_read_settles_nothing(fault: str, deadline: float | None) -> None:
    """Nor one that comes after the deadline."""
    async with Emulator(port=None, settings=Settings(record_after=5)) as plivo, in_memory(plivo, timeout=5) as client:
        uuid = await _live_call(client)
        plivo.script("hang-up", uuid, fault="lost-response")
        plivo.script("get-call", uuid, nth=None, fault=fault)
        with pytest.raises(OutcomeUnknownError, match=r"A look shows|finds its record"):
            await client.calls(uuid).hang_up(deadline=deadline)


async def test_a_plain_refusal_is_one() -> None:
    """No look where there is no doubt."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        with pytest.raises(NotFoundError):
            await client.calls(CALL).hang_up()
        assert len(plivo.requests) == 1


async def test_cancelling_what_is_queued() -> None:
    """It never rings; what rings isn't queued any more."""
    async with Emulator(port=None, calls_per_second=1) as plivo, in_memory(plivo) as client:
        made = await client.calls.make(from_=FROM, to=["+14160000001", "+14160000002"], answer_url=HOOK)
        await client.calls.cancel(made.request_uuids[1])
        await anyio.sleep(10)
        assert plivo.phone("+14160000002").rings == 0
        assert (await client.calls(made.request_uuids[1]).outcome()).outcome is CallOutcome.CANCELLED
        with pytest.raises(NotFoundError):
            await client.calls.cancel(made.request_uuids[0])


# ---- How calls ended ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tell", "outcome"),
    [
        (lambda phone: phone.answers(2), "answered"),
        (lambda phone: phone.answers(2, talks=1), "answered"),
        (lambda phone: phone.busy(), "busy"),
        (lambda phone: phone.rejects(2), "rejected"),
        (lambda phone: phone.rejects(2, arrives_as="busy"), "busy"),
        (lambda phone: phone.no_answer(), "no_answer"),
        (lambda phone: phone.never_answers(), "no_answer"),
        (lambda phone: phone.invalid(), "failed"),
        (lambda phone: phone.fails(3080), "failed"),
        (lambda phone: phone.fails(4000), "cancelled"),
        (lambda phone: phone.busy().record_comes(None), "unknown"),
        (lambda phone: phone.busy().record_comes(20), "busy"),
    ],
)
async def test_how_one_call_ended(tell: Callable[[Any], Any], outcome: str) -> None:
    """By itself, and among others: the same."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        tell(plivo.phone(TO))
        made = await client.calls.make(from_=FROM, to=TO, answer_url=HOOK, ring_timeout=30)
        assert made.request_uuid is not None
        end = await client.calls(made.request_uuid).outcome()
        assert (end.outcome, end.call_uuid) == (outcome, made.request_uuid)
        assert end.to_dict()["outcome"] == outcome
        again = await client.calls.make(from_=FROM, to=TO, answer_url=HOOK, ring_timeout=30)
        [of_many] = [end async for end in client.calls.outcomes(again.request_uuids)]
        assert of_many.outcome == outcome
        if end.record is not None:
            assert end.hangup_cause_code == end.record.hangup_cause_code


async def test_until_ended_waits_for_the_record() -> None:
    """A machine that isn't to count picks up, and is no answer."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.phone(TO).machine = True
        made = await client.calls.make(from_=FROM, to=TO, answer_url=HOOK, machine_detection="hangup")
        assert made.request_uuid is not None
        end = await client.calls(made.request_uuid).outcome(until_ended=True)
        assert (end.outcome, end.hangup_cause_code) == ("no_answer", 9100)
        assert end.answered_at is not None


@pytest.mark.parametrize("id_lists", ["paged", "whole"])
async def test_many_are_told_of_each_once_and_cheaply(id_lists: Any) -> None:
    """Three requests a second at most, however many there are and however their ids are listed."""
    async with Emulator(
        port=None, settings=Settings(id_lists=id_lists), calls_per_second=10, keep_requests=None
    ) as plivo, in_memory(plivo) as client:  # fmt: skip
        phones = [f"+1416{number:07}" for number in range(60)]
        for number, phone in enumerate(phones):
            plivo.phone(phone).busy() if number % 3 else plivo.phone(phone).no_answer(number / 2)
        made = await client.calls.make(from_=FROM, to=phones, answer_url=HOOK)
        before, began = len(plivo.requests), anyio.current_time()
        outcomes = client.calls.outcomes([*made.request_uuids, *made.request_uuids])
        assert outcomes.open == 60
        ends = [end async for end in outcomes]
        assert sorted(end.call_uuid for end in ends) == sorted(made.request_uuids)
        assert {end.outcome for end in ends} == {"busy", "no_answer"}
        assert len(plivo.requests) - before <= 3 * (anyio.current_time() - began) + 6
        assert outcomes.open == 0
        assert [end async for end in outcomes] == []
        assert "0 not known" in repr(outcomes)


async def test_what_is_not_known_in_time_is_unknown() -> None:
    """The deadline ends it; nothing failed for that."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.phone(TO).never_answers()
        made = await client.calls.make(from_=FROM, to=TO, answer_url=HOOK)
        assert made.request_uuid is not None
        began = anyio.current_time()
        end = await client.calls(made.request_uuid).outcome(deadline=10)
        assert (end.outcome, end.seen) == ("unknown", "it is ringing")
        assert [end.outcome async for end in client.calls.outcomes(made.request_uuids, deadline=10)] == ["unknown"]
        assert anyio.current_time() - began == pytest.approx(20, abs=0.001)
        assert [end async for end in client.calls.outcomes([])] == []


async def test_looks_that_fail_show_nothing() -> None:
    """Not for a minute of 503, nor one stray 401; two of them in a row are believed."""
    async with Emulator(port=None) as plivo, in_memory(plivo, timeout=5) as client:
        plivo.phone(TO).busy()
        made = await client.calls.make(from_=FROM, to=TO, answer_url=HOOK)
        assert made.request_uuid is not None
        call = client.calls(made.request_uuid)
        for fault in ("503", "404-html", "401"):
            plivo.script("get-call", None, nth=1 + sum(r.operation == "get-call" for r in plivo.requests), fault=fault)
            assert (await call.outcome()).outcome == "busy"
        plivo.script("get-call", None, nth=None, fault="401")
        with pytest.raises(AuthenticationError):
            await call.outcome()


async def test_an_outage_is_waited_out_and_not_for_ever() -> None:
    """After `longest_outage` the error of a look is raised."""
    exchange = Scripted(ServerError("down", status_code=503))
    began = anyio.current_time()
    with pytest.raises(ServerError):
        await calls_of(exchange)(CALL).outcome()
    assert anyio.current_time() - began == pytest.approx(902, abs=0.001)  # its first look is 2 s late
    with pytest.raises(ServerError):
        await anext(calls_of(exchange).outcomes([CALL]))
    assert anyio.current_time() - began == pytest.approx(1804, abs=0.001)


@pytest.mark.parametrize("options", [{"interval": 0.5}, {"interval": "2"}, {"patience": -1}, {"deadline": -1}])
async def test_wrong_patience(options: dict[str, Any]) -> None:
    """Is found before anything is sent."""
    exchange = Scripted(answer(204))
    with pytest.raises((ValueError, TypeError)):
        await calls_of(exchange)(CALL).outcome(**options)
    with pytest.raises((ValueError, TypeError)):
        calls_of(exchange).outcomes([CALL], **options)
    for wrong in (CALL, [""], ["x"], [None], 5):
        with pytest.raises((ValueError, TypeError)):
            calls_of(exchange).outcomes(wrong)  # type: ignore[arg-type]
    assert exchange.requests == []


@pytest.mark.parametrize("most", [2.1, 2.5, 3.3, 4.7])
async def test_a_look_can_be_cancelled(most: float) -> None:
    """The iteration goes on where it was, and costs no more."""
    async with Emulator(port=None, latency=0.3) as plivo, in_memory(plivo) as client:
        plivo.phone(TO).busy()
        made = await client.calls.make(from_=FROM, to=TO, answer_url=HOOK)
        outcomes, began = client.calls.outcomes(made.request_uuids), anyio.current_time()
        found: list[CallEnd] = []
        while not found:
            with anyio.move_on_after(most):
                found += [await anext(outcomes)]
        assert [end.outcome for end in found] == ["busy"]
        assert len(plivo.requests) <= 3 * (anyio.current_time() - began) + 7


async def test_a_refused_call_is_not_made() -> None:
    """400 is what it is."""
    exchange = Scripted(BadRequestError("no", status_code=400))
    with pytest.raises(BadRequestError):
        await calls_of(exchange).make(from_=FROM, to=TO, answer_url=HOOK)
