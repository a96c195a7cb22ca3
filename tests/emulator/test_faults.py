"""Faults: their names, their shares, the script, and dice that can be thrown again."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.emulator import MEANINGS, Fault, Faults
from plivo_async.emulator._chance import Line, Script, drawn_fault
from plivo_async.emulator._draws import draw
from plivo_async.emulator._latency import check_latency, split_latency

names = st.sampled_from([str(fault) for fault in Fault])


def test_emulator_every_fault_is_explained() -> None:
    """Each fault has one line of meaning, and what isn't counted isn't applied either."""
    assert set(MEANINGS) == set(Fault)
    for meaning in MEANINGS.values():
        assert "\n" not in meaning.text
        assert meaning.counted or not meaning.applied


def test_emulator_every_fault_is_in_the_documents() -> None:
    """In a table of docs/testing.md, in the words of its meaning."""
    page = Path(__file__).parents[2].joinpath("docs", "testing-faults.md").read_text(encoding="utf-8")
    for fault, meaning in MEANINGS.items():
        assert f"\n| `{fault}` | {meaning.text} |\n" in page


def test_emulator_faults_are_read_from_text() -> None:
    """`name=share`, with commas between; an empty text is no faults."""
    assert Faults.parse("lost-response=0.02, 500=.03,") == Faults({"lost-response": 0.02, "500": 0.03})
    assert Faults.parse("") == Faults()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lost=0.1", "'lost' is no fault; these are: lost-response, reset-before,"),
        ("500", "'500': expected a fault and its probability, such as 500=0.02"),
        ("500=often", "'500=often': expected a fault"),
        ("500=1.5", "fault 500: probability 1.5 is not between 0 and 1"),
        ("500=nan", "fault 500: probability nan"),
        ("500=0.6,502=0.6", "sum to 1.2, which is more than 1"),
        ("500=0.6,500=0.6", "probability 1.2"),
    ],
)
def test_emulator_faults_refuse_nonsense(text: str, message: str) -> None:
    """What can't be read or can't be is a ValueError that says what would be right."""
    with pytest.raises(ValueError, match=message):
        Faults.parse(text)


@pytest.mark.parametrize(
    "times", [{"late_by": -1.0}, {"drip_interval": -0.1}, {"apply_after": -2.0}, {"callbacks_late_by": -1.0}]
)
def test_emulator_faults_refuse_negative_times(times: dict[str, Any]) -> None:
    """Seconds are 0 or more."""
    with pytest.raises(ValueError, match="late_by, drip_interval, apply_after and callbacks_late_by are seconds"):
        Faults(**times)


@given(st.dictionaries(names, st.floats(0, 1 / len(Fault)), max_size=len(Fault)), st.floats(0, 1, exclude_max=True))
def test_emulator_faults_share_the_range(shares: dict[str, float], drawn: float) -> None:
    """Each fault owns a stretch of [0, 1) as long as its probability; behind the last there is none."""
    faults = Faults(shares)
    hit = drawn_fault(faults, "activate", drawn)
    before = 0.0
    for name, share in shares.items():
        if hit == name:
            assert before <= drawn < before + share
            return
        before += share
    assert hit is None
    assert drawn >= before


def test_emulator_faults_may_be_kept_to_some_operations() -> None:
    """Operations that are not named are never hit."""
    faults = Faults({"500": 1.0}, operations=("activate",))
    assert drawn_fault(faults, "activate", 0.5) is Fault.ERROR_500
    assert drawn_fault(faults, "get", 0.5) is None


def test_emulator_script_finds_its_request() -> None:
    """A line means one request of a name, one of all, or each; the first line that fits wins."""
    script = Script()
    script.add(Line("activate", "x", 3, Fault.LATE))
    script.add(Line("activate", "y", None, Fault.HALF))
    script.add(Line("activate", None, 5, Fault.ERROR_500))
    assert script.hit("activate", "x", 3, 5) is Fault.LATE
    assert script.hit("activate", "x", 2, 5) is Fault.ERROR_500
    assert script.hit("activate", "z", 5, 6) is None
    assert script.hit("activate", "y", 8, 9) is Fault.HALF
    assert script.hit("end", "x", 3, 5) is None
    with pytest.raises(ValueError, match="nth: 0 is less than 1"):
        script.add(Line("activate", "x", 0, Fault.LATE))


@given(st.integers(), st.text(), st.integers(1))
def test_emulator_draws_depend_on_the_words_only(seed: int, name: str, nth: int) -> None:
    """The same seed and words throw the same dice, other words other ones; all lie in [0, 1)."""
    draws = draw(seed, "activate", name, nth)
    assert draws == draw(seed, "activate", name, nth)
    assert draws not in (draw(seed + 1, "activate", name, nth), draw(seed, "end", name, nth), draw(seed, name, nth))
    assert all(0 <= value < 1 for value in (draws.fault, draws.latency, draws.split))


def test_emulator_draws_are_even() -> None:
    """Of ten thousand requests a tenth falls into each tenth, give or take a chance of one in a million."""
    shares = [0] * 10
    for number in range(10_000):
        shares[int(draw(0, "activate", f"room-{number}", 1).fault * 10)] += 1
    assert all(850 < share < 1150 for share in shares)


@given(st.floats(0, 100), st.floats(0, 100), st.text())
def test_emulator_latency_stays_in_its_bounds(low: float, width: float, name: str) -> None:
    """There and back together take between the bounds; a fixed latency is halved."""
    there, back = split_latency((low, low + width), draw(0, name))
    assert there >= 0 <= back
    assert low - 1e-9 <= there + back <= low + width + 1e-9
    assert split_latency(low, draw(0, name)) == (low / 2, low / 2)


@pytest.mark.parametrize("latency", [-1.0, (2.0, 1.0), (-1.0, 1.0), float("inf"), float("nan")])
def test_emulator_latency_refuses_nonsense(latency: Any) -> None:
    """A latency is seconds or a pair of such in order."""
    with pytest.raises(ValueError, match="latency: "):
        check_latency(latency)
