"""Text of others never moves a cursor."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.shown._printable import printable, printable_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("support-4812", "support-4812"),
        ("Östermalm\u00a0電話 👩\u200d💻", "Östermalm\u00a0電話 👩\u200d💻"),
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("\x9b31m\x7f", r"\x9b31m\x7f"),
        ("\u202egnp.exe\u2066", r"\u202egnp.exe\u2066"),
        ("a\u2028b", r"a\u2028b"),
        ("\udcff", r"\udcff"),
        (r"\x1b", r"\x1b"),
    ],
)
def test_what_a_terminal_would_obey_is_escaped(text: str, shown: str) -> None:
    """And only that: names in other languages, and emoji of several characters, stay."""
    assert printable(text) == shown


@given(st.text(st.characters(codec=None)))
def test_nothing_that_is_obeyed_is_left(text: str) -> None:
    """Whatever comes, no control character, no turn of direction, no line end; and a second time changes nothing."""
    shown = printable(text)
    assert not {unicodedata.category(one) for one in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(one) for one in shown} & {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI"}
    assert printable(shown) == shown
    shown.encode()


@given(st.text(st.characters(codec=None)))
def test_json_stays_json(text: str) -> None:
    """With the same meaning, and nothing that is obeyed."""
    shown = printable_json(json.dumps([text], ensure_ascii=False))
    assert json.loads(shown) == [text]
    assert printable(shown) == shown
