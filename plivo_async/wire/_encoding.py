"""Arguments as JSON and as a query."""

import json
from collections.abc import Mapping
from urllib.parse import quote

from .._errors import InvalidArgumentError

_LONGEST_URL = 65_000
"""Characters of path and query together. httpx takes URLs of up to 65,536; what Plivo takes is unverified."""


def body(arguments: Mapping[str, object]) -> bytes | None:
    """The given arguments as compact JSON, in their order; None if none is given. None stands for "not given"."""
    given = {name: value for name, value in arguments.items() if value is not None}
    return json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode() if given else None


def query(arguments: Mapping[str, object], path: str = "") -> str:
    """The given arguments as a query, a space as `%20`; empty if none is given. None stands for "not given".

    Raises:
        InvalidArgumentError: It is too long for the URL of this path.
    """
    text = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in arguments.items() if value is not None)
    if len(path) + len(text) > _LONGEST_URL:
        longest = max(arguments, key=lambda name: len(str(arguments[name])), default="")
        raise InvalidArgumentError(
            f"the URL is too long: path and arguments may have {_LONGEST_URL:,} characters once encoded",
            argument=longest,
        )
    return text
