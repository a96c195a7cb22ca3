"""What requests may do with calls: make, hang up, cancel, transfer, record, play, speak, send digits.

Functions over a `Machine`; each change is noted in the call. Those that take `by`, the number of a request, raise
`RuleError` where Plivo would refuse; nothing has changed then.
"""

from ._causes import CAUSES
from ._legs import Leg
from ._machine import Machine
from ._phones import bare
from ._recordings import Recording
from ._values import Applied, CallHooks, Calling, Hook, NewCallRecording, RuleError

_HANGING_UP = "API Request"


# ---- From nothing ---------------------------------------------------------------------------------------------------


def make(machine: Machine, calling: Calling, now: float, *, by: int) -> tuple[tuple[Leg, ...], bool]:
    """Dial each of them. Neither safe nor idempotent. The calls, and whether any of them has to wait.

    Raises:
        RuleError: 403: the caller's number isn't the account's, or a destination is barred, and the settings say that
            this is found out at once. 404: there is no parent, and one is needed (unverified).
    """
    machine.time.advance(now)
    machine.alone.permit(calling.from_, calling.to)
    if calling.needs_parent and machine.calls.find(calling.parent_call_uuid or "") is None:
        raise RuleError(404, "parent_call_uuid: not found")
    legs = tuple(_leg(machine, calling, to, now, by) for to in calling.to)
    waiting = [machine.dialler.place(leg, now) for leg in legs]
    machine.time.advance(now)  # the first phone rings at once
    return legs, any(waiting)


def _leg(machine: Machine, calling: Calling, to: str, now: float, by: int | None) -> Leg:
    uuid = machine.new_uuid()
    leg = Leg(
        call_uuid=uuid,
        from_=bare(calling.from_),
        to=bare(to),
        direction="outbound",
        status="queued",
        request_uuid=uuid if machine.settings.request_ids == "same" else machine.new_uuid(),
        ring_timeout=calling.ring_timeout,
        placed_at=now,
        caller_name=calling.caller_name,
        parent_call_uuid=calling.parent_call_uuid,
        by=by,
        asked=calling,
        hooks=calling.hooks,
    )
    machine.phones.get(to)  # as it is written
    machine.calls.enter(leg)
    return leg


def dial_by_xml(machine: Machine, calling: Calling, now: float) -> tuple[Leg, ...]:
    """Dial each of them at once, for a call that is up. They need not wait for their turn.

    Raises:
        RuleError: 403 as in `make`.
    """
    machine.time.advance(now)
    machine.alone.permit(calling.from_, calling.to)
    legs = tuple(_leg(machine, calling, to, now, None) for to in calling.to)
    for leg in legs:
        machine.dialler.place_now(leg, now)
    machine.time.advance(now)
    return legs


# ---- That come in, and ask for XML ----------------------------------------------------------------------------------


def ring_in(
    machine: Machine, now: float, *, from_: str, to: str, hooks: CallHooks, call_uuid: str | None = None
) -> Leg:
    """A call that comes in: what its answer URL says is asked for, and may answer it.

    Raises:
        ValueError: A UUID that was used before, or an empty number.
    """
    machine.time.advance(now)
    if call_uuid is not None and call_uuid in machine.legs:
        raise ValueError(f"there is a call with the UUID {call_uuid} already")
    machine.phones.get(from_)  # as it is written
    leg = Leg(
        call_uuid=call_uuid or machine.new_uuid(),
        from_=bare(from_),
        to=bare(to),
        direction="inbound",
        status="ringing",
        placed_at=now,
        hooks=hooks,
    )
    machine.calls.enter(leg)
    machine.phones.take(leg.from_, leg)
    if hooks.answer is not None:
        machine.told.fetch(leg, hooks.answer, "answer", now)
    return leg


def answer(leg: Leg, at: float) -> None:
    """One that comes in and rings is answered, by its XML; any other stays as it is."""
    if leg.status == "ringing" and leg.direction == "inbound":
        leg.status, leg.answered_at = "in-progress", at


# ---- To its end -----------------------------------------------------------------------------------------------------


def hang_up(machine: Machine, uuid: str, now: float, *, by: int) -> Leg:
    """End a call that is not over, whatever it does: before the answer with cause 1000, then with 4000.

    Raises:
        RuleError: 404: there is none with that id, or it is over.
    """
    machine.time.advance(now)
    leg = machine.calls.find(uuid)
    if leg is None:  # a request is taken out of the queue so as well; source: older docs
        return cancel(machine, uuid, now, by=by)[0]
    if leg.over:
        raise RuleError(404, "not found")
    hidden = leg.of_conference and machine.settings.unanswered_mpc_calls == "unknown"
    if hidden and (leg.answered_at is None or machine.dialler.pending(leg)):
        raise RuleError(404, "not found")
    _end(machine, leg, now, 1000 if leg.answered_at is None else 4000, by)
    return leg


