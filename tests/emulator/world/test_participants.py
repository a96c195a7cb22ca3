"""Participants of the emulator: how they join, what can be done with them, how they leave, and what that tells."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from plivo_async.emulator.world import _controls as controls
from plivo_async.emulator.world import _rules as rules
from plivo_async.emulator.world._controls import Sound
from plivo_async.emulator.world._machine import Machine
from plivo_async.emulator.world._values import ConferenceOptions, Joining, RuleError

from ..support import EPOCH
from .support import EXIT, HOOK, add, dialling, events, filled_room, new_machine, transferring

WAITS: dict[str, Any] = {"start_mpc_on_enter": False}


def refusal(machine: Machine, method: str, *arguments: Any, **options: Any) -> int:
    """The status with which something is refused."""
    with pytest.raises(RuleError) as refused:
        getattr(rules if hasattr(rules, method) else controls, method)(machine, *arguments, **options)
    return refused.value.status


# ---- Joining ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("starts", "status"), [(True, "Active"), (False, "Initialized")])
def test_emulator_first_to_join_makes_the_conference(starts: bool, status: str) -> None:
    """A conference comes into being when the first one joins, Active if that one starts it."""
    machine = new_machine()
    room, (one,) = filled_room(machine, dialling("1", start_mpc_on_enter=starts))
    assert (room.status, room.present, room.changes) == (status, 1, ((1, 0.0),))
    assert room.creation_time == one.join_time == machine.time.wall(1)
    assert one.start_mpc_on_enter is starts


def test_emulator_waits_until_one_starts_it() -> None:
    """Those who don't start it wait; who starts it makes it Active as he joins."""
    machine = new_machine()
    room, _ = filled_room(machine, dialling("1", **WAITS), dialling("2", **WAITS))
    assert (room.status, room.waiting) == ("Initialized", 2)
    add(machine, dialling("3"), 5)
    machine.time.advance(6)
    assert (room.status, room.start_time, room.present) == ("Active", machine.time.wall(6), 3)
    assert room.activations == []  # nobody activated it over the API


def test_emulator_conference_may_come_with_the_request() -> None:
    """By a setting the conference is there from the request on, and ends with it if nobody ever comes."""
    machine = new_machine(created_by="request")
    machine.phones.get("1").never_answers()
    add(machine, dialling("1"))
    room = machine.registry.newest["a"]
    assert (room.status, room.present, room.changes) == ("Initialized", 0, ((1, 0.0),))
    add(machine, dialling("2"), 9.5)
    machine.time.advance(10.2)
    assert room.live  # the second is still ringing
    machine.time.advance(10.5)
    assert (room.status, room.present) == ("Active", 1)
    machine.phones.get("3").busy()
    add(machine, dialling("3"), 20, name="b")
    assert (machine.registry.newest["b"].status, machine.registry.newest["b"].termination_cause_code) == ("Ended", 1000)


def test_emulator_participant_is_what_the_request_says() -> None:
    """Role and flags are those of the request; coach mode is for supervisors only; member ids count on."""
    machine = new_machine()
    room, (first, second) = filled_room(
        machine,
        dialling("1", mute=True, end_mpc_on_exit=True),
        dialling("2", role="supervisor", hold=True),
    )
    assert (first.mute, first.hold, first.coach_mode, first.end_mpc_on_exit) == (True, False, False, True)
    assert (second.role, second.mute, second.hold, second.coach_mode) == ("supervisor", False, True, True)
    rules.add(machine, "b", now=2, waiting=3)
    assert [one.member_id for one in machine.registry.newest["b"].participants] == ["3", "4", "5"]
    assert controls.participants(machine, room) == [second, first]
    assert controls.participant(machine, room, "1") is first
    assert refusal(machine, "participant", room, "3") == 404


def test_emulator_first_word_on_the_conference_counts() -> None:
    """What was said of a conference stays; what nobody said is filled in by who joins later."""
    machine = new_machine()
    room, _ = filled_room(
        machine,
        dialling("1", options=ConferenceOptions(max_participants=5, stay_alone=True)),
        dialling("2", options=ConferenceOptions(max_participants=2, stay_alone=False, max_duration=300)),
    )
    assert (room.max_participants, room.stay_alone, room.max_duration) == (5, True, 300)
    machine.time.advance(301)
    assert (room.status, room.termination_cause_code, room.duration) == ("Ended", 2000, 300)


