"""One shard in the tables: taken by one worker at a time, who alone may write of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import procrastinate
from psycopg_pool import AsyncConnectionPool

from ..._errors import PlivoError
from ...batch import Shard, ShardState
from ...batch._journal_rows import outcome_row
from ...batch._shard_state import letter_of
from ...policy import Confirm
from .._work import Step
from . import _sql as sql


class TakenOverError(PlivoError):
    """Another worker has the shard: this one was taken for dead, and must not send anything more of it."""


def pool_of(app: procrastinate.App) -> AsyncConnectionPool[Any]:
    """The connections of an app that is open.

    Raises:
        TypeError: Its connector is none of psycopg's for asyncio.
    """
    connector = app.connector
    if not isinstance(connector, procrastinate.PsycopgConnector):
        raise TypeError(f"the app's connector must be a procrastinate.PsycopgConnector, not {type(connector).__name__}")
    return connector.pool


@dataclass(slots=True)
class Taken:
    """A shard in the hands of a worker.

    Attributes:
        account: The name of its account.
        shard: Its conferences.
        state: What was known when it was taken.
        confirm: As for `start`.
        wait_for: As for `start`.
    """

    account: str
    shard: Shard
    state: ShardState
    confirm: Confirm
    wait_for: float
    _pool: AsyncConnectionPool[Any]
    _batch: int
    _owner: int
    _since: datetime | None = field(default=None)

    async def save(self, step: Step) -> None:
        """Write a step down, in one statement, if the shard is still ours; one in which nothing is new asks for that.

        Raises:
            TakenOverError: It isn't.
        """
        since = step.state.since
        earlier = self._since is not None and since is not None and since < self._since
        first = self.shard.first
        rows = [(one.position, letter_of(one), outcome_row(one, 0.0)[2]) for one in step.settled]
        values = {
            "batch": self._batch,
            "first": first,
            "end": first + len(self.shard),
            "owner": self._owner,
            "at": step.at,
            "since": since,
            "intended": [first + place for place in step.intended],
            "withdrawn": [first + place for place in step.withdrawn],
            "positions": [position for position, _, _ in rows],
            "letters": [letter for _, letter, _ in rows],
            "details": [detail for _, _, detail in rows],
        }
        async with self._pool.connection() as connection:
            found = await (await connection.execute(sql.SAVE, values)).fetchone()
            if not found or not found[0]:
                raise TakenOverError(f"{self.shard!r} was given to another worker, as this one showed no sign of life")
            if earlier:
                await connection.execute(sql.CORRECT, values)
        self._since = since

    async def end(self) -> None:
        """It is worked through."""
        async with self._pool.connection() as connection:
            await connection.execute(sql.END, (self._batch, self.shard.first, self._owner))


async def take(pool: AsyncConnectionPool[Any], batch: str, first: int) -> Taken | None:
    """Take a shard, from whoever has had it; None if nothing of it is to be done."""
    async with pool.connection() as connection:
        taken = await (await connection.execute(sql.TAKE, (batch, first))).fetchone()
        if taken is None:
            return None
        number, size, owner, account, confirm, wait_for = taken
        rows = await (await connection.execute(sql.ITEMS, (number, first, first + size))).fetchall()
    named = tuple(UUID(uuid) if name is None else name for _, name, uuid, _, _, _ in rows)
    twins = tuple((position - first, before) for position, _, _, before, _, _ in rows if before is not None)
    letters = "".join(letter for *_, letter, _ in rows)
    since = min((at for *_, letter, at in rows if letter == "?"), default=None)
    shard = Shard(batch, first, named, twins)
    state = ShardState(letters, since)
    return Taken(account, shard, state, cast(Confirm, confirm), wait_for, pool, number, owner)
