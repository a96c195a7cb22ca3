"""What an attempt shows, and what it leaves open."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.policy import Attempt, AttemptOutcome, Effect, classify

NOT_SENT, REFUSED = AttemptOutcome.NOT_SENT, AttemptOutcome.REFUSED
ANSWERED, UNCLEAR = AttemptOutcome.ANSWERED, AttemptOutcome.UNCLEAR

attempts = st.builds(
    Attempt,
    st.sampled_from(["POST", "GET", "DELETE"]),
    st.sampled_from(AttemptOutcome),
    st.none() | st.integers(100, 599),
    st.none() | st.text(),
    st.floats(0, 1e6),
    st.floats(0, 1e6),
    st.none() | st.floats(0, 1e9),
    st.none() | st.text(),
)


@pytest.mark.parametrize(
    ("status_code", "readable", "outcome"),
    [
        (200, True, ANSWERED),
        (204, True, ANSWERED),
        (200, False, UNCLEAR),  # a page of HTML from a proxy, or half an answer
        (204, False, UNCLEAR),
        (302, True, ANSWERED),
        (400, True, ANSWERED),
        (302, False, UNCLEAR),
        (401, True, ANSWERED),
        (401, False, UNCLEAR),
        (403, True, ANSWERED),
        (403, False, UNCLEAR),  # a firewall on the way
        (404, True, ANSWERED),
        (404, False, UNCLEAR),  # a gateway that knows no such address
        (408, True, UNCLEAR),
        (409, True, ANSWERED),
        (422, True, ANSWERED),
        (429, True, REFUSED),
        (429, False, REFUSED),
        (500, True, UNCLEAR),
        (500, False, UNCLEAR),
        (501, True, ANSWERED),
        (501, False, UNCLEAR),
        (502, False, UNCLEAR),
        (503, True, UNCLEAR),
        (504, True, UNCLEAR),
        (505, True, ANSWERED),
        (524, False, UNCLEAR),
        (599, True, UNCLEAR),
    ],
)
def test_attempt_classified_by_status_and_body(status_code: int, readable: bool, outcome: AttemptOutcome) -> None:
    """Whether it was carried out is known from the status, if the body is one that Plivo would send."""
    assert classify(status_code, readable) is outcome


@given(st.integers(100, 999), st.booleans())
def test_attempt_classified_whatever_the_status(status_code: int, readable: bool) -> None:
    """Every status has one meaning: 429 refused; in the API's form other 4xx a clear no; all else unclear."""
    outcome = classify(status_code, readable)
    assert outcome is not NOT_SENT
    assert (outcome is REFUSED) == (status_code == 429)
    if readable and 300 <= status_code < 500 and status_code not in {408, 429}:
        assert outcome is ANSWERED
    if not readable and status_code != 429:
        assert outcome is UNCLEAR
    if status_code >= 500 and status_code not in {501, 505}:
        assert outcome is UNCLEAR


@pytest.mark.parametrize(
    ("outcome", "status_code", "yes"),
    [
        (ANSWERED, 200, True),
        (ANSWERED, 204, True),
        (ANSWERED, 302, False),
        (ANSWERED, 404, False),
        (UNCLEAR, 200, False),
        (NOT_SENT, None, False),
        (ANSWERED, None, False),
    ],
)
def test_attempt_succeeds_with_a_readable_yes_only(outcome: AttemptOutcome, status_code: int | None, yes: bool) -> None:
    """Success is an answer below 300 that could be read."""
    assert Attempt("POST", outcome, status_code).succeeded is yes


@given(attempts)
def test_attempt_turns_into_json(attempt: Attempt) -> None:
    """An attempt's facts survive JSON, and none is left out."""
    facts = json.loads(json.dumps(attempt.to_dict()))
    assert set(facts) == set(Attempt.__slots__)
    assert facts["outcome"] == attempt.outcome
    assert facts["started_at"] == pytest.approx(attempt.started_at, abs=1e-6)
    assert facts["status_code"] == attempt.status_code


@pytest.mark.parametrize(
    ("attempt", "line"),
    [
        (Attempt("POST", ANSWERED, 404, started_at=1.257), "POST 404 at 1.26 s"),
        (Attempt("POST", UNCLEAR, None, "ReadTimeout"), "POST ReadTimeout at 0.00 s"),
        (Attempt("GET", UNCLEAR, 200, "Unreadable", 3.0), "GET 200 Unreadable at 3.00 s"),
    ],
)
def test_attempt_reads_as_one_line(attempt: Attempt, line: str) -> None:
    """What it was, what came of it, and when."""
    assert str(attempt) == line


def test_effect_repeatable_unless_neither() -> None:
    """Only what is neither safe nor idempotent must not follow an unclear attempt."""
    assert [effect.repeatable for effect in (Effect.SAFE, Effect.IDEMPOTENT, Effect.NEITHER)] == [True, True, False]


@pytest.mark.parametrize("status_code", [100, 101, 103])
def test_an_answer_that_only_promises_another_is_no_success(status_code: int) -> None:
    """1xx says neither yes nor no."""
    outcome = classify(status_code, readable=True)
    assert outcome is AttemptOutcome.UNCLEAR
    assert not Attempt("POST", AttemptOutcome.ANSWERED, status_code).succeeded
