"""Who has the permits of a shared budget: processes, and time."""

from dataclasses import dataclass


@dataclass(slots=True)
class Holder:
    """What is known of one process.

    Attributes:
        held: Permits that it has.
        turn: Its last trade.
        at: When that was.
        interactive: How many interactive operations still wait.
        batch: How many of batches.
        since: When it was first heard of.
        granted: How many permits it has had since.
        refused: How many 429s it has met.
    """

    held: int
    turn: int
    at: float
    interactive: int
    batch: int
    since: float
    granted: int = 0
    refused: int = 0


@dataclass(slots=True, order=True)
class Cooling:
    """Permits that are free at the same instant.

    Attributes:
        free_at: When.
        count: How many.
        admitted: Of how many the request was let in, or may have been; only those count for the level.
        visits: How many of those were interactive.
    """

    free_at: float
    count: int
    admitted: int
    visits: int
