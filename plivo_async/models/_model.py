"""What all models have in common."""

from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any


class Model:
    """Values that turn into JSON types."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain JSON types: times as ISO 8601 in UTC, amounts as text, so that no digit is lost."""
        own: Any = self
        return {one.name: _plain(getattr(self, one.name)) for one in fields(own)}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Decimal():
            return str(value)
        case tuple():
            return [_plain(one) for one in value]
        case Model():
            return value.to_dict()
        case _:
            return value
