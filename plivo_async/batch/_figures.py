"""What a report says in figures: one walk over the activations, for a million of them as well.

Times on the page are wall-clock times; an activation tells when it began, and its attempts count from there.
"""

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..policy import ActivationOutcome, Attempt, AttemptOutcome
from ._activation import Activation

MOST_FAILURES = 200
MOST_BARS = 60
_EXAMPLES = 3
_OUTAGE = 3  # seconds without one answer although something was asked for
_SILENCE = 120  # seconds without any request, as no run keeps that has something to do
_FULL = 0.9  # of the limit: a bar as high as that was bounded by it


@dataclass(slots=True)
class Group:
    """Failures of one kind: the same outcome, last status, and words of Plivo."""

    outcome: ActivationOutcome
    status_code: int | None
    words: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bar:
    """What was sent from `at` on for the width of a bar, and how many conferences were live in the end."""

    at: float
    first: int
    again: int
    live: int


@dataclass(slots=True)
class Figures:
    """The figures of a run; instants are seconds since 1970, lengths are seconds, arrays are in order."""

    total: int = 0
    counts: Counter[ActivationOutcome] = field(default_factory=Counter)
    known_by: Counter[tuple[ActivationOutcome, str | None]] = field(default_factory=Counter)
    began: float | None = None
    ended: float | None = None
    requests: int = 0
    looks: int = 0
    repeats: int = 0
    trouble: Counter[str] = field(default_factory=Counter)
    doubts: Counter[ActivationOutcome] = field(default_factory=Counter)
    answers: "array[float]" = field(default_factory=lambda: array("f"))
    queued: "array[float]" = field(default_factory=lambda: array("f"))
    pauses: "array[float]" = field(default_factory=lambda: array("f"))
    groups: dict[tuple[ActivationOutcome, int | None, str], Group] = field(default_factory=dict)
    failures: list[Activation] = field(default_factory=list)
    outages: list[tuple[float, float]] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    width: float = 1.0

    @property
    def live(self) -> int:
        """How many conferences are live."""
        return sum(count for outcome, count in self.counts.items() if outcome.succeeded)

    @property
    def elapsed(self) -> float:
        """From the first to the last instant that is known."""
        return 0.0 if self.began is None or self.ended is None else self.ended - self.began

    @property
    def refused(self) -> int:
        """How many attempts were answered 429."""
        return self.trouble[REFUSED]

    @property
    def out_of_reach(self) -> float:
        """How long Plivo could not be reached, in all."""
        return sum(end - start for start, end in self.outages)

    def at_the_limit(self, rate: float) -> float:
        """How long at least nine tenths of `rate` requests a second were sent."""
        bound = rate * self.width * _FULL
        return min(self.elapsed, self.width * sum(bar.first + bar.again >= bound for bar in self.bars))


REFUSED = "refused (429), so nothing was done"


def figures(activations: Iterable[Activation], per: float = 5.0) -> Figures:
    """The figures of a run.

    Args:
        activations: Its outcomes, walked once.
        per: Seconds in which the limit counts: bars are that wide, or a multiple of it if there were too many.
    """
    return _Walk(per).walk(activations)


def percentile(values: "array[float]", share: float) -> float | None:
    """The value that `share` of them don't exceed; None if there are none. They have to be in order."""
    return values[min(len(values) - 1, int(len(values) * share))] if values else None


