"""Credentials and where they are sent: read, checked, never shown."""

import pytest

from plivo_async import AsyncClient

AUTH_ID, TOKEN = "MA" + "X1" * 9, "s3cr3t-t0k3n"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLIVO_AUTH_ID", raising=False)
    monkeypatch.delenv("PLIVO_AUTH_TOKEN", raising=False)


def test_arguments_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given ones are used; what isn't given comes from PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN."""
    monkeypatch.setenv("PLIVO_AUTH_ID", "SA" + "Y2" * 9)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "other")
    assert "SA…2Y2" in repr(AsyncClient())
    assert "MA…1X1" in repr(AsyncClient(AUTH_ID, TOKEN))


@pytest.mark.parametrize(
    ("auth_id", "auth_token", "words"),
    [
        (None, TOKEN, "auth_id is missing: .*PLIVO_AUTH_ID"),
        ("", TOKEN, "auth_id is missing"),
        (AUTH_ID, None, "auth_token is missing: .*PLIVO_AUTH_TOKEN"),
        (AUTH_ID, "", "auth_token is missing"),
        ("MA123", TOKEN, r"auth_id is malformed \(5 characters\)"),
        (AUTH_ID.lower(), TOKEN, "auth_id is malformed"),
        ("XX" + AUTH_ID[2:], TOKEN, "MA or SA"),
        (AUTH_ID + "\n", TOKEN, "auth_id is malformed"),
        (AUTH_ID[:-1] + "É", TOKEN, "auth_id is malformed"),
        (AUTH_ID, TOKEN + "\n", "auth_token is malformed"),
        (AUTH_ID, "two words", "auth_token is malformed"),
        (AUTH_ID, "tokén", "auth_token is malformed"),
    ],
)
def test_a_missing_or_malformed_one_is_refused(auth_id: str | None, auth_token: str | None, words: str) -> None:
    """On construction, with a sentence that says what to do and shows no token."""
    with pytest.raises(ValueError, match=words) as caught:
        AsyncClient(auth_id, auth_token)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(("auth_id", "auth_token"), [(7, TOKEN), (AUTH_ID, b"bytes")])
def test_another_type_is_refused(auth_id: object, auth_token: object) -> None:
    """Only text will do."""
    with pytest.raises(TypeError, match="must be a str"):
        AsyncClient(auth_id, auth_token)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "base_url", ["https://api.plivo.com", "https://gateway.example/plivo/", "http://127.0.0.1:8808", "http://localhost",
                 "http://[::1]:8808", "http://127.8.9.1"],
)  # fmt: skip
def test_https_and_loopback_are_safe(base_url: str) -> None:
    """Credentials go over TLS, or stay on this machine."""
    AsyncClient(AUTH_ID, TOKEN, base_url=base_url)


@pytest.mark.parametrize(
    ("base_url", "words"),
    [
        ("http://api.plivo.com", "unencrypted.*allow_http"),
        ("http://127.0.0.1.example.com", "unencrypted"),
        ("http://0.0.0.0", "unencrypted"),
        ("ftp://api.plivo.com", "absolute URL"),
        ("api.plivo.com", "absolute URL"),
        ("https://", "absolute URL"),
        ("", "absolute URL"),
        ("https://user:word@api.plivo.com", "no user, password"),
        ("https://api.plivo.com?a=1", "no user, password"),
        ("https://api.plivo.com#a", "no user, password"),
        ("https://api.plivo.com:notaport", "no URL"),
    ],
)
def test_other_destinations_are_refused(base_url: str, words: str) -> None:
    """With a sentence that says why."""
    with pytest.raises(ValueError, match=words):
        AsyncClient(AUTH_ID, TOKEN, base_url=base_url)


def test_plain_http_must_be_asked_for() -> None:
    """`allow_http=True` says that one knows."""
    AsyncClient(AUTH_ID, TOKEN, base_url="http://plivo.internal", allow_http=True)
    with pytest.raises(TypeError, match="base_url must be a str"):
        AsyncClient(AUTH_ID, TOKEN, base_url=7)  # type: ignore[arg-type]
