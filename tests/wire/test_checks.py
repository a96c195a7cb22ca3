"""Arguments refused in words, and phone numbers in none of them."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import InvalidArgumentError as Invalid
from plivo_async.wire import Callback, callback, conference, deferred, end, retrieve
from plivo_async.wire._checks import boolean, call_uuid, choice, integer, is_url, known, shown, text, url

from .support import CALL, HOOK, asked, methods, sent, urls


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("+14151234567", "'+*******4567'"),
        ("14151234567", "'*******4567'"),
        ("+1 (415) 123-4567", "'+* (***) ***-4567'"),
        ("00441632960961", "'**********0961'"),
        ("5551234", "'***1234'"),
        ("call +14151234567 now", "'call +*******4567 now'"),
        ("sip:jane@example.com", "'sip:***@example.com'"),
        ("Agent", "'Agent'"),
        ("12:30", "'12:30'"),
        ("\u0664\u0661\u0665\u0661\u0662\u0663\u0664\u0665", "'****\u0662\u0663\u0664\u0665'"),
        ("a\nb\ud83d", r"'a\nb\ud83d'"),
        ("x" * 100, f"'{'x' * 40}…'"),
        (28801, "28801"),
    ],
    ids=ascii,
)
def test_shown_is_short_and_hides_phone_numbers(value: object, words: str) -> None:
    """What a message tells of a value: its beginning, and of a phone number its last four digits."""
    assert shown(value) == words


@given(st.text(st.sampled_from("0123456789+ ()-.<,"), max_size=60) | st.text(max_size=60))
def test_shown_never_tells_a_whole_number(value: str) -> None:
    """Of seven digits or more some are hidden; and any log takes the text."""
    words = shown(value)
    words.encode()
    total = sum(character.isdigit() for character in value)
    left = re.findall(r"\d", words.split("…")[0]) if value.isprintable() else []
    assert total < 7 or len(left) <= 4


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (7, TypeError, "x must be a str, not int"),
        (None, TypeError, "x must be a str, not NoneType"),
        (b"x", TypeError, "x must be a str, not bytes"),
        ("", Invalid, "x is empty"),
        (" \u00a0", Invalid, "x is blank"),
        ("a\nb", Invalid, r"x has a control character \(U\+000A\) at index 1"),
        ("ab\x85", Invalid, r"x has a control character \(U\+0085\) at index 2"),
        ("\ud83d", Invalid, r"x has half a surrogate pair \(U\+D83D\) at index 0"),
        ("secretly", Invalid, "x must have 1 to 7 characters, not 8"),
    ],
    ids=ascii,
)
def test_text_is_refused_without_being_told(value: object, error: type[Exception], words: str) -> None:
    """Blank text, control characters and what is too long, with the argument and the rule."""
    with pytest.raises(error, match=f"^{words}") as caught:
        text("x", value, longest=7)
    assert "secret" not in str(caught.value)


def test_text_passes_unchanged() -> None:
    """Nothing is stripped, folded or normalized; line breaks where they are allowed."""
    for value in (" a ", "O\u0308stermalm", "☎️", "\u202e", "x" * 100):
        assert text("x", value) == value
    assert text("x", "a\nb\tc", also="\n\t") == "a\nb\tc"


@pytest.mark.parametrize("value", [0, 1, "true", None, []], ids=repr)
def test_boolean_takes_nothing_but_booleans(value: object) -> None:
    """0, 1 and words are refused; True and False pass."""
    with pytest.raises(TypeError, match=r"^mute must be True or False, not"):
        boolean("mute", value)
    assert boolean("mute", True) is True
    assert boolean("mute", False) is False


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (True, TypeError, "must be an int, a whole number, 2 to 10 seconds, not bool"),
        (2.0, TypeError, "must be an int, a whole number, 2 to 10 seconds, not float"),
        ("3", TypeError, "must be an int, a whole number, 2 to 10 seconds, not str"),
        (1, Invalid, "must be a whole number, 2 to 10 seconds, not 1"),
        (11, Invalid, "must be a whole number, 2 to 10 seconds, not 11"),
        (-(10**5000), Invalid, "must be a whole number, 2 to 10 seconds, not that"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_integer_names_its_range(value: object, error: type[Exception], words: str) -> None:
    """A bool is no number here, nor is text; the message tells the range, even to a number too long to print."""
    with pytest.raises(error, match=f"^t {words}$"):
        integer("t", value, 2, 10, " seconds")


def test_integer_takes_its_bounds() -> None:
    """Both ends belong to the range, which may be open above."""
    assert [integer("t", value, 2, 10) for value in (2, 10)] == [2, 10]
    assert integer("t", 10**9, 0) == 10**9


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        ("post", Invalid, "m must be 'GET' or 'POST', not 'post'; write 'POST'"),
        (" GET ", Invalid, "m must be 'GET' or 'POST', not ' GET '; write 'GET'"),
        ("PUT", Invalid, "m must be 'GET' or 'POST', not 'PUT'"),
        ("+14151234567", Invalid, "m must be 'GET' or 'POST', not '+*******4567'"),
        (None, TypeError, "m must be 'GET' or 'POST', not NoneType"),
    ],
)
def test_choice_shows_the_right_spelling(value: object, error: type[Exception], words: str) -> None:
    """What is allowed is listed; a word in another case is shown the right one."""
    with pytest.raises(error, match=f"^{re.escape(words)}$"):
        choice("m", value, ("GET", "POST"))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "is empty"),
        ("example.com/secret", "begins with http:// or https://"),
        ("//example.com/secret", "begins with http:// or https://"),
        ("ftp://example.com/secret", "begins with http:// or https://"),
        ("javascript:secret", "begins with http:// or https://"),
        ("http:/example.com/secret", "with a host"),
        ("https:///secret", "with a host"),
        ("https://", "with a host"),
        ("https://:443/secret", "with a host"),
        ("https://user:secret@/", "with a host"),
        ("https://exa mple.com/secret", "without spaces"),
        (" https://example.com/secret", "without spaces"),
        ("https://example.com/\u2028secret", "without spaces"),
        ("https://example.com/secret\n", "control character"),
        ("https://example.com:port/secret", "can't be read"),
        ("https://example.com:99999/secret", "can't be read"),
        ("https://[::1/secret", "can't be read"),
        ("https://a\u2100b/secret", "can't be read"),
    ],
    ids=ascii,
)
def test_url_is_refused_without_being_told(value: str, words: str) -> None:
    """No scheme, no host, spaces: the message says what is wrong, and tells no part of the URL."""
    with pytest.raises(Invalid, match=f"^hook_url .*{words}") as caught:
        url("hook_url", value)
    assert caught.type is Invalid
    assert "secret" not in str(caught.value)


@given(urls)
def test_url_passes_unchanged(value: str) -> None:
    """Ports, queries, fragments and credentials are the caller's business."""
    assert url("x", value) == value
    assert is_url(value)


