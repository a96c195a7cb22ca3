"""Nonces that were seen, so that a request that is sent again by somebody else is refused."""

from collections import OrderedDict
from threading import Lock

from .._errors import invalid
from ._event import public


@public
class NonceMemory:
    """Remembers the last nonces, for a `Receiver`: a request whose nonce it knows is refused.

    Whether Plivo sends a callback that failed again with the same nonce is unverified. If it does, that is refused as
    well, and what your handler didn't finish is lost: this is for whoever fears a replay more than a lost event. To
    handle no event twice, use a `Deduplicator`. One process's memory knows nothing of another's.
    """

    def __init__(self, limit: int = 100_000) -> None:
        """Make an empty memory.

        Args:
            limit: How many nonces are remembered; the oldest are forgotten. Some 150 bytes each.

        Raises:
            InvalidArgumentError, TypeError: It isn't a whole number of at least 1.
        """
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._limit = at_least("limit", limit, 1)
        self._lock = Lock()

    def is_new(self, nonce: str) -> bool:
        """Whether a nonce hasn't been seen yet; from now on it has. Safe to call from several threads."""
        with self._lock:
            if nonce in self._seen:
                return False
            self._seen[nonce] = None
            if len(self._seen) > self._limit:
                self._seen.popitem(last=False)
            return True

    def __len__(self) -> int:
        return len(self._seen)


def at_least(name: str, value: object, least: int) -> int:
    """A whole number that is large enough; a bool is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")
    if value < least:
        raise invalid(name, f"must be {least} or more")
    return value
