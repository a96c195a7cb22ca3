"""Lists: reading the filters, choosing what fits, cutting a page. Pure.

The default window, from Plivo's older documents: without a filter on `end_time` the conferences that ended in the last
7 days, with a bound on one side only the 30 days from or to that bound. That the live ones, which have no end time, are
in the first case listed and in the second not is unverified.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import ge, gt, le, lt
from typing import Any, TypeVar
from urllib.parse import urlencode

from ..world._conferences import Conference
from ..world._settings import Settings

T = TypeVar("T")

MAX_PAGE = 20
"""Objects on one page at most, and by default. Source: Plivo docs."""

_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?")
_COMPARE: Mapping[str, Callable[[datetime, datetime], bool]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}
_EQUAL = ("sub_account", "friendly_name", "status", "termination_cause_code")
_TIMED = tuple(f"{field}__{name}" for field in ("end_time", "creation_time") for name in _COMPARE)
_NEVER = datetime.max.replace(tzinfo=UTC)
_DEFAULT_WINDOW = timedelta(days=7)
_ONE_SIDED_WINDOW = timedelta(days=30)

Bound = tuple[str, datetime]
"""A comparison by name, and with what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of a list is asked for."""

    limit: int = MAX_PAGE
    offset: int = 0
    given: tuple[tuple[str, str], ...] = ()
    """The filters as they were sent, for the links."""

    def of(self, objects: Sequence[T]) -> Sequence[T]:
        """The objects on it."""
        return objects[self.offset : self.offset + self.limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a list of conferences asks for."""

    sub_account: str | None = None
    friendly_name: str | None = None
    status: str | None = None
    termination_cause_code: int | None = None
    end_time: tuple[Bound, ...] = ()
    creation_time: tuple[Bound, ...] = ()
    page: Page


def read_page(values: Mapping[str, str], filters: Iterable[str], settings: Settings) -> Page:
    """Read which part of a list is asked for, by whom those filters are understood.

    Raises:
        ValueError: A value out of its range or form; the text is `field: reason`.
    """
    return Page(
        limit=_page_limit(values.get("limit"), settings),
        offset=_offset(values, settings),
        given=tuple((key, values[key]) for key in filters if key in values),
    )


def read_listing(values: Mapping[str, str], settings: Settings) -> Listing:
    """Read the arguments of a list of conferences. Unknown ones are ignored.

    Raises:
        ValueError: A value out of its range or form; the text is `field: reason`.
    """
    status = values.get("status")
    if status is not None and status.lower() not in ("initialized", "active", "ended"):
        raise ValueError(f"status: {status!r} is none of initialized, active, ended")
    code = values.get("termination_cause_code")
    return Listing(
        sub_account=values.get("sub_account"),
        friendly_name=values.get("friendly_name"),
        status=None if status is None else status.lower(),
        termination_cause_code=None if code is None else integer_of("termination_cause_code", code),
        end_time=_bounds("end_time", values),
        creation_time=_bounds("creation_time", values),
        page=read_page(values, _EQUAL + _TIMED, settings),
    )


def select(newest_first: Iterable[Conference], listing: Listing, now: datetime, settings: Settings) -> list[Conference]:
    """Those that fit, on all pages together."""
    bounds = _window(listing.end_time, now)
    live_too = settings.live_listed and not listing.end_time
    found = [
        one
        for one in newest_first
        if _equal(one, listing)
        and (_within(one.end_time, bounds) if one.end_time is not None else live_too)
        and _within(one.creation_time, listing.creation_time)
    ]
    if settings.list_order == "end":
        found.sort(key=lambda one: one.end_time or _NEVER, reverse=True)
    return found


