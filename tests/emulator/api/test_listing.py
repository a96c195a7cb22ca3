"""Lists: filters, windows, pages."""

from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.emulator import Settings
from plivo_async.emulator._core import Core
from plivo_async.emulator.world import _rules as rules

from ..support import ROOT, new_core, told

DAY = 86400.0


def listed(core: Core, now: float = 0.0, **filters: Any) -> list[str]:
    """The friendly names on the first page."""
    status, body = told(core, "GET", f"?{urlencode(filters)}", now=now)
    assert status == 200, body
    assert body["meta"]["count"] == len(body["objects"])
    return [one["friendly_name"] for one in body["objects"]]


def test_emulator_list_is_newest_first_by_uuid() -> None:
    """All live ones and those that ended lately, the newest first, with URIs by UUID and no `api_id` of their own."""
    core = new_core()
    rules.add(core.machine, "old", now=0, status="ended")
    rules.add(core.machine, "mid", now=1, status="active")
    room = rules.add(core.machine, "new", now=2)
    status, body = told(core, "GET", "", now=3)
    assert status == 200
    assert set(body) == {"api_id", "meta", "objects"}
    assert body["meta"] == {"count": 3, "limit": 20, "next": None, "offset": 0, "previous": None}
    assert [one["friendly_name"] for one in body["objects"]] == ["new", "mid", "old"]
    assert body["objects"][0]["resource_uri"] == f"{ROOT}uuid_{room.mpc_uuid}/"
    assert "api_id" not in body["objects"][0]


def test_emulator_list_filters_by_value() -> None:
    """Name (exact), status (any case), cause and subaccount; empty and unknown filters are none."""
    core = new_core()
    rules.add(core.machine, "a b", now=0)
    rules.add(core.machine, "b", now=0, status="active", sub_account="SA0123456789ABCDEFGH")
    rules.end(core.machine, rules.add(core.machine, "c", now=0), 1, cause=3000)
    assert listed(core, 2, friendly_name="a b") == ["a b"]
    assert listed(core, 2, friendly_name="a") == []
    assert listed(core, 2, status="Active") == ["b"]
    assert listed(core, 2, status="initialized") == ["a b"]
    assert listed(core, 2, termination_cause_code=3000) == ["c"]
    assert listed(core, 2, sub_account="SA0123456789ABCDEFGH") == ["b"]
    assert listed(core, 2, status="", end_time_gt="nonsense", other=1) == ["c", "b", "a b"]


def test_emulator_list_filters_by_creation() -> None:
    """The four comparisons, in UTC, against whole seconds as they are shown."""
    core = new_core()
    for second in range(3):
        rules.add(core.machine, str(second), now=second)
    middle = "2026-11-23 12:00:01"
    assert listed(core, creation_time__gt=middle) == ["2"]
    assert listed(core, creation_time__gte=middle) == ["2", "1"]
    assert listed(core, creation_time__lt=middle) == ["0"]
    assert listed(core, creation_time__lte=middle + ".000") == ["1", "0"]
    assert listed(core, creation_time__gte="2026-11-23 12:00", creation_time__lt=middle) == ["0"]


def test_emulator_list_window() -> None:
    """Without bounds: ended within 7 days, and the live; with one bound: 30 days from or to it, and only ended ones."""
    core = new_core()
    for day in (0, 10, 39, 50):
        rules.add(core.machine, str(day), now=day * DAY, status="ended")
    rules.add(core.machine, "live", now=50 * DAY)
    assert listed(core, 50 * DAY) == ["live", "50"]
    assert listed(core, 16 * DAY) == ["live", "50", "39", "10"]  # seen from the past, the others lie ahead
    assert listed(core, 50 * DAY, end_time__gte="2026-11-24 00:00") == ["10"]
    assert listed(core, 50 * DAY, end_time__gt="2026-11-23 11:00") == ["10", "0"]
    assert listed(core, 50 * DAY, end_time__lt="2027-01-02 12:30") == ["39"]
    assert listed(core, 50 * DAY, end_time__gt="2026-01-01 00:00", end_time__lte="2027-12-31 00:00") == [
        "50",
        "39",
        "10",
        "0",
    ]
    assert listed(core, 50 * DAY, end_time__gt="9999-12-31 00:00") == []
    assert listed(core, 50 * DAY, end_time__lt="0001-01-01 00:00") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=paused", "status"),
        ("termination_cause_code=many", "termination_cause_code"),
        ("termination_cause_code=%C2%B2", "termination_cause_code"),
        ("end_time__gt=yesterday", "end_time__gt"),
        ("end_time__gt=2026-11-23T12:00", "end_time__gt"),
        ("creation_time__lte=2026-13-01%2012:00", "creation_time__lte"),
        ("limit=0", "limit"),
        ("limit=21", "limit"),
        ("limit=-1", "limit"),
        ("limit=1e1", "limit"),
        ("offset=-1", "offset"),
        ("offset=x", "offset"),
        ("friendly_name=%FF", "query"),
    ],
)
def test_emulator_list_refuses_bad_filters(query: str, field: str) -> None:
    """A filter out of its form or range is a 400 that names it."""
    status, body = told(new_core(), "GET", f"?{query}")
    assert status == 400
    assert body["error"].startswith(f"{field}: ")


