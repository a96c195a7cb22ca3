"""The emulator's clock, and what must hold whatever happens in whatever order and however much time passes."""

import math
from collections import Counter
from contextlib import suppress
from typing import Any

import anyio
import anyio.to_thread
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.emulator import CallbackRecord, Conference, Emulator, Faults, Leg
from plivo_async.emulator.world import _controls as controls
from plivo_async.emulator.world import _rules as rules
from plivo_async.emulator.world._conferences import everybody
from plivo_async.emulator.world._machine import Machine
from plivo_async.emulator.world._values import ConferenceOptions, Joining, NewRecording, RuleError

from .support import CALLS, EXIT, HOOK, RECORDINGS, add, dialling, new_machine, sound, transferring

NAMES, NUMBERS = "ab", "123456"
REACTIONS = ("answers", "busy", "rejects", "no_answer", "never_answers", "invalid")
Step = tuple[float, str, tuple[Any, ...]]

# ---- Whatever happens -------------------------------------------------------------------------------------------

rooms_options = st.builds(
    ConferenceOptions,
    max_duration=st.sampled_from([None, 300, 600]),
    max_participants=st.just(3),  # what nobody has said may be said later, and be less than there are
    record=st.sampled_from([None, True]),
    record_min_member_count=st.sampled_from([None, 2]),
    stay_alone=st.sampled_from([None, False, True]),
    status_callback=st.sampled_from([None, HOOK]),
    recording_callback=st.sampled_from([None, RECORDINGS]),
)
flags: dict[str, st.SearchStrategy[Any]] = {
    "start_mpc_on_enter": st.booleans(),
    "end_mpc_on_exit": st.sampled_from([False, False, True]),
    "record_participant_track": st.booleans(),
    "on_exit_action": st.sampled_from([None, EXIT]),
    "options": rooms_options,
}


@st.composite
def dials(draw: st.DrawFn) -> Joining:
    """A request to dial one phone, or several for an agent."""
    to = draw(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3, unique=True))
    options = {name: draw(value) for name, value in flags.items()}
    confirm = draw(st.sampled_from([None, None, "1"]))
    return dialling(*to, confirm_key=confirm, call_status_callback=CALLS, **options)


names = st.sampled_from(NAMES)
picks = st.one_of(st.none(), st.integers(0, 5))
actions = st.one_of(
    st.tuples(st.just("dial"), names, dials()),
    st.tuples(st.just("transfer"), names, st.integers(0, 5)),
    st.tuples(st.just("kick"), names, picks),
    st.tuples(st.just("activate"), names),
    st.tuples(st.just("end"), names, st.sampled_from([1000, 3000])),
    st.tuples(st.just("record"), names, st.sampled_from(["start", "pause", "resume", "stop"]), picks),
    st.tuples(st.just("add"), names, st.integers(1, 2)),
    st.tuples(st.just("phone"), st.sampled_from(NUMBERS), st.sampled_from([*REACTIONS, "answer", "hang_up", "press"])),
)
steps = st.lists(
    st.tuples(st.floats(0, 30) | st.floats(0, 400), actions).map(lambda step: (step[0], step[1][0], step[1][1:])),
    max_size=25,
)


