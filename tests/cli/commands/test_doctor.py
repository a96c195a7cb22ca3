"""`plivo-async doctor`: each thing that may stand between a program and its calls is named, with what to do."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("typer")

import trustme
from anyio.from_thread import start_blocking_portal
from packaging.requirements import Requirement
from typer.testing import CliRunner

from plivo_async.cli import app
from plivo_async.cli.actions._doctor import Seen, of_answers, of_the_limit, of_the_store
from plivo_async.cli.actions._installed import of_versions
from plivo_async.cli.actions._way import Way, of_the_way
from plivo_async.cli.input._options import Rate
from plivo_async.emulator import Emulator
from plivo_async.models import AccountFacts, Number
from plivo_async.pacing.shared._look import BudgetSeen

from ...transport.raw_server import RawServer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "PLIVO_BASE_URL")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's own."""
    for name in (*VARIABLES, *map(str.lower, VARIABLES), "PLIVO_RATE_LIMIT_URL"):
        monkeypatch.delenv(name, raising=False)


@contextmanager
def emulated(monkeypatch: pytest.MonkeyPatch, **options: Any) -> Iterator[Emulator]:
    """An emulator with a number, whose credentials are in the environment."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Emulator(**options)) as emulator:
        portal.call(emulator.add_number, "+14151234567")
        monkeypatch.setenv("PLIVO_AUTH_ID", emulator.auth_id)
        monkeypatch.setenv("PLIVO_AUTH_TOKEN", emulator.auth_token)
        yield emulator


def doctor(*arguments: str) -> tuple[int, str]:
    """Its exit code, and what it says, without line ends."""
    result = CliRunner().invoke(app, ["doctor", "--timeout", "5", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.mark.real_time
def test_what_is_right(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Says what is right, and of the store that it is shared; no secret."""
    with emulated(monkeypatch) as plivo:
        monkeypatch.setenv("PLIVO_BASE_URL", f"{plivo.url}/")
        code, said = doctor("--shared", f"sqlite:///{tmp_path}/budget.db")
        assert code == 0, said
        for words in (
            "ok       plivo-async ",
            ", httpx 0.28",
            "ok       connected to 127.0.0.1 in 0.",
            "without a proxy",
            "ok       the credentials are right: account Emulated",
            "warning  1 number, without an application",
            "ok       at most 300 requests per 5 s are sent",
            f"ok       the shared budget at sqlite:///{tmp_path}/budget.db can be used",
        ):
            assert words in said
        assert plivo.auth_token not in said
        assert "no shared budget" in doctor("--limit", "100/5")[1]
        assert "warning  no limit is kept to" in doctor("--limit", "none")[1]


@pytest.mark.real_time
def test_what_is_wrong_with_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that are wrong or missing; a server that isn't Plivo."""
    with emulated(monkeypatch) as plivo:
        monkeypatch.setenv("PLIVO_AUTH_TOKEN", "wrong")
        code, said = doctor("--base-url", plivo.url)
        assert (code, "wrong    Plivo refused the credentials (401)" in said) == (4, True)
        assert "no shared budget" in said, "what can still be looked at is"
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"
    server = RawServer(page, tls=None, per_connection=None)
    try:
        code, said = doctor("--base-url", f"http://127.0.0.1:{server.port}")
        assert code == 1
        assert "is Plivo, and Plivo's status page" in said
        assert server.requests[0].startswith(b"HEAD / ")
        assert b"Authorization" not in server.requests[0]
    finally:
        server.close()
    monkeypatch.delenv("PLIVO_AUTH_ID")
    assert doctor()[0] == 2


@pytest.mark.real_time
def test_through_a_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Names the proxy, without its password, and who vouches for Plivo's certificate; what a proxy refuses."""
    with emulated(monkeypatch, https=True) as plivo:
        ca = tmp_path / "ca.pem"
        ca.write_text(plivo.ca_pem)
        place = plivo.url.removeprefix("http://")
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:s3cr3t@{place}")
        code, said = doctor()
        assert code == 1
        assert f"ok       connected to the proxy {place} in " in said
        assert "wrong    the certificate of api.plivo.com is not trusted" in said
        assert "SSL_CERT_FILE names a PEM file" in said
        monkeypatch.setenv("SSL_CERT_FILE", str(ca))
        code, said = doctor()
        assert code == 0, said
        assert (
            f"ok       TLSv1.3, the certificate of api.plivo.com is trusted by SSL_CERT_FILE or SSL_CERT_DIR ({ca})"
            in said
        )
        assert ": by plivo-async emulator, until Jan " in said, said
        code, refused = doctor("--base-url", "https://elsewhere.example")
        assert code == 1
        assert f"wrong    the proxy {place} does not let us through: " in refused
        assert "s3cr3t" not in said + refused