@pytest.mark.parametrize(("given_limit", "used"), [(0, 1), (21, 20), (5, 5)])
def test_emulator_list_may_clamp(given_limit: int, used: int) -> None:
    """Where limits are clamped, one out of range is moved into it."""
    core = new_core(settings=Settings(page_limit="clamp"))
    assert told(core, "GET", f"?limit={given_limit}")[1]["meta"]["limit"] == used


@given(st.integers(0, 45), st.integers(1, 20), st.booleans())
def test_emulator_list_pages_hold_all_once(total: int, limit: int, active: bool) -> None:
    """Following `next` meets every object once, in order, the filters kept; `previous` leads back."""
    core = new_core()
    for number in range(total):
        rules.add(core.machine, str(number), now=0, status="active")
        rules.add(core.machine, f"waiting {number}", now=0)
    target: str | None = f"?limit={limit}&status=active" if active else f"?status=active&limit={limit}"
    seen: list[str] = []
    before = None
    while target is not None:
        status, body = told(core, "GET", target)
        assert (status, body["meta"]["count"], body["meta"]["offset"]) == (200, total, len(seen))
        assert body["meta"]["previous"] == (
            None if before is None else f"{ROOT}?limit={limit}&offset={before}&status=active"
        )
        before = len(seen)
        seen += [one["friendly_name"] for one in body["objects"]]
        target = body["meta"]["next"]
    assert seen == [str(number) for number in reversed(range(total))]


def test_emulator_list_links_are_relative_and_quoted() -> None:
    """Links name no host; filters come through them unharmed, or are dropped where the settings say so."""
    core = new_core(settings=Settings(total_key="total_count"))
    for _ in range(2):
        rules.add(core.machine, "a&b Ö", now=0, status="ended")
    meta = told(core, "GET", f"?limit=1&friendly_name={quote('a&b Ö')}&offset=1")[1]["meta"]
    parts = urlsplit(meta["previous"])
    assert (parts.netloc, parts.path) == ("", ROOT)
    assert parse_qs(parts.query) == {"limit": ["1"], "offset": ["0"], "friendly_name": ["a&b Ö"]}
    assert (meta["total_count"], meta["next"]) == (2, None)
    core = new_core(settings=Settings(filters_in_links=False))
    rules.add(core.machine, "a", now=0)
    rules.add(core.machine, "b", now=0)
    assert told(core, "GET", "?status=initialized&limit=1")[1]["meta"]["next"] == f"{ROOT}?limit=1&offset=1"


def test_emulator_list_links_keep_every_filter() -> None:
    """Whatever was asked for is asked for again by a link."""
    filters = {
        "sub_account": "SA0123456789ABCDEFGH",
        "friendly_name": "a",
        "status": "Ended",
        "termination_cause_code": "1000",
        **{f"end_time__{one}": "2026-11-23 12:00" for one in ("gt", "gte", "lt", "lte")},
        **{f"creation_time__{one}": "2026-11-23 12:00" for one in ("gt", "gte", "lt", "lte")},
    }
    status, body = told(new_core(), "GET", f"?{urlencode(filters)}&offset=1")
    assert status == 200
    assert dict(parse_qsl(urlsplit(body["meta"]["previous"]).query)) == {**filters, "limit": "20", "offset": "0"}


def test_emulator_list_window_is_a_week() -> None:
    """What ended a week ago is listed, what ended a second earlier is not."""
    core = new_core()
    rules.add(core.machine, "a", now=0, status="ended")
    assert listed(core, 7 * DAY) == ["a"]
    assert listed(core, 7 * DAY + 1) == []


def test_emulator_list_offset_past_the_end() -> None:
    """Behind the last object there is an empty page, whose `previous` leads back towards them."""
    core = new_core()
    rules.add(core.machine, "a", now=0)
    status, body = told(core, "GET", "?limit=5&offset=7")
    assert (status, body["objects"], body["meta"]["next"]) == (200, [], None)
    assert body["meta"]["previous"] == f"{ROOT}?limit=5&offset=2"
