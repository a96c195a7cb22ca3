"""How far a batch in Postgres has come."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..._public import public_in
from ...policy import ActivationOutcome

public = public_in("plivo_async.engines.procrastinate")


@public
@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch has come."""

    batch: str
    """What it is called."""
    account: str
    """The name of its account."""
    counts: Mapping[ActivationOutcome, int]
    """How many have which outcome. What nobody has begun is `not_attempted`; what may have been sent, and isn't settled
    yet, is `unknown`."""
    shards: int
    """How many shards there are."""
    ended: int
    """How many of them have been worked through."""
    working: int
    """How many wait for a worker or have one."""
    failed: int
    """How many were given up, and wait for `retry`."""
    cancelled: bool
    """Whether it was cancelled."""
    elapsed: float
    """Seconds from when the first shard was begun to when the last one ended, or until now."""

    @property
    def done(self) -> bool:
        """Whether nothing more will happen by itself."""
        return not self.working
