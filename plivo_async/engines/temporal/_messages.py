"""What travels between submitter, workflow and activities: plain values, and no secret among them.

They are read by workflows of an earlier version that go on after an upgrade: a field may be added, with a default, and
none may be taken away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..._public import public_in

public = public_in("plivo_async.engines.temporal")

BATCH = "plivo_async.ActivationBatch"
SHARD = "plivo_async.activate_shard"
REFUSED = "plivo_async.Refused"
"""The type of a failure after which another worker may have more luck: the account or its credentials are refused here,
or the source is unknown."""
INTERRUPTED = "plivo_async.Interrupted"
"""The type of a failure after which anybody may try again: the worker ends, or something was out of reach."""
INVALID = "plivo_async.Invalid"
"""The type of a failure with which the batch ends: what the source has are no names, or not those that it had. Nothing
was sent."""
HANDED_BACK = frozenset({REFUSED, INTERRUPTED})
"""A failure of these types has a state in its details: all that is known of the shard; or "" where nothing was sent."""

Confirm = Literal["always", "ambiguous", "never"]  # as in `policy`, which isn't loaded into a workflow's sandbox


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What has come of all shards that have ended.

    Attributes:
        counts: How many items ended in each outcome.
        shards: How many shards have ended.
        requests: Attempts that were made for them, looks included.
        failures: The first of those that are no success: position, and what is so.
        more_failures: How many more there are; the report has all of them.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    shards: int = 0
    requests: int = 0
    failures: list[tuple[int, str]] = field(default_factory=list)
    more_failures: int = 0


@dataclass(frozen=True, kw_only=True)
class ShardTask:
    """A shard, and what is known of it.

    Attributes:
        batch: What its batch is called.
        account: Under which name the workers know the account.
        shard: The shard, as `Shard.to_dict()` says it; None if a source has it.
        source: Under which name the workers know where the names are; None if they are here.
        first: Position of its first item.
        size: How many items it has; in a source at most so many.
        confirm: As for `start()`.
        wait_for: As for `start()`.
        since: When somebody who has told nothing may first have sent what has no outcome in `state`, ISO 8601; None if
            nobody has.
        state: What earlier activities left; empty at first.
    """

    batch: str
    account: str
    shard: dict[str, Any] | None
    source: str | None
    first: int
    size: int
    confirm: Confirm
    wait_for: float
    since: str | None
    state: str = ""


@public
@dataclass(frozen=True, kw_only=True)
class BatchInput:
    """A batch, or what is left of one that has continued as new; `batch_input()` makes it.

    Attributes:
        batch: What it is called.
        account: Under which name the workers know the account.
        shards: What is left, as `Shard.to_dict()` says it; None if a source has it.
        source: Under which name the workers know where the names are; None if they are here.
        shard_size: Conferences to a shard, where they are in a source.
        at_a_time: Shards under way at a time.
        shards_a_run: Shards in one history, at most; Temporal suggests less by itself where they make it large.
        stalled_after: Seconds without a sign of life after which others take a worker's shards.
        patience: Seconds for which workers may do nothing but refuse shards before the batch fails.
        confirm: As for `start()`.
        wait_for: As for `start()`.
        since: When activations of all this may have been sent first, ISO 8601; None if none was.
        first: Position of the first item that no activity has had.
        begun: Shards before that of which something is left.
        paused: Whether it waits for `resume`.
        so_far: What has come of those before.
    """

    batch: str
    account: str
    shards: list[dict[str, Any]] | None = None
    source: str | None = None
    shard_size: int = 200
    at_a_time: int = 6
    shards_a_run: int = 1_000
    stalled_after: float = 2.0
    patience: float = 120.0
    confirm: Confirm = "always"
    wait_for: float = 0.0
    since: str | None = None
    first: int = 0
    begun: list[ShardTask] = field(default_factory=list)
    paused: bool = False
    so_far: Totals = field(default_factory=Totals)


@dataclass(frozen=True, kw_only=True)
class ShardDone:
    """What an activity leaves.

    Attributes:
        state: An outcome for each item, as `ShardState` writes it.
        size: How many items there were; less than the task's `size` where a source has ended.
        counts: How many ended in each outcome.
        requests: Attempts that this activity made, looks included.
        failures: The first of those that are no success: position, and what is so.
        cut_short: Whether it was cancelled before all of it was done.
    """

    state: str
    size: int
    counts: dict[str, int]
    requests: int = 0
    failures: list[tuple[int, str]] = field(default_factory=list)
    cut_short: bool = False


@public
@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a batch has come. Shards count when they end.

    Attributes:
        total: How many items there are; None while the source hasn't ended.
        settled: How many have an outcome.
        counts: How many ended in each outcome.
        shards: How many shards have ended.
        under_way: How many are under way.
        paused: Whether it waits for `resume`.
    """

    total: int | None
    settled: int
    counts: dict[str, int]
    shards: int
    under_way: int
    paused: bool


@public
@dataclass(frozen=True, kw_only=True)
class BatchResult:
    """What became of a batch; small, however large that was. `read_report()` has all of it.

    Attributes:
        total: How many items there were.
        counts: How many ended in each outcome.
        requests: Attempts that were made, looks included. Those of workers that died aren't known.
        failures: The first 200 of those that are no success: position, and what is so.
        more_failures: How many more there are.
        workflow_id: For `read_report()`.
        first_run_id: For `read_report()`: of the run that this one continued from.
    """

    total: int
    counts: dict[str, int]
    requests: int
    failures: list[tuple[int, str]]
    more_failures: int
    workflow_id: str
    first_run_id: str

    @property
    def succeeded(self) -> bool:
        """Whether every conference is live."""
        return self.total == self.counts.get("activated", 0) + self.counts.get("already_active", 0)
