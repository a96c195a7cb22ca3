"""The report as a page: its figures, and that nothing of others can do anything in it."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from plivo_async import Activation, ActivationOutcome, Attempt, AttemptOutcome, NotFoundError, OutcomeUnknownError
from plivo_async.batch._figures import figures, percentile
from plivo_async.batch._page import page

NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)
YES, NO = AttemptOutcome.ANSWERED, AttemptOutcome.UNCLEAR


def success(position: int, at: float, *, took: float = 0.05) -> Activation:
    """Activated at the first attempt, so many seconds after nine."""
    attempt = Attempt("POST", YES, 204, None, 0.5, 0.5 + took)
    began = NINE + timedelta(seconds=at)
    name = f"support-{position:05}"
    return Activation(
        position, name, None, ActivationOutcome.ACTIVATED, True, (attempt,), "answer", None, 0.5 + took, began
    )


def unanswered(position: int, at: float, name: str = "lost") -> Activation:
    """In doubt for good."""
    attempts = (
        Attempt("POST", NO, None, "ReadTimeout", 0.0, 10.0),
        Attempt("GET", NO, 503, None, 10.5, 10.6),
        Attempt("GET", NO, 503, None, 11.0, 11.1),
    )
    error = OutcomeUnknownError(f"conference {name!r} may be live or not", detail="<b>busy</b>")
    began = NINE + timedelta(seconds=at)
    return Activation(position, name, None, ActivationOutcome.UNKNOWN, None, attempts, None, error, 11.1, began)


def missing(position: int, name: str) -> Activation:
    """Never there."""
    attempts = (Attempt("POST", YES, 404, None, 0.0, 0.1), Attempt("GET", YES, 404, None, 0.1, 0.2))
    error = NotFoundError(f"no conference {name!r} is waiting")
    return Activation(position, name, None, ActivationOutcome.NOT_FOUND, False, attempts, "lookup", error, 0.2, NINE)


RUN = [*(success(at, at / 60) for at in range(600)), unanswered(600, 2.0), missing(601, "nobody")]


def test_figures_add_up() -> None:
    """Every request is counted once, in its bar; percentiles are of answers."""
    found = figures(RUN, per=5.0)
    assert (found.total, found.live, found.requests, found.looks, found.repeats) == (602, 600, 605, 3, 1)
    assert found.counts == {"activated": 600, "unknown": 1, "not_found": 1}
    assert sum(bar.first for bar in found.bars) == 602
    assert sum(bar.again for bar in found.bars) == 3
    assert found.bars[-1].live == 600
    assert [bar.at - NINE.timestamp() for bar in found.bars] == [0.0, 5.0, 10.0]
    assert percentile(found.answers, 0.5) == pytest.approx(0.05, abs=1e-3)
    assert found.trouble == {"no whole answer came": 1, "answered 503": 2}
    assert found.doubts == {"unknown": 1}
    assert found.outages == []


def test_what_was_given_twice_counts_its_requests_once() -> None:
    """Its positions share their attempts."""
    found = figures([missing(0, "nobody"), missing(1, "nobody")])
    assert (found.total, found.requests) == (2, 2)


def test_an_outage_is_from_the_first_unanswered_request_to_the_next_answer() -> None:
    """A few lost answers between others are none."""
    quiet = [unanswered(at, 20.0 + at, f"c{at}") for at in range(3)]
    found = figures([success(0, 0.0), *quiet, success(9, 60.0)])
    starts = [start - NINE.timestamp() for start, _ in found.outages]
    assert starts == [20.0]
    assert 8 <= found.out_of_reach <= 12


def test_a_long_run_has_wider_bars() -> None:
    """At most sixty."""
    found = figures([success(0, 0.0), success(1, 3600.0)])
    assert len(found.bars) <= 60
    assert found.width == 65.0


class _Checker(HTMLParser):
    void = ("meta", "rect", "line", "polygon", "polyline")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)


def read(text: str) -> _Checker:
    """The page, taken apart; every element is closed."""
    checker = _Checker()
    checker.feed(text)
    checker.close()
    assert checker.open == []
    return checker


def test_nothing_of_others_is_markup() -> None:
    """Names, Plivo's words, errors and facts are text; numbers are masked; the page loads and runs nothing."""
    evil = '<script>alert(1)</script>"&\u202e+14155551234'
    text = page(
        [unanswered(0, 0.0, evil)], limit=300, per=5.0, elapsed=1.0, source=evil, about={evil: evil, "Limit": "300"}
    )
    found = read(text)
    assert "script" not in found.seen
    assert not {name for name in found.attributes if name.startswith("on")} | found.attributes & {"src", "style"}
    assert "\u202e" not in text
    assert "4155551234" not in text
    assert re.findall(r"(?:https?:)?//\w+", text) == []
    assert "&lt;b&gt;busy" in text


def test_a_page_says_what_the_figures_say() -> None:
    """Headline, groups and their next step, all seven outcomes, a table beside the chart, and each failure."""
    words = " ".join(" ".join(read(page(RUN, limit=300, per=5.0, elapsed=13.1, source="names.csv")).words).split())
    for said in (
        "600 of 602 conferences are live",
        "2 need attention",
        "605 3 looks, 1 repeat",
        "Look before you repeat",
        "Check the names",
        "not attempted 0 0.00 %",
        "limit 300",
        "POST no whole answer came → GET 503 → GET 503",
        "All 2 are shown",
    ):
        assert said in words, said


def test_a_run_without_trouble_leaves_the_failures_out() -> None:
    """It says in one sentence that nothing needs attention."""
    words = " ".join(read(page(RUN[:600], limit=None, per=5.0, elapsed=10.0)).words)
    assert "Nothing needs attention" in words
    assert "What needs attention" not in words
    assert "every request was simply answered" in words


def test_nothing_at_all_is_a_page_as_well() -> None:
    """An empty input, or one of which nothing was begun."""
    read(page([], limit=300, per=5.0, elapsed=0.0))


def test_of_many_failures_the_first_two_hundred_are_listed() -> None:
    """Groups still count all."""
    text = page([missing(at, f"c{at}") for at in range(500)], limit=300, per=5.0, elapsed=1.0)
    assert "The first 200 of 500 are shown" in text
    assert text.count('class="name"') == 200
    assert '<span class="big">500</span>' in text
