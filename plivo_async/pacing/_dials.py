"""Phones are rung one after another, as fast as the account dials: whoever comes later is told when.

What Plivo has accepted it dials at the account's calls per second, two unless raised, and nothing says how long that
queue may get. So the wait is better spent here, where it is known, and can be refused or left.
"""

import threading
import weakref

from ._clock import Clock, sleep_until
from ._source import DeadlinePassed


class DialPace:
    """When the next phone may be rung: one pace for all clients of an account in this process."""

    def __init__(self, per_second: float, clock: Clock) -> None:
        self._each = 1 / per_second
        self._clock = clock
        self._free_at = float("-inf")
        self._lock = threading.Lock()

    def wait(self) -> float:
        """Seconds that a phone would wait that is asked for now; 0 if it may be rung at once."""
        return max(0.0, self._free_at - self._clock())

    async def take(self, phones: int, deadline: float) -> None:
        """Return when so many phones may be rung. A cancellation gives up the place, if it is the last one.

        Raises:
            DeadlinePassed: The last of them would be rung after `deadline`.
        """
        if not phones:
            return
        with self._lock:
            now = self._clock()
            at = max(now, self._free_at)
            last, until = at + (phones - 1) * self._each, at + phones * self._each
            if last > now and last >= deadline:
                raise DeadlinePassed(last - now)
            self._free_at = until
        try:
            await sleep_until(at, self._clock)
        except BaseException:
            with self._lock:
                if self._free_at == until:
                    self._free_at = at
            raise


_paces: "weakref.WeakValueDictionary[tuple[str, str], DialPace]" = weakref.WeakValueDictionary()


def dial_pace_of(base_url: str, auth_id: str, per_second: float, clock: Clock) -> DialPace:
    """The pace of an account in this process; that all its clients agree on it is seen to with their rate limits."""
    pace = _paces.get((base_url, auth_id))
    if pace is None:
        pace = _paces[base_url, auth_id] = DialPace(per_second, clock)
    return pace
