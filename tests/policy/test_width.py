"""How many requests at a time: wider while turns of the event loop are short, narrower when they get long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.policy import FIRST_WIDTH, MOST_WIDTH, next_width


@pytest.mark.parametrize(
    ("width", "turn", "then"),
    [(32, 0.0, 36), (32, 0.0015, 32), (32, 0.010, 28), (64, 0.0, 64), (8, 1.0, 8), (9, 1.0, 8), (8, 0.0, 9)],
)
def test_next_width(width: int, turn: float, then: int) -> None:
    """By an eighth either way, between 8 and 64; in between it stays."""
    assert next_width(width, turn) == then


@given(st.lists(st.floats(0, 10)))
def test_width_stays_within_its_bounds(turns: list[float]) -> None:
    """Whatever the turns take."""
    width = FIRST_WIDTH
    for turn in turns:
        width = next_width(width, turn)
        assert 8 <= width <= MOST_WIDTH


def test_width_comes_back() -> None:
    """One long turn is forgotten after a few short ones."""
    width = next_width(MOST_WIDTH, 0.1)
    for _ in range(5):
        width = next_width(width, 0.0)
    assert width == MOST_WIDTH
