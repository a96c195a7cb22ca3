"""Why a signature doesn't fit: for the developer's log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from urllib.parse import quote, unquote

from .._errors import CallbackError, MalformedCallbackError, SignatureError
from ..shown._privacy import masked
from ._reading import Pairs, read
from ._request import Incoming, Limits, Text, incoming, only_nonce, signatures
from ._signature import NONCE, bases, fits, message, parsed, split

_LARGEST = 1 << 14  # characters: callbacks have some 2,000
_LONGEST_HINT = 1000
_FORWARDED = ("x-forwarded-host", "x-original-host", "host")
_ORIGINAL = ("x-original-uri", "x-original-url", "x-forwarded-uri", "x-rewrite-url")
_PREFIXES = ("x-forwarded-prefix", "x-script-name")
_CHECK = """\
No variation of it fits either. What is left:
* The token is another account's: of the {tokens} known, none fits. A subaccount signs with its own.
* Something has changed the body: read, decoded, empty values left out, or written again. Give it as it came.
* The URL at Plivo is another one: its host, its port, its path, or its query, which may have been dropped on the way
  ({query}).
* It isn't Plivo's."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How one part of a request may have been signed, and in words what is other; empty if nothing is."""

    value: str
    other: str = ""


def explained(
    method: str,
    url: Text,
    headers: dict[str, list[str]],
    body: Text,
    tokens: Sequence[str],
    base_url: str | None,
    limits: Limits,
) -> str:
    """What `Receiver.explain` says."""
    try:
        request = incoming(method, url, headers, body, limits)
        given, nonce = signatures(headers), only_nonce(headers)
    except SignatureError as error:
        return f"Not verified: {error.message}. {_without_header(headers)}"
    except MalformedCallbackError as error:
        return f"Not read: {error.message}. It was refused before its signature was looked at."
    if fits(tokens, _texts(request, bases(request.path, base_url)), nonce, given):
        return _about_the_event(request)
    for changes, text in _variations(request, headers, base_url):
        if fits(tokens, [text], nonce, given):
            return f"Not verified, but the signature fits if {' and '.join(changes)}.{_advice(changes)}"
    if lost := _lost_body(request, headers, len(body)):
        return f"Not verified: {lost}"
    query = "this request has one" if request.query else "this request has none"
    return f"Not verified: no signature fits.\n{_CHECK.format(tokens=len(tokens), query=query)}"


def _texts(request: Incoming, known: Sequence[str]) -> list[str]:
    return [message(request.method, one, request.query, request.params) for one in known]


def _without_header(headers: dict[str, list[str]]) -> str:
    if any(name.startswith("x-plivo-signature") for name in headers):
        return f"A signature of version 3 comes in X-Plivo-Signature-V3 or X-Plivo-Signature-Ma-V3, beside {NONCE}."
    return "It has no signature at all: it isn't Plivo's, or a proxy or the framework has taken the headers away."


def _about_the_event(request: Incoming) -> str:
    try:
        read(request.told)
    except CallbackError as error:
        return f"The signature fits, but it is no event: {error.message}."
    return "The signature fits."


def _lost_body(request: Incoming, headers: dict[str, list[str]], length: int) -> str:
    """What to say of a body that isn't there, or isn't what it was."""
    said = next(iter(headers.get("content-length", [])), "")
    declared = int(said) if said.isascii() and said.isdigit() and len(said) < len(str(10**9)) else None
    if request.method != "POST" or declared == length:
        return ""
    if declared is not None:
        return (
            f"the body has {length} bytes, its Content-Length says {declared}. "
            "It was read or changed before: take it as it comes, before a form is made of it."
        )
    return "" if length else "the body is empty: it was read before, or it never had one."


# ---- Variations -----------------------------------------------------------------------------------------------------


