"""Reading what a request says. Whatever is out of its form or range is a 400 `field: reason`. Pure.

Arguments come in a JSON body with POST, in the query with GET, and in either with DELETE: Plivo's documents say query,
its SDKs send a body, and the body wins. null and "" mean "not given"; unknown ones are ignored.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, Literal, NoReturn, TypeVar, get_args
from urllib.parse import parse_qsl

from ..world._values import Hook
from ._job import Arguments, Asked, RefusedError

T = TypeVar("T", bound=str)

Method = Literal["GET", "POST"]
METHODS: tuple[Method, ...] = get_args(Method)

_MAY_BE_LISTS = ("status", "callback_url", "callback_method")  # the Python SDK sends each of these as a list of one
_URL = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)


def refuse(field: str, reason: str) -> NoReturn:
    """Refuse an argument.

    Raises:
        RefusedError: 400, always.
    """
    raise RefusedError(400, f"{field}: {reason}")


def read_arguments(asked: Asked) -> Arguments:
    """The arguments of a request.

    Raises:
        RefusedError: 400: the body is not JSON, or is no object; the query is not percent-encoded UTF-8.
    """
    body = {} if asked.method in ("GET", "HEAD") else _from_body(asked)
    if asked.method == "POST":
        return body
    return _from_query(asked.route.query) | body


def _from_query(query: str) -> dict[str, Any]:
    try:
        return {key: value for key, value in parse_qsl(query, errors="strict") if value}
    except UnicodeDecodeError:
        refuse("query", "not percent-encoded UTF-8")


def _from_body(asked: Asked) -> dict[str, Any]:
    if not asked.body:
        return {}
    if (asked.content_type or "").partition(";")[0].strip().lower() != "application/json":
        refuse("body", "the content type is not application/json")
    try:
        given = json.loads(asked.body, parse_constant=_no_json)
    except (ValueError, RecursionError):
        raise RefusedError(400, "body: malformed JSON") from None
    if not isinstance(given, dict):
        refuse("body", "not a JSON object")
    unwrapped = {key: _unwrapped(key, value) for key, value in given.items()}
    return {key: value for key, value in unwrapped.items() if value is not None and value != ""}


def _no_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _unwrapped(key: str, value: Any) -> Any:
    return value[0] if key in _MAY_BE_LISTS and isinstance(value, list) and len(value) == 1 else value


# ---- One argument ---------------------------------------------------------------------------------------------------


def text(arguments: Arguments, key: str) -> str | None:
    """A text; None if it is not given."""
    value = arguments.get(key)
    if value is not None and not isinstance(value, str):
        refuse(key, "not a string")
    return value


def flag(arguments: Arguments, key: str) -> bool | None:
    """A JSON boolean, or "true" or "false" as Node's SDK sends it; None if it is not given."""
    value = arguments.get(key)
    if value is None or isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    refuse(key, "not a boolean")


def flags(arguments: Arguments, keys: Iterable[str]) -> dict[str, bool]:
    """Those of several that are given."""
    found = ((key, flag(arguments, key)) for key in keys)
    return {key: value for key, value in found if value is not None}


def integer(arguments: Arguments, key: str, low: int, high: int) -> int | None:
    """A JSON integer in that range; None if it is not given."""
    value = arguments.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        refuse(key, "not an integer")
    if not low <= value <= high:
        refuse(key, f"not between {low} and {high}")
    return value


def choice(arguments: Arguments, key: str, allowed: tuple[T, ...]) -> T | None:
    """One of several texts, in any case, as Node's, PHP's and Java's SDKs send it; None if it is not given."""
    value = text(arguments, key)
    if value is None:
        return None
    for one in allowed:
        if value.lower() == one.lower():
            return one
    refuse(key, f"{value!r} is none of {', '.join(allowed)}")


def url(arguments: Arguments, key: str) -> str | None:
    """An absolute URL of http or https; None if it is not given."""
    value = text(arguments, key)
    if value is not None and not is_url(value):
        refuse(key, "not a URL")
    return value


def is_url(value: str) -> bool:
    """Whether a text is an absolute URL of http or https."""
    return _URL.fullmatch(value) is not None


def method(arguments: Arguments, key: str, default: Method) -> Method:
    """`GET` or `POST`."""
    return choice(arguments, key, METHODS) or default


def hook(arguments: Arguments, name: str, default: Method) -> Hook | None:
    """The callback `{name}_url` with its `{name}_method`; None if no URL is given."""
    where, how = url(arguments, f"{name}_url"), method(arguments, f"{name}_method", default)
    return None if where is None else Hook(url=where, method=how)


def asynchronous(arguments: Arguments) -> Hook | None:
    """Where the result of an asynchronous request is to be told; None for a synchronous one. Source: Plivo docs."""
    return hook(arguments, "callback", "POST")
