"""What can go wrong on the way, by name; and which of it happens to a given request. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Fault(StrEnum):
    """The name of a fault, as in `Faults.parse` and `Emulator.script`. `MEANINGS` explains each."""

    LOST_RESPONSE = "lost-response"
    RESET_BEFORE = "reset-before"
    RESET_AFTER = "reset-after"
    ERROR_500 = "500"
    ERROR_502 = "502"
    ERROR_503 = "503"
    ERROR_500_APPLIED = "500-applied"
    ERROR_502_APPLIED = "502-applied"
    ERROR_503_APPLIED = "503-applied"
    RATE_LIMITED = "429"
    LATE = "late"
    HALF = "half"
    SLOW_DRIP = "slow-drip"
    NOT_JSON = "not-json"
    IDLE_CLOSE = "idle-close"


class Meaning(NamedTuple):
    """What a fault does."""

    text: str
    """In one line."""
    applied: bool = True
    """Whether the request takes its normal course (which may be a 404) before the fault shows."""
    counted: bool = True
    """Whether the request counts against the account's limit."""
    status: int | None = None
    """The status that is answered in place of the true one."""


MEANINGS: Mapping[Fault, Meaning] = MappingProxyType(
    {
        Fault.LOST_RESPONSE: Meaning("applied, then the connection is closed without any answer"),
        Fault.RESET_BEFORE: Meaning("the connection is reset before anything is applied", applied=False, counted=False),
        Fault.RESET_AFTER: Meaning("applied, then the connection is reset without any answer"),
        Fault.ERROR_500: Meaning("answered 500 (JSON), not applied", applied=False, status=500),
        Fault.ERROR_502: Meaning("answered 502 (HTML, as gateways do), not applied", applied=False, status=502),
        Fault.ERROR_503: Meaning("answered 503 (plain text), not applied", applied=False, status=503),
        Fault.ERROR_500_APPLIED: Meaning("applied, then answered 500 (JSON)", status=500),
        Fault.ERROR_502_APPLIED: Meaning("applied, then answered 502 (HTML, as gateways do)", status=502),
        Fault.ERROR_503_APPLIED: Meaning("applied, then answered 503 (plain text)", status=503),
        Fault.RATE_LIMITED: Meaning(
            "answered 429 although under the limit, neither counted nor applied",
            applied=False,
            counted=False,
            status=429,
        ),
        Fault.LATE: Meaning("applied at once, answered `late_by` seconds later"),
        Fault.HALF: Meaning("applied, then the connection is closed after the first half of the answer's bytes"),
        Fault.SLOW_DRIP: Meaning("applied, then answered one byte every `drip_interval` seconds"),
        Fault.NOT_JSON: Meaning("applied, then answered with an HTML page in place of the body (200 in place of 204)"),
        Fault.IDLE_CLOSE: Meaning("applied and answered, then the connection is closed although it promised to stay"),
    }
)
"""Every fault and what it does."""


RESETS = (Fault.RESET_BEFORE, Fault.RESET_AFTER)
"""Those that break the connection in place of an answer."""

SILENT = (Fault.LOST_RESPONSE, *RESETS)
"""Those that leave no trace of an answer."""


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

    def __post_init__(self) -> None:
        known = {fault_named(name): share for name, share in self.probabilities.items()}
        for fault, share in known.items():
            if not 0 <= share <= 1:
                raise ValueError(f"fault {fault}: probability {share} is not between 0 and 1")
        if sum(known.values()) > 1 + 1e-9:
            raise ValueError(f"the faults' probabilities sum to {sum(known.values()):g}, which is more than 1")
        if not (self.late_by >= 0 and self.drip_interval >= 0):
            raise ValueError("late_by and drip_interval are seconds, 0 or more")
        object.__setattr__(self, "probabilities", known)

    @classmethod
    def parse(cls, text: str) -> "Faults":
        """Read `"lost-response=0.02,500=0.03"`; spaces are allowed, and an empty text is no faults.

        Raises:
            ValueError: As for the class, or a text of another form.
        """
        shares: dict[str, float] = {}
        for part in filter(None, map(str.strip, text.split(","))):
            name, _, share = (piece.strip() for piece in part.partition("="))
            fault = fault_named(name)
            try:
                shares[fault] = shares.get(fault, 0.0) + float(share)
            except ValueError:
                raise ValueError(f"{part!r}: expected a fault and its probability, such as {fault}=0.02") from None
        return cls(shares)

    def hit(self, operation: str, drawn: float) -> Fault | None:
        """Which fault hits a request of that operation that drew this number in [0, 1)."""
        if self.operations is not None and operation not in self.operations:
            return None
        reached = 0.0
        for name, share in self.probabilities.items():
            reached += share
            if drawn < reached:
                return Fault(name)
        return None


def fault_named(name: str) -> Fault:
    """The fault of that name.

    Raises:
        ValueError: There is none; the message names those there are.
    """
    try:
        return Fault(name)
    except ValueError:
        raise ValueError(f"{name!r} is no fault; these are: {', '.join(Fault)}") from None


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

    def hit(self, operation: str, name: str | None, nth_of_name: int, nth_of_all: int) -> Fault | None:
        """Which fault hits the request that is the `nth_of_name` of its name and the `nth_of_all` of its operation."""
        for line in self._lines:
            if line.operation == operation and line.name in (None, name):
                nth = nth_of_all if line.name is None else nth_of_name
                if line.nth in (None, nth):
                    return line.fault
        return None
