"""What is public says so."""

from typing import TypeVar

T = TypeVar("T")


def public(cls: T) -> T:
    """Let a class say that it is `plivo_async.X`, wherever it is defined: pickles and error trackers keep it."""
    cls.__module__ = "plivo_async"
    return cls
