"""The activity: one shard, from whatever is known of it until nothing is left."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from datetime import datetime

import anyio
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from ..._errors import AuthenticationError, InvalidArgumentError
from ...batch import Shard
from .._accounts import Accounts
from .._work import work_on
from ._heart import EVERY, Heart
from ._messages import INTERRUPTED, INVALID, REFUSED, SHARD, ShardDone, ShardTask
from ._sources import Reader, shard_of

_HOLD = 2.0  # seconds for which a worker keeps a shard of an account or a source that it doesn't know
_TOLD = 20  # failures that are told of a shard


class Activities:
    """What a worker does for batches.

    Attributes:
        refused: Is set when the credentials of an account are refused.
        refusal: How; None if they weren't.
    """

    def __init__(self, accounts: Accounts, readers: Mapping[str, Reader]) -> None:
        """Get ready.

        Args:
            accounts: The accounts, by name.
            readers: What reads names that stay where they are, by name.
        """
        self._accounts = accounts
        self._readers = readers
        self.refused = asyncio.Event()
        self.refusal: AuthenticationError | None = None

    @activity.defn(name=SHARD)
    async def activate_shard(self, task: ShardTask) -> ShardDone:
        """Activate what is left of a shard.

        Raises:
            ApplicationError: It ended early; `HANDED_BACK` says what its types mean, and that the state is in its
                details. One of type `INVALID` is the end of the batch.
        """
        try:
            with _beating():  # a source may take its time
                shard = await self._shard(task)
        except asyncio.CancelledError:
            why = activity.cancellation_details()
            if why is not None and why.cancel_requested:
                raise
            raise _ends_early("") from None  # or it would be taken that anything may have been sent
        if shard is None:
            return ShardDone(state="", size=0, counts={})
        try:
            heart = Heart(shard, task.state, _since(task))
        except ValueError as error:
            raise ApplicationError(str(error), type=INVALID, non_retryable=True) from None
        trouble = await self._work(task, shard, heart)
        known = heart.text(heart.state)
        if isinstance(trouble, AuthenticationError | InvalidArgumentError):
            raise ApplicationError(str(trouble), known, type=REFUSED) from None
        if heart.requested:
            return _done(shard, heart)
        if trouble is not None:
            raise ApplicationError(f"{type(trouble).__name__}: {trouble}", known, type=INTERRUPTED) from trouble
        if heart.state.left:
            raise _ends_early(known)
        return _done(shard, heart)

    async def _work(self, task: ShardTask, shard: Shard, heart: Heart) -> Exception | None:
        """Work on it, however often the activity is cancelled meanwhile; what has ended it early, if anything did."""
        trouble: list[Exception] = []
        over = anyio.Event()

        async def work() -> None:
            try:
                await heart.save(heart.state)  # or who comes next would have to take it that all was sent
                with heart.scope:
                    await self._activate(task, shard, heart)
            except Exception as error:  # noqa: BLE001  (to come out of the group as it is)
                trouble.append(error)
            over.set()

        with _cancellations_go_to(heart):  # one that comes while the group ends, too
            async with anyio.create_task_group() as group:
                group.start_soon(heart.beat)
                group.start_soon(work)
                while not over.is_set():
                    with _cancellations_go_to(heart):
                        await over.wait()
                group.cancel_scope.cancel()
        activity.heartbeat(heart.text(heart.state))  # the last one: nothing is sent any more that it doesn't tell of
        return trouble[0] if trouble else None

    async def _activate(self, task: ShardTask, shard: Shard, heart: Heart) -> None:
        """Work on it.

        Raises:
            AuthenticationError: The credentials of the account are refused.
            InvalidArgumentError: This worker doesn't know the account. It comes late, to be no endless race.
        """
        try:
            client = self._accounts.client(task.account)
        except InvalidArgumentError:
            await anyio.sleep(_HOLD)
            raise
        try:
            await work_on(
                client,
                shard,
                heart.state,
                save=heart.write,
                confirm=task.confirm,
                wait_for=task.wait_for,
                ours_for=heart.believed_for,
            )
        except AuthenticationError as error:
            self.refusal = error
            self.refused.set()
            raise

    async def _shard(self, task: ShardTask) -> Shard | None:
        """The conferences; None if there are none, as the source has ended before.

        Raises:
            ApplicationError: This worker doesn't know the source or can't read it, or what it has are no names.
        """
        if task.shard is not None:
            return Shard.from_dict(task.shard)
        reader = self._readers.get(task.source or "")
        if reader is None:
            known = ", ".join(map(repr, sorted(self._readers))) or "none"
            words = f"source {task.source!r} is unknown to this worker, which has {known}"
            await anyio.sleep(_HOLD)
            raise ApplicationError(words, "", type=REFUSED)
        where = f"source {task.source!r}, from position {task.first:,} on"
        try:
            return await shard_of(reader, task.batch, task.first, task.size)
        except (ValueError, TypeError) as error:
            raise ApplicationError(f"{where}: {error}", type=INVALID, non_retryable=True) from None
        except Exception as error:
            words = f"{where}: {type(error).__name__}: {error}"
            raise ApplicationError(words, "", type=INTERRUPTED) from error


@contextlib.contextmanager
def _beating() -> Iterator[None]:
    """Say that the worker is alive, of a shard of which nothing is sent yet."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await anyio.sleep(EVERY)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()


@contextlib.contextmanager
def _cancellations_go_to(heart: Heart) -> Iterator[None]:
    """Have the SDK's cancellation, which would break off whatever is awaited, end the work in order."""
    try:
        yield
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
        heart.end(activity.cancellation_details())


def _ends_early(known: str) -> ApplicationError:
    words = "the worker ends, another one goes on"
    return ApplicationError(words, known, type=INTERRUPTED, category=ApplicationErrorCategory.BENIGN)


def _since(task: ShardTask) -> datetime | None:
    """Since when somebody may have sent it of whom nothing else is known."""
    info = activity.info()
    lost = not info.heartbeat_details and (
        info.attempt > 1 or info.current_attempt_scheduled_time > info.scheduled_time
    )
    times = [datetime.fromisoformat(task.since)] if task.since else []
    return min([*times, info.scheduled_time] if lost else times, default=None)


def _done(shard: Shard, heart: Heart) -> ShardDone:
    state = heart.state
    failures: list[tuple[int, str]] = []
    for place, one in enumerate(shard):
        outcome = state.outcome(place)
        if outcome is not None and not outcome.succeeded and len(failures) < _TOLD:
            failures.append((shard.first + place, heart.told.get(place, f"{str(one)!r} {outcome.value}")))
    return ShardDone(
        state=heart.text(state),
        size=len(shard),
        counts={outcome.value: count for outcome, count in state.counts.items() if count},
        requests=heart.requests,
        failures=failures,
        cut_short=bool(state.left),
    )
