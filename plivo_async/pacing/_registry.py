"""The limiters of this process, one for each account."""

import contextlib
import os
import threading
import weakref

from .._errors import InvalidArgumentError
from ..policy import RateLimit
from ._clock import Clock
from ._limiter import Limiter

_limiters: dict[tuple[str, str], Limiter] = {}
_lock = threading.Lock()

shared_budgets: dict[tuple[str, str], tuple[RateLimit, "weakref.WeakSet[object]"]] = {}
"""Accounts whose budget this process shares with others: as what, and who uses it here."""


def paced_alone(base_url: str, auth_id: str) -> RateLimit | None:
    """As what this process paces an account by itself; None if no client does."""
    known = _limiters.get((base_url, auth_id))
    return known.window.rate_limit if known is not None and known.users else None


def limiter_of(base_url: str, auth_id: str, rate_limit: RateLimit, clock: Clock, user: object) -> Limiter:
    """The limiter of an account in this process, made if there is none.

    It lives as long as any of its users, and after that until all of its permits are free again: a client made right
    after another one was closed doesn't start with permits that the server still counts. But only users hold others to
    its rate limit and its clock.

    Raises:
        InvalidArgumentError: The account is paced differently already, or on another clock.
    """
    limit, others = shared_budgets.get((base_url, auth_id), (rate_limit, ()))
    if others:
        raise different(limit, rate_limit)
    with _lock:
        for account, limiter in list(_limiters.items()):
            if not limiter.users and limiter.is_fresh():
                del _limiters[account]
        known = _limiters.get((base_url, auth_id))
        if known is None:
            limiter = Limiter(rate_limit, clock)
        elif known.window.rate_limit == rate_limit and known.clock == clock:
            limiter = known
        elif known.users:
            raise different(known.window.rate_limit, rate_limit)
        else:
            limiter = Limiter(rate_limit, clock)
            with contextlib.suppress(RuntimeError):  # the clock of an event loop, and none is running
                limiter = known.heir(rate_limit, clock)
        _limiters[base_url, auth_id] = limiter
        limiter.users.add(user)
    return limiter


def different(known: RateLimit, rate_limit: RateLimit) -> InvalidArgumentError:
    """The error for a client that doesn't agree with the others of its account."""
    if known == rate_limit:
        return InvalidArgumentError(
            "this process paces the account on another clock already: all clients of one account share one budget, "
            "so give them the same clock",
            argument="clock",
        )
    return InvalidArgumentError(
        f"this process paces the account at {known} already, not at {rate_limit}: "
        "all clients of one account share one budget, so give them the same rate_limit",
        argument="rate_limit",
    )


def _forked() -> None:
    global _lock
    _lock = threading.Lock()  # another thread of the parent's may have held it
    for limiter in _limiters.values():
        limiter.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