def test_emulator_full_conference_takes_nobody() -> None:
    """A full conference refuses; one that fills up while a phone rings lets it answer and hangs up."""
    machine = new_machine()
    machine.phones.get("3").answers(after=3)
    room, _ = filled_room(machine, dialling("1", options=ConferenceOptions(max_participants=2)))
    (late,) = add(machine, dialling("3"), 1).calls
    add(machine, dialling("2"), 1)
    machine.time.advance(2)
    assert refusal(machine, "add_participant", "a", None, dialling("4"), 2, by=2) == 400
    machine.time.advance(5)
    assert (room.present, late.answered_at, late.hangup_cause_code) == (2, 4, 4000)


def test_emulator_unknown_uuid_makes_nothing() -> None:
    """By UUID only a live conference is joined."""
    machine = new_machine()
    room, _ = filled_room(machine, dialling("1"))
    rules.add_participant(machine, None, room.mpc_uuid, dialling("2"), 1, by=2)
    machine.time.advance(2)
    assert room.present == 2
    assert refusal(machine, "add_participant", None, "nobody's", dialling("3"), 2, by=3) == 404
    rules.end(machine, room, 3)
    assert refusal(machine, "add_participant", None, room.mpc_uuid, dialling("3"), 3, by=3) == 404
    assert machine.phones.get("3").calls == []


def test_emulator_nobody_alone_where_nobody_may_be() -> None:
    """With `create_mpc_with_single_participant` off a phone that answers into nothing is hung up, a call not taken."""
    machine = new_machine()
    alone: dict[str, Any] = {"create_mpc_with_single_participant": False}
    (leg,) = add(machine, dialling("1", **alone)).calls
    machine.time.advance(1)
    assert (leg.hangup_cause, len(machine.registry.newest)) == ("Normal Hangup", 0)
    rules.add_call(machine, 1, from_="2", call_uuid="c")
    assert refusal(machine, "add_participant", "a", None, transferring("c", **alone), 1, by=1) == 404
    rules.add(machine, "a", now=1)
    add(machine, transferring("c", **alone), 1)
    assert machine.registry.newest["a"].present == 2


# ---- Transfer ---------------------------------------------------------------------------------------------------


def test_emulator_transfer_takes_a_live_call() -> None:
    """A call that has come in joins at once, without any ringing, and is not hung up with the conference."""
    machine = new_machine()
    leg = rules.add_call(machine, 0, from_="+44")
    added = add(machine, transferring(leg.call_uuid), 2)
    assert (added.request_uuid, added.calls) == (leg.call_uuid, (leg,))
    room = machine.registry.newest["a"]
    (one,) = room.participants
    assert (one.leg, one.member_address, one.join_time, room.status) == (leg, "44", machine.time.wall(2), "Active")
    rules.end(machine, room, 5, by=2)
    assert (one.exit_cause, leg.live, leg.mpc_uuid) == ("Multiparty Call Ended", True, None)
    assert machine.phones.get("44").rings == 0


def test_emulator_transfer_leaves_the_old_conference() -> None:
    """A call that is in a conference leaves that one, as transferred, and is another participant in the new one."""
    machine = new_machine()
    old, (first, second) = filled_room(machine, dialling("1"), dialling("2", on_exit_action=EXIT))
    add(machine, transferring(second.call_uuid), 61, name="b", by=9)
    (there,) = machine.registry.newest["b"].participants
    assert (second.exit_cause, second.duration) == ("Participant Call Transferred", 60)
    assert (there.call_uuid, there.member_id, there.role) == (second.call_uuid, "3", "customer")
    assert machine.registry.newest["b"].changes == ((9, 61),)
    assert (old.status, old.termination_cause_code) == ("Ended", 1010)  # one was left
    assert (first.exit_cause, first.leg.hangup_cause) == ("Multiparty Call Ended", "Multiparty Call Ended")
    assert events(machine, EXIT) == []  # the call goes on elsewhere
    rules.end(machine, machine.registry.newest["b"], 70)
    assert there.leg.live