class World:
    """Machine with which anything is done that can be; what Plivo would refuse is refused."""

    def __init__(self) -> None:
        self.machine = new_machine(calls_per_second=2.0)
        self.machine.phones.get("6").confirm_key = None
        self.now = 0.0
        self.number = 0

    def do(self, step: Step) -> None:
        """Let time pass, then do one thing."""
        wait, what, arguments = step
        self.now += wait
        self.machine.time.advance(self.now)
        self.number += 1
        with suppress(RuleError, ValueError):
            getattr(self, what)(*arguments)

    def dial(self, name: str, joining: Joining) -> None:
        """A request to dial."""
        add(self.machine, joining, self.now, name=name, by=self.number)

    def transfer(self, name: str, pick: int) -> None:
        """A request to transfer one of the calls there are, or one that has just come in."""
        calls = list(self.machine.legs.values())
        leg = calls[pick] if pick < len(calls) else rules.add_call(self.machine, self.now, from_=f"9{self.number}")
        joining = transferring(leg.call_uuid, options=ConferenceOptions(max_participants=3))
        add(self.machine, joining, self.now, name=name, by=self.number)

    def kick(self, name: str, pick: int | None) -> None:
        """One of those who were ever there, or all."""
        room = self.machine.registry.newest.get(name)
        if room is not None:
            controls.kick(self.machine, room, self.member(room, pick), self.now, by=self.number)

    def activate(self, name: str) -> None:
        """By the API."""
        if name in self.machine.registry.newest:
            rules.activate(self.machine, self.machine.registry.newest[name], self.now, by=self.number)

    def end(self, name: str, cause: int) -> None:
        """By the API, or by somebody else."""
        if name in self.machine.registry.newest:
            rules.end(
                self.machine,
                self.machine.registry.newest[name],
                self.now,
                cause=cause,
                by=self.number if cause == 3000 else None,
            )

    def record(self, name: str, step: str, pick: int | None) -> None:
        """The conference, or somebody who was ever there."""
        room = self.machine.registry.newest.get(name)
        if room is None:
            return
        member_id = None if pick is None else (self.member(room, pick) or ("",))[0]
        if step == "start":
            controls.start_recording(
                self.machine, room, member_id, NewRecording(callback=RECORDINGS), self.now, by=self.number
            )
        else:
            getattr(controls, f"{step}_recording")(self.machine, room, member_id, None, self.now, by=self.number)

    def add(self, name: str, waiting: int) -> None:
        """A conference from nowhere."""
        rules.add(self.machine, name, now=self.now, waiting=waiting)

    def phone(self, number: str, what: str) -> None:
        """The owner of a phone does something."""
        phone = self.machine.phones.get(number)
        getattr(phone, what)(*("1" if what == "press" else ()))

    @staticmethod
    def member(room: Conference, pick: int | None) -> tuple[str, ...] | None:
        """The member id of somebody who was ever there; None for all."""
        people = everybody(room)
        return None if pick is None or not people else (people[pick % len(people)].member_id,)

    def picture(self) -> tuple[Any, ...]:
        """All there is to know."""
        machine = self.machine
        return (
            [_room(room) for room in machine.registry.by_uuid.values()],
            [_leg(leg) for leg in machine.legs.values()],
            [(phone.number, phone.rings) for phone in machine.phones.all()],
            [(one.at, one.url, one.params) for one in machine.told.records],
        )


def _room(room: Conference) -> tuple[Any, ...]:
    people = [
        (one.member_id, one.call_uuid, one.join_time, one.exit_time, one.exit_cause, one.billed_duration)
        for one in everybody(room)
    ]
    recordings = [(one.recording_id, one.member_id, one.phase, one.start_time, one.end_time) for one in room.made]
    own = (room.mpc_uuid, room.state, room.start_time, room.end_time, room.termination_cause_code, room.billed_amount)
    return own, people, recordings, room.changes


def _leg(leg: Leg) -> tuple[Any, ...]:
    return leg.call_uuid, leg.status, leg.rang_at, leg.answered_at, leg.ended_at, leg.hangup_cause_code, leg.mpc_uuid


@given(steps)
def test_emulator_stays_sound_whatever_happens(todo: list[Step]) -> None:
    """Ended is final, nobody leaves twice, no conference is overfull, no phone rings twice for a call, bills agree."""
    world = World()
    over: dict[str, tuple[Any, ...]] = {}
    gone: dict[tuple[str, str], tuple[Any, ...]] = {}
    for step in todo:
        world.do(step)
        machine = world.machine
        for room in machine.registry.by_uuid.values():
            sound(room, most=room.max_participants)
            if not room.live:
                assert over.setdefault(room.mpc_uuid, _room(room)) == _room(room)
            for one in everybody(room):
                if not one.present:
                    left = (one.exit_time, one.exit_cause)
                    assert gone.setdefault((room.mpc_uuid, one.member_id), left) == left
        live = Counter(room.friendly_name for room in machine.registry.by_uuid.values() if room.live)
        assert all(count == 1 for count in live.values())
        for phone in machine.phones.all():
            assert phone.rings <= sum(leg.rang_at is not None for leg in phone.calls)
        assert all(leg.hangup_cause is not None for leg in machine.legs.values() if leg.over)
    world.machine.time.advance(world.now + 20_000)
    assert not any(room.live for room in world.machine.registry.by_uuid.values())
    _numbered(world.machine.told.records)


