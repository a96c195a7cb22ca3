"""Which fault happens to a given request: by chance, or by a script. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any, NamedTuple

from ._faults import Fault, fault_named
from ._mishaps import MISHAPS, Mishap


@dataclass(frozen=True, slots=True)
class Faults:
    """How often what goes wrong, for requests that have an operation.

    Raises:
        ValueError: An unknown fault, a probability outside 0 to 1, probabilities that sum to more than 1, a time that
            is negative.
    """

    probabilities: Mapping[str, float] = field(default_factory=dict)
    """By name of a fault, the share of requests that it hits; at most one fault hits a request."""

    _: KW_ONLY

    operations: Collection[str] | None = None
    """Which operations are hit, such as `("activate",)`; None for all."""

    late_by: float = 30.0
    """Seconds that a `late` answer is late, scripted ones too."""

    drip_interval: float = 1.0
    """Seconds between the bytes of a `slow-drip` answer, scripted ones too."""

    apply_after: float = 5.0
    """Seconds after which a request is applied whose fault says `applied-later`, scripted ones too."""

    callbacks_lost: float = 0.0
    """The share of callbacks, 0 to 1, that are never sent."""

    callbacks_late: float = 0.0
    """The share that is sent `callbacks_late_by` seconds late."""

    callbacks_twice: float = 0.0
    """The share that is sent twice."""

    callbacks_shuffled: float = 0.0
    """The share that is overtaken by the next one of the same call or conference."""

    callbacks_late_by: float = 30.0
    """Seconds that a late callback is late, scripted ones too; and so long a shuffled one waits to be overtaken."""

    def __post_init__(self) -> None:
        for mishap, often in mishaps_of(self).items():
            if not 0 <= often <= 1:
                raise ValueError(f"callbacks_{mishap}: {often} is not between 0 and 1")
        known = {fault_named(name): share for name, share in self.probabilities.items()}
        for fault, share in known.items():
            if not 0 <= share <= 1:
                raise ValueError(f"fault {fault}: probability {share} is not between 0 and 1")
        if sum(known.values()) > 1 + 1e-9:
            raise ValueError(f"the faults' probabilities sum to {sum(known.values()):g}, which is more than 1")
        times = (self.late_by, self.drip_interval, self.apply_after, self.callbacks_late_by)
        if not all(time >= 0 for time in times):
            raise ValueError("late_by, drip_interval, apply_after and callbacks_late_by are seconds, 0 or more")
        object.__setattr__(self, "probabilities", known)

    @classmethod
    def parse(cls, text: str) -> "Faults":
        """Read `"lost-response=0.02,500=0.03,callbacks-lost=0.1"`; spaces are allowed, an empty text is no faults.

        Raises:
            ValueError: As for the class, or a text of another form.
        """
        shares: dict[str, float] = {}
        told: dict[str, Any] = {}
        for part in filter(None, map(str.strip, text.split(","))):
            name, _, share = (piece.strip() for piece in part.partition("="))
            of_callback = name.removeprefix("callbacks-") in MISHAPS and name.startswith("callbacks-")
            fault = name.replace("-", "_") if of_callback else fault_named(name)
            some = told if of_callback else shares
            try:
                some[fault] = some.get(fault, 0.0) + float(share)
            except ValueError:
                raise ValueError(f"{part!r}: expected a fault and its probability, such as {name}=0.02") from None
        return replace(cls(shares), **told)


def mishaps_of(faults: Faults) -> dict[Mishap, float]:
    """How often what happens to callbacks."""
    return {mishap: getattr(faults, f"callbacks_{mishap}") for mishap in MISHAPS}


def drawn_fault(faults: Faults, operation: str, drawn: float) -> Fault | None:
    """Which fault hits a request of that operation that drew this number in [0, 1)."""
    if faults.operations is not None and operation not in faults.operations:
        return None
    reached = 0.0
    for name, share in faults.probabilities.items():
        reached += share
        if drawn < reached:
            return Fault(name)
    return None


class Line(NamedTuple):
    """One line of the script: what happens to which request."""

    operation: str
    name: str | None
    nth: int | None
    fault: Fault


class Script:
    """Faults that are not left to chance. The line written first wins."""

    __slots__ = ("_lines",)

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def add(self, line: Line) -> None:
        """Write a line.

        Raises:
            ValueError: `nth` is less than 1.
        """
        if line.nth is not None and line.nth < 1:
            raise ValueError(f"nth: {line.nth} is less than 1; the first request is 1")
        self._lines.append(line)

    @property
    def lines(self) -> tuple[Line, ...]:
        """All of it, the line written first in front."""
        return tuple(self._lines)

    def hit(self, operation: str, name: str | None, nth_of_name: int, nth_of_all: int) -> Fault | None:
        """Which fault hits the request that is the `nth_of_name` of its name and the `nth_of_all` of its operation."""
        for line in self._lines:
            if line.operation == operation and line.name in (None, name):
                nth = nth_of_all if line.name is None else nth_of_name
                if line.nth in (None, nth):
                    return line.fault
        return None
