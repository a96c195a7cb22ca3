"""What happened, in order, once each, and what is inferred."""

import random
from datetime import UTC, datetime

from plivo_async.resources.following._news import News
from plivo_async.resources.following._timeline import timeline
from plivo_async.resources.following._translate import news_of
from plivo_async.webhooks import Event

from .told import MPC, event, of_member

LIFE: list[Event] = [
    event("MPCInitialized", 1, 0),
    of_member("ParticipantJoin", number=2, at=1),
    event("MPCStart", 3, 1),
    of_member("ParticipantMute", number=4, at=3),
    of_member("ParticipantExit", number=5, at=9),
    event("MPCEnd", 6, 9, MPCTerminationCause="No Active Participants"),
]


def news(events: list[Event]) -> list[News]:
    """What they tell."""
    return [one for one in map(news_of, events) if one is not None]


def test_doubled_and_shuffled_it_is_the_same() -> None:
    """By Plivo's time, within a second by its numbers."""
    whole = timeline(news(LIFE), status="Ended", mpc_uuid=MPC, mpc_name="room")
    assert [one.sequence for one in whole.entries] == [1, 2, 3, 4, 5, 6]
    assert not any(one.inferred for one in whole.entries)
    for seed in range(20):
        told = LIFE + LIFE[:3]
        random.Random(seed).shuffle(told)
        assert timeline(news(told), status="Ended", mpc_uuid=MPC, mpc_name="room") == whole


def test_looks_fill_the_gaps_and_say_so() -> None:
    """What was told isn't there twice; which numbers are missing is said."""
    seen = [
        News(
            what=what, at=datetime(2026, 11, 26, 12, 0, at, tzinfo=UTC), told_by="look", mpc_uuid=MPC, member_id=member
        )
        for what, at, member in (
            ("MPCInitialized", 0, None),
            ("ParticipantJoin", 1, "7"),
            ("MPCStart", 1, None),
            ("ParticipantJoin", 5, "8"),
        )
    ]
    told = news([one for one in LIFE if one.raw and ("SequenceNumber", "3") not in one.raw])
    found = timeline([*seen, *told], status="Ended", mpc_uuid=MPC, mpc_name="room")
    assert [(one.what, one.inferred) for one in found.entries] == [
        ("MPCInitialized", False),
        ("ParticipantJoin", False),
        ("MPCStart", True),
        ("ParticipantMute", False),
        ("ParticipantJoin", True),
        ("ParticipantExit", False),
        ("MPCEnd", False),
    ]
    assert found.missing == (3,)


def test_a_person_reads_it_and_sees_no_number() -> None:
    """A line each; numbers are masked, control characters shown."""
    text = str(timeline(news(LIFE), status="Ended", mpc_uuid=MPC, mpc_name="room \x1b[31m +14157654321", forgotten=2))
    assert text.splitlines() == [
        "room \\x1b[31m +*******4321: Ended",
        "  12:00:00  waits: its first participant is there",
        "  12:00:01  agent 7 *******4321 joins",
        "  12:00:01  is active",
        "  12:00:03  agent 7 *******4321 is muted",
        "  12:00:09  agent 7 *******4321 leaves",
        "  12:00:09  is over: No Active Participants",
        "  … 2 older entries were left out",
    ]
    assert str(timeline([], status=None, mpc_uuid=None, mpc_name=None)) == "None: nothing is known of it"
