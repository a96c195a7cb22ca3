"""What requests may do with a live conference and those in it: select, update, kick, record, play, speak.

Functions over a `Machine`; each change is noted in the conference. Those that take `by`, the number of a request, raise
`RuleError` where Plivo would refuse; nothing has changed then. An ended conference is a 404 to all of them but the
reads (unverified).
"""

from typing import Literal

from ._conferences import Conference, everybody, those_present
from ._machine import Machine
from ._participants import Participant
from ._recorder import open_recordings
from ._recordings import Phase, Recording
from ._values import Applied, NewRecording, RuleError

Members = tuple[str, ...] | None
"""Participants by their ids; None for all that are present."""


Sound = Literal["playing", "speaking"]
"""What is heard, as the attribute of a conference in which it stands."""


# ---- Participants -------------------------------------------------------------------------------------------


def participants(machine: Machine, conference: Conference) -> list[Participant]:
    """Everybody who is or was in it, the one that joined last first. Source: captured lists."""
    return list(reversed(everybody(conference)))


def participant(machine: Machine, conference: Conference, member_id: str) -> Participant:
    """One of them, present or not.

    Raises:
        RuleError: 404: there is none.
    """
    found = next((one for one in everybody(conference) if one.member_id == member_id), None)
    if found is None:
        raise RuleError(404, "not found")
    return found


def select(machine: Machine, conference: Conference, members: Members) -> list[Participant]:
    """Those who are addressed, each once; all who are present for None.

    Raises:
        RuleError: 404: one of them is unknown or has left; then none is meant (unverified).
    """
    present = {one.member_id: one for one in those_present(conference)}
    if members is None:
        return list(present.values())
    chosen = [present.get(member_id) for member_id in dict.fromkeys(members)]
    found = [one for one in chosen if one is not None]
    if len(found) < len(chosen):
        raise RuleError(404, "not found")
    return found


def _open(machine: Machine, conference: Conference, members: Members, now: float) -> list[Participant]:
    """The same in a conference that must be live."""
    _live_one(machine, conference, now)
    return select(machine, conference, members)


def _live_one(machine: Machine, conference: Conference, now: float) -> None:
    machine.time.advance(now)
    if not conference.live:
        raise RuleError(404, "not found")


def update(
    machine: Machine,
    conference: Conference,
    members: Members,
    now: float,
    *,
    mute: bool | None = None,
    hold: bool | None = None,
    coach_mode: bool | None = None,
    by: int,
) -> list[Participant]:
    """Mute, hold and coach mode, on or off; None leaves it. Events are told of what has changed.

    Raises:
        RuleError: 404 as in `select`. 400: coach mode for all (Plivo docs), for several, or for another than a
            supervisor (both unverified).
    """
    chosen = _open(machine, conference, members, now)
    if coach_mode is not None and (members is None or len(chosen) != 1 or chosen[0].role != "supervisor"):
        raise RuleError(400, "coach_mode: for a single supervisor only")
    for one in chosen:
        if mute is not None and mute is not one.mute:
            one.mute = mute
            machine.told.status(conference, "ParticipantMute" if mute else "ParticipantUnmute", now, one)
        if hold is not None and hold is not one.hold:
            one.hold = hold
            machine.told.status(conference, "ParticipantHold" if hold else "ParticipantUnhold", now, one)
        if coach_mode is not None and coach_mode is not one.coach_mode:
            one.coach_mode = coach_mode
            event = "ParticipantCoachModeStart" if coach_mode else "ParticipantCoachModeStop"
            machine.told.status(conference, event, now, one)
    conference.changes += (Applied(by, now),)
    return chosen


def kick(machine: Machine, conference: Conference, members: Members, now: float, *, by: int) -> list[Participant]:
    """Make them leave, at the same instant.

    Raises:
        RuleError: 404 as in `select`.
    """
    chosen = _open(machine, conference, members, now)
    conference.changes += (Applied(by, now),)
    machine.kick_out(conference, chosen, now, everybody=members is None)
    return chosen


# ---- Recordings ---------------------------------------------------------------------------------------------


