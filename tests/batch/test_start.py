"""`client.mpc.start`: one conference, many, and every outcome."""

import math
import pickle
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import anyio
import pytest

from plivo_async import (
    Activation,
    ActivationFailures,
    ActivationOutcome,
    ActivationReport,
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    NotSentError,
    OutcomeUnknownError,
    RateLimit,
    RateLimitError,
    RetryPolicy,
)
from plivo_async.emulator import Emulator, Fault, Faults, Limit

from ..support import contradictions, in_memory, network_of

pytestmark = pytest.mark.anyio


def shapes(plivo: Emulator) -> list[str]:
    """The requests that arrived, as `POST name`."""
    return [f"{request.method} {request.name}" for request in plivo.requests]


async def test_one_waiting_conference_is_activated() -> None:
    """`start("name")` sends exactly the documented request and says that the answer proved it."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("support-4812")
        activation = await client.mpc.start("support-4812")
        [request] = plivo.requests
        assert request.method == "POST"
        assert request.raw_path == f"/v1/Account/{plivo.auth_id}/MultiPartyCall/name_support-4812/"
        assert request.body == b'{"status":"active"}'
        assert plivo.conferences["support-4812"].status == "Active"
        assert (activation.outcome, activation.live, activation.confirmed_by) == ("activated", True, "answer")
        assert (activation.position, activation.name, activation.uuid) == (0, "support-4812", None)
        assert [attempt.status_code for attempt in activation.attempts] == [204]
        assert activation.error is None


async def test_one_that_was_started_and_is_over_is_not_called_missing() -> None:
    """Its answer was lost, its UUID tells that it started after we asked: it isn't said that nobody waited."""
    retry = RetryPolicy(base_delay=20.0, max_delay=40.0)
    async with Emulator(port=None) as plivo, in_memory(plivo, retry=retry) as client:
        conference = plivo.add_conference("room")
        plivo.script("activate", "room", fault="lost-response")

        async def end() -> None:
            while not conference.applied:  # noqa: ASYNC110  (it sets no event)
                await anyio.sleep(0.1)
            plivo.end_conference("room")

        async with anyio.create_task_group() as group:
            group.start_soon(end)
            with pytest.raises(OutcomeUnknownError, match=r"it was started after .* and is over"):
                await client.mpc.start(uuid=conference.mpc_uuid)
        with pytest.raises(NotFoundError):
            await client.mpc.start(uuid=conference.mpc_uuid)


@pytest.mark.parametrize("as_text", [True, False])
async def test_a_uuid_is_a_uuid_only_when_said_so(as_text: bool) -> None:
    """`uuid=` and `uuid.UUID` address by UUID; the same text as a plain `str` is a name."""
    uuid = UUID("8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e")
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("room", uuid=str(uuid))
        activation = await client.mpc.start(uuid=str(uuid) if as_text else uuid)
        assert (activation.name, activation.uuid) == (None, str(uuid))
        assert plivo.requests[0].raw_path.endswith(f"/uuid_{uuid}/")
        assert (await client.mpc.start(uuid)).outcome == "already_active"
        with pytest.raises(NotFoundError):
            await client.mpc.start(str(uuid))
        assert plivo.requests[-1].raw_path.endswith(f"/name_{uuid}/")


@pytest.mark.parametrize(
    "name",
    ["a/b", "../Call", "e%41", "Östermalm", "a b", "🛎", ".", "..", "a?b#c", "a;b", "+14151234567", "%2F", "x" * 10_000],
)
async def test_any_name_reaches_the_server_as_that_very_name(name: str) -> None:
    """A name is a piece of user data: encoded whole, it is decoded to itself and to nothing else."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference(name)
        assert (await client.mpc.start(name)).succeeded
        assert plivo.conferences[name].status == "Active"
        assert (await client.mpc.start([name]))[0].outcome == "already_active"


@pytest.mark.parametrize("name", ["", "a\nb", "a\x00", "\x7f", "a\x85", "\ud800", 7, None, b"room"])
async def test_a_bad_name_is_refused_before_anything_is_sent(name: object) -> None:
    """An empty name, control characters and what is no name at all: a clear error with the position, no request."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("good")
        with pytest.raises((ValueError, TypeError)):
            await client.mpc.start(name)  # type: ignore[call-overload]
        with pytest.raises((ValueError, TypeError), match="at position 1"):
            await client.mpc.start(["good", name])  # type: ignore[list-item]
        assert plivo.requests == []


