"""Batches and their items on the way into the tables, and the tables themselves."""

from importlib.resources import files
from typing import Any, get_args

import psycopg

from ..._errors import InvalidArgumentError, invalid
from ..._options import seconds
from ...batch._input import Input
from ...batch._shard import LONGEST_BATCH, MOST
from ...policy import Confirm
from ...wire._checks import choice, integer, text
from . import _sql as sql

_LONGEST_ACCOUNT = 30  # with what stands before it, a name of Postgres that is listened to


def migrations() -> list[tuple[str, bytes]]:
    """The changes to the tables, in order: name, SQL."""
    found = [one for one in (files(__package__) / "migrations").iterdir() if one.name.endswith(".sql")]
    return [(one.name, one.read_bytes()) for one in sorted(found, key=lambda one: one.name)]


def check(batch: str, account: str, size: int, confirm: str, wait_for: float) -> None:
    """Check what a batch is submitted with.

    Raises:
        InvalidArgumentError, TypeError: An argument is wrong.
    """
    seconds("wait_for", wait_for)
    text("batch", batch, longest=LONGEST_BATCH)
    text("account", account)
    if len(account.encode()) > _LONGEST_ACCOUNT:
        raise invalid("account", f"must have at most {_LONGEST_ACCOUNT} bytes in UTF-8")
    integer("size", size, 1, MOST)
    choice("confirm", confirm, get_args(Confirm))


async def copy_items(ours: psycopg.AsyncConnection[Any], number: int, source: Input) -> int:
    """Write the items; how many there are."""
    total = 0
    async with ours.cursor() as cursor, cursor.copy(sql.COPY_ITEMS) as copy:
        while (item := await source.pull()) is not None:
            if item.conference is None:
                raise item.refusal or InvalidArgumentError("no name")
            await copy.write_row((number, item.position, item.conference.name, item.conference.uuid))
            total += 1
    return total


async def found(ours: psycopg.AsyncConnection[Any], batch: str) -> tuple[int, str, bool, float]:
    """Number, account, whether it was cancelled, and the seconds that it took so far, of a batch.

    Raises:
        InvalidArgumentError: There is none of that name.
    """
    row: tuple[int, str, bool, float] | None = await (await ours.execute(sql.BATCH, (batch,))).fetchone()
    return row or nothing(batch)


def nothing(batch: str) -> Any:
    """Say that there is no such batch.

    Raises:
        InvalidArgumentError: That.
    """
    raise invalid("batch", f"{batch!r} is none that is known here")
