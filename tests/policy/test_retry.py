"""Whether there is another attempt, when, and who pays for it."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.policy import (
    Attempt,
    AttemptOutcome,
    Effect,
    GiveUp,
    Reason,
    RetryAt,
    RetryBudget,
    RetryPolicy,
    classify,
    decide,
)

POLICY = RetryPolicy(max_attempts=3, base_delay=1.0, max_delay=4.0, max_retry_after=60.0)

LOST = Attempt("POST", AttemptOutcome.UNCLEAR, None, "ReadTimeout")
NOT_SENT = Attempt("POST", AttemptOutcome.NOT_SENT, None, "ConnectError")
HTML = Attempt("POST", AttemptOutcome.UNCLEAR, 200, "Unreadable")


def answered(status_code: int, retry_after: float | None = None) -> Attempt:
    """An attempt that got this status, with a body that can be read."""
    return Attempt("POST", classify(status_code, readable=True), status_code, retry_after=retry_after)


policies = st.builds(
    lambda attempts, base, more, longest, reserve, ratio: RetryPolicy(
        max_attempts=attempts,
        base_delay=base,
        max_delay=base + more,
        max_retry_after=longest,
        budget_reserve=reserve,
        budget_ratio=ratio,
    ),
    st.integers(1, 10_000),
    st.floats(0, 1e9),
    st.floats(0, 1e9),
    st.floats(0, math.inf),
    st.floats(1, math.inf),
    st.floats(0, 1e9),
)
unlucky = st.sampled_from([LOST, NOT_SENT, HTML]) | st.builds(
    answered, st.integers(300, 599), st.none() | st.floats(0, 1e9)
)
chances = st.floats(0, 1, exclude_max=True)
effects = st.sampled_from(Effect)
instants = st.floats(0, 1e9)


@pytest.mark.parametrize(
    ("attempt", "repeatable", "neither"),
    [
        (NOT_SENT, "again", "again"),
        (answered(429), "again", "again"),
        (LOST, "again", Reason.UNREPEATABLE),
        (HTML, "again", Reason.UNREPEATABLE),
        (answered(408), "again", Reason.UNREPEATABLE),
        (answered(500), "again", Reason.UNREPEATABLE),
        (answered(502), "again", Reason.UNREPEATABLE),
        (answered(503), "again", Reason.UNREPEATABLE),
        (answered(504), "again", Reason.UNREPEATABLE),
        (answered(302), Reason.FINAL, Reason.FINAL),
        (answered(400), Reason.FINAL, Reason.FINAL),
        (answered(401), Reason.FINAL, Reason.FINAL),
        (answered(403), Reason.FINAL, Reason.FINAL),
        (answered(404), Reason.FINAL, Reason.FINAL),
        (answered(409), Reason.FINAL, Reason.FINAL),
        (answered(422), Reason.FINAL, Reason.FINAL),
        (answered(501), Reason.FINAL, Reason.FINAL),
        (answered(505), Reason.FINAL, Reason.FINAL),
        (answered(520), Reason.FINAL, Reason.FINAL),
    ],
)
def test_retry_follows_the_table(attempt: Attempt, repeatable: Reason | str, neither: Reason | str) -> None:
    """Repeated is what may help and does no harm, by the operation's effect."""
    for effect, expected in [(Effect.SAFE, repeatable), (Effect.IDEMPOTENT, repeatable), (Effect.NEITHER, neither)]:
        next_step = decide(POLICY, effect, attempt, attempts_made=1, now=10.0, deadline=math.inf, random=0.5)
        assert next_step == (RetryAt(10.5) if expected == "again" else GiveUp(Reason(expected)))


