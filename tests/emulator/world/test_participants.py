"""Participants of the emulator: how they join, what can be done with them, how they leave, and what that tells."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from plivo_async.emulator.world._controls import Sound
from plivo_async.emulator.world._rooms import Rooms
from plivo_async.emulator.world._values import Joining, RoomOptions, RuleError

from ..support import EPOCH
from .support import EXIT, HOOK, add, dialling, events, filled_room, new_rooms, transferring

WAITS: dict[str, Any] = {"start_mpc_on_enter": False}


def refusal(rooms: Rooms, method: str, *arguments: Any, **options: Any) -> int:
    """The status with which something is refused."""
    with pytest.raises(RuleError) as refused:
        getattr(rooms, method)(*arguments, **options)
    return refused.value.status


# ---- Joining ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("starts", "status"), [(True, "Active"), (False, "Initialized")])
def test_emulator_first_to_join_makes_the_conference(starts: bool, status: str) -> None:
    """A conference comes into being when the first one joins, Active if that one starts it."""
    rooms = new_rooms()
    room, (one,) = filled_room(rooms, dialling("1", start_mpc_on_enter=starts))
    assert (room.status, room.present, room.changes) == (status, 1, ((1, 0.0),))
    assert room.creation_time == one.join_time == rooms.wall(1)
    assert one.start_mpc_on_enter is starts


def test_emulator_waits_until_one_starts_it() -> None:
    """Those who don't start it wait; who starts it makes it Active as he joins."""
    rooms = new_rooms()
    room, _ = filled_room(rooms, dialling("1", **WAITS), dialling("2", **WAITS))
    assert (room.status, room.waiting) == ("Initialized", 2)
    add(rooms, dialling("3"), 5)
    rooms.advance(6)
    assert (room.status, room.start_time, room.present) == ("Active", rooms.wall(6), 3)
    assert room.activations == []  # nobody activated it over the API


def test_emulator_conference_may_come_with_the_request() -> None:
    """By a setting the conference is there from the request on, and ends with it if nobody ever comes."""
    rooms = new_rooms(created_by="request")
    rooms.phones.get("1").never_answers()
    add(rooms, dialling("1"))
    room = rooms.newest["a"]
    assert (room.status, room.present, room.changes) == ("Initialized", 0, ((1, 0.0),))
    add(rooms, dialling("2"), 9.5)
    rooms.advance(10.2)
    assert room.live  # the second is still ringing
    rooms.advance(10.5)
    assert (room.status, room.present) == ("Active", 1)
    rooms.phones.get("3").busy()
    add(rooms, dialling("3"), 20, name="b")
    assert (rooms.newest["b"].status, rooms.newest["b"].termination_cause_code) == ("Ended", 1000)


def test_emulator_participant_is_what_the_request_says() -> None:
    """Role and flags are those of the request; coach mode is for supervisors only; member ids count on."""
    rooms = new_rooms()
    room, (first, second) = filled_room(
        rooms,
        dialling("1", mute=True, end_mpc_on_exit=True),
        dialling("2", role="supervisor", hold=True),
    )
    assert (first.mute, first.hold, first.coach_mode, first.end_mpc_on_exit) == (True, False, False, True)
    assert (second.role, second.mute, second.hold, second.coach_mode) == ("supervisor", False, True, True)
    rooms.add("b", now=2, waiting=3)
    assert [one.member_id for one in rooms.newest["b"].participants] == ["3", "4", "5"]
    assert rooms.participants(room) == [second, first]
    assert rooms.participant(room, "1") is first
    assert refusal(rooms, "participant", room, "3") == 404


def test_emulator_first_word_on_the_conference_counts() -> None:
    """What was said of a conference stays; what nobody said is filled in by who joins later."""
    rooms = new_rooms()
    room, _ = filled_room(
        rooms,
        dialling("1", room=RoomOptions(max_participants=5, stay_alone=True)),
        dialling("2", room=RoomOptions(max_participants=2, stay_alone=False, max_duration=300)),
    )
    assert (room.max_participants, room.stay_alone, room.max_duration) == (5, True, 300)
    rooms.advance(301)
    assert (room.status, room.termination_cause_code, room.duration) == ("Ended", 2000, 300)


def test_emulator_full_conference_takes_nobody() -> None:
    """A full conference refuses; one that fills up while a phone rings lets it answer and hangs up."""
    rooms = new_rooms()
    rooms.phones.get("3").answers(after=3)
    room, _ = filled_room(rooms, dialling("1", room=RoomOptions(max_participants=2)))
    (late,) = add(rooms, dialling("3"), 1).calls
    add(rooms, dialling("2"), 1)
    rooms.advance(2)
    assert refusal(rooms, "add_participant", "a", None, dialling("4"), 2, by=2) == 400
    rooms.advance(5)
    assert (room.present, late.answered_at, late.hangup_cause_code) == (2, 4, 4000)


