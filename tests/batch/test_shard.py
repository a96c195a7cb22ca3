"""Shards and their states: cut, sent as JSON and as text, merged, and told of in a report."""

import json
import pickle
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async import (
    Activation,
    ActivationOutcome,
    Attempt,
    AttemptOutcome,
    InvalidArgumentError,
    NotFoundError,
    OutcomeUnknownError,
    Shard,
    ShardState,
    merge,
    split,
)
from plivo_async.emulator import Emulator

from ..support import in_memory

NOW = datetime(2026, 11, 26, 18, tzinfo=UTC)
UUID_1 = UUID("8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e")
OUTCOMES = list(ActivationOutcome)
LETTERS = "-?frnuya"


def activation(place: int, outcome: ActivationOutcome, status_code: int = 204) -> Activation:
    """One outcome at a place of a shard."""
    attempt = Attempt("POST", AttemptOutcome.ANSWERED, status_code, None, 0.0, 0.1)
    return Activation(place, "a", None, outcome, attempts=(attempt,), started_at=NOW)


names = st.lists(st.one_of(st.sampled_from("abcdefg"), st.just(UUID_1), st.just(str(UUID_1))), max_size=30)


@given(names, st.integers(1, 7))
def test_shards_hold_the_whole_input_in_order(given_names: list[Any], size: int) -> None:
    """Each item is in one shard, at its position; each that came before is marked, with its first position."""
    shards = list(split(given_names, size, batch="b"))
    assert [one for shard in shards for one in shard] == given_names
    assert [shard.first for shard in shards] == list(range(0, len(given_names), size))
    twins = {shard.first + place: first for shard in shards for place, first in shard.twins}
    assert twins == {at: given_names.index(one) for at, one in enumerate(given_names) if given_names.index(one) < at}
    for shard in shards:
        assert Shard.from_dict(json.loads(json.dumps(shard.to_dict()))) == shard
        assert pickle.loads(pickle.dumps(shard)) == shard  # noqa: S301


def test_an_input_is_cut_lazily_and_checked_as_it_is() -> None:
    """What is refused is refused with its position, when it is come to; arguments are checked at once."""
    pulled = 0

    def endless() -> Iterator[str]:
        nonlocal pulled
        while True:
            pulled += 1
            yield f"room {pulled}"

    shards = split(endless(), 10)
    assert pulled == 0
    first, second = next(shards), next(shards)
    assert (pulled, first.first, second.first, len(second)) == (20, 0, 10, 10)
    assert first.batch == second.batch != next(split(["a"])).batch
    shards = split(["a", "b", "c", ""], 2)
    assert next(shards).conferences == ("a", "b")
    with pytest.raises(InvalidArgumentError, match="at position 3 is empty"):
        next(shards)
    assert list(split([])) == []


@pytest.mark.parametrize(
    ("given_names", "options", "error"),
    [
        (["a"], {"size": 0}, ValueError),
        (["a"], {"size": 10_001}, ValueError),
        (["a"], {"size": True}, TypeError),
        (["a"], {"size": 1.5}, TypeError),
        (["a"], {"batch": ""}, ValueError),
        (["a"], {"batch": "a\nb"}, ValueError),
        (["a"], {"batch": "b" * 201}, ValueError),
        (["a"], {"batch": 7}, TypeError),
        ("room", {}, TypeError),
        (b"room", {}, TypeError),
        ({"a": 1}, {}, TypeError),
        (7, {}, TypeError),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_read(given_names: Any, options: Any, error: Any) -> None:
    """At the call, not when the first shard is asked for."""
    with pytest.raises(error):
        split(given_names, **options)


def test_an_input_that_is_awaited_is_refused_with_a_way_out() -> None:
    """A shard is cut without an event loop."""

    class Awaited:
        def __aiter__(self) -> "Awaited":
            return self

        async def __anext__(self) -> str:
            return "a"

    with pytest.raises(TypeError, match="has to be read first"):
        split(Awaited())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"batch": ""},
        {"first": -1},
        {"first": "0"},
        {"conferences": []},
        {"conferences": ["a", ""]},
        {"conferences": ["a", {"uuid": "no"}]},
        {"conferences": ["a", 7]},
        {"twins": [[1, 5]]},
        {"twins": [[2, 0]]},
        {"twins": [1]},
    ],
)
def test_what_is_no_shard_is_refused(change: dict[str, Any]) -> None:
    """A payload of another version, or one that somebody has changed, names what is wrong."""
    told = next(split(["a", "a"], batch="b")).to_dict()
    Shard.from_dict(told)
    with pytest.raises((ValueError, TypeError)):
        Shard.from_dict({**told, **change})
    with pytest.raises(ValueError, match="format 1"):
        Shard.from_dict("shard")  # type: ignore[arg-type]


# ---- States ---------------------------------------------------------------------------------------------------------


