"""Where a journal once told a lie: runs that end early, odd words, odd paths, a credential that is refused."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import anyio
import pytest

from plivo_async import (
    Activation,
    ActivationOutcome,
    ActivationReport,
    AsyncClient,
    Attempt,
    AttemptOutcome,
    InvalidArgumentError,
    JournalError,
    PlivoError,
)
from plivo_async.batch._figures import figures
from plivo_async.batch._journal import Journal
from plivo_async.batch._journal_file import Identity, JournalFile, intents, outcomes, places
from plivo_async.batch._journal_reader import JournalReader
from plivo_async.emulator import Emulator
from plivo_async.wire import conference

from ..support import in_memory

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]

OURS = Identity("MA00000000000000TEST", "https://api.plivo.com")
NAMES = [f"c{number}" for number in range(8)]


def left_in_doubt(path: Path, plivo: Emulator) -> None:
    """A run that was killed when the last two were in flight; all before them are settled."""
    now = datetime.now(UTC).timestamp()
    file = JournalFile(path, Identity(plivo.auth_id, plivo.url), now)
    file.write([places([(at, name, None) for at, name in enumerate(NAMES)]), intents(now, [6, 7])])
    file.write([outcomes([("activated", now, f"[{now}, 0, 0.1, 0.1]", 0, at) for at in range(6)])])
    file.close(None)


def doubts(path: Path) -> list[int]:
    """Which places the journal has as maybe sent."""
    reader = JournalReader(path)
    found = [row.position for row in reader.some(0, 99) if row.intent_at is not None]
    reader.close()
    return found


@pytest.mark.parametrize("told", [True, False])
async def test_a_run_that_gets_nowhere_forgets_no_doubt_of_the_one_before(tmp_path: Path, told: bool) -> None:
    """Not even begun by the second run, it may still be live: it is unknown, and looked at by the third."""
    path, seen = tmp_path / "run.db", list[object]()
    async with Emulator() as plivo, in_memory(plivo) as client:
        left_in_doubt(path, plivo)
        note = seen.append if told else None
        report = await client.mpc.start(NAMES, journal=path, deadline=1e-9, on_outcome=note)
        assert [one.outcome.value for one in report] == ["activated"] * 6 + ["unknown"] * 2
        assert "an earlier run may have activated it" in str(report[7].error)
        assert len(seen) == (8 if told else 0)
        assert doubts(path) == [6, 7]
        report = await client.mpc.start(NAMES, maybe_sent=datetime.now(UTC), deadline=1e-9)
        assert {one.outcome.value for one in report} == {"unknown"}
        assert not plivo.requests


async def test_a_stream_that_gets_nowhere_tells_what_is_settled_and_forgets_no_doubt(tmp_path: Path) -> None:
    """What it didn't come to is told as the journal knows it."""
    path = tmp_path / "run.db"
    async with Emulator() as plivo, in_memory(plivo) as client:
        left_in_doubt(path, plivo)
        async with client.mpc.start_each(NAMES, journal=path, deadline=1e-9) as activations:
            told = {one.position: one.outcome.value async for one in activations}
        assert [told[at] for at in range(8)] == ["activated"] * 6 + ["unknown"] * 2
        assert doubts(path) == [6, 7]


async def test_an_input_that_the_deadline_cuts_short_may_be_longer_the_next_time(tmp_path: Path) -> None:
    """Which is the same input, of which more was read; or less."""
    path = tmp_path / "run.db"

    async def slow(most: int) -> Any:
        for number, name in enumerate(NAMES):
            if number == most:
                await anyio.sleep(60)
            yield name

    async with Emulator() as plivo, in_memory(plivo) as client:
        for name in NAMES:
            plivo.add_conference(name)
        assert len(await client.mpc.start(slow(3), journal=path, deadline=0.05)) == 3
        assert len(await client.mpc.start(slow(2), journal=path, deadline=0.05)) == 2
        assert (await client.mpc.start(slow(9), journal=path)).succeeded
        assert len(await client.mpc.start(slow(2), journal=path, deadline=0.05)) == 2
        with pytest.raises(JournalError, match="of another input"):
            await client.mpc.start(NAMES[:7], journal=path)


async def test_a_refused_credential_settles_nothing(tmp_path: Path) -> None:
    """The next run, with the right one, activates also those that were answered 401."""
    path = tmp_path / "run.db"
    refusal = (Attempt("POST", AttemptOutcome.ANSWERED, 401, None, 0.0, 0.1),)
    async with Emulator() as plivo, in_memory(plivo) as client:
        plivo.add_conference("a")
        journal = await Journal.open(path, Identity(plivo.auth_id, plivo.url), inline=True)
        await journal.enter([conference("a")])
        await journal.settle([Activation(0, "a", None, ActivationOutcome.REJECTED, attempts=refusal)])
        await journal.aclose()
        assert (await client.mpc.start(["a"], journal=path)).succeeded


