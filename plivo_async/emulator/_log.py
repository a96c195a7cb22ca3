"""The ground truth: every request as it was received, and what became of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ._faults import Fault


@dataclass(slots=True, eq=False, kw_only=True)
class Request:
    """One request: what came in, what was decided, what was done, and what the client was told."""

    number: int
    """1 for the first."""
    at: float
    """Seconds since the emulator started when it had been received whole."""
    method: str
    raw_path: str
    """The request target exactly as received, query included."""
    headers: tuple[tuple[str, str], ...]
    """As received, in order, but for the value of `Authorization`, which is masked."""
    body: bytes
    operation: str | None = None
    """Its name, such as `activate` or `add-participant`; None for a path or method that is no operation."""
    name: str | None = None
    """Friendly name of the conference that is addressed; by UUID too, if there is such a conference."""
    uuid: str | None = None
    """The UUID, if it is addressed by UUID."""
    member: str | None = None
    """Which participants are addressed, as in the path but decoded: `12`, `12,13` or `all`."""
    nth: int = 0
    """It is the nth request of its operation for its conference, as counted by `Emulator.script`; 1 for the first."""
    fault: Fault | None = None
    """What went wrong with it on purpose."""
    status: int | None = None
    """What was decided about it; None if a fault kept it from getting that far."""
    applied: bool = False
    """Whether it really changed the state."""
    told: int | None = None
    """The status that was sent, its head complete; None if no such thing left the emulator. It may differ from
    `status`, and that it left doesn't mean that the client was still there to read it."""
    answered_at: float | None = None
    """When its answer had been sent whole, in seconds since the emulator started; None if it never was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The log in numbers."""

    requests: int
    applied: int
    """Requests that changed the state."""
    told_429: int
    unanswered: int
    """Requests that were not answered whole (or not yet)."""
    by_operation: Mapping[str, int]
    """Requests by operation; those without one are under "none"."""
    by_fault: Mapping[str, int]
    """Requests by the fault that hit them; those without one are left out."""
    by_told: Mapping[int, int]
    """Answers by the status that was sent."""


def count(requests: Iterable[Request]) -> Counts:
    """Sum up a log."""
    log = list(requests)
    told = Counter(one.told for one in log if one.told is not None)
    return Counts(
        requests=len(log),
        applied=sum(one.applied for one in log),
        told_429=told[429],
        unanswered=sum(one.answered_at is None for one in log),
        by_operation=Counter(one.operation or "none" for one in log),
        by_fault=Counter(str(one.fault) for one in log if one.fault is not None),
        by_told=told,
    )
