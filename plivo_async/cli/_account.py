"""What the commands that talk to an account have in common: the client, the file of names."""

import os
import platform
import ssl
import sys
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from .. import AsyncClient, InvalidArgumentError, Observer, RateLimit, RetryPolicy
from .._version import __version__
from ..shown._privacy import masked_account
from .input._entries import STDIN, Entry, InputError, read_entries, read_source
from .input._options import Rate
from .screen._console import err, fail, say
from .screen._words import in_terms_of_the_command

VARIABLES = ("PLIVO_AUTH_ID", "PLIVO_AUTH_TOKEN")
REFUSED = f"Plivo refused the credentials (401); check {' and '.join(VARIABLES)}"


def open_client(
    base_url: str,
    timeout: float,
    max_attempts: int,
    rate: Rate | None,
    shared: str | None = None,
    observer: Observer | None = None,
) -> AsyncClient:
    """A client with the credentials of the environment; ends the program if there are none, or something is wrong."""
    for variable in VARIABLES:
        if not os.environ.get(variable):
            fail(f"{variable} is not set. Export PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN; the Plivo console shows both")
    _check_certificates()
    retry = RetryPolicy(max_attempts=max_attempts)
    try:
        return AsyncClient(
            base_url=base_url,
            timeout=timeout,
            retry=retry,
            rate_limit=rate_limit(rate, shared),
            proxy=proxy_for(base_url),
            observer=observer,
        )
    except (ValueError, ImportError) as error:
        if isinstance(error, InvalidArgumentError) and error.argument == "proxy":
            fail("the proxy that HTTPS_PROXY names can't be used; write it as in http://proxy.example:3128")
        fail(in_terms_of_the_command(str(error)))


def _check_certificates() -> None:
    """End the program if the file that is to be trusted can't be."""
    path = os.environ.get("SSL_CERT_FILE")
    if path:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except OSError as error:
            reason = "it holds no certificates" if isinstance(error, ssl.SSLError) else error.strerror or error
            fail(f"SSL_CERT_FILE names {path}, which can't be used: {reason}; name a PEM file, or unset it")


def proxy_for(url: str) -> str | None:
    """The proxy that the environment has for a URL: `HTTPS_PROXY`, `ALL_PROXY`, but for hosts in `NO_PROXY`."""
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def rate_limit(rate: Rate | None, shared: str | None = None) -> RateLimit | None:
    """The limit as the library has it."""
    return None if rate is None else RateLimit(*rate, shared=shared or None)


def facts_of(base_url: str, rate: Rate | None, journal: Path | None, file: str) -> dict[str, str]:
    """What a page says of a run, a line each; no credential."""
    return {
        "Account": masked_account(os.environ.get("PLIVO_AUTH_ID", "")),
        "Plivo": base_url,
        "Run on": f"{platform.node()}, process {os.getpid()}",
        "Version": f"plivo-async {__version__}, Python {platform.python_version()}",
        "Input": file,
        "Limit": "none" if rate is None else f"{rate[0]} per {rate[1]:g} s",
        "Journal": "none" if journal is None else str(journal),
    }


def entries_of(file: str, column: str | None, header: bool | None, uuid: bool) -> list[Entry]:
    """The conferences in a file; ends the program if it can't be used."""
    if file == STDIN and sys.stdin is not None and sys.stdin.isatty():
        say(err(), "Type names, one per line; Ctrl-D (on Windows Ctrl-Z and Enter) ends the list.")
    try:
        data, label = read_source(file)
        return read_entries(data, label, column=column, header=header, uuid=uuid)
    except InputError as error:
        fail(str(error))


def is_same_file(one: str, other: Path) -> bool:
    """Whether two paths lead to the same file, which then would be overwritten by what it was read for."""
    try:
        return one != STDIN and os.path.samefile(one, other)
    except OSError:
        return False