async def test_arguments_are_checked_before_anything_is_sent() -> None:
    """Wrong combinations and ranges are errors that name the argument."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        start = client.mpc.start
        with pytest.raises(TypeError, match="exactly one"):
            await start()  # type: ignore[call-overload]
        with pytest.raises(TypeError, match="exactly one"):
            await start("a", uuid="8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e")  # type: ignore[call-overload]
        with pytest.raises(ValueError, match="uuid must be a UUID"):
            await start(uuid="support")
        with pytest.raises(ValueError, match="confirm"):
            await start("a", confirm="sometimes")  # type: ignore[call-overload]
        for bad in (-1, math.nan):
            with pytest.raises(ValueError, match="wait_for"):
                await start("a", wait_for=bad)
            with pytest.raises(ValueError, match="deadline"):
                await start(["a"], deadline=bad)
        with pytest.raises(TypeError, match="on_outcome"):
            await start(["a"], on_outcome=3)  # type: ignore[call-overload]

        async def cannot_be_awaited(activation: Activation) -> None: ...

        with pytest.raises(TypeError, match="start_each"):
            await start(["a"], on_outcome=cannot_be_awaited)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="on_outcome is for many"):
            await start("a", on_outcome=print)
        for wrong in (7, b"abc", {"a": 1}):
            with pytest.raises(TypeError, match="iterable"):
                await start(wrong)  # type: ignore[arg-type]
        assert plivo.requests == []


LOST = ["lost-response", "reset-after", "500-applied", "502-applied", "503-applied", "half", "not-json", "late"]


@pytest.mark.parametrize("fault", LOST)
async def test_a_lost_answer_is_settled_by_a_look(fault: str) -> None:
    """The 404 after an applied attempt whose answer was lost is not a failure: a look shows that it is live."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("room")
        plivo.script("activate", "room", nth=1, fault=fault)
        activation = await client.mpc.start("room")
        assert (activation.outcome, activation.live, activation.confirmed_by) == ("activated", True, "lookup")
        assert [attempt.method for attempt in activation.attempts] == ["POST", "POST", "GET"]
        assert plivo.conferences["room"].applied == 1


@pytest.mark.parametrize("fault", ["reset-before", "500", "502", "503", "429", "idle-close"])
async def test_an_attempt_that_was_not_applied_is_repeated(fault: str) -> None:
    """What did not happen is tried again, and the answer proves it."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("room")
        plivo.script("activate", "room", nth=1, fault=fault)
        activation = await client.mpc.start("room")
        assert (activation.outcome, activation.confirmed_by) == ("activated", "answer")
        assert plivo.conferences["room"].applied == 1


async def test_active_without_our_doing_is_already_active() -> None:
    """404, and a look shows it Active although none of our attempts can have done it."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("room", status="active")
        activation = await client.mpc.start("room")
        assert (activation.outcome, activation.live, activation.confirmed_by) == ("already_active", True, "lookup")
        assert shapes(plivo) == ["POST room", "GET room"]


async def test_active_since_before_our_lost_attempt_is_already_active() -> None:
    """Even after a lost answer: what started before our first attempt was not started by it."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("room", status="active")
        await anyio.sleep(10)
        plivo.script("activate", "room", nth=1, fault="reset-before")
        assert (await client.mpc.start("room")).outcome == "already_active"


async def test_a_name_that_was_used_again_is_not_mistaken_for_the_old_one() -> None:
    """A conference that ended and another of its name, active since before us: that one isn't ours either."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("room", status="ended")
        plivo.add_conference("room", status="active")
        await anyio.sleep(10)
        plivo.script("activate", "room", nth=1, fault="500")
        activation = await client.mpc.start("room")
        assert (activation.outcome, activation.live) == ("already_active", True)