def test_emulator_unknown_uuid_makes_nothing() -> None:
    """By UUID only a live conference is joined."""
    rooms = new_rooms()
    room, _ = filled_room(rooms, dialling("1"))
    rooms.add_participant(None, room.mpc_uuid, dialling("2"), 1, by=2)
    rooms.advance(2)
    assert room.present == 2
    assert refusal(rooms, "add_participant", None, "nobody's", dialling("3"), 2, by=3) == 404
    rooms.end(room, 3)
    assert refusal(rooms, "add_participant", None, room.mpc_uuid, dialling("3"), 3, by=3) == 404
    assert rooms.phones.get("3").calls == []


def test_emulator_nobody_alone_where_nobody_may_be() -> None:
    """With `create_mpc_with_single_participant` off a phone that answers into nothing is hung up, a call not taken."""
    rooms = new_rooms()
    alone: dict[str, Any] = {"create_mpc_with_single_participant": False}
    (leg,) = add(rooms, dialling("1", **alone)).calls
    rooms.advance(1)
    assert (leg.hangup_cause, len(rooms.newest)) == ("Normal Hangup", 0)
    rooms.add_call(1, from_="2", call_uuid="c")
    assert refusal(rooms, "add_participant", "a", None, transferring("c", **alone), 1, by=1) == 404
    rooms.add("a", now=1)
    add(rooms, transferring("c", **alone), 1)
    assert rooms.newest["a"].present == 2


# ---- Transfer ---------------------------------------------------------------------------------------------------


def test_emulator_transfer_takes_a_live_call() -> None:
    """A call that has come in joins at once, without any ringing, and is not hung up with the conference."""
    rooms = new_rooms()
    leg = rooms.add_call(0, from_="+44")
    added = add(rooms, transferring(leg.call_uuid), 2)
    assert (added.request_uuid, added.calls) == (leg.call_uuid, (leg,))
    room = rooms.newest["a"]
    (one,) = room.participants
    assert (one.leg, one.member_address, one.join_time, room.status) == (leg, "44", rooms.wall(2), "Active")
    rooms.end(room, 5, by=2)
    assert (one.exit_cause, leg.live, leg.mpc_uuid) == ("Multiparty Call Ended", True, None)
    assert rooms.phones.get("44").rings == 0


def test_emulator_transfer_leaves_the_old_conference() -> None:
    """A call that is in a conference leaves that one, as transferred, and is another participant in the new one."""
    rooms = new_rooms()
    old, (first, second) = filled_room(rooms, dialling("1"), dialling("2", on_exit_action=EXIT))
    add(rooms, transferring(second.call_uuid), 61, name="b", by=9)
    (there,) = rooms.newest["b"].participants
    assert (second.exit_cause, second.duration) == ("Participant Call Transferred", 60)
    assert (there.call_uuid, there.member_id, there.role) == (second.call_uuid, "3", "customer")
    assert rooms.newest["b"].changes == ((9, 61),)
    assert (old.status, old.termination_cause_code) == ("Ended", 1010)  # one was left
    assert (first.exit_cause, first.leg.hangup_cause) == ("Multiparty Call Ended", "Multiparty Call Ended")
    assert events(rooms, EXIT) == []  # the call goes on elsewhere
    rooms.end(rooms.newest["b"], 70)
    assert there.leg.live


def test_emulator_transfer_needs_a_live_call() -> None:
    """An unknown call, one that rings, one that is over, and one that is here already are refused."""
    rooms = new_rooms()
    room, (one,) = filled_room(rooms, dialling("1"))
    rooms.phones.get("2").never_answers()
    rooms.phones.get("3").confirm_key = None
    (ringing,) = add(rooms, dialling("2"), 1).calls
    (asked,) = add(rooms, dialling("3", confirm_key="1"), 1).calls
    over = rooms.add_call(1, from_="4")
    rooms.phones.get("4").hang_up()
    rooms.advance(2)
    for uuid in ("unknown", ringing.call_uuid, asked.call_uuid, over.call_uuid):
        assert refusal(rooms, "add_participant", "b", None, transferring(uuid), 2, by=1) == 404
    assert refusal(rooms, "add_participant", "a", None, transferring(one.call_uuid), 2, by=1) == 400
    assert (room.present, list(rooms.newest)) == (1, ["a"])


