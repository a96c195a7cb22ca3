"""Who calls, and where to: what is taken, and what is refused in which words."""

import base64
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import AsyncClient, InvalidArgumentError
from plivo_async._credentials import Credentials, checked_base_url
from plivo_async._credentials import credentials as read
from plivo_async.shown._secret import Secret

AUTH_ID, TOKEN = "MAXXXXXXXXXXXXXXXXXX", "aVerySecretTokenOfForty_Characters000000"


def taken(auth_id: Any, auth_token: Any) -> Credentials:
    """Read credentials as the client does: the token wrapped, if there is one."""
    return read(auth_id, None if auth_token is None else Secret(auth_token))


@pytest.fixture(autouse=True)
def no_credentials_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of whoever runs the tests has no say."""
    monkeypatch.delenv("PLIVO_AUTH_ID", raising=False)
    monkeypatch.delenv("PLIVO_AUTH_TOKEN", raising=False)


def test_credentials_from_arguments() -> None:
    """What is passed is taken, and makes a Basic authorization."""
    who = taken(AUTH_ID, TOKEN)
    assert who == Credentials(AUTH_ID, Secret(TOKEN))
    scheme, encoded = who.authorization.reveal().split()
    assert (scheme, base64.b64decode(encoded).decode()) == ("Basic", f"{AUTH_ID}:{TOKEN}")


def test_credentials_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each one that isn't passed comes from its variable; what is passed goes first."""
    monkeypatch.setenv("PLIVO_AUTH_ID", "SA" + "0" * 18)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "from-environment")
    assert taken(None, None) == Credentials("SA" + "0" * 18, Secret("from-environment"))
    assert taken(AUTH_ID, None) == Credentials(AUTH_ID, Secret("from-environment"))
    assert taken(None, TOKEN) == Credentials("SA" + "0" * 18, Secret(TOKEN))


@pytest.mark.parametrize(
    ("auth_id", "auth_token", "missing"),
    [
        (None, TOKEN, "auth_id is missing: pass AsyncClient(auth_id=…) or set the environment variable PLIVO_AUTH_ID"),
        ("", TOKEN, "auth_id is missing"),
        (AUTH_ID, None, "auth_token is missing: pass AsyncClient(auth_token=…) or set the environment variable PLIVO_"),
        (AUTH_ID, "", "auth_token is missing"),
    ],
)
def test_credentials_missing(auth_id: str | None, auth_token: str | None, missing: str) -> None:
    """The message says which one is missing, and both ways to give it."""
    with pytest.raises(ValueError, match="is missing") as caught:
        taken(auth_id, auth_token)
    assert str(caught.value).startswith(missing)


