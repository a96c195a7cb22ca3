"""What requests and users may do with conferences: the rules, as functions over a `Machine`, where it then happens.

A friendly name is unique among the live conferences (Initialized or Active) and free again afterwards; a UUID is for
ever. Source: Plivo docs, Multiparty Call. Where a rule is not from there, it says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ._callbacks import About
from ._conferences import CAUSES, MAX_DURATION, MAX_PARTICIPANTS, Conference, ConferenceStatus, headcount
from ._dialling import Dial
from ._legs import Leg
from ._machine import OWN_NUMBER, Machine
from ._phones import bare
from ._values import Applied, ConferenceOptions, Hook, Joining, RuleError

_DURATIONS = range(300, 28_801)
_INITIATED = "AddParticipantByAPIActionInitiated"


@dataclass(frozen=True, slots=True)
class Added:
    """What a request to add a participant has begun."""

    request_uuid: str
    calls: tuple[Leg, ...]
    """One for each phone, in the order of the request; or the call that was transferred."""


# ---- By users -----------------------------------------------------------------------------------------------


def add(
    machine: Machine,
    name: str,
    *,
    now: float,
    waiting: int = 1,
    status: str = "initialized",
    uuid: str | None = None,
    stay_alone: bool = False,
    sub_account: str | None = None,
    started_ago: float = 0.0,
    max_duration: int | None = None,
) -> Conference:
    """Put a conference in that state, as if its participants had called in that long ago.

    Raises:
        ValueError: An argument out of range, a UUID that was used before, or a live conference of that name.
    """
    machine.time.advance(now)
    state = _status(status)
    if not name:
        raise ValueError("a conference needs a friendly name")
    if not 1 <= waiting <= MAX_PARTICIPANTS:
        raise ValueError(f"waiting: {waiting} is not between 1 and {MAX_PARTICIPANTS}")
    if max_duration is not None and max_duration not in _DURATIONS:
        raise ValueError(f"max_duration: {max_duration} is not between {_DURATIONS[0]} and {_DURATIONS[-1]} seconds")
    options = _plain(stay_alone, max_duration)
    if not 0 <= started_ago < (max_duration or MAX_DURATION):
        raise ValueError(f"started_ago: {started_ago} is not between 0 and max_duration, when it would have ended")
    then = now - started_ago
    conference = machine.create(name, options, then, uuid=uuid, sub_account=sub_account, guests=waiting)
    if state != "Initialized":
        machine.start(conference, then)
    if state == "Ended":
        end(machine, conference, now, cause=1000)
    return conference


def add_call(machine: Machine, now: float, *, to: str = OWN_NUMBER, from_: str, call_uuid: str | None = None) -> Leg:
    """A call that has come in and is live.

    Raises:
        ValueError: A UUID that was used before.
    """
    machine.time.advance(now)
    if call_uuid is not None and call_uuid in machine.legs:
        raise ValueError(f"there is a call with the UUID {call_uuid} already")
    machine.phones.get(from_)  # as it is written
    return machine.call_in(bare(from_), bare(to), call_uuid or machine.new_uuid(), now)


def join_by_xml(machine: Machine, leg: Leg, name: str, joining: Joining, now: float) -> Conference:
    """A live call comes into the live conference of that name, or makes it, because its XML says so.

    Raises:
        RuleError: 400: it is full. What becomes of the call then is unverified.
    """
    machine.time.advance(now)
    conference = machine.registry.live(name)
    if conference is not None and headcount(conference) >= conference.max_participants:
        raise RuleError(400, f"the conference is full: {conference.max_participants} participants")
    conference = conference or machine.create(name, joining.options, now, sub_account=leg.sub_account)
    machine.join(conference, leg, joining, now)
    return conference


def note_callback(machine: Machine, hook: Hook, params: Mapping[str, str], now: float) -> None:
    """Record a callback that has nothing to do with the conferences' state."""
    machine.told.note(hook, params, now, About("AsyncResult"))


# ---- The whole conference -----------------------------------------------------------------------------------


def activate(machine: Machine, conference: Conference, now: float, *, by: int | None = None) -> bool:
    """Initialized becomes Active; anything else stays as it is.

    Args:
        machine: The world.
        conference: One of this account's.
        now: Seconds on the clock of `epoch`.
        by: Number of the request that does it; None when it is somebody else's doing.

    Returns:
        Whether the state changed.
    """
    machine.time.advance(now)
    changed = machine.start(conference, now)
    if changed and by is not None:
        conference.activations.append(Applied(by, now))
    return changed


def end(machine: Machine, conference: Conference, now: float, *, cause: int = 3000, by: int | None = None) -> bool:
    """A live one becomes Ended; an ended one stays as it is. Arguments and result as in `activate`.

    Raises:
        ValueError: `cause` is no key of `CAUSES`.
    """
    if cause not in CAUSES:
        raise ValueError(f"cause: {cause} is none of {', '.join(map(str, CAUSES))}")
    machine.time.advance(now)
    if not conference.live:
        return False
    if cause == 1000:
        machine.all_hang_up(conference, now)
    machine.finish(conference, now, cause, by=by)
    return True


