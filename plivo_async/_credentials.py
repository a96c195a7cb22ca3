"""Who calls, and where: read, checked, and kept from showing."""

import base64
import ipaddress
import os
import re
import ssl
from dataclasses import dataclass
from importlib import import_module

import httpx

from ._errors import InvalidArgumentError, invalid
from ._httpx import kind
from ._tls import shared_context
from .shown._secret import Secret

_AUTH_ID = re.compile(r"(?:MA|SA)[A-Z0-9]{18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Credentials:
    """An Auth ID and its token."""

    auth_id: str
    auth_token: Secret

    @property
    def authorization(self) -> Secret:
        """The value of the `Authorization` header: Basic, user name Auth ID, password Auth Token."""
        pair = f"{self.auth_id}:{self.auth_token.reveal()}".encode()
        return Secret(f"Basic {base64.b64encode(pair).decode('ascii')}")


def credentials(auth_id: str | None, auth_token: Secret | None) -> Credentials:
    """Take credentials from the arguments, else from `PLIVO_AUTH_ID` and `PLIVO_AUTH_TOKEN`.

    The token comes wrapped and is looked at in no variable, so that no traceback with locals shows it.

    Raises:
        InvalidArgumentError: One is missing or malformed; the message says what to do, and shows no token.
        TypeError: One is no `str`.
    """
    auth_id = os.environ.get("PLIVO_AUTH_ID") if auth_id is None else auth_id
    token = Secret(os.environ.get("PLIVO_AUTH_TOKEN", "")) if auth_token is None else auth_token
    if auth_id is not None and not isinstance(auth_id, str):
        raise TypeError(f"auth_id must be a str, not {type(auth_id).__name__}")
    if not isinstance(token.reveal(), str):
        raise TypeError(f"auth_token must be a str, not {type(token.reveal()).__name__}")
    for name, given in (("auth_id", bool(auth_id)), ("auth_token", bool(token.reveal()))):
        if not given:
            variable = f"PLIVO_{name.upper()}"
            raise invalid(name, f"is missing: pass AsyncClient({name}=…) or set the environment variable {variable}")
    if auth_id is None or not _AUTH_ID.fullmatch(auth_id):
        raise invalid(
            "auth_id",
            f"is malformed ({len(auth_id or '')} characters): an Auth ID has 20 characters, MA or SA and then "
            "18 capital letters and digits; copy it from the Plivo console",
        )
    if not _printable(token):
        raise invalid(
            "auth_token",
            "is malformed: it has a space, a line break or another character that no Auth Token has; "
            "copy it from the Plivo console again",
        )
    return Credentials(auth_id, token)


def _printable(token: Secret) -> bool:
    return token.reveal().isascii() and token.reveal().isprintable() and " " not in token.reveal()


def checked_base_url(base_url: str, *, allow_http: bool) -> str:
    """Check where to send credentials; returns the URL without a slash at its end.

    Raises:
        InvalidArgumentError: It is no plain `https://` URL; `http://` goes to loopback only unless `allow_http`.
        TypeError: It is no `str`.
    """
    if not isinstance(base_url, str):
        raise TypeError(f"base_url must be a str, not {type(base_url).__name__}")
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise invalid("base_url", f"is no URL: {error}") from None
    if "\\" in base_url or (url.port or 0) > 65535:
        raise invalid("base_url", "is no URL: it has a backslash, or a port above 65535")
    if url.scheme not in {"https", "http"} or not url.host:
        raise invalid("base_url", "must be an absolute URL such as https://api.plivo.com")
    if url.userinfo or "?" in base_url or "#" in base_url:  # an empty query would swallow the path put behind it
        raise invalid("base_url", "must have no user, password, query or fragment")
    if url.scheme == "http" and not allow_http and not _loopback(url.host):
        raise invalid(
            "base_url",
            f"would send the Auth Token to {url.host} unencrypted: use https://, "
            "or pass allow_http=True if you know that nobody listens",
        )
    return str(url).rstrip("/")


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_proxy(proxy: object) -> httpx.Proxy | None:
    """Read a proxy; no message shows its URL, which may have a password.

    Raises:
        InvalidArgumentError: It is no URL of a proxy.
        TypeError: It is neither a `str` nor an `httpx.Proxy`.
        ImportError: It is a SOCKS proxy, and the package `socksio` isn't installed.
    """
    if proxy is None or isinstance(proxy, httpx.Proxy):
        return proxy
    if not isinstance(proxy, str):
        raise TypeError(f"proxy must be a str, an httpx.Proxy or None, not {kind(proxy)}")
    try:
        read = httpx.Proxy(proxy)
    except (ValueError, httpx.InvalidURL):
        read = None
    if read is None or not read.url.host:
        raise invalid("proxy", "must be the URL of a proxy, such as http://user:password@proxy.example:3128")
    if read.url.scheme.startswith("socks"):
        try:
            import_module("socksio")
        except ImportError as error:
            raise ImportError(
                f"a proxy of {read.url.scheme}:// needs the package socksio: pip install socksio"
            ) from error
    return read


def tls_context(base_url: str, verify: object) -> ssl.SSLContext:
    """What decides which certificates are trusted: by default those of certifi, or of `SSL_CERT_FILE`, `SSL_CERT_DIR`.

    Raises:
        InvalidArgumentError: `SSL_CERT_FILE` names what is no file of certificates.
        TypeError: `verify` is neither a `bool` nor an `ssl.SSLContext`.
    """
    if isinstance(verify, ssl.SSLContext):
        return verify
    if not isinstance(verify, bool):
        raise TypeError(f"verify must be True, False or an ssl.SSLContext, not {type(verify).__name__}")
    try:
        return shared_context(base_url, verify=verify)
    except OSError as error:  # ssl.SSLError is one
        name = os.environ.get("SSL_CERT_FILE")
        if not name:
            raise
        why = error.strerror or str(error)
        raise InvalidArgumentError(
            f"SSL_CERT_FILE names {name!r}, from which no certificates can be read ({why}): mend it or unset it",
            argument="verify",
        ) from None
