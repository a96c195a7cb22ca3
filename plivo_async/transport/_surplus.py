"""Bytes behind the end of an answer, which would be taken for the answer to the next request.

HTTP/1.1 has no other way to tell which answer belongs to which request than their order. So a connection on which
anything is left, wherever it waits, has had its last request. What comes while it is idle httpcore sees itself, in the
socket. Nothing can see what comes later still; that is why an answer that has no body, and may be followed by one
(a HEAD's, a 204 that announces one), is the last one as well.

httpcore and anyio don't show what they hold, so this looks inside. Where it doesn't find its way, the connection is not
used again: slow, and never wrong. A test over real sockets holds that it does.
"""

from typing import Any

import httpx

_INWARD = ("_stream", "_httpcore_stream", "_connection", "transport_stream")


def may_be_followed(response: httpx.Response, method: str) -> bool:
    """Whether something may follow an answer although it is over: no HTTP client reads a body there."""
    length = response.headers.get("Content-Length", "0")
    announced = length != "0" or "Transfer-Encoding" in response.headers
    return method == "HEAD" or (response.status_code in {204, 304} and announced)


def has_surplus(stream: object, network: object) -> bool:
    """Whether anything is left behind an answer that has been read to its end over httpcore.

    Args:
        stream: The answer's stream.
        network: What it came from, the extension `network_stream`; None if that isn't httpcore.
    """
    if network is None:
        return False
    connection = _find(stream, "_h11_state")
    return connection is None or bool(connection._h11_state.trailing_data[0]) or _buffered(network)


def _find(outer: Any, attribute: str) -> Any:
    """The object that has an attribute, from the outside to the inside."""
    while outer is not None and not hasattr(outer, attribute):
        outer = next((inner for name in _INWARD if (inner := getattr(outer, name, None)) is not None), None)
    return outer


def _buffered(stream: Any) -> bool:
    """Whether bytes wait between the socket and httpcore: in anyio's queue, or not yet decrypted."""
    while stream is not None:
        tls = getattr(stream, "_ssl_object", None)
        incoming = getattr(stream, "_read_bio", None) or getattr(stream, "_incoming", None)  # anyio's, trio's
        queue = getattr(getattr(stream, "_protocol", None), "read_queue", None)
        if (tls is not None and tls.pending()) or getattr(incoming, "pending", 0) or queue:
            return True
        stream = getattr(stream, "_stream", None) or getattr(stream, "transport_stream", None)
    return False
