"""Progress for programs: a JSON object a line, for each event that is worth one, and for how far the run has got.

What begins is left out, and so are attempts that were answered: of a conference there is one line when it is over, and
one for each of its attempts that was not. Lines are written by a thread of their own: a slow reader holds nothing up.
"""

import json
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO

from ... import ActivationOutcome, AttemptBegan, AttemptEnded, AttemptOutcome, Event, OperationBegan
from ._tally import Tally, line_is_due, time_left

_TICK = 0.2
_PATIENCE = 5.0  # seconds for the last lines, where nobody reads


class JsonLog:
    """An observer that writes events down.

    Attributes:
        tally: Is told of them as well.
    """

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self._lines: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()

    def __call__(self, event: Event, /) -> None:
        """Take in what has happened."""
        self.tally.hear(event, time.monotonic())
        if is_told(event):
            self._lines.put(stamped(event.to_dict()))

    @contextmanager
    def written(self, stream: TextIO) -> Iterator[None]:
        """Write until the block ends, and then what is left."""
        thread = threading.Thread(target=self._write, args=(stream,), name="log", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._lines.put(None)
            thread.join(timeout=_PATIENCE)

    def _write(self, stream: TextIO) -> None:
        began = time.monotonic()
        share_then = at = 0.0
        while True:
            try:
                line = self._lines.get(timeout=_TICK)
            except queue.Empty:
                pass
            else:
                if line is None:
                    break
                _print(line, stream)
            elapsed, share = time.monotonic() - began, self.tally.done / max(1, self.tally.total)
            if line_is_due(since_line=elapsed - at, elapsed=elapsed, share=share, share_then=share_then):
                _print(stamped(progress_of(self.tally, elapsed)), stream)
                at, share_then = elapsed, share
        _print(stamped(progress_of(self.tally, time.monotonic() - began)), stream)


def is_told(event: Event) -> bool:
    """Whether an event is worth a line."""
    if isinstance(event, AttemptEnded):
        return event.attempt.outcome is not AttemptOutcome.ANSWERED
    return not isinstance(event, OperationBegan | AttemptBegan)


def progress_of(tally: Tally, elapsed: float) -> dict[str, Any]:
    """How far a run has got; `left` is null where nobody can tell, as during an outage."""
    left = None if tally.outage is not None else time_left(tally, elapsed)
    return {
        "event": "progress",
        "done": tally.done,
        "total": tally.total,
        "counts": {outcome.value: count for outcome in ActivationOutcome if (count := tally.counts[outcome])},
        "requests": tally.requests,
        "retries": tally.retries,
        "refused": tally.refused,
        "elapsed": round(elapsed, 3),
        "left": None if left is None else round(left, 1),
    }


def stamped(fields: dict[str, Any]) -> dict[str, Any]:
    """With the wall-clock time."""
    return {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **fields}


def _print(fields: dict[str, Any], stream: TextIO) -> None:
    stream.write(json.dumps(fields) + "\n")
    stream.flush()