@pytest.mark.parametrize(
    ("attempt", "attempts_made", "deadline", "budget_allows", "expected"),
    [
        (LOST, 2, math.inf, True, RetryAt(11.0)),
        (LOST, 3, math.inf, True, GiveUp(Reason.ATTEMPTS)),
        (LOST, 2, 11.0, True, GiveUp(Reason.DEADLINE)),
        (LOST, 2, 11.001, True, RetryAt(11.0)),
        (LOST, 1, math.inf, False, GiveUp(Reason.BUDGET)),
        (NOT_SENT, 1, math.inf, False, GiveUp(Reason.BUDGET)),
        (answered(429), 1, math.inf, False, RetryAt(10.5)),  # the limiter's business, not the budget's
        (answered(429, 20.0), 1, math.inf, True, RetryAt(30.0)),
        (answered(429, 20.0), 1, 30.0, True, GiveUp(Reason.DEADLINE)),  # an honest no, not a shorter wait
        (answered(503, 20.0), 1, math.inf, True, RetryAt(30.0)),
        (answered(429, 1e9), 1, math.inf, True, RetryAt(70.0)),
        (answered(429, 0.0), 1, math.inf, True, RetryAt(10.5)),
    ],
)
def test_retry_keeps_attempts_deadline_and_budget(
    attempt: Attempt, attempts_made: int, deadline: float, budget_allows: bool, expected: RetryAt | GiveUp
) -> None:
    """Each bound ends it with its own reason; a Retry-After is waited for in full or not at all."""
    next_step = decide(
        POLICY,
        Effect.IDEMPOTENT,
        attempt,
        attempts_made=attempts_made,
        now=10.0,
        deadline=deadline,
        random=0.5,
        budget_allows=budget_allows,
    )
    assert next_step == expected


@given(policies, st.integers(1, 100_000), st.none() | st.floats(0, 1e9), chances)
def test_retry_delay_stays_between_zero_and_its_cap(
    policy: RetryPolicy, attempts_made: int, retry_after: float | None, random: float
) -> None:
    """Full jitter stays in [0, max_delay]; a Retry-After is a floor under it, up to its own cap."""
    delay = policy.delay(attempts_made, retry_after, random)
    floor = 0.0 if retry_after is None else min(retry_after, policy.max_retry_after)
    assert floor <= delay <= max(policy.max_delay, floor)


@given(policies, effects, unlucky, st.integers(1, 10_000), instants, instants, chances, st.booleans())
def test_retry_never_exceeds_its_bounds(
    policy: RetryPolicy,
    effect: Effect,
    attempt: Attempt,
    attempts_made: int,
    now: float,
    deadline: float,
    random: float,
    budget_allows: bool,
) -> None:
    """No attempt beyond the last, none at or past the deadline, none in the past, none on an exhausted budget."""
    next_step = decide(
        policy,
        effect,
        attempt,
        attempts_made=attempts_made,
        now=now,
        deadline=deadline,
        random=random,
        budget_allows=budget_allows,
    )
    if isinstance(next_step, RetryAt):
        assert attempts_made < policy.max_attempts
        assert now <= next_step.at < deadline
        assert budget_allows or attempt.outcome is AttemptOutcome.REFUSED


@given(policies, unlucky, instants, chances)
def test_retry_never_repeats_an_unclear_unrepeatable_operation(
    policy: RetryPolicy, attempt: Attempt, now: float, random: float
) -> None:
    """A phone doesn't ring twice: only what was refused or never sent is sent again."""
    next_step = decide(policy, Effect.NEITHER, attempt, attempts_made=1, now=now, deadline=math.inf, random=random)
    harmless = attempt.outcome in {AttemptOutcome.REFUSED, AttemptOutcome.NOT_SENT}
    assert isinstance(next_step, RetryAt) == (harmless and policy.max_attempts > 1)