def _numbered(callbacks: list[CallbackRecord]) -> None:
    """Events are told in order of time, and those of one conference or recording are numbered without a gap."""
    assert [one.at for one in callbacks] == sorted(one.at for one in callbacks)
    told: dict[str, list[int]] = {}
    for one in callbacks:
        if one.url in (HOOK.url, RECORDINGS.url):
            key = one.params.get("RecordingUUID", "") or one.params["MPCUUID"]
            told.setdefault(key, []).append(int(one.params["SequenceNumber"]))
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in told.values())


@given(steps, st.integers(1, 7))
def test_emulator_one_leap_is_many_steps(todo: list[Step], pieces: int) -> None:
    """Whether the clock is looked at once in a while or all the time makes no difference to anything."""
    leaping, stepping = World(), World()
    for wait, what, arguments in [*todo, (20_000.0, "activate", ("a",))]:
        leaping.do((wait, what, arguments))
        for piece in range(1, pieces):
            stepping.machine.time.advance(stepping.now + wait * piece / pieces)
        stepping.do((wait, what, arguments))
    assert leaping.picture() == stepping.picture()


def test_emulator_clock_never_goes_back() -> None:
    """An earlier instant than the last one changes nothing."""
    machine = new_machine()
    add(machine, dialling("1"))
    machine.time.advance(5)
    machine.time.advance(2)
    assert (machine.time.now, machine.registry.newest["a"].creation_time) == (5, machine.time.wall(1))


# ---- The emulator's own clock -----------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_emulator_reads_let_time_pass() -> None:
    """Whatever is read is as of now, though nothing runs in the background and nobody asks over HTTP."""
    async with Emulator(port=None, answer_after=2.0, calls_per_second=None) as plivo:
        phone = plivo.phone("+1")
        room = plivo.add_conference("a")
        assert room.live
        _dial(plivo, "a", "1", options=ConferenceOptions(status_callback=HOOK))
        assert (phone.rings, room.waiting, plivo.rings["+1"]) == (1, 1, 1)
        await anyio.sleep(2.1)
        assert (room.status, room.present, len(room.participants), phone.calls[0].live) == ("Active", 2, 2, True)
        assert [one.params["EventName"] for one in plivo.callbacks] == ["ParticipantJoin", "MPCStart"]
        _dial(plivo, "b", "2")
        assert "b" not in plivo.conferences
        await anyio.sleep(2.1)
        assert plivo.conferences["b"].present == 1
        assert len(plivo.conferences_by_uuid) == 2


@pytest.mark.anyio
async def test_emulator_advance_puts_the_clock_forward() -> None:
    """Hours pass at once, for the emulator only; what was due happens at its own time."""
    async with Emulator(port=None) as plivo:
        room = plivo.add_conference("a", waiting=2)
        phone = plivo.phone("1").never_answers()
        _dial(plivo, "a", "1")
        before = anyio.current_time()
        plivo.advance(14_400)
        assert anyio.current_time() - before < 1
        assert (room.status, room.termination_cause_code, room.duration) == ("Ended", 2000, 14_400)
        assert phone.calls[0].hangup_cause == "Ring Timeout Reached"
        again = plivo.add_conference("a")
        assert (again.creation_time - room.creation_time).total_seconds() >= 14_400


