"""The reference is what the docstrings say, and leaves nothing out."""

import plivo_async

from . import reference


def test_the_reference_is_up_to_date() -> None:
    """After a change of docstrings: `python -m tests.house.reference`."""
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page()


def test_everything_public_is_in_one_section() -> None:
    """Nothing is left out, and nothing is told twice."""
    told = [name for names in reference.SECTIONS.values() for name in names]
    told += reference.WORDS
    assert sorted(told) == sorted(set(plivo_async.__all__) - {"__version__"})