def test_emulator_transfer_needs_a_live_call() -> None:
    """An unknown call, one that rings, one that is over, and one that is here already are refused."""
    machine = new_machine()
    room, (one,) = filled_room(machine, dialling("1"))
    machine.phones.get("2").never_answers()
    machine.phones.get("3").confirm_key = None
    (ringing,) = add(machine, dialling("2"), 1).calls
    (asked,) = add(machine, dialling("3", confirm_key="1"), 1).calls
    over = rules.add_call(machine, 1, from_="4")
    machine.phones.get("4").hang_up()
    machine.time.advance(2)
    for uuid in ("unknown", ringing.call_uuid, asked.call_uuid, over.call_uuid):
        assert refusal(machine, "add_participant", "b", None, transferring(uuid), 2, by=1) == 404
    assert refusal(machine, "add_participant", "a", None, transferring(one.call_uuid), 2, by=1) == 400
    assert (room.present, list(machine.registry.newest)) == (1, ["a"])


def test_emulator_waiting_participants_are_calls() -> None:
    """Those who wait in a conference that was added are customers with numbers and calls, which can be transferred."""
    machine = new_machine()
    room = rules.add(machine, "a", now=0, waiting=3)
    one = room.participants[1]
    assert len({each.call_uuid for each in room.participants}) == 3
    assert (one.role, one.join_time, one.present, one.leg.live) == ("customer", room.creation_time, True, True)
    add(machine, transferring(one.call_uuid), 5, name="b")
    assert (room.present, machine.registry.newest["b"].present) == (2, 1)
    assert one.member_address == machine.registry.newest["b"].participants[0].member_address
    machine.phones.get(one.member_address).hang_up()
    assert not machine.registry.newest["b"].live


def test_emulator_waiting_participants_do_not_depend_on_looking() -> None:
    """Who waits in a conference is the same whenever one looks."""

    def numbers(look: bool) -> list[tuple[str, str, str]]:
        machine = new_machine()
        room = rules.add(machine, "a", now=0, waiting=2)
        if look:
            assert len(room.participants) == 2
        add(machine, dialling("1"), 1)
        rules.end(machine, room, 5)
        return [(one.member_id, one.call_uuid, one.member_address) for one in room.participants]

    assert numbers(look=True) == numbers(look=False)


# ---- Update -----------------------------------------------------------------------------------------------------


def test_emulator_update_changes_flags() -> None:
    """Mute, hold and coach mode change as they are told, and what isn't said stays; who is told of is who changed."""
    machine = new_machine()
    room, (one, two) = filled_room(
        machine,
        dialling("1", options=ConferenceOptions(status_callback=HOOK)),
        dialling("2", role="supervisor", mute=True),
    )
    before = len(machine.told.records)
    assert controls.update(machine, room, None, 2, mute=True, by=5) == [one, two]
    assert controls.update(machine, room, ("2",), 3, hold=True, coach_mode=False, by=6) == [two]
    assert controls.update(machine, room, ("1", "2", "1"), 4, mute=False, hold=False, by=7) == [one, two]
    controls.update(machine, room, ("2",), 5, coach_mode=True, by=8)
    assert (one.mute, one.hold, two.mute, two.hold, two.coach_mode) == (False, False, False, False, True)
    told = [(call.params["EventName"], call.params["MemberID"]) for call in machine.told.records[before:]]
    assert told == [
        ("ParticipantMute", "1"),
        ("ParticipantHold", "2"),
        ("ParticipantCoachModeStop", "2"),
        ("ParticipantUnmute", "1"),
        ("ParticipantUnmute", "2"),
        ("ParticipantUnhold", "2"),
        ("ParticipantCoachModeStart", "2"),
    ]
    assert [change.request for change in room.changes] == [1, 1, 5, 6, 7, 8]
    assert room.applied == 6


@pytest.mark.parametrize(
    ("members", "status"),
    [(None, 400), (("1",), 400), (("2", "3"), 400), (("2", "9"), 404), ((), 400), (("2",), None)],
)
def test_emulator_coach_mode_is_for_one_supervisor(members: tuple[str, ...] | None, status: int | None) -> None:
    """Coach mode for all, for several, or for another role is refused; an unknown member before that."""
    machine = new_machine()
    room, people = filled_room(
        machine, dialling("1"), dialling("2", role="supervisor"), dialling("3", role="supervisor")
    )
    if status is None:
        controls.update(machine, room, members, 2, coach_mode=False, mute=True, by=2)
    else:
        assert refusal(machine, "update", room, members, 2, coach_mode=False, mute=True, by=2) == status
    assert [one.mute for one in people] == [False, status is None, False]


