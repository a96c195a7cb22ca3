"""TLS contexts: one for each setting of the process."""

import os
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from plivo_async import AsyncClient
from plivo_async._tls import _checking, shared_context

HTTPS = "https://api.plivo.com"


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment of whoever runs the tests has no say, and no test sees another one's contexts."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    _checking.cache_clear()
    yield
    _checking.cache_clear()


def certificates(path: Path) -> str:
    """A file with a certificate of its own."""
    trustme.CA().cert_pem.write_to_path(path)
    return str(path)


def test_clients_share_one_context_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty subaccounts read the certificates once, whatever thread makes their clients."""
    made = []
    create = httpx.create_ssl_context

    def counted(**options: Any) -> ssl.SSLContext:
        made.append(options)
        return create(**options)

    monkeypatch.setattr(httpx, "create_ssl_context", counted)
    clients = [AsyncClient(f"SA{number:018}", "token", rate_limit=None) for number in range(40)]
    thread = threading.Thread(target=lambda: clients.append(AsyncClient("SA" + "Z" * 18, "token", rate_limit=None)))
    thread.start()
    thread.join()
    assert (len(clients), len(made)) == (41, 1)
    assert shared_context(HTTPS).verify_mode is ssl.CERT_REQUIRED
    assert shared_context(HTTPS).check_hostname


def test_another_setting_has_a_context_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another file, or the same file renewed; back to the first setting, its context is there still."""
    usual = shared_context(HTTPS)
    monkeypatch.setenv("SSL_CERT_FILE", certificates(tmp_path / "ours.pem"))
    ours = shared_context(HTTPS)
    assert ours is not usual
    assert ours is shared_context(HTTPS)
    assert len(ours.get_ca_certs()) == 1
    certificates(tmp_path / "ours.pem")
    os.utime(tmp_path / "ours.pem", (1, 1))
    assert shared_context(HTTPS) is not ours
    monkeypatch.delenv("SSL_CERT_FILE")
    assert shared_context(HTTPS) is usual


def test_a_forked_process_makes_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread may have held a lock of OpenSSL's at the fork."""
    parents = shared_context(HTTPS)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert shared_context(HTTPS) is not parents


def test_without_tls_no_certificate_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An emulator needs none, and a setting that is wrong doesn't hinder it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nowhere.pem"))
    assert shared_context("http://127.0.0.1:8808") is shared_context("http://127.0.0.1:8809")
