"""Images of a journal, as a kill would leave it between any two statements, resumed against the emulator's truth."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from plivo_async.batch import _journal_file
from plivo_async.batch._journal_file import Identity, JournalFile
from plivo_async.batch._journal_reader import JournalReader
from plivo_async.emulator import Emulator, Faults, Settings

from ..support import in_memory

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]  # instants are compared on the wall clock

NAMES = [f"c{number}" for number in range(12)]
LATE = "late"  # somebody dials in while it is tried again and again


@pytest.fixture(autouse=True)
def no_power_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill doesn't take what the system was given: nobody has to wait for the disk here."""
    opened = _journal_file._opened

    def quick(path: Path) -> sqlite3.Connection:
        connection = opened(path)
        connection.execute("pragma synchronous = off")
        return connection

    monkeypatch.setattr(_journal_file, "_opened", quick)


def copied(path: Path, to: Path) -> Path:
    """The file and its WAL, as they are now."""
    to.mkdir()
    for beside in ("", "-wal"):
        if (source := path.with_name(path.name + beside)).exists():
            shutil.copy(source, to / source.name)
    return to / path.name


def before_each_statement(monkeypatch: pytest.MonkeyPatch, do: Callable[[str], None]) -> None:
    """Call a function before each statement of whoever writes a journal, from its very first one on."""
    opened = _journal_file._opened

    def traced(path: Path) -> sqlite3.Connection:
        do("open")
        connection = opened(path)
        connection.set_trace_callback(do)
        return connection

    monkeypatch.setattr(_journal_file, "_opened", traced)


def test_killed_while_it_is_begun_it_is_none_yet_or_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each image can be begun again; none is refused as something else, or as of another version."""
    path, images = tmp_path / "run.db", []
    ours = Identity("MA00000000000000TEST", "https://api.plivo.com")
    with monkeypatch.context() as patch:
        before_each_statement(patch, lambda _: images.append(copied(path, tmp_path / str(len(images)))))
        JournalFile(path, ours, 1.0).close(2.0)
    assert len(images) > 5
    for image in images:
        JournalFile(image, ours, 3.0).close(4.0)


@pytest.mark.parametrize("off", [0, *(pytest.param(off, marks=pytest.mark.long) for off in (40, -40, -7200))])
async def test_from_each_image_a_run_goes_on_to_the_truth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, off: float
) -> None:
    """What was in flight arrives or not, and the world goes on: nothing lost, nothing wrong, no other's started.

    By Plivo's clock, whatever ours says. Only until the first outcome is written there is none but ours.
    """
    path, chance = tmp_path / "run.db", random.Random(14)
    images: list[tuple[Path, set[str]]] = []
    faults = Faults.parse("lost-response=0.1,reset-before=0.1,503=0.1")
    async with Emulator(latency=0.002, seed=3, faults=faults, settings=Settings(clock_off=off - 60)) as plivo:

        def keep(statement: str) -> None:
            if statement == "begin immediate":
                live = {name for name in NAMES if plivo.conferences[name].status == "Active"}
                images.append((copied(path, tmp_path / str(len(images))), live))

        begin(plivo)
        with monkeypatch.context() as patch:
            before_each_statement(patch, keep)
            async with in_memory(plivo) as client:
                await client.mpc.start(NAMES, journal=path)
    assert len(images) >= 8
    for image, live in images[1:]:
        await resumed(image, live, chance, off)


def begin(plivo: Emulator) -> None:
    """All wait, since a minute."""
    for name in NAMES:
        plivo.add_conference(name)
    plivo.advance(60)


def belongs_to(image: Path, plivo: Emulator) -> None:
    """Make it a journal of another emulator, which stands for the same account."""
    with sqlite3.connect(image) as connection:
        connection.execute("update meta set value = ? where key = 'account'", (plivo.auth_id,))
        connection.execute("update meta set value = ? where key = 'base_url'", (plivo.url,))
    connection.close()


async def resumed(image: Path, live: set[str], chance: random.Random, off: float) -> None:
    """Go on from an image in a world where these are live, and compare."""
    reader = JournalReader(image)
    rows = reader.some(0, len(NAMES))
    reader.close()
    sent = {row.name for row in rows if row.intent_at is not None and row.outcome is None}
    told = {row.name for row in rows if row.outcome == "activated"}
    assert told <= live
    assert live <= told | sent | {row.name for row in rows if row.outcome}, "sent before it was written down"
    if off and not any(row.outcome for row in rows):
        return
    async with Emulator(settings=Settings(clock_off=off - 60)) as plivo:
        begin(plivo)
        belongs_to(image, plivo)
        live = live | {name for name in sent if name is not None and chance.random() < 0.5}
        for name in live:
            plivo.activate_conference(name)
        plivo.advance(5)
        over = set(chance.sample(sorted(live), len(live) // 3))
        following = set(sorted(over)[::2])
        for name in over:
            plivo.end_conference(name)
        plivo.advance(5)
        for name in following:
            plivo.add_conference(name)
        async with in_memory(plivo) as client:
            report = await client.mpc.start(NAMES, journal=image)
        asked = {request.name for request in plivo.requests}
        assert not asked & told
        assert not [name for name in following if plivo.conferences[name].status == "Active"]
        for one in report:
            assert one.name is not None
            expected = {"activated"} if one.name in told or one.name not in over else {"unknown"}
            assert one.outcome.value in expected, (str(one), one.attempts, rows[one.position])


async def test_killed_while_it_is_polled_for_it_is_started_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 404 ends an intent on disk, also when nothing else is written: who dials in later isn't left alone."""
    path, images = tmp_path / "run.db", []
    async with Emulator() as plivo, in_memory(plivo) as client:
        with anyio.CancelScope() as scope:

            async def kill_between_two_polls() -> None:
                await anyio.sleep(0.3)  # the first poll is over, and the next one isn't due
                assert plivo.requests
                images.append(copied(path, tmp_path / "image"))
                scope.cancel()

            async with anyio.create_task_group() as group:
                group.start_soon(kill_between_two_polls)
                await client.mpc.start([LATE], journal=path, wait_for=60, confirm="never")
        plivo.advance(5)
        plivo.add_conference(LATE)
        [report] = await client.mpc.start([LATE], journal=images[0])
        assert report.outcome == "activated"
        assert plivo.conferences[LATE].status == "Active"
