"""The ground truth: every request as it was received, and what became of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ._faults import Fault


@dataclass(slots=True, eq=False, kw_only=True)
class Request:
    """One request: what came in, what was decided, what was done, and what the client was told."""

    number: int = 0
    """1 for the first since the emulator started."""
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
    item: str | None = None
    """The call, request, recording, number or whatever is addressed by its id, as in the path but decoded."""
    nth: int = 0
    """It is the nth request of its operation for its conference, or item, as counted by `Emulator.script`; 1 is the
    first."""
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
    """All requests since the emulator started in numbers, those that are kept no longer included."""

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


class Log:
    """The requests, or the latest of them, and all of them in numbers.

    Args:
        keep: How many are kept at most; None for all.
    """

    __slots__ = ("_answered", "_applied", "_by_fault", "_by_operation", "_by_told", "_keep", "_received", "requests")

    requests: list[Request]
    """Those that are kept, in order. It may be cleared by whoever reads it."""

    def __init__(self, keep: int | None = None) -> None:
        self.requests = []
        self._keep = keep
        self._received = self._applied = self._answered = 0
        self._by_operation: Counter[str] = Counter()
        self._by_fault: Counter[str] = Counter()
        self._by_told: Counter[int] = Counter()

    def note(self, request: Request) -> None:
        """One has arrived whole: give it its number."""
        self._received += 1
        request.number = self._received
        self._by_operation[request.operation or "none"] += 1
        self.requests.append(request)
        if self._keep is not None and len(self.requests) > self._keep:
            del self.requests[: -self._keep]

    def hit(self, request: Request, fault: Fault | None) -> None:
        """What goes wrong with it on purpose, if anything does."""
        request.fault = fault
        if fault is not None:
            self._by_fault[str(fault)] += 1

    def decided(self, request: Request, status: int, *, applied: bool) -> None:
        """What was decided about it."""
        request.status, request.applied = status, applied
        self._applied += applied

    def told(self, request: Request, status: int) -> None:
        """The head of its answer has been sent."""
        request.told = status
        self._by_told[status] += 1

    def answered(self, request: Request, at: float) -> None:
        """Its answer has been sent whole."""
        request.answered_at = at
        self._answered += 1

    @property
    def received(self) -> int:
        """How many there were."""
        return self._received

    @property
    def told_429(self) -> int:
        """How many of them were answered 429."""
        return self._by_told[429]

    def counts(self) -> Counts:
        """All of it in numbers."""
        return Counts(
            requests=self._received,
            applied=self._applied,
            told_429=self._by_told[429],
            unanswered=self._received - self._answered,
            by_operation=dict(self._by_operation),
            by_fault=dict(self._by_fault),
            by_told={status: count for status, count in self._by_told.items() if count},
        )
