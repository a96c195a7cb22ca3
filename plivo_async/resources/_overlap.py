"""Pages that overlap, so that a walk over a list that changes leaves nothing out. Pure.

Pages are counted off from the beginning. What leaves the list meanwhile moves the rest up, and the page after would
begin too late. So each page begins a little before the end of the last one: if it holds anything that was seen before,
nothing lies between the two. If it doesn't, an earlier one is asked for. That needs only that what stays in the list
keeps its order.
"""

from ..wire import Request, limit_of, offset_of, page_at

MOST_BARREN = 5
"""Pages in a row without anything new that are put up with, beside those that walk over what was seen once more: a
cursor that never ends would be followed for ever."""

WIDER = 4
"""How many times wider the overlap is made, when a page has nothing that was seen before."""

_MAX_PAGE = 20
"""Objects on a page at most. Source: Plivo docs, "Pagination"."""

_IDENTITY = ("mpc_uuid", "member_id", "call_uuid", "recording_id", "app_id", "number", "auth_id")


def identity(one: object) -> tuple[object, ...]:
    """What tells the objects of a list apart."""
    return tuple(getattr(one, name, None) for name in _IDENTITY)


def is_counted(request: Request) -> bool:
    """Whether a page is counted off from the beginning of its list; one behind a cursor isn't, and needs no overlap."""
    return any(part.startswith("offset=") for part in request.query.split("&"))


def begun_before(link: Request, width: int, first: Request) -> Request:
    """The request for a page that begins so many objects before the one that a link leads to.

    Args:
        link: Where the last page says that the next one begins.
        width: How many of the last page are asked for again.
        first: The request for the first page: no page begins before it, and as many as it asked for are to be new.
    """
    if not width or not is_counted(link):
        return link
    asked = limit_of(first)
    limit = None if asked is None else max(asked, min(_MAX_PAGE, asked + width))
    return page_at(max(offset_of(first), offset_of(link) - width), link, limit)


def joins(request: Request, first: Request, seen: list[bool]) -> bool:
    """Whether nothing lies between a page and those before it.

    Args:
        request: By which it was fetched.
        first: The request for the first page.
        seen: For each of its objects, whether it was on a page before.
    """
    return any(seen) or not is_counted(request) or offset_of(request) <= offset_of(first)


def next_width(width: int, first: Request, seen: list[bool]) -> int:
    """How far the page after this one is to overlap with it: for twice as many as have just left the list.

    Args:
        width: How far this page was to overlap with the one before.
        first: The request for the first page.
        seen: For each of its objects, whether it was on a page before.
    """
    known = sum(seen)
    left = width - known if 0 < known < len(seen) else 0
    most = len(seen) // 2  # so that most of a page is new; a page of one that can't be made longer doesn't overlap
    return min(1 + 2 * max(0, left), most if limit_of(first) is None else max(1, most))
