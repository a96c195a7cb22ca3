"""Where Plivo sends the result of an operation that is carried out later."""

from dataclasses import dataclass

from ._checks import given_method
from ._checks import url as checked_url


@dataclass(frozen=True, slots=True)
class Callback:
    """Where the result goes.

    Attributes:
        url: The URL that Plivo requests with the result.
        method: How, "GET" or "POST"; None leaves it to Plivo, which documents POST.
    """

    url: str
    method: str | None = None


def callback(url: object, method: object) -> Callback | None:
    """Read `callback_url` and `callback_method`; None if neither is given.

    Source: Plivo docs, "Asynchronous requests".

    Raises:
        InvalidArgumentError, TypeError: The URL is no http:// or https:// URL, the method is neither "GET" nor "POST",
            or there is a method without a URL.
    """
    if url is None:
        given_method("callback_method", method, needs="callback_url", there=False)
        return None
    return Callback(
        checked_url("callback_url", url), given_method("callback_method", method, needs="callback_url", there=True)
    )


def callback_arguments(callback: Callback | None) -> dict[str, object]:
    """What it adds to the arguments of an operation: to its body, or to the query of a GET."""
    return {} if callback is None else {"callback_url": callback.url, "callback_method": callback.method}