@pytest.mark.parametrize("value", [CALL, CALL.upper(), UUID(CALL)], ids=str)
def test_call_uuid_is_read_from_text_or_uuid(value: object) -> None:
    """In any spelling it is the same call."""
    assert call_uuid(value) == CALL


@pytest.mark.parametrize(("value", "error"), [("", Invalid), ("355", Invalid), (355, TypeError)], ids=repr)
def test_call_uuid_malformed_is_refused(value: object, error: type[Exception]) -> None:
    """A member id is no call's UUID."""
    with pytest.raises(error, match=r"^call_uuid must be a"):
        call_uuid(value)


def test_unknown_names_are_shown_what_was_meant() -> None:
    """Close matches, else all that there is; what is allowed passes."""
    known(["from_", "to"], ("from_", "to", "role"), "argument")
    with pytest.raises(TypeError, match=r"^unknown argument 'from'; did you mean from_\?$"):
        known(["from"], ("from_", "to", "role"), "argument")
    with pytest.raises(TypeError, match=r"^unknown argument 'zzz'; there are from_, to, role$"):
        known(["zzz"], ("from_", "to", "role"), "argument")


@pytest.mark.parametrize(
    ("address", "method", "error", "words"),
    [
        (None, None, TypeError, "callback_url must be a str, not NoneType"),
        (HOOK, "post", Invalid, "method must be 'GET' or 'POST', not 'post'; write 'POST'"),
        (HOOK, "PUT", Invalid, "method must be 'GET' or 'POST', not 'PUT'"),
        (HOOK, 7, TypeError, "method must be 'GET' or 'POST', not int"),
        ("hook", None, Invalid, "callback_url must be a URL with a host"),
        (b"https://a", None, TypeError, "callback_url must be a str, not bytes"),
    ],
)
def test_callback_refused(address: object, method: object, error: type[Exception], words: str) -> None:
    """Another method, no URL."""
    with pytest.raises(error, match=f"^{words}"):
        callback(address, method)


@given(urls, st.none() | methods)
def test_callback_goes_into_body_or_query(address: str, method: str | None) -> None:
    """Into the query of a GET, the body of the others; the method only if given."""
    given_callback = callback(address, method)
    assert given_callback == Callback(address, method)
    expected = {"callback_url": address} | ({"callback_method": method} if method else {})
    assert sent(deferred(end(conference("a")), given_callback)) == expected
    assert asked(deferred(retrieve(conference("a")), given_callback)) == expected
