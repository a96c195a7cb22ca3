"""What an observer is told, and that it disturbs nothing."""

import logging
from collections import Counter
from collections.abc import Iterable

import anyio
import pytest

from plivo_async import (
    ActivationOutcome,
    AsyncClient,
    AttemptBegan,
    AttemptEnded,
    AttemptOutcome,
    BatchBegan,
    BatchEnded,
    Event,
    LimitLowered,
    NotFoundError,
    NotSentError,
    Operation,
    OperationBegan,
    OperationEnded,
    OutageBegan,
    OutageEnded,
    OutcomeUnknownError,
    RateLimit,
    RetryBudgetUsedUp,
    RetryPolicy,
)
from plivo_async.emulator import Emulator, Limit
from plivo_async.policy._window import DOOR

from ..support import in_memory


def consistent(events: Iterable[Event]) -> dict[int, list[Event]]:
    """The events of each operation; each begins once, ends once, and so do its attempts, one after the other."""
    operations: dict[int, list[Event]] = {}
    for event in events:
        if isinstance(event, OperationBegan | OperationEnded | AttemptBegan | AttemptEnded):
            operations.setdefault(event.operation.number, []).append(event)
    for first, *attempts, last in operations.values():
        assert isinstance(first, OperationBegan)
        assert isinstance(last, OperationEnded)
        kinds = [type(event) for event in attempts]
        assert kinds == [AttemptBegan, AttemptEnded] * last.attempts
        numbers = [event.number for event in attempts if isinstance(event, AttemptBegan | AttemptEnded)]
        assert numbers == [number for number in range(1, last.attempts + 1) for _ in range(2)]
    return operations


def ends(events: Iterable[Event]) -> list[tuple[str, str, str | None]]:
    """What became of which operation."""
    return [(one.operation.name, one.outcome, one.error) for one in events if isinstance(one, OperationEnded)]


@pytest.mark.anyio
async def test_every_operation_and_attempt_is_told_of() -> None:
    """What it waited for, how far it got, and what was raised; a look that settles a change is part of the change."""
    events: list[Event] = []
    async with Emulator(port=None) as plivo, in_memory(plivo, observer=events.append) as client:
        plivo.add_conference("a")
        plivo.script("activate", "a", nth=1, fault="500")
        await client.mpc.start("a")
        with pytest.raises(NotFoundError):
            await client.mpc.get("b")
        plivo.script("end", "a", nth=1, fault="lost-response")
        await client.mpc.stop("a")
        await client.request("GET", "MultiPartyCall/")
    consistent(events)
    assert [end[1:] for end in ends(events)] == [
        ("activated", None),
        ("failed", "NotFoundError"),
        ("succeeded", None),
        ("succeeded", None),
    ]
    attempts = [event for event in events if isinstance(event, AttemptEnded)]
    assert [(event.operation.number, event.number) for event in attempts][:3] == [(1, 1), (1, 2), (2, 1)]
    assert [event.attempt.status_code for event in attempts][:3] == [500, 204, 404]
    assert next(event.attempt.method for event in attempts if event.operation.number == 3) == "DELETE"
    assert sum(event.operation.number == 3 for event in attempts) >= 2
    [first, *_] = [event for event in events if isinstance(event, AttemptBegan)]
    assert (first.waited, first.permits_used, first.level) == (0.0, 1, 300)
    assert first.operation == Operation(1, "Activate MPC", "a")


@pytest.mark.anyio
@pytest.mark.parametrize("watched", [True, False])
async def test_operations_are_counted_by_their_outcome(watched: bool) -> None:
    """Each once, as an observer is told, also where nobody is; a look that settles a change is part of the change."""
    events: list[Event] = []
    observer = events.append if watched else None
    retry = RetryPolicy(max_attempts=2)
    async with Emulator(port=None) as plivo, in_memory(plivo, observer=observer, retry=retry) as client:
        assert client.statistics().outcomes == {}
        for number in range(5):
            plivo.add_conference(f"c{number}")
        await client.mpc.start("c0")
        with pytest.raises(NotFoundError):
            await client.mpc.start("nobody")
        await client.mpc.start(["c1", "c2", "c2", "nobody", "c0"])
        plivo.script("end", "c0", nth=1, fault="lost-response")
        await client.mpc.stop("c0")
        with pytest.raises(NotFoundError):
            await client.mpc.get("nobody")
        plivo.script("add-participant", fault="lost-response")
        with pytest.raises(OutcomeUnknownError):
            await client.mpc("c1").add_participant(role="agent", from_="+14151234567", to="+14157654321")
        with anyio.CancelScope() as scope:
            scope.cancel()
            await client.mpc.get("c1")
        assert len([one async for one in client.mpc.list()]) == 5
        await client.with_options(timeout=5).mpc.get("c1")
        counted = client.statistics().outcomes
    assert counted == {
        "activated": 3,
        "not_found": 2,
        "already_active": 1,
        "succeeded": 3,
        "failed": 1,
        "unknown": 1,
        "cancelled": 1,
    }
    if watched:
        assert Counter(end for _, end, _ in ends(events)) == counted


