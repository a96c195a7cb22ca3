"""Whose request it is: what a batch's own input asks for belongs to the batch."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ..policy import Priority

_least: ContextVar[Priority] = ContextVar("plivo_async_priority", default=Priority.INTERACTIVE)


@contextmanager
def for_a_batch() -> Iterator[None]:
    """Let whatever is asked for inside go with the batch: pages of a list from which it takes its names."""
    token = _least.set(Priority.BATCH)
    try:
        yield
    finally:
        _least.reset(token)


def priority_here(priority: Priority) -> Priority:
    """The priority of a request that would have this one elsewhere."""
    return max(priority, _least.get())
