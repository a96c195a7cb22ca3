"""The way to Plivo, step by step, so that what fails can be named: name, proxy, connection, TLS."""

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from ..._tls import shared_context
from ._finding import Finding

_SLOW = 1.0  # seconds until connected


@dataclass(slots=True)
class Way:
    """How far one got.

    Attributes:
        url: Where Plivo is.
        proxy: Host and port of the proxy on the way; None without one.
        at_proxy: Whether TLS with the proxy itself comes next.
        trusted: The file of the authorities that are trusted; None for those that come with httpx.
        connected: Seconds until there was a connection, to the proxy if there is one; None if there was none.
        tls: The version of TLS; None without TLS, or if it was not agreed on.
        issuer: Who vouches for Plivo's certificate.
        until: Until when that holds.
        error: Why the way ends before Plivo; None if it doesn't.
    """

    url: str
    proxy: str | None = None
    at_proxy: bool = False
    trusted: str | None = None
    connected: float | None = None
    tls: str | None = None
    issuer: str = ""
    until: str = ""
    error: Exception | None = field(default=None, repr=False)


def of_the_way(way: Way) -> Iterator[Finding]:
    """What to say of it."""
    host = urlsplit(way.url).hostname or way.url
    aim = host if way.proxy is None else f"the proxy {way.proxy}"
    if way.connected is not None:
        slow = way.connected > _SLOW
        directly = ", without a proxy" if way.proxy is None else " (by HTTPS_PROXY, HTTP_PROXY or ALL_PROXY)"
        advice = "a far network, or a name server that is slow" if slow else ""
        yield Finding("warning" if slow else "ok", f"connected to {aim} in {way.connected:.2f} s{directly}", advice)
    if way.error is not None:
        words, advice = _why(way.error, aim, host, way)
        yield Finding("wrong", words, advice)
    elif way.tls is not None:
        by = f"by {way.issuer}" + (f", until {way.until}" if way.until else "")
        trusted = f"trusted by SSL_CERT_FILE or SSL_CERT_DIR ({way.trusted})" if way.trusted else "trusted"
        yield Finding("ok", f"{way.tls}, the certificate of {host} is {trusted}: {by}")
    else:  # which a client takes for this machine only
        yield Finding("ok", "no TLS: this is not Plivo, but something on this machine")


def _why(error: Exception, aim: str, host: str, way: Way) -> tuple[str, str]:
    """What went wrong, and what to do."""
    chain = list(_chain(error))
    peer = aim if way.at_proxy else host
    place = "HTTPS_PROXY" if way.proxy else "PLIVO_BASE_URL or --base-url"
    for one in chain:
        if isinstance(one, ssl.SSLCertVerificationError):
            return (
                f"the certificate of {peer} is not trusted: {one.verify_message}",
                "where a firewall opens TLS, SSL_CERT_FILE names a PEM file that has its authority; see the clock, too",
            )
        if isinstance(one, ssl.SSLError):
            return (
                f"TLS with {peer} failed: {one.reason or one}",
                f"something that speaks no TLS, or only an old one, is on the way: see {place}, and firewalls",
            )
        if isinstance(one, socket.gaierror):
            return (
                f"the name of {aim} can't be looked up: {one.strerror}",
                f"see whether this machine is online, its name server, and the spelling in {place}",
            )
        if isinstance(one, httpx.ProxyError):
            return (
                f"the proxy {way.proxy} does not let us through: {one}",
                "407: put user:password@ into HTTPS_PROXY; else ask who runs it to let this host through",
            )
        if isinstance(one, httpx.TimeoutException | TimeoutError):
            return (
                f"{aim} did not answer in time",
                "a firewall drops packets, or a proxy is needed (HTTPS_PROXY), or it takes longer: --timeout",
            )
        if isinstance(one, ConnectionRefusedError):
            return f"{aim} refuses connections", f"nothing listens there: see the host and the port in {place}"
    last = chain[-1]
    return f"no connection to {aim}: {last}" if str(last) else f"no connection to {aim}: {type(last).__name__}", (
        "see whether this machine is online, and the firewalls on the way"
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        if isinstance(seen, BaseExceptionGroup):
            yield from _chain(seen.exceptions[0])
        seen = seen.__cause__ or seen.__context__


async def walk(url: str, proxy: str | None, trusted: str | None, timeout: float) -> Way:  # noqa: ASYNC109
    """Go as far as it goes, with one request that has no credentials."""
    parts = urlsplit(proxy or "")
    place = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    way = Way(url, place, parts.scheme == "https", trusted)
    began = time.monotonic()

    async def trace(event: str, facts: Mapping[str, Any]) -> None:
        if event.endswith("connect_tcp.complete") and way.connected is None:
            way.connected = time.monotonic() - began
        elif event.endswith("start_tls.complete") and way.at_proxy:
            way.at_proxy = False
        elif event.endswith("start_tls.complete"):
            _read_certificate(way, facts["return_value"].get_extra_info("ssl_object"))

    async with httpx.AsyncClient(verify=shared_context(url), proxy=proxy, trust_env=False, timeout=timeout) as client:
        try:
            await client.head(f"{url}/", extensions={"trace": trace})
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            way.error = error
        except httpx.HTTPError:
            pass  # Plivo was there, and what it makes of such a request doesn't matter
    return way


def _read_certificate(way: Way, connection: ssl.SSLObject) -> None:
    certificate: dict[str, Any] = connection.getpeercert() or {}
    issuer: dict[str, str] = {}
    for part in certificate.get("issuer", ()):
        issuer.update(part)  # pairs of a name and a value, as ssl documents them
    way.tls = connection.version()
    way.issuer = issuer.get("organizationName") or issuer.get("commonName") or "an authority without a name"
    way.until = str(certificate.get("notAfter", ""))
