"""What nobody has verified about the real service, as settings: try the client against each answer."""

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_type_hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the emulator behaves where Plivo's documents are silent or contradict each other.

    Each default is the best supported reading; each other value has been seen in some document, fixture or SDK.

    Raises:
        ValueError: A value that is not among those of its field, or is out of its range.
    """

    error_body: Literal["json", "empty", "text"] = "json"
    """Body of an error: `{"api_id", "error"}`, a bare `{}` (seen on 404), or plain text (seen on 401).

    The text of an error is unverified whatever the shape: never match on it.
    """

    done_status: Literal[204, 200] = 204
    """Activate and End answer 204 with no body, or 200 with `{"api_id", "message", "request_uuid"}`.

    204: Plivo docs and five SDKs. 200: test fixtures of the Python SDK.
    """

    status_case: Literal["capital", "lower"] = "capital"
    """Statuses as `Active` (documents and most captures) or as `active` (a capture of 2020)."""

    ended_recording: Literal["null", "text-null"] = "null"
    """`recording` of an ended conference: a JSON null (captures) or the text "null" (a fixture)."""

    billed_amount: Literal["text", "number"] = "text"
    """`billed_amount` as a text with five decimals (captures) or a JSON number (a fixture)."""

    total_key: Literal["count", "total_count"] = "count"
    """Name of the total in `meta`: `count` (most) or `total_count` (one Java fixture)."""

    page_limit: Literal["reject", "clamp"] = "reject"
    """A `limit` outside 1 to 20 is answered 400, or moved into that range. Unverified."""

    filters_in_links: bool = True
    """Whether the filters of a list survive in its `next` and `previous` links. Unverified."""

    ended_utc_offset: int = 0
    """Minutes from UTC in which the times of ended conferences are written, -1439 to 1439; live ones are in UTC.

    Captures show `+00:00` while live and the account's own zone, such as `+05:30`, once ended.
    """

    stay_alone: bool = False
    """`stay_alone` of conferences that are added without saying so. Unverified."""

    unavailable_retry_after: int | None = None
    """Seconds in the `Retry-After` of an injected 503; None sends no such header. Unverified."""

    max_body: int = 1 << 20
    """The longest request body that is read, in bytes; a longer one is answered 413. Unverified."""

    def __post_init__(self) -> None:
        for name, hint in get_type_hints(type(self)).items():
            _check_literal(name, getattr(self, name), hint)
        if not -1440 < self.ended_utc_offset < 1440:
            raise ValueError(f"ended_utc_offset: {self.ended_utc_offset} minutes is no UTC offset (-1439 to 1439)")
        if self.max_body < 1:
            raise ValueError(f"max_body: {self.max_body} is not positive")
        if self.unavailable_retry_after is not None and self.unavailable_retry_after < 0:
            raise ValueError(f"unavailable_retry_after: {self.unavailable_retry_after} is negative")


def _check_literal(name: str, value: object, hint: Any) -> None:
    allowed = get_args(hint)
    if hasattr(hint, "__origin__") and hint.__origin__ is Literal and value not in allowed:
        raise ValueError(f"{name}: {value!r} is none of {', '.join(map(repr, allowed))}")
