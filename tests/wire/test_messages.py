"""Answers of every kind, read without trust."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.wire import Answer

NESTED = b'{"error":' + b"[" * 50_000


def answer(body: bytes, status_code: int = 400, *, whole: bool = True) -> Answer:
    """An answer with this body."""
    return Answer(status_code, {}, body, whole)


@pytest.mark.parametrize(
    ("body", "whole", "readable"),
    [
        (b"", True, True),
        (b" \r\n", True, True),
        (b"{}", True, True),
        (b'{"message": "changed", "api_id": "5a9fcb68"}', True, True),
        (b"\xef\xbb\xbf{}", True, True),
        (b"<html>ok</html>", True, False),
        (b"[]", True, False),
        (b"[{}]", True, False),
        (b"null", True, False),
        (b"404", True, False),
        (b'"not found"', True, False),
        (b"404 page not found", True, False),
        (b'{"message": "cha', True, False),
        (b'{"message": "changed"}', False, False),
        (b"", False, False),
        (b"\xff\xff", True, False),
        (NESTED, True, False),
        (b"1" * 10_000, True, False),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_answer_readable_if_whole_and_in_the_form_of_the_api(body: bytes, whole: bool, readable: bool) -> None:
    """What Plivo answers can be read; a proxy's page, other JSON, half a body or absurd nesting can't."""
    assert answer(body, whole=whole).readable is readable


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", None),
        (b"{}", None),
        (b"[]", "[]"),
        (b"null", "null"),
        (b'{"error": "no such conference"}', "no such conference"),
        (b'{"error": "first", "message": "second"}', "first"),
        (b'{"message": "changed"}', "changed"),
        (b'{"error": null, "message": "second"}', "second"),
        (b'{"error": null}', None),
        (b'{"error": ""}', None),
        (b'{"error": {"code": 7, "text": "no"}}', '{"code": 7, "text": "no"}'),
        (b'{"error": ["a", 1]}', '["a", 1]'),
        (b'{"error": 42}', "42"),
        (b'{"error": false}', "false"),
        (b"<html>502 Bad Gateway</html>", "<html>502 Bad Gateway</html>"),
        (b"  Unauthorized\n", "Unauthorized"),
        ("kein Zugriff für Sie".encode("latin-1"), "kein Zugriff f\ufffdr Sie"),
        (b"x" * 2000, "x" * 500),
        (b'{"error": "' + b"y" * 2000 + b'"}', "y" * 500),
        (NESTED, NESTED[:500].decode()),
        (b'{"error": "\\ud83d"}', "?"),  # half a surrogate pair: no encoding could print it
    ],
    ids=lambda value: repr(value)[:30],
)
def test_answer_detail_is_plivos_own_words(body: bytes, detail: str | None) -> None:
    """`error`, else `message`, else the beginning of the text; an object is shown as JSON."""
    assert answer(body).detail == detail


def test_answer_detail_of_any_depth_does_not_raise() -> None:
    """Whatever nesting could be decoded can be encoded again."""
    for depth in (*range(1, 800, 50), *range(800, 1010), 3000):
        detail = answer(b'{"error": ' + b"[" * depth + b"]" * depth + b"}").detail
        assert detail is None or detail.startswith(("[", '{"error"'))


@pytest.mark.parametrize(
    ("body", "api_id"),
    [
        (b'{"api_id": "97ceeb52-58b6-11e1-86da-77300b68f8bb"}', "97ceeb52-58b6-11e1-86da-77300b68f8bb"),
        (b"{}", None),
        (b"[]", None),
        (b"", None),
        (b"oops", None),
        (b'{"api_id": 7}', None),
        (b'{"api_id": null}', None),
        (b'{"api_id": ""}', None),
        (b'{"api_id": {"id": "x"}}', None),
        (b'{"api_id": "\\ud83d"}', None),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_answer_api_id_is_text_or_none(body: bytes, api_id: str | None) -> None:
    """The identifier to name to Plivo's support; of any other type it is none."""
    assert answer(body).api_id == api_id


@pytest.mark.parametrize(
    ("body", "value"), [(b'{"a": 1}', {"a": 1}), (b"[1]", [1]), (b"", None), (b"{", None), (NESTED, None)]
)
def test_answer_json_or_none(body: bytes, value: Any) -> None:
    """The decoded body, or None where there is nothing to decode."""
    assert answer(body).json() == value


@given(
    st.binary(max_size=80)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    ).map(lambda value: json.dumps({"error": value, "api_id": value}).encode()),
    st.booleans(),
)
def test_answer_never_raises_and_can_be_printed(body: bytes, whole: bool) -> None:
    """Whatever a body holds, its facts are text that any log takes, and short."""
    read = answer(body, whole=whole)
    assert isinstance(read.readable, bool)
    for fact in (read.detail, read.api_id):
        assert fact is None or (fact.encode() and len(fact) <= max(500, len(body)))
    assert not read.readable or read.json() is None or isinstance(read.json(), dict)
