"""Looking at the budgets in a store, for the person on call; nothing is changed."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..._errors import SharedBudgetError
from ...policy import StoreUrl
from ...policy.shared import PROTOCOL, Ledger
from ...shown._privacy import masked_account
from ._record import unpacked
from ._redis import RedisStore
from ._store import StoreAway


@dataclass(frozen=True, slots=True)
class HolderSeen:
    """A process that takes part.

    Attributes:
        name: Host, process id, and a number of its own.
        held: Permits that it has.
        waiting: How many of its requests wait, as it said last.
        granted: Permits that it has had since it was first seen.
        refused: 429s that it has met since then.
        since: Seconds since it was first seen.
        heard: Seconds since it was last heard of.
    """

    name: str
    held: int
    waiting: int
    granted: int
    refused: int
    since: float
    heard: float


@dataclass(frozen=True, slots=True)
class BudgetSeen:
    """A shared budget at one moment.

    Attributes:
        namespace: As in `RateLimit`.
        server: The host of the API.
        account: The Auth ID, masked.
        limit: Permits.
        per: Seconds after its answer until a permit is free again.
        level: How many may be in use, as far as 429s have told.
        held: Permits that processes have.
        cooling: Permits that the server may still count.
        next_free: Seconds until the first of those is free; None if none cools.
        hold: Seconds for which nobody may send; 0 if nothing bars.
        refused: 429s since the budget was made.
        refused_ago: Seconds since the last one that was news; None for none.
        since: Seconds since the budget was made.
        holders: Who takes part.
    """

    namespace: str
    server: str
    account: str
    limit: int
    per: float
    level: float
    held: int
    cooling: int
    next_free: float | None
    hold: float
    refused: int
    refused_ago: float | None
    since: float
    holders: tuple[HolderSeen, ...]


def budgets(url: StoreUrl) -> list[BudgetSeen]:
    """All budgets in a store, by account.

    Raises:
        SharedBudgetError: It can't be read.
    """
    found = _in_file(Path(url.path)) if url.scheme == "sqlite" else _in_server(url)
    return [_seen(key, ledger, now) for key, ledger, now in sorted(found, key=lambda one: one[0])]


def _in_file(path: Path) -> Iterator[tuple[str, Ledger, float]]:
    query = "SELECT key, ledger FROM plivo_budget WHERE version = ?"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            for key, ledger in db.execute(query, (PROTOCOL,)).fetchall():
                yield key, unpacked(ledger), time.monotonic()
    except sqlite3.Error as error:
        why = str(error) if path.exists() else "there is no such file; the first process that shares it makes it"
        raise SharedBudgetError(f"the shared budget {path} can't be read: {why}") from error


def _in_server(url: StoreUrl) -> Iterator[tuple[str, Ledger, float]]:
    store = RedisStore(url, "")
    try:
        store.open()
        yield from store.ledgers()
    except StoreAway as error:
        raise SharedBudgetError(f"the shared budget can't be read: {error}") from error
    finally:
        store.close()


def _seen(key: str, ledger: Ledger, now: float) -> BudgetSeen:
    namespace, _, rest = key.partition(":")
    server, _, account = rest.rpartition(":")
    pace = ledger.pace
    cooling = [each for each in ledger.cooling if each.free_at > now]
    refused_ago = now - pace.hold_since
    return BudgetSeen(
        namespace,
        server,
        masked_account(account),
        pace.limit,
        pace.per,
        pace.level(now),
        ledger.held,
        sum(each.count for each in cooling),
        cooling[0].free_at - now if cooling else None,
        max(0.0, (pace.barred_until(now) or now) - now),
        ledger.refused,
        refused_ago if ledger.refused else None,
        now - ledger.since,
        tuple(
            HolderSeen(
                name,
                each.held,
                each.interactive + each.batch,
                each.granted,
                each.refused,
                now - each.since,
                now - each.at,
            )
            for name, each in sorted(ledger.holders.items())
        ),
    )
