"""What a user of the emulator does to it as a whole: the part of `Emulator` about time, faults, and beginning anew."""

import math
from dataclasses import replace

from ._chance import Faults, Line, mishaps_of
from ._clock import Clock
from ._core import Core
from ._faults import fault_named
from ._log import Counts, Request
from ._mishaps import Mishaps
from .api._routes import OPERATIONS
from .calling_back._courier import Courier

_CENTURY = 100 * 365.25 * 86_400  # dates end some time, and an emulator must not end with them


class DrivingView:
    """Time, faults, and what was asked."""

    _clock: Clock
    _core: Core
    _courier: Courier
    _mishaps: Mishaps

    # ---- Time ---------------------------------------------------------------------------------------------------

    def advance(self, seconds: float) -> None:
        """Put the emulator's clock forward, and let everything happen that falls due: phones ring, answer and give up,
        conferences reach their longest duration. The windows of the rate limit pass as well.

        Only the emulator's own clock jumps: not the event loop's, and not the client's.

        Args:
            seconds: How far; 0 or more, and no further than a hundred years from its start in all.

        Raises:
            ValueError: `seconds` is negative, not finite, or too far.
            RuntimeError: The emulator is not running, or runs in another thread or event loop.
        """
        if not 0 <= seconds < math.inf:
            raise ValueError(f"seconds: {seconds} is not a length of time")
        now = self._clock.now()
        if now + seconds > _CENTURY:
            raise ValueError(f"seconds: {seconds} would be more than a hundred years from the start of the emulator")
        self._clock.skip(seconds)
        self._core.machine.time.advance(now + seconds)
        self._courier.wake()

    # ---- Faults and truth ---------------------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        """What goes wrong by chance. Assign others, and they are in force from the next request, and callback, on.

        What has been drawn stays drawn. Assigning raises `RuntimeError` as any change does: the emulator runs in
        another thread or event loop.
        """
        return self._core.rules.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._core.machine.time.act()
        self._core.rules = replace(self._core.rules, faults=faults)
        self._mishaps.set_shares(mishaps_of(faults))
        self._courier.late_by = faults.callbacks_late_by

    def script(self, operation: str, name: str | None = None, *, nth: int | None = 1, fault: str) -> None:
        """Let one request go wrong for certain, whatever chance says.

        Args:
            operation: Its name, as in `Request.operation`: `activate`, `add-participant`, ….
            name: Friendly name of the conference, or id of the call, recording or whatever is addressed; None for
                whichever, and for lists.
            nth: Which such request since the start, 1 for the first, whatever became of the others; None for each.
                Without a name, all requests of the operation are counted together.
            fault: The name of a `Fault`.

        Raises:
            ValueError: No such operation or fault, or `nth` is less than 1.
        """
        if operation not in OPERATIONS:
            raise ValueError(f"{operation!r} is no operation; these are: {', '.join(sorted(OPERATIONS))}")
        self._core.script.add(Line(operation, name, nth, fault_named(fault)))

    @property
    def requests(self) -> list[Request]:
        """Every request that has arrived whole, in order, and what became of it; the latest, with `keep_requests`.

        It is the log itself: `requests.clear()` forgets what has been, and numbers and `counts` go on.
        """
        self._core.machine.time.sync()
        return self._core.log.requests

    def counts(self) -> Counts:
        """The requests since it started in numbers, whether they are still in `requests` or not."""
        self._core.machine.time.sync()
        return self._core.log.counts()
