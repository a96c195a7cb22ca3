"""What is public says so."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def public_in(home: str) -> Callable[[T], T]:
    """Make a decorator that lets a class or function say that it is `home.X`, from where it can be imported.

    Wherever it is defined: pickles, task queues and error trackers keep that name.
    """

    def public(thing: T) -> T:
        thing.__module__ = home
        return thing

    return public


def public(thing: T) -> T:
    """Let a class or function say that it is `plivo_async.X`."""
    return public_in("plivo_async")(thing)