@pytest.mark.anyio
@pytest.mark.parametrize("seconds", [-1, math.inf, math.nan])
async def test_emulator_advance_refuses_impossible_times(seconds: float) -> None:
    """The clock goes forward by a number of seconds, and only while the emulator runs."""
    plivo = Emulator(port=None)
    with pytest.raises(RuntimeError, match="not running"):
        plivo.advance(1)
    async with plivo:
        with pytest.raises(ValueError, match="is not a length of time"):
            plivo.advance(seconds)


@pytest.mark.anyio
async def test_emulator_can_be_read_when_it_has_stopped() -> None:
    """Phones may be set up before it runs; afterwards everything is as it was when it stopped."""
    plivo = Emulator(port=None, answer_after=0.0, calls_per_second=None)
    phone = plivo.phone("1").busy().answers()
    assert (phone.rings, dict(plivo.rings), plivo.callbacks, dict(plivo.conferences)) == (0, {}, [], {})
    with pytest.raises(RuntimeError, match="not running"):
        plivo.add_call(from_="1")
    async with plivo:
        _dial(plivo, "a", "1")
        assert plivo.conferences["a"].present == 1
        assert plivo.add_call(from_="2").live
    await anyio.sleep(20_000)
    assert (plivo.conferences["a"].status, phone.rings) == ("Active", 1)


@pytest.mark.anyio
@pytest.mark.real_time
async def test_emulator_can_be_read_from_another_thread() -> None:
    """A look from another thread sees what is there, and lets nothing happen meanwhile."""
    async with Emulator(port=None, answer_after=0.01) as plivo:
        _dial(plivo, "a", "1")
        await anyio.sleep(0.02)
        assert await anyio.to_thread.run_sync(lambda: (dict(plivo.conferences), dict(plivo.rings))) == ({}, {"1": 1})
        assert plivo.conferences["a"].present == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"answer_after": -1}, "answer_after: -1 is not a number of seconds"),
        ({"answer_after": math.nan}, "answer_after: nan is not"),
        ({"calls_per_second": 0}, "calls_per_second: 0 is not positive"),
        ({"calls_per_second": math.inf}, "calls_per_second: inf is not"),
    ],
)
def test_emulator_refuses_impossible_habits(options: dict[str, Any], message: str) -> None:
    """Rates and waits that can't be are a ValueError."""
    with pytest.raises(ValueError, match=message):
        Emulator(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"limit": 300}, r"limit: 300 is not a Limit, such as Limit\(300, per=5.0\), or None"),
        ({"limit": "300"}, "limit: '300' is not a Limit"),
        ({"faults": "lost-response=0.02"}, r"is not Faults, such as Faults.parse\(\"lost-response=0.02\"\), or None"),
        ({"faults": {"lost-response": 0.02}}, "faults: {'lost-response': 0.02} is not Faults"),
        ({"settings": {}}, "settings: {} is not Settings or None"),
        ({"latency": "40ms"}, "latency: '40ms' is neither seconds nor a pair"),
        ({"latency": None}, "latency: None is neither seconds nor a pair"),
        ({"latency": (1, 2, 3)}, "neither seconds nor a pair"),
        ({"latency": ("1", 2)}, "neither seconds nor a pair"),
    ],
)
def test_emulator_refuses_what_is_of_another_kind(options: dict[str, Any], message: str) -> None:
    """At once, with what to write; not when the first request comes, in the words of its own insides."""
    with pytest.raises(TypeError, match=message):
        Emulator(**options)


@pytest.mark.anyio
async def test_emulator_refuses_other_faults_of_another_kind() -> None:
    """Those that are assigned are checked as those that it is made with; what was in force stays."""
    async with Emulator(port=None) as plivo:
        with pytest.raises(TypeError, match="is not Faults"):
            plivo.faults = "lost-response=0.02"  # type: ignore[assignment]
        assert plivo.faults == Faults()


def _dial(plivo: Emulator, name: str, to: str, **options: Any) -> None:
    """A request to dial, past HTTP."""
    machine: Machine = plivo._core.machine
    rules.add_participant(machine, name, None, dialling(to, **options), machine.time.sync(), by=1)
