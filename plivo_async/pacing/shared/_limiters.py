"""The shared budgets that this process takes part in, one for each account."""

import atexit
import os
import secrets
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

from ...policy import RateLimit, StoreUrl
from ...policy.shared import Terms
from .._clock import Clock
from .._registry import different, paced_alone, shared_budgets
from ._broker import Broker
from ._gate import SharedLimiter
from ._redis import RedisStore
from ._sqlite import SqliteStore
from ._store import Store

_limiters: dict[tuple[str, str], SharedLimiter] = {}
_lock = threading.Lock()


def shared_limiter_of(base_url: str, auth_id: str, rate_limit: RateLimit, clock: Clock, user: object) -> SharedLimiter:
    """The limiter of an account that is shared with other processes; one in this process.

    Raises:
        InvalidArgumentError: The account is paced differently already.
        ImportError: The store's client is not installed.
    """
    alone = paced_alone(base_url, auth_id)
    if alone is not None:
        raise different(alone, rate_limit)
    with _lock:
        known = _limiters.get((base_url, auth_id))
        same = known is not None and known.rate_limit == rate_limit and known.clock == clock
        if known is not None and known.users and not same:
            raise different(known.rate_limit, rate_limit)
        if known is None or not same:
            known = _limiters[base_url, auth_id] = _made(base_url, auth_id, rate_limit, clock)
        known.users.add(user)
        shared_budgets[base_url, auth_id] = (rate_limit, known.users)
    return known


def ledger_key(namespace: str, base_url: str, auth_id: str) -> str:
    """What a budget is called in a store: by the account and where it is."""
    return f"{namespace}:{urlsplit(base_url).netloc.lower()}:{auth_id}"


def _made(base_url: str, auth_id: str, rate_limit: RateLimit, clock: Clock) -> SharedLimiter:
    url = rate_limit.shared
    assert isinstance(url, StoreUrl)  # noqa: S101
    terms = Terms(rate_limit.limit, float(rate_limit.per), reserve=rate_limit.reserve)
    store = _store(url, ledger_key(rate_limit.namespace, base_url, auth_id))
    return SharedLimiter(Broker(store, terms, _name, degrade=rate_limit.on_store_down == "degrade"), rate_limit, clock)


def _store(url: StoreUrl, key: str) -> Store:
    return SqliteStore(Path(url.path), key) if url.scheme == "sqlite" else RedisStore(url, key)


def _name() -> str:
    """A holder's name: it says on which host to look for which process."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


def _before_fork() -> None:
    _lock.acquire()
    for limiter in _limiters.values():
        limiter.broker.before_fork()


def _after_fork_in_parent() -> None:
    for limiter in _limiters.values():
        limiter.broker.after_fork_in_parent()
    _lock.release()


def _after_fork_in_child() -> None:
    for limiter in _limiters.values():
        limiter.forked()
    _lock.release()


def _at_exit() -> None:
    for limiter in list(_limiters.values()):
        limiter.broker.close()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