def test_emulator_unknown_member_stops_the_rest() -> None:
    """One unknown or departed member in a list, and nothing is done to the others."""
    machine = new_machine()
    room, (one, two, _) = filled_room(machine, dialling("1"), dialling("2"), dialling("3"))
    controls.kick(machine, room, ("2",), 2, by=2)
    for gone in ("2", "99"):
        for method in ("kick", "update"):
            more = {"mute": True} if method == "update" else {}
            assert refusal(machine, method, room, ("1", gone), 3, **more, by=3) == 404
    assert (one.present, one.mute, two.present) == (True, False, False)


# ---- Leaving ----------------------------------------------------------------------------------------------------


def test_emulator_kick_hangs_up_dialled_calls_only() -> None:
    """A call that the API dialled is hung up with cause 4030; one that was transferred in lives on."""
    machine = new_machine()
    leg = rules.add_call(machine, 0, from_="44")
    room, (guest, called, _, _) = filled_room(
        machine, transferring(leg.call_uuid), dialling("1"), dialling("2"), dialling("3")
    )
    assert controls.kick(machine, room, (guest.member_id, called.member_id), 2, by=7) == [guest, called]
    assert guest.exit_cause == called.exit_cause == "Kicked Out of Multiparty Call"
    assert (called.leg.hangup_cause_code, leg.live, room.present) == (4030, True, 2)
    assert room.live


@pytest.mark.parametrize(
    ("leaves", "stay_alone", "code"),
    [
        ((0, 1, 2), False, 1000),
        ((0, 1), False, 1010),
        ((0, 1), True, None),
        ((0,), False, None),
    ],
)
def test_emulator_conference_ends_with_its_participants(
    leaves: tuple[int, ...], stay_alone: bool, code: int | None
) -> None:
    """The last to leave ends it; so does leaving one alone where none may stay alone."""
    machine = new_machine()
    options = ConferenceOptions(stay_alone=stay_alone)
    room, people = filled_room(machine, *(dialling(number, options=options) for number in "123"))
    controls.kick(machine, room, tuple(people[index].member_id for index in leaves), 31, by=1)
    assert room.termination_cause_code == code
    assert room.live is (code is None)
    stayed = [one for index, one in enumerate(people) if index not in leaves]
    for one in stayed:
        assert one.present is room.live
        assert one.leg.hangup_cause_code == (None if room.live else 4020)


def test_emulator_first_alone_may_stay() -> None:
    """Who is alone from the beginning is not evicted; his leaving ends it."""
    machine = new_machine()
    room, _ = filled_room(machine, dialling("1"))
    machine.time.advance(1000)
    assert room.live
    machine.phones.get("1").hang_up()
    assert (room.termination_cause_code, room.end_time) == (1000, machine.time.wall(1000))


@pytest.mark.parametrize("code", [1000, 3000])
def test_emulator_one_may_take_all_with_him(code: int) -> None:
    """Who has `end_mpc_on_exit` ends the conference by leaving; its cause is a setting."""
    machine = new_machine(end_on_exit_cause=code)
    room, people = filled_room(machine, dialling("1", end_mpc_on_exit=True), dialling("2"), dialling("3"))
    machine.phones.get("1").hang_up()
    assert (room.status, room.termination_cause_code) == ("Ended", code)
    assert [one.exit_cause for one in people] == ["Participant Call Hangup", *["Multiparty Call Ended"] * 2]
    with pytest.raises(ValueError, match="cause: 7 is none of"):
        new_machine(end_on_exit_cause=7)


def test_emulator_end_gives_up_whoever_still_rings() -> None:
    """Phones on their way into a conference that ends stop ringing, or never begin; others go on."""
    machine = new_machine(calls_per_second=1.0)
    room = rules.add(machine, "a", now=0)
    machine.phones.get("2").confirm_key = None
    (rings,) = add(machine, dialling("1", ring_timeout=60)).calls
    machine.phones.get("1").never_answers()
    (asked,) = add(machine, dialling("2", confirm_key="1")).calls
    (other,) = add(machine, dialling("3"), name="b").calls
    (queued,) = add(machine, dialling("4")).calls
    rules.end(machine, room, 2.5, by=9)
    machine.time.advance(60)
    assert [leg.hangup_cause_code for leg in (asked, queued)] == [4020, 1000]
    assert (queued.rang_at, machine.phones.get("4").rings) == (None, 0)
    assert other.live
    assert rings.over


