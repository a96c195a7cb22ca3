"""Signatures of callbacks: `X-Plivo-Signature-V3` and its kin. Pure.

Source: Plivo docs and its SDKs, which reproduce what Plivo's servers have signed. Written apart from the client's.

    message    GET   base?Q                Q: k=v pairs of the query, decoded, sorted by key and then value, joined by &
               POST  base?Q.P, base?P      P: kv pairs of the body, sorted likewise, joined by nothing
    signed     message.nonce               base64 of HMAC-SHA256 under the token
"""

import base64
import hmac
from collections.abc import Iterable, Sequence
from typing import Literal
from urllib.parse import parse_qsl

Pairs = Iterable[tuple[str, str]]

Paths = Literal["dropped", "kept"]
"""What becomes of path parameters (`/cb;v=1`) in what is signed: the Python SDK drops them, six others keep them."""


def message(method: str, url: str, pairs: Pairs = (), *, path_parameters: Paths = "dropped") -> str:
    """What is signed, but for the nonce.

    Args:
        method: `GET` or `POST`.
        url: As it is configured, in full; its fragment counts for nothing. Of a GET with its parameters in the query.
        pairs: Parameters of the body.
        path_parameters: What becomes of these.
    """
    base, query = _parts(url, path_parameters)
    asked = "&".join(f"{key}={value}" for key, value in sorted(parse_qsl(query, keep_blank_values=True)))
    told = "" if method == "GET" else "".join(f"{key}{value}" for key, value in sorted(pairs))
    if told:
        return f"{base}?{asked}.{told}" if asked else f"{base}?{told}"
    return f"{base}?{asked}" if asked else base


def _parts(url: str, path_parameters: Paths) -> tuple[str, str]:
    address, _, query = url.partition("#")[0].partition("?")
    head, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    if path_parameters == "dropped":  # those of the last segment, as Python's `urlparse` does
        before, cut, last = path.rpartition("/")
        path = before + cut + last.partition(";")[0]
    return f"{head.lower()}://{host}{slash}{path}", query


def signature(token: str, text: str) -> str:
    """44 characters for one token."""
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha256")).decode()


def signatures(
    method: str,
    url: str,
    pairs: Pairs,
    nonce: str,
    *,
    tokens: Sequence[str],
    main_tokens: Sequence[str],
    path_parameters: Paths = "dropped",
    v2: bool = True,
) -> list[tuple[str, str]]:
    """The headers that say who has sent it.

    Args:
        method: `GET` or `POST`.
        url: As for `message`.
        pairs: Likewise.
        nonce: Of this request.
        tokens: Of the account, or subaccount, that it belongs to; a signature for each.
        main_tokens: Of the main account, likewise.
        path_parameters: As for `message`.
        v2: Whether the older signatures are sent as well, as the documents say.
    """
    text = f"{message(method, url, pairs, path_parameters=path_parameters)}.{nonce}"
    headers = [
        ("X-Plivo-Signature-V3-Nonce", nonce),
        ("X-Plivo-Signature-V3", ",".join(signature(token, text) for token in tokens)),
        ("X-Plivo-Signature-Ma-V3", ",".join(signature(token, text) for token in main_tokens)),
    ]
    if v2:
        older = _parts(url, path_parameters)[0] + nonce
        headers += [
            ("X-Plivo-Signature-V2-Nonce", nonce),
            ("X-Plivo-Signature-V2", signature(tokens[0], older)),
            ("X-Plivo-Signature-Ma-V2", signature(main_tokens[0], older)),
        ]
    return headers
