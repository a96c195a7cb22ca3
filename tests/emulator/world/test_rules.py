"""The conferences' state machine: states, times, bills."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.emulator.world import _rules as rules
from plivo_async.emulator.world._conferences import CAUSES
from plivo_async.emulator.world._machine import Machine

from ..support import EPOCH


def new_machine() -> Machine:
    """A machine whose UUIDs are numbers."""
    numbers = (f"uuid-{number}" for number in range(1000))
    return Machine(EPOCH, lambda: next(numbers))


def test_emulator_new_conference_waits() -> None:
    """A conference begins Initialized, created at the wall time of its instant, in whole seconds."""
    room = rules.add(new_machine(), "a", now=1.5, waiting=3)
    assert (room.status, room.waiting, room.live, room.applied) == ("Initialized", 3, True, 0)
    assert room.creation_time == datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC)
    assert (room.start_time, room.end_time, room.duration, room.billed_duration, room.billed_amount) == (None,) * 5


def test_emulator_activation_happens_once() -> None:
    """Only Initialized becomes Active, and who did it is kept."""
    machine = new_machine()
    room = rules.add(machine, "a", now=0)
    assert rules.activate(machine, room, 2.0, by=7)
    assert not rules.activate(machine, room, 3.0, by=8)
    assert room.status == "Active"
    assert room.activations == [(7, 2.0)]
    assert room.start_time == machine.time.wall(2.0)


def test_emulator_end_is_final() -> None:
    """A live conference ends once, by request or not, and is never activated again."""
    machine = new_machine()
    room = rules.add(machine, "a", now=0)
    assert rules.end(machine, room, 5.0, by=1)
    assert not rules.end(machine, room, 6.0, by=2)
    assert not rules.activate(machine, room, 6.0)
    assert (room.status, room.termination_cause_code, room.endings, room.applied) == ("Ended", 3000, [(1, 5.0)], 1)


def test_emulator_names_are_unique_while_live() -> None:
    """A name is taken while its conference lives and free afterwards; the newest of a name is found by it."""
    machine = new_machine()
    old = rules.add(machine, "a", now=0)
    with pytest.raises(ValueError, match="live conference is called 'a' already"):
        rules.add(machine, "a", now=0, status="ended")
    rules.end(machine, old, 1.0)
    assert machine.registry.live("a") is None
    new = rules.add(machine, "a", now=2)
    assert machine.registry.live("a") is new is machine.registry.newest["a"]
    assert machine.registry.by_uuid[old.mpc_uuid] is old
    assert list(machine.registry.newest_first()) == [new, old]


@pytest.mark.parametrize(
    ("status", "wire", "started", "cause"),
    [
        ("initialized", "Initialized", False, None),
        ("Active", "Active", True, None),
        ("ENDED", "Ended", True, 1000),
    ],
)
def test_emulator_added_in_any_state(status: str, wire: str, started: bool, cause: int | None) -> None:
    """A conference may be added in each of the states; nothing of that was done over the API."""
    room = rules.add(new_machine(), "a", now=0, status=status)
    assert (room.status, room.start_time is not None, room.termination_cause_code) == (wire, started, cause)
    assert room.applied == 0


@pytest.mark.parametrize(
    ("add", "message"),
    [
        (lambda machine: rules.add(machine, "", now=0), "needs a friendly name"),
        (lambda machine: rules.add(machine, "b", now=0, waiting=0), "waiting: 0 is not between 1 and 10"),
        (lambda machine: rules.add(machine, "b", now=0, waiting=11), "waiting: 11 is not"),
        (lambda machine: rules.add(machine, "b", now=0, status="paused"), "status: 'paused' is none of"),
        (lambda machine: rules.add(machine, "b", now=0, uuid="UUID-0"), "UUID uuid-0 already"),
        (
            lambda machine: rules.end(machine, machine.registry.newest["a"], 0, cause=4711),
            "cause: 4711 is none of 0, 1000",
        ),
    ],
)
def test_emulator_refuses_impossible_conferences(add: Callable[[Machine], object], message: str) -> None:
    """What can't be is a ValueError that names the argument."""
    machine = new_machine()
    rules.add(machine, "a", now=0)
    with pytest.raises(ValueError, match=message):
        add(machine)


def test_emulator_bill_counts_begun_minutes_of_each_participant() -> None:
    """Two participants for 44 minutes minus 8 seconds: 5280 seconds, 0.44 dollars (a captured bill)."""
    machine = new_machine()
    room = rules.add(machine, "a", now=0, waiting=2)
    rules.activate(machine, room, 0)
    rules.end(machine, room, 2632)
    assert (room.duration, room.billed_duration, room.billed_amount) == (2632, 5280, Decimal("0.44000"))


