"""Plivo's asynchronous form of a request: it is carried out later, and its result sent to a URL."""

import json
from dataclasses import dataclass, replace

from ._checks import given_method
from ._checks import url as checked_url
from ._encoding import body, query
from ._messages import Request


@dataclass(frozen=True, slots=True)
class Callback:
    """Where the result goes.

    Attributes:
        url: The URL that Plivo requests with the result.
        method: How, "GET" or "POST"; None leaves it to Plivo, which documents POST.
    """

    url: str
    method: str | None = None


def callback(url: object, method: object) -> Callback:
    """Read where a result goes.

    Source: Plivo docs, "Asynchronous requests".

    Raises:
        InvalidArgumentError, TypeError: The URL is no http:// or https:// URL; the method is neither GET nor POST.
    """
    return Callback(checked_url("callback_url", url), given_method("method", method, needs="callback_url", there=True))


def deferred(request: Request, callback: Callback) -> Request:
    """The same request in its asynchronous form: with two arguments more, in its body, or in the query of a GET."""
    more = {"callback_url": callback.url, "callback_method": callback.method}
    if request.method == "GET":
        asked = "&".join(filter(None, [request.query, query(more, f"{request.path}{request.query}&")]))
        return replace(request, query=asked)
    return replace(request, body=body({**json.loads(request.body or b"{}"), **more}))