def meta(page: Page, total: int, path: str, settings: Settings, *, key: str | None = None) -> dict[str, Any]:
    """The `meta` object: total, limit, offset, and links to the next and the previous page or null.

    The total's name is that of the settings, unless a `key` is given.

    Links are relative to the host. Source: Plivo docs; that filters are kept in them is unverified.
    """
    filters = page.given if settings.filters_in_links else ()

    def link(offset: int) -> str:
        where = ("offset", offset) if settings.page_links == "offset" else ("cursor", _cursor(offset))
        return f"{path}?{urlencode((('limit', page.limit), where, *filters))}"

    after = page.offset + page.limit
    return {
        key or settings.total_key: total,
        "limit": page.limit,
        "next": link(after) if after < total else None,
        "offset": page.offset,
        "previous": link(max(0, page.offset - page.limit)) if page.offset else None,
    }


def _equal(one: Conference, listing: Listing) -> bool:
    return (
        listing.friendly_name in (None, one.friendly_name)
        and listing.status in (None, one.status.lower())
        and listing.sub_account in (None, one.sub_account)
        and listing.termination_cause_code in (None, one.termination_cause_code)
    )


def _within(moment: datetime, bounds: Iterable[Bound]) -> bool:
    return all(_COMPARE[name](moment, bound) for name, bound in bounds)


def _window(bounds: tuple[Bound, ...], now: datetime) -> tuple[Bound, ...]:
    lower = [bound for name, bound in bounds if name.startswith("g")]
    upper = [bound for name, bound in bounds if name.startswith("l")]
    if lower and upper:
        return bounds
    if lower:
        return (*bounds, ("lte", shifted(max(lower), _ONE_SIDED_WINDOW)))
    if upper:
        return (*bounds, ("gte", shifted(min(upper), -_ONE_SIDED_WINDOW)))
    return (("gte", now - _DEFAULT_WINDOW),)


def shifted(moment: datetime, by: timedelta) -> datetime:
    """So much later or earlier, as far as there are dates."""
    try:
        return moment + by
    except OverflowError:  # the filter came from outside: the year 1 or 9999
        return moment


def _bounds(field: str, values: Mapping[str, str]) -> tuple[Bound, ...]:
    keys = ((name, f"{field}__{name}") for name in _COMPARE)
    return tuple((name, time_of(key, values[key])) for name, key in keys if key in values)


def time_of(key: str, text: str) -> datetime:
    """A time of a filter.

    Raises:
        ValueError: It is of another form, or there is no such time.
    """
    if not _TIME.fullmatch(text):
        raise ValueError(f"{key}: {text!r} is not of the form YYYY-MM-DD HH:MM[:SS[.ffffff]]")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"{key}: there is no such time as {text!r}") from None


def integer_of(key: str, text: str) -> int:
    """A whole number of a filter.

    Raises:
        ValueError: It is none.
    """
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise ValueError(f"{key}: {text!r} is not an integer")
    return int(text)


def _page_limit(text: str | None, settings: Settings) -> int:
    limit = MAX_PAGE if text is None else integer_of("limit", text)
    if settings.page_limit == "clamp":
        return min(max(limit, 1), MAX_PAGE)
    if not 1 <= limit <= MAX_PAGE:
        raise ValueError(f"limit: {limit} is not between 1 and {MAX_PAGE}")
    return limit


def _offset(values: Mapping[str, str], settings: Settings) -> int:
    text, cursor = values.get("offset"), values.get("cursor")
    if settings.page_links == "cursor" and cursor is not None:
        if text is not None:
            raise ValueError("offset: not together with a cursor")
        return _at_cursor(cursor)
    offset = 0 if text is None else integer_of("offset", text)
    if offset < 0:
        raise ValueError(f"offset: {offset} is negative")
    return offset


def _cursor(offset: int) -> str:
    return urlsafe_b64encode(f"after {offset}".encode()).decode()


def _at_cursor(cursor: str) -> int:
    try:
        word, _, number = urlsafe_b64decode(cursor).decode("ascii").partition(" ")
    except ValueError:
        word, number = "", ""
    if word != "after" or not number.isdecimal():
        raise ValueError("cursor: not one of this list")
    return int(number)
