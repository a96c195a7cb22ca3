"""`--at`: begin at an instant of the clock on the wall."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

_LONGEST = 30.0  # seconds: the wall clock may be set, and a machine may sleep, while we do


def parse_at(text: str, now: datetime) -> datetime:
    """An instant to come: `09:00`, the next time that it is so late here, or a date and time, `2026-11-27 09:00`.

    Args:
        text: Without an offset it is local time.
        now: An aware instant.

    Raises:
        ValueError: It is neither, or it is over.
    """
    plain = text.strip()
    clock = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", plain, re.ASCII)
    try:
        if clock is None:
            instant = datetime.fromisoformat(plain)
            if len(plain) <= len("2026-11-27"):
                raise ValueError
        else:
            hour, minute, second = (int(part or 0) for part in clock.groups())
            today = now.astimezone().replace(tzinfo=None, microsecond=0)
            instant = today.replace(hour=hour, minute=minute, second=second)
            instant += timedelta(days=instant.astimezone() <= now)
    except ValueError:
        raise ValueError(f"{text!r} is no time: write 09:00, or a date and time, as in 2026-11-27 09:00") from None
    instant = instant.astimezone()
    if instant <= now:
        raise ValueError(f"{text!r} is over; it is {now.astimezone():%Y-%m-%d %H:%M:%S} here")
    return instant


async def sleep_until_then(at: datetime, now: Callable[[], datetime]) -> None:
    """Wait until the wall clock shows an instant, whatever becomes of that clock in the meantime."""
    import anyio

    while (left := (at - now()).total_seconds()) > 0:  # noqa: ASYNC110  (nothing but time changes this)
        await anyio.sleep(min(left, _LONGEST))