def test_a_shard_goes_from_hand_to_hand() -> None:
    """One worker intends, settles and dies; the next one knows what is left, and what has to be looked at."""
    shard = next(split(["a", UUID_1, "b", "a", "c"], batch="b"))
    state = ShardState.of(shard)
    assert (state.letters, state.left, state.maybe_sent(shard)) == ("---=-", (0, 1, 2, 4), {})
    state = state.intend([0, 1], NOW).intend([2], NOW + timedelta(seconds=9))
    assert (state.letters, state.since) == ("???=-", NOW)
    state = state.settle([activation(0, ActivationOutcome.ACTIVATED)])
    text = state.to_text()
    assert (text, len(text)) == ("1 2026-11-26T18:00:00+00:00 a??=-", 33)
    again = ShardState.from_text(text, shard)
    assert again == state
    assert again.left == (1, 2, 4)
    assert again.maybe_sent(shard) == {UUID_1: NOW, "b": NOW}
    assert again.withdraw([0, 1]).letters == "a-?=-"
    assert again.counts[ActivationOutcome.UNKNOWN] == 2
    assert sum(again.counts.values()) == 4
    assert [again.outcome(place) for place in (0, 3)] == ["activated", None]
    assert repr(again) == "<ShardState of 5: 1 activated, 2 unknown, 1 not_attempted>"
    assert repr(shard) == "<Shard of batch 'b': 5 conferences from position 0>"
    assert (len(shard), len(again)) == (5, 5)


@pytest.mark.parametrize(
    ("outcome", "status_code", "letter"),
    [
        (ActivationOutcome.NOT_ATTEMPTED, 0, "-"),
        (ActivationOutcome.REJECTED, 401, "-"),
        (ActivationOutcome.UNKNOWN, 401, "?"),
        (ActivationOutcome.REJECTED, 403, "r"),
        (ActivationOutcome.NOT_FOUND, 404, "n"),
        (ActivationOutcome.FAILED, 429, "f"),
        (ActivationOutcome.UNKNOWN, 500, "u"),
        (ActivationOutcome.ALREADY_ACTIVE, 404, "y"),
        (ActivationOutcome.ACTIVATED, 204, "a"),
    ],
)
def test_what_an_outcome_settles(outcome: ActivationOutcome, status_code: int, letter: str) -> None:
    """Neither `not_attempted` nor a refused credential settles anything; all else does."""
    state = ShardState("--").settle([activation(1, outcome, status_code)])
    assert state.letters == f"-{letter}"
    assert (1 in state.left) is (letter in "-?")
    assert state.settle([activation(1, ActivationOutcome.NOT_ATTEMPTED)]).letters == f"-{letter}".replace("?", "-")


def test_a_shard_is_reopened_when_asked() -> None:
    """What a journal tries again, and nothing that was live; what is in doubt is looked at first."""
    state = ShardState("furnya-?=", NOW)
    assert state.left == (6, 7)
    assert state.reopened().letters == "-?rnya-?="
    assert state.reopened(["not_found", ActivationOutcome.REJECTED]).letters == "fu--ya-?="
    with pytest.raises(ValueError, match="successes"):
        state.reopened(["activated"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2 - ---",
        "1 - --",
        "1 - ---?",
        "1 - --x",
        "1 - --?",
        "1 - ---",
        "1 yesterday --=",
        "1 2026-11-26 --=",
        "1 -",
    ],
)
def test_a_state_that_cannot_be_read_is_refused(text: str) -> None:
    """Of another version, another length, another shard, or with letters and times that are none."""
    shard = next(split(["a", "b", "a"], batch="b"))
    with pytest.raises(InvalidArgumentError):
        ShardState.from_text(text, shard)
    with pytest.raises(InvalidArgumentError, match="format 1"):
        ShardState.from_text(None, shard)  # type: ignore[arg-type]


def test_a_state_knows_when_it_was_sent() -> None:
    """A time without a zone, or none where something may have been sent, is refused."""
    with pytest.raises(ValueError, match="aware"):
        ShardState("--").intend([0], NOW.replace(tzinfo=None))
    with pytest.raises(TypeError, match="aware"):
        ShardState("--").intend([0], 7)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="since"):
        ShardState("-?")
    with pytest.raises(ValueError, match="letters"):
        ShardState("xx")


@st.composite
def states(draw: st.DrawFn, size: int = 5) -> ShardState:
    """Any state of a shard whose last item is a twin."""
    letters = draw(st.text(alphabet=LETTERS, min_size=size, max_size=size)) + "="
    at = draw(st.integers(0, 5))
    return ShardState(letters, NOW + timedelta(seconds=at) if at or "?" in letters else None)


@given(states(), states(), states())
def test_states_are_merged_in_any_order_and_any_number_of_times(one: ShardState, two: ShardState, three: Any) -> None:
    """Commutative, associative, idempotent: it doesn't matter who tells first, or twice."""
    assert one | two == two.merge(one)
    assert (one | two) | three == one | (two | three)
    assert one | one == one
    assert (one | two) | one == one | two
    shard = Shard("b", 0, ("a", "b", "c", "d", "e", "a"), ((5, 0),))
    assert ShardState.from_text(one.to_text(), shard) == one