def test_retry_first_and_fourth_wait_are_as_documented() -> None:
    """The docstring's numbers: 0 to 0.25 s, then doubling, 2 s after the fourth attempt, never above 8 s."""
    bounds = [RetryPolicy().delay(made, None, 1.0) for made in range(1, 8)]
    assert bounds == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_attempts": 0},
        {"max_attempts": -1},
        {"max_attempts": True},
        {"max_attempts": 2.5},
        {"max_attempts": math.nan},
        {"max_attempts": math.inf},
        {"max_attempts": "3"},
        {"max_attempts": None},
        {"base_delay": -0.1},
        {"base_delay": math.nan},
        {"base_delay": False},
        {"base_delay": math.inf, "max_delay": math.inf},
        {"base_delay": 10**400, "max_delay": 10**400},
        {"base_delay": 9.0},
        {"max_delay": 0.1},
        {"max_delay": math.nan},
        {"max_delay": math.inf},
        {"max_retry_after": -1},
        {"max_retry_after": math.nan},
        {"budget_reserve": 0.5},
        {"budget_reserve": "100"},
        {"budget_ratio": -0.2},
        {"budget_ratio": math.nan},
        {"budget_ratio": 10**400},
    ],
    ids=lambda wrong: ",".join(f"{name}={value!s:.9}" for name, value in wrong.items()),
)
def test_retry_policy_refuses_nonsense(wrong: dict[str, Any]) -> None:
    """A value out of its range is a ValueError that names the field."""
    with pytest.raises(ValueError, match=r"RetryPolicy\.(max|base|budget)_\w+ must be"):
        RetryPolicy(**wrong)


def test_retry_policy_takes_the_edges() -> None:
    """Zero delays, one attempt and an endless budget are all right."""
    policy = RetryPolicy(
        max_attempts=1, base_delay=0, max_delay=0, max_retry_after=math.inf, budget_reserve=math.inf, budget_ratio=0
    )
    assert policy.delay(1, 5.0, 0.9) == 5.0


def test_retry_budget_is_spent_and_paid_back() -> None:
    """The reserve allows so many retries on credit; each success pays its ratio back, never below zero."""
    policy = RetryPolicy(budget_reserve=3, budget_ratio=0.5)
    budget = RetryBudget()
    for _ in range(3):
        assert budget.allows(policy)
        budget.spend(policy)
    assert not budget.allows(policy)
    assert not budget.allows(policy), "asking spends nothing"
    budget.succeeded(policy)
    assert not budget.allows(policy)
    budget.succeeded(policy)
    assert budget.allows(policy)
    for _ in range(10):
        budget.succeeded(policy)
    assert budget.debt == 0


def test_retry_budget_forgives_a_long_outage_as_fast_as_a_short_one() -> None:
    """Debt ends at the reserve, however many probes were made beyond it."""
    policy = RetryPolicy(budget_reserve=3, budget_ratio=0.5)
    budget = RetryBudget()
    for _ in range(1000):
        budget.spend(policy)
    assert budget.debt == 3
    budget.succeeded(policy)
    budget.succeeded(policy)
    assert budget.allows(policy)


@given(st.floats(1, 1000), st.floats(0, 1), st.lists(st.booleans(), max_size=300))
def test_retry_budget_bounds_the_share_of_retries(reserve: float, ratio: float, successes: list[bool]) -> None:
    """However requests fare, retries stay within the reserve plus what the successes paid."""
    policy = RetryPolicy(budget_reserve=reserve, budget_ratio=ratio)
    budget, spent, paid = RetryBudget(), 0, 0.0
    for success in successes:
        if success:
            budget.succeeded(policy)
            paid += ratio
        elif budget.allows(policy):
            budget.spend(policy)
            spent += 1
        assert 0 <= budget.debt <= reserve
        assert spent <= reserve + paid + 1e-6


def test_a_429_uses_up_no_attempt_while_the_limit_is_learnt() -> None:
    """None that counts was made: it goes on, with the first wait. But `max_attempts=1` means one."""

    def made(counted: int, policy: RetryPolicy = POLICY) -> RetryAt | GiveUp:
        refused = answered(429)
        return decide(policy, Effect.NEITHER, refused, attempts_made=counted, now=0.0, deadline=math.inf, random=0.5)

    assert made(0) == RetryAt(0.5)
    assert made(3) == GiveUp(Reason.ATTEMPTS)
    assert made(0, RetryPolicy(max_attempts=1)) == GiveUp(Reason.ATTEMPTS)