# ---- Adding -------------------------------------------------------------------------------------------------


def add_participant(
    machine: Machine, name: str | None, uuid: str | None, joining: Joining, now: float, *, by: int
) -> Added:
    """Dial, or transfer a live call; by name the conference is made if it isn't there. Neither safe nor idempotent.

    Raises:
        RuleError: 400: several phones for another role than agent (Plivo docs), or it is full (unverified).
            403: as for a call by itself, if the settings say so.
            404: no such live conference by UUID, or no such live call (unverified).
    """
    machine.time.advance(now)
    conference = _addressed(machine, name, uuid)
    target = conference.friendly_name if conference is not None else name or ""
    if conference is not None and headcount(conference) >= conference.max_participants:
        raise RuleError(400, f"the conference is full: {conference.max_participants} participants")
    if len(joining.destinations) > 1 and joining.role != "agent":
        raise RuleError(400, "to: several destinations are for agents only")
    if joining.call_uuid is not None:
        return _transfer(machine, target, conference, joining, now, by)
    added = _dial(machine, target, conference, joining, now, by)
    machine.time.advance(now)  # the first phone rings at once
    return added


def _addressed(machine: Machine, name: str | None, uuid: str | None) -> Conference | None:
    if uuid is None:
        return machine.registry.live(name or "")
    found = machine.registry.by_uuid.get(uuid)
    if found is None or not found.live:
        raise RuleError(404, "not found")
    return found


def _dial(
    machine: Machine,
    name: str,
    conference: Conference | None,
    joining: Joining,
    now: float,
    by: int,
) -> Added:
    machine.alone.permit(joining.from_ or "", (one.to for one in joining.destinations))
    for destination in joining.destinations:
        machine.phones.get(destination.to)  # as it is written
    uuids = [machine.new_uuid() for _ in joining.destinations]
    request_uuid = uuids[0] if len(uuids) == 1 else machine.new_uuid()
    legs = tuple(
        Leg(
            call_uuid=uuid,
            from_=bare(joining.from_ or ""),
            to=bare(destination.to),
            direction="outbound",
            status="queued",
            request_uuid=request_uuid,
            placed_at=now,
            of_conference=True,
            by=by,
            ring_timeout=destination.ring_timeout,
            callback=joining.call_status_callback,
        )
        for uuid, destination in zip(uuids, joining.destinations, strict=True)
    )
    for leg in legs:
        leg.sub_account = None if conference is None else conference.sub_account
        machine.calls.enter(leg)
    if conference is None and machine.settings.created_by == "request" and joining.create_mpc_with_single_participant:
        conference = machine.create(name, joining.options, now)
    dial = Dial(name=name, joining=joining, legs=legs, by=by, at=now)
    if conference is not None:
        dial.bind(conference)
    _tell_initiated(machine, name, joining, conference, now)
    machine.dialler.dial(dial, now)
    return Added(request_uuid, legs)


def _transfer(
    machine: Machine, name: str, conference: Conference | None, joining: Joining, now: float, by: int
) -> Added:
    leg = machine.legs.get(joining.call_uuid or "")
    if leg is None or not leg.live or machine.dialler.pending(leg):
        raise RuleError(404, "call_uuid: no such live call")
    if conference is not None and leg.mpc_uuid == conference.mpc_uuid:
        raise RuleError(400, "call_uuid: the call is in this conference already")
    if conference is None and not joining.create_mpc_with_single_participant:
        raise RuleError(404, "not found")
    _tell_initiated(machine, name, joining, conference, now)
    machine.move_out(leg, now)
    conference = conference or machine.create(name, joining.options, now)
    conference.changes += (Applied(by, now),)
    machine.tell_added(name, joining, conference, now, machine.join(conference, leg, joining, now))
    return Added(leg.call_uuid, (leg,))


def _tell_initiated(machine: Machine, name: str, joining: Joining, conference: Conference | None, now: float) -> None:
    if conference is None:
        machine.told.before(name, joining.options, _INITIATED, now)
    else:
        machine.told.status(conference, _INITIATED, now)


@lru_cache
def _plain(stay_alone: bool, max_duration: int | None) -> ConferenceOptions:
    """The same value for all conferences that are alike; there may be a million of them."""
    return ConferenceOptions(stay_alone=stay_alone, max_duration=max_duration)


def _status(text: str) -> ConferenceStatus:
    match text.lower():
        case "initialized":
            return "Initialized"
        case "active":
            return "Active"
        case "ended":
            return "Ended"
    raise ValueError(f"status: {text!r} is none of 'initialized', 'active', 'ended'")
