"""The demo's comparison: a report that is wrong in any item is caught."""

import pytest

pytest.importorskip("rich")

from datetime import UTC, datetime

from plivo_async import Activation, ActivationOutcome
from plivo_async.cli.actions._truth import compare, contradicts, faults, settled, strays, truth
from plivo_async.emulator import Applied, Conference, Fault, Request
from plivo_async.emulator.world._conferences import ConferenceStatus

NOW = datetime(2026, 11, 23, tzinfo=UTC)
OURS, BEFORE, WAITING, OVER, NEVER = (
    "live, by our request",
    "live before we came",
    "still waiting, untouched",
    "over before we came",
    "never there",
)


def conference(status: ConferenceStatus, applied: int = 0) -> Conference:
    """A conference that the API activated so many times."""
    return Conference(
        friendly_name="x",
        mpc_uuid="u",
        state=status,
        creation_time=NOW,
        activations=[Applied(number, 0.0) for number in range(applied)],
    )


@pytest.mark.parametrize(
    ("one", "known"),
    [
        (None, NEVER),
        (conference("Active", 1), OURS),
        (conference("Active"), BEFORE),
        (conference("Initialized"), WAITING),
        (conference("Ended"), OVER),
        (conference("Ended", 1), "activated by us, and over"),
        (conference("Active", 2), "activated more than once"),
    ],
)
def test_truth_names_what_the_emulator_knows(one: Conference | None, known: str) -> None:
    """From the conference's state and from who activated it."""
    assert truth(one) == known


@pytest.mark.parametrize(
    ("outcome", "fitting"),
    [
        (ActivationOutcome.ACTIVATED, {OURS}),
        (ActivationOutcome.ALREADY_ACTIVE, {BEFORE}),
        (ActivationOutcome.NOT_FOUND, {NEVER, OVER, WAITING, BEFORE}),
        (ActivationOutcome.REJECTED, {NEVER, OVER, WAITING, BEFORE}),
        (ActivationOutcome.FAILED, {NEVER, OVER, WAITING, BEFORE}),
        (ActivationOutcome.NOT_ATTEMPTED, {NEVER, OVER, WAITING, BEFORE}),
        (ActivationOutcome.UNKNOWN, {NEVER, OVER, WAITING, BEFORE, OURS, "activated by us, and over"}),
    ],
)
def test_contradicts_allows_what_can_be_true_and_nothing_else(outcome: ActivationOutcome, fitting: set[str]) -> None:
    """Unknown is never false; the rest must be just so."""
    everything = {OURS, BEFORE, WAITING, OVER, NEVER, "activated by us, and over"}
    assert {known for known in everything if not contradicts(outcome, known)} == fitting
    if outcome is not ActivationOutcome.UNKNOWN:
        assert contradicts(outcome, "activated more than once")


def test_compare_counts_per_outcome() -> None:
    """One wrong item among right ones shows."""
    conferences = {"a": conference("Active", 1), "b": conference("Initialized"), "c": conference("Initialized")}
    report = [
        Activation(0, "a", None, ActivationOutcome.ACTIVATED),
        Activation(1, "b", None, ActivationOutcome.ACTIVATED),
        Activation(2, "c", None, ActivationOutcome.FAILED),
        Activation(3, "d", None, ActivationOutcome.NOT_FOUND),
    ]
    rows = compare(report, conferences)
    assert [(row.outcome.value, row.reported, dict(row.truths), row.wrong) for row in rows] == [
        ("activated", 2, {OURS: 1, WAITING: 1}, 1),
        ("not_found", 1, {NEVER: 1}, 0),
        ("failed", 1, {WAITING: 1}, 0),
    ]


def test_strays_are_conferences_that_nobody_asked_for() -> None:
    """A name that is decoded once too often would hit another conference."""
    conferences = {"eA": conference("Active", 1), "e%41": conference("Active", 1), "other": conference("Active")}
    assert strays(["e%41"], conferences) == ["eA"]


def request(name: str, fault: Fault | None, *, applied: bool = True, operation: str = "activate") -> Request:
    """A request as the emulator notes it."""
    return Request(
        number=1,
        at=0.0,
        method="POST",
        raw_path="/",
        headers=(),
        body=b"",
        operation=operation,
        name=name,
        fault=fault,
        applied=applied,
    )


def test_faults_and_how_they_were_settled() -> None:
    """Only activations that were applied although the answer was spoilt are at stake."""
    log = [
        request("a", Fault.LOST_RESPONSE),
        request("b", Fault.LOST_RESPONSE, applied=False),
        request("c", Fault.LATE),
        request("d", Fault.HALF),
        request("e", Fault.IDLE_CLOSE),
        request("f", None),
        request("a", Fault.LOST_RESPONSE, applied=False, operation="get"),
    ]
    report = [
        Activation(0, "a", None, ActivationOutcome.ACTIVATED, confirmed_by="lookup"),
        Activation(1, "c", None, ActivationOutcome.ACTIVATED, confirmed_by="answer"),
        Activation(2, "d", None, ActivationOutcome.UNKNOWN),
    ]
    rows = {row.fault: (row.hits, row.applied) for row in faults(log)}
    assert rows == {
        Fault.LOST_RESPONSE: (3, 1),
        Fault.LATE: (1, 1),
        Fault.HALF: (1, 1),
        Fault.IDLE_CLOSE: (1, 0),
    }
    end = settled(log, report)
    assert (end.by_look, end.by_answer, end.unknown, end.total) == (1, 1, 1, 3)
