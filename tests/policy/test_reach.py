"""When an outage is called one, and when a lower limit is news."""

from plivo_async import Attempt, AttemptOutcome
from plivo_async.policy import Lowest, Reach

YES = Attempt("POST", AttemptOutcome.ANSWERED, 204)
BUSY = Attempt("POST", AttemptOutcome.REFUSED, 429)
LOST = Attempt("POST", AttemptOutcome.UNCLEAR, None, "ReadError")


def test_an_outage_takes_several_failures_and_a_while() -> None:
    """Five in a row, over two seconds; the first clear answer, and a 429 is one, ends it."""
    reach = Reach()
    assert [reach.observe(LOST, at) for at in (0.0, 0.1, 0.2, 0.3, 0.4, 1.9)] == [None] * 6
    assert reach.observe(LOST, 2.0) == 2.0
    assert reach.out
    assert reach.observe(LOST, 3.0) is None
    assert reach.observe(BUSY, 34.0) == 34.0
    assert not reach.out
    assert reach.observe(YES, 35.0) is None


def test_a_few_failures_between_answers_are_no_outage() -> None:
    """However long it goes on."""
    reach = Reach()
    assert [reach.observe(LOST if at % 5 else YES, float(at)) for at in range(200)] == [None] * 200
    slow = Reach()
    assert [slow.observe(LOST, 10.0 * at) for at in range(4)] == [None] * 4
    assert slow.observe(LOST, 40.0) == 40.0


def test_each_new_low_is_news_until_the_limit_is_reached_again() -> None:
    """A level that goes up and down is told of once."""
    lowest = Lowest()
    steps = [(300, 150), (200, 180), (160, 144), (150, 145), (300, 270), (280, 252)]
    assert [lowest.is_news(before, after, 300) for before, after in steps] == [True, False, True, False, True, True]
    assert not Lowest().is_news(300, 300, 300)
