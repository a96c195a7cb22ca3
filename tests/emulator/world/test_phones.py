"""Phones of the emulator: dialled, rung, answered, lost; and the calls between them."""

import pytest

from plivo_async.emulator import HANGUP_CAUSES, Leg
from plivo_async.emulator.world import _rules as rules
from plivo_async.emulator.world._phones import Rings
from plivo_async.emulator.world._values import ConferenceOptions, Destination, Joining, RuleError

from .support import CALLS, HOOK, add, dialling, events, new_machine


def fate(leg: Leg) -> tuple[str, str | None, float | None]:
    """What became of a call: its state, why it ended, and when."""
    return leg.status, leg.hangup_cause, leg.ended_at


def test_emulator_phone_answers_and_joins() -> None:
    """A phone rings at once and, told nothing, answers after a second; then there is a participant, not before."""
    machine = new_machine()
    added = add(machine, dialling("+14157654321"))
    (leg,) = added.calls
    assert list(Rings(machine.phones)) == ["+14157654321"]
    assert (added.request_uuid, leg.status, leg.to, leg.from_) == (
        leg.call_uuid,
        "ringing",
        "14157654321",
        "14150000000",
    )
    assert "a" not in machine.registry.newest
    machine.time.advance(0.9)
    assert (leg.status, leg.live) == ("ringing", False)
    machine.time.advance(1.0)
    (one,) = machine.registry.newest["a"].participants
    assert (leg.status, leg.live, leg.answered_at) == ("in-progress", True, 1.0)
    assert (one.member_id, one.call_uuid, one.member_address, one.role) == (
        "1", leg.call_uuid, "14157654321", "agent",
    )  # fmt: skip
    assert (leg.mpc_uuid, leg.member_id) == (one.mpc_uuid, "1")


@pytest.mark.parametrize(
    ("reaction", "status", "cause", "at", "rings"),
    [
        ("busy", "busy", "Busy Line", 0.0, 1),
        ("rejects", "busy", "Rejected", 0.0, 1),
        ("invalid", "failed", "Invalid Destination Address", 0.0, 0),
        ("no_answer", "no-answer", "Ring Timeout Reached", 10.0, 1),  # its network would have given up after 20 s
        ("never_answers", "no-answer", "Ring Timeout Reached", 10.0, 1),
    ],
)
def test_emulator_phone_does_not_answer(reaction: str, status: str, cause: str, at: float, rings: int) -> None:
    """A phone that doesn't answer ends its call with its cause, and nobody joins."""
    machine = new_machine()
    phone = machine.phones.get("1")
    assert getattr(phone, reaction)() is phone
    (leg,) = add(machine, dialling("+1")).calls
    machine.time.advance(60)
    assert fate(leg) == (status, cause, at)
    assert (leg.over, phone.rings, leg.hangup_cause_code in HANGUP_CAUSES) == (True, rings, True)
    assert not machine.registry.newest


@pytest.mark.parametrize(("after", "joins"), [(0.0, True), (9.9, True), (10.0, False), (60.0, False)])
def test_emulator_phone_answers_after_a_while(after: float, joins: bool) -> None:
    """A phone answers after the seconds that it was told, if the ring timeout has not passed by then."""
    machine = new_machine()
    machine.phones.get("1").answers(after=after)
    (leg,) = add(machine, dialling("1")).calls
    machine.time.advance(100)
    assert leg.live is joins
    assert leg.answered_at == (after if joins else None)


def test_emulator_phone_answers_by_hand() -> None:
    """One that never answers can be picked up while it rings, and not before or after."""
    machine = new_machine()
    phone = machine.phones.get("1").never_answers()
    with pytest.raises(ValueError, match="1 has no call that is ringing"):
        phone.answer()
    add(machine, dialling("1"))
    machine.time.advance(3)
    phone.answer()
    assert phone.calls[0].answered_at == 3
    with pytest.raises(ValueError, match="no call that is ringing"):
        phone.answer()
    assert machine.registry.newest["a"].present == 1


def test_emulator_phone_numbers_compare_without_plus() -> None:
    """Numbers are the same with and without "+", and shown as they were first written; URIs are as they are."""
    machine = new_machine()
    phone = machine.phones.get("+1415")
    assert machine.phones.get("1415") is phone
    assert (phone.number, repr(phone.busy())) == ("+1415", "<Phone +1415 busy>")
    assert machine.phones.get("sip:bob@example.com").number == "sip:bob@example.com"
    with pytest.raises(ValueError, match="needs a number"):
        machine.phones.get("+")


def test_emulator_rings_count_every_phone() -> None:
    """Rings are found by any form of the number; a phone that was never rung has none and isn't listed."""
    machine = new_machine()
    rings = Rings(machine.phones)
    machine.phones.get("+1").never_answers()
    machine.phones.get("9")
    add(machine, dialling("1"))
    add(machine, dialling("1"))
    add(machine, dialling("2"))
    assert rings == {"+1": 2, "2": 1}
    assert (rings["1"], rings["+1"], rings["9"], rings["never heard of"]) == (2, 2, 0, 0)
    assert ("1" in rings, "9" in rings, len(rings)) == (True, False, 2)
    assert repr(rings) == "{'+1': 2, '2': 1}"


