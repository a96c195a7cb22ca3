"""What goes out, byte for byte, and what comes back. Pure."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from ._destinations import place_of
from ._tuning import Tuning

MOST_XML = 100 * 1024
"""Bytes of XML, at most. Source: Plivo's texts for coding agents. No more than that is read of any answer."""

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRequest:
    """One callback as it is sent; what `Emulator(deliver=…)` is given. Its `repr` tells no parameter."""

    method: str
    """`GET` or `POST`."""
    url: str
    """In full, without a fragment; of a GET with the parameters in its query."""
    headers: tuple[tuple[str, str], ...]
    """The signatures among them."""
    body: bytes

    def __repr__(self) -> str:
        return f"<CallbackRequest {self.method}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAnswer:
    """What a callback was answered with."""

    status: int = 200
    body: bytes = b""
    """What was read of it: no more than 100 KB and a byte."""
    content_type: str | None = None


Deliver = Callable[[CallbackRequest], Awaitable[CallbackAnswer | None]]
"""Takes a callback in place of a server; None stands for a 200 without a body."""


class NotAnsweredError(Exception):
    """There was no answer."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind = kind
        """`ct`: there was no connection; `rt`: there was one, and it failed."""
        self.why = why


class Carrier(Protocol):
    """How a callback gets to its receiver."""

    async def carry(self, letter: CallbackRequest, tuning: Tuning) -> CallbackAnswer:
        """Send it, and wait for what comes back.

        Raises:
            NotAnsweredError: Nothing came back.
        """
        ...


def with_query(url: str, params: Mapping[str, str]) -> str:
    """The URL of a GET, without its fragment: the parameters behind whatever query it has."""
    address = url.partition("#")[0]
    if not params:
        return address
    joint = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode(params)}"


def sendable(params: Mapping[str, str]) -> dict[str, str]:
    """What is told, as it can be sent: what is no text (a lone surrogate) becomes a question mark."""
    return {key: value.encode("utf-8", "replace").decode() for key, value in params.items()}


def letter(
    url: str, method: str, params: Mapping[str, str], signatures: Callable[[str], list[tuple[str, str]]]
) -> CallbackRequest:
    """One callback, signed.

    Args:
        url: As it is configured.
        method: `GET` or `POST`.
        params: What is told.
        signatures: Makes the headers that sign it, of its URL.
    """
    target = with_query(url, params) if method == "GET" else url.partition("#")[0]
    body = b"" if method == "GET" else urlencode(params).encode()
    headers = [("User-Agent", "plivo-emulator"), ("Accept", "*/*")]
    if method != "GET":
        headers += [("Content-Type", FORM), ("Content-Length", str(len(body)))]
    place = place_of(url)
    if place is not None and place.userinfo is not None:
        headers.append(("Authorization", "Basic " + base64.b64encode(place.userinfo.encode()).decode()))
    return CallbackRequest(method=method, url=target, headers=(*headers, *signatures(target)), body=body)
