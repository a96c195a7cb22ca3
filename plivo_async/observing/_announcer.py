"""Who is told of what happens: the log of what is rare, and an observer, if there is one, of all."""

import logging
from collections import Counter
from collections.abc import Mapping
from itertools import count

import anyio

from .._errors import OutcomeUnknownError
from ..pacing._clock import Clock
from ..pacing._source import PermitSource, Usage
from ..policy import ActivationOutcome, Attempt, AttemptOutcome, Lowest, Reach
from ..shown._privacy import masked
from ..wire import Request
from ._events import (
    AttemptBegan,
    AttemptEnded,
    BatchBegan,
    BatchEnded,
    Event,
    LimitLowered,
    Observer,
    Operation,
    OperationBegan,
    OperationEnded,
    OutageBegan,
    OutageEnded,
    RetryBudgetUsedUp,
)

_log = logging.getLogger("plivo_async")


class Announcer:
    """Tells the log and the observer of one client.

    Attributes:
        observer: Who is told of everything; None for nobody.
        clock: Monotonic seconds.
        ended: How many attempts ended how.
        outcomes: How many operations ended how.
    """

    def __init__(self, clock: Clock, observer: Observer | None = None) -> None:
        self.observer: Observer | None = observer
        self.clock: Clock = clock
        self.ended: Counter[AttemptOutcome] = Counter()
        self.outcomes: Counter[str] = Counter()
        self._operations = count(1)
        self._batches = count(1)
        self._reach = Reach()
        self._lowest = Lowest()
        self._complained = False

    def begin(self, request: Request, batch: int | None = None) -> "Watched":
        """An operation has begun."""
        if self.observer is None:
            return Watched(self, None)
        operation = Operation(next(self._operations), request.operation, masked(request.target), batch)
        self.tell(OperationBegan(operation))
        return Watched(self, operation)

    def batch_began(self) -> int:
        """A batch has begun; its number."""
        number = next(self._batches)
        self.tell(BatchBegan(number))
        return number

    def batch_ended(
        self, number: int, counts: Mapping[ActivationOutcome, int], elapsed: float, stopped_by: str | None
    ) -> None:
        """A batch is over."""
        self.tell(BatchEnded(number, counts, elapsed, stopped_by))

    def came_back(self, request: Request, attempt: Attempt) -> None:
        """An attempt has come back."""
        self.ended[attempt.outcome] += 1
        if attempt.outcome is not AttemptOutcome.ANSWERED:
            _log.debug("%s %s: %s", request.operation, masked(request.target), attempt)
        lasted = self._reach.observe(attempt, self.clock())
        if lasted is not None:
            self.tell(OutageBegan(lasted, attempt) if self._reach.out else OutageEnded(lasted))

    def refused(self, before: Usage, after: Usage) -> None:
        """A 429 may have changed the level."""
        if self._lowest.is_news(before.level, after.level, after.limit):
            self.tell(LimitLowered(after.level, after.limit))

    def tell(self, event: Event) -> None:
        """Tell of one event, whatever the observer makes of it."""
        _write(event)
        if self.observer is None:
            return
        try:
            self.observer(event)
        except Exception:  # noqa: BLE001  (the caller's)
            if not self._complained:
                self._complained = True
                _log.exception(
                    "the observer raised; it goes on being told, and this is not logged again",
                    extra={"plivo_event": "observer_raised"},
                )


class Watched:
    """An operation from its beginning to its end, which is counted. An observer is told of it, if there is one."""

    __slots__ = ("_announcer", "_asked_at", "_attempts", "_began", "_ended", "_method", "_open", "_waited", "operation")

    def __init__(self, announcer: Announcer, operation: Operation | None) -> None:
        """Begin.

        Args:
            announcer: Counts, and tells.
            operation: What is told of; None if nobody is told.
        """
        self._announcer = announcer
        self.operation: Operation | None = operation
        self._began = self._asked_at = announcer.clock()
        self._attempts = 0
        self._method = ""
        self._waited = 0.0
        self._open = self._ended = False

    def asked(self) -> None:
        """An attempt waits for its permit from now on."""
        self._asked_at = self._announcer.clock()

    def attempt_began(self, method: str, sent_at: float, source: PermitSource | None) -> None:
        """An attempt has its permit."""
        if self.operation is None:
            return
        self._attempts += 1
        self._open, self._method, self._waited = True, method, max(0.0, sent_at - self._asked_at)
        usage = None if source is None else source.usage()
        used, level = (None, None) if usage is None else (usage.used, usage.level)
        self._announcer.tell(AttemptBegan(self.operation, self._attempts, method, self._waited, used, level))

    def attempt_ended(self, attempt: Attempt) -> None:
        """It is over."""
        self._open = False
        if self.operation is not None:
            self._announcer.tell(AttemptEnded(self.operation, self._attempts, attempt, self._waited))

    def broken_off(self, sent_at: float, *, sent: bool) -> None:
        """It was cancelled, or something else came out of it."""
        if self._open:
            outcome = AttemptOutcome.UNCLEAR if sent else AttemptOutcome.NOT_SENT
            times = sent_at - self._began, self._announcer.clock() - self._began
            self.attempt_ended(Attempt(self._method, outcome, None, "Cancelled", *times))

    def end(self, outcome: str, error: BaseException | None = None) -> None:
        """It is over; told once."""
        if self._ended:
            return
        self._ended = True
        self._announcer.outcomes[str(outcome)] += 1
        if self.operation is None:
            return
        elapsed = self._announcer.clock() - self._began
        name = None if error is None else type(error).__name__
        self._announcer.tell(OperationEnded(self.operation, outcome, name, self._attempts, elapsed))

    def end_with(self, error: BaseException) -> None:
        """It is over by an exception."""
        if isinstance(error, OutcomeUnknownError):
            self.end("unknown", error)
        else:
            cancelled = isinstance(error, anyio.get_cancelled_exc_class() | GeneratorExit | KeyboardInterrupt)
            self.end("cancelled" if cancelled else "failed", error)


def _write(event: Event) -> None:
    """Log what is worth it, in words and with the fields of the event."""
    level = _LEVELS.get(type(event))
    if level is None or not _log.isEnabledFor(level):
        return
    fields = event.to_dict()
    extra = {"plivo_event": fields.pop("event"), **{f"plivo_{name}": value for name, value in fields.items()}}
    _log.log(level, "%s", _words(event), extra=extra)


_LEVELS: dict[type[Event], int] = {
    BatchEnded: logging.INFO,
    OutageBegan: logging.WARNING,
    OutageEnded: logging.WARNING,
    LimitLowered: logging.WARNING,
    RetryBudgetUsedUp: logging.WARNING,
}


def _words(event: Event) -> str:
    match event:
        case BatchEnded():
            counts = ", ".join(f"{number} {outcome}" for outcome, number in event.counts.items() if number)
            so = f"; {event.stopped_by}" if event.stopped_by else ""
            return f"batch {event.batch} ended after {event.elapsed:.1f} s: {counts or 'nothing was begun'}{so}"
        case OutageBegan():
            return f"for {event.elapsed:.1f} s Plivo has been out of reach: {event.attempt}"
        case OutageEnded():
            return f"Plivo answers again, after {event.elapsed:.1f} s"
        case LimitLowered():
            return f"the limit turned out lower: {event.level} of {event.limit} requests may be in use for now"
        case RetryBudgetUsedUp():
            return f"the retry budget of {event.reserve:g} is used up: failed attempts are not repeated for now"
    return ""