def _variations(
    request: Incoming, headers: dict[str, list[str]], base_url: str | None
) -> Iterator[tuple[list[str], str]]:
    """What may have been signed instead, with what is other about it, the least of that first."""
    known = bases(request.path, base_url)
    if len(request.path) + sum(len(name) + len(value) for name, value in request.query + request.params) > _LARGEST:
        return  # some thousand signatures would take seconds
    first = known[0] if known else f"https://nowhere{request.path}"
    scheme, _, rest = first.partition("://")
    host, slash, path = rest.partition("/")
    schemes = [_Way(scheme), *(_Way(one, f"the scheme is {one}") for one in ("https", "http") if one != scheme)]
    parts = (
        schemes,
        list(_hosts(host, headers)),
        list(_paths(slash + path, request.path, headers)),
        _told(request, headers),
    )
    ways = sorted(product(*parts), key=lambda ways: sum(bool(_other(way)) for way in ways))
    for scheme_, host_, path_, (told, other) in ways:
        changes = [word for word in (scheme_.other, host_.other, path_.other, other) if word]
        base = f"{scheme_.value}://{host_.value}{path_.value}"
        yield changes, message(told[0], base, told[1], told[2])


def _other(way: "_Way | tuple[tuple[str, Pairs, Pairs], str]") -> str:
    return way.other if isinstance(way, _Way) else way[1]


def _hints(headers: dict[str, list[str]], names: Sequence[str]) -> list[tuple[str, str]]:
    """What headers say of the way, if they say it once, and shortly."""
    said = [(name, headers[name]) for name in names if name in headers]
    return [(name, values[0]) for name, values in said if len(values) == 1 and len(values[0]) <= _LONGEST_HINT]


def _hosts(host: str, headers: dict[str, list[str]]) -> Iterator[_Way]:
    yield _Way(host)
    bare = host.rpartition("@")[2]
    seen = {host}
    found = [(value.partition(",")[0].strip(), name) for name, value in _hints(headers, _FORWARDED)]
    ports = [*(value for _, value in _hints(headers, ("x-forwarded-port",))), "443", "80"]
    for other, name in [(bare, ""), *found]:
        name_only, colon, port = other.rpartition(":")
        alone = name_only if colon and port.isdigit() else other
        for one in (other, alone, alone.lower(), *(f"{alone}:{number}" for number in ports)):
            if one and one not in seen:
                seen.add(one)
                whose = f", as {name.title()} says" if name else ""
                yield _Way(one, f"the host is {masked(repr(one[:100]))}{whose}")


def _paths(path: str, seen: str, headers: dict[str, list[str]]) -> Iterator[_Way]:
    yield _Way(path)
    without = bases(seen, "https://nowhere")[0].partition("nowhere")[2]
    prefixes = [value.rstrip("/") for _, value in _hints(headers, _PREFIXES)]
    tried = {path}
    for one, words in (
        (
            path.rstrip("/") if path.endswith("/") else f"{path}/",
            "the path ends in a slash, or in none: the other way round",
        ),
        (without, "the path of base_url isn't put before the request's"),
        *((prefix + without, "the prefix that the proxy has taken off the path is put back") for prefix in prefixes),
        (unquote(path), "the path is decoded"),
        (quote(path.encode("utf-8", "surrogatepass"), safe="/%:@!$&'()*+,;=~"), "the path is percent-encoded"),
    ):
        if one not in tried:
            tried.add(one)
            yield _Way(one, words)


def _told(request: Incoming, headers: dict[str, list[str]]) -> "list[tuple[tuple[str, Pairs, Pairs], str]]":
    """Methods, queries and bodies."""
    method, query, params = request.method, request.query, request.params
    other = "GET" if method == "POST" else "POST"
    ways: list[tuple[tuple[str, Pairs, Pairs], str]] = [((method, query, params), "")]
    if query:
        ways.append(((method, (), params), "the URL has no query: something on the way has added it"))
    ways += [
        ((method, kept, params), f"the query is that of {name.title()}: it was dropped on the way")
        for name, value in _hints(headers, _ORIGINAL)
        if (kept := _query(value)) not in ((), query)
    ]
    if params:
        ways.append(((method, query, ()), "there is no body: something on the way has added it"))
        rest = tuple(pair for pair in params if pair not in query)
        ways.append(((method, query, rest), "the body is without the parameters of the query: give it as it came"))
    ways.append(((other, query, params), f"the method is {other}"))
    if query and not params:
        ways.append((("POST", (), query), "it was a POST whose fields have come to stand in the query"))
    return ways


def _query(url: str) -> Pairs:
    try:
        return parsed(split(url)[1])
    except MalformedCallbackError:
        return ()


def _advice(changes: Sequence[str]) -> str:
    if any(word.startswith(("the scheme", "the host", "the prefix")) for word in changes):
        return " Give the Receiver the base_url that the world sees, with scheme, host, port and prefix."
    return ""
