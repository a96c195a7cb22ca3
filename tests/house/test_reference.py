"""The reference is what the docstrings say, and leaves nothing out."""

import plivo_async
from plivo_async.emulator import Emulator

from . import reference


def test_the_reference_is_up_to_date() -> None:
    """After a change of docstrings: `python -m tests.house.reference`."""
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page()


def test_everything_public_is_in_one_section() -> None:
    """Nothing is left out, and nothing is told twice."""
    told = [name for names in reference.SECTIONS.values() for name in names]
    told += reference.WORDS
    assert sorted(told) == sorted(set(plivo_async.__all__) - {"__version__"})


def test_the_emulator_is_told_whole_though_it_is_parted() -> None:
    """What it has of its views is told as its own."""
    told = reference.PAGE.read_text(encoding="utf-8").partition("### Emulator\n")[2].partition("\n### ")[0]
    names = [name for name in dir(Emulator) if not name.startswith("_")]
    assert [name for name in names if f"#### Emulator.{name}\n" not in told and f"**`{name}:" not in told] == []
    assert "Base:" not in told