def test_emulator_waiting_participants_are_calls() -> None:
    """Those who wait in a conference that was added are customers with numbers and calls, which can be transferred."""
    rooms = new_rooms()
    room = rooms.add("a", now=0, waiting=3)
    one = room.participants[1]
    assert len({each.call_uuid for each in room.participants}) == 3
    assert (one.role, one.join_time, one.present, one.leg.live) == ("customer", room.creation_time, True, True)
    add(rooms, transferring(one.call_uuid), 5, name="b")
    assert (room.present, rooms.newest["b"].present) == (2, 1)
    assert one.member_address == rooms.newest["b"].participants[0].member_address
    rooms.phones.get(one.member_address).hang_up()
    assert not rooms.newest["b"].live


def test_emulator_waiting_participants_do_not_depend_on_looking() -> None:
    """Who waits in a conference is the same whenever one looks."""

    def numbers(look: bool) -> list[tuple[str, str, str]]:
        rooms = new_rooms()
        room = rooms.add("a", now=0, waiting=2)
        if look:
            assert len(room.participants) == 2
        add(rooms, dialling("1"), 1)
        rooms.end(room, 5)
        return [(one.member_id, one.call_uuid, one.member_address) for one in room.participants]

    assert numbers(look=True) == numbers(look=False)


# ---- Update -----------------------------------------------------------------------------------------------------


def test_emulator_update_changes_flags() -> None:
    """Mute, hold and coach mode change as they are told, and what isn't said stays; who is told of is who changed."""
    rooms = new_rooms()
    room, (one, two) = filled_room(
        rooms, dialling("1", room=RoomOptions(status_callback=HOOK)), dialling("2", role="supervisor", mute=True)
    )
    before = len(rooms.callbacks)
    assert rooms.update(room, None, 2, mute=True, by=5) == [one, two]
    assert rooms.update(room, ("2",), 3, hold=True, coach_mode=False, by=6) == [two]
    assert rooms.update(room, ("1", "2", "1"), 4, mute=False, hold=False, by=7) == [one, two]
    rooms.update(room, ("2",), 5, coach_mode=True, by=8)
    assert (one.mute, one.hold, two.mute, two.hold, two.coach_mode) == (False, False, False, False, True)
    told = [(call.params["EventName"], call.params["MemberID"]) for call in rooms.callbacks[before:]]
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
    rooms = new_rooms()
    room, people = filled_room(rooms, dialling("1"), dialling("2", role="supervisor"), dialling("3", role="supervisor"))
    if status is None:
        rooms.update(room, members, 2, coach_mode=False, mute=True, by=2)
    else:
        assert refusal(rooms, "update", room, members, 2, coach_mode=False, mute=True, by=2) == status
    assert [one.mute for one in people] == [False, status is None, False]


def test_emulator_unknown_member_stops_the_rest() -> None:
    """One unknown or departed member in a list, and nothing is done to the others."""
    rooms = new_rooms()
    room, (one, two, _) = filled_room(rooms, dialling("1"), dialling("2"), dialling("3"))
    rooms.kick(room, ("2",), 2, by=2)
    for gone in ("2", "99"):
        for method in ("kick", "update"):
            more = {"mute": True} if method == "update" else {}
            assert refusal(rooms, method, room, ("1", gone), 3, **more, by=3) == 404
    assert (one.present, one.mute, two.present) == (True, False, False)


# ---- Leaving ----------------------------------------------------------------------------------------------------


def test_emulator_kick_hangs_up_dialled_calls_only() -> None:
    """A call that the API dialled is hung up with cause 4030; one that was transferred in lives on."""
    rooms = new_rooms()
    leg = rooms.add_call(0, from_="44")
    room, (guest, called, _, _) = filled_room(
        rooms, transferring(leg.call_uuid), dialling("1"), dialling("2"), dialling("3")
    )
    assert rooms.kick(room, (guest.member_id, called.member_id), 2, by=7) == [guest, called]
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
    rooms = new_rooms()
    options = RoomOptions(stay_alone=stay_alone)
    room, people = filled_room(rooms, *(dialling(number, room=options) for number in "123"))
    rooms.kick(room, tuple(people[index].member_id for index in leaves), 31, by=1)
    assert room.termination_cause_code == code
    assert room.live is (code is None)
    stayed = [one for index, one in enumerate(people) if index not in leaves]
    for one in stayed:
        assert one.present is room.live
        assert one.leg.hangup_cause_code == (None if room.live else 4020)


