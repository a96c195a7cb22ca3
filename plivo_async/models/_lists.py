"""What a page of a list says of the list."""

from dataclasses import dataclass, field
from typing import Any

from .._public import public
from ._model import Model


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class PageMeta(Model):
    """Where in a list a page is.

    Source: Plivo docs, "Pagination", and answers captured in its SDKs' tests.
    """

    count: int | None = None
    """How many objects the whole list had when this page was made (`total_count` in one sample); None if Plivo doesn't
    say."""
    limit: int | None = None
    """How many objects a page has at most."""
    offset: int | None = None
    """How many objects come before this page."""
    next: str | None = None
    """The path and query of the next page; None if this is the last one."""
    previous: str | None = None
    """The path and query of the page before; None if this is the first one, or if Plivo doesn't say."""
    api_id: str | None = field(default=None, compare=False)
    """Plivo's identifier of the request. It doesn't count when two are compared."""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
    """Whatever else Plivo sent, and what could not be read, by its name on the wire."""
