"""What a child process measures: time, CPU and outcomes of one section, and a bound on how long it may take."""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

Figures = dict[str, Any]


class Meter:
    """Counts outcomes and measures from `begin` to `end`; a section that takes too long is cut off with what it has.

    The bound is held by a thread, which ends the process: an event loop that stands still can't put it off, and a pool
    that takes minutes to cancel what waits in it isn't waited for.

    Attributes:
        done: Activations that succeeded.
        failed: Those that didn't.
        more: Gives further figures, at the end as well as when it is cut off.
    """

    def __init__(self, cap: float | None = None) -> None:
        self.done = self.failed = 0
        self.more: Callable[[], Figures] = dict
        self._cap = cap
        self._began = self._cpu_began = 0.0
        self._result: Figures | None = None

    def begin(self) -> None:
        """The section begins."""
        if self._cap is not None:
            timer = threading.Timer(self._cap, self._cut_off)
            timer.daemon = True
            timer.start()
        self._began, self._cpu_began = time.perf_counter(), time.process_time()

    def end(self) -> None:
        """The section ends."""
        self._result = self._figures(cut_off=False)

    def result(self) -> Figures:
        """What was measured."""
        assert self._result is not None
        return self._result

    def _figures(self, *, cut_off: bool) -> Figures:
        wall, cpu = time.perf_counter() - self._began, time.process_time() - self._cpu_began
        taken = {"wall": wall, "cpu": cpu, "done": self.done, "failed": self.failed, "cut_off": cut_off}
        return {**taken, **self.more()}

    def _cut_off(self) -> None:
        if self._result is None:
            tell(self._figures(cut_off=True))
            os._exit(0)


def tell(figures: Figures) -> None:
    """Hand figures to the parent process."""
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()
