"""A journal on disk: what it promises to who writes it, and to who reads it meanwhile."""

import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plivo_async import JournalError
from plivo_async.batch._journal_file import Identity, JournalFile, intents, outcomes, places
from plivo_async.batch._journal_reader import JournalReader, Row

OURS = Identity("MA00000000000000TEST", "https://api.plivo.com")
NAMES: list[tuple[object, ...]] = [(0, "a", None), (1, None, "7b80557a-92cd-4f4b-a66f-1c6a0b1d1f8b"), (2, None, None)]


def at(seconds: float) -> datetime:
    """So many seconds after 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def test_what_was_written_is_there_for_the_next_run_and_for_readers(tmp_path: Path) -> None:
    """Places, intents and outcomes; an outcome in doubt keeps its intent, any other ends it."""
    path = tmp_path / "run.db"
    file = JournalFile(path, OURS, 100.0)
    file.write([places(NAMES), intents(101.5, [0, 1])])
    reader = JournalReader(path)
    assert len(reader) == 3
    assert reader.counts() == {None: 3}
    file.write([outcomes([("activated", 102.0, "[0,1,1]", 0, 0), ("unknown", 103.0, "{}", 1, 1)])])
    expected = [
        Row(0, "a", None, None, "activated", 102.0, "[0,1,1]"),
        Row(1, None, "7b80557a-92cd-4f4b-a66f-1c6a0b1d1f8b", 101.5, "unknown", 103.0, "{}"),
        Row(2, None, None, None, None, None, None),
    ]
    assert reader.some(0, 9) == expected
    assert reader.counts() == {None: 1, "activated": 1, "unknown": 1}
    assert [run.ended_at for run in reader.runs()] == [at(103.0)]  # as far as anybody knows
    file.set_size(3)
    file.close(104.0)
    reader.close()

    again = JournalFile(path, OURS, 200.0)
    assert (again.size, again.count(), again.some(1, 5)) == (3, 3, expected[1:])
    assert list(again.rows()) == expected
    again.close(201.0)
    runs = JournalReader(path).runs()
    assert [(run.began_at, run.ended_at) for run in runs] == [(at(100.0), at(104.0)), (at(200.0), at(201.0))]


def test_only_this_user_may_read_it(tmp_path: Path) -> None:
    """It holds the names of conferences."""
    path = tmp_path / "run.db"
    file = JournalFile(path, OURS, 0.0)
    assert {entry.stat().st_mode & 0o777 for entry in tmp_path.iterdir()} == {0o600}
    file.close(0.0)


def test_two_may_not_write_it(tmp_path: Path) -> None:
    """The second is told who does, by process, host and instant; once the first has gone it may."""
    path = tmp_path / "run.db"
    first = JournalFile(path, OURS, 0.0)
    with pytest.raises(
        JournalError, match=rf"in use by process {os.getpid()} on \S+, since 1970-01-01T00:00:00\+00:00"
    ):
        JournalFile(path, OURS, 1.0)
    first.close(1.0)
    JournalFile(path, OURS, 2.0).close(2.0)


@pytest.mark.real_time
def test_a_writer_that_was_killed_leaves_it_free_and_whole(tmp_path: Path) -> None:
    """What `write` had returned for is there; the claim on the file went with the process."""
    path = tmp_path / "run.db"
    program = (
        "import os, signal, sys\n"
        "from plivo_async.batch._journal_file import *\n"
        f"file = JournalFile({str(path)!r}, Identity({OURS.account!r}, {OURS.base_url!r}), 0.0)\n"
        f"file.write([places({NAMES!r})])\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False)  # noqa: S603
    assert done.returncode == -9
    assert len(JournalReader(path)) == 3
    file = JournalFile(path, OURS, 1.0)
    assert file.count() == 3
    file.close(1.0)
    assert [run.ended_at for run in JournalReader(path).runs()] == [None, at(1.0)]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (Identity("SA00000000000000SUBS", OURS.base_url), "of account MA…EST, and this run is of SA…UBS"),
        (Identity(OURS.account, "http://127.0.0.1:1"), "of base URL https://api.plivo.com, and this run is of http"),
    ],
)
def test_a_journal_of_something_else_is_refused(tmp_path: Path, other: Identity, words: str) -> None:
    """It says what differs, and lets go of the file again."""
    path = tmp_path / "run.db"
    JournalFile(path, OURS, 0.0).close(0.0)
    with pytest.raises(JournalError, match=words):
        JournalFile(path, other, 1.0)
    JournalFile(path, OURS, 2.0).close(2.0)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    """By who would write it, and by who would read it."""
    path = tmp_path / "run.db"
    JournalFile(path, OURS, 0.0).close(0.0)
    with sqlite3.connect(path) as connection:
        connection.execute("update meta set value = '2' where key = 'format'")
    connection.close()
    with pytest.raises(JournalError, match="has format 2"):
        JournalFile(path, OURS, 1.0)
    with pytest.raises(JournalError, match="has format 2"):
        JournalReader(path)


@pytest.mark.parametrize("content", [b"room\nsupport-1\n" * 200, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    """A list of names given by mistake isn't written into."""
    path = tmp_path / "run.db"
    path.write_bytes(content)
    with pytest.raises(JournalError, match=r"no journal|damaged|malformed|can't be"):
        JournalFile(path, OURS, 0.0)
    assert path.read_bytes() == content