def test_emulator_duration_without_start_counts_from_creation() -> None:
    """A conference that never started lasted from its creation to its end (a captured bill: 3 seconds)."""
    machine = new_machine()
    room = rules.add(machine, "a", now=10)
    rules.end(machine, room, 13)
    assert (room.start_time, room.duration) == (None, 3)
    assert str(room.billed_amount) == "0.00500"


@given(st.lists(st.tuples(st.sampled_from(["activate", "end"]), st.floats(0, 14_399)), max_size=8))
def test_emulator_states_only_move_forward(steps: list[tuple[str, float]]) -> None:
    """Whatever happens in whatever order, a conference is activated and ended at most once, and in that order."""
    machine = new_machine()
    room = rules.add(machine, "a", now=0)
    seen = [room.status]
    for number, (step, now) in enumerate(sorted(steps, key=lambda step: step[1])):
        changed = (
            rules.activate(machine, room, now, by=number)
            if step == "activate"
            else rules.end(machine, room, now, by=number)
        )
        assert changed == (room.status != seen[-1])
        seen.append(room.status)
    assert seen == sorted(seen, key=["Initialized", "Active", "Ended"].index)
    assert len(room.activations) <= 1 >= len(room.endings)
    assert (room.end_time is None) == (room.termination_cause_code is None) == room.live


def test_emulator_clock_is_wall_time_in_utc() -> None:
    """The machine' wall clock runs with the one handed in, whatever the epoch's zone."""
    zone = EPOCH.astimezone(tz=None)
    machine = Machine(zone, lambda: "u")
    assert machine.time.instant(1.5) == EPOCH + timedelta(seconds=1.5)
    assert machine.time.instant(0).tzinfo is UTC
    assert set(CAUSES) == {0, 1000, 1010, 2000, 3000}


@pytest.mark.parametrize(("status", "started"), [("initialized", False), ("active", True), ("ended", True)])
def test_emulator_added_in_the_past(status: str, started: bool) -> None:
    """`started_ago` puts creation, joining and start into the past; one that has ended has ended now."""
    machine = new_machine()
    room = rules.add(machine, "a", now=100, status=status, started_ago=61, waiting=2)
    then = machine.time.wall(39)
    assert (room.creation_time, room.start_time) == (then, then if started else None)
    assert {one.join_time for one in room.participants} == {then}
    if status == "ended":
        assert (room.end_time, room.duration, room.billed_duration) == (machine.time.wall(100), 61, 240)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"started_ago": -1}, "started_ago: -1 is not between 0 and max_duration"),
        ({"started_ago": 14_400}, "started_ago: 14400 is not"),
        ({"started_ago": 300, "max_duration": 300}, "started_ago: 300 is not"),
        ({"started_ago": float("nan")}, "started_ago: nan is not"),
        ({"max_duration": 299}, "max_duration: 299 is not between 300 and 28800"),
        ({"max_duration": 28_801}, "max_duration: 28801 is not"),
    ],
)
def test_emulator_refuses_impossible_times(options: dict[str, float], message: str) -> None:
    """What would be over before it is added can't be added, nor what lasts too long."""
    machine = new_machine()
    with pytest.raises(ValueError, match=message):
        rules.add(machine, "a", now=0, **options)  # type: ignore[arg-type]
    assert not machine.registry.newest


@pytest.mark.parametrize(("max_duration", "ends"), [(None, 14_400), (300, 300), (28_800, 28_800)])
def test_emulator_conference_lasts_so_long_and_no_longer(max_duration: int | None, ends: int) -> None:
    """The longest duration counts from the creation, started or not; then everybody is out."""
    machine = new_machine()
    room = rules.add(machine, "a", now=100, max_duration=max_duration, started_ago=50, waiting=2)
    machine.time.advance(50 + ends - 0.1)
    assert room.live
    machine.time.advance(1e6)
    assert (room.status, room.termination_cause_code, room.end_time) == ("Ended", 2000, machine.time.wall(50 + ends))
    assert {(one.exit_cause, one.leg.live) for one in room.participants} == {("Multiparty Call Ended", True)}
    assert room.applied == 0


def test_emulator_ended_by_its_last_participant() -> None:
    """The cause 1000 says that they left, so they have; any other, that it ended around them."""
    machine = new_machine()
    left, ended = rules.add(machine, "a", now=0, waiting=2), rules.add(machine, "b", now=0, waiting=2)
    rules.end(machine, left, 5, cause=1000)
    rules.end(machine, ended, 5, cause=3000)
    assert {(one.exit_cause, one.leg.hangup_cause) for one in left.participants} == {
        ("Participant Call Hangup", "Normal Hangup")
    }
    assert {(one.exit_cause, one.leg.live) for one in ended.participants} == {("Multiparty Call Ended", True)}