@pytest.mark.parametrize("status", [None, "ended"])
async def test_nothing_waiting_is_not_found(status: str | None) -> None:
    """404, and a look shows no live conference of that name: NotFoundError with the facts."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        if status:
            plivo.add_conference("room", status=status)
        with pytest.raises(NotFoundError, match="'room' is waiting") as caught:
            await client.mpc.start("room")
        assert caught.value.status_code == 404
        assert [attempt.method for attempt in caught.value.attempts] == ["POST", "GET"]
        again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
        assert again.to_dict() == caught.value.to_dict()


async def test_confirm_ambiguous_looks_only_after_a_lost_answer() -> None:
    """`confirm="ambiguous"` spares the GET where no attempt of ours can have done it."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("active", status="active")
        plivo.add_conference("lost")
        plivo.script("activate", "lost", nth=1, fault="lost-response")
        report = await client.mpc.start(["active", "none", "lost"], confirm="ambiguous")
        assert [activation.outcome for activation in report] == ["not_found", "not_found", "activated"]
        assert [activation.live for activation in report] == [None, None, True]
        assert sorted(name for name in shapes(plivo) if name.startswith("GET")) == ["GET lost"]


async def test_confirm_never_leaves_doubt_as_unknown() -> None:
    """`confirm="never"` sends no GET, and calls doubt by its name."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("lost")
        plivo.script("activate", "lost", nth=1, fault="lost-response")
        with pytest.raises(OutcomeUnknownError):
            await client.mpc.start("lost", confirm="never")
        with pytest.raises(NotFoundError):
            await client.mpc.start("none", confirm="never")
        assert not [shape for shape in shapes(plivo) if shape.startswith("GET")]


async def test_used_up_attempts_with_doubt_end_in_a_look() -> None:
    """Every attempt was lost, the first one applied: the look settles it without another POST."""
    async with Emulator(port=None) as plivo, in_memory(plivo, retry=RetryPolicy(max_attempts=2)) as client:
        plivo.add_conference("room")
        plivo.script("activate", "room", nth=None, fault="lost-response")
        activation = await client.mpc.start("room")
        assert (activation.outcome, activation.confirmed_by) == ("activated", "lookup")
        assert shapes(plivo) == ["POST room", "POST room", "GET room"]


async def test_doubt_that_looking_does_not_settle_is_unknown() -> None:
    """Neither the POST nor the GET gets an answer: OutcomeUnknownError, which says to look before repeating."""
    async with Emulator(port=None) as plivo, in_memory(plivo, retry=RetryPolicy(max_attempts=2)) as client:
        plivo.add_conference("room")
        plivo.script("activate", "room", nth=None, fault="lost-response")
        plivo.script("get", "room", nth=None, fault="reset-before")
        with pytest.raises(OutcomeUnknownError, match="may be live or not") as caught:
            await client.mpc.start("room")
        assert len(caught.value.attempts) == 4
        assert contradictions(plivo, await client.mpc.start(["room"])) == []


@pytest.mark.parametrize("waiting", [True, False])
@pytest.mark.parametrize("fault", [str(fault) for fault in Fault if fault.endswith("applied-later")])
async def test_what_may_yet_be_applied_is_never_denied(fault: str, waiting: bool) -> None:
    """Whoever gave up, 500 and 503 among them: a look says what was so then, and somebody may dial in."""
    retry = RetryPolicy(max_attempts=2)
    async with Emulator(port=None, faults=Faults({}, apply_after=60)) as plivo, in_memory(plivo, retry=retry) as client:
        if waiting:
            plivo.add_conference("late")
            plivo.script("activate", "late", nth=None, fault=fault)
        else:
            plivo.script("activate", "late", nth=1, fault=fault)
        report = await client.mpc.start(["late"])
        if not waiting:
            plivo.add_conference("late")
        await anyio.sleep(100)
        assert (plivo.conferences["late"].status, plivo.conferences["late"].applied) == ("Active", 1)
        assert (report[0].outcome, report[0].live) == ("unknown", None)
        assert "when looked at" in str(report[0].error)
        assert "may yet arrive" in str(report[0].error)
        assert "safe" not in str(report[0].error)


async def test_still_waiting_after_no_clear_answer_is_unknown() -> None:
    """A look that shows it waiting says nothing of an attempt that may yet arrive, answered by a gateway or not."""
    retry = RetryPolicy(max_attempts=2)
    async with Emulator(port=None) as plivo, in_memory(plivo, retry=retry) as client:
        for name, fault in (("answered", "500"), ("gateway", "503"), ("silent", "reset-before")):
            plivo.add_conference(name)
            plivo.script("activate", name, nth=None, fault=fault)
        report = await client.mpc.start(["answered", "gateway", "silent"])
        assert [activation.outcome for activation in report] == ["unknown"] * 3
        assert [activation.live for activation in report] == [None] * 3


async def test_refused_and_unsent_attempts_end_as_failed() -> None:
    """429 to the last attempt, or no connection: nothing can have been applied, and the error says so."""
    async with (
        Emulator(port=None) as plivo,
        in_memory(plivo, retry=RetryPolicy(max_attempts=3), rate_limit=None) as client,
    ):
        network_of(plivo).refuse = 3
        with pytest.raises(NotSentError, match="ConnectError") as unsent:
            await client.mpc.start("other")
        assert [attempt.outcome for attempt in unsent.value.attempts] == ["not_sent"] * 3
        assert plivo.requests == []
        plivo.add_conference("room")
        plivo.script("activate", "room", nth=None, fault="429")
        with pytest.raises(RateLimitError) as refused:
            await client.mpc.start("room")
        assert len(refused.value.attempts) == 3


async def test_wait_for_keeps_trying_while_people_dial_in() -> None:
    """A conference that appears within `wait_for` is activated; one that doesn't is not found, in time."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client, anyio.create_task_group() as group:

        async def dial_in() -> None:
            await anyio.sleep(7)
            plivo.add_conference("late")

        group.start_soon(dial_in)
        began = anyio.current_time()
        report = await client.mpc.start(["late", "never"], wait_for=12)
        assert [activation.outcome for activation in report] == ["activated", "not_found"]
        assert 7 <= report[0].elapsed < 12.5
        assert anyio.current_time() - began <= 12.5
        assert len(plivo.requests) < 25


