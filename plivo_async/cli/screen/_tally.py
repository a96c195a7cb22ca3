"""How far a run has got, in numbers and in words. Pure: the clock is handed in."""

import math
from collections import Counter, deque

from ... import Event, OutageBegan, OutageEnded
from ...batch import Activation, duration
from ...policy import ActivationOutcome, Attempt, AttemptOutcome
from ..input._options import Rate

_KEEPS_UP = 0.8
_LINE_EVERY, _LINE_SHARE = 5.0, 0.1


class Tally:
    """Counts outcomes and attempts as they come. Its numbers may be read from another thread, its methods not.

    Attributes:
        total: Conferences in all.
        budget: The limit that holds; None for none.
        done: Conferences with an outcome other than `not_attempted`.
        counts: How many ended in which outcome.
        requests: Attempts of conferences that have an outcome.
        retries: Activations among them that were sent again.
        looks: Looks (GET) among them.
        refused: Of `requests`, how many were answered 429.
        lost: Of `requests`, to how many no clear answer came.
        unauthorized: Whether one was answered 401.
        paused: Whether nothing is under way because the limit is used up.
        outage: Since when Plivo can't be reached, and an attempt that shows it; None if it can.
        over: Whether the run has ended.
    """

    def __init__(self, total: int, budget: Rate | None) -> None:
        self.total = total
        self.budget = budget
        self.done = self.requests = self.retries = self.looks = self.refused = self.lost = 0
        self.counts: Counter[ActivationOutcome] = Counter()
        self.unauthorized = False
        self.paused = self.over = False
        self.outage: tuple[float, Attempt] | None = None
        self._counted: tuple[Attempt, ...] = ()

    def note(self, activation: Activation) -> None:
        """Take in an outcome."""
        self.done += activation.outcome is not ActivationOutcome.NOT_ATTEMPTED
        self.counts[activation.outcome] += 1
        if activation.attempts is not self._counted:  # of a conference given twice they are the same: counted once
            self._counted = activation.attempts
            self._count(activation.attempts)

    def hear(self, event: Event, now: float) -> None:
        """Take in that an outage begins or ends."""
        if isinstance(event, OutageBegan):
            self.outage = now - event.elapsed, event.attempt
        elif isinstance(event, OutageEnded):
            self.outage = None

    def outage_line(self, now: float) -> str:
        """As `for 34s Plivo has been out of reach (ConnectError); it is tried now and then`; empty if it can."""
        outage = self.outage
        if outage is None or self.over:
            return ""
        since, attempt = outage
        status, what = attempt.status_code, "has given no answer"
        if attempt.error == "Unreadable" and status is not None and status < 500:
            what = f"has given no answer, something else has ({status})"
        elif status is not None:
            what = f"has answered nothing but errors ({status})"
        elif attempt.outcome is AttemptOutcome.NOT_SENT:
            what = "has been out of reach"
        reason = f" ({attempt.error})" if attempt.error and status is None else ""
        return f"for {duration(now - since)} Plivo {what}{reason}; it is tried now and then"

    def _count(self, attempts: tuple[Attempt, ...]) -> None:
        looks = sum(attempt.method == "GET" for attempt in attempts)
        self.requests += len(attempts)
        self.looks += looks
        self.retries += max(0, len(attempts) - looks - 1)
        self.refused += sum(attempt.outcome is AttemptOutcome.REFUSED for attempt in attempts)
        self.lost += sum(attempt.outcome is AttemptOutcome.UNCLEAR for attempt in attempts)
        self.unauthorized = self.unauthorized or any(attempt.status_code == 401 for attempt in attempts)


class Speed:
    """Conferences per second, over the last window of the limit."""

    def __init__(self, now: float, span: float) -> None:
        self._span = span
        self._samples = deque([(now, 0)])

    def measure(self, now: float, done: int) -> float:
        """The speed now; to be asked again and again."""
        self._samples.append((now, done))
        while len(self._samples) > 2 and self._samples[1][0] <= now - self._span:
            self._samples.popleft()
        at, before = self._samples[0]
        return (done - before) / max(now - at, 0.1)


def time_left(tally: Tally, elapsed: float) -> float | None:
    """Seconds until all have an outcome, about; None if that can't be told yet.

    A limit is used up in bursts, so an average misleads: as long as the run keeps up with its limit, what is left is
    arithmetic.
    """
    remaining = tally.total - tally.done
    if not remaining:
        return 0.0
    if not tally.done or elapsed <= 0:
        return None
    average = remaining * elapsed / tally.done
    if tally.budget is None:
        return average
    limit, per = tally.budget
    each = max(1.0, tally.requests / tally.done)
    if tally.done * each < _KEEPS_UP * limit * math.floor(elapsed / per):
        return average
    windows = math.ceil(tally.total * each / limit) - 1
    return max(0.0, windows * per - elapsed)


def outcomes(tally: Tally) -> list[tuple[str, bool]]:
    """As `3 unknown`, `312 activated`, each with whether it is a success; what went wrong comes first."""
    order = sorted(ActivationOutcome, key=lambda outcome: outcome.succeeded)
    counts = [(outcome, tally.counts[outcome]) for outcome in order]
    return [(f"{count:,} {outcome.replace('_', ' ')}", outcome.succeeded) for outcome, count in counts if count]


def counted(count: int, one: str, many: str | None = None) -> str:
    """As `1 look`, `2 looks`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def numbers(tally: Tally, speed: float, elapsed: float, *, left: bool = True) -> str:
    """In words; how long it will take is left out if nobody can tell, and if asked to.

    As `60/s · 340 requests · 12 retries · 8 looks · 2 answered 429 · about 5s left`.
    """
    parts = [f"{speed:,.0f}/s", counted(tally.requests, "request")]
    parts += [counted(tally.retries, "retry", "retries")] if tally.retries else []
    parts += [counted(tally.looks, "look")] if tally.looks else []
    parts += [f"{tally.refused:,} answered 429"] if tally.refused else []
    if tally.over:
        return " · ".join([*parts, duration(elapsed)])
    seconds = time_left(tally, elapsed) if left else None
    if seconds:
        parts.append(f"about {_rounded(seconds)} left")
    return " · ".join(parts)


def _rounded(seconds: float) -> str:
    return f"{max(1, round(seconds))}s" if seconds < 10 else duration(seconds)


def plain_line(tally: Tally, speed: float, elapsed: float, now: float) -> str:
    """One line that says it all."""
    share = 100 * tally.done // max(1, tally.total)
    failed = [text for text, succeeded in outcomes(tally) if not succeeded]
    outage = tally.outage_line(now)
    parts = [f"{tally.done:,}/{tally.total:,} ({share} %)", *failed, numbers(tally, speed, elapsed, left=not outage)]
    return " · ".join([*parts, outage] if outage else parts)


def line_is_due(*, since_line: float, elapsed: float, share: float, share_then: float) -> bool:
    """Whether a further plain line is due: every 10 %, and every 5 s, or less often the longer the run has taken.

    Args:
        since_line: Seconds since the last one.
        elapsed: Seconds since the start.
        share: What is done now, from 0 to 1.
        share_then: What was done at the last one.
    """
    if share == share_then and share == 1:
        return False
    tenth = math.floor(share / _LINE_SHARE + 1e-9) > math.floor(share_then / _LINE_SHARE + 1e-9)
    return (tenth and since_line >= 1) or since_line >= max(_LINE_EVERY, elapsed / 20)
