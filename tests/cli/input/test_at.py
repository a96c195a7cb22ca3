"""`--at`: which instant is meant, and waiting for it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import anyio
import pytest

pytest.importorskip("typer")

from plivo_async.cli.input._at import parse_at, sleep_until_then

NOW = datetime(2026, 11, 26, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One hour ahead of UTC in winter, two in summer."""
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone can't be set here")
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "now", "instant"),
    [
        ("13:30", NOW, "2026-11-26 12:30"),
        ("13:00:01", NOW, "2026-11-26 12:00:01"),
        ("13:00", NOW, "2026-11-27 12:00"),
        (" 9:00 ", NOW, "2026-11-27 08:00"),
        ("2026-11-27 09:00", NOW, "2026-11-27 08:00"),
        ("2026-11-27T09:00Z", NOW, "2026-11-27 09:00"),
        ("2026-11-26 17:30+05:00", NOW, "2026-11-26 12:30"),
        ("09:00", datetime(2027, 3, 27, 12, 0, tzinfo=UTC), "2027-03-28 07:00"),  # summer time begins that night
    ],
)
def test_the_next_time_that_it_is_so_late(text: str, now: datetime, instant: str) -> None:
    """Here, unless it has an offset; tomorrow if it is over today, whatever the clocks do that night."""
    assert parse_at(text, now) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "9", "24:00", "09:60", "soon", "2026-11-27", "2h", "09:00 pm"])
def test_what_is_no_time(text: str) -> None:
    """It is said how to write it."""
    with pytest.raises(ValueError, match="is no time: write 09:00, or a date and time"):
        parse_at(text, NOW)


def test_what_is_over_is_refused() -> None:
    """With the time that it is."""
    with pytest.raises(ValueError, match="is over; it is 2026-11-26 13:00:00 here"):
        parse_at("2026-11-26 12:59", NOW)


@pytest.mark.anyio
@pytest.mark.parametrize("jump", [0.0, -600.0, 600.0])
async def test_it_is_waited_for_by_the_clock_on_the_wall(jump: float) -> None:
    """In virtual time, and whether that clock is set back or forward in the meantime."""
    began = anyio.current_time()

    def now() -> datetime:
        passed = anyio.current_time() - began
        return NOW + timedelta(seconds=passed + (jump if passed > 1000 else 0.0))

    await sleep_until_then(NOW + timedelta(hours=1), now)
    assert anyio.current_time() - began == pytest.approx(3600 - jump, abs=1e-3)
    await sleep_until_then(NOW, now)
