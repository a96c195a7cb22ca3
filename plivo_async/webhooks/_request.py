"""A request as it came: its headers, its size, its parameters. Pure; looks at no more than it is allowed to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .._errors import MalformedCallbackError, SignatureError
from ._reading import Pairs
from ._signature import MAIN_SIGNATURE, NONCE, SIGNATURE, parsed, split

Text = str | bytes
Headers = Mapping[str, str] | Mapping[bytes, bytes] | Iterable[tuple[Text, Text]]
"""Headers: a mapping, or pairs, of text or bytes. Names in any case, and more than once."""

_LENGTH = 44  # of a signature
_MOST_SIGNATURES = 16
_LONGEST_HEADER = 4096
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a request may be: bytes of its body, characters of its URL, parameters of either."""

    body: int
    params: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request that isn't too large, with its parameters.

    Attributes:
        method: GET or POST.
        path: Its URL, or path, without query.
        query: The parameters of its query.
        params: The fields of its body; a GET has none.
    """

    method: str
    path: str
    query: Pairs
    params: Pairs

    @property
    def told(self) -> Pairs:
        """What Plivo says: the fields of a POST, the query of a GET."""
        return self.params if self.method == "POST" else self.query


def incoming(method: str, url: Text, headers: dict[str, list[str]], body: Text, limits: Limits) -> Incoming:
    """Read a request. What is too large is refused before it is read.

    Raises:
        MalformedCallbackError: It is too large, neither GET nor POST, no form, or not UTF-8.
        TypeError: An argument is of a wrong type.
    """
    verb, address = _text("method", method).upper(), _text("url", url)
    if verb not in ("GET", "POST"):
        raise MalformedCallbackError("the method is neither GET nor POST")
    if not isinstance(body, str | bytes | bytearray | memoryview):
        raise TypeError(f"body must be bytes, as it came, not {type(body).__name__}")
    if len(body) > limits.body or len(address) > limits.body:
        raise MalformedCallbackError(f"it is larger than {limits.body} bytes")
    path, query = split(address)
    fields = _body(body, headers) if verb == "POST" else ""
    if sum(text.count("&") + 1 for text in (query, fields) if text) > limits.params:
        raise MalformedCallbackError(f"it has more than {limits.params} parameters")
    return Incoming(verb, path, parsed(query), parsed(fields))


def _body(body: Text, headers: dict[str, list[str]]) -> str:
    kinds = headers.get("content-type", [])
    if body and kinds and kinds[0].partition(";")[0].strip().lower() != _FORM:
        raise MalformedCallbackError(f"the body is no form: its Content-Type isn't {_FORM}")
    if isinstance(body, str):
        return body
    try:
        return bytes(body).decode()
    except UnicodeDecodeError:
        raise MalformedCallbackError("the body isn't UTF-8") from None


def _text(name: str, value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return value


def by_name(headers: Headers) -> dict[str, list[str]]:
    """The values of headers by their names in lower case; what isn't text is left out.

    Raises:
        TypeError: They are neither a mapping nor pairs.
    """
    found: dict[str, list[str]] = {}
    for pair in headers.items() if isinstance(headers, Mapping) else headers:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise TypeError("headers must be a mapping, or pairs of names and values")
        name, value = (one.decode("latin-1") if isinstance(one, bytes) else one for one in pair)
        if isinstance(name, str) and isinstance(value, str):
            found.setdefault(name.lower(), []).append(value)
    return found


def signatures(headers: dict[str, list[str]]) -> list[str]:
    """What may be a signature.

    Raises:
        SignatureError: There are none, or too many.
    """
    values = [value for name in (SIGNATURE, MAIN_SIGNATURE) for value in headers.get(name.lower(), [])]
    if not values:
        old = "x-plivo-signature-v2" in headers or "x-plivo-signature" in headers
        raise SignatureError(f"it has no {SIGNATURE}" + (", only an older signature, which isn't taken" if old else ""))
    if sum(map(len, values)) > _LONGEST_HEADER:
        raise SignatureError("its signatures are too long")
    found = [part.strip() for value in values for part in value.split(",")]
    kept = list(dict.fromkeys(one for one in found if len(one) == _LENGTH))
    if len(kept) > _MOST_SIGNATURES:
        raise SignatureError(f"it has more than {_MOST_SIGNATURES} signatures")
    return kept


def only_nonce(headers: dict[str, list[str]]) -> str:
    """The nonce.

    Raises:
        SignatureError: There is none, or there are several, or it is too long.
    """
    values = {value.strip() for value in headers.get(NONCE.lower(), [])}
    if len(values) != 1:
        raise SignatureError(f"it has {'more than one' if values else 'no'} {NONCE}")
    nonce = values.pop()
    if not nonce or len(nonce) > _LONGEST_HEADER:
        raise SignatureError(f"its {NONCE} is {'too long' if nonce else 'empty'}")
    return nonce