async def test_a_deadline_that_passes_ends_the_run_with_an_outcome_for_each() -> None:
    """Past the deadline nothing is begun; what was in flight comes back, what was never sent is not attempted."""
    async with Emulator(port=None, latency=1.0) as plivo, in_memory(plivo) as client:
        names = [f"room {number}" for number in range(200)]
        for name in names:
            plivo.add_conference(name)
        report = await client.mpc.start(names, deadline=2.5)
        assert report.elapsed == pytest.approx(3.0)
        counts = report.counts
        assert counts[ActivationOutcome.ACTIVATED] == 192
        assert counts[ActivationOutcome.UNKNOWN] == 0
        assert counts[ActivationOutcome.NOT_ATTEMPTED] == 8
        assert contradictions(plivo, report) == []


async def test_a_deadline_that_cannot_be_met_fails_at_once_with_the_estimate() -> None:
    """If no permit can be had in time the answer comes now, not at the deadline."""
    async with Emulator(port=None) as plivo, in_memory(plivo, rate_limit=RateLimit(1, per=5.0)) as client:
        plivo.add_conference("a")
        await client.mpc.start("a")
        began = anyio.current_time()
        with pytest.raises(NotSentError, match=r"could be sent in 5\.0 s at the earliest"):
            await client.mpc.start("b", deadline=3.0)
        assert anyio.current_time() == began


async def test_a_name_given_twice_is_activated_once_and_reported_twice() -> None:
    """Duplicates, also between a name's forms, share one outcome."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("a")
        report = await client.mpc.start(["a", "b", "a", "a"])
        assert [activation.position for activation in report] == [0, 1, 2, 3]
        assert [activation.outcome for activation in report] == ["activated", "not_found", "activated", "activated"]
        assert len(plivo.requests) == 3
        assert report.requests == 3


async def test_any_iterable_will_do() -> None:
    """Lists, tuples, generators, sets' iterators and async generators are all read to the end first."""

    def generated() -> Iterator[str]:
        yield from ("a", "b")

    async def produced() -> AsyncIterator[str]:
        for name in ("a", "b"):
            await anyio.sleep(1)
            yield name

    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        for name in "ab":
            plivo.add_conference(name, status="active")
        for names in (["a", "b"], ("a", "b"), generated(), produced(), dict.fromkeys("ab").keys()):
            report = await client.mpc.start(names)
            assert [activation.name for activation in report] == ["a", "b"]
            assert report.succeeded
        empty = await client.mpc.start([])
        assert len(empty) == 0
        assert empty.succeeded
        assert str(empty) == "nothing to activate  (0.0s)"


