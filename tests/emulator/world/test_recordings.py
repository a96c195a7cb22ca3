"""Recordings of the emulator: their phases, what may follow what, and what is told of them."""

from collections.abc import Callable
from functools import partial

import pytest

from plivo_async.emulator import Conference, Recording
from plivo_async.emulator.world import _controls as controls
from plivo_async.emulator.world import _rules as rules
from plivo_async.emulator.world._machine import Machine
from plivo_async.emulator.world._values import ConferenceOptions, NewRecording, RuleError, Track

from .support import RECORDINGS, add, dialling, events, filled_room, new_machine

PLAIN = NewRecording()
TOLD = NewRecording(file_format="wav", callback=RECORDINGS)


def active() -> tuple[Machine, Conference]:
    """An Active conference of two."""
    machine = new_machine()
    return machine, filled_room(machine, dialling("1"), dialling("2"))[0]


def do(
    machine: Machine, room: Conference, step: str, now: float = 10.0, member_id: str | None = None
) -> list[Recording]:
    """One of the four steps."""
    if step == "start":
        return controls.start_recording(machine, room, member_id, PLAIN, now, by=9)
    move: Callable[..., list[Recording]] = partial(getattr(controls, f"{step}_recording"), machine)
    return move(room, member_id, None, now, by=9)


def phase(room: Conference) -> str:
    """What stands on the wire."""
    return room.recording.phase if room.recording is not None else "not-recording"


def test_emulator_recording_runs_its_course() -> None:
    """Started, paused, resumed, stopped: each is told with its number, and the media has its URL."""
    machine, room = active()
    (recording,) = controls.start_recording(machine, room, None, TOLD, 10, by=3)
    assert (phase(room), room.recording) == ("recording", recording)
    assert controls.pause_recording(machine, room, None, None, 20, by=4) == [recording]
    assert phase(room) == "paused"
    controls.resume_recording(machine, room, None, None, 30, by=5)
    assert phase(room) == "recording"
    controls.stop_recording(machine, room, None, None, 40, by=6)
    assert (phase(room), room.recordings, recording.duration) == ("not-recording", (recording,), 30)
    assert (recording.start_time, recording.end_time) == (machine.time.wall(10), machine.time.wall(40))
    url = f"https://media.plivo.com/v1/Account/MA0000000000EMULATOR/Recording/{recording.recording_id}.wav"
    assert recording.recording_url == url
    assert [change.request for change in room.changes][2:] == [3, 4, 5, 6]
    steps = ["Initiated", "Paused", "Resumed", "Completed"]
    assert events(machine, RECORDINGS) == [f"MPCRecording{step}" for step in steps]
    assert {one.method for one in machine.told.records} == {"GET"}
    first, last = machine.told.records[0].params, machine.told.records[-1].params
    assert (first["RecordingUUID"], first["RecordingURL"], first["RecordingFormat"]) == (
        recording.recording_id, url, "wav",
    )  # fmt: skip
    assert (first["RecordingEndTime"], first["RecordingDuration"], first["SequenceNumber"]) == ("", "", "1")
    assert (last["RecordingEndTime"], last["RecordingDuration"], last["SequenceNumber"]) == (
        "2026-11-23 12:00:40+00:00", "30", "4",
    )  # fmt: skip
    assert (first["MPCName"], first["MPCUUID"], "MemberID" in first) == ("a", room.mpc_uuid, False)
    assert first["RecordingResourceURL"].endswith(f"/Recording/{recording.recording_id}/")


@pytest.mark.parametrize("member_id", [None, "1"])
@pytest.mark.parametrize(
    ("before", "step", "status"),
    [
        ((), "stop", 404),
        ((), "pause", 404),
        ((), "resume", 404),
        (("start",), "start", 400),
        (("start",), "resume", 400),
        (("start", "pause"), "start", 400),
        (("start", "pause"), "pause", 400),
        (("start", "pause"), "stop", None),
        (("start", "pause", "resume"), "resume", 400),
        (("start", "stop"), "stop", 404),
        (("start", "stop"), "start", None),
    ],
)
def test_emulator_recording_refuses_wrong_steps(
    member_id: str | None, before: tuple[str, ...], step: str, status: int | None
) -> None:
    """Without a recording nothing moves; a step that its phase doesn't allow is refused and changes nothing."""
    machine, room = active()
    for one in before:
        do(machine, room, one, member_id=member_id)
    if status is None:
        do(machine, room, step, member_id=member_id)
        return
    state = [(one.phase, one.end_time) for one in room.recordings]
    with pytest.raises(RuleError) as refused:
        do(machine, room, step, member_id=member_id)
    assert refused.value.status == status
    assert [(one.phase, one.end_time) for one in room.recordings] == state
    assert len(room.changes) == 2 + len(before)


@pytest.mark.parametrize("member_id", [None, "1"])
def test_emulator_recording_needs_an_active_conference(member_id: str | None) -> None:
    """While people wait, nothing is recorded."""
    machine = new_machine()
    room = rules.add(machine, "a", now=0)
    with pytest.raises(RuleError, match="not active") as refused:
        controls.start_recording(machine, room, member_id, PLAIN, 1, by=1)
    assert (refused.value.status, room.recordings) == (400, ())


