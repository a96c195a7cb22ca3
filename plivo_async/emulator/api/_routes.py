"""From a raw request target to an operation.

The raw path is split at literal slashes, and only then is each segment percent-decoded, once, as UTF-8: `name_a%2Fb` is
the conference "a/b", and `name_a/b` is some other path. Whether Plivo's edge accepts `%2F` is unverified.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal
from urllib.parse import unquote_to_bytes

MPC = "{mpc}"
"""Stands for one segment `name_...` or `uuid_...` in a pattern."""

MEMBER = "{member}"
"""Stands for one segment that says which participants: an id, ids with commas, or `all`."""

ITEM = "{item}"
"""Stands for one segment that is an id or a number."""

MEDIA = "{media}"
"""Stands for one segment that is the name of a media file."""

_CONFERENCE = f"MultiPartyCall/{MPC}"
_PARTICIPANT = f"{_CONFERENCE}/Participant/{MEMBER}"
_MEMBER = f"{_CONFERENCE}/Member/{MEMBER}"

_CALL = f"Call/{ITEM}"

MPC_ROUTES: tuple[tuple[str, str, str], ...] = (
    ("list", "GET", "MultiPartyCall"),
    ("get", "GET", _CONFERENCE),
    ("activate", "POST", _CONFERENCE),
    ("end", "DELETE", _CONFERENCE),
    ("add-participant", "POST", f"{_CONFERENCE}/Participant"),
    ("list-participants", "GET", f"{_CONFERENCE}/Participant"),
    ("get-participant", "GET", _PARTICIPANT),
    ("update-participant", "POST", _PARTICIPANT),
    ("kick", "DELETE", _PARTICIPANT),
    ("start-recording", "POST", f"{_CONFERENCE}/Record"),
    ("stop-recording", "DELETE", f"{_CONFERENCE}/Record"),
    ("pause-recording", "POST", f"{_CONFERENCE}/Record/Pause"),
    ("resume-recording", "POST", f"{_CONFERENCE}/Record/Resume"),
    ("start-participant-recording", "POST", f"{_PARTICIPANT}/Record"),
    ("stop-participant-recording", "DELETE", f"{_PARTICIPANT}/Record"),
    ("pause-participant-recording", "POST", f"{_PARTICIPANT}/Record/Pause"),
    ("resume-participant-recording", "POST", f"{_PARTICIPANT}/Record/Resume"),
    ("play", "POST", f"{_MEMBER}/Play"),
    ("stop-play", "DELETE", f"{_MEMBER}/Play"),
    ("speak", "POST", f"{_MEMBER}/Speak"),
    ("stop-speak", "DELETE", f"{_MEMBER}/Speak"),
)
"""Every operation on conferences: its name, its method and its path below `/v1/Account/{auth_id}/`. Source: Plivo docs;
the last two are in its Go SDK only."""

VOICE_ROUTES: tuple[tuple[str, str, str], ...] = (
    ("list-calls", "GET", "Call"),
    ("make-call", "POST", "Call"),
    ("hang-up-all", "DELETE", "Call"),
    ("get-call", "GET", _CALL),
    ("transfer-call", "POST", _CALL),
    ("hang-up", "DELETE", _CALL),
    ("start-call-recording", "POST", f"{_CALL}/Record"),
    ("stop-call-recording", "DELETE", f"{_CALL}/Record"),
    ("play-to-call", "POST", f"{_CALL}/Play"),
    ("stop-play-to-call", "DELETE", f"{_CALL}/Play"),
    ("speak-to-call", "POST", f"{_CALL}/Speak"),
    ("stop-speak-to-call", "DELETE", f"{_CALL}/Speak"),
    ("send-digits", "POST", f"{_CALL}/DTMF"),
    ("cancel-request", "DELETE", f"Request/{ITEM}"),
    ("list-recordings", "GET", "Recording"),
    ("get-media", "GET", f"Recording/{MEDIA}"),
    ("get-recording", "GET", f"Recording/{ITEM}"),
    ("delete-recording", "DELETE", f"Recording/{ITEM}"),
    ("get-account", "GET", ""),
    ("update-account", "POST", ""),
    ("list-subaccounts", "GET", "Subaccount"),
    ("create-subaccount", "POST", "Subaccount"),
    ("get-subaccount", "GET", f"Subaccount/{ITEM}"),
    ("update-subaccount", "POST", f"Subaccount/{ITEM}"),
    ("delete-subaccount", "DELETE", f"Subaccount/{ITEM}"),
    ("list-applications", "GET", "Application"),
    ("create-application", "POST", "Application"),
    ("get-application", "GET", f"Application/{ITEM}"),
    ("update-application", "POST", f"Application/{ITEM}"),
    ("delete-application", "DELETE", f"Application/{ITEM}"),
    ("list-numbers", "GET", "Number"),
    ("get-number", "GET", f"Number/{ITEM}"),
    ("update-number", "POST", f"Number/{ITEM}"),
    ("give-up-number", "DELETE", f"Number/{ITEM}"),
)
"""The same for calls, recordings and the account. `list-calls` and `get-call` are those of live, queued and finished
ones alike: the query says which. Source: Plivo docs, and its SDKs."""

ROUTES = MPC_ROUTES + VOICE_ROUTES
"""All of them."""

RINGS = frozenset({"add-participant", "make-call"})
"""The operations that ring phones."""

OPERATIONS = frozenset(name for name, _, _ in ROUTES)
"""The names of all operations."""

ALIASES = tuple(
    (name, method, path.replace("/Member/", "/Participant/")) for name, method, path in MPC_ROUTES if "/Member/" in path
)
"""Play and Speak under the path of the participants, as one might expect them. Off by default: unverified."""

_ORIGIN = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
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
    member: str | None = None
    """Which participants are addressed, decoded, if the path says so."""
    item: str | None = None
    """The id, number or file that is addressed below anything but a conference, decoded, if the path says so."""
    query: str = ""
    """What follows the question mark, raw."""
    refusal: int | None = None
    """Status of the refusal: 400 undecodable, 404 no such path, 405 no such method there."""
    detail: str = ""
    """Reason of the refusal."""
    allow: tuple[str, ...] = ()
    """With 405: the methods there are."""


_Table = Mapping[int, Mapping[tuple[str, ...], Mapping[str, str]]]


def _table(routes: Iterable[tuple[str, str, str]]) -> _Table:
    table: dict[int, dict[tuple[str, ...], dict[str, str]]] = {}
    for name, method, path in routes:
        pattern = tuple(path.split("/")) if path else ()
        table.setdefault(len(pattern), {}).setdefault(pattern, {})[method] = name
    return MappingProxyType(table)


_TABLE = _table(ROUTES)
_TABLE_WITH_ALIASES = _table(ROUTES + ALIASES)


def route(method: str, target: str, *, aliases: bool = False, encoded_slash_divides: bool = False) -> Route:
    """Find the operation that a request asks for.

    Args:
        method: As received: methods are case-sensitive. HEAD leads where GET does.
        target: Path and query exactly as received, or a whole URL, as proxies are sent it; one slash at the end of the
            path may be missing.
        aliases: Whether `ALIASES` lead somewhere.
        encoded_slash_divides: Whether `%2F` is what a slash is.
    """
    path, _, query = target[_origin(target) :].partition("?")
    if encoded_slash_divides:
        path = path.replace("%2F", "/").replace("%2f", "/")
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
    segments = _resolved(segments)
    table = _TABLE_WITH_ALIASES if aliases else _TABLE
    for pattern, methods in table.get(len(segments), {}).items():
        if _fits(pattern, segments):
            return _at(methods, method, auth_id, pattern, segments, query)
    return Route(auth_id=auth_id, query=query, refusal=404, detail="not found")


def _resolved(segments: list[str]) -> list[str]:
    """Without empty segments, `.` and `..`, as gateways resolve them (inferred): what is meant for a call without an id
    is done to all calls. Not below a conference, where names are: there such a path leads nowhere.
    """
    if segments[:1] == ["MultiPartyCall"]:
        return segments
    found: list[str] = []
    for segment in segments:
        if segment == "..":
            del found[-1:]
        elif segment not in ("", "."):
            found.append(segment)
    return found


def _origin(target: str) -> int:
    """How long scheme and authority are, in front of the path."""
    found = _ORIGIN.match(target)
    return found.end() if found is not None else 0


def _at(
    methods: Mapping[str, str], method: str, auth_id: str, pattern: tuple[str, ...], segments: list[str], query: str
) -> Route:
    operation = methods.get("GET" if method == "HEAD" else method)
    allow = {*methods, "HEAD"} if "GET" in methods else {*methods}
    return Route(
        operation=operation,
        auth_id=auth_id,
        reference=_referenced(segments[pattern.index(MPC)]) if MPC in pattern else None,
        member=segments[pattern.index(MEMBER)] if MEMBER in pattern else None,
        item=next((one for part, one in zip(pattern, segments, strict=True) if part in (ITEM, MEDIA)), None),
        query=query,
        refusal=None if operation is not None else 405,
        detail="" if operation is not None else "method not allowed",
        allow=() if operation is not None else tuple(sorted(allow)),
    )


def _decode(segment: str) -> str:
    if "%" not in segment:
        return segment
    if _BAD_ESCAPE.search(segment):
        raise UnicodeDecodeError("utf-8", segment.encode("latin-1"), 0, 1, "malformed percent-encoding")
    return unquote_to_bytes(segment).decode("utf-8")


def _fits(pattern: tuple[str, ...], segments: list[str]) -> bool:
    return all(_stands_for(part, segment) for part, segment in zip(pattern, segments, strict=True))


def _stands_for(part: str, segment: str) -> bool:
    match part:
        case "{member}" | "{item}":
            return segment != ""
        case "{mpc}":
            return _referenced(segment) is not None
        case "{media}":
            return segment.endswith((".mp3", ".wav"))
    return part == segment


def _referenced(segment: str) -> Reference | None:
    if segment.startswith("name_") and len(segment) > 5:
        return Reference("name", segment[5:])
    if segment.startswith("uuid_") and len(segment) > 5:
        return Reference("uuid", segment[5:].lower())
    return None  # an id without a prefix: unverified, so it is no conference