def test_another_sqlite_file_is_refused(tmp_path: Path) -> None:
    """Somebody's own database gets no tables of ours."""
    path = tmp_path / "run.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table mine (x)")
    connection.close()
    with pytest.raises(JournalError, match="no journal of plivo-async"):
        JournalFile(path, OURS, 0.0)


def test_a_damaged_journal_is_refused(tmp_path: Path) -> None:
    """Before anything is sent by it."""
    path = tmp_path / "run.db"
    file = JournalFile(path, OURS, 0.0)
    file.write([places([(at, f"conference-{at}", None) for at in range(5000)])])
    file.close(0.0)
    content = bytearray(path.read_bytes())
    content[20_000:40_000] = b"\x55" * 20_000
    path.write_bytes(content)
    with pytest.raises(JournalError, match=r"damaged|malformed"):
        JournalFile(path, OURS, 1.0)


@pytest.mark.parametrize("there", ["nowhere/run.db", "."])
def test_a_place_where_none_can_be_is_said(tmp_path: Path, there: str) -> None:
    """A folder that isn't there, a folder in its place."""
    with pytest.raises(JournalError, match="can't be opened"):
        JournalFile(tmp_path / there, OURS, 0.0)
    with pytest.raises(JournalError, match="there is no journal"):
        JournalReader(tmp_path / there)


def test_copies_made_at_any_instant_open_and_tell_no_lie(tmp_path: Path) -> None:
    """The file and its WAL, copied while it is written: a prefix of what was written, commit by commit."""
    path = tmp_path / "run.db"
    file = JournalFile(path, OURS, 0.0)
    for number in range(40):
        file.write([places([(number, f"c{number}", None)]), intents(float(number), [number])])
        if number:
            file.write([outcomes([("activated", float(number), "[0,1,1]", 0, number - 1)])])
        copy = tmp_path / f"copy-{number}" / "run.db"
        copy.parent.mkdir()
        for beside in ("", "-wal"):
            if (source := path.with_name(f"run.db{beside}")).exists():
                shutil.copy(source, copy.with_name(f"run.db{beside}"))
        image = JournalFile(copy, OURS, 0.0)
        known = list(image.rows())
        assert [row.position for row in known] == list(range(number + 1))
        assert [row.outcome for row in known] == ["activated"] * number + [None]
        assert known[-1].intent_at == number
        image.close(0.0)
    file.close(0.0)


def test_a_full_disk_is_said_and_loses_nothing_that_was_promised(tmp_path: Path) -> None:
    """A commit that doesn't fit is undone whole; what was written before stays."""
    path = tmp_path / "run.db"
    file = JournalFile(path, OURS, 0.0)
    file.write([places(NAMES)])
    file._connection.execute("pragma max_page_count = 8")
    with pytest.raises(JournalError, match="the disk is full"):
        file.write([intents(1.0, [0]), places([(at, "x" * 100, None) for at in range(3, 2000)])])
    assert [row.intent_at for row in file.rows()] == [None, None, None]
    file.close(1.0)
    assert len(JournalReader(path)) == 3