def test_emulator_on_exit_action_keeps_the_call() -> None:
    """Where a call is to go on at a URL, that is told with whose call it is, and nobody hangs it up."""
    machine = new_machine()
    _, (one, _, _) = filled_room(machine, dialling("1", on_exit_action=EXIT), dialling("2"), dialling("3"))
    controls.kick(machine, machine.registry.newest["a"], (one.member_id,), 61, by=1)
    assert (one.leg.live, one.leg.mpc_uuid) == (True, None)
    (told,) = machine.told.records
    assert (told.at, told.url, told.method) == (61, EXIT.url, "POST")
    assert told.params == {
        "MPCUUID": one.mpc_uuid,
        "MPCFriendlyName": "a",
        "MemberID": "1",
        "ParticipantCallUUID": one.call_uuid,
        "ParticipantJoinTime": "2026-11-23 12:00:01+00:00",
        "ParticipantEndTime": "2026-11-23 12:01:01+00:00",
        "ParticipantRole": "agent",
    }


def test_emulator_each_pays_for_minutes_begun() -> None:
    """Whoever came for a second pays for a minute; the conference for all who were ever in it."""
    machine = new_machine()
    room, (one, two, three) = filled_room(machine, *(dialling(number) for number in "123"))
    assert (one.duration, one.billed_duration, one.billed_amount) == (None, None, None)
    controls.kick(machine, room, ("1",), 2, by=1)
    rules.end(machine, room, 62, by=2)
    assert [each.duration for each in (one, two, three)] == [1, 61, 61]
    assert [each.billed_duration for each in (one, two, three)] == [60, 120, 120]
    assert (one.billed_amount, two.billed_amount) == (Decimal("0.00500"), Decimal("0.01000"))
    assert (room.duration, room.billed_duration, room.billed_amount) == (61, 300, Decimal("0.02500"))
    assert str(room.billed_amount) == "0.02500"


# ---- Sounds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sound", ["playing", "speaking"])
def test_emulator_sounds_stop_as_they_began(sound: Sound) -> None:
    """What was started for one is not stopped by `all`, and the other way round; stopping nothing does nothing."""
    machine = new_machine()
    room, (one, two) = filled_room(machine, dialling("1"), dialling("2"))
    assert controls.begin_sound(machine, room, sound, "1", ("1",), "x", 2, by=2) == [one]
    assert controls.begin_sound(machine, room, sound, "all", None, "y", 2, by=3) == [one, two]
    controls.begin_sound(machine, room, sound, "1,2", ("1", "2"), "z", 2, by=4)
    assert getattr(room, sound) == {"1": "x", "all": "y", "1,2": "z"}
    assert not controls.end_sound(machine, room, sound, "2", ("2",), 3, by=5)
    assert controls.end_sound(machine, room, sound, "all", None, 3, by=6)
    assert not controls.end_sound(machine, room, sound, "all", None, 3, by=7)
    assert getattr(room, sound) == {"1": "x", "1,2": "z"}
    assert [change.request for change in room.changes] == [1, 1, 2, 3, 4, 6]
    assert refusal(machine, "end_sound", room, sound, "9", ("9",), 3, by=8) == 404
    rules.end(machine, room, 4)
    assert getattr(room, sound) == {}


def test_emulator_sounds_end_with_those_who_hear_them() -> None:
    """What is played is over when the last one to whom it was played has left."""
    machine = new_machine()
    room, _ = filled_room(machine, *(dialling(number) for number in "1234"))
    for members in (("1",), ("1", "2"), None):
        form = "all" if members is None else ",".join(members)
        controls.begin_sound(machine, room, "playing", form, members, "x", 2, by=2)
        controls.begin_sound(machine, room, "speaking", form, members, "y", 2, by=3)
    controls.kick(machine, room, ("1",), 3, by=4)
    assert (room.playing, room.speaking) == ({"1,2": "x", "all": "x"}, {"1,2": "y", "all": "y"})
    machine.phones.get("2").hang_up()
    assert (room.playing, room.speaking) == ({"all": "x"}, {"all": "y"})


def test_emulator_ended_conference_obeys_nobody() -> None:
    """In an ended conference everything but reading is a 404."""
    machine = new_machine()
    room, (one,) = filled_room(machine, dialling("1"))
    rules.end(machine, room, 2, by=2)
    before = room.applied
    assert refusal(machine, "update", room, None, 3, mute=True, by=3) == 404
    assert refusal(machine, "kick", room, None, 3, by=3) == 404
    assert refusal(machine, "begin_sound", room, "playing", "all", None, "u", 3, by=3) == 404
    assert refusal(machine, "end_sound", room, "playing", "all", None, 3, by=3) == 404
    assert refusal(machine, "stop_recording", room, None, None, 3, by=3) == 404
    assert controls.participants(machine, room) == [one]
    assert controls.select(machine, room, None) == []
    assert room.applied == before


