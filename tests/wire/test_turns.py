"""What keeps its order: operations on one thing have the same turn, and no two things share one."""

from plivo_async.wire import (
    Request,
    Room,
    activate,
    add_participant,
    end,
    kick,
    list_calls,
    list_participants,
    member,
    members,
    pause_recording,
    play,
    resume_recording,
    retrieve,
    retrieve_participant,
    room,
    speak,
    start_recording,
    stop_playing,
    stop_recording,
    stop_speaking,
    update,
)

ROOM, OTHER = room("support"), room("other")
ONE, BOTH = member(355), members(355, 356)
URL = "https://example.com/a.mp3"


def things(where: Room) -> list[set[Request]]:
    """Operations on a conference, grouped by what they are done to."""
    recording = (start_recording, pause_recording, resume_recording, stop_recording)
    return [
        {activate(where), end(where)},
        {update(where, ONE, mute=True), update(where, ONE, hold=False), kick(where, ONE)},
        {update(where, BOTH, mute=True), kick(where, BOTH)},
        {control(where) for control in recording},
        {control(where, ONE) for control in recording},
        {play(where, ONE, URL), stop_playing(where, ONE)},
        {speak(where, ONE, "Hello"), stop_speaking(where, ONE)},
        {play(where, BOTH, URL), stop_playing(where, BOTH)},
    ]


def test_operations_on_one_thing_have_one_turn_of_their_own() -> None:
    """A turn for each thing, the same for all that is done to it."""
    turns = [{request.turn for request in thing} for thing in [*things(ROOM), *things(OTHER)]]
    assert all(len(each) == 1 for each in turns)
    assert len(set.union(*turns)) == len(turns)
    assert "" not in set.union(*turns)


def test_what_only_reads_and_what_dials_waits_for_nobody() -> None:
    """Looks are free at any time, and phones are rung at the same time."""
    dial = add_participant(ROOM, {"role": "agent", "from_": "+14150000000", "to": "+14157654321"}, callback=None)
    looks = [retrieve(ROOM), retrieve_participant(ROOM, ONE), list_participants(ROOM), list_calls({})]
    assert {request.turn for request in [dial, *looks]} == {""}
