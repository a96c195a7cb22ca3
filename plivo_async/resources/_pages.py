"""Lists that come in pages."""

import math
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from .._errors import DecodeError
from .._public import public
from ..models import PageMeta, decode_page
from ..wire import Account, Answer, Request, next_page, offset_of, page_at, shortened
from ._overlap import MOST_BARREN, WIDER, begun_before, identity, is_counted, joins, next_width

T = TypeVar("T")

Fetch = Callable[[Request], Awaitable[Answer]]
"""What carries out the request for one page."""


@dataclass(frozen=True, slots=True)
class _Fetched:
    """How a page was fetched.

    Attributes:
        request: By which request.
        step: How many pages came before it.
        status_code: Of the answer.
        api_id: Of the answer.
        started_at: When it was asked for.
        rest: Where the next page begins if the answer has no place for a link to it, and isn't the last one by its
            count; None otherwise.
        here: How many objects it has, those that were seen before included.
        width: How many of them the page after it is asked for again.
        barren: How many pages in a row, this one included, have brought nothing that was not there before.
    """

    request: Request
    step: int
    status_code: int
    api_id: str | None
    started_at: datetime
    rest: int | None = None
    here: int = 0
    width: int = 0
    barren: int = 0

    def unreadable(self, words: str, detail: str | None) -> DecodeError:
        """The error that it, or its link, can't be read."""
        return DecodeError(
            f"{self.request.operation} {self.request.target!r} {words}",
            operation=self.request.operation,
            target=self.request.target,
            status_code=self.status_code,
            api_id=self.api_id,
            detail=detail,
            started_at=self.started_at,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Traversal(Generic[T]):
    """One way through a list.

    Attributes:
        cls: What is listed.
        fetch: Carries out a request.
        account: Whose list it is.
        first: The request for its first page.
        reached: By which step each link was reached, so that none leads in a circle.
        seen: At which step each object came first.
    """

    cls: type[T]
    fetch: Fetch
    account: Account
    first: Request
    reached: dict[tuple[str, str], int] = field(default_factory=dict)
    seen: dict[object, int] = field(default_factory=dict)

    async def begin(self) -> "Page[T]":
        """Fetch the first page."""
        page, fetched = await self._fetch(self.first, 0)
        return self._joined(page, fetched, [False] * fetched.here, 0)

    async def after(self, page: "Page[T]") -> "Page[T]":
        """Fetch the page after one, from so far before its beginning that nothing is left out between the two.

        Raises:
            DecodeError: Its link can't be followed, or the page can't be read.
        """
        try:
            link = self._link(page)
        except ValueError as error:
            raise _unfollowed(page, str(error)) from None
        last = page._fetched
        width, barren = last.width, last.barren
        while barren < MOST_BARREN + len(self.seen) // max(1, last.here):
            found, fetched = await self._fetch(begun_before(link, width, self.first), last.step + 1)
            seen = [self.seen.get(identity(one), fetched.step) < fetched.step for one in found.objects]
            if not width or not self.seen or joins(fetched.request, self.first, seen):
                self.reached[link.path, link.query] = fetched.step
                return self._joined(found, replace(fetched, width=width), seen, barren)
            width, barren = WIDER * width, barren + 1
        raise _unfollowed(page, f"the last {barren} pages have brought nothing new")

    def _link(self, page: "Page[T]") -> Request:
        """What the link of a page leads to.

        Raises:
            ValueError: It can't be followed.
        """
        link, fetched = page.meta.next, page._fetched
        if fetched.rest is not None:
            request = page_at(fetched.rest, fetched.request)
        elif link is None:
            raise ValueError("it is no text")
        else:
            request = next_page(link, self.account.base_url, self.account.auth_id, fetched.request)
        if is_counted(request):
            back = offset_of(request) <= offset_of(fetched.request)
        else:
            back = self.reached.get((request.path, request.query), math.inf) <= fetched.step
        if back:
            raise ValueError("it leads in a circle, to a page that was there before")
        return request

    async def _fetch(self, request: Request, step: int) -> "tuple[Page[T], _Fetched]":
        started_at = datetime.now(UTC)
        answer = await self.fetch(request)
        fetched = _Fetched(request, step, answer.status_code, answer.api_id, started_at)
        data = answer.json()
        try:
            meta, objects = decode_page(self.cls, data)
        except ValueError as error:
            words = f"was answered {answer.status_code}, but the answer can't be read: {error}"
            raise fetched.unreadable(words, answer.beginning) from None
        here = len(objects)
        return Page(objects, meta), replace(fetched, here=here, rest=_rest(data, meta, request, here))

    def _joined(self, page: "Page[T]", fetched: _Fetched, seen: list[bool], barren: int) -> "Page[T]":
        """The page without what was seen before it."""
        new = tuple(one for one, known in zip(page.objects, seen, strict=True) if not known)
        for one in new:
            self.seen.setdefault(identity(one), fetched.step)
        width = next_width(fetched.width, self.first, seen)
        made = Page(new, page.meta)
        object.__setattr__(made, "_traversal", self)
        object.__setattr__(made, "_fetched", replace(fetched, width=width, barren=0 if new else barren + 1))
        return made


def _unfollowed(page: "Page[Any]", why: str) -> DecodeError:
    link = shortened(str(page.meta.next or page.meta.extra.get("next", "")))
    return page._fetched.unreadable(f"names a next page, but its link can't be followed: {why}", link)


def _rest(data: dict[str, Any], meta: PageMeta, request: Request, here: int) -> int | None:
    """See `_Fetched`. One example in the documents has no `next` at all, not even a null."""
    if "next" in (data.get("meta") or {}) or "next" in data or not here or meta.count is None:
        return None
    after = (offset_of(request) if meta.offset is None else meta.offset) + here
    return after if after < meta.count else None


class _Origin:
    """Where a page comes from: what its data doesn't hold, and no copy, pickle or dictionary of it."""

    __slots__ = ("_fetched", "_traversal")

    _fetched: _Fetched
    _traversal: _Traversal[Any]


@public
@dataclass(frozen=True, slots=True)
class Page(_Origin, Generic[T]):
    """One page of a list.

    It pickles, copies and serializes in FastAPI as its two attributes; `next()` is for the page that was fetched.
    """

    objects: tuple[T, ...]
    """What is on it and wasn't on those before it, in Plivo's order."""
    meta: PageMeta
    """Where in the list it is."""

    @property
    def has_next(self) -> bool:
        """Whether a page follows."""
        unlinked = hasattr(self, "_fetched") and self._fetched.rest is not None
        return unlinked or bool(self.meta.next) or "next" in self.meta.extra

    async def next(self) -> "Page[T] | None":
        """Fetch the page that follows; None if this is the last one. Safe.

        It is asked for from a little before its beginning, so that nothing is left out between the two; see `Pages`.

        Source: Plivo docs, "Pagination". The link is followed as Plivo gave it, on the same server and account only.
        Where an answer has no place for a link, as one example of participants, the count tells whether to go on.

        Raises:
            DecodeError: The link leads elsewhere or in a circle, or the page can't be read.
            PlivoError: It could not be fetched.
            TypeError: This is a copy of a page, or was pickled, and belongs to no client.
        """
        if not hasattr(self, "_traversal"):
            raise TypeError("this page is a copy and belongs to no client; call next() of the page that was fetched")
        if not self.has_next:
            return None
        following: Page[T] = await self._traversal.after(self)
        return following


@public
class Pages(AsyncIterable[T], Awaitable[Page[T]]):
    """A list that is fetched page by page, as it is needed; no request is made before.

        async for conference in client.mpc.list():    # all of them, on all pages
            ...
        page = await client.mpc.list(limit=5)         # the first page
        async for page in client.mpc.list().pages():  # page by page
            ...

    For a task, asyncio's `ensure_future(client.mpc.list())` and `gather` take it, `create_task` takes coroutines only.

    Iterating again begins anew. Leaving a loop early leaves nothing behind. The deadline bounds each page.

    Pages are counted off from the beginning, and when conferences or participants come, go, or stop fitting the filter
    while you are on the way, the rest moves up or down. So each page is asked for from a little before the end of the
    last one, and from further before if nothing on it was seen yet: whatever is in the list from the first page to the
    last is given, and is given once. What comes or goes meanwhile may be given or not. That costs a twentieth more
    requests, and more when much goes. It needs Plivo to keep the order of what stays. (Inferred from the `offset` in
    the links; what has a cursor instead is followed as it is.)
    """

    def __init__(self, cls: type[T], first: Request, fetch: Fetch, account: Account) -> None:
        """Made by the resources.

        Args:
            cls: What is listed.
            first: The request for the first page.
            fetch: Carries out a request.
            account: Whose list it is: links that lead elsewhere are not followed.
        """
        self._cls = cls
        self._first = first
        self._fetch = fetch
        self._account = account

    def pages(self) -> AsyncIterator[Page[T]]:
        """The pages, one after the other. When one fails, those before it have been given.

        Raises:
            DecodeError: A page can't be read, or its link to the next can't be followed.
            PlivoError: A page could not be fetched.
        """
        return _PageIterator(self)

    def __aiter__(self) -> AsyncIterator[T]:
        return _ObjectIterator(self)

    def __await__(self) -> Generator[Any, Any, Page[T]]:
        return self._first_page().__await__()

    def __repr__(self) -> str:
        what = f"{self._cls.__name__}: {self._first.operation} {self._first.target!r}"
        return f"<Pages of {what}; to be awaited or iterated, no coroutine: asyncio.ensure_future() makes a task of it>"

    async def _first_page(self) -> Page[T]:
        return await _Traversal(self._cls, self._fetch, self._account, self._first).begin()


class _PageIterator(AsyncIterator[Page[T]]):
    """No async generator: one that is left early would be left to the garbage collector."""

    def __init__(self, pages: Pages[T]) -> None:
        self._pages = pages
        self._last: Page[T] | None = None

    async def __anext__(self) -> Page[T]:
        page = await (self._pages if self._last is None else self._last.next())
        if page is None:
            raise StopAsyncIteration
        self._last = page
        return page


class _ObjectIterator(AsyncIterator[T]):
    def __init__(self, pages: Pages[T]) -> None:
        self._pages = pages.pages()
        self._objects: Iterator[T] = iter(())

    async def __anext__(self) -> T:
        while True:
            for one in self._objects:
                return one
            self._objects = iter((await anext(self._pages)).objects)
