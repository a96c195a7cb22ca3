"""What repeating an operation does."""

from enum import Enum


class Effect(Enum):
    """Whether an operation may be carried out twice (RFC 9110, 9.2).

    `SAFE` reads, `IDEMPOTENT` leaves the same state however often it is carried out, `NEITHER` must not be repeated
    unless the attempt before it provably did nothing: it rings a phone, or starts something a second time.
    """

    SAFE = "safe"
    IDEMPOTENT = "idempotent"
    NEITHER = "neither"

    @property
    def repeatable(self) -> bool:
        """Whether an unclear attempt may be followed by another one."""
        return self is not Effect.NEITHER