def test_emulator_parallel_dial_has_one_winner() -> None:
    """Of several phones the first to answer joins; the others ring once and have lost the race."""
    machine = new_machine()
    machine.phones.get("1").answers(after=5)
    machine.phones.get("2").answers(after=3)
    machine.phones.get("3").busy()
    added = add(machine, dialling("1", "2", "3"))
    assert added.request_uuid not in {leg.call_uuid for leg in added.calls}
    machine.time.advance(60)
    slow, fast, engaged = added.calls
    assert fast.live
    assert fate(slow) == ("cancel", "Lost Race", 3.0)
    assert fate(engaged) == ("busy", "Busy Line", 0.0)
    assert [one.call_uuid for one in machine.registry.newest["a"].participants] == [fast.call_uuid]
    assert dict(Rings(machine.phones)) == {"1": 1, "2": 1, "3": 1}


def test_emulator_parallel_dial_is_for_agents() -> None:
    """Several phones for another role are refused, and none of them rings."""
    machine = new_machine()
    with pytest.raises(RuleError, match="agents only") as refused:
        add(machine, dialling("1", "2", role="customer"))
    assert (refused.value.status, len(Rings(machine.phones))) == (400, 0)


@pytest.mark.parametrize(
    ("presses", "joins", "cause"),
    [("right", True, None), ("1", True, None), ("2", False, "Confirm Key Challenge Failed")],
)
def test_emulator_confirm_key(presses: str, joins: bool, cause: str | None) -> None:
    """Whoever is asked for a key joins with the right one, and loses its call with a wrong one."""
    machine = new_machine()
    machine.phones.get("7").confirm_key = presses
    (leg,) = add(machine, dialling("7", confirm_key="1")).calls
    machine.time.advance(30)
    assert (leg.live, leg.hangup_cause) == (joins, cause)
    assert ("a" in machine.registry.newest) is joins


def test_emulator_confirm_key_is_waited_for() -> None:
    """One who presses nothing may still press by hand, and is hung up when the time is up; he has won nothing."""
    machine = new_machine()
    for number in "12":
        machine.phones.get(number).confirm_key = None
    first, second = (add(machine, dialling(number, confirm_key="#")).calls[0] for number in "12")
    machine.time.advance(5)
    assert (first.live, first.mpc_uuid) == (True, None)
    machine.phones.get("1").press("#")
    machine.time.advance(60)
    assert first.mpc_uuid is not None
    assert fate(second) == ("completed", "Confirm Key Challenge Failed", 11.0)
    assert machine.registry.newest["a"].present == 1


def test_emulator_confirm_key_decides_the_race() -> None:
    """Who answers first and doesn't confirm has not won: another one may."""
    machine = new_machine()
    machine.phones.get("1").confirm_key = "0"
    machine.phones.get("2").answers(after=4)
    machine.phones.get("3").confirm_key = None
    first, second, third = add(machine, dialling("1", "2", "3", confirm_key="5")).calls
    machine.time.advance(60)
    assert fate(first) == ("completed", "Confirm Key Challenge Failed", 1.0)
    assert fate(third) == ("completed", "Lost Race", 4.0)
    assert second.live


def test_emulator_calls_are_dialled_one_after_the_other() -> None:
    """Calls wait for the account's calls per second, however many requests they come from; the first rings at once."""
    machine = new_machine(calls_per_second=2.0)
    added = [*add(machine, dialling("1", "2")).calls, *add(machine, dialling("3")).calls]
    assert [leg.status for leg in added] == ["ringing", "queued", "queued"]
    machine.time.advance(60)
    assert [leg.rang_at for leg in added] == [0.0, 0.5, 1.0]
    (later,) = add(machine, dialling("4"), 100).calls
    assert later.rang_at == 100


def test_emulator_dialling_may_be_delayed() -> None:
    """`delay_dial` and `ring_timeout` hold for each phone; one that wins meanwhile keeps the others from ringing."""
    machine = new_machine()
    joining = Joining(
        role="agent",
        from_="0",
        destinations=(
            Destination(to="1", ring_timeout=2),
            Destination(to="2", delay_dial=5),
            Destination(to="3", delay_dial=8),
        ),
    )
    machine.phones.get("1").never_answers()
    first, second, third = add(machine, joining).calls
    machine.time.advance(60)
    assert fate(first) == ("no-answer", "Ring Timeout Reached", 2.0)
    assert (second.rang_at, second.answered_at) == (5, 6)
    assert (third.rang_at, *fate(third)) == (None, "cancel", "Lost Race", 6.0)
    assert machine.phones.get("3").rings == 0


def test_emulator_what_a_phone_is_told_holds_from_now_on() -> None:
    """A call that rings already goes on as it began."""
    machine = new_machine()
    phone = machine.phones.get("1")
    (first,) = add(machine, dialling("1")).calls
    phone.busy()
    (second,) = add(machine, dialling("1"), 0.5).calls
    machine.time.advance(2)
    assert (first.live, second.status) == (True, "busy")
    assert phone.calls == [first, second]


