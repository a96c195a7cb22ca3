"""Starting a batch from anywhere that can reach Temporal; no account is needed there."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

from temporalio.client import Client, WorkflowHandle

from ..._errors import invalid
from ..._options import seconds
from ...batch import ConferenceId, split
from ...batch._shard import MOST
from ...policy import Confirm
from ...wire._checks import choice, in_utc, integer, text
from ._messages import BatchInput, BatchResult, public
from ._workflow import ActivationBatch

MOST_BYTES = 1_500_000
"""Of a batch's input. Temporal takes 2 MB in one payload unless it is told otherwise."""
_LONGEST_SILENCE = 3_600


@public
@dataclass(frozen=True, slots=True)
class Source:
    """Names that stay where they are: in a file, or with a callable, that the workers know by this name."""

    name: str
    """As in `PlivoPlugin(sources={name: …})`, the same on each worker."""

    def __post_init__(self) -> None:
        text("name", self.name)


@public
def batch_input(
    names: Iterable[ConferenceId] | Source,
    *,
    account: str,
    workflow_id: str | None = None,
    shard_size: int = 200,
    at_a_time: int = 6,
    stalled_after: float = 2.0,
    confirm: Confirm = "always",
    wait_for: float = 0.0,
    maybe_sent: datetime | None = None,
) -> BatchInput:
    """What `ActivationBatch` is started with: what `start_batch` starts, for who makes it a child of another workflow.

        await workflow.execute_child_workflow(ActivationBatch.run, batch, id=batch.batch)

    Make it outside of the workflow, and hand it in: names are checked here, and what is checked is to be the same at
    each replay. The arguments are those of `start_batch`.

    Raises:
        InvalidArgumentError, TypeError: An argument or a name is wrong.
    """
    text("account", account)
    integer("shard_size", shard_size, 1, MOST)
    integer("at_a_time", at_a_time, 1, 1_000)
    choice("confirm", confirm, get_args(Confirm))
    if not 1 <= seconds("stalled_after", stalled_after) <= _LONGEST_SILENCE:
        raise invalid("stalled_after", f"must be 1 to {_LONGEST_SILENCE:,} seconds, not {stalled_after!r}")
    if seconds("wait_for", wait_for) == math.inf:
        raise invalid("wait_for", "must end some time: Temporal has no number for ever")
    shards = None if isinstance(names, Source) else [*split(names, shard_size, batch=workflow_id)]
    called = workflow_id or (shards[0].batch if shards else f"plivo-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
    return BatchInput(
        batch=called,
        account=account,
        shards=None if shards is None else [shard.to_dict() for shard in shards],
        source=names.name if isinstance(names, Source) else None,
        shard_size=shard_size,
        at_a_time=at_a_time,
        stalled_after=stalled_after,
        confirm=confirm,
        wait_for=wait_for,
        since=None if maybe_sent is None else in_utc("maybe_sent", maybe_sent).isoformat(),
    )


@public
async def start_batch(
    client: Client,
    names: Iterable[ConferenceId] | Source,
    *,
    account: str,
    task_queue: str,
    workflow_id: str | None = None,
    shard_size: int = 200,
    at_a_time: int = 6,
    stalled_after: float = 2.0,
    confirm: Confirm = "always",
    wait_for: float = 0.0,
    maybe_sent: datetime | None = None,
    **options: Any,
) -> WorkflowHandle[ActivationBatch, BatchResult]:
    """Hand a batch to Temporal, and return when it has it.

    The handle is Temporal's own: `await handle.result()` is a `BatchResult`, `handle.cancel()` ends it in order,
    `handle.signal(ActivationBatch.pause)` and `resume` are what they say, and `handle.query(ActivationBatch.progress)`
    tells how far it is. Not idempotent without a `workflow_id`; with one, a second call raises Temporal's
    `WorkflowAlreadyStartedError` while the first one runs, and starts a batch anew once that has ended.

    Args:
        client: Of Temporal, connected.
        names: As for `start`, checked here and now; or a `Source`, for what is too large for a payload.
        account: Under which name the workers know the account; no credential travels.
        task_queue: The task queue of the workers.
        workflow_id: What the batch is called at Temporal, 1 to 200 printable characters; None makes a name.
        shard_size: Conferences that a worker takes at a time, 1 to 10,000. A worker that dies has the rest of its
            shards looked after by others.
        at_a_time: Shards under way at a time, 1 to 1,000: a few more than there are workers keep all of them busy.
        stalled_after: Seconds without a sign of life, 1 to 3,600, after which a worker is taken for dead and others get
            its shards. Workers give one every half second; where machines stand still for longer, allow for that: a
            worker that was only asleep has its conferences looked at by others first.
        confirm: As for `start`.
        wait_for: As for `start`.
        maybe_sent: Since when somebody may have sent activations of these, aware; None if nobody has.
        **options: What else `Client.start_workflow` takes, such as `memo`, `search_attributes` or `start_delay`.

    Raises:
        InvalidArgumentError, TypeError: An argument or a name is wrong, or there are too many names for a payload;
            nothing was handed over.
        temporalio.exceptions.WorkflowAlreadyStartedError: A batch of that name runs.
        temporalio.service.RPCError: Temporal doesn't take it.
    """
    batch = batch_input(
        names,
        account=account,
        workflow_id=workflow_id,
        shard_size=shard_size,
        at_a_time=at_a_time,
        stalled_after=stalled_after,
        confirm=confirm,
        wait_for=wait_for,
        maybe_sent=maybe_sent,
    )
    size = sum(payload.ByteSize() for payload in await client.data_converter.encode([batch]))
    if size > MOST_BYTES:
        raise invalid(
            "names",
            f"take {size:,} bytes, and a payload of Temporal's holds {MOST_BYTES:,}: leave them in a file that the "
            "workers can read, and give Source(name)",
        )
    return await client.start_workflow(ActivationBatch.run, batch, id=batch.batch, task_queue=task_queue, **options)
