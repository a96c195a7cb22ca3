"""Options: checked when they are made, merged in one place."""

import math
import pickle

import httpx
import pytest

from plivo_async import AsyncClient, RetryPolicy
from plivo_async._options import Options, attempt_timeout, checked_retry, seconds
from plivo_async._unset import UNSET

AUTH_ID, TOKEN = "MA" + "X1" * 9, "s3cr3t-t0k3n"


@pytest.mark.parametrize(
    ("timeout", "total", "connect"),
    [
        (10, 10.0, 10.0),
        (0.5, 0.5, 0.5),
        (None, math.inf, None),
        (httpx.Timeout(5.0), 15.0, 5.0),
        (httpx.Timeout(5.0, connect=1.0, read=20.0), 26.0, 1.0),
        (httpx.Timeout(5.0, read=None), math.inf, 5.0),
    ],
)
def test_a_timeout_bounds_the_whole_attempt(
    timeout: httpx.Timeout | float | None, total: float, connect: float
) -> None:
    """Seconds bound all of it and each phase; an httpx.Timeout bounds it by the sum of its phases; never the pool."""
    read = attempt_timeout(timeout)
    assert read.total == total
    assert read.phases["connect"] == connect
    assert read.phases["pool"] is None


@pytest.mark.parametrize("timeout", [0, -1, math.nan])
def test_a_timeout_that_is_not_positive_is_refused(timeout: float) -> None:
    """With what None would mean."""
    with pytest.raises(ValueError, match="None means no timeout"):
        AsyncClient(AUTH_ID, TOKEN, timeout=timeout)


@pytest.mark.parametrize("timeout", ["5", True, (1, 2)])
def test_a_timeout_of_another_type_is_refused(timeout: object) -> None:
    """It says what is allowed."""
    with pytest.raises(TypeError, match=r"seconds, an httpx\.Timeout or None"):
        AsyncClient(AUTH_ID, TOKEN, timeout=timeout)  # type: ignore[arg-type]


def test_merging_replaces_what_is_given_and_only_that() -> None:
    """None is a value ("no timeout"); left out is left as it is."""
    retry = RetryPolicy(max_attempts=2)
    options = Options(timeout=attempt_timeout(3), retry=RetryPolicy())
    assert options.merged(UNSET, UNSET) is options
    assert options.merged(None, UNSET) == Options(timeout=attempt_timeout(None), retry=RetryPolicy())
    assert options.merged(UNSET, retry) == Options(timeout=attempt_timeout(3), retry=retry)


def test_a_retry_policy_is_one() -> None:
    """A number or None is no policy; the message says how to turn retries off."""
    for wrong in (None, 3):
        with pytest.raises(TypeError, match=r"RetryPolicy\(max_attempts=1\)"):
            checked_retry(wrong)


@pytest.mark.parametrize(("value", "read"), [(None, math.inf), (0, 0.0), (2.5, 2.5), (math.inf, math.inf)])
def test_a_duration_is_seconds(value: float | None, read: float) -> None:
    """None means no bound."""
    assert seconds("deadline", value) == read


@pytest.mark.parametrize("value", [-1, math.nan])
def test_a_negative_duration_is_refused(value: float) -> None:
    """The message names the argument."""
    with pytest.raises(ValueError, match="deadline must be at least 0"):
        seconds("deadline", value)


@pytest.mark.parametrize("value", ["5", True])
def test_a_duration_of_another_type_is_refused(value: object) -> None:
    """The message names the argument."""
    with pytest.raises(TypeError, match="deadline must be seconds"):
        seconds("deadline", value)  # type: ignore[arg-type]


def test_not_given_is_one_thing_everywhere() -> None:
    """It pickles as itself and says its name."""
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET  # noqa: S301
    assert repr(UNSET) == "UNSET"
