"""Where callbacks may go: to this machine, unless more is allowed. Pure."""

import re
import string
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

LOOPBACK = "loopback"
"""Stands for this machine itself: `localhost`, and every address of 127.0.0.0/8 and `::1`."""

ANYWHERE = "*"
"""Stands for every host there is."""

_AS_IT_IS = string.punctuation  # what isn't ASCII is percent-encoded on the wire, and signed as it was written
_ENTRY = re.compile(r"\*|[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?|[0-9A-Fa-f:]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL leads."""

    scheme: str
    host: str
    """In lower case, without brackets."""
    port: int
    target: str
    """Path and query, as on the wire."""
    authority: str
    """Host and port, as they stand in the URL."""
    userinfo: str | None = None


def place_of(url: str) -> Place | None:
    """Where a URL leads; None if it leads nowhere."""
    try:
        return _place(url.partition("#")[0])
    except ValueError:  # no port, no address, or what is no text
        return None


def _place(url: str) -> Place | None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _sendable(url):
        return None
    userinfo, at, authority = parts.netloc.rpartition("@")
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_AS_IT_IS)
    usual = 443 if parts.scheme == "https" else 80
    port = usual if parts.port is None else parts.port
    return Place(parts.scheme, parts.hostname, port, target, authority, userinfo if at else None)


def _sendable(url: str) -> bool:
    return not any(ord(letter) <= 32 or ord(letter) == 127 for letter in url) and urlsplit(url).netloc.isascii()


def checked_hosts(hosts: str | Collection[str]) -> frozenset[str]:
    """What `callbacks_to` names.

    Raises:
        ValueError: Something of it is no host.
    """
    named = [hosts] if isinstance(hosts, str) else list(hosts)
    for one in named:
        if not isinstance(one, str) or not _ENTRY.fullmatch(one):
            raise ValueError(f"callbacks_to: {one!r} is no host, such as 'app', 'app:8000', 'loopback' or '*'")
    return frozenset(one.lower() for one in named)


def may_go(url: str, hosts: frozenset[str]) -> bool:
    """Whether a callback may be sent there."""
    place = place_of(url)
    if place is None:
        return False
    shown = f"[{place.host}]" if ":" in place.host else place.host
    names = {place.host, shown, f"{shown}:{place.port}", ANYWHERE}
    return bool(names & hosts) or (LOOPBACK in hosts and _is_loopback(place.host))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def shown(url: str) -> str:
    """A URL as it may be printed: without credentials, query and fragment, and no number in it whole."""
    place = place_of(url)
    if place is None:
        return "***"
    path = place.target.partition("?")[0]
    more = "?***" if "?" in place.target else ""
    hidden = re.sub(r"(%2[Bb]|\+)?[0-9]{4,}(?=[0-9]{2})", "***", path)
    return f"{place.scheme}://{place.authority}{hidden}{more}"
