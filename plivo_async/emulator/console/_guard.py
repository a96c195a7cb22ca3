"""Who may come in. The console needs no credentials, so a page of somebody else must not be able to reach it. Pure.

* `Host` is an address in numbers, `localhost`, or a name that was allowed: a name that somebody lets lead here
  (DNS rebinding) is none of them.
* `Origin`, if there is one, is this very host; what `Sec-Fetch-Site` says comes from here, or is a visit.
* Who changes something sends JSON, and says so: forms of other sites can't.
"""

import re
from collections.abc import Collection
from ipaddress import ip_address

from .._aside import Aside
from ..api._answers import Answer, Headers, json_answer

_HOST = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?P<port>:[0-9]{1,5})?")
_NAME = re.compile(r"[A-Za-z0-9._-]+")

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

SAFE: Headers = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
"""What every answer of the console says to browsers."""


def checked_names(hosts: Collection[str]) -> frozenset[str]:
    """Host names as they are compared.

    Raises:
        ValueError: One of them is none.
    """
    named = [hosts] if isinstance(hosts, str) else list(hosts)
    for one in named:
        if not isinstance(one, str) or not _NAME.fullmatch(one):
            raise ValueError(f"console: {one!r} is no host name, such as 'emulator'; a port is not part of it")
    return frozenset(one.lower() for one in named)


def refused(aside: Aside, names: frozenset[str]) -> Answer | None:
    """The answer to somebody who may not come in; None for who may."""
    host = aside.headers.get("host", "")
    if not _is_ours(host, names):
        return _no(421, f"host: {host!r} is none of this emulator's; start it with --console {_named(host)} if it is")
    origin = aside.headers.get("origin")
    if origin is not None and origin.lower() != f"http://{host}".lower():
        return _no(403, "origin: pages of other sites may not use the console")
    if aside.headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not _is_visit(aside):
        return _no(403, "sec-fetch-site: pages of other sites may not use the console")
    if aside.method == "POST" and _kind(aside) != "application/json":
        return _no(415, "content-type: application/json is the only one")
    return None


def _no(status: int, why: str) -> Answer:
    return json_answer(status, {"error": why})


def _named(host: str) -> str:
    found = _HOST.fullmatch(host)
    return found["name"] if found is not None and found["name"] else "NAME"


def _is_ours(host: str, names: frozenset[str]) -> bool:
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = (found["six"] or found["name"]).lower()
    if name == "localhost" or name in names:
        return True
    try:
        return bool(ip_address(name))
    except ValueError:
        return False


def _is_visit(aside: Aside) -> bool:
    """Somebody has followed a link to the page itself."""
    return aside.method == "GET" and aside.headers.get("sec-fetch-mode") == "navigate"


def _kind(aside: Aside) -> str:
    return aside.headers.get("content-type", "").partition(";")[0].strip().lower()
