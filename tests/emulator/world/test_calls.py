"""What must hold of calls whatever happens in whatever order, beside conferences and within them."""

import json
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plivo_async.emulator import HANGUP_CAUSES, Leg, Recording
from plivo_async.emulator.world import _placing as placing
from plivo_async.emulator.world._causes import CAUSES, fate
from plivo_async.emulator.world._machine import Machine
from plivo_async.emulator.world._values import CallHooks, Calling, Detection, Hook, NewCallRecording

from ..support import AUTH_ID, ask, new_core
from .support import CALLS, dialling, filled_room, new_machine, sound, sound_call
from .test_time import NUMBERS, Step, World, _numbered, actions

TOLD = Hook(url="https://example.com/recorded", method="POST")

picks = st.integers(0, 12)
numbers = st.sampled_from(NUMBERS)
of_calls = st.one_of(
    st.tuples(
        st.just("make"),
        st.lists(numbers, min_size=1, max_size=3),
        st.sampled_from([None, 0, 7]),
        st.sampled_from([None, Detection(True, 3.0), Detection(False, 3.0)]),
    ),
    st.tuples(st.just("hang_up"), picks),
    st.tuples(st.just("hang_up_all")),
    st.tuples(st.just("cancel"), picks),
    st.tuples(st.just("move"), picks),
    st.tuples(st.just("keep"), picks, st.sampled_from([1, 60])),
    st.tuples(st.just("keep_no_more"), picks),
    st.tuples(st.just("play"), picks, st.sampled_from([None, 5])),
    st.tuples(st.just("fails"), numbers, st.sampled_from(sorted(HANGUP_CAUSES)), st.floats(0, 20), st.booleans()),
    st.tuples(st.just("talks"), numbers, st.floats(0, 20), st.booleans()),
    st.tuples(st.just("record_comes"), numbers, st.sampled_from([None, 0.0, 50.0])),
    st.tuples(st.just("credits"), st.sampled_from([0, 100])),
)
steps = st.lists(
    st.tuples(st.floats(0, 3) | st.floats(0, 200), of_calls | of_calls | actions).map(
        lambda step: (step[0], step[1][0], step[1][1:])
    ),
    max_size=30,
)


class CallWorld(World):
    """The same with calls by themselves, and with what is done to any call by its id."""

    def __init__(self) -> None:
        super().__init__()
        options: dict[str, Any] = {"dial_seconds": 1.5, "record_late_share": 0.3, "record_missing_share": 0.2}
        self.machine = new_machine(calls_per_second=2.0, **options)

    def make(self, to: list[str], hangup_on_ring: int | None, detection: Detection | None) -> None:
        """Make calls."""
        calling = Calling(
            from_="0",
            to=tuple(to),
            hooks=CallHooks(ring=CALLS, answer=CALLS, hangup=CALLS, detection=CALLS),
            ring_timeout=30,
            time_limit=100,
            hangup_on_ring=hangup_on_ring,
            detection=detection,
        )
        placing.make(self.machine, calling, self.now, by=self.number)

    def uuid(self, pick: int) -> str:
        """Of one of the last calls, or of none."""
        last = list(self.machine.calls.all())[-8:]
        return last[pick].known_as if pick < len(last) else "nobody"

    def hang_up(self, pick: int) -> None:
        """By the API."""
        placing.hang_up(self.machine, self.uuid(pick), self.now, by=self.number)

    def hang_up_all(self) -> None:
        """Every one, which is what it is told afterwards."""
        placing.hang_up_all(self.machine, self.now, by=self.number)
        assert all(leg.over for leg in self.machine.calls.all())

    def cancel(self, pick: int) -> None:
        """A request."""
        leg = self.machine.calls.find(self.uuid(pick))
        placing.cancel(self.machine, leg.request_uuid if leg else "none", self.now, by=self.number)

    def move(self, pick: int) -> None:
        """Transfer."""
        placing.transfer(self.machine, self.uuid(pick), CALLS, self.now, by=self.number)

    def keep(self, pick: int, limit: int) -> None:
        """Record."""
        new = NewCallRecording(time_limit=limit, callback=TOLD)
        placing.record(self.machine, self.uuid(pick), new, self.now, by=self.number)

    def keep_no_more(self, pick: int) -> None:
        """Stop recording."""
        placing.stop_recording(self.machine, self.uuid(pick), None, self.now, by=self.number)

    def play(self, pick: int, length: int | None) -> None:
        """Play, for a while or until it is over."""
        placing.play(self.machine, self.uuid(pick), "https://example.com/", length, self.now, by=self.number)

    def fails(self, number: str, cause: int, after: float, rings: bool) -> None:
        """A phone fails from now on."""
        self.machine.phones.get(number).fails(cause, after, rings=rings)

    def talks(self, number: str, seconds: float, machine: bool) -> None:
        """A phone answers from now on, and hangs up."""
        self.machine.phones.get(number).answers(1.0, talks=seconds).machine = machine

    def record_comes(self, number: str, after: float | None) -> None:
        """When its records come."""
        self.machine.phones.get(number).record_comes(after)

    def credits(self, usd: int) -> None:
        """What is left to pay with."""
        self.machine.office.account.cash_credits = self.machine.office.account.cash_credits * 0 + usd

    def all_of_it(self) -> Any:
        """All there is to know of calls and recordings."""
        legs = [_end(leg) for leg in self.machine.calls.all()]
        return self.picture(), legs, [_kept(one) for one in self.machine.recorder.by_id.values()]


