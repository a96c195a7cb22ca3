"""What a page of a list says of the list."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMeta:
    """Where in a list a page is.

    Source: Plivo docs, "Pagination", and answers captured in its SDKs' tests.

    Attributes:
        count: How many objects the whole list had when this page was made (`total_count` in one sample); None if
            Plivo doesn't say.
        limit: How many objects a page has at most.
        offset: How many objects come before this page.
        next: The path and query of the next page; None if this is the last one.
        previous: The path and query of the page before; None if this is the first one, or if Plivo doesn't say.
        api_id: Plivo's identifier of the request. It doesn't count when two are compared.
        extra: Whatever else Plivo sent, and what could not be read, by its name on the wire.
    """

    count: int | None = None
    limit: int | None = None
    offset: int | None = None
    next: str | None = None
    previous: str | None = None
    api_id: str | None = field(default=None, compare=False)
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
