"""Recordings of a conference and of a participant: what goes over the wire, and what comes back."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from plivo_async import OutcomeUnknownError, ResponseError, RetryPolicy
from plivo_async.emulator import Emulator
from plivo_async.models import Recording
from plivo_async.resources import MultiPartyCalls

from ..support import in_memory
from .scripted import Scripted, answer, shape

HOOK = "https://example.com/rec"
STARTED = {
    "api_id": "e05b5263-45dc-11eb-9014-0242ac110003",
    "message": "MPC: r record started",
    "recording_id": "e06ac332-45dc-11eb-94fe-06dd7f581a50",
    "recording_url": "https://media.plivo.com/v1/Account/MA/Recording/e06ac332-45dc-11eb-94fe-06dd7f581a50.wav",
}

Operation = Callable[[MultiPartyCalls], Awaitable[Any]]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("operation", "path", "body"),
    [
        (lambda mpc: mpc("r").start_recording(), "", None),
        (lambda mpc: mpc("r").start_recording(file_format="wav"), "", {"file_format": "wav"}),
        (
            lambda mpc: mpc("r").start_recording(recording_callback_url=HOOK),
            "",
            {"recording_callback_url": HOOK, "recording_callback_method": "POST"},
        ),
        (
            lambda mpc: mpc("r").start_recording(transcript=True, transcription_url=HOOK),
            "",
            {"transcript": True, "transcription_url": HOOK},
        ),
        (lambda mpc: mpc("r").participant(355).start_recording(), "Participant/355/", None),
        (
            lambda mpc: (
                mpc("r")
                .participant(355)
                .start_recording(
                    file_format="mp3",
                    record_track_type="both",
                    recording_callback_url=HOOK,
                    recording_callback_method="GET",
                    transcript=False,
                )
            ),
            "Participant/355/",
            {
                "file_format": "mp3",
                "recording_callback_url": HOOK,
                "recording_callback_method": "GET",
                "transcript": False,
                "record_track_type": "both",
            },
        ),
    ],
)
async def test_starting(operation: Operation, path: str, body: dict[str, Any] | None) -> None:
    """What was given and nothing else; the recording comes back."""
    fake = Scripted(answer(202, STARTED))
    recording = await operation(fake.mpc)
    assert isinstance(recording, Recording)
    assert recording.recording_id == STARTED["recording_id"]
    assert recording.recording_url == STARTED["recording_url"]
    assert [shape(request) for request in fake.requests] == [f"POST MultiPartyCall/name_r/{path}Record/"]
    assert fake.body == body


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("operation", "shown", "body"),
    [
        (lambda mpc: mpc("r").stop_recording(), "DELETE MultiPartyCall/name_r/Record/", None),
        (lambda mpc: mpc("r").pause_recording(), "POST MultiPartyCall/name_r/Record/Pause/", None),
        (lambda mpc: mpc("r").resume_recording(), "POST MultiPartyCall/name_r/Record/Resume/", None),
        (
            lambda mpc: mpc("r").participant(355).stop_recording(record_track_type="participant"),
            "DELETE MultiPartyCall/name_r/Participant/355/Record/",
            {"record_track_type": "participant"},
        ),
        (
            lambda mpc: mpc("r").participant(355).pause_recording(),
            "POST MultiPartyCall/name_r/Participant/355/Record/Pause/",
            None,
        ),
        (
            lambda mpc: mpc("r").participant(355).resume_recording(record_track_type="all"),
            "POST MultiPartyCall/name_r/Participant/355/Record/Resume/",
            {"record_track_type": "all"},
        ),
    ],
)
async def test_controlling(operation: Operation, shown: str, body: dict[str, Any] | None) -> None:
    """The documented request; None comes back."""
    fake = Scripted(answer(204))
    assert await operation(fake.mpc) is None
    assert [shape(request) for request in fake.requests] == [shown]
    assert fake.body == body


@pytest.mark.anyio
@pytest.mark.parametrize(
    "operation",
    [
        lambda mpc: mpc("r").start_recording(file_format="flac"),
        lambda mpc: mpc("r").start_recording(recording_callback_method="GET"),
        lambda mpc: mpc("r").start_recording(record_track_type="all"),
        lambda mpc: mpc("r").stop_recording(record_track_type="all"),
        lambda mpc: mpc("r").participant(1).start_recording(record_track_type="one"),
        lambda mpc: mpc("r").participant(1).stop_recording(record_track_type=True),
    ],
)
async def test_what_is_wrong_is_not_sent(operation: Operation) -> None:
    """A mistake is told before anything is sent."""
    fake = Scripted(answer(204))
    with pytest.raises((ValueError, TypeError)):
        await operation(fake.mpc)
    assert fake.requests == []


# ---- The same against the emulator ---------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_recording_from_beginning_to_end() -> None:
    """Started, paused, resumed, stopped, as the conference shows; what isn't recorded can't be stopped."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("room", status="active", waiting=2)
        mpc = client.mpc("room")
        assert (await mpc.get()).recording == "not-recording"
        recording = await mpc.start_recording(file_format="wav")
        assert recording.recording_url is not None
        assert recording.recording_url.endswith(f"{recording.recording_id}.wav")
        states = []
        for step in (mpc.pause_recording, mpc.resume_recording, mpc.stop_recording):
            await step()
            states.append((await mpc.get()).recording)
        assert states == ["paused", "recording", "not-recording"]
        with pytest.raises(ResponseError):
            await mpc.stop_recording()


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["lost-response", "500-applied", "late", "not-json"])
@pytest.mark.parametrize("step", ["pause_recording", "stop_recording"])
async def test_a_lost_answer_is_settled(fault: str, step: str) -> None:
    """The repetition is refused because it is done already; a look shows it, and the method returns."""
    retry = RetryPolicy(max_attempts=3, base_delay=0.1)
    async with Emulator(port=None) as plivo, in_memory(plivo, timeout=1.0, retry=retry) as client:
        plivo.add_conference("room", status="active", waiting=2, started_ago=9)
        mpc = client.mpc("room")
        await mpc.start_recording()
        plivo.script(step.replace("_", "-"), "room", fault=fault)
        await getattr(mpc, step)()
        assert (await mpc.get()).recording == {"pause_recording": "paused", "stop_recording": "not-recording"}[step]


@pytest.mark.anyio
async def test_a_refusal_after_a_failure_says_what_is_seen() -> None:
    """There is no recording to pause; but the attempt before may yet arrive, and one may be started by then."""
    retry = RetryPolicy(max_attempts=3, base_delay=0.1)
    async with Emulator(port=None) as plivo, in_memory(plivo, retry=retry) as client:
        plivo.add_conference("room", status="active", waiting=2, started_ago=9)
        plivo.script("pause-recording", "room", fault="500")
        with pytest.raises(OutcomeUnknownError, match="its recording is 'not-recording'"):
            await client.mpc("room").pause_recording()


@pytest.mark.anyio
async def test_a_recording_is_not_started_twice() -> None:
    """A lost answer isn't followed by a repetition; the error says how to look."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        plivo.add_conference("room", status="active", waiting=2)
        plivo.script("start-recording", "room", fault="lost-response")
        with pytest.raises(OutcomeUnknownError, match=r"get\(\) shows"):
            await client.mpc("room").start_recording()
        assert len(plivo.requests) == 1
        assert (await client.mpc("room").get()).recording == "recording"