def start_recording(
    machine: Machine, conference: Conference, member_id: str | None, recording: NewRecording, now: float, *, by: int
) -> list[Recording]:
    """Record the conference or, with a member id, that participant: two recordings for the track "both".

    Raises:
        RuleError: 404: no such participant is present. 400: it is not Active, or recorded already (unverified).
    """
    _open(machine, conference, () if member_id is None else (member_id,), now)
    if conference.state != "Active":
        raise RuleError(400, "the conference is not active")
    track = None if member_id is None else recording.track
    if open_recordings(conference, member_id, track):
        raise RuleError(400, "it is recorded already")
    tracks: tuple[Literal["participant", "all"], ...] = ("participant", "all") if track == "both" else ()
    if not tracks:
        tracks = ("participant",) if track == "participant" else ("all",)
    conference.changes += (Applied(by, now),)
    return [machine.recorder.start(conference, recording, now, member_id=member_id, track=one) for one in tracks]


def stop_recording(
    machine: Machine, conference: Conference, member_id: str | None, track: str | None, now: float, *, by: int
) -> list[Recording]:
    """Complete what is recorded, paused or not. `track` is that of a participant's recording; None means "all".

    Raises:
        RuleError: 404: nothing is recorded (unverified), or no such participant is present.
    """
    return _move(machine, conference, member_id, track, now, ("recording", "paused"), "completed", by)


def pause_recording(
    machine: Machine, conference: Conference, member_id: str | None, track: str | None, now: float, *, by: int
) -> list[Recording]:
    """Pause what is recorded. As `stop_recording`, and 400 if it is paused already (unverified)."""
    return _move(machine, conference, member_id, track, now, ("recording",), "paused", by)


def resume_recording(
    machine: Machine, conference: Conference, member_id: str | None, track: str | None, now: float, *, by: int
) -> list[Recording]:
    """Go on with what is paused. As `stop_recording`, and 400 if it is not paused (unverified)."""
    return _move(machine, conference, member_id, track, now, ("paused",), "recording", by)


def _move(
    machine: Machine,
    conference: Conference,
    member_id: str | None,
    track: str | None,
    now: float,
    allowed: tuple[Phase, ...],
    phase: Phase,
    by: int,
) -> list[Recording]:
    _open(machine, conference, () if member_id is None else (member_id,), now)
    found = open_recordings(conference, member_id, track)
    if not found:
        raise RuleError(404, "no recording")
    for one in found:
        if one.phase not in allowed:
            raise RuleError(400, f"the recording's phase is {one.phase!r}")
    conference.changes += (Applied(by, now),)
    for one in found:
        machine.recorder.move(conference, one, phase, now)
    return found


# ---- Sounds -------------------------------------------------------------------------------------------------


def begin_sound(
    machine: Machine,
    conference: Conference,
    sound: Sound,
    form: str,
    members: Members,
    source: str,
    now: float,
    *,
    by: int,
) -> list[Participant]:
    """Play to them, or speak, until it is stopped or they leave; the emulator doesn't know how long it lasts.

    Args:
        machine: The world.
        conference: Where they are.
        sound: Which of the two.
        form: The members as they were written: `12`, `12,13` or `all`.
        members: Who they are.
        source: The URL, or the text.
        now: Seconds on the clock of `epoch`.
        by: Number of the request.

    Raises:
        RuleError: 404 as in `select`.
    """
    chosen = _open(machine, conference, members, now)
    setattr(conference, sound, {**getattr(conference, sound), form: source})
    conference.changes += (Applied(by, now),)
    return chosen


def end_sound(
    machine: Machine, conference: Conference, sound: Sound, form: str, members: Members, now: float, *, by: int
) -> bool:
    """Stop what was started in this form: one for `12` is not stopped by `all`. Source: Plivo docs, for playing.

    Returns:
        Whether there was anything to stop.

    Raises:
        RuleError: 404 as in `select`.
    """
    _open(machine, conference, members, now)
    sounds = {**getattr(conference, sound)}
    if sounds.pop(form, None) is None:
        return False
    setattr(conference, sound, sounds)
    conference.changes += (Applied(by, now),)
    return True
