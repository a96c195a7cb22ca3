"""The TLS contexts of this process: one for each setting, as making one takes 30 ms in which nothing else runs."""

import os
import ssl
from functools import lru_cache

import httpx

_SETTINGS = ("SSL_CERT_FILE", "SSL_CERT_DIR")  # what httpx reads


def shared_context(base_url: str, *, verify: bool = True) -> ssl.SSLContext:
    """The context for connections to a URL: the same one as long as its setting is the same.

    Contexts may be used by several threads. A forked process makes its own: at the fork, another thread may have held
    a lock within OpenSSL.
    """
    if not base_url.startswith("https:"):
        return _unused(os.getpid())
    return _checking(os.getpid(), verify, *((path := os.environ.get(name), _version(path)) for name in _SETTINGS))


def _version(path: str | None) -> tuple[int, int] | None:
    """What changes when a file does: whoever renews it and makes a client means the new one."""
    try:
        found = os.stat(path) if path else None
    except OSError:  # which httpx tells
        return None
    return None if found is None else (found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=8)
def _checking(process: int, verify: bool, *settings: object) -> ssl.SSLContext:
    return httpx.create_ssl_context(verify=verify, trust_env=True)


@lru_cache(maxsize=1)
def _unused(process: int) -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # without the certificates, which take most of the time