def test_emulator_first_alone_may_stay() -> None:
    """Who is alone from the beginning is not evicted; his leaving ends it."""
    rooms = new_rooms()
    room, _ = filled_room(rooms, dialling("1"))
    rooms.advance(1000)
    assert room.live
    rooms.phones.get("1").hang_up()
    assert (room.termination_cause_code, room.end_time) == (1000, rooms.wall(1000))


@pytest.mark.parametrize("code", [1000, 3000])
def test_emulator_one_may_take_all_with_him(code: int) -> None:
    """Who has `end_mpc_on_exit` ends the conference by leaving; its cause is a setting."""
    rooms = new_rooms(end_on_exit_cause=code)
    room, people = filled_room(rooms, dialling("1", end_mpc_on_exit=True), dialling("2"), dialling("3"))
    rooms.phones.get("1").hang_up()
    assert (room.status, room.termination_cause_code) == ("Ended", code)
    assert [one.exit_cause for one in people] == ["Participant Call Hangup", *["Multiparty Call Ended"] * 2]
    with pytest.raises(ValueError, match="cause: 7 is none of"):
        new_rooms(end_on_exit_cause=7)


def test_emulator_end_gives_up_whoever_still_rings() -> None:
    """Phones on their way into a conference that ends stop ringing, or never begin; others go on."""
    rooms = new_rooms(calls_per_second=1.0)
    room = rooms.add("a", now=0)
    rooms.phones.get("2").confirm_key = None
    (rings,) = add(rooms, dialling("1", ring_timeout=60)).calls
    rooms.phones.get("1").never_answers()
    (asked,) = add(rooms, dialling("2", confirm_key="1")).calls
    (other,) = add(rooms, dialling("3"), name="b").calls
    (queued,) = add(rooms, dialling("4")).calls
    rooms.end(room, 2.5, by=9)
    rooms.advance(60)
    assert [leg.hangup_cause_code for leg in (asked, queued)] == [4020, 1000]
    assert (queued.rang_at, rooms.phones.get("4").rings) == (None, 0)
    assert other.live
    assert rings.over


def test_emulator_on_exit_action_keeps_the_call() -> None:
    """Where a call is to go on at a URL, that is told with whose call it is, and nobody hangs it up."""
    rooms = new_rooms()
    _, (one, _, _) = filled_room(rooms, dialling("1", on_exit_action=EXIT), dialling("2"), dialling("3"))
    rooms.kick(rooms.newest["a"], (one.member_id,), 61, by=1)
    assert (one.leg.live, one.leg.mpc_uuid) == (True, None)
    (told,) = rooms.callbacks
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
    rooms = new_rooms()
    room, (one, two, three) = filled_room(rooms, *(dialling(number) for number in "123"))
    assert (one.duration, one.billed_duration, one.billed_amount) == (None, None, None)
    rooms.kick(room, ("1",), 2, by=1)
    rooms.end(room, 62, by=2)
    assert [each.duration for each in (one, two, three)] == [1, 61, 61]
    assert [each.billed_duration for each in (one, two, three)] == [60, 120, 120]
    assert (one.billed_amount, two.billed_amount) == (Decimal("0.00500"), Decimal("0.01000"))
    assert (room.duration, room.billed_duration, room.billed_amount) == (61, 300, Decimal("0.02500"))
    assert str(room.billed_amount) == "0.02500"


# ---- Sounds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sound", ["playing", "speaking"])
def test_emulator_sounds_stop_as_they_began(sound: Sound) -> None:
    """What was started for one is not stopped by `all`, and the other way round; stopping nothing does nothing."""
    rooms = new_rooms()
    room, (one, two) = filled_room(rooms, dialling("1"), dialling("2"))
    assert rooms.begin_sound(room, sound, "1", ("1",), "x", 2, by=2) == [one]
    assert rooms.begin_sound(room, sound, "all", None, "y", 2, by=3) == [one, two]
    rooms.begin_sound(room, sound, "1,2", ("1", "2"), "z", 2, by=4)
    assert getattr(room, sound) == {"1": "x", "all": "y", "1,2": "z"}
    assert not rooms.end_sound(room, sound, "2", ("2",), 3, by=5)
    assert rooms.end_sound(room, sound, "all", None, 3, by=6)
    assert not rooms.end_sound(room, sound, "all", None, 3, by=7)
    assert getattr(room, sound) == {"1": "x", "1,2": "z"}
    assert [change.request for change in room.changes] == [1, 1, 2, 3, 4, 6]
    assert refusal(rooms, "end_sound", room, sound, "9", ("9",), 3, by=8) == 404
    rooms.end(room, 4)
    assert getattr(room, sound) == {}


