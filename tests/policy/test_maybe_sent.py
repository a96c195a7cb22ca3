"""What a look proves if an earlier run may have sent an activation, and nobody heard what came of it."""

import pytest

from plivo_async.policy import (
    ActivationRules,
    ActivationRun,
    Attempt,
    AttemptOutcome,
    Look,
    LookStatus,
    News,
    RetryPolicy,
    Step,
)

SENT = 1_795_435_200.0  # when the earlier run was about to send, on the server's clock
RULES = ActivationRules(RetryPolicy())
ACTIVE, WAITING, GONE = LookStatus.ACTIVE, LookStatus.INITIALIZED, LookStatus.NOT_LIVE


def answered(method: str, status_code: int, look: Look | None = None) -> News:
    """A clear answer."""
    attempt = Attempt(method, AttemptOutcome.ANSWERED, status_code)
    return News(attempt, look, sent_at=1.0, now=1.1, random=0.5)


def resumed() -> ActivationRun:
    """One that begins where another was killed."""
    run = ActivationRun(RULES, 0.0, maybe_sent=SENT)
    assert (run.step, run.due, run.verdict, run.doubtful) == (Step.LOOK, 0.0, None, True)
    return run


@pytest.mark.parametrize(
    ("look", "outcome", "live"),
    [
        (Look(ACTIVE, started_at=SENT + 0.5), "activated", True),
        (Look(ACTIVE, started_at=SENT - 2.0), "activated", True),  # whole seconds on both sides
        (Look(ACTIVE, started_at=SENT - 2.1), "already_active", True),
        (Look(ACTIVE), "activated", True),
        (Look(WAITING, created_at=SENT + 60), "unknown", False),
        (Look(WAITING, created_at=SENT - 1), "unknown", False),
        (Look(WAITING), "unknown", False),
        (Look(GONE), "unknown", False),
        (Look(GONE, started_at=SENT + 1), "unknown", False),
    ],
)
def test_a_look_settles_what_it_can_prove(look: Look, outcome: str, live: bool) -> None:
    """Live since we may have sent it: ours. Another conference that waits under the name is not started."""
    run = resumed()
    run.observe(answered("GET", 200, look))
    assert run.verdict is not None
    assert (run.verdict.outcome, run.verdict.live, run.verdict.confirmed_by) == (outcome, live, "lookup")


def test_what_waited_before_is_the_same_and_is_activated_by_its_uuid() -> None:
    """It was there before we sent anything, so nothing of ours has been carried out; its UUID can't be another's."""
    run = resumed()
    run.observe(answered("GET", 200, Look(WAITING, created_at=SENT - 60, uuid="an-uuid")))
    assert (run.step, run.uuid, run.verdict) == (Step.ACTIVATE, "an-uuid", None)
    run.observe(answered("POST", 204))
    assert run.verdict is not None
    assert (run.verdict.outcome, run.verdict.confirmed_by) == ("activated", "answer")


@pytest.mark.parametrize(
    ("started_at", "outcome"), [(SENT + 5, "activated"), (SENT - 5, "already_active"), (None, "activated")]
)
def test_a_404_after_that_is_looked_at(started_at: float | None, outcome: str) -> None:
    """What the killed run had sent may have arrived in between."""
    run = resumed()
    run.observe(answered("GET", 200, Look(WAITING, created_at=SENT - 60)))
    run.observe(answered("POST", 404))
    assert (run.step, run.verdict) == (Step.LOOK, None)
    run.observe(answered("GET", 200, Look(ACTIVE, started_at=started_at)))
    assert run.verdict is not None
    assert run.verdict.outcome == outcome


def test_without_a_look_it_stays_unknown() -> None:
    """Cut short before it could look: an activation may have been carried out."""
    run = resumed()
    run.cut_short(None, "the deadline passed")
    assert run.verdict is not None
    assert (run.verdict.outcome, run.verdict.live) == ("unknown", None)