def _end(leg: Leg) -> Any:
    times = leg.placed_at, leg.dialled_at, leg.rang_at, leg.answered_at, leg.ended_at, leg.record_at
    return (
        times,
        leg.hangup_cause_code,
        leg.hangup_source,
        leg.outcome,
        leg.status,
        leg.changes,
        leg.playing,
        leg.machine,
    )


def _kept(one: Recording) -> Any:
    return one.recording_id, one.phase, one.started_at, one.ended_at, one.call_uuid, one.mpc_uuid


@given(steps)
@settings(max_examples=60)
def test_calls_stay_sound_whatever_happens(todo: list[Step]) -> None:
    """Each is in one state, its times in order; what is over stays as it is; in the end none rings or waits."""
    world = CallWorld()
    over: dict[str, Any] = {}
    for step in todo:
        world.do(step)
        for leg in world.machine.calls.all():
            sound_call(leg, world.machine)
            if leg.over:
                assert over.setdefault(leg.call_uuid, _end(leg)) == _end(leg)
        for room in world.machine.registry.by_uuid.values():
            sound(room, most=room.max_participants)
    world.machine.time.advance(world.now + 20_000)
    assert not any(leg.status in ("queued", "ringing") for leg in world.machine.calls.all())
    assert all(leg.over for leg in world.machine.calls.all() if leg.asked is not None)
    _numbered(world.machine.told.records)
    ended = [one.params for one in world.machine.told.records if one.params.get("Event") == "Hangup"]
    assert len({one["CallUUID"] for one in ended}) == len(ended)  # the end of a call is told once


@given(steps, st.integers(1, 7))
@settings(max_examples=60)
def test_calls_are_the_same_in_one_leap_and_in_many_steps(todo: list[Step], pieces: int) -> None:
    """Whether the clock is looked at once in a while or all the time makes no difference to any call."""
    leaping, stepping = CallWorld(), CallWorld()
    for wait, what, arguments in [*todo, (20_000.0, "activate", ("a",))]:
        leaping.do((wait, what, arguments))
        for piece in range(1, pieces):
            stepping.machine.time.advance(stepping.now + wait * piece / pieces)
        stepping.do((wait, what, arguments))
    assert leaping.all_of_it() == stepping.all_of_it()


def test_causes_say_how_a_call_ended() -> None:
    """Every cause has a name, a word and a source; answered it is `answered` but for machines and missing keys."""
    assert set(HANGUP_CAUSES) == set(CAUSES)
    for code, cause in CAUSES.items():
        assert all(cause)
        assert cause.outcome != "answered"
        assert fate(code, answered=False) == cause.outcome
        assert fate(code, answered=True) == (cause.outcome if code in (9100, 9110) else "answered")


def test_who_picks_up_by_hand_is_neither_given_up_nor_rejected() -> None:
    """What a phone would have done later is off once it was answered; and what was heard ends with the call."""
    machine = new_machine()
    phone = machine.phones.get("1")
    for kind in range(3):
        phone.no_answer(5) if kind == 0 else phone.rejects(5) if kind == 1 else phone.fails(3080, 5, rings=True)
        leg = _made(machine, "1")
        phone.answer()
        machine.time.advance(machine.time.now + 10)
        assert leg.live
        placing.play(machine, leg.call_uuid, "https://example.com/", None, machine.time.now, by=1)
        placing.speak(machine, leg.call_uuid, "Hello", machine.time.now, by=1)
        phone.hang_up()
        assert (leg.outcome, leg.playing, leg.speaking) == ("answered", None, None)


def test_hanging_up_everybody_ends_each_once() -> None:
    """Also those whose conference ends with somebody else's call, and takes them along."""
    machine = new_machine()
    room, people = filled_room(machine, dialling("1"), dialling("2"))
    alone = _made(machine, "3")
    ended = placing.hang_up_all(machine, 2.0, by=7)
    assert [leg.hangup_cause_code for leg in (people[0].leg, people[1].leg, alone)] == [0, 4020, 0]
    assert (room.state, ended) == ("Ended", [people[0].leg, alone])
    assert placing.hang_up_all(machine, 3.0, by=8) == []


def test_postpaid_accounts_need_no_credits() -> None:
    """Only prepaid ones run out of them."""
    machine = new_machine()
    account = machine.office.account
    account.cash_credits *= 0
    codes = []
    modes: tuple[Literal["prepaid", "postpaid"], ...] = ("prepaid", "postpaid")
    for account.billing_mode in modes:
        codes.append(_made(machine, "1").hangup_cause_code)
    assert codes == [1010, None]


def _made(machine: Machine, to: str) -> Leg:
    calling = Calling(from_="0", to=(to,), hooks=CallHooks())
    return placing.make(machine, calling, machine.time.now, by=0)[0][0]


@pytest.mark.parametrize("path", ["Call/?status=live&limit=20", "Call/?limit=20", "Recording/"])
def test_answers_about_calls_are_of_one_moment(path: str) -> None:
    """Nothing moves while an answer is made, however often the clock is looked at meanwhile."""
    core = new_core()
    machine = core.machine
    machine.phones.get("2").answers(1, talks=2)
    for second in range(20):
        leg = placing.make(machine, Calling(from_="1", to=("2",), hooks=CallHooks()), second, by=0)[0][0]
        machine.time.advance(second + 1.5)
        placing.record(machine, leg.call_uuid, NewCallRecording(), second + 1.5, by=0)
    looks = iter(range(30, 10_000))
    machine.time.clock = lambda: float(next(looks))
    before = machine.time.now
    answer, _ = ask(core, "GET", f"/v1/Account/{AUTH_ID}/{path}", now=21.2)
    assert answer is not None
    assert machine.time.now == max(before, 21.2)
    found = json.loads(answer.body)
    assert len(found.get("calls", found.get("objects"))) > 0