@pytest.mark.anyio
async def test_waits_for_permits_are_told() -> None:
    """Of the third request, with two permits a window, that it waited for one and its door."""
    events: list[Event] = []
    limit = RateLimit(2, 10.0)
    async with Emulator(port=None) as plivo, in_memory(plivo, rate_limit=limit, observer=events.append) as client:
        for _ in range(3):
            await client.request("GET", "MultiPartyCall/")
    waits = [event.waited for event in events if isinstance(event, AttemptBegan)]
    assert waits[:2] == [0.0, 0.0]
    assert waits[2] == pytest.approx(10 * (1 + DOOR))


@pytest.mark.anyio
async def test_a_batch_is_told_of_with_its_operations() -> None:
    """One operation a conference, however often it is given; and how many places ended how."""
    events: list[Event] = []
    async with Emulator(port=None) as plivo, in_memory(plivo, observer=events.append) as client:
        for number in range(20):
            plivo.add_conference(f"c{number}")
        await client.mpc.start([*(f"c{number}" for number in range(20)), "nobody", "c1"])
        async with client.mpc.start_each(["nobody", "c2"]) as stream:
            [_ async for _ in stream]
    operations = consistent(events)
    began = [events_of[0] for events_of in operations.values()]
    assert Counter(one.operation.batch for one in began if isinstance(one, OperationBegan)) == {1: 21, 2: 2}
    batches = [event for event in events if isinstance(event, BatchBegan | BatchEnded)]
    assert [type(event) for event in batches] == [BatchBegan, BatchEnded] * 2
    [_, first, _, second] = batches
    assert isinstance(first, BatchEnded)
    assert isinstance(second, BatchEnded)
    assert first.counts == {ActivationOutcome.ACTIVATED: 21, ActivationOutcome.NOT_FOUND: 1}
    assert (first.batch, first.stopped_by) == (1, None)
    assert second.counts == {ActivationOutcome.ALREADY_ACTIVE: 1, ActivationOutcome.NOT_FOUND: 1}


@pytest.mark.anyio
async def test_what_is_broken_off_ends_as_well() -> None:
    """Cancelled in flight or in a batch, or by its deadline: each that began ends."""
    events: list[Event] = []
    async with Emulator(port=None) as plivo, in_memory(plivo, observer=events.append) as client:
        plivo.add_conference("a")
        plivo.script("activate", nth=None, fault="late")
        plivo.script("list", nth=None, fault="late")
        with anyio.move_on_after(1):
            await client.request("GET", "MultiPartyCall/")
        with anyio.move_on_after(1):
            await client.mpc.start("a")
        with pytest.raises(OutcomeUnknownError):
            await client.mpc.start("a", deadline=1)
        with pytest.raises(NotSentError):
            await client.mpc.start("a", deadline=0)
        with anyio.move_on_after(1):
            await client.mpc.start(["a", "b"])
        report = await client.mpc.start(["a"], deadline=1)
    consistent(events)
    told = [end[1] for end in ends(events)]
    assert told[:4] == ["cancelled", "cancelled", "unknown", "not_attempted"]
    assert told[-1] == report[0].outcome
    broken = [event.attempt for event in events if isinstance(event, AttemptEnded)][:2]
    assert [(one.outcome, one.error) for one in broken] == [(AttemptOutcome.UNCLEAR, "Cancelled")] * 2
    batches = [event for event in events if isinstance(event, BatchEnded)]
    assert [event.stopped_by for event in batches] == ["the run was cancelled", "the deadline passed"]