@pytest.mark.real_time
def test_ways_that_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens, no TLS is spoken, the name is none; before anything of the account is sent."""
    monkeypatch.setenv("PLIVO_AUTH_ID", "MA" + "P" * 18)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "s3cr3t")
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    code, said = doctor("--base-url", f"http://127.0.0.1:{port}")
    assert (code, "wrong    127.0.0.1 refuses connections" in said) == (1, True)
    with emulated(monkeypatch) as plivo:
        code, said = doctor("--base-url", plivo.url.replace("http:", "https:"))
    assert (code, "wrong    TLS with 127.0.0.1 failed: " in said) == (1, True)
    monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{port}")
    code, said = doctor()
    assert (code, f"wrong    the proxy 127.0.0.1:{port} refuses connections" in said) == (1, True)
    assert "the port in HTTPS_PROXY" in said


@pytest.mark.real_time
def test_certificates_that_are_not_trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One of another host is named as such; of a proxy that has its own, it is said whose it is."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    server = RawServer(
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", tls=tls, per_connection=1
    )
    monkeypatch.setenv("PLIVO_AUTH_ID", "MA" + "P" * 18)
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "s3cr3t")
    try:
        monkeypatch.setenv("HTTPS_PROXY", f"https://localhost:{server.port}")
        code, said = doctor()
        assert (code, f"the certificate of the proxy localhost:{server.port} is not trusted" in said) == (1, True)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        code, said = doctor()
        assert (code, f"the proxy localhost:{server.port} does not let us through: 407" in said) == (1, True)
        monkeypatch.delenv("HTTPS_PROXY")
        code, said = doctor("--base-url", f"https://127.0.0.1:{server.port}")
        assert (code, "mismatch" in said) == (1, True)
    finally:
        server.close()


@pytest.mark.real_time
def test_a_store_that_is_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is asked without it; its password isn't shown."""
    pytest.importorskip("redis")
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with emulated(monkeypatch) as plivo:
        code, said = doctor("--base-url", plivo.url, "--shared", f"redis://u:s3cr3t@127.0.0.1:{port}/0")
        assert (code, "wrong    the shared budget can't be used: redis://***@127.0.0.1" in said) == (1, True)
        assert said.count("shared budget") == 1
        assert "s3cr3t" not in said
        code, said = doctor("--base-url", plivo.url, "--shared", f"sqlite:///{tmp_path}/none/budget.db")
        assert (code, "budget.db can't be opened" in said) == (1, True)
        locked = tmp_path / "folder"
        locked.mkdir()
        code, said = doctor("--base-url", plivo.url, "--shared", f"sqlite:///{locked}")
        assert (code, "wrong    the shared budget " in said, "can be used" in said) == (1, True, False)
    code, said = doctor("--base-url", f"http://127.0.0.1:{port}", "--shared", f"sqlite:///{tmp_path}/none.db")
    assert (code, "ok       the shared budget at sqlite" in said) == (1, True), "looked at though Plivo can't be asked"
    code, said = doctor("--base-url", f"http://127.0.0.1:{port}", "--shared", f"sqlite:///{tmp_path}/none/none.db")
    assert (code, "there is no such file" in said) == (1, True)


class UnlikeError(Exception):
    """What nobody knows."""


