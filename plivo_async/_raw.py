"""`client.request()`: a request to any endpoint, checked. Pure."""

import json as jsonlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import httpx

from ._errors import InvalidArgumentError, invalid
from .policy import Effect
from .wire import Request, check_path

_EFFECTS = {"GET": Effect.SAFE, "HEAD": Effect.SAFE, "PUT": Effect.IDEMPOTENT, "DELETE": Effect.IDEMPOTENT}
_LONGEST_URL = 65_000  # characters; httpx takes 65,536, host and account included
_CONFERENCES = ("MultiPartyCall/name_", "MultiPartyCall/uuid_")  # what is done to one keeps its order
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")


def raw_request(
    method: object, path: object, params: Mapping[str, Any] | None, json: Any, idempotent: bool | None
) -> Request:
    """Check the arguments of `client.request()`.

    Raises:
        InvalidArgumentError, TypeError: One is wrong.
    """
    verb, path = str(method).upper(), _checked_path(path)
    if verb not in _METHODS:
        raise invalid("method", f"must be one of {', '.join(_METHODS)}, not {verb!r}")
    if params is not None and not isinstance(params, Mapping):
        raise TypeError(f"params must be a mapping, not {type(params).__name__}")
    effect = _EFFECTS.get(verb, Effect.NEITHER)
    if idempotent is not None and effect is not Effect.SAFE:
        effect = Effect.IDEMPOTENT if idempotent else Effect.NEITHER
    if effect is not Effect.SAFE:
        _check_parts(verb, path)
    body, query = _body(json), _query(params or {})
    if len(path) + len(query) > _LONGEST_URL:
        raise InvalidArgumentError(
            f"path and params are too long: at most {_LONGEST_URL:,} characters together", argument="params"
        )
    order_key = path if effect is Effect.IDEMPOTENT and path.startswith(_CONFERENCES) else ""
    return Request(verb, path, effect, verb, path, body, query, order_key=order_key)


def _check_parts(verb: str, path: str) -> None:
    """Refuse a change of all there is where one was meant: `f"Call/{uuid}/"` with a UUID that is empty or odd.

    `DELETE Call/` hangs up every call of the account. Source: Plivo docs, "Hangup causes", and its earlier Call page.

    Raises:
        InvalidArgumentError: A part of the path is missing.
    """
    parts = path.removesuffix("/").split("/")
    if not all(any(map(str.isalnum, unquote(unquote(part)))) for part in parts):
        raise invalid("path", "has a part without a letter or digit, as of an identifier that is missing")
    if verb == "DELETE" and len(parts) == 1:
        raise invalid("path", "names all there is, and not one: DELETE Call/ would hang up every call of the account")


def _checked_path(path: object) -> str:
    if not isinstance(path, str):
        raise TypeError(f"path must be a str, not {type(path).__name__}")
    return check_path(path)


def _body(json: Any) -> bytes | None:
    try:
        return None if json is None else jsonlib.dumps(json, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:  # NaN, a circle, half a surrogate pair
        raise invalid("json", f"can't be written as JSON: {_brief(error)}") from None


def _query(params: Mapping[str, Any]) -> str:
    try:
        return str(httpx.QueryParams({name: value for name, value in params.items() if value is not None}))
    except ValueError as error:
        raise invalid("params", f"can't be written as a query: {_brief(error)}") from None


def _brief(error: Exception) -> str:
    """What is wrong, without the text in which it is."""
    return error.reason if isinstance(error, UnicodeError) and hasattr(error, "reason") else str(error)
