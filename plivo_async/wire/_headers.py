"""Dates and waits in answer headers."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", re.ASCII)
_ENDLESS = re.compile(r"[0-9]{10,}(?:\.[0-9]*)?", re.ASCII)
LONGEST_WAIT = 1e9
"""Seconds: what a `Retry-After` with more digits than that is taken for; the retry policy caps it anyway."""


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Read a `Retry-After`: seconds to wait, at least 0; None if there is none or it is nonsense.

    A date is compared with the answer's own `Date`, so that a wrong clock on either side does no harm; with `now` only
    if there is none. Source: RFC 9110, 10.2.3. Whether Plivo sends one is unverified.

    Args:
        headers: The headers of the answer.
        now: Aware wall-clock time.
    """
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    if _ENDLESS.fullmatch(value):
        return LONGEST_WAIT
    until = _http_date(value)
    if until is None:
        return None
    return max(0.0, (until - (server_time(headers) or now)).total_seconds())


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """The answer's `Date`; None if there is none or it is nonsense."""
    return _http_date(headers.get("date", ""))


def _http_date(value: str) -> datetime | None:
    if not value or not value.isascii() or not any(character.isalpha() for character in value):
        return None
    try:
        parsed = parsedate_to_datetime(value)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
