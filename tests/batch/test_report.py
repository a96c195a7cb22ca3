"""What became of many conferences, for people and for programs."""

import csv
import io
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import (
    Activation,
    ActivationFailures,
    ActivationOutcome,
    ActivationReport,
    Attempt,
    AttemptOutcome,
    NotFoundError,
    OutcomeUnknownError,
)
from plivo_async.batch import duration, summary
from plivo_async.shown._cells import restored

YES = Attempt("POST", AttemptOutcome.ANSWERED, 204, None, 0.0, 0.25, None, "97ceeb52")
REFUSED = Attempt("POST", AttemptOutcome.REFUSED, 429, None, 0.0, 0.1, 1.0)
LIVE = {ActivationOutcome.ACTIVATED, ActivationOutcome.ALREADY_ACTIVE}


def activation(position: int, outcome: ActivationOutcome = ActivationOutcome.ACTIVATED, **facts: Any) -> Activation:
    """One outcome; with an error if it is no success."""
    values: dict[str, Any] = {"name": f"room {position}", "uuid": None, "attempts": (YES,), "elapsed": 0.25}
    if outcome in LIVE:
        values |= {"live": True, "confirmed_by": "answer"}
    else:
        values |= {"error": NotFoundError(f"no conference 'room {position}' is waiting")}
    return Activation(position, outcome=outcome, **{**values, **facts})


outcomes = st.sampled_from(ActivationOutcome)


@given(st.lists(outcomes, max_size=30).flatmap(lambda ended: st.permutations(list(enumerate(ended)))))
def test_report_is_in_input_order_and_counts_everything(finished: list[tuple[int, ActivationOutcome]]) -> None:
    """In whatever order they finished: a sequence in input order, each outcome counted, none left out."""
    report = ActivationReport([activation(*item) for item in finished], elapsed=1.0)
    ended = [outcome for _, outcome in sorted(finished)]
    assert [item.position for item in report] == list(range(len(finished)))
    assert [item.outcome for item in report] == ended
    assert report.counts == {outcome: ended.count(outcome) for outcome in ActivationOutcome}
    assert list(report.counts) == list(ActivationOutcome)
    assert report.succeeded == set(ended).issubset(LIVE)
    assert list(report.failures) == [item for item in report if item.outcome not in LIVE]


def test_report_is_a_sequence() -> None:
    """It has a length, indexes, slices and membership."""
    report = ActivationReport([activation(1), activation(0), activation(2)], elapsed=1.0)
    assert len(report) == 3
    assert report[0] == activation(0)
    assert report[-1].position == 2
    assert report[1:] == (activation(1), activation(2))
    assert activation(1) in report
    assert report.index(activation(2)) == 2
    with pytest.raises(IndexError):
        report[3]


def test_report_of_nothing_is_a_success() -> None:
    """An empty input has no failures, and says so."""
    report = ActivationReport([], elapsed=0.0)
    report.raise_for_failures()
    assert report.succeeded
    assert str(report) == "nothing to activate  (0.0s)"
    assert report.requests == report.refused == 0
    assert list(csv.reader(io.StringIO(report.to_csv())))[1:] == []


def test_report_prints_as_promised() -> None:
    """The line that design and README show."""
    counts = dict.fromkeys(ActivationOutcome, 0)
    counts |= {
        ActivationOutcome.NOT_FOUND: 3,
        ActivationOutcome.ALREADY_ACTIVE: 9,
        ActivationOutcome.ACTIVATED: 9988,
    }
    ordered = {outcome: counts[outcome] for outcome in ActivationOutcome}
    assert summary(ordered, 194.3) == "9,988 activated · 9 already active · 3 not found  (3m 14s)"


def test_report_shows_the_first_failures() -> None:
    """Five of them in full, the others as a number; very long ones are cut."""
    failed = [activation(position, ActivationOutcome.NOT_FOUND) for position in range(1006)]
    lines = str(ActivationReport([activation(1006), *failed], elapsed=12.0)).splitlines()
    assert lines[0] == "1 activated · 1,006 not found  (12s)"
    assert lines[1] == "  'room 0' not found: no conference 'room 0' is waiting"
    assert lines[6:] == ["  … and 1,001 more; see .failures"]
    long = activation(0, ActivationOutcome.NOT_FOUND, name="x" * 10_000)
    assert len(str(ActivationReport([long], elapsed=0.0)).splitlines()[1]) <= 302


def test_report_lines_stay_lines() -> None:
    """A name with line breaks can't forge a line."""
    forged = activation(0, ActivationOutcome.NOT_FOUND, name="a\n9 activated", error=NotFoundError("no"))
    assert str(ActivationReport([forged], 1.0)).splitlines()[1:] == ["  'a\\n9 activated' not found: no"]
    by_uuid = activation(0, name=None, uuid="8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e")
    assert str(by_uuid) == "uuid 8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e activated"


def test_report_repr_is_one_short_line() -> None:
    """A report of ten thousand doesn't flood a debugger."""
    report = ActivationReport([activation(position) for position in range(10_000)], elapsed=3.0)
    assert repr(report) == "<ActivationReport of 10,000: 10,000 activated  (3.0s)>"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0.0s"),
        (0.04, "0.0s"),
        (0.44, "0.4s"),
        (9.94, "9.9s"),
        (9.96, "10s"),
        (10.0, "10s"),
        (14.4, "14s"),
        (59.4, "59s"),
        (59.6, "1m 00s"),
        (60.0, "1m 00s"),
        (194.3, "3m 14s"),
        (3599.4, "59m 59s"),
        (3599.6, "1h 00m"),
        (3600.0, "1h 00m"),
        (7500.0, "2h 05m"),
        (7559.0, "2h 05m"),
        (360_000.0, "100h 00m"),
    ],
)
def test_duration_for_people(seconds: float, text: str) -> None:
    """Two units at most, and never 60 of one."""
    assert duration(seconds) == text


