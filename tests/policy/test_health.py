"""When a batch should end, from what came back."""

import math

import pytest

from plivo_async import Attempt, AttemptOutcome, RetryPolicy
from plivo_async.policy import Health, Obstacle, RetryBudget

OK = Attempt("POST", AttemptOutcome.ANSWERED, 204)
NO = Attempt("POST", AttemptOutcome.ANSWERED, 401)
LOST = Attempt("POST", AttemptOutcome.UNCLEAR, None, "ReadTimeout")
BUSY = Attempt("POST", AttemptOutcome.REFUSED, 429)


def blocked(obstacle: Obstacle) -> Attempt:
    """An attempt that met an obstacle."""
    return Attempt("POST", AttemptOutcome.NOT_SENT, None, "ConnectError", obstacle=obstacle)


def first_end(attempts: list[Attempt], retry: RetryPolicy, apart: float = 1.0) -> int | None:
    """After how many of the attempts a batch should end."""
    health = Health()
    for number, attempt in enumerate(attempts, 1):
        if health.observe(attempt, number * apart, retry):
            return number
    return None


def test_one_stray_401_ends_nothing_and_wrong_credentials_end_soon() -> None:
    """Before any other answer two 401s are believed; later it takes five with no other answer between them."""
    retry = RetryPolicy()
    assert first_end([NO, OK, NO, OK], retry) is None
    assert first_end([NO, NO], retry) == 2
    assert first_end([LOST, NO, LOST, NO], retry) == 4
    assert first_end([OK, NO] * 1_000, retry) is None
    assert first_end([OK, *[NO, NO, NO, NO, OK] * 100], retry) is None
    assert first_end([OK, *[NO] * 9], retry) == 6


@pytest.mark.parametrize("obstacle", [Obstacle.UNKNOWN_HOST, Obstacle.REFUSED, Obstacle.NOT_PLIVO])
def test_a_dead_address_ends_after_half_a_minute(obstacle: Obstacle) -> None:
    """However long a real outage is waited for; and any clear answer begins the count anew."""
    for longest in (900.0, math.inf):
        assert first_end([blocked(obstacle)] * 100, RetryPolicy(longest_outage=longest)) == 31
    assert first_end([blocked(obstacle)] * 100, RetryPolicy(longest_outage=5)) == 6
    for other in (OK, BUSY):
        assert first_end([*[blocked(obstacle)] * 20, other] * 20, RetryPolicy()) is None


@pytest.mark.parametrize("obstacle", [Obstacle.UNKNOWN_HOST, Obstacle.REFUSED, Obstacle.NOT_PLIVO])
def test_an_outage_that_ends_in_a_restart_is_no_dead_address(obstacle: Obstacle) -> None:
    """Only what was an obstacle all the time counts: a server may hang for a minute, and then be restarted."""
    assert first_end([*[LOST] * 60, *[blocked(obstacle)] * 29, OK] * 3, RetryPolicy()) is None
    assert first_end([*[LOST] * 60, *[blocked(obstacle)] * 60], RetryPolicy()) == 91
    assert first_end([*[blocked(obstacle)] * 29, LOST] * 20, RetryPolicy()) is None
    kinds = [blocked(Obstacle.UNKNOWN_HOST)] * 20 + [blocked(obstacle)] * 20
    assert first_end(kinds, RetryPolicy()) == 31


def test_an_untrusted_certificate_ends_after_three() -> None:
    """No repetition changes it; a single one may be a server that is being replaced."""
    bad = blocked(Obstacle.CERTIFICATE)
    assert first_end([bad] * 9, RetryPolicy()) == 3
    assert first_end([bad, bad, OK] * 9, RetryPolicy()) is None


def test_an_outage_is_waited_out_for_a_stated_time() -> None:
    """Fifteen minutes, or as long as one likes."""
    assert first_end([LOST] * 2_000, RetryPolicy()) == 901
    assert first_end([LOST] * 2_000, RetryPolicy(longest_outage=60)) == 61
    assert first_end([LOST] * 2_000, RetryPolicy(longest_outage=math.inf)) is None
    assert first_end([LOST] * 2_000 + [OK], RetryPolicy(longest_outage=math.inf)) is None


def test_a_smaller_reserve_forgives_nothing() -> None:
    """A copy of the client with a small reserve shares the debt, and leaves it as it is."""
    large, small, budget = RetryPolicy(budget_reserve=100), RetryPolicy(budget_reserve=1), RetryBudget()
    for _ in range(80):
        budget.spend(large)
    budget.spend(small)
    assert budget.debt == 80
    assert not budget.allows(small)
