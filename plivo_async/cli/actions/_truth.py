"""What a client reported, held against what the emulator did, item by item. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ...batch import Activation
from ...emulator import MEANINGS, Conference, Fault, Request
from ...policy import ActivationOutcome

_LOSES_NOTHING = frozenset({None, Fault.IDLE_CLOSE})


class Row(NamedTuple):
    """One outcome: how many were reported, and what the emulator knows of these."""

    outcome: ActivationOutcome
    reported: int
    truths: Mapping[str, int]
    wrong: int


class FaultRow(NamedTuple):
    """One kind of fault."""

    fault: Fault
    meaning: str
    hits: int
    applied: int
    """Activations that were carried out although their answer was spoilt."""


class Settled(NamedTuple):
    """Activations that were carried out although their answer was spoilt, by how they were settled."""

    by_look: int
    by_answer: int
    unknown: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self)


def truth(conference: Conference | None) -> str:
    """What the emulator knows of a conference, in a few words."""
    if conference is None:
        return "never there"
    if len(conference.activations) > 1:
        return "activated more than once"
    if conference.activations:
        return "live, by our request" if conference.status == "Active" else "activated by us, and over"
    return {
        "Active": "live before we came",
        "Initialized": "still waiting, untouched",
        "Ended": "over before we came",
    }[conference.status]


_FITTING: Mapping[ActivationOutcome, frozenset[str]] = {
    ActivationOutcome.ACTIVATED: frozenset({"live, by our request"}),
    ActivationOutcome.ALREADY_ACTIVE: frozenset({"live before we came"}),
}
_NEVER_APPLIED = frozenset({"never there", "over before we came", "still waiting, untouched", "live before we came"})


def contradicts(outcome: ActivationOutcome, known: str) -> bool:
    """Whether an outcome and what the emulator knows can't both be true.

    Activated: live, and activated over the API exactly once. Already active: live, and not by us. Unknown: anything.
    The others: never applied.
    """
    if outcome is ActivationOutcome.UNKNOWN:
        return False
    return known not in _FITTING.get(outcome, _NEVER_APPLIED)


def compare(activations: Iterable[Activation], conferences: Mapping[str, Conference]) -> list[Row]:
    """A row for each outcome that was reported."""
    truths: dict[ActivationOutcome, Counter[str]] = {}
    for activation in activations:
        known = truth(conferences.get(activation.name or ""))
        truths.setdefault(activation.outcome, Counter())[known] += 1
    return [
        Row(
            outcome,
            truths[outcome].total(),
            truths[outcome],
            sum(count for known, count in truths[outcome].items() if contradicts(outcome, known)),
        )
        for outcome in ActivationOutcome
        if outcome in truths
    ]


def strays(names: Iterable[str], conferences: Mapping[str, Conference]) -> list[str]:
    """Conferences that were activated although nobody asked for them."""
    asked = set(names)
    return [name for name, conference in conferences.items() if conference.activations and name not in asked]


def faults(requests: Sequence[Request]) -> list[FaultRow]:
    """A row for each kind of fault that hit a request, the most frequent first."""
    hits = Counter(request.fault for request in requests if request.fault is not None)
    applied = Counter(request.fault for request in _spoilt(requests))
    return [FaultRow(fault, MEANINGS[fault].text, count, applied[fault]) for fault, count in hits.most_common()]


def settled(requests: Sequence[Request], activations: Iterable[Activation]) -> Settled:
    """How it was found out that an activation whose answer was spoilt had been carried out."""
    by_name = {activation.name: activation for activation in activations}
    ends = [by_name[request.name] for request in _spoilt(requests) if request.name in by_name]
    looks = sum(end.confirmed_by == "lookup" for end in ends)
    answers = sum(end.confirmed_by == "answer" for end in ends)
    return Settled(looks, answers, len(ends) - looks - answers)


def _spoilt(requests: Sequence[Request]) -> list[Request]:
    return [
        request
        for request in requests
        if request.operation == "activate" and request.applied and request.fault not in _LOSES_NOTHING
    ]
