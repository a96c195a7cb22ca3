"""What a request to the console says, read with care: what isn't understood is refused, and the refusal says why."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")

MOST = 1e9
"""No number is greater."""

_WHOLE = re.compile(r"-?[0-9]{1,18}")


class Fields:
    """The fields of a JSON body, or of a query, whose values are text.

    Args:
        values: By name.
        known: The names there are.

    Raises:
        ValueError: There is one of another name.
    """

    def __init__(self, values: Mapping[str, Any], known: Iterable[str]) -> None:
        names = list(known)
        unknown = [name for name in values if name not in names]
        if unknown:
            raise ValueError(f"{unknown[0]}: there is no such field; these are: {', '.join(names) or 'none'}")
        self._values = {name: value for name, value in values.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def _typed(self, name: str, kind: type[T], words: str, default: T | None) -> T | None:
        value = self._values.get(name, default)
        if value is None or isinstance(value, kind):
            return value
        raise ValueError(f"{name}: {value!r} is not {words}")

    def text(self, name: str, default: str | None = None) -> str | None:
        """Text."""
        return self._typed(name, str, "text", default)

    def needed(self, name: str) -> str:
        """Text that must be there."""
        value = self.text(name)
        if value is None:
            raise ValueError(f"{name}: is missing")
        return value

    def names(self, name: str) -> list[str]:
        """A list of texts."""
        value = self._typed(name, list, "a list of texts", []) or []
        if not all(isinstance(one, str) for one in value):
            raise ValueError(f"{name}: {value!r} is not a list of texts")
        return value

    def flag(self, name: str) -> bool | None:
        """True or false."""
        return self._typed(name, bool, "true or false", None)

    def number(self, name: str, default: float | None = None, *, most: float = MOST) -> float | None:
        """A number, 0 or more."""
        value = self._number(name)
        if value is not None and not 0 <= value <= most:
            raise ValueError(f"{name}: {value} is not between 0 and {most:g}")
        return default if value is None else float(value)

    def whole(self, name: str, default: int | None = None, *, least: int = 0, most: int = int(MOST)) -> int | None:
        """A whole number."""
        value = self._number(name)
        if isinstance(value, float):
            raise ValueError(f"{name}: {value} is not a whole number")
        if value is not None and not least <= value <= most:
            raise ValueError(f"{name}: {value} is not between {least} and {most}")
        return default if value is None else value

    def _number(self, name: str) -> float | None:
        value = self._values.get(name)
        if isinstance(value, str):  # of a query
            try:
                value = float(value) if not _WHOLE.fullmatch(value) else int(value)
            except ValueError:
                raise ValueError(f"{name}: {value!r} is not a number") from None
        if isinstance(value, bool) or not isinstance(value, int | float | None):
            raise ValueError(f"{name}: {value!r} is not a number")
        return value

    def choice(self, name: str, values: Iterable[str], default: str) -> str:
        """One of these texts."""
        value = self.text(name, default)
        allowed = list(values)
        if value not in allowed:
            raise ValueError(f"{name}: {value!r} is none of {', '.join(map(repr, allowed))}")
        return value


def body_of(data: bytes) -> dict[str, Any]:
    """The object of a JSON body; an empty one is an object without fields.

    Raises:
        ValueError: It is none.
    """
    if not data.strip():
        return {}
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("the body is not JSON") from None
    if not isinstance(found, dict):
        raise ValueError("the body is not a JSON object")
    return found