# ---- Status events ----------------------------------------------------------------------------------------------


def test_emulator_tells_a_conference_from_its_beginning_to_its_end() -> None:
    """The story of a conference for two, numbered from 1, each event with what belongs to it."""
    machine = new_machine()
    options = ConferenceOptions(status_callback=HOOK)
    room, _ = filled_room(machine, dialling("1", options=options), dialling("2"))
    machine.phones.get("2").hang_up()
    assert events(machine) == [
        "MPCInitialized", "ParticipantJoin", "MPCStart",
        "ParticipantJoin", "ParticipantExit", "ParticipantExit", "MPCEnd",
    ]  # fmt: skip
    told = [one.params for one in machine.told.records]
    assert [one["SequenceNumber"] for one in told] == list("1234567")
    assert {(one["MPCUUID"], one["MPCName"]) for one in told} == {(room.mpc_uuid, "a")}
    assert told[0]["EventTimestamp"] == (EPOCH + timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M:%S+00:00")
    assert (told[0]["MemberID"], told[0]["MPCDuration"]) == ("", "")
    joined = {
        "MemberID": "1",
        "MemberAddress": "1",
        "ParticipantCallUUID": room.participants[0].call_uuid,
        "ParticipantCallFrom": "14150000000",
        "ParticipantCallTo": "1",
        "ParticipantCallDirection": "outbound",
        "ParticipantRole": "agent",
        "ParticipantCoachMode": "false",
    }
    assert joined.items() <= told[1].items()
    end = {
        "MPCDuration": "0",
        "MPCBilledDuration": "0",
        "MPCBilledAmount": "0.00000",
        "MPCTerminationCause": "Stay Alone Not Permitted",
        "MPCTerminationCauseCode": "1010",
        "MemberID": "",
    }
    assert end.items() <= told[6].items()


def test_emulator_tells_what_is_subscribed_to() -> None:
    """Only the groups that were asked for are told; requests to add somebody before there is a conference as well."""
    machine = new_machine()
    options = ConferenceOptions(status_callback=HOOK, status_callback_events=("add-participant-api-events",))
    machine.phones.get("9").busy()
    add(machine, dialling("9", options=options))
    filled_room(machine, dialling("1", options=options), dialling("2"))
    told = [
        (
            one.params["EventName"].removeprefix("AddParticipantByAPIAction"),
            one.params["AddParticipantAPIRequestOutcome"],
            one.params["SequenceNumber"],
        )
        for one in machine.told.records
    ]
    assert told == [
        ("Initiated", "", ""),
        ("Completed", "failure", ""),
        ("Initiated", "", ""),
        ("Completed", "success", "1"),
        ("Completed", "success", "2"),
    ]
    add(machine, transferring(rules.add_call(machine, 2, from_="3").call_uuid), 2)
    machine.phones.get("4").never_answers()
    add(machine, dialling("4"), 3)
    rules.end(machine, machine.registry.newest["a"], 4)
    assert [name.removeprefix("AddParticipantByAPIAction") for name in events(machine)[5:]] == [
        "Initiated", "Completed", "Initiated", "Completed",
    ]  # fmt: skip


def test_emulator_notes_callbacks_of_others() -> None:
    """The results of asynchronous requests stand in the same list."""
    machine = new_machine()
    rules.note_callback(machine, HOOK, {"message": "done"}, 3.0)
    (told,) = machine.told.records
    assert (told.at, told.url, told.method, told.params) == (3.0, HOOK.url, "POST", {"message": "done"})


def test_emulator_adding_defaults_to_nobody_special() -> None:
    """A request that says nothing else joins as it is, hears no event, and makes a conference as Plivo does."""
    machine = new_machine()
    room, (one,) = filled_room(machine, Joining(role="customer", from_="0", destinations=dialling("1").destinations))
    assert (room.max_participants, room.max_duration, room.stay_alone) == (10, 14_400, False)
    assert (one.mute, one.hold, one.coach_mode, one.end_mpc_on_exit) == (False, False, False, False)
    assert machine.told.records == []