def test_credentials_given_empty_do_not_fall_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty argument is a mistake, not a wish for another account; an empty variable is as good as none."""
    monkeypatch.setenv("PLIVO_AUTH_ID", "SA" + "0" * 18)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "")
    with pytest.raises(ValueError, match="auth_id is missing"):
        taken("", TOKEN)
    with pytest.raises(ValueError, match="auth_token is missing"):
        taken(None, None)


@pytest.mark.parametrize(
    "auth_id",
    [
        "MA",
        "MA" + "X" * 17,
        "MA" + "X" * 19,
        "XX" + "X" * 18,
        "ma" + "X" * 18,
        "MA" + "x" * 18,
        "MA" + "X" * 17 + "-",
        "MA" + "X" * 17 + "É",
        "MA" + "X" * 17 + "٣",
        " MA" + "X" * 18,
        "MA" + "X" * 18 + "\n",
        "MA/../" + "X" * 14,
    ],
    ids=ascii,
)
def test_credentials_malformed_auth_id(auth_id: str) -> None:
    """An Auth ID goes into a path: 20 characters, MA or SA, capital letters and digits of ASCII, or it is refused."""
    with pytest.raises(ValueError, match=rf"auth_id is malformed \({len(auth_id)} characters\).* 20 characters"):
        taken(auth_id, TOKEN)


@pytest.mark.parametrize("token", [f"{TOKEN}\n", f" {TOKEN}", f"{TOKEN[:20]} {TOKEN[20:]}", "tökén", "a\tb", "a\x00b"])
def test_credentials_malformed_auth_token(token: str) -> None:
    """What can't be a token is refused, by a message that doesn't show it."""
    with pytest.raises(ValueError, match="auth_token is malformed") as caught:
        taken(AUTH_ID, token)
    assert token not in str(caught.value)
    assert TOKEN[:8] not in str(caught.value)


@pytest.mark.parametrize(("auth_id", "auth_token"), [(42, TOKEN), (AUTH_ID, b"bytes"), (AUTH_ID, Secret("x"))])
def test_credentials_of_another_type(auth_id: Any, auth_token: Any) -> None:
    """Only str is taken; the message names the type and not the value."""
    with pytest.raises(TypeError, match=r"auth_(id|token) must be a str, not (int|bytes|Secret)"):
        taken(auth_id, auth_token)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"auth_id": None}, "auth_id is missing"),
        ({"auth_token": ""}, "auth_token is missing"),
        ({"auth_id": "MA123"}, "auth_id is malformed"),
        ({"auth_token": "two words"}, "auth_token is malformed"),
        ({"base_url": "http://api.plivo.com"}, "unencrypted"),
        ({"base_url": "https://api.plivo.com?"}, "no user, password, query or fragment"),
    ],
    ids=str,
)
def test_client_checks_credentials_and_base_url_when_it_is_made(arguments: dict[str, Any], words: str) -> None:
    """Nothing is left to find out at the first request."""
    with pytest.raises(ValueError, match=words):
        AsyncClient(**{"auth_id": AUTH_ID, "auth_token": TOKEN, **arguments})


def test_client_takes_credentials_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """`AsyncClient()` alone is enough; plain HTTP to elsewhere must be asked for."""
    monkeypatch.setenv("PLIVO_AUTH_ID", "SA" + "Y2" * 9)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", TOKEN)
    assert repr(AsyncClient()) == "<AsyncClient of account SA…2Y2>"
    assert repr(AsyncClient(AUTH_ID)) == "<AsyncClient of account MA…XXX>"
    AsyncClient(base_url="http://plivo.internal", allow_http=True)


@pytest.mark.parametrize(
    ("base_url", "checked"),
    [
        ("https://api.plivo.com", "https://api.plivo.com"),
        ("https://api.plivo.com/", "https://api.plivo.com"),
        ("https://api.plivo.com:8443", "https://api.plivo.com:8443"),
        ("HTTPS://API.plivo.com", "https://api.plivo.com"),
        ("https://proxy.example/plivo/", "https://proxy.example/plivo"),
        ("http://127.0.0.1:8808", "http://127.0.0.1:8808"),
        ("http://127.1.2.3", "http://127.1.2.3"),
        ("http://[::1]:8808/", "http://[::1]:8808"),
        ("http://localhost:8808", "http://localhost:8808"),
        ("http://LOCALHOST", "http://localhost"),
    ],
)
def test_base_url_is_https_or_loopback(base_url: str, checked: str) -> None:
    """TLS anywhere, plain HTTP only to this machine; a slash at the end makes no difference."""
    assert checked_base_url(base_url, allow_http=False) == checked


@pytest.mark.parametrize(
    "base_url",
    [
        "http://api.plivo.com",
        "HTTP://api.plivo.com",
        "http://10.0.0.1",
        "http://0.0.0.0:8808",
        "http://[::]:8808",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://127.1",
        "http://2130706433",
        "http://[fe80::1]",
    ],
)
def test_base_url_unencrypted_is_refused_unless_allowed(base_url: str) -> None:
    """A token doesn't leave this machine in the clear, unless somebody has said so in as many words."""
    with pytest.raises(ValueError, match=r"would send the Auth Token to .* unencrypted: use https://, or pass allow_h"):
        checked_base_url(base_url, allow_http=False)
    assert checked_base_url(base_url, allow_http=True).startswith("http://")


