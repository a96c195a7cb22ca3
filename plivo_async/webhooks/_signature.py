"""Plivo's signature, version 3: what is signed, with which URL, and how. Pure.

What is signed is the URL as it is configured at Plivo without fragment, its query decoded and sorted, the fields of the
body sorted and run together, and a nonce:

    GET    https://example.com/cb?a=1&b=2.NONCE
    POST   https://example.com/cb?a=1&b=2.EventNameParticipantJoinMemberID355.NONCE
    POST   https://example.com/cb?EventNameParticipantJoinMemberID355.NONCE          (no query)

Names and values run together without a mark between them, and so do fields: whoever has seen a request can shift the
border between a name and its value, and the signature still fits. That is Plivo's design; TLS keeps others from seeing.

Source: Plivo docs, "Signature validation"; its SDKs, and four signatures of its servers in them.
"""

import hashlib
import hmac
import re
import secrets
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import unquote

from .._errors import MalformedCallbackError, invalid
from ._reading import Pairs, Parameters, pairs

SIGNATURE = "X-Plivo-Signature-V3"
MAIN_SIGNATURE = "X-Plivo-Signature-Ma-V3"
NONCE = "X-Plivo-Signature-V3-Nonce"
_ABSOLUTE = re.compile(r"(https?://[^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_DIGITS_OF_A_NONCE = 20


def sign(method: str, url: str, params: Parameters = (), *, token: str, nonce: str | None = None) -> dict[str, str]:
    """The headers with which Plivo would send a callback: for tests of your own service.

    Args:
        method: GET or POST.
        url: The whole URL, as it is configured at Plivo, with its query.
        params: The fields of the body; of a GET, what the query doesn't have already.
        token: The Auth Token.
        nonce: Any text; None for a new one.

    Raises:
        InvalidArgumentError: The method is neither GET nor POST.
        MalformedCallbackError: The parameters are no pairs of text, or the query isn't UTF-8.
    """
    if method.upper() not in ("GET", "POST"):
        raise invalid("method", "must be GET or POST")
    nonce = nonce or "".join(secrets.choice("0123456789") for _ in range(_DIGITS_OF_A_NONCE))
    path, query = split(url)
    text = message(method, path, parsed(query), pairs(params))
    found = signature(token, text, nonce)
    return {SIGNATURE: found, MAIN_SIGNATURE: found, NONCE: nonce}


def message(method: str, base: str, query: Pairs, params: Pairs) -> str:
    """What is signed, but for the nonce.

    Args:
        method: GET or POST, in any case.
        base: The URL without query.
        query: Its query.
        params: The fields of the body; of a GET, what is to be added to the query.
    """
    if method.upper() == "GET":
        names = {name for name, _ in query}
        query, params = (*query, *(pair for pair in params if pair[0] not in names)), ()
    asked = "&".join(f"{name}={value}" for name, value in sorted(query))
    told = "".join(f"{name}{value}" for name, value in sorted(params))
    if not params:
        return f"{base}?{asked}" if asked else base
    return f"{base}?{asked}.{told}" if asked else f"{base}?{told}"


def signature(token: str, text: str, nonce: str) -> str:
    """The signature of a message, in base64."""
    signed = f"{text}.{nonce}".encode("utf-8", "surrogatepass")
    return b64encode(hmac.digest(token.encode(), signed, hashlib.sha256)).decode("ascii")


def fits(tokens: Iterable[str], texts: Iterable[str], nonce: str, given: Iterable[str]) -> bool:
    """Whether any signature that was given is one of any of the messages with any of the tokens.

    Takes as long for the first as for the last: all are made, and all are compared, each in constant time.
    """
    right = [signature(token, text, nonce).encode() for token in tokens for text in texts]
    found = False
    for one in given:
        told = one.encode("utf-8", "surrogatepass")
        for expected in right:
            found |= hmac.compare_digest(told, expected)
    return found


def split(url: str) -> tuple[str, str]:
    """A URL as it is written, in two: what stands before its query, and the query; the fragment is dropped."""
    path, _, query = url.partition("#")[0].partition("?")
    return path, query


def parsed(text: str) -> Pairs:
    """The pairs of a query or of a form: decoded, with blank values, in their order.

    Raises:
        MalformedCallbackError: It isn't UTF-8.
    """
    try:
        return tuple(_pair(part) for part in text.split("&") if part)
    except UnicodeDecodeError:
        raise MalformedCallbackError("a parameter isn't UTF-8") from None


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.replace("+", " ").partition("=")
    return unquote(name, errors="strict"), unquote(value, errors="strict")


def bases(path: str, base_url: str | None) -> tuple[str, ...]:
    """The URLs, without query, that may have been configured at Plivo for a request that was seen as `path`.

    With a public base URL, that takes the place of scheme and host; a path of its own is put before the request's,
    unless it's there already. A request for "/" may have been configured without. Path parameters (`/cb;v=1`) are
    signed by some and dropped by others. A user in the base URL may be signed or not (unverified).

    Args:
        path: The URL without query, or its path alone.
        base_url: The public base URL, if one is known.
    """
    seen = _ABSOLUTE.fullmatch(path)
    if seen is None and base_url is None:
        return ()
    public = _ABSOLUTE.fullmatch((base_url or path).rstrip("/"))
    origin, prefix = (public[1], public[2] if base_url else "") if public else ("", "")
    path = seen[2] if seen else path
    paths = [prefix + path]
    if prefix and f"{path}/".startswith(f"{prefix}/"):
        paths.append(path)
    paths += [one.removesuffix("/") for one in paths if one in ("/", f"{prefix}/")]
    paths += [_without_parameters(one) for one in paths]
    origins = (origin, _without_user(origin))
    return tuple(dict.fromkeys(one + path for one in origins for path in paths))


def _without_user(origin: str) -> str:
    scheme, _, host = origin.partition("://")
    return f"{scheme}://{host.rpartition('@')[2]}"


def _without_parameters(path: str) -> str:
    head, slash, last = path.rpartition("/")
    return head + slash + last.partition(";")[0]
