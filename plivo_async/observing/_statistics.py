"""What a client is doing, in figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._public import public

if TYPE_CHECKING:
    from ..pacing._source import SharedBudget


@public
@dataclass(frozen=True, slots=True)
class Statistics:
    """What a client has under way at this moment, and what it has done so far."""

    requests: int
    """Requests on a connection."""
    connections_idle: int
    """Connections kept open for the next request; 0 for a client of your own."""
    waiting_for_connection: int
    """Requests that have a permit and wait for a connection."""
    permits_in_flight: int
    """Permits that are out, in the whole process."""
    permits_used: int
    """Permits that are out, or whose answer came less than a window ago: the server may count them still."""
    level: int | None
    """How many may be used at a time: the limit, or less since a 429, growing back. None without a limit."""
    waiting_for_permit: int
    """Requests that wait for a permit in this event loop."""
    retry_debt: float
    """Retries made on credit and not yet paid back by successes."""
    attempts: int = 0
    """Attempts that have come back since the client was made."""
    retries: int = 0
    """Attempts that were made again, in all."""
    refused: int = 0
    """Attempts that were answered 429, in all."""
    unclear: int = 0
    """Attempts that got no clear answer, or were never sent, in all."""
    outcomes: Mapping[str, int] = field(default_factory=dict, hash=False)
    """How many operations have ended how, in all: activations by their `ActivationOutcome`, others as `succeeded`,
    `failed`, `unknown` or `cancelled`. What has happened to none isn't there."""
    dial_wait: float = 0.0
    """Seconds until a phone would be rung that is asked for at this moment; 0 without `RateLimit.dials_per_second`."""
    shared: "SharedBudget | None" = None
    """Of a budget that is shared with other processes, as the store said last; None without one."""

    @property
    def permits_left(self) -> int | None:
        """How many requests could be sent at this moment: what is left of the window. None without a limit."""
        return None if self.level is None else max(0, self.level - self.permits_used)