@pytest.mark.parametrize(
    ("base_url", "message"),
    [
        ("", "must be an absolute URL such as https://api.plivo.com"),
        ("api.plivo.com", "must be an absolute URL"),
        ("/v1", "must be an absolute URL"),
        ("//api.plivo.com", "must be an absolute URL"),
        ("https://", "must be an absolute URL"),
        ("https:api.plivo.com", "must be an absolute URL"),
        ("ftp://api.plivo.com", "must be an absolute URL"),
        ("file:///etc/passwd", "must be an absolute URL"),
        ("https://user@api.plivo.com", "no user, password, query or fragment"),
        ("https://user:pw@api.plivo.com", "no user, password, query or fragment"),
        ("https://:@api.plivo.com", "no user, password, query or fragment"),
        ("https://api.plivo.com/?", "no user, password, query or fragment"),
        ("https://api.plivo.com?x=1", "no user, password, query or fragment"),
        ("https://api.plivo.com?", "no user, password, query or fragment"),
        ("https://api.plivo.com/#", "no user, password, query or fragment"),
        ("https://api.plivo.com#top", "no user, password, query or fragment"),
        ("https://api.plivo.com\\@evil.example", "is no URL"),
        ("https://api.plivo.com/a\\b", "is no URL"),
        ("https://api.plivo.com:port", "is no URL"),
        ("https://api.plivo.com:99999", "is no URL"),
        ("https://[::1", "is no URL"),
        ("https://api.plivo.com\n", "is no URL"),
        ("https://x" + "x" * 70_000, "is no URL"),
    ],
    ids=lambda value: ascii(value)[:36],
)
def test_base_url_that_is_not_plain_is_refused(base_url: str, message: str) -> None:
    """No user, query or fragment (not even empty ones, which would swallow the path), and a URL to begin with."""
    for allow_http in (False, True):
        with pytest.raises(ValueError, match=f"^base_url .*{message}") as caught:
            checked_base_url(base_url, allow_http=allow_http)
        assert "pw" not in str(caught.value)


def test_base_url_of_another_type_is_refused() -> None:
    """An `httpx.URL` or None is no str."""
    for wrong in (None, 5, httpx.URL("https://api.plivo.com")):
        with pytest.raises(TypeError, match="base_url must be a str, not"):
            checked_base_url(wrong, allow_http=False)  # type: ignore[arg-type]  # that is the point


@given(st.text(st.sampled_from("htps:/.@?#\\[]%0127localevi n"), max_size=25).map("https://".__add__) | st.text())
def test_base_url_that_is_taken_is_a_prefix(base_url: str) -> None:
    """Whatever is let through, what is put behind it becomes path, at the same host, and nothing is unencrypted."""
    try:
        checked = checked_base_url(base_url, allow_http=False)
    except ValueError:
        return
    url = httpx.URL(f"{checked}/v1/Account/MA/")
    assert url.scheme == "https"
    assert url.host.lower() == httpx.URL(base_url).host.lower()
    assert url.raw_path.endswith(b"/v1/Account/MA/")
    assert (url.userinfo, url.query, url.fragment) == (b"", b"", "")


def test_base_url_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """`PLIVO_BASE_URL` is where requests go unless `base_url` says otherwise; empty counts as not set."""

    def where(base_url: str | None = None) -> str:
        return AsyncClient(AUTH_ID, "token", base_url=base_url, rate_limit=None)._core.account.base_url

    monkeypatch.delenv("PLIVO_BASE_URL", raising=False)
    assert where() == "https://api.plivo.com"
    monkeypatch.setenv("PLIVO_BASE_URL", "http://127.0.0.1:8808/")
    assert where() == "http://127.0.0.1:8808"
    assert where("http://127.0.0.1:8809") == "http://127.0.0.1:8809"
    monkeypatch.setenv("PLIVO_BASE_URL", "")
    assert where() == "https://api.plivo.com"
    monkeypatch.setenv("PLIVO_BASE_URL", "http://example.com")
    with pytest.raises(InvalidArgumentError, match=r"base_url would send the Auth Token to example\.com unencrypted"):
        where()