@pytest.mark.parametrize("after", [-1, float("inf"), float("nan")])
def test_emulator_phone_refuses_impossible_waits(after: float) -> None:
    """A wait that is no number of seconds is a ValueError."""
    with pytest.raises(ValueError, match="after"):
        new_machine().phones.get("1").answers(after=after)


@pytest.mark.parametrize("key", ["", "12", "a", "²"])
def test_emulator_phone_has_twelve_keys(key: str) -> None:
    """A key that no phone has is a ValueError."""
    with pytest.raises(ValueError, match="is none of 0 1 2"):
        new_machine().phones.get("1").press(key)


def test_emulator_hanging_up() -> None:
    """Hanging up ends a live call and its stay, and rejects one that rings."""
    machine = new_machine()
    phone = machine.phones.get("1")
    (live,) = add(machine, dialling("1")).calls
    machine.time.advance(1)
    phone.never_answers()
    (ringing,) = add(machine, dialling("1", options=ConferenceOptions()), 2, name="b").calls
    phone.hang_up()
    assert fate(live) == ("completed", "Normal Hangup", 2.0)
    assert fate(ringing) == ("busy", "Rejected", 2.0)
    assert machine.registry.newest["a"].participants[0].exit_cause == "Participant Call Hangup"
    with pytest.raises(ValueError, match="ringing or in-progress"):
        phone.hang_up()


def test_emulator_hanging_up_twice_over() -> None:
    """A phone that is in a conference for two on both ends hangs up both calls, each ended once."""
    machine = new_machine()
    first, second = (add(machine, dialling("1")).calls[0] for _ in "12")
    machine.time.advance(1)
    machine.phones.get("1").hang_up()
    assert (fate(first), fate(second)) == (
        ("completed", "Normal Hangup", 1.0),
        ("completed", "Multiparty Call Ended", 1.0),
    )
    assert machine.registry.newest["a"].termination_cause_code == 1010


def test_emulator_call_states_are_told() -> None:
    """The states of a dialled call are told, its end with cause and duration; those of other requests are not."""
    machine = new_machine()
    add(machine, dialling("1", call_status_callback=CALLS))
    add(machine, dialling("2"))
    machine.time.advance(1)
    machine.time.advance(62.5)
    machine.phones.get("1").hang_up()
    told = [one.params for one in machine.told.records]
    assert [one["CallStatus"] for one in told] == ["ringing", "in-progress", "completed"]
    assert {one["CallUUID"] for one in told} == {machine.phones.get("1").calls[0].call_uuid}
    assert (told[0]["To"], told[0]["From"], told[0]["Direction"]) == ("1", "14150000000", "outbound")
    assert "HangupCauseCode" not in told[1]
    assert (told[2]["HangupCause"], told[2]["HangupCauseName"]) == ("NORMAL_CLEARING", "Normal Hangup")
    assert (told[2]["HangupCauseCode"], told[2]["Duration"], told[2]["BillDuration"]) == ("4000", "61", "120")


def test_emulator_phone_whose_network_gives_up() -> None:
    """It ends with 3000 before the ring timeout; who picks up in time is in."""
    machine = new_machine()
    phone = machine.phones.get("1").no_answer(after=5)
    (leg,) = add(machine, dialling("1", call_status_callback=CALLS)).calls
    machine.time.advance(60)
    assert fate(leg) == ("no-answer", "No Answer", 5.0)
    assert [one.params["CallStatus"] for one in machine.told.records] == ["ringing", "no-answer"]
    add(machine, dialling("1"), 60)
    phone.answer()
    machine.time.advance(120)
    assert machine.registry.newest["a"].present == 1
    with pytest.raises(ValueError, match="after: -1"):
        phone.no_answer(after=-1)


def test_emulator_digits_are_told() -> None:
    """Keys pressed in a conference are told to those who subscribe to them."""
    machine = new_machine()
    options = ConferenceOptions(status_callback=HOOK, status_callback_events=("participant-digit-input-events",))
    add(machine, dialling("1", options=options))
    machine.time.advance(1)
    machine.phones.get("1").press("5")
    assert events(machine) == ["ParticipantDigitInput"]
    assert (machine.told.records[0].params["DigitInput"], machine.told.records[0].params["MemberID"]) == ("5", "1")


def test_emulator_call_without_conference() -> None:
    """A call that came in is live, belongs to the phone that called, was never rung, and ends when that hangs up."""
    machine = new_machine()
    leg = rules.add_call(machine, 5.0, from_="+44", to="+1415", call_uuid="c")
    assert (leg.live, leg.direction, leg.far_end, leg.to, leg.rang_at) == (True, "inbound", "44", "1415", None)
    phone = machine.phones.get("44")
    assert (phone.calls, phone.rings) == ([leg], 0)
    phone.press("1")
    phone.hang_up()
    assert fate(leg) == ("completed", "Normal Hangup", 5.0)
    with pytest.raises(ValueError, match="a call with the UUID c already"):
        rules.add_call(machine, 5.0, from_="1", call_uuid="c")
