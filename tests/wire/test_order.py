"""What keeps its order: operations on one thing have the same order key, and no two things share one."""

from plivo_async.wire import (
    Conference,
    Request,
    activate,
    add_participant,
    conference,
    end,
    kick,
    list_conferences,
    list_participants,
    member,
    members,
    pause_recording,
    play,
    resume_recording,
    retrieve,
    retrieve_participant,
    speak,
    start_recording,
    stop_playing,
    stop_recording,
    stop_speaking,
    update,
)

MPC, OTHER = conference("support"), conference("other")
ONE, BOTH = member(355), members(355, 356)
URL = "https://example.com/a.mp3"


def things(where: Conference) -> list[set[Request]]:
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


def test_operations_on_one_thing_have_one_key_of_their_own() -> None:
    """A key for each thing, the same for all that is done to it."""
    keys = [{request.order_key for request in thing} for thing in [*things(MPC), *things(OTHER)]]
    assert all(len(each) == 1 for each in keys)
    assert len(set.union(*keys)) == len(keys)
    assert "" not in set.union(*keys)


def test_what_only_reads_and_what_dials_waits_for_nobody() -> None:
    """Looks are free at any time, and phones are rung at the same time."""
    dial = add_participant(MPC, {"role": "agent", "from_": "+14150000000", "to": "+14157654321"})
    looks = [
        retrieve(MPC),
        retrieve_participant(MPC, ONE),
        list_participants(MPC),
        list_conferences({}),
    ]
    assert {request.order_key for request in [dial, *looks]} == {""}
