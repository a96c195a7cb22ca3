"""What has been learnt about a limit, and how evenly a batch is sent."""

import math

import pytest

from plivo_async.policy import Pace


def test_a_batch_alone_at_full_level_bursts() -> None:
    """Nothing was refused and nothing interactive was seen: any permit may be taken at once."""
    pace = Pace(300, 5.0)
    assert pace.ask_again(0.0, 299, batch=True) is None
    assert pace.ask_again(0.0, 300, batch=True) == math.inf


def test_beside_something_interactive_a_batch_is_sent_evenly_and_leaves_some_alone() -> None:
    """A sixtieth is kept, and the next one goes a gap later."""
    pace = Pace(300, 5.0)
    pace.asked(0.0)
    assert pace.ask_again(1.0, 294, batch=True) is None
    assert pace.ask_again(1.0, 295, batch=True) == math.inf
    assert pace.ask_again(1.0, 299, batch=False) is None
    pace.next_batch = 1.0
    pace.took(1.0, 30, batch=True)
    assert pace.ask_again(1.0, 0, batch=True) == pytest.approx(1.0 + 5 / (300 - 5 - 30))
    assert pace.ask_again(62.0, 299, batch=True) is None


def test_a_429_lowers_the_level_and_silence_brings_it_back() -> None:
    """After news in a calm the level is half of what was admitted, and full again within six windows."""
    pace = Pace(300, 5.0)
    pace.refused(0.0, -1.0, 200, None, batch=True)
    assert (pace.level(0.0), pace.told) == (100.0, 200.0)
    assert pace.barred_until(0.0) == pytest.approx(0.1)
    assert pace.barred_until(0.1) is None
    pace.took(0.1, 0, batch=True)
    assert pace.barred_until(0.11) == pytest.approx(0.2)
    pace.answered(0.1, admitted=True)
    assert pace.barred_until(0.11) is None
    again = pace.ask_again(1.0, 150, batch=True)
    assert again is not None
    assert pace.level(again) >= 151 > pace.level(again - 0.01)
    assert pace.ask_again(1.0, 150, batch=False) is None
    assert pace.level(30.0) == 300.0


def test_the_same_news_twice_is_none() -> None:
    """What was sent before the 429 had been heard lowers nothing; admitted, it raises what was learnt."""
    pace = Pace(300, 5.0)
    pace.refused(0.0, -1.0, 200, None, batch=True)
    pace.refused(0.1, -1.0, 100, None, batch=True)
    assert pace.told == 200.0
    pace.answered(-0.5, admitted=True)
    assert (pace.level(0.0), pace.told) == (101.0, 201.0)


def test_a_wait_that_was_asked_for_holds_everybody_and_proves_nothing() -> None:
    """The level grows from the end of the wait."""
    pace = Pace(300, 5.0)
    pace.refused(0.0, -1.0, 200, 20.0, batch=True)
    assert pace.barred_until(19.0) == 20.0
    assert pace.level(20.0) == 100.0


@pytest.mark.parametrize("reserve", [10, 200])
def test_a_reserve_is_kept_always_but_never_more_than_half(reserve: int) -> None:
    """Whoever asks for a reserve gets it without anything interactive about; a batch is not starved by it."""
    assert Pace(300, 5.0, reserve).kept(0.0) == min(reserve, 150)
