"""The task that works on a shard, and when it is tried again."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import procrastinate
from procrastinate import RetryDecision, exceptions
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy

from ..._errors import AuthenticationError, InvalidArgumentError, PlivoError
from .._accounts import Accounts
from .._work import work_on
from ._progress import public
from ._store import TakenOverError, pool_of, take

NAMESPACE = "plivo"
TASK = f"{NAMESPACE}:activate_shard"
CONTEXT = "plivo"
"""What the accounts are called in a worker's `additional_context`."""
OURS_FOR = 2.0
"""Seconds for which a shard isn't given to others after a worker has written of it, where nobody has said how long:
what `sweep` waits, less the time between two signs of life of `run_worker`."""
MOST_ATTEMPTS = 20
_FIRST_WAIT, _LONGEST_WAIT = 1, 60  # seconds
_REFUSED_WAIT = 1  # second until a shard whose credentials were refused is offered to other workers

_log = logging.getLogger("plivo_async")


def queue_of(account: str) -> str:
    """The queue of an account's shards: only workers that know the account listen to it."""
    return f"plivo:{account}"


class Desk:
    """What a worker has for its jobs.

    Attributes:
        accounts: Those that it knows.
        queues: What it listens to, shared with Procrastinate's worker: what is taken out is listened to no more.
        ours_for: Seconds for which a shard isn't given to others after this worker has written of it.
    """

    def __init__(self, accounts: Accounts, queues: list[str], ours_for: float) -> None:
        self.accounts = accounts
        self.queues = queues
        self.ours_for = ours_for

    def refused(self, account: str, error: AuthenticationError) -> None:
        """Take no more jobs of an account whose credentials were refused: others may have the right ones."""
        if queue_of(account) in self.queues:
            self.queues.remove(queue_of(account))
            _log.error("this worker takes no more shards of account %r until it is started anew: %s", account, error)


@public
class ShardRetry(BaseRetryStrategy):
    """When a shard is tried again: what was sent is known, so that it is harmless."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """After a shutdown at once, after an outage later, after what can't change not at all."""
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        if isinstance(exception, InvalidArgumentError | TypeError) or job.attempts >= MOST_ATTEMPTS:
            return None
        if isinstance(exception, AuthenticationError):
            return RetryDecision(retry_in={"seconds": _REFUSED_WAIT})
        return RetryDecision(retry_in={"seconds": min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(job.attempts, 10))})


async def activate_shard(context: procrastinate.JobContext, *, batch: str, first: int) -> None:
    """Activate what is left of a shard.

    Args:
        context: Of the worker.
        batch: What the batch is called.
        first: The position of the shard's first item.
    """
    desk = _desk(context.additional_context)
    taken = await take(pool_of(context.app), batch, first)
    if taken is None:
        return  # it has ended, or its batch was cancelled
    try:
        client = desk.accounts.client(taken.account)
        await work_on(
            client,
            taken.shard,
            taken.state,
            save=taken.save,
            confirm=taken.confirm,
            wait_for=taken.wait_for,
            ours_for=desk.ours_for,
        )
        await taken.end()
    except TakenOverError as error:
        _log.warning("%s", error)
    except AuthenticationError as error:
        desk.refused(taken.account, error)
        raise
    except asyncio.CancelledError:
        if context.abort_reason() is AbortReason.USER_REQUEST:
            raise exceptions.JobAborted from None
        raise


def blueprint() -> procrastinate.Blueprint:
    """The task, for an app that is made of blueprints: `app.add_tasks_from(blueprint(), namespace="plivo")`.

    `Batches` adds it to its app by itself. An app takes a blueprint's tasks for its own, so each gets a new one.
    """
    made = procrastinate.Blueprint()
    made.task(name="activate_shard", pass_context=True, retry=ShardRetry())(activate_shard)
    return made


def _desk(context: Mapping[str, Any]) -> Desk:
    given = context.get(CONTEXT)
    if isinstance(given, Desk):
        return given
    if isinstance(given, Accounts | Mapping):
        return Desk(Accounts(given), [], OURS_FOR)
    raise PlivoError(
        "this worker has no accounts: start it with Batches.run_worker(accounts), or with "
        f"additional_context={{{CONTEXT!r}: Accounts(…)}}"
    )