def test_emulator_sounds_end_with_those_who_hear_them() -> None:
    """What is played is over when the last one to whom it was played has left."""
    rooms = new_rooms()
    room, _ = filled_room(rooms, *(dialling(number) for number in "1234"))
    for members in (("1",), ("1", "2"), None):
        form = "all" if members is None else ",".join(members)
        rooms.begin_sound(room, "playing", form, members, "x", 2, by=2)
        rooms.begin_sound(room, "speaking", form, members, "y", 2, by=3)
    rooms.kick(room, ("1",), 3, by=4)
    assert (room.playing, room.speaking) == ({"1,2": "x", "all": "x"}, {"1,2": "y", "all": "y"})
    rooms.phones.get("2").hang_up()
    assert (room.playing, room.speaking) == ({"all": "x"}, {"all": "y"})


def test_emulator_ended_conference_obeys_nobody() -> None:
    """In an ended conference everything but reading is a 404."""
    rooms = new_rooms()
    room, (one,) = filled_room(rooms, dialling("1"))
    rooms.end(room, 2, by=2)
    before = room.applied
    assert refusal(rooms, "update", room, None, 3, mute=True, by=3) == 404
    assert refusal(rooms, "kick", room, None, 3, by=3) == 404
    assert refusal(rooms, "begin_sound", room, "playing", "all", None, "u", 3, by=3) == 404
    assert refusal(rooms, "end_sound", room, "playing", "all", None, 3, by=3) == 404
    assert refusal(rooms, "stop_recording", room, None, None, 3, by=3) == 404
    assert rooms.participants(room) == [one]
    assert rooms.select(room, None) == []
    assert room.applied == before


# ---- Status events ----------------------------------------------------------------------------------------------


def test_emulator_tells_a_conference_from_its_beginning_to_its_end() -> None:
    """The story of a conference for two, numbered from 1, each event with what belongs to it."""
    rooms = new_rooms()
    options = RoomOptions(status_callback=HOOK)
    room, _ = filled_room(rooms, dialling("1", room=options), dialling("2"))
    rooms.phones.get("2").hang_up()
    assert events(rooms) == [
        "MPCInitialized", "ParticipantJoin", "MPCStart",
        "ParticipantJoin", "ParticipantExit", "ParticipantExit", "MPCEnd",
    ]  # fmt: skip
    told = [one.params for one in rooms.callbacks]
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
    rooms = new_rooms()
    options = RoomOptions(status_callback=HOOK, status_callback_events=("add-participant-api-events",))
    rooms.phones.get("9").busy()
    add(rooms, dialling("9", room=options))
    filled_room(rooms, dialling("1", room=options), dialling("2"))
    told = [
        (
            one.params["EventName"].removeprefix("AddParticipantByAPIAction"),
            one.params["AddParticipantAPIRequestOutcome"],
            one.params["SequenceNumber"],
        )
        for one in rooms.callbacks
    ]
    assert told == [
        ("Initiated", "", ""),
        ("Completed", "failure", ""),
        ("Initiated", "", ""),
        ("Completed", "success", "1"),
        ("Completed", "success", "2"),
    ]
    add(rooms, transferring(rooms.add_call(2, from_="3").call_uuid), 2)
    rooms.phones.get("4").never_answers()
    add(rooms, dialling("4"), 3)
    rooms.end(rooms.newest["a"], 4)
    assert [name.removeprefix("AddParticipantByAPIAction") for name in events(rooms)[5:]] == [
        "Initiated", "Completed", "Initiated", "Completed",
    ]  # fmt: skip


def test_emulator_notes_callbacks_of_others() -> None:
    """The results of asynchronous requests stand in the same list."""
    rooms = new_rooms()
    rooms.note_callback(HOOK, {"message": "done"}, 3.0)
    (told,) = rooms.callbacks
    assert (told.at, told.url, told.method, told.params) == (3.0, HOOK.url, "POST", {"message": "done"})


def test_emulator_adding_defaults_to_nobody_special() -> None:
    """A request that says nothing else joins as it is, hears no event, and makes a conference as Plivo does."""
    rooms = new_rooms()
    room, (one,) = filled_room(rooms, Joining(role="customer", from_="0", destinations=dialling("1").destinations))
    assert (room.max_participants, room.max_duration, room.stay_alone) == (10, 14_400, False)
    assert (one.mute, one.hold, one.coach_mode, one.end_mpc_on_exit) == (False, False, False, False)
    assert rooms.callbacks == []
