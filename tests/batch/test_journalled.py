"""A batch with a journal: killed anywhere and run again, against the emulator's truth."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest

from plivo_async import Activation, ActivationOutcome, ActivationReport, InvalidArgumentError, JournalError
from plivo_async.batch._journal_file import Identity, JournalFile, intents, places
from plivo_async.emulator import Emulator

from ..support import in_memory

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]  # threads and virtual time don't go together

NAMES = [f"c{number}" for number in range(30)]


def posts(plivo: Emulator) -> int:
    """How many activations arrived."""
    return sum(request.operation == "activate" for request in plivo.requests)


async def test_what_is_settled_is_not_asked_for_again(tmp_path: Path) -> None:
    """The second run makes no request and reports the same, with the times of the first."""
    path = tmp_path / "run.db"
    async with Emulator() as plivo, in_memory(plivo) as client:
        for name in NAMES:
            plivo.add_conference(name)
        first = await client.mpc.start([*NAMES, "nobody", "c3"], journal=path)
        made = len(plivo.requests)
        told: list[Activation] = []
        again = await client.mpc.start([*NAMES, "nobody", "c3"], journal=path, on_outcome=told.append)
        assert len(plivo.requests) == made
    assert [one.to_dict() for one in again] == [one.to_dict() for one in first]
    assert sorted(one.position for one in told) == list(range(32))
    assert first.counts[ActivationOutcome.ACTIVATED] == 31
    assert all(one.started_at is not None for one in again)
    read = ActivationReport.read(path)
    assert read.counts == first.counts
    assert [one.to_dict() for one in read] == [one.to_dict() for one in first]
    assert [one.name for one in read.failures] == ["nobody"]


async def test_only_what_is_asked_for_is_tried_again(tmp_path: Path) -> None:
    """By default what may have changed; what was not found, when it is said so."""
    path = tmp_path / "run.db"
    async with Emulator() as plivo, in_memory(plivo) as client:
        await client.mpc.start(["a"], journal=path)
        plivo.add_conference("a")
        assert (await client.mpc.start(["a"], journal=path))[0].outcome == "not_found"
        report = await client.mpc.start(["a"], journal=path, resume={"not_found"})
        assert report[0].outcome == "activated"
        with pytest.raises(InvalidArgumentError, match=r"resume may hold .*, not 'activated'"):
            await client.mpc.start(["a"], journal=path, resume={"activated"})
        with pytest.raises(InvalidArgumentError, match="it goes with journal="):
            await client.mpc.start(["a"], resume={"not_found"})


async def test_a_cancelled_run_goes_on(tmp_path: Path) -> None:
    """Each conference is asked for once but those that were in flight, which are looked at first."""
    path = tmp_path / "run.db"
    async with Emulator(latency=0.02) as plivo, in_memory(plivo) as client:
        for name in NAMES:
            plivo.add_conference(name)
        with anyio.CancelScope() as scope:

            def stop(_: object) -> None:
                if plivo.counts().applied >= 10:
                    scope.cancel()

            await client.mpc.start(NAMES, journal=path, on_outcome=stop)
        assert scope.cancelled_caught
        report = await client.mpc.start(NAMES, journal=path)
        assert report.counts[ActivationOutcome.ACTIVATED] == 30
        assert posts(plivo) == 30


async def test_a_killed_run_tells_ours_from_others(tmp_path: Path) -> None:
    """An intent without an outcome: live since then is ours, what waits since later is not started."""
    path = tmp_path / "run.db"
    async with Emulator() as plivo, in_memory(plivo) as client:
        for name in ("ours", "theirs", "waits", "gone", "next", "fresh"):
            plivo.add_conference(name)
        plivo.activate_conference("theirs")
        plivo.advance(60)
        now = datetime.now(UTC).timestamp() + 60
        file = JournalFile(path, Identity(plivo.auth_id, plivo.url), now)
        names = ["ours", "theirs", "waits", "gone", "next", "fresh"]
        file.write([places([(at, name, None) for at, name in enumerate(names)]), intents(now, range(5))])
        file.close(None)
        plivo.activate_conference("ours")
        plivo.end_conference("gone")
        plivo.end_conference("next")
        plivo.advance(10)
        plivo.add_conference("next")
        report = await client.mpc.start(names, journal=path)
        assert [one.outcome.value for one in report] == [
            "activated",
            "already_active",
            "activated",
            "unknown",
            "unknown",
            "activated",
        ]
        assert plivo.conferences["next"].status == "Initialized"
        assert plivo.conferences["waits"].status == "Active"


async def test_a_stream_is_written_down_as_it_is_read(tmp_path: Path) -> None:
    """An async input: what an earlier run settled is yielded in its place; another input is refused where it parts."""
    path = tmp_path / "run.db"

    async def source(names: list[str]) -> AsyncIterator[str]:
        for name in names:
            yield name

    async with Emulator() as plivo, in_memory(plivo) as client:
        for name in NAMES:
            plivo.add_conference(name)
        async with client.mpc.start_each(source(NAMES), journal=path) as activations:
            async for _ in activations:
                if plivo.counts().applied >= 5:
                    break
        async with client.mpc.start_each(source(NAMES), journal=path) as activations:
            seen = [one async for one in activations]
        assert sorted(one.position for one in seen) == list(range(30))
        assert {one.outcome.value for one in seen} == {"activated"}
        assert posts(plivo) == 30
        with pytest.raises(JournalError, match="it has 'x' at position 0, and 'c0' in the journal"):
            async with client.mpc.start_each(source(["x"]), journal=path) as activations:
                [one async for one in activations]


async def test_two_runs_may_not_share_a_journal(tmp_path: Path) -> None:
    """The second is refused before anything is sent."""
    path = tmp_path / "run.db"
    async with Emulator() as plivo, in_memory(plivo) as client:
        file = JournalFile(path, Identity(plivo.auth_id, plivo.url), 0.0)
        with pytest.raises(JournalError, match="is in use by process"):
            await client.mpc.start(["a"], journal=path)
        file.close(0.0)
        assert not plivo.requests


async def test_a_disk_that_fills_up_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing further is sent; the error says so, and what was in flight is in the report."""
    path = tmp_path / "run.db"
    write, written = JournalFile.write, 0

    def full(self: JournalFile, changes: object) -> None:
        nonlocal written
        written += 1
        if written > 3:
            raise JournalError("the journal can't be written: the disk is full")
        write(self, changes)  # type: ignore[arg-type]

    monkeypatch.setattr(JournalFile, "write", full)
    reports: list[ActivationReport] = []
    async with Emulator(latency=0.01) as plivo, in_memory(plivo) as client:
        names = [f"c{number}" for number in range(500)]
        for name in names:
            plivo.add_conference(name)
        with pytest.raises(JournalError, match="the disk is full"):
            await client.mpc.start(names, journal=path, on_report=reports.append)
        assert posts(plivo) < 200
        [report] = reports
        live = {one.name for one in report if one.outcome == "activated"}
        assert live == {name for name in names if plivo.conferences[name].status == "Active"}


async def test_maybe_sent_is_looked_at_first() -> None:
    """A queue of one's own that repeats a batch says since when; ours are told as ours."""
    async with Emulator() as plivo, in_memory(plivo) as client:
        for name in ("a", "b"):
            plivo.add_conference(name)
        began = datetime.now(UTC)
        await client.mpc.start("a")
        report = await client.mpc.start(["a", "b"], maybe_sent={"a": began})
        assert [one.outcome.value for one in report] == ["activated", "activated"]
        assert [len(one.attempts) for one in report] == [1, 1]
        later = await client.mpc.start(["a"], maybe_sent=began + timedelta(hours=1))
        assert later[0].outcome == "already_active"
        with pytest.raises(InvalidArgumentError, match="maybe_sent is a datetime without a time zone"):
            await client.mpc.start(["a"], maybe_sent=datetime(2026, 1, 1))
        with pytest.raises(TypeError, match="journal is for many"):
            await client.mpc.start("a", journal="x.db")