def hang_up_all(machine: Machine, now: float, *, by: int) -> list[Leg]:
    """End every call of the account, with cause 0 (a known bug, says Plivo). Which these were."""
    machine.time.advance(now)
    ended = []
    for leg in machine.calls.up():
        if not leg.over:  # its conference may have taken it along
            _end(machine, leg, now, 0, by, source="Unknown")
            ended.append(leg)
    return ended


def end(machine: Machine, call_uuid: str, now: float, cause: int) -> None:
    """End a call, by nobody's request.

    Raises:
        ValueError: There is no such call, it is over, or there is no such cause.
    """
    machine.time.advance(now)
    if cause not in CAUSES:
        raise ValueError(f"cause: {cause} is none of {', '.join(map(str, CAUSES))}")
    leg = machine.legs.get(call_uuid)
    if leg is None or leg.over:
        raise ValueError(f"there is no call {call_uuid} that is not over")
    machine.cut(leg, now, cause)


def cancel(machine: Machine, request_uuid: str, now: float, *, by: int) -> list[Leg]:
    """Take what a request has queued out of the queue. Which calls these were.

    Raises:
        RuleError: 404: nothing of it is queued.
    """
    machine.time.advance(now)
    queued = [leg for leg in machine.calls.of_request(request_uuid) if leg.status == "queued"]
    if not queued:
        raise RuleError(404, "not found")
    for leg in queued:
        _end(machine, leg, now, 1000, by)
    return queued


def _end(machine: Machine, leg: Leg, now: float, code: int, by: int, *, source: str = _HANGING_UP) -> None:
    leg.changes += (Applied(by, now),)
    machine.cut(leg, now, code, source=source)


# ---- While it is live -----------------------------------------------------------------------------------------------


def live_one(machine: Machine, uuid: str, now: float) -> Leg:
    """The call with that id, which was answered and is not over.

    Raises:
        RuleError: 404: there is none, or it rings, or is over.
    """
    machine.time.advance(now)
    leg = machine.calls.find(uuid)
    if leg is None or not leg.live:
        raise RuleError(404, "not found")
    return leg


def transfer(machine: Machine, uuid: str, to: Hook, now: float, *, by: int) -> Leg:
    """A call goes on elsewhere, and leaves the conference that it is in. What is there is asked for.

    Raises:
        RuleError: 404 as in `live_one`, or it is still on its way into a conference (unverified).
    """
    leg = live_one(machine, uuid, now)
    if machine.dialler.pending(leg):
        raise RuleError(404, "not found")
    leg.changes += (Applied(by, now),)
    leg.transferred_to = to.url
    machine.move_out(leg, now)
    machine.told.transfer(leg, to, now)
    return leg


def record(machine: Machine, uuid: str, new: NewCallRecording, now: float, *, by: int) -> Recording:
    """Record a call by itself. It may be recorded more than once at the same time (inferred).

    Raises:
        RuleError: 404 as in `live_one`.
    """
    leg = live_one(machine, uuid, now)
    leg.changes += (Applied(by, now),)
    return machine.recorder.start_call(leg, new, now)


def stop_recording(machine: Machine, uuid: str, url: str | None, now: float, *, by: int) -> bool:
    """Complete what is recorded of it, or that with a URL. Whether there was anything to stop.

    Raises:
        RuleError: 404 as in `live_one`.
    """
    leg = live_one(machine, uuid, now)
    stopped = bool(machine.recorder.stop_call(leg, now, url=url))
    leg.changes += (Applied(by, now),) if stopped else ()
    return stopped


def play(machine: Machine, uuid: str, urls: str | None, length: int | None, now: float, *, by: int) -> bool:
    """Play to it, so many seconds long or until it is stopped; None stops. Whether that changed anything.

    Raises:
        RuleError: 404 as in `live_one`.
    """
    leg = live_one(machine, uuid, now)
    changes = (leg.playing, urls) != (None, None)
    leg.playing = urls
    leg.changes += (Applied(by, now),) if changes else ()
    if urls is not None and length is not None:
        machine.time.agenda.put(now + length, _played, (leg, leg.changes[-1]))
    return changes


def _played(what: tuple[Leg, Applied], at: float) -> None:
    """It is over, unless anything has been done to the call since."""
    leg, since = what
    if leg.changes[-1] == since:
        leg.playing = None


def speak(machine: Machine, uuid: str, text: str | None, now: float, *, by: int) -> bool:
    """Speak to it until it is stopped; None stops. Whether that changed anything.

    Raises:
        RuleError: 404 as in `live_one`.
    """
    leg = live_one(machine, uuid, now)
    changes = (leg.speaking, text) != (None, None)
    leg.speaking = text
    leg.changes += (Applied(by, now),) if changes else ()
    return changes


def send_digits(machine: Machine, uuid: str, digits: str, now: float, *, by: int) -> Leg:
    """Send digits to it.

    Raises:
        RuleError: 404 as in `live_one`.
    """
    leg = live_one(machine, uuid, now)
    leg.changes += (Applied(by, now),)
    leg.digits = (*leg.digits, digits)
    return leg