class _Walk:
    def __init__(self, per: float) -> None:
        self._found = Figures()
        self._per = per
        self._first: Counter[int] = Counter()  # requests in each span of `per` seconds
        self._again: Counter[int] = Counter()
        self._live: Counter[int] = Counter()
        self._asked: set[int] = set()  # seconds in which an unanswered request was sent or given up
        self._answered: set[int] = set()

    def walk(self, activations: Iterable[Activation]) -> Figures:
        found = self._found
        twins: set[str] = set()
        for activation in activations:
            self._outcome(activation)
            who = label(activation)
            if activation.attempts and who not in twins:
                self._attempts(activation)
            if len(activation.attempts) > 1 or not activation.succeeded:
                twins.add(who)  # given twice, its attempts count once; a plain success has too few to matter
        found.answers, found.queued, found.pauses = (
            array("f", sorted(values)) for values in (found.answers, found.queued, found.pauses)
        )
        if found.began is not None and found.ended is not None:
            self._draw(found.began, found.ended)
            found.outages = list(_outages(self._asked, self._answered, found.ended))
        return found

    def _outcome(self, activation: Activation) -> None:
        found = self._found
        found.total += 1
        found.counts[activation.outcome] += 1
        found.known_by[activation.outcome, activation.confirmed_by] += 1
        if activation.succeeded:
            return
        if len(found.failures) < MOST_FAILURES:
            found.failures.append(activation)
        status_code = activation.attempts[-1].status_code if activation.attempts else None
        words = str(getattr(activation.error, "detail", None) or "")
        key = (activation.outcome, status_code, words)
        group = found.groups.setdefault(key, Group(*key))
        group.count += 1
        if len(group.examples) < _EXAMPLES:
            group.examples.append(label(activation))

    def _attempts(self, activation: Activation) -> None:
        found = self._found
        if any(attempt.outcome is AttemptOutcome.UNCLEAR for attempt in activation.attempts):
            found.doubts[activation.outcome] += 1
        found.queued.append(activation.attempts[0].started_at)
        before: Attempt | None = None
        for attempt in activation.attempts:
            found.requests += 1
            found.looks += attempt.method == "GET"
            if before is not None:
                found.repeats += before.method == attempt.method
                found.pauses.append(max(0.0, attempt.started_at - before.ended_at))
            if (kind := trouble(attempt)) is not None:
                found.trouble[kind] += 1
            if attempt.status_code is not None:
                found.answers.append(attempt.ended_at - attempt.started_at)
            before = attempt
        if activation.started_at is not None:
            self._place(activation, activation.started_at.timestamp())

    def _place(self, activation: Activation, began: float) -> None:
        """Put it on the time axis."""
        found, ended = self._found, began + activation.elapsed
        found.began = began if found.began is None else min(found.began, began)
        found.ended = ended if found.ended is None else max(found.ended, ended)
        if activation.succeeded:
            self._live[int(ended // self._per)] += 1
        counter = self._first
        for attempt in activation.attempts:
            at, back = began + attempt.started_at, began + attempt.ended_at
            counter[int(at // self._per)] += 1
            counter = self._again
            if attempt.status_code is None:
                self._asked.update((int(at), int(back)))
            else:
                self._answered.add(int(back))

    def _draw(self, began: float, ended: float) -> None:
        low, high = int(began // self._per), int(ended // self._per)
        step = -(-(high - low + 1) // MOST_BARS)
        self._found.width = self._per * step
        first, again, more = (_in_bars(of, low, step) for of in (self._first, self._again, self._live))
        live = 0
        for bar, start in enumerate(range(low, high + 1, step)):
            live += more[bar]
            self._found.bars.append(Bar(start * self._per, first[bar], again[bar], live))


def _in_bars(spans: Counter[int], low: int, step: int) -> Counter[int]:
    """What lies in each bar, by its number; the runs of a journal may be years apart, most of them empty."""
    found: Counter[int] = Counter()
    for span, count in spans.items():
        found[(span - low) // step] += count
    return found


def _outages(asked: set[int], answered: set[int], ended: float) -> Iterable[tuple[float, float]]:
    """Spans from the first unanswered request of an unbroken run of them to the next answer.

    Where nothing is asked for long, nobody was there to ask: a run was killed, and another one begun later.
    """
    start: int | None = None
    before = 0
    for second in sorted(asked | answered):
        if start is not None and second - before > _SILENCE:
            if before + 1 - start >= _OUTAGE:
                yield float(start), float(before + 1)
            start = None
        before = second
        if second not in answered:
            start = second if start is None else start
            continue
        if start is not None and second - start >= _OUTAGE:
            yield float(start), float(second)
        start = None
    if start is not None and ended - start >= _OUTAGE:
        yield float(start), ended


def label(activation: Activation) -> str:
    """What a person calls it."""
    if activation.name is not None:
        return activation.name
    return "(no name)" if activation.uuid is None else f"uuid {activation.uuid}"


def trouble(attempt: Attempt) -> str | None:
    """What became of an attempt that was not simply answered; None if it was."""
    if attempt.outcome is AttemptOutcome.REFUSED:
        return REFUSED
    if attempt.outcome is AttemptOutcome.NOT_SENT:
        return "no connection, so nothing was sent"
    if attempt.outcome is not AttemptOutcome.UNCLEAR:
        return None
    return "no whole answer came" if attempt.status_code is None else f"answered {attempt.status_code}"