async def test_wrong_credentials_end_the_run_soon() -> None:
    """401 is one mistake, not ten thousand failures: at most what was under way, the rest untouched."""
    async with Emulator(port=None, latency=0.05) as plivo:
        names = [f"room {number}" for number in range(1_000)]
        client = in_memory(plivo)
        client._core.exchange._transport._headers["Authorization"] = "Basic d3Jvbmc6"  # type: ignore[attr-defined]
        async with client:
            report = await client.mpc.start(names)
            assert report.counts[ActivationOutcome.REJECTED] <= 64
            assert report.counts[ActivationOutcome.NOT_ATTEMPTED] >= 936
            assert report.counts[ActivationOutcome.UNKNOWN] == 0
            assert len(report) == 1_000
            assert len(plivo.requests) <= 64
            assert isinstance(report[0].error, AuthenticationError)
            assert contradictions(plivo, report) == []
            with pytest.raises(AuthenticationError, match="PLIVO_AUTH_TOKEN"):
                await client.mpc.start("room")


async def test_a_permanent_refusal_is_rejected_without_a_repetition() -> None:
    """400, 403 and the like: no second attempt."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        other = "MA" + "0" * 18
        transport = client._core.exchange._transport
        transport._account_url = transport._account_url.replace(plivo.auth_id, other)  # type: ignore[attr-defined]
        [activation] = await client.mpc.start(["room"])
        assert (activation.outcome, len(activation.attempts)) == ("rejected", 1)
        assert activation.error is not None
        with pytest.raises(ActivationFailures) as caught:
            (await client.mpc.start(["room", "moor"])).raise_for_failures()
        assert len(caught.value.exceptions) == 2
        assert not isinstance(activation.error, BadRequestError)


async def test_on_outcome_is_told_of_each_as_it_is_known() -> None:
    """Progress: each activation once, as it finishes; an exception in it ends the run and comes out as it is."""
    async with Emulator(port=None, latency=0.1) as plivo, in_memory(plivo) as client:
        names = [f"room {number}" for number in range(200)]
        for name in names:
            plivo.add_conference(name)
        told: list[Activation] = []
        seen_at: list[float] = []

        def note(activation: Activation) -> None:
            told.append(activation)
            seen_at.append(anyio.current_time())

        report = await client.mpc.start(names, on_outcome=note)
        assert sorted(told, key=lambda activation: activation.position) == list(report)
        assert len(set(seen_at)) > 3

        def fail(activation: Activation) -> None:
            raise LookupError("mine")

        with pytest.raises(LookupError, match="mine"):
            await client.mpc.start(names, on_outcome=fail)
        assert client.statistics().permits_in_flight == 0


async def test_a_report_reads_well_and_travels() -> None:
    """Counts in one line, the failures below; pickles; comes apart and together."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("a")
        plivo.add_conference("b", status="active")
        report = await client.mpc.start(["a", "b", "c"])
        assert str(report).splitlines()[0] == "1 activated · 1 already active · 1 not found  (0.0s)"
        assert "'c' not found" in str(report)
        again = pickle.loads(pickle.dumps(report))  # noqa: S301
        assert again.to_json() == report.to_json()
        assert ActivationReport(reversed(list(report)), report.elapsed).to_csv() == report.to_csv()


@pytest.mark.long
async def test_a_limit_of_the_server_below_ours_is_learnt() -> None:
    """Believing in 300 where 240 are allowed costs few 429s, and no outcome."""
    async with Emulator(port=None, limit=Limit(240), latency=(0.02, 0.05)) as plivo, in_memory(plivo) as client:
        names = [f"room {number}" for number in range(2_400)]
        for name in names:
            plivo.add_conference(name)
        report = await client.mpc.start(names)
        assert report.succeeded
        assert plivo.counts().told_429 <= 0.4 * 300
        assert report.elapsed <= 9 * 5 / 0.75  # half of the pace is given up at first, and back within six windows