async def test_whatever_is_said_it_is_written_down(tmp_path: Path) -> None:
    """Half a character (a lone surrogate, as JSON may hold), a NUL, a line that goes from right to left."""
    path, words = tmp_path / "run.db", "no \ud83d \0 \u202e"
    names = ["Östermalm 🎉", "\u202eevil", "a\\0b", "o'hara; drop table item", "=1+1", "\ud83d"]
    error = PlivoError(words, operation="Activate MPC", target=names[0], status_code=400, detail=words)
    async with Emulator() as plivo, in_memory(plivo) as client:
        for name in names[:5]:
            plivo.add_conference(name)
        async with client.mpc.start_each(names, journal=path) as activations:
            told = sorted([one async for one in activations], key=lambda one: one.position)
        assert [one.outcome.value for one in told] == ["activated"] * 5 + ["rejected"]
        assert [one.to_dict() for one in ActivationReport.read(path)] == [one.to_dict() for one in told]
        identity = Identity(plivo.auth_id, plivo.url)
    journal = await Journal.open(path, identity, inline=True)
    await journal.settle([Activation(0, names[0], None, ActivationOutcome.REJECTED, error=error)])
    await journal.aclose()
    read = ActivationReport.read(path)
    assert str(read[0].error) == str(error)
    read.to_html().encode()


@pytest.mark.parametrize("name", [":memory:", "file:x?mode=ro", "a?b#c%00", " ", "…"])
def test_a_path_means_the_file_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whatever SQLite would make of it; seen from another folder as well."""
    monkeypatch.chdir(tmp_path)
    file = JournalFile(name, OURS, 1.0)
    monkeypatch.chdir("/")
    file.write([places([(0, "a", None)])])
    file.close(2.0)
    assert len(JournalReader(tmp_path / name)) == 1


def test_another_path_to_the_same_file_has_the_same_lock(tmp_path: Path) -> None:
    """A link to it; and a second try in this process doesn't end the first one's lock for other processes."""
    path, link = tmp_path / "run.db", tmp_path / "link.db"
    file = JournalFile(path, OURS, 1.0)
    link.symlink_to(path)
    for there in (link, path):
        with pytest.raises(JournalError, match="is in use by process"):
            JournalFile(there, OURS, 2.0)
    program = (
        "from plivo_async.batch._journal_file import *\n"
        f"JournalFile({str(path)!r}, Identity({OURS.account!r}, {OURS.base_url!r}), 0.0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)  # noqa: S603
    assert b"is in use by process" in done.stderr
    file.close(3.0)


@pytest.mark.parametrize("kind", ["pipe", "device", "circle"])
def test_what_is_no_file_is_refused_and_nothing_is_left_beside_it(tmp_path: Path, kind: str) -> None:
    """At once, without waiting for somebody at the other end."""
    path = tmp_path / "run.db"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/null" if kind == "device" else path)
    with pytest.raises(JournalError, match="can't be opened"):
        JournalFile(path, OURS, 1.0)
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.db"]


class _Nowhere(tzinfo):
    def utcoffset(self, _: datetime | None) -> timedelta | None:
        return None

    dst = utcoffset

    def tzname(self, _: datetime | None) -> str | None:
        return None


async def test_odd_arguments_are_refused_before_anything_is_sent(tmp_path: Path) -> None:
    """Each with a sentence."""
    odd: list[dict[str, Any]] = [
        {"journal": ""},
        {"journal": "a\0b"},
        {"journal": b"run.db"},
        {"journal": 7},
        {"journal": tmp_path / "run.db", "resume": "failed"},
        {"journal": tmp_path / "run.db", "resume": [None]},
        {"journal": tmp_path / "run.db", "resume": [["failed"]]},
        {"maybe_sent": datetime(2026, 1, 1, tzinfo=_Nowhere())},
        {"maybe_sent": 1.0},
        {"maybe_sent": {"a": None}},
        {"maybe_sent": {"": datetime.now(UTC)}},
    ]
    async with AsyncClient("MA00000000000000TEST", "x" * 40, base_url="http://127.0.0.1:9") as client:
        for arguments in odd:
            with pytest.raises((InvalidArgumentError, TypeError)):
                await client.mpc.start(["a"], **arguments)
    assert not os.listdir(tmp_path)


def test_a_run_that_was_killed_took_until_its_last_outcome(tmp_path: Path) -> None:
    """The hours until somebody started it again are no time of it; a clock that is set back takes none off."""
    path = tmp_path / "run.db"
    for began, settled, ended in ((100.0, 130.0, None), (50_000.0, 50_010.0, 50_020.0), (60_000.0, 60_001.0, 59_000.0)):
        file = JournalFile(path, OURS, began)
        file.write([places([(int(began), f"c{began}", None)])])
        file.write([outcomes([("activated", settled, "[1, 0, 1, 1]", 0, int(began))])])
        file.close(ended)
    assert ActivationReport.read(path).elapsed == pytest.approx(50.0)


def test_a_page_of_runs_years_apart_is_made_at_once() -> None:
    """A machine whose clock begins in 1970 until it is set: 56 years are not walked through second by second."""
    lost = (Attempt("POST", AttemptOutcome.UNCLEAR, None, "ReadTimeout", 0.0, 5.0),)
    fine = (Attempt("POST", AttemptOutcome.ANSWERED, 204, None, 0.0, 0.1),)
    began, later = datetime(1970, 1, 2, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC)
    found = figures(
        [
            Activation(0, "a", None, ActivationOutcome.FAILED, None, lost, None, None, 5.0, began),
            Activation(1, "b", None, ActivationOutcome.ACTIVATED, True, fine, "answer", None, 0.1, later),
        ]
    )
    assert len(found.bars) <= 60
    assert [(bar.first, bar.live) for bar in (found.bars[0], found.bars[-1])] == [(1, 0), (1, 1)]
    assert found.out_of_reach == 6  # not until the next run
