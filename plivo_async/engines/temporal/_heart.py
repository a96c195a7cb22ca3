"""A shard's state on its way to Temporal: an intent has arrived there before anything is sent.

`activity.heartbeat()` doesn't do for that: the SDK holds heartbeats back, and nobody learns whether one has left. So a
state is saved by a request of our own that is answered. The answer proves more: Temporal refuses it to a worker whose
activity has timed out meanwhile, so a worker that was given up, and lives, gets no further intents; and what it had
intended before it asks about once more, right before it leaves (`believed_for`).

The SDK has to be kept content as well, or it takes a healthy activity for dead. What it is given may arrive late, and
take the place of a newer state; so it only ever gets one in which everything that has no outcome may have been sent.
That is never wrong, and costs a look at each of these if the worker dies before the next state is saved.
"""

import contextlib
import hashlib
import json
import math
from datetime import UTC, datetime, timedelta

import anyio
from temporalio import activity
from temporalio.client import AsyncActivityCancelledError
from temporalio.service import RPCError

from ..._errors import invalid
from ...batch import Activation, Shard, ShardState
from .._work import Step

EVERY = 0.5
"""Seconds between two states at most: so soon is a cancellation heard of."""
_LONGEST = 300  # characters that are told of a conference
_TIMEOUT = timedelta(seconds=5)  # of a request that saves; longer than a worker that is silent is believed in


class Heart:
    """What is known of a shard, here and at Temporal.

    Attributes:
        state: What is known here.
        scope: Is cancelled when the activity has to end: no request is begun then.
        requested: Whether it ends because Temporal was asked for that: the batch is cancelled or paused, or somebody
            has paused the activity. Then it isn't to fail: an activity that is paused and fails is kept for an attempt
            of Temporal's own, and what it has told is gone when it is cancelled before.
        told: What is no success, by place: what this activity has heard of it.
        requests: Attempts for what this activity has settled, looks included.
        believed_for: Seconds for which Temporal gives the shard to nobody else after it has heard of this activity.
    """

    def __init__(self, shard: Shard, state: str, since: datetime | None) -> None:
        """Take over what is known.

        Args:
            shard: The shard.
            state: What was known before this activity was begun; empty for nothing.
            since: Since when somebody who has told nothing may have sent what is left; None if nobody has.

        Raises:
            InvalidArgumentError: What is known is of other conferences.
        """
        info = activity.info()
        self._shard = shard
        self._digest = digest_of(shard)
        self._handle = activity.client().get_async_activity_handle(task_token=info.task_token)
        self._lock = anyio.Lock()
        self._saves = 0
        self.scope = anyio.CancelScope()
        self.requested = False
        self.told: dict[int, str] = {}
        self.requests = 0
        silence = info.heartbeat_timeout
        self.believed_for: float = math.inf if silence is None else silence.total_seconds()
        beats = [text for text in info.heartbeat_details if text]  # of an attempt before this one
        self.state = known(shard, beats[0], None) if beats else known(shard, state, since)

    def text(self, state: ShardState) -> str:
        """A state, and what it is of: a few characters more than one for each conference."""
        return f"{self._digest} {state.to_text()}"

    def end(self, why: activity.ActivityCancellationDetails | None) -> None:
        """Begin nothing more: what is in flight comes back."""
        self.requested = self.requested or why is None or why.cancel_requested or why.paused
        self.scope.cancel()

    async def write(self, step: Step) -> None:
        """Take in a step of the work, and return when Temporal has it.

        Raises:
            RPCError: It hasn't; above all if the activity is somebody else's by now.
        """
        await self.save(step.state)
        for one in step.settled:
            self._take_in(one)

    async def save(self, state: ShardState) -> None:
        """Return when Temporal has a state.

        Raises:
            RPCError: It hasn't.
        """
        self.state = state
        self._saves += 1
        async with self._lock:
            try:
                await self._handle.heartbeat(self.text(self.state), rpc_timeout=_TIMEOUT)
            except AsyncActivityCancelledError as error:  # so a request is answered that has been heard
                self.end(error.details)

    async def beat(self) -> None:
        """Say that the worker is alive, until cancelled."""
        while True:
            activity.heartbeat(self.text(self.state.intend(self.state.left, datetime.now(UTC))))
            before = self._saves
            await anyio.sleep(EVERY)
            if self._saves == before:
                with contextlib.suppress(RPCError):  # who has something to save hears of it
                    await self.save(self.state)

    def _take_in(self, one: Activation) -> None:
        self.requests += len(one.attempts)
        if not one.succeeded:
            self.told[one.position - self._shard.first] = str(one)[:_LONGEST]


def digest_of(shard: Shard) -> str:
    """A word for the conferences of a shard, in their order: a source may change under those who read it."""
    return hashlib.sha256(json.dumps(shard.to_dict()["conferences"]).encode()).hexdigest()[:16]


def known(shard: Shard, text: str, since: datetime | None) -> ShardState:
    """The state that `Heart.text` told of; all that is left may have been sent by another one since then, if ever.

    Raises:
        InvalidArgumentError: It is of other conferences.
    """
    state = ShardState.of(shard)
    if text:
        digest, _, rest = text.partition(" ")
        if digest != digest_of(shard):
            raise invalid("source", f"has changed: what is known of {shard!r} is of other conferences")
        state = ShardState.from_text(rest, shard)
    return state if since is None else state.intend(state.left, since)
