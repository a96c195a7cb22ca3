"""`--created-after` and its like: an instant that is over."""

from datetime import UTC, datetime, timedelta

from ._options import parse_duration


def parse_instant(text: str, now: datetime) -> datetime:
    """An instant: `2026-11-24`, `2026-11-24 18:00`, `2026-11-24T18:00+01:00`, or so long ago: `2h`, `90m`.

    Raises:
        ValueError: It is none of these, or too long ago.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    else:
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
    try:
        return now - timedelta(seconds=parse_duration(text))
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is no time: write a date and time, as in 2026-11-24 18:00, or how long ago, as in 2h"
        ) from None
