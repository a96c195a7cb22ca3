"""Budgets in a file, for the processes of one host."""

import math
import sqlite3
import stat
from pathlib import Path

import pytest

from plivo_async._errors import SharedBudgetError
from plivo_async.pacing.shared._files import far_filesystem
from plivo_async.pacing.shared._look import budgets
from plivo_async.pacing.shared._record import packed, unpacked
from plivo_async.pacing.shared._sqlite import SqliteStore
from plivo_async.pacing.shared._store import StoreAway
from plivo_async.policy import Priority, StoreUrl
from plivo_async.policy.shared import Kind, Ledger, Report, Status, Terms, Trade

TERMS = Terms(20, 1.0, 1.0, 2.0)


class Clock:
    """A clock that tests set."""

    now = 1000.0

    def __call__(self) -> float:
        """The instant."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock."""
    return Clock()


def opened(path: Path, clock: Clock, key: str = "a") -> SqliteStore:
    """A store that is open."""
    store = SqliteStore(path, key, clock)
    assert store.open() is False
    return store


def test_two_connections_share_a_budget_and_accounts_dont(tmp_path: Path, clock: Clock) -> None:
    """Several accounts live in one file, which is for this user only."""
    path = tmp_path / "budget.db"
    stores = [opened(path, clock), opened(path, clock), opened(path, clock, "b")]
    granted = [store.trade(TERMS, Trade(str(number), 1, batch=15)).batch for number, store in enumerate(stores)]
    assert granted == [15, 5, 15]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for store in stores:
        store.close()


def test_a_ledger_survives_being_text() -> None:
    """All of it, what never happened included."""
    ledger = Ledger.new(TERMS, Trade("a", 0), 5.0, math.inf, "e")
    ledger.trade(TERMS, Trade("a", 1, batch=5, interactive=2, visit_ago=0.1), 5.0)
    refused = Report(Kind.REFUSED, Priority.BATCH, 0.1, 0.0, 3.0)
    ledger.trade(TERMS, Trade("a", 2, in_use=5, reports=(refused,)), 5.5)
    again = unpacked(packed(ledger))
    assert packed(again) == packed(ledger)
    later = Trade("b", 1, batch=30)
    assert again.trade(TERMS, later, 9.0) == ledger.trade(TERMS, later, 9.0)


def test_a_file_that_was_removed_or_replaced_is_noticed(tmp_path: Path, clock: Clock) -> None:
    """Whoever still has the old one open would else keep a budget of its own."""
    path = tmp_path / "budget.db"
    store = opened(path, clock)
    epoch = store.trade(TERMS, Trade("a", 1, batch=1)).epoch
    path.unlink()
    with pytest.raises(StoreAway, match="removed or replaced"):
        store.trade(TERMS, Trade("a", 2, batch=1))
    store.open()
    assert store.trade(TERMS, Trade("a", 3, epoch, batch=1)).batch == 0
    store.close()


def test_a_host_that_has_just_booted_may_have_forgotten_something(tmp_path: Path) -> None:
    """Its clock begins when it boots: a new file is not believed then, and what an old one tells cools anew."""
    clock, path = Clock(), tmp_path / "budget.db"
    store = opened(path, clock)
    assert store.trade(TERMS, Trade("a", 1, batch=20)).batch == 20
    clock.now = 0.5
    assert store.trade(TERMS, Trade("b", 1, batch=20)).batch == 0
    new = opened(tmp_path / "new.db", clock)
    assert new.trade(TERMS, Trade("b", 1, batch=20)).batch == 0
    clock.now = TERMS.memory + 0.51
    assert store.trade(TERMS, Trade("b", 2, batch=20)).batch == 20
    assert new.trade(TERMS, Trade("b", 2, batch=20)).batch == 20
    store.close()
    new.close()


def test_a_newer_protocol_is_recognised_and_left_alone(tmp_path: Path, clock: Clock) -> None:
    """Whatever it has written."""
    store = opened(tmp_path / "budget.db", clock)
    store.trade(TERMS, Trade("a", 1))
    with sqlite3.connect(tmp_path / "budget.db") as db:
        db.execute("UPDATE plivo_budget SET version = 2, ledger = '[]'")
    db.close()
    assert store.trade(TERMS, Trade("a", 2, batch=1)).status is Status.NEWER
    assert budgets(StoreUrl(f"sqlite:///{tmp_path}/budget.db")) == []
    store.close()


def test_who_waits_too_long_for_others_is_told_that_the_store_is_away(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that somebody else never ends."""
    monkeypatch.setattr("plivo_async.pacing.shared._sqlite._BUSY", 0.01)
    store = opened(tmp_path / "budget.db", clock)
    other = sqlite3.connect(tmp_path / "budget.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreAway, match="locked"):
        store.trade(TERMS, Trade("a", 1, batch=1))
    other.close()
    assert store.trade(TERMS, Trade("a", 2, batch=1)).batch == 1
    store.close()


def test_what_cannot_be_used_is_refused_with_a_sentence(tmp_path: Path, clock: Clock) -> None:
    """No such directory, a directory, no database, a table of another kind."""
    no_database, other_table = tmp_path / "no-database", tmp_path / "other"
    no_database.write_bytes(b"this is not a database, and long enough to be seen as none" * 100)
    with sqlite3.connect(other_table) as db:
        db.execute("CREATE TABLE plivo_budget (x)")
    db.close()
    for path, sentence in (
        (tmp_path / "nowhere" / "budget.db", r"can't be opened: No such file"),
        (tmp_path, r"can't be opened: Is a directory"),
        (no_database, "not a database"),
        (other_table, "of another kind"),
    ):
        with pytest.raises(SharedBudgetError, match=sentence):
            SqliteStore(path, "a", clock).open()


def test_a_database_of_something_else_is_left_as_it_is(tmp_path: Path, clock: Clock) -> None:
    """The URL is that of an application's database: no table comes into it, and its journal mode stays."""
    path = tmp_path / "app.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE customer (name)")
    db.close()
    store = SqliteStore(path, "a", clock)
    for _ in range(2):
        with pytest.raises(SharedBudgetError, match="something else, with a table 'customer'; give the budget a file"):
            store.open()
    with pytest.raises(StoreAway):
        store.trade(TERMS, Trade("a", 1, batch=1))
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("customer",)]
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


def test_statistics_of_sqlite_are_nothing_else(tmp_path: Path, clock: Clock) -> None:
    """Somebody has run ANALYZE."""
    opened(tmp_path / "budget.db", clock).close()
    with sqlite3.connect(tmp_path / "budget.db") as db:
        db.execute("ANALYZE")
    db.close()
    opened(tmp_path / "budget.db", clock).close()


def test_a_network_file_system_is_recognised() -> None:
    """By the mount that is nearest; blanks are written as octal numbers."""
    mounts = "/dev/sda / ext4 rw 0 0\nhost:/x /srv/my\\040files nfs4 rw 0 0\ntmpfs /srv/my\\040files/tmp tmpfs rw 0 0\n"
    assert far_filesystem(Path("/srv/my files/budget"), mounts) == "nfs4"
    assert far_filesystem(Path("/srv/my files/tmp/budget"), mounts) is None
    assert far_filesystem(Path("/srv/my filesystem"), mounts) is None
