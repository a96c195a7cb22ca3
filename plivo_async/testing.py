"""What tests with the emulator say of a conference, and show of it when it isn't so.

The pytest plugin, `plivo_async.pytest_plugin`, brings the fixtures; this needs no pytest.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, get_args

from .emulator import Applied, Conference, Emulator, Leg, Participant, Request
from .shown._privacy import masked

__all__ = ["assert_conference", "timeline"]

_Status = Literal["initialized", "active", "ended"]

_Line = tuple[float, str]
"""Seconds since the emulator started, and what was then."""


def assert_conference(
    plivo: Emulator,
    name: str,
    *,
    status: _Status | None = None,
    present: int | None = None,
    applied: int | None = None,
    recorded: bool | None = None,
) -> Conference:
    """Say what is true of a conference; if it isn't, everything that has become of it is shown.

    Looks only, and may be called from anywhere that the emulator may be read.

    Args:
        plivo: Where it is.
        name: Its friendly name. Of several that had it in turn, the newest is meant.
        status: `initialized`, `active` or `ended`; None for whichever, as below.
        present: How many participants are in it, 0 or more.
        applied: How many requests over the API have changed it: 1 if a repeated request was carried out once.
        recorded: Whether a recording of the whole conference goes on, or is paused.

    Returns:
        The conference.

    Raises:
        AssertionError: There is none of that name, or it is otherwise; with its timeline.
        ValueError: `status` is none of the three.
    """
    __tracebackhide__ = True  # what pytest shows ends at the test
    if status is not None and status not in get_args(_Status):
        raise ValueError(f"status: {status!r} is none of 'initialized', 'active', 'ended'")
    conference = plivo.conferences.get(name)
    if conference is None:
        raise AssertionError(f"there is no conference {name!r}\n{timeline(plivo, name)}")
    wanted = {"status": status, "present": present, "applied": applied, "recorded": recorded}
    found = {
        "status": conference.status.lower(),
        "present": conference.present,
        "applied": conference.applied,
        "recorded": conference.recording is not None,
    }
    wrong = [f"{key} is {found[key]}, not {value}" for key, value in wanted.items() if value not in (None, found[key])]
    if wrong:
        raise AssertionError(f"conference {name!r}: {', '.join(wrong)}\n{timeline(plivo, name)}")
    return conference


def timeline(plivo: Emulator, name: str) -> str:
    """Everything that has become of a conference, a line each, in order of time; phone numbers are masked.

    Requests and what they were answered, whoever was dialled, joined and left, recordings, and callbacks. Times are in
    seconds since the emulator started; Plivo tells those of participants and recordings in whole seconds.

    Args:
        plivo: Where it is.
        name: Its friendly name; if others had it before, these are shown as well.
    """
    conferences = [one for one in plivo.conferences_by_uuid.values() if one.friendly_name == name]
    requests = [one for one in plivo.requests if one.name == name]
    lines = [(one.at, _told_request(one)) for one in requests]
    lines += [line for conference in conferences for line in _of_conference(conference)]
    uuids, numbers = {one.mpc_uuid for one in conferences}, {one.number for one in requests}
    for leg in plivo.calls.values():
        if leg.direction == "outbound" and (leg.by in numbers or leg.last_mpc_uuid in uuids):
            lines += _of_call(leg)
    lines += [(one.due_at, f"callback {one.event}: {one.state}") for one in plivo.deliveries if one.subject == name]
    head = ", ".join(f"{one.mpc_uuid} {one.status}, {one.present} present" for one in conferences) or "never there"
    shown = [f"  {at:9.3f}  {masked(what)}" for at, what in sorted(lines, key=lambda line: line[0])]
    if not lines and not conferences:
        others = list(plivo.conferences)[:10]
        shown = [f"  the conferences are: {', '.join(map(repr, others)) or 'none'}"]
    return "\n".join([f"{name}: {head}", *shown])


def _of_conference(one: Conference) -> Iterator[_Line]:
    yield one.created_at, f"conference {one.mpc_uuid}"
    if one.start_time is not None:
        by = f" by request {one.activations[0].request}" if one.activations else ""
        yield _instant(one, one.start_time, one.activations), f"Active{by}"
    for recording in one.recordings:
        yield recording.started_at, f"recording {recording.recording_id} begins"
        if recording.ended_at is not None:
            yield recording.ended_at, f"recording {recording.recording_id} is completed"
    for who in one.participants:
        yield from _of_participant(one, who)
    if one.end_time is not None:
        by = f" by request {one.endings[0].request}" if one.endings else ""
        ended = _instant(one, one.end_time, one.endings)
        yield ended, f"Ended{by}, cause {one.termination_cause_code}"


def _instant(one: Conference, moment: datetime, applied: Sequence[Applied] = ()) -> float:
    """When that was: exactly, if a request did it; else in whole seconds, but never before it was there."""
    if applied:
        return applied[0].at
    return one.created_at + max(0.0, (moment - one.creation_time).total_seconds())


def _of_participant(one: Conference, who: Participant) -> Iterator[_Line]:
    joined, leg = _instant(one, who.join_time), who.leg
    if who.dialled and leg.answered_at is not None:
        joined = leg.answered_at
    yield joined, f"{who.role} {who.member_id} joins, {who.member_address}"
    if who.exit_time is None:
        return
    left = max(joined, _instant(one, who.exit_time, one.endings if who.exit_time == one.end_time else ()))
    if leg.ended_at is not None and leg.last_mpc_uuid == one.mpc_uuid and abs(leg.ended_at - left) < 1:
        left = leg.ended_at
    yield left, f"{who.role} {who.member_id} leaves: {who.exit_cause}"


def _of_call(leg: Leg) -> Iterator[_Line]:
    if leg.rang_at is not None:
        yield leg.rang_at, f"the phone {leg.to} rings"
    if leg.ended_at is not None:
        yield leg.ended_at, f"the call to {leg.to} ends: {leg.outcome}, {leg.hangup_cause_code} {leg.hangup_cause}"


def _told_request(one: Request) -> str:
    told = "no answer" if one.told is None else f"answered {one.told}"
    fault = f", fault {one.fault}" if one.fault is not None else ""
    return f"request {one.number} {one.operation}: {told}{', applied' if one.applied else ''}{fault}"
