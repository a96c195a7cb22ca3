"""What is known, whatever the order in which it is told."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.policy import CallOutcome
from plivo_async.resources.following import _memory
from plivo_async.resources.following._memory import Memory
from plivo_async.resources.following._news import News
from plivo_async.resources.following._translate import news_of
from plivo_async.webhooks import Event

from .told import CALL, MPC, OTHER, event, of_call, of_member

LIFE = [
    event("MPCInitialized", 1, 0),
    of_member("ParticipantJoin", number=2, at=1),
    event("MPCStart", 3, 1),
    of_member("ParticipantExit", number=4, at=9),
    event("MPCEnd", 5, 9),
]


def heard(events: Sequence[Event]) -> Memory:
    """A memory of these, one a second."""
    memory = Memory()
    for now, one in enumerate(events):
        news = news_of(one)
        assert news is not None
        memory.take(news, float(now))
    return memory


@pytest.mark.parametrize("order", list(permutations(LIFE))[::7])
def test_the_order_in_which_it_is_told_changes_nothing(order: tuple[Event, ...]) -> None:
    """What a conference was, who left, and how the call went on."""
    known = heard(order).conference(MPC, None)
    assert known is not None
    assert (known.status, set(known.reached), set(known.left)) == ("Ended", {"Initialized", "Active", "Ended"}, {"7"})
    leg = heard(order).leg(CALL)
    assert leg is not None
    assert leg.outcome is CallOutcome.ANSWERED


@given(st.lists(st.sampled_from(LIFE), min_size=1, max_size=20))
def test_what_is_told_again_is_no_news(events: list[Event]) -> None:
    """Only the first telling is kept."""
    known = heard(events).conference(MPC, None)
    assert known is not None
    assert len(known.news) == len({one.dedupe_key for one in events})


def test_a_name_means_the_conference_that_had_it_last_by_plivos_time() -> None:
    """Also when what belongs to the one before comes later."""
    memory = heard([event("MPCStart", 1, 100, OTHER), event("MPCEnd", 9, 50, MPC)])
    known = memory.conference(None, "room")
    assert known is not None
    assert known.mpc_uuid == OTHER


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        (["ringing"], None),
        (["ringing", "in-progress"], "answered"),
        (["busy"], "busy"),
        (["ringing", "no-answer", "in-progress"], "no_answer"),
        (["failed"], "failed"),
        (["cancel"], "cancelled"),
        (["in-progress", "completed"], "answered"),
        (["completed"], None),  # without a cause, nor a time of an answer: looks may tell
    ],
)
def test_what_becomes_of_a_call(told: list[str], outcome: str | None) -> None:
    """An end stays what it is; an answer stays an answer."""
    leg = heard([of_call(one) for one in told]).leg(CALL)
    assert leg is not None
    assert leg.outcome == outcome


def test_a_call_is_found_by_its_request_as_well() -> None:
    """An answer of Plivo may name no call."""
    memory = heard([of_call("busy", RequestUUID=OTHER)])
    for uuid in (CALL, OTHER):
        leg = memory.leg(uuid)
        assert leg is not None
        assert leg.outcome is CallOutcome.BUSY


def test_memory_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was heard of longest ago is forgotten, with its name."""
    for name in ("CONFERENCES", "CALLS", "ENTRIES"):
        monkeypatch.setattr(_memory, name, 3)
    memory = Memory()
    for number in range(9):
        one = News(what="MPCStart", at=None, told_by="callback", mpc_uuid=f"u{number}", mpc_name=f"n{number}", call_uuid=f"c{number}")  # fmt: skip # noqa: E501
        memory.take(one, float(number))
    assert [number for number in range(9) if memory.conference(None, f"n{number}") is not None] == [6, 7, 8]
    assert [number for number in range(9) if memory.leg(f"c{number}") is not None] == [6, 7, 8]
    for number in range(9):
        memory.take(News(what="x", at=None, told_by="callback", mpc_uuid="u8", sequence=number), 10.0)
    known = memory.conference("u8", None)
    assert known is not None
    assert (len(known.news), len(known.keys), known.forgotten) == (3, 3, 7)