def test_report_counts_requests_of_a_name_given_twice_once() -> None:
    """Twins share their attempts; names that were refused unsent have none, and are not twins of each other."""
    twin: dict[str, Any] = {"name": "same", "attempts": (REFUSED, REFUSED, YES)}
    unsent: dict[str, Any] = {"name": None, "attempts": (), "error": ValueError("empty")}
    report = ActivationReport(
        [
            activation(0, **twin),
            activation(1, **twin),
            activation(2, ActivationOutcome.REJECTED, **unsent),
            activation(3, ActivationOutcome.REJECTED, **unsent),
            activation(4, name=None, uuid="8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"),
        ],
        elapsed=1.0,
    )
    assert report.requests == 4
    assert report.refused == 2


def test_report_raises_for_failures_in_input_order() -> None:
    """An ExceptionGroup of all the errors, with how many of how many; nothing if all are live."""
    report = ActivationReport(
        [
            activation(2, ActivationOutcome.UNKNOWN, error=OutcomeUnknownError("two")),
            activation(0, ActivationOutcome.NOT_FOUND, error=NotFoundError("zero")),
            activation(1),
            activation(3, ActivationOutcome.REJECTED, error=ValueError("three")),
        ],
        elapsed=1.0,
    )
    with pytest.raises(ActivationFailures, match="3 of 4 conferences are not known to be live") as caught:
        report.raise_for_failures()
    assert [str(error) for error in caught.value.exceptions] == ["zero", "two", "three"]
    ActivationReport([activation(0)], elapsed=1.0).raise_for_failures()


def test_report_as_json() -> None:
    """Everything in plain JSON: counts of all outcomes, each activation with its attempts and error."""
    report = ActivationReport([activation(0), activation(1, ActivationOutcome.NOT_FOUND)], elapsed=1.23456789)
    data = json.loads(report.to_json())
    assert data == report.to_dict() == json.loads(report.to_json(indent=2))
    assert data["elapsed"] == 1.234568
    assert data["counts"] == {
        outcome.value: int(outcome in {"activated", "not_found"}) for outcome in ActivationOutcome
    }
    assert data["activations"][0] == {
        "position": 0,
        "name": "room 0",
        "uuid": None,
        "outcome": "activated",
        "live": True,
        "confirmed_by": "answer",
        "started_at": None,
        "elapsed": 0.25,
        "attempts": [YES.to_dict()],
        "error": None,
    }
    assert data["activations"][1]["error"] == {
        "type": "NotFoundError",
        "message": "no conference 'room 1' is waiting",
    }


names = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ['say "hi"', "a,b", "two\nlines", "two\r\nlines", "\r", ";", "☎️ Östermalm", "=1+1", "'", " spaces ", "\t", "null"]
)


@given(st.lists(st.tuples(names, names, outcomes), max_size=12))
def test_report_as_csv_comes_back_whole(rows: list[tuple[str, str, ActivationOutcome]]) -> None:
    """Quotes, commas, line breaks and emoji survive a CSV reader, formulas behind an apostrophe; None is empty."""
    report = ActivationReport(
        [
            activation(index, outcome, name=name, error=None if outcome in LIVE else NotFoundError(error))
            for index, (name, error, outcome) in enumerate(rows)
        ],
        elapsed=1.0,
    )
    read = list(csv.DictReader(io.StringIO(report.to_csv(), newline="")))
    assert len(read) == len(rows)
    for index, ((name, error, outcome), row) in enumerate(zip(rows, read, strict=True)):
        live = outcome in LIVE
        assert {column: restored(cell) for column, cell in row.items()} == {
            "position": str(index),
            "name": name,
            "uuid": "",
            "outcome": outcome.value,
            "live": "true" if live else "",
            "confirmed_by": "answer" if live else "",
            "attempts": "1",
            "started_at": "",
            "elapsed": "0.25",
            "error": "" if live else error,
        }


def test_report_and_activations_pickle() -> None:
    """They cross a process boundary, errors and attempts included."""
    report = ActivationReport([activation(0), activation(1, ActivationOutcome.NOT_FOUND)], elapsed=1.5)
    again = pickle.loads(pickle.dumps(report))  # noqa: S301
    assert again.to_dict() == report.to_dict()
    assert isinstance(again[1].error, NotFoundError)
    assert again[0] == report[0]


def test_activation_outcome_reads_as_text() -> None:
    """The outcomes are strings: they compare, format and serialize as what they say."""
    assert ActivationOutcome("already_active") == "already_active"
    assert f"{ActivationOutcome.NOT_FOUND}" == "not_found"
    assert json.dumps(ActivationOutcome.UNKNOWN) == '"unknown"'
    assert {outcome for outcome in ActivationOutcome if outcome.succeeded} == LIVE


def test_pydantic_takes_activations_and_reports() -> None:
    """As fields of a model, in JSON as `to_dict()` says; a FastAPI endpoint answers with them in `tests/house`."""
    pydantic = pytest.importorskip("pydantic")
    report = ActivationReport([activation(0), activation(1, ActivationOutcome.NOT_FOUND)], elapsed=1.0)
    for value in (report, report[1]):
        adapter = pydantic.TypeAdapter(type(value))
        assert adapter.validate_python(value) is value
        assert json.loads(adapter.dump_json(value)) == value.to_dict()
        assert adapter.json_schema(mode="serialization") == {"title": type(value).__name__, "type": "object"}
        with pytest.raises(pydantic.ValidationError):
            adapter.validate_python(value.to_dict())