def test_emulator_recording_of_a_stranger() -> None:
    """Nobody is recorded who isn't present."""
    machine, room = active()
    for step in ("start", "stop"):
        with pytest.raises(RuleError) as refused:
            do(machine, room, step, member_id="77")
        assert refused.value.status == 404


@pytest.mark.parametrize(
    ("track", "made"),
    [("participant", ["participant"]), ("all", ["all"]), ("both", ["participant", "all"])],
)
def test_emulator_participant_recording_has_tracks(track: Track, made: list[str]) -> None:
    """One recording for each track, two for both; the conference's own is another matter."""
    machine, room = active()
    do(machine, room, "start")
    new = NewRecording(track=track, callback=RECORDINGS)
    recordings = controls.start_recording(machine, room, "2", new, 10, by=9)
    assert [one.track for one in recordings] == made
    assert {one.member_id for one in recordings} == {"2"}
    assert len({one.recording_id for one in recordings}) == len(made)
    assert len(controls.pause_recording(machine, room, "2", track, 11, by=9)) == len(made)
    assert phase(room) == "recording"
    assert controls.stop_recording(machine, room, "2", track, 12, by=9) == recordings
    told = [one.params for one in machine.told.records]
    assert [one["EventName"].removeprefix("ParticipantRecording") for one in told] == [
        step for step in ("Initiated", "Paused", "Completed") for _ in made
    ]
    assert {one["MemberID"] for one in told} == {"2"}
    assert all("MPCName" not in one for one in told)


def test_emulator_participant_tracks_move_apart() -> None:
    """A step for one track leaves the other; no track means "all"."""
    machine, room = active()
    own, everything = controls.start_recording(machine, room, "1", NewRecording(track="both"), 10, by=9)
    assert controls.pause_recording(machine, room, "1", None, 11, by=9) == [everything]
    assert (own.phase, everything.phase) == ("recording", "paused")
    with pytest.raises(RuleError):
        controls.pause_recording(machine, room, "1", "both", 12, by=9)
    assert own.phase == "recording"
    with pytest.raises(RuleError):
        controls.start_recording(machine, room, "1", NewRecording(track="both"), 12, by=9)
    controls.stop_recording(machine, room, "1", "participant", 13, by=9)
    assert (own.phase, everything.phase) == ("completed", "paused")


def test_emulator_recording_ends_with_whom_it_is_of() -> None:
    """Who leaves is recorded no longer; with the conference every recording is complete."""
    machine, room = active()
    add(machine, dialling("3"), 1)
    machine.time.advance(2)
    mine, yours, ours = (do(machine, room, "start", member_id=member_id)[0] for member_id in ("1", "2", None))
    do(machine, room, "pause", member_id="2")
    controls.kick(machine, room, ("1",), 20, by=9)
    assert (mine.phase, mine.duration, yours.phase, ours.phase) == ("completed", 10, "paused", "recording")
    rules.end(machine, room, 30, by=9)
    assert (yours.phase, yours.duration, ours.phase, ours.duration) == ("completed", 20, "completed", 20)
    assert room.recording is None


@pytest.mark.parametrize(("members", "begins"), [(None, 1.0), (1, 1.0), (2, 6.0)])
def test_emulator_recording_begins_by_itself(members: int | None, begins: float) -> None:
    """With `record` it begins as soon as enough are in an Active conference; once, and as it was asked for."""
    machine = new_machine()
    options = ConferenceOptions(
        record=True, record_file_format="wav", record_min_member_count=members, recording_callback=RECORDINGS
    )
    room, _ = filled_room(machine, dialling("1", options=options))
    add(machine, dialling("2"), 5)
    machine.time.advance(6)
    (recording,) = room.recordings
    assert (recording.start_time, recording.file_format) == (machine.time.wall(begins), "wav")
    assert events(machine, RECORDINGS) == ["MPCRecordingInitiated"]
    do(machine, room, "stop")
    add(machine, dialling("3"), 20)
    machine.time.advance(21)
    assert (room.present, room.recording) == (3, None)


def test_emulator_recording_by_itself_waits_for_the_start() -> None:
    """Nobody is recorded while he waits, neither the conference nor a single track; both begin with it."""
    machine = new_machine()
    room, _ = filled_room(
        machine,
        dialling("1", start_mpc_on_enter=False, record_participant_track=True, options=ConferenceOptions(record=True)),
        dialling("2", start_mpc_on_enter=False),
    )
    assert not room.recordings
    assert rules.activate(machine, room, 30, by=1)
    assert [(each.member_id, each.track) for each in room.recordings] == [(None, "all"), ("1", "participant")]
    add(machine, dialling("3", record_participant_track=True), 40)
    machine.time.advance(41)
    assert [each.member_id for each in room.recordings] == [None, "1", "3"]
