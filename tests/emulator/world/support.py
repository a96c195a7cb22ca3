"""What the tests of the emulator's state machine share: conferences whose clock is what the test says."""

from collections.abc import Iterator
from dataclasses import fields
from itertools import count
from typing import Any

from plivo_async.emulator import Settings
from plivo_async.emulator.world import _rules as rules
from plivo_async.emulator.world._calls import has_record, is_live, is_queued
from plivo_async.emulator.world._conferences import MAX_DURATION, Conference, everybody, headcount
from plivo_async.emulator.world._legs import Leg
from plivo_async.emulator.world._machine import Machine
from plivo_async.emulator.world._participants import Participant
from plivo_async.emulator.world._rules import Added
from plivo_async.emulator.world._values import ConferenceOptions, Destination, Hook, Joining

from ..support import EPOCH

HOOK = Hook(url="https://example.com/status", method="POST")
RECORDINGS = Hook(url="https://example.com/recordings", method="GET")
CALLS = Hook(url="https://example.com/calls", method="POST")
SETTINGS = {one.name for one in fields(Settings)}
EXIT = Hook(url="https://example.com/exit", method="POST")


def new_machine(**options: Any) -> Machine:
    """A machine whose UUIDs are numbers; phones are dialled all at once unless told otherwise."""
    numbers: Iterator[int] = count()
    settings = Settings(**{name: options.pop(name) for name in list(options) if name in SETTINGS})
    return Machine(EPOCH, lambda: f"uuid-{next(numbers)}", settings=settings, **{"calls_per_second": None, **options})


def dialling(*to: str, options: ConferenceOptions | None = None, **more: Any) -> Joining:
    """A request to dial these phones, with 10 seconds of ringing; the role is agent unless told otherwise."""
    ring_timeout = more.pop("ring_timeout", 10)
    return Joining(
        **{
            "role": "agent",
            "from_": "+14150000000",
            "destinations": tuple(Destination(to=one, ring_timeout=ring_timeout) for one in to),
            "options": options or ConferenceOptions(),
            **more,
        }
    )


def transferring(call_uuid: str, **options: Any) -> Joining:
    """A request to transfer a call, of a customer unless told otherwise."""
    return Joining(**{"role": "customer", "call_uuid": call_uuid, **options})


def add(machine: Machine, joining: Joining, now: float = 0.0, *, name: str = "a", by: int = 1) -> Added:
    """Ask for a participant by name."""
    return rules.add_participant(machine, name, None, joining, now, by=by)


def filled_room(machine: Machine, *joinings: Joining, name: str = "a") -> tuple[Conference, list[Participant]]:
    """A conference into which these were added at second 0 and have joined by second 1, and who they are, in order."""
    for joining in joinings:
        add(machine, joining, name=name)
    machine.time.advance(1.0)
    conference = machine.registry.newest[name]
    return conference, conference.participants


def events(machine: Machine, hook: Hook = HOOK) -> list[str]:
    """The names of the events that were told there, in order."""
    return [one.params["EventName"] for one in machine.told.records if one.url == hook.url]


def sound(room: Conference, *, most: int, may_be_empty: bool = False) -> None:
    """What holds of a conference at any time.

    Args:
        room: Any one.
        most: Participants that may be in it.
        may_be_empty: Whether it may live although nobody is in it.
    """
    people = everybody(room)
    present = [one for one in people if one.present]
    assert headcount(room) == len(present) <= most
    assert len({one.member_id for one in people}) == len(people)
    assert len({one.call_uuid for one in present}) == len(present)
    assert (room.end_time is None) == (room.termination_cause_code is None) == room.live
    assert bool(present) or not room.live or may_be_empty
    assert len(room.activations) <= 1 >= len(room.endings)
    assert all(one.leg.live and one.leg.member_id == one.member_id for one in present)
    assert all(one.phase == "completed" for one in room.made) or room.state == "Active"
    for one in people:
        _paid(one)
    if not room.live:
        assert room.duration is not None
        assert room.duration <= max(MAX_DURATION, room.max_duration)
        assert room.billed_duration == sum(one.billed_duration or 0 for one in people)
        assert room.billed_amount == sum(one.billed_amount or 0 for one in people)


def _paid(one: Participant) -> None:
    assert (one.exit_time is None) == (one.exit_cause is None) == (one.duration is None) == one.present
    if one.duration is not None and one.billed_duration is not None:
        assert one.billed_duration % 60 == 0
        assert 0 <= one.duration <= one.billed_duration < one.duration + 60


FINAL = {"completed", "busy", "failed", "timeout", "no-answer", "cancel"}


def sound_call(leg: Leg, machine: Machine) -> None:
    """What holds of a call at any time: it is in one state, its times are in order, and what it tells fits them."""
    now, settings = machine.time.now, machine.settings
    found = [is_queued(leg, settings), is_live(leg, settings), has_record(leg, now)]
    both = settings.queued_until == "answer" and leg.status == "ringing"
    assert sum(found) <= 1 + both
    order = [leg.placed_at, leg.dialled_at, leg.rang_at, leg.answered_at, leg.ended_at, leg.record_at]
    times = [one for one in order if one is not None]
    assert times == sorted(times), leg
    assert all(one <= now for one in times[:-1]), leg
    ended = (leg.ended_at, leg.hangup_cause_code, leg.outcome, leg.hangup_source)
    assert {one is None for one in ended} == {not leg.over}, leg
    assert (leg in machine.calls.over) == leg.over
    assert (leg in machine.calls._up) == (not leg.over)
    assert (leg.status in FINAL) == leg.over, leg
    assert leg.rang_at is None or leg.dialled_at is not None
    if leg.outcome == "answered" or leg.live:
        assert leg.answered_at is not None, leg
    if leg.over:
        assert (leg.mpc_uuid, leg.member_id, leg.playing, leg.speaking) == (None, None, None, None)
        in_vain = leg.hangup_cause_code in (9100, 9110)
        assert (leg.outcome == "answered") == (leg.answered_at is not None and not in_vain)
        assert leg.status == "completed" or leg.answered_at is None
        assert not any(one.open for one in leg.made)