@given(states(), states())
def test_a_merged_state_knows_no_less(one: ShardState, two: ShardState) -> None:
    """What either has settled is settled, what either may have sent is never untouched, and the earlier time counts.

    Who saw it live is believed; else who may have done it; only then those who know of themselves alone.
    """
    both = one | two
    assert set(both.left) == set(one.left) & set(two.left)
    for letters in zip(one.letters, two.letters, both.letters, strict=True):
        *told, merged = letters
        assert merged in told
        assert merged != "-" or told == ["-", "-"]
        live = set(told) & set("ay")
        assert (merged in "ay") is bool(live)
        assert "a" not in told or merged == "a"
        assert "u" not in told or merged == "u" or live
    assert both.since == min((at for at in (one.since, two.since) if at is not None), default=None)


def test_states_of_different_shards_are_not_merged() -> None:
    """As far as their lengths can tell."""
    with pytest.raises(ValueError, match="of 3 conferences"):
        ShardState("--") | ShardState("---")


@pytest.mark.anyio
async def test_a_shard_is_an_input() -> None:
    """`start_each` takes it as it is; what may have been sent is looked at first, and known to be ours."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        shard = next(split(["a", "b", "c"], batch="b"))
        for name in shard.conferences:
            plivo.add_conference(str(name), started_ago=60)
        state = ShardState.of(shard).intend([0], client._core.exchange.wall())
        await client.mpc.start("a")
        async with client.mpc.start_each(shard, maybe_sent=state.maybe_sent(shard)) as activations:
            state = state.settle([one async for one in activations])
        assert (state.letters, state.left) == ("aaa", ())
        assert [(request.method, request.name) for request in plivo.requests][1] == ("GET", "a")


# ---- Reports --------------------------------------------------------------------------------------------------------


def worked(size: int = 3) -> list[tuple[Shard, ShardState]]:
    """A batch in shards, with every kind of letter, and a twin in another shard."""
    shards = list(split(["a", "b", "c", "d", UUID_1, "f", "g", "h", "a"], size, batch="b"))
    letters = "ayfrnu-?="
    return [(shard, ShardState(letters[shard.first :][: len(shard)], NOW)) for shard in shards]


def test_the_report_of_shards_tells_what_is_known_and_no_more() -> None:
    """An outcome for each position, twins included; no attempts, and words that say so."""
    report = merge(worked(), elapsed=2.0)
    expected = ["activated", "already_active", "failed", "rejected", "not_found", "unknown", "not_attempted"]
    assert [one.outcome for one in report] == [*expected, "unknown", "activated"]
    assert [one.position for one in report] == list(range(9))
    assert [one.name for one in report][:5] == ["a", "b", "c", "d", None]
    assert report[4].uuid == str(UUID_1)
    assert (report[8].name, report[8].live, report[-1].outcome) == ("a", True, "activated")
    assert (len(report), report.succeeded, report.detailed, report.requests) == (9, False, False, 0)
    assert report.counts[ActivationOutcome.ACTIVATED] == 2
    assert [one.position for one in report.failures] == [2, 3, 4, 5, 6, 7]
    assert isinstance(report[4].error, NotFoundError)
    assert isinstance(report[7].error, OutcomeUnknownError)
    assert "shard's state tells no more" in str(report)
    assert "not known" in report.to_html()
    assert "every request was simply answered" not in report.to_html()
    assert report.to_csv().count("\n") == 10
    with pytest.raises(IndexError):
        report[9]


def test_shards_are_told_of_in_any_order_and_by_several_workers() -> None:
    """What two have said of a shard is merged; one that is missing, or of another batch, is refused."""
    parts = worked()
    known = [one.outcome for one in merge(parts)]
    assert [one.outcome for one in merge(reversed(parts))] == known
    shard, _ = parts[0]
    more = [(shard, ShardState("uau", NOW)), *parts]
    assert [one.outcome for one in merge(more)][:3] == ["activated", "activated", "unknown"]
    assert [one.outcome for one in merge([*parts, *more])][:3] == ["activated", "activated", "unknown"]
    with pytest.raises(ValueError, match="begins at position 3"):
        merge([parts[0], parts[2]])
    with pytest.raises(ValueError, match="one batch"):
        merge([parts[0], (Shard("other", 3, ("x",)), ShardState("a"))])
    with pytest.raises(ValueError, match="of 1 conferences"):
        merge([(shard, ShardState("a"))])
    assert len(merge([])) == 0


@pytest.mark.long
def test_a_report_that_reads_its_shards_holds_none_of_them() -> None:
    """A byte an item is kept, whatever the names weigh."""

    class Parts:
        def __iter__(self) -> Iterator[tuple[Shard, ShardState]]:
            for shard in range(0, 50_000, 1_000):
                names = tuple(f"{'long' * 50} {number}" for number in range(shard, shard + 1_000))
                yield Shard("b", shard, names), ShardState("a" * 999 + "n")

    tracemalloc.start()
    try:
        report = merge(Parts())
        assert sum(one.succeeded for one in report) == 49_950
        assert len(report.failures) == 50
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000  # all names are 12 million
