"""From a raw request target to an operation.

The raw path is split at literal slashes, and only then is each segment percent-decoded, once, as UTF-8: `name_a%2Fb` is
the conference "a/b", and `name_a/b` is some other path. Whether Plivo's edge accepts `%2F` is unverified.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal
from urllib.parse import unquote_to_bytes

MPC = "{mpc}"
"""Stands for one segment `name_...` or `uuid_...` in a pattern."""

ROUTES: tuple[tuple[str, str, str], ...] = (
    ("list", "GET", "MultiPartyCall"),
    ("get", "GET", "MultiPartyCall/{mpc}"),
    ("activate", "POST", "MultiPartyCall/{mpc}"),
    ("end", "DELETE", "MultiPartyCall/{mpc}"),
)
"""Every operation: its name, its method and its path below `/v1/Account/{auth_id}/`. Source: Plivo docs."""

OPERATIONS = frozenset(name for name, _, _ in ROUTES)
"""The names of all operations."""

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Reference:
    """Which conference is meant: by friendly name (live ones only) or by UUID."""

    kind: Literal["name", "uuid"]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a request leads: to an operation, or to a refusal."""

    operation: str | None = None
    """A name of `OPERATIONS`; None if the request is refused."""
    auth_id: str | None = None
    """The account in the path; None outside of `/v1/Account/{auth_id}/`."""
    reference: Reference | None = None
    """The conference that is addressed, if the path has one."""
    query: str = ""
    """What follows the question mark, raw."""
    refusal: int | None = None
    """Status of the refusal: 400 undecodable, 404 no such path, 405 no such method there."""
    detail: str = ""
    """Reason of the refusal."""
    allow: tuple[str, ...] = ()
    """With 405: the methods there are."""


def _table() -> MappingProxyType[int, dict[tuple[str, ...], dict[str, str]]]:
    table: dict[int, dict[tuple[str, ...], dict[str, str]]] = {}
    for name, method, path in ROUTES:
        pattern = tuple(path.split("/"))
        table.setdefault(len(pattern), {}).setdefault(pattern, {})[method] = name
    return MappingProxyType(table)


_TABLE = _table()


def route(method: str, target: str) -> Route:
    """Find the operation that a request asks for.

    Args:
        method: As received: methods are case-sensitive.
        target: Path and query exactly as received; one slash at the end of the path may be missing.
    """
    path, _, query = target.partition("?")
    root, *raw = path.split("/")
    if root or raw[:2] != ["v1", "Account"] or len(raw) < 3 or not raw[2]:
        return Route(query=query, refusal=404, detail="not found")
    auth_id = raw[2]
    if raw[-1] == "":
        raw.pop()
    try:
        segments = [_decode(segment) for segment in raw[3:]]
    except UnicodeDecodeError:
        return Route(auth_id=auth_id, query=query, refusal=400, detail="path: not percent-encoded UTF-8")
    for pattern, methods in _TABLE.get(len(segments), {}).items():
        if _fits(pattern, segments):
            return _at(methods, method, auth_id, _reference(pattern, segments), query)
    return Route(auth_id=auth_id, query=query, refusal=404, detail="not found")


def _at(methods: dict[str, str], method: str, auth_id: str, reference: Reference | None, query: str) -> Route:
    operation = methods.get(method)
    if operation is not None:
        return Route(operation=operation, auth_id=auth_id, reference=reference, query=query)
    allow = tuple(sorted(methods))
    return Route(
        auth_id=auth_id, reference=reference, query=query, refusal=405, detail="method not allowed", allow=allow
    )


def _decode(segment: str) -> str:
    if "%" not in segment:
        return segment
    if _BAD_ESCAPE.search(segment):
        raise UnicodeDecodeError("utf-8", segment.encode("latin-1"), 0, 1, "malformed percent-encoding")
    return unquote_to_bytes(segment).decode("utf-8")


def _fits(pattern: tuple[str, ...], segments: list[str]) -> bool:
    return all(
        part == segment or (part == MPC and _referenced(segment) is not None)
        for part, segment in zip(pattern, segments, strict=True)
    )


def _reference(pattern: tuple[str, ...], segments: list[str]) -> Reference | None:
    return _referenced(segments[pattern.index(MPC)]) if MPC in pattern else None


def _referenced(segment: str) -> Reference | None:
    if segment.startswith("name_") and len(segment) > 5:
        return Reference("name", segment[5:])
    if segment.startswith("uuid_") and len(segment) > 5:
        return Reference("uuid", segment[5:].lower())
    return None  # an id without a prefix: unverified, so it is no conference
