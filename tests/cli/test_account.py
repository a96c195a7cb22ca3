"""What the commands have in common: proxies of the environment, and words."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("typer")

from plivo_async.cli import main
from plivo_async.cli._account import proxy_for
from plivo_async.cli.screen._words import in_terms_of_the_command

PLIVO = "https://api.plivo.com"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, PLIVO, None),
        ({"HTTPS_PROXY": "http://p:3128"}, PLIVO, "http://p:3128"),
        ({"https_proxy": "p:3128"}, PLIVO, "http://p:3128"),
        ({"ALL_PROXY": "http://p"}, PLIVO, "http://p"),
        ({"HTTP_PROXY": "http://p"}, PLIVO, None),
        ({"HTTPS_PROXY": ""}, PLIVO, None),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "plivo.com"}, PLIVO, None),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "example.com,*"}, PLIVO, "http://p"),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "*"}, PLIVO, None),
        ({"ALL_PROXY": "http://p", "NO_PROXY": "127.0.0.1"}, "http://127.0.0.1:8808", None),
    ],
)
def test_which_proxy(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str, proxy: str | None) -> None:
    """As curl has it."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == proxy


class _Refusing(socketserver.StreamRequestHandler):
    asked: list[bytes]

    def handle(self) -> None:
        self.asked.append(self.rfile.readline())
        self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@contextmanager
def proxy() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that refuses everything, and what it was asked for."""
    asked: list[bytes] = []
    handler = type("_Handler", (_Refusing,), {"asked": asked})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()
        thread.join()


@pytest.mark.real_time
def test_requests_go_through_the_proxy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """And its refusal is a failure that says so, without its password."""
    monkeypatch.setenv("PLIVO_AUTH_ID", "MA" + "X" * 18)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "token")
    with proxy() as (address, asked):
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@{address}")
        assert main(["mpc", "get", "a", "--max-attempts", "1", "--timeout", "20"]) == 1
    assert asked == [b"CONNECT api.plivo.com:443 HTTP/1.1\r\n"]
    said = capsys.readouterr().err
    assert "ProxyError" in said
    assert "secret" not in said


@pytest.mark.parametrize(("content", "why"), [(None, "No such file or directory"), ("x", "it holds no certificates")])
def test_certificates_that_can_not_be_used_are_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str | None, why: str
) -> None:
    """With the name of the variable, that of the file, the cause, and what to do."""
    monkeypatch.setenv("PLIVO_AUTH_ID", "MA" + "X" * 18)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "token")
    path = tmp_path / "certificates.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    assert main(["mpc", "get", "a"]) == 2
    said = capsys.readouterr().err
    assert (
        said == f"plivo-async: SSL_CERT_FILE names {path}, which can't be used: {why}; name a PEM file, or unset it\n"
    )


def test_a_proxy_that_is_none_is_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said where it comes from, and not what it is: it may hold a password."""
    monkeypatch.setenv("PLIVO_AUTH_ID", "MA" + "X" * 18)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "token")
    monkeypatch.setenv("HTTPS_PROXY", "gopher://user:secret@x")
    assert main(["mpc", "get", "a"]) == 2
    said = capsys.readouterr().err
    assert "the proxy that HTTPS_PROXY names can't be used" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("none is waiting. wait_for= keeps trying", "none is waiting. --wait-for keeps trying"),
        ("base_url must be", "--base-url must be"),
        ("its limit is lower than rate_limit says", "its limit is lower than --limit says"),
    ],
)
def test_messages_speak_of_options(message: str, words: str) -> None:
    """Not of the library's arguments."""
    assert in_terms_of_the_command(message) == words
