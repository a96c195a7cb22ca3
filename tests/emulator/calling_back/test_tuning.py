"""What a URL's fragment says of patience, and where callbacks may go."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.emulator.calling_back._destinations import checked_hosts, may_go, place_of, shown
from plivo_async.emulator.calling_back._tuning import ANSWERS, USUAL, cause_of, tuned


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ("", {}),
        ("ct=500&rt=3000&rc=2&rp=4xx,5xx&er=mumbai", {"connect": 0.5, "read": 3.0, "retries": 2, "region": "mumbai",
                                                     "retried": ("4xx", "5xx")}),
        ("ct=100", {"connect": 0.1}),
        ("ct=10000", {"connect": 10.0}),
        ("rt=40000&tt=55000", {"read": 40.0, "total": 55.0}),
        ("tt=100&rc=0", {"total": 0.1, "retries": 0}),
        ("rc=5", {"retries": 5}),
        ("rp=ct", {"retried": ("ct",)}),
        ("ct=99", {"ignored": ("ct=99",)}),
        ("ct=10001&rt=40001", {"ignored": ("ct=10001", "rt=40001")}),
        ("tt=55001&rc=6&rt=99", {"ignored": ("tt=55001", "rc=6", "rt=99")}),
        ("rc=-1&ct=5e2&rt=²&tt=", {"ignored": ("rc=-1", "ct=5e2", "rt=²", "tt=")}),
        ("rp=6xx,ct", {"ignored": ("rp=6xx,ct",)}),
        ("section&rc=3", {"ignored": ("section",), "retries": 3}),
    ],
)  # fmt: skip
def test_a_fragment_is_read(fragment: str, said: dict[str, Any]) -> None:
    """Within the documented limits; what is out of them counts for nothing, and is told."""
    found = tuned(f"https://h/cb#{fragment}")
    for name in ("connect", "read", "total", "retries", "retried", "region", "ignored"):
        assert getattr(found, name) == said.get(name, getattr(USUAL, name)), name


def test_documented_defaults() -> None:
    """2 s, 40 s, 55 s, one retry, of connections and answers that fail; answer URLs three tries within 60 s."""
    assert (USUAL.connect, USUAL.read, USUAL.total, USUAL.retries, USUAL.retried) == (2, 40, 55, 1, ("ct", "rt"))
    assert (ANSWERS.retries, ANSWERS.total) == (2, 60)
    assert tuned("https://h/cb#rc=0", ANSWERS).total == 60


@given(st.text())
def test_any_fragment_is_read_somehow(fragment: str) -> None:
    """Nothing in it raises, and all that comes of it is within the limits."""
    found = tuned(f"https://h/cb#{fragment}")
    assert 0.1 <= found.connect <= 10
    assert 0 <= found.retries <= 5


@pytest.mark.parametrize(
    ("status", "failure", "cause"),
    [(200, None, None), (302, None, None), (404, None, "4xx"), (500, None, "5xx"), (599, None, "5xx"),
     (None, "ct", "ct"), (None, "rt", "rt")],
)  # fmt: skip
def test_what_a_try_counts_as(status: int | None, failure: str | None, cause: str | None) -> None:
    """The words of `rp`."""
    assert cause_of(status, failure) == cause


@pytest.mark.parametrize(
    ("hosts", "url", "allowed"),
    [
        ("loopback", "http://127.0.0.1:8000/cb", True),
        ("loopback", "http://127.9.9.9/cb", True),
        ("loopback", "http://[::1]:8000/cb", True),
        ("loopback", "http://localhost/cb", True),
        ("loopback", "HTTP://LOCALHOST/cb", True),
        ("loopback", "http://user:secret@localhost/cb", True),
        ("loopback", "https://example.com/cb", False),
        ("loopback", "http://localhost@example.com/cb", False),
        ("loopback", "http://127.0.0.1.example.com/", False),
        ("loopback", "http://localhost.example.com/", False),
        ("loopback", "http://app.localhost/", False),
        ("loopback", "http://0.0.0.0/", False),
        ("loopback", "http://10.0.0.1/", False),
        ("loopback", "http://127.1/", False),
        ("loopback", "http://2130706433/", False),
        (["app"], "http://app:8000/cb", True),
        (["app:8000"], "http://APP:8000/cb", True),
        (["app:8000"], "http://app/cb", False),
        (["app:80"], "http://app/cb", True),
        (["app:443"], "https://app/cb", True),
        (["[fd00::1]:80"], "http://[fd00::1]/", True),
        (["fd00::1"], "http://[fd00::1]/", True),
        (["app"], "http://127.0.0.1/", False),
        (["app", "loopback"], "http://127.0.0.1/", True),
        ("*", "https://example.com/cb", True),
        ("*", "ftp://example.com/cb", False),
        ("*", "https://exämple.com/cb", False),
        ("*", "https://example.com:99999/cb", False),
        ("*", "https:///cb", False),
        ("*", "https://exam\nple.com/cb", False),
        ((), "http://127.0.0.1/", False),
    ],
)  # fmt: skip
def test_callbacks_go_to_this_machine_unless_more_is_allowed(hosts: Any, url: str, allowed: bool) -> None:
    """Nothing that a test has for a name goes out to the Internet by itself."""
    assert may_go(url, checked_hosts(hosts)) is allowed


@pytest.mark.parametrize("hosts", ["https://app/cb", ["app/"], [""], [7], "a b", ["app:port"]])
def test_what_is_no_host_is_refused(hosts: Any) -> None:
    """A URL is none either."""
    with pytest.raises(ValueError, match="callbacks_to"):
        checked_hosts(hosts)


def test_a_place_is_where_a_request_goes() -> None:
    """What isn't ASCII is percent-encoded on the wire; an empty path is a slash."""
    place = place_of("https://me:pw@h:8443/ä/%2F?q=ö#ct=1")
    assert place is not None
    assert (place.host, place.port, place.target) == ("h", 8443, "/%C3%A4/%2F?q=%C3%B6")
    assert (place.authority, place.userinfo) == ("h:8443", "me:pw")
    other = place_of("http://h?x=1")
    assert other is not None
    assert (other.port, other.target) == (80, "/?x=1")


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://me:secret@h/cb?token=secret#ct=100", "https://h/cb?***"),
        ("https://h/agents/+14157654321/cb", "https://h/agents/***21/cb"),
        ("https://h/agents/%2B14157654321", "https://h/agents/***21"),
        ("not a URL with secret", "***"),
    ],
)
def test_a_url_is_shown_without_secrets(url: str, text: str) -> None:
    """Neither credentials, nor a query, nor a whole number."""
    assert shown(url) == text


ANY = st.text(st.characters(), max_size=40)  # lone surrogates, too


@given(ANY | ANY.map("http://{}/".format) | ANY.map("https://h/{}".format) | ANY.map("http://[{}]/".format))
def test_any_url_is_read_somehow(url: str) -> None:
    """Nothing in it raises, and what can't be sent leads nowhere."""
    place = place_of(url)
    may_go(url, checked_hosts("*"))
    shown(url)
    tuned(url)
    if place is not None:
        assert place.target.isascii()
        assert place.authority.isascii()
        assert not set("\r\n ") & set(place.target + place.authority + place.host)
