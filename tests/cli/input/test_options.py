"""What people write on a command line, and what it means."""

import pytest

pytest.importorskip("typer")

from plivo_async.cli._codes import ExitCode, exit_code
from plivo_async.cli.input._options import Rate, parse_duration, parse_faults, parse_latency, parse_rate, parse_timeout
from plivo_async.emulator import Fault
from plivo_async.policy import ActivationOutcome


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("90", 90.0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("90s", 90.0),
        ("40ms", 0.04),
        ("5m", 300.0),
        ("2h", 7200.0),
        ("1h30m", 5400.0),
        (" 1H 30M ", 5400.0),
    ],
)
def test_duration_is_seconds_or_has_units(text: str, seconds: float) -> None:
    """A bare number is seconds."""
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "-1", "nan", "inf", "5 minutes", "1e3", "m", "5m3", "²", "9" * 400])
def test_duration_refuses_what_is_no_time(text: str) -> None:
    """Nothing absurd gets through, and the message repeats what was written."""
    with pytest.raises(ValueError, match=r"no time|longer than any time"):
        parse_duration(text)


def test_timeout_is_more_than_nothing() -> None:
    """A bound of 0 s would fail everything."""
    assert parse_timeout("10s") == 10
    with pytest.raises(ValueError, match="more than 0"):
        parse_timeout("0")


def test_rate_is_requests_per_seconds_or_none() -> None:
    """`300/5`, as Plivo writes it."""
    assert parse_rate("300/5") == Rate(300, 5.0)
    assert parse_rate(" 10 / 500ms ") == Rate(10, 0.5)
    assert parse_rate("None") is None
    assert str(parse_rate("3000/2.5")) == "3,000 requests per 2.5 s"


@pytest.mark.parametrize("text", ["", "300", "0/5", "-1/5", "1.5/5", "a/5", "300/", "300/0", "300/x"])
def test_rate_refuses_other_forms(text: str) -> None:
    """The message says which form is allowed."""
    with pytest.raises(ValueError, match=r"300/5|no time|more than 0"):
        parse_rate(text)


def test_latency_is_a_time_or_a_range() -> None:
    """As the emulator takes it."""
    assert parse_latency("40ms") == pytest.approx(0.04)
    assert parse_latency("0.04") == pytest.approx(0.04)
    assert parse_latency("1s-2s") == (1.0, 2.0)
    for wrong in ("60ms-20ms", "20ms-", "-20ms", "a-b"):
        with pytest.raises(ValueError, match=r"lower bound|no time"):
            parse_latency(wrong)


def test_faults_may_be_none() -> None:
    """`none` is easier to write than an empty text."""
    assert parse_faults("none").probabilities == {}
    assert parse_faults("lost-response=0.02,500=0.03").probabilities == {
        Fault.LOST_RESPONSE: 0.02,
        Fault.ERROR_500: 0.03,
    }
    with pytest.raises(ValueError, match="is no fault"):
        parse_faults("lost=1")


@pytest.mark.parametrize(
    ("outcomes", "flags", "code"),
    [
        ({ActivationOutcome.ACTIVATED: 3, ActivationOutcome.ALREADY_ACTIVE: 1}, {}, ExitCode.ALL_LIVE),
        ({ActivationOutcome.ACTIVATED: 3, ActivationOutcome.UNKNOWN: 0}, {}, ExitCode.ALL_LIVE),
        ({ActivationOutcome.ACTIVATED: 3, ActivationOutcome.NOT_FOUND: 1}, {}, ExitCode.SOME_FAILED),
        ({ActivationOutcome.NOT_ATTEMPTED: 1}, {}, ExitCode.SOME_FAILED),
        ({ActivationOutcome.NOT_FOUND: 1, ActivationOutcome.UNKNOWN: 1}, {}, ExitCode.SOME_UNKNOWN),
        ({ActivationOutcome.UNKNOWN: 1}, {"unauthorized": True}, ExitCode.CREDENTIALS_REFUSED),
        ({}, {"unauthorized": True, "report_lost": True}, ExitCode.CREDENTIALS_REFUSED),
        ({ActivationOutcome.NOT_FOUND: 1}, {"report_lost": True}, ExitCode.SOME_FAILED),
        ({ActivationOutcome.ACTIVATED: 1}, {"report_lost": True}, ExitCode.REPORT_NOT_WRITTEN),
        ({}, {"report_lost": True, "interrupted": True}, ExitCode.INTERRUPTED),
    ],
)
def test_exit_code_is_that_of_the_worst(
    outcomes: dict[ActivationOutcome, int], flags: dict[str, bool], code: ExitCode
) -> None:
    """0 only if all are live."""
    assert exit_code(outcomes, **flags) is code
