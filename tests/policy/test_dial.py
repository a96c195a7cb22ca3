"""How a dialled leg ended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.policy import CallOutcome, Ending, LookAgain, Sight, ended_as, outcome_of

ANSWERED, BUSY, NO_ANSWER = CallOutcome.ANSWERED, CallOutcome.BUSY, CallOutcome.NO_ANSWER
REJECTED, FAILED, CANCELLED, UNKNOWN = (
    CallOutcome.REJECTED, CallOutcome.FAILED, CallOutcome.CANCELLED, CallOutcome.UNKNOWN,
)  # fmt: skip
CODES = {
    BUSY: [3010, 3100],
    NO_ANSWER: [6010, 3000, 9100],
    REJECTED: [3020, 3110, 3040, 9110],
    CANCELLED: [1000, 9000, 4000, 4010, 4020, 4030, 6000],
    FAILED: [1010, 1020, 2000, 2010, 2070, 3030, 3050, 3070, 3090, 3120, 3140, 4250, 5000, 5030, 6020, 7011, 8014],
    UNKNOWN: [1, 1234, 9999, 3060, 7015],
}


@pytest.mark.parametrize(("outcome", "code"), [(outcome, code) for outcome, codes in CODES.items() for code in codes])
def test_unanswered_by_its_cause(outcome: CallOutcome, code: int) -> None:
    """The cause tells which way; one that nobody knows is unknown, not failed; it beats the status."""
    assert ended_as(Ending(answered=False, code=code)) is outcome
    assert ended_as(Ending(answered=False, code=code, status="busy", cause="NO_ANSWER")) is outcome


@given(st.integers(0, 9999))
def test_an_answer_beats_every_cause_but_two(code: int) -> None:
    """A machine that isn't to count, and somebody who presses no key, are no answer."""
    expected = {9100: NO_ANSWER, 9110: REJECTED}.get(code, ANSWERED)
    assert ended_as(Ending(answered=True, code=code)) is expected


@pytest.mark.parametrize("code", [None, 0])
@pytest.mark.parametrize(
    ("status", "cause", "outcome"),
    [
        ("busy", "", BUSY),
        ("no-answer", "", NO_ANSWER),
        ("timeout", "", FAILED),
        ("failed", "", FAILED),
        ("Cancel", "", CANCELLED),
        ("completed", "", UNKNOWN),
        ("completed", "USER_BUSY", BUSY),
        ("", "NO_ANSWER", NO_ANSWER),
        ("", "call_rejected", REJECTED),
        ("", "NORMAL_CLEARING", CANCELLED),
        ("", "ORIGINATOR_CANCEL", CANCELLED),
        ("", "WHATEVER", UNKNOWN),
        ("ringing", "", UNKNOWN),
        ("", "", UNKNOWN),
    ],
)
def test_without_a_cause(code: int | None, status: str, cause: str, outcome: CallOutcome) -> None:
    """The status of a callback, then the switch's word."""
    assert ended_as(Ending(answered=False, code=code, status=status, cause=cause)) is outcome


def judged(sight: Sight, *, picked_up_counts: bool = True) -> CallOutcome | LookAgain:
    """With usual patience."""
    return outcome_of(sight, interval=2, patience=30, picked_up_counts=picked_up_counts)


def test_what_is_seen_of_a_leg() -> None:
    """A record decides, then a row, then `in-progress`; what is up is looked at again."""
    ending = Ending(answered=False, code=3010)
    assert judged(Sight(5, 5, up=True, status="in-progress", joined=True, ending=ending)) is BUSY
    assert judged(Sight(5, 0, joined=True)) is ANSWERED
    assert judged(Sight(5, 5, up=True, status="in-progress")) is ANSWERED
    assert judged(Sight(5, 5, up=True, status="in-progress"), picked_up_counts=False) == LookAgain(7)
    assert judged(Sight(5, 5, joined=True), picked_up_counts=False) is ANSWERED
    assert judged(Sight(5, 5, up=True, status="ringing")) == LookAgain(7)
    assert judged(Sight(500, 500, up=True)) == LookAgain(502)


def test_what_is_nowhere_is_looked_for_ever_less_often() -> None:
    """At 1, 2, 4, 8 seconds; then it is unknown, and never failed."""
    at, looks = 100.0, []
    while isinstance(found := judged(Sight(at, 100.0)), LookAgain):
        at = found.at
        looks.append(at - 100)
    assert looks == [1, 2, 4, 8, 16, 24, 30]
    assert found is UNKNOWN


@given(
    st.floats(0, 1e6), st.floats(0, 1e6), st.booleans(), st.sampled_from(["", "ringing", "in-progress"]), st.booleans()
)
def test_nothing_but_a_record_says_that_it_failed(
    seen_at: float, gone: float, up: bool, status: str, joined: bool
) -> None:
    """Looks alone know an answer, or nothing; and the next look is always later."""
    sight = Sight(seen_at + gone, seen_at, up=up, status=status, joined=joined)
    found = judged(sight)
    if isinstance(found, LookAgain):
        assert found.at > sight.now or gone < 30
    else:
        assert found in {ANSWERED, UNKNOWN}
