"""What is said of values that are to be httpx's, and are of a package that resembles it."""

import httpx


def check_http_client(given: object) -> None:
    """Check what is to be used in place of the client's own.

    Raises:
        TypeError: It is no `httpx.AsyncClient`; the message says what becomes one.
    """
    if given is None or isinstance(given, httpx.AsyncClient):
        return
    other = kind(given)
    if other.startswith("httpx2.") and httpx.__name__ != "httpx2":
        way = "make an httpx.AsyncClient for it, or call httpx2.alias_httpx() before anything imports httpx"
    elif isinstance(given, httpx.BaseTransport | httpx.AsyncBaseTransport):
        way = "httpx.AsyncClient(transport=…) is one"
    else:
        way = "make one, and close it yourself"
    raise TypeError(f"http_client must be an httpx.AsyncClient, not {other}: {way}")


def kind(value: object) -> str:
    """Of which class it is, as `httpx2.Timeout`: several packages have one of that name."""
    found = type(value)
    package = found.__module__.partition(".")[0]
    return found.__name__ if package == "builtins" else f"{package}.{found.__name__}"