@pytest.mark.anyio
async def test_an_observer_that_raises_disturbs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Logged once; the outcomes are as they would be, and it goes on being told."""
    told = Counter[str]()

    def clumsy(event: Event) -> None:
        told[type(event).__name__] += 1
        raise ZeroDivisionError(event)

    async with Emulator(port=None) as plivo, in_memory(plivo, observer=clumsy) as client:
        for number in range(30):
            plivo.add_conference(f"c{number}")
        report = await client.mpc.start([f"c{number}" for number in range(30)])
        assert client.statistics().permits_in_flight == 0
    assert report.counts[ActivationOutcome.ACTIVATED] == 30
    assert told["AttemptEnded"] == 30
    logged = [record for record in caplog.records if record.__dict__.get("plivo_event") == "observer_raised"]
    assert len(logged) == 1
    assert logged[0].exc_info is not None


@pytest.mark.anyio
async def test_an_outage_and_a_used_up_budget_are_told_of_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Once each, with stable fields, at WARNING; the end of a batch at INFO; and counted in the statistics."""
    caplog.set_level(logging.INFO, logger="plivo_async")
    events: list[Event] = []
    retry = RetryPolicy(budget_reserve=5)
    async with Emulator(port=None) as plivo, in_memory(plivo, retry=retry, observer=events.append) as client:
        names = [f"c{number}" for number in range(30)]
        for name in names:
            plivo.add_conference(name)
        for name in names[:20]:
            plivo.script("activate", name, nth=1, fault="503")
        for number in range(2, 9):
            plivo.script("activate", names[0], nth=number, fault="503")
        report = await client.mpc.start(names)
        statistics = client.statistics()
    consistent(events)
    rare = [type(event) for event in events if not hasattr(event, "operation")]
    assert rare.count(RetryBudgetUsedUp) == 1
    assert rare.count(OutageBegan) == rare.count(OutageEnded)
    ours = [record for record in caplog.records if record.name == "plivo_async"]
    fields = [(record.__dict__["plivo_event"], record.levelname) for record in ours]
    assert ("retry_budget_used_up", "WARNING") in fields
    assert fields[-1] == ("batch_ended", "INFO")
    assert ours[-1].__dict__["plivo_counts"] == {outcome: n for outcome, n in report.counts.items() if n}
    ended = [event.attempt.outcome for event in events if isinstance(event, AttemptEnded)]
    assert statistics.attempts == len(ended)
    assert statistics.unclear == ended.count(AttemptOutcome.UNCLEAR) > 20
    assert statistics.retries >= 20


@pytest.mark.anyio
async def test_an_account_that_takes_less_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    """Each new low once, not each 429."""
    events: list[Event] = []
    async with Emulator(port=None, limit=Limit(100)) as plivo, in_memory(plivo, observer=events.append) as client:
        names = [f"c{number}" for number in range(400)]
        for name in names:
            plivo.add_conference(name)
        await client.mpc.start(names)
        assert client.statistics().refused > 0
    levels = [event.level for event in events if isinstance(event, LimitLowered)]
    assert levels
    assert levels == sorted(set(levels), reverse=True)
    assert max(levels) < 300
    said = [record.getMessage() for record in caplog.records if record.__dict__.get("plivo_event") == "limit_lowered"]
    assert len(said) == len(levels)
    assert f"{levels[0]} of 300" in said[0]


@pytest.mark.anyio
async def test_a_record_holds_no_number_and_no_credential() -> None:
    """Conferences may be called by phone numbers, paths may hold them."""
    events: list[Event] = []
    async with Emulator(port=None) as plivo, in_memory(plivo, observer=events.append) as client:
        plivo.add_conference("+14151234567")
        plivo.script("activate", nth=1, fault="500")
        await client.mpc.start("+14151234567")
        await client.mpc.start(["+14151234567"])
        with pytest.raises(NotFoundError):
            await client.request("GET", "Number/14151234567/")
        secrets = (plivo.auth_token, "415123")
    text = repr(events) + repr([event.to_dict() for event in events])
    assert "*4567" in text
    for secret in secrets:
        assert secret not in text


def test_events_become_plain_json_types() -> None:
    """With their kind."""
    operation = Operation(7, "Activate MPC", "a", 1)
    assert OperationEnded(operation, "activated", None, 1, 0.25).to_dict() == {
        "event": "operation_ended",
        "operation": {"number": 7, "name": "Activate MPC", "target": "a", "batch": 1},
        "outcome": "activated",
        "error": None,
        "attempts": 1,
        "elapsed": 0.25,
    }
    counts = {ActivationOutcome.ACTIVATED: 2}
    assert BatchEnded(1, counts, 1.0, None).to_dict()["counts"] == {"activated": 2}


def test_an_observer_is_a_plain_function() -> None:
    """Nothing would await it."""

    async def later(event: Event) -> None:
        """Never awaited."""

    for wrong in (later, 3):
        with pytest.raises(TypeError, match="observer"):
            AsyncClient("MA" + "X" * 18, "token", observer=wrong)  # type: ignore[arg-type]
