"""`plivo-async call list`, and `recording download`, against the emulator."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("typer")

from anyio.from_thread import BlockingPortal, start_blocking_portal
from typer.testing import CliRunner

from plivo_async import AsyncClient
from plivo_async.cli import app
from plivo_async.emulator import Emulator, Settings

FROM, TO, HOOK = "+14151234567", "+14157654321", "https://example.com/answer"
APART = 600  # seconds between two phones that ring: what is queued stays there while a test looks
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def portal() -> Iterator[BlockingPortal]:
    """Where the emulator runs."""
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture
def plivo(portal: BlockingPortal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator with a number."""
    settings = Settings(record_after=0, recording_after=0, media_after=0)
    with portal.wrap_async_context_manager(Emulator(settings=settings, calls_per_second=1 / APART)) as emulator:
        portal.call(emulator.add_number, FROM)
        monkeypatch.setenv("PLIVO_AUTH_ID", emulator.auth_id)
        monkeypatch.setenv("PLIVO_AUTH_TOKEN", emulator.auth_token)
        monkeypatch.setenv("PLIVO_BASE_URL", emulator.url)
        yield emulator


@pytest.fixture
def called(plivo: Emulator, portal: BlockingPortal) -> Emulator:
    """With a call that is over and recorded, one that goes on, and one that is queued."""

    async def calls() -> None:
        async with AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url) as client:
            made = await client.calls.make(from_=FROM, to=TO, answer_url=HOOK)
            plivo.advance(5)
            call = client.calls(made.request_uuid or "")
            await call.start_recording()
            plivo.advance(5)
            await call.hang_up()
            plivo.advance(APART)
            await client.calls.make(from_=FROM, to=f"{TO}1", answer_url=HOOK)
            plivo.advance(APART)
            await client.calls.make(from_=FROM, to=[f"{TO}2", f"{TO}3"], answer_url=HOOK)

    portal.call(calls)
    return plivo


class Outcome:
    """What a command did."""

    def __init__(self, *arguments: str) -> None:
        """Run it."""
        result = CliRunner().invoke(app, list(arguments))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr


@pytest.mark.real_time
def test_calls_are_listed(called: Emulator) -> None:
    """Those that are over with how they ended, numbers masked; the others by their UUIDs."""
    listed = Outcome("call", "list")
    [line] = listed.out.splitlines()
    assert line.split("\t")[1:4] == ["outbound", "*******4567", "*******4321"]
    assert line.endswith("\tNormal Hangup")
    whole = json.loads(Outcome("call", "list", "--json", "--to", TO.removeprefix("+")).out)
    assert (whole["to_number"], whole["answer_time"] is not None) == (TO.removeprefix("+"), True)
    live = [uuid for uuid, leg in called.calls.items() if leg.status in {"ringing", "in-progress"}]
    assert sorted(Outcome("call", "list", "--live").out.split()) == sorted(live)
    assert live
    assert json.loads(Outcome("call", "list", "--queued", "--json").out)["call_uuid"] in called.calls
    assert len(Outcome("call", "list", "--live", "--limit", "1").out.split()) == 1
    none = Outcome("call", "list", "--ended-after", "2026-01-01", "--ended-before", "2026-01-02")
    assert (none.code, none.out, none.err) == (0, "", "no call fits\n")


@pytest.mark.real_time
@pytest.mark.parametrize(
    "arguments",
    [("--live", "--queued"), ("--live", "--ended-after", "1h"), ("--ended-after", "soon"), ("--from", "a<b")],
)
def test_calls_that_are_not_listed(called: Emulator, arguments: tuple[str, ...]) -> None:
    """Usage is said before anything is sent."""
    before = len(called.requests)
    assert Outcome("call", "list", *arguments).code == 2
    assert len(called.requests) == before


@pytest.mark.real_time
def test_a_recording_is_fetched(called: Emulator, tmp_path: Path) -> None:
    """By its identifier, into a folder or a file; what is there stays."""
    [recording_id] = called.recordings
    fetched = Outcome("recording", "download", recording_id, "--to", str(tmp_path))
    path = tmp_path / f"{recording_id}.mp3"
    assert (fetched.code, fetched.out) == (0, f"{path}\n")
    assert path.stat().st_size > 0
    again = Outcome("recording", "download", recording_id, "--to", str(path))
    assert (again.code, again.out) == (2, "")
    assert "--overwrite replaces it" in again.err
    assert Outcome("recording", "download", recording_id, "--to", str(path), "--overwrite").code == 0
    for wrong, code in (("..", 2), ("c2186400-1c8c-1124-a664-0026b945b522", 1)):
        told = Outcome("recording", "download", wrong, "--to", str(tmp_path / "x"))
        assert (told.code, "until it is deleted" in told.err) == (code, code == 1)
    assert Outcome("recording", "download", recording_id, "--to", str(tmp_path / "no" / "x")).code == 6
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
