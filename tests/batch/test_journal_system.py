"""A journal and what a system does to it: processes that race and fork, a disk that is full, a run cut anywhere."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from plivo_async import Activation, ActivationReport, AsyncClient, JournalError
from plivo_async.batch._journal import Journal
from plivo_async.batch._journal_file import Identity, JournalFile
from plivo_async.batch._journal_reader import JournalReader
from plivo_async.emulator import Emulator

from ..support import ends_within, in_memory

pytestmark = pytest.mark.real_time

OURS = Identity("MA00000000000000TEST", "https://api.plivo.com")

_PRELUDE = f"""
import os, resource, signal, sys
from plivo_async import JournalError
from plivo_async.batch._journal import Journal
from plivo_async.batch._journal_file import *
OURS = Identity({OURS.account!r}, {OURS.base_url!r})
path = sys.argv[1]
"""


def python(program: str, path: Path) -> subprocess.Popen[str]:
    """A process of its own that has the path of a journal."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", _PRELUDE + program, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_of_many_that_begin_one_at_the_same_instant_one_has_it(tmp_path: Path) -> None:
    """The others are told who; nobody finds half of a journal."""
    program = """
print("ready", flush=True)
sys.stdin.readline()
try:
    file = JournalFile(path, OURS, 0.0)
    print("has it", flush=True)
    sys.stdin.readline()
    file.close(1.0)
except JournalError as error:
    print(error, flush=True)
"""
    racers = [python(program, tmp_path / "run.db") for _ in range(6)]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    said = [racer.stdout.readline() for racer in racers if racer.stdout is not None]
    for racer in racers:
        racer.communicate("done\n")
    assert said.count("has it\n") == 1
    assert all("is in use by " in line for line in said if line != "has it\n")
    file = JournalFile(tmp_path / "run.db", OURS, 2.0)
    assert file.count() == 0
    file.close(2.0)


def test_who_comes_while_a_journal_is_being_made_is_told_that_it_is_in_use(tmp_path: Path) -> None:
    """Its first run is not in it yet."""
    file = JournalFile(tmp_path / "run.db", OURS, 0.0)
    file._connection.execute("delete from run")
    with pytest.raises(JournalError, match="is in use by another process"):
        JournalFile(tmp_path / "run.db", OURS, 0.0)
    assert file.runs() == ()
    file.close(1.0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_child_that_was_forked_off_takes_nothing_along(tmp_path: Path) -> None:
    """It ends, and closes what it has inherited: the parent still holds the journal, and goes on writing it."""
    program = """
file = JournalFile(path, OURS, 0.0)
file.write([places([(0, "a", None)])])
child = os.fork()
if not child:
    del file
    sys.exit(0)
os.waitpid(child, 0)
file.write([intents(5.0, [0])])
print("written", flush=True)
sys.stdin.readline()
file.close(6.0)
"""
    path = tmp_path / "run.db"
    parent = python(program, path)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "written\n"
    with pytest.raises(JournalError, match=f"in use by process {parent.pid}"):
        JournalFile(path, OURS, 7.0)
    assert not parent.communicate("done\n")[0]
    assert [row.intent_at for row in JournalReader(path).some(0, 9)] == [5.0]


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits here")
@pytest.mark.parametrize("most", [0, 4_096, 40_000, 100_000])
def test_where_no_more_may_be_written_it_is_said_and_what_was_promised_stays(tmp_path: Path, most: int) -> None:
    """A quota at any size: whatever `write` returned for is there, and whatever it refused is not."""
    program = f"""
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, resource.RLIM_INFINITY))
done = 0
try:
    file = JournalFile(path, OURS, 0.0)
    while done < 10_000:
        file.write([places([(at, f"conference {{at}}", None) for at in range(done, done + 50)])])
        done += 50
except JournalError as error:
    print(done, error, flush=True)
os._exit(0)
"""
    path = tmp_path / "run.db"
    said, _ = python(program, path).communicate()
    done, _, why = said.partition(" ")
    assert "can't be opened" in why or "can't be written" in why
    assert 0 <= int(done) < 10_000
    if not int(done):
        return
    assert len(JournalReader(path)) == int(done)
    file = JournalFile(path, OURS, 1.0)
    assert file.count() == int(done)
    file.close(1.0)


# ---- Cut short anywhere ---------------------------------------------------------------------------------------------

NAMES = ["a", "b", "a", "never", "c"]


async def cut_after(steps: int, path: Path, *, stream: bool) -> bool:
    """Cancel a run at some step, and let another one end it; whether the first had come to its end."""
    finished, told = False, list[Activation]()
    async with Emulator(port=None, limit=None) as plivo:
        for name in ("a", "b", "c"):
            plivo.add_conference(name)
        async with in_memory(plivo) as client:
            finished = await ends_within(steps, lambda: run(client, path, told, stream=stream))
            on_disk = ActivationReport.read(path) if told else []
            known = {one.position: one.outcome for one in on_disk if one.succeeded}
            assert {one.position for one in told if one.succeeded} <= set(known), "told, and not on disk"
            before = len(plivo.requests)
            report = await client.mpc.start(NAMES, journal=path)
            assert [one.outcome.value for one in report] == [
                "activated",
                "activated",
                "activated",
                "not_found",
                "activated",
            ]
            again = {request.name for request in list(plivo.requests)[before:]}
            assert not again & {NAMES[at] for at in known}, "settled, and asked for again"
    return finished


async def run(client: AsyncClient, path: Path, told: list[Activation], *, stream: bool) -> None:
    """A batch with a journal."""
    if not stream:
        await client.mpc.start(NAMES, journal=path, on_outcome=told.append)
        return
    async with client.mpc.start_each(NAMES, journal=path) as activations:
        async for activation in activations:
            told += [activation]


@pytest.mark.long
@pytest.mark.anyio
@pytest.mark.parametrize("stream", [False, True], ids=["start", "start_each"])
async def test_cancelled_at_any_await_the_next_run_ends_with_the_truth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    """Nothing that was told is missing on disk, nothing that is settled is asked for again, ours stay ours."""
    monkeypatch.setattr(Journal, "open", partial(Journal.open, inline=True))  # steps count only where no thread works
    for steps in range(400):
        if await cut_after(steps, tmp_path / f"{steps}.db", stream=stream):
            return
    pytest.fail("it never came to its end")


@pytest.mark.anyio
async def test_what_the_caller_knows_of_earlier_attempts_outlives_the_process(tmp_path: Path) -> None:
    """Given once, it is in the journal: killed before it was of use, the run that goes on still knows whose it is."""
    path, since = tmp_path / "run.db", datetime.now(UTC) - timedelta(seconds=5)
    async with Emulator() as plivo, in_memory(plivo) as client:
        for name in ("a", "b"):
            plivo.add_conference(name)
        assert (await client.mpc.start(["a", "b"])).succeeded
        for number, deadline in enumerate((1e-9, 60.0)):
            given: dict[str | UUID, datetime] | None = {"a": since, "b": since} if not number else None
            report = await client.mpc.start(["a", "b"], journal=path, maybe_sent=given, deadline=deadline)
            assert {one.outcome.value for one in report} == ({"activated"} if number else {"unknown"})