@pytest.mark.parametrize(
    ("way", "level", "words"),
    [
        (Way("https://api.plivo.com", connected=3.0, tls="TLSv1.3"), "warning", "connected to api.plivo.com in 3.00 s"),
        (Way("http://localhost:8808", connected=0.1), "ok", "something on this machine"),
        (Way("https://x", tls="TLSv1.2", issuer="Amazon", until="Jan 1"), "ok", "trusted: by Amazon, until Jan 1"),
        (
            Way("https://x", error=UnlikeError("the network is down")),
            "wrong",
            "no connection to x: the network is down",
        ),
        (Way("https://x", error=UnlikeError()), "wrong", "no connection to x: UnlikeError"),
        (
            Way("https://x", error=socket.gaierror(-2, "Name not known")),
            "wrong",
            "x can't be looked up: Name not known",
        ),
        (Way("https://x", error=ExceptionGroup("", [ConnectionRefusedError()])), "wrong", "x refuses connections"),
        (Way("https://x", error=TimeoutError()), "wrong", "x did not answer in time"),
    ],
)
def test_what_it_makes_of_the_way(way: Way, level: str, words: str) -> None:
    """Whatever ends it is said, with what to do."""
    found = [one for one in of_the_way(way) if words in one.words]
    assert [one.level for one in found] == [level], list(of_the_way(way))
    assert found[0].advice or level == "ok"


WELL = Seen(
    AccountFacts(name="A", account_type="standard", billing_mode="prepaid", cash_credits=Decimal(50), timezone="UTC"),
    (Number(number="1415", application="/v1/Account/MA/Application/1/"),),
    False,
    0.1,
    NOON,
    NOON,
)


@pytest.mark.parametrize(
    ("changed", "level", "words"),
    [
        ({"took": 3.0}, "warning", "3.00 s"),
        ({"theirs": None}, "warning", "NTP"),
        ({"ours": NOON + timedelta(seconds=90)}, "wrong", "90 s ahead of"),
        ({"ours": NOON - timedelta(seconds=90)}, "wrong", "90 s behind"),
        ({"numbers": ()}, "warning", "no number"),
        ({"account": AccountFacts(account_type="developer")}, "warning", "trial"),
        ({"account": AccountFacts(billing_mode="prepaid", cash_credits=Decimal(0))}, "wrong", "1010"),
        ({"account": AccountFacts(billing_mode="prepaid", cash_credits=Decimal("0.5"))}, "warning", "little credit"),
        ({"account": AccountFacts(timezone="Asia/Kolkata")}, "ok", "without an offset"),
    ],
)
def test_what_it_makes_of_answers(changed: dict[str, Any], level: str, words: str) -> None:
    """Each thing that may do harm is said, with what to do."""
    assert {one.level for one in of_answers(WELL)} == {"ok"}
    found = [one for one in of_answers(replace(WELL, **changed)) if words in "\n".join(one.lines())]
    assert [one.level for one in found] == [level]
    assert found[0].advice or level == "ok"


def test_what_it_makes_of_a_limit() -> None:
    """Plivo's own needs no word; another one may be meant."""
    assert next(of_the_limit(Rate(300, 5.0))).advice == ""
    assert "unless" in next(of_the_limit(Rate(100, 5.0))).advice


def test_what_it_makes_of_a_store() -> None:
    """A budget that 429s have lowered is named, if it is this account's."""
    seen = BudgetSeen("n", "s", "MA…PPP", 300, 5.0, 150.0, 0, 0, None, 0.0, 3, 2.0, 60.0, ())
    assert [one.level for one in of_the_store("u", [seen], "MA…PPP")] == ["ok", "warning"]
    assert [one.level for one in of_the_store("u", [replace(seen, level=300.0)], "MA…PPP")] == ["ok"]
    assert [one.level for one in of_the_store("u", [seen], "MA…QQQ")] == ["ok"]


def test_what_it_makes_of_versions() -> None:
    """One that is too old, or too new, is wrong; one that only an extra needs, a warning."""
    needed = [Requirement(text) for text in ("httpx>=0.28,<0.29", 'redis>=5.2; extra == "redis"', "anyio>=4.11")]
    well = list(of_versions(needed, {"httpx": "0.28.1", "anyio": "5.0.0rc1"}))
    assert [one.level for one in well] == ["ok"]
    assert "httpx 0.28.1, anyio 5.0.0rc1, OpenSSL" in well[0].words
    found = list(of_versions(needed, {"httpx": "0.27.0", "anyio": "4.12", "redis": "5.0"}))
    assert [one.level for one in found] == ["ok", "wrong", "warning"]
    assert found[1].advice == "pip install 'httpx<0.29,>=0.28'"
    assert "the extra redis needs: redis>=5.2" in found[2].words
