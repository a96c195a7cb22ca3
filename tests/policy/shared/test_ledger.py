"""The rules of a shared budget: never over the limit, whatever happens in between."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plivo_async.policy import Priority
from plivo_async.policy.shared import Kind, Ledger, Reply, Report, Status, Terms, Trade
from tests.policy.shared.world import Memory, Process, World

TERMS = Terms(limit=20, per=1.0, ttl=1.0, grace=2.0)
SEEDS = st.integers(0, 10**6)


@given(seed=SEEDS, trouble=st.sampled_from([0.0, 0.1, 0.4]))
@settings(max_examples=25, deadline=None)
def test_never_over_the_limit(seed: int, trouble: float) -> None:
    """Three processes, one of which is killed, one stopped for a while; trades and replies are lost, or come late."""
    world = World(TERMS, Memory().trade, seed, trouble=trouble)
    processes = [Process(world, f"p{number}") for number in range(3)]
    world.run(world.random.uniform(0, 3))
    processes[0].alive = False
    processes[1].stop(world.random.uniform(0, 6))
    world.run(12)
    assert world.most_in_a_window() <= TERMS.limit
    assert world.granted


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_a_store_that_forgets_costs_a_pause_and_no_more(seed: int) -> None:
    """It was restarted, or somebody emptied it: whoever trades next tells of another ledger."""
    memory = Memory()
    world = World(TERMS, memory.trade, seed, trouble=0.0)
    processes = [Process(world, f"p{number}") for number in range(2)]
    world.run(2)
    before = world.granted
    assert all(process.share.trades for process in processes)
    memory.ledger = None
    world.run(10)
    assert world.most_in_a_window() <= TERMS.limit
    assert world.granted > before


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_without_the_store_each_goes_on_with_a_careful_share_and_confesses(seed: int) -> None:
    """Nobody uses anything before all leases are over; together they stay below the limit, also when it is back."""
    world = World(TERMS, Memory().trade, seed, trouble=0.0)
    processes = [Process(world, f"p{number}", degrade=True) for number in range(3)]
    world.run(2)
    world.away = True
    world.run(TERMS.memory + 4)
    assert all(process.share.local is not None for process in processes)
    world.away = False
    world.run(12)
    assert all(process.share.local is None for process in processes)
    assert world.most_in_a_window() <= TERMS.limit


def test_a_store_that_has_just_started_begins_with_all_permits_cooling() -> None:
    """It may have known something."""
    memory = Memory(up=1.0)
    assert memory.trade(TERMS, Trade("a", 1, batch=5), 0.0).batch == 0
    assert memory.trade(TERMS, Trade("a", 2, batch=5), TERMS.memory - 1.0 + 0.002).batch == 5


def test_whoever_is_dead_has_nothing_after_its_lease_and_the_longest_attempt_and_a_window() -> None:
    """And not a moment before."""
    memory = Memory()
    assert memory.trade(TERMS, Trade("dead", 1, batch=20), 0.0).batch == 20
    for at in (0.5, 1.5, TERMS.memory - 0.01):
        assert memory.trade(TERMS, Trade("other", int(at * 100), batch=20), at).batch == 0
    assert memory.trade(TERMS, Trade("other", 1000, batch=20), TERMS.memory + 0.002).batch == 20


def test_a_lost_reply_costs_a_window() -> None:
    """What the holder doesn't know of cools."""
    memory = Memory()
    assert memory.trade(TERMS, Trade("a", 1, batch=20), 0.0).batch == 20
    assert memory.trade(TERMS, Trade("a", 2, batch=20), 0.1).batch == 0
    assert memory.trade(TERMS, Trade("a", 3, batch=20), 1.102).batch == 20


def test_reports_that_were_heard_already_are_not_taken_for_others() -> None:
    """The reply was lost, not the trade: only what came back since is news."""
    memory, old = Memory(), Report(Kind.ANSWERED, Priority.BATCH, 0.5, 0.5)
    memory.trade(TERMS, Trade("a", 1, batch=3), 0.0)
    memory.trade(TERMS, Trade("a", 2, in_use=2, reports=(old,)), 0.5)
    new = Report(Kind.ANSWERED, Priority.BATCH, 0.9, 0.0)
    memory.trade(TERMS, Trade("a", 3, in_use=1, reports=(old, new)), 0.9)
    assert memory.ledger is not None
    assert [each.count for each in memory.ledger.cooling] == [1, 1]
    assert [each.free_at for each in memory.ledger.cooling] == pytest.approx([1.006, 1.9])
    assert memory.ledger.held == 1


def test_a_trade_that_comes_late_changes_nothing() -> None:
    """It says what was."""
    memory = Memory()
    memory.trade(TERMS, Trade("a", 2, batch=5), 0.0)
    assert memory.trade(TERMS, Trade("a", 1, batch=5), 0.1).status is Status.LATE
    assert memory.trade(TERMS, Trade("a", 3, in_use=5), 0.2).held == 5


def test_whoever_has_more_than_the_store_knows_has_nothing_any_more() -> None:
    """Its lease is over: it was stopped for too long."""
    memory = Memory()
    memory.trade(TERMS, Trade("a", 1, batch=5), 0.0)
    assert memory.trade(TERMS, Trade("a", 2, in_use=5), 1.1).status is Status.LOST


def test_a_batch_gets_its_share_and_leaves_alone_what_others_wait_for() -> None:
    """Two batches get half each; what an interactive operation of another waits for is not theirs."""
    memory = Memory()
    memory.trade(TERMS, Trade("full", 1, batch=20), 0.0)
    memory.trade(TERMS, Trade("one", 1, batch=30), 0.0)
    memory.trade(TERMS, Trade("two", 1, batch=30), 0.0)
    memory.trade(TERMS, Trade("full", 2, reports=(Report(Kind.ANSWERED, Priority.BATCH, 0.0, 0.0),) * 20), 0.01)
    assert memory.trade(TERMS, Trade("one", 2, batch=30), 1.02).batch == 10
    assert memory.trade(TERMS, Trade("two", 2, batch=30), 1.02).batch == 5

    memory = Memory()
    memory.trade(TERMS, Trade("full", 1, batch=20), 0.0)
    memory.trade(TERMS, Trade("web", 1, interactive=18, page_ago=9.0), 0.0)
    memory.trade(TERMS, Trade("full", 2, reports=(Report(Kind.UNSENT, Priority.BATCH, 0.0, 0.0),) * 20), 0.1)
    assert memory.trade(TERMS, Trade("one", 1, batch=30), 0.1).batch == 2


def test_every_tenth_turn_is_a_batchs() -> None:
    """However many interactive operations there are."""
    memory = Memory()
    memory.trade(TERMS, Trade("batch", 1, in_use=0, batch=0), 0.0)
    memory.trade(TERMS, Trade("visits", 1, interactive=20, visit_ago=0.0), 0.0)
    assert memory.ledger is not None
    memory.trade(TERMS, Trade("batch", 2, batch=5), 0.0)
    memory.ledger.passed = 9
    reports = (Report(Kind.UNSENT, Priority.INTERACTIVE, 0.0, 0.0),) * 10
    memory.trade(TERMS, Trade("visits", 2, in_use=10, interactive=20, reports=reports), 0.1)
    memory.trade(TERMS, Trade("visits", 3, in_use=10, interactive=0, reports=reports), 0.2)
    assert memory.trade(TERMS, Trade("batch", 3, batch=5), 0.2).batch >= 1


def test_while_something_interactive_is_about_a_batch_is_sent_evenly_in_handfuls() -> None:
    """Its turns come often enough for two permits each, and a few permits are kept."""
    memory, terms = Memory(), Terms(300, 5.0)
    memory.trade(terms, Trade("web", 1, interactive=1, visit_ago=0.0), 0.0)
    replies: list[Reply] = []
    now = 0.1
    for turn in range(1, 40):
        reply = memory.trade(terms, Trade("a", turn, batch=30, in_use=sum(each.batch for each in replies)), now)
        replies.append(reply)
        now += reply.batch_wait
    assert {each.batch for each in replies[3:]} == {2}
    assert 2 / replies[-1].batch_wait == pytest.approx((300 - 5) / 5.0)


def test_a_429_is_news_for_all_and_one_probe_at_a_time_goes_to_see() -> None:
    """The level is learnt in the store."""
    memory, terms = Memory(), Terms(300, 5.0)
    memory.trade(terms, Trade("a", 1, batch=100), 0.0)
    answered = (Report(Kind.ANSWERED, Priority.BATCH, 0.05, 0.0),) * 99
    refused = Report(Kind.REFUSED, Priority.BATCH, 0.05, 0.0)
    assert memory.trade(terms, Trade("a", 2, reports=(*answered, refused)), 0.1).level == 49.5
    assert memory.trade(terms, Trade("b", 1, batch=10), 0.15).hold > 0
    assert memory.trade(terms, Trade("b", 2, batch=10), 5.2).batch == 1
    assert memory.trade(terms, Trade("a", 3, batch=1), 5.21).batch == 0
    assert memory.ledger is not None
    assert (memory.ledger.refused, memory.ledger.holders["a"].refused) == (1, 1)


def test_retry_after_holds_everybody() -> None:
    """For as long as it says."""
    memory = Memory()
    memory.trade(TERMS, Trade("a", 1, batch=1), 0.0)
    memory.trade(TERMS, Trade("a", 2, reports=(Report(Kind.REFUSED, Priority.BATCH, 0.1, 0.0, 30.0),)), 0.1)
    assert memory.trade(TERMS, Trade("b", 1, interactive=1), 29.0).interactive == 0
    assert memory.trade(TERMS, Trade("b", 2, interactive=1), 30.2).interactive == 1


def test_other_terms_are_refused_while_anybody_goes_by_these() -> None:
    """And taken when nobody does."""
    memory, other = Memory(), Terms(10, 1.0, 1.0, 2.0)
    memory.trade(TERMS, Trade("a", 1, batch=1), 0.0)
    assert memory.trade(other, Trade("b", 1, batch=1), 0.5) == Reply(
        Status.DIFFERENT, "epoch 1", 0.5, terms="20 per 1 s"
    )
    assert memory.trade(other, Trade("b", 2, batch=30), 9.0).batch == 10


def test_a_newer_protocol_is_recognised() -> None:
    """Nothing is done."""
    memory = Memory()
    memory.trade(TERMS, Trade("a", 1), 0.0)
    assert memory.ledger is not None
    memory.ledger.version += 1
    assert memory.trade(TERMS, Trade("a", 2, batch=1), 0.0).status is Status.NEWER


@pytest.mark.parametrize("back", [0.5, 1000.0])
def test_a_clock_that_goes_back_frees_nothing_early_and_blocks_nothing_for_long(back: float) -> None:
    """A little: time stands still. Far: what cools cools anew."""
    memory = Memory()
    memory.trade(TERMS, Trade("a", 1, batch=20), 5000.0)
    answered = (Report(Kind.ANSWERED, Priority.BATCH, 0.1, 0.0),) * 20
    memory.trade(TERMS, Trade("a", 2, reports=answered), 5000.0)
    now = 5000.0 - back
    assert memory.trade(TERMS, Trade("a", 3, batch=20), now).batch == 0
    assert memory.trade(TERMS, Trade("a", 4, batch=20), now + 0.9).batch == 0
    assert memory.trade(TERMS, Trade("a", 5, batch=20), now + TERMS.per + TERMS.grace + 0.01).batch == 20


def test_an_alarm_holds_everybody_for_a_window() -> None:
    """The clock jumped, or another server has taken over."""
    memory = Memory()
    memory.trade(TERMS, Trade("a", 1, alarm=True), 0.0)
    assert memory.trade(TERMS, Trade("b", 1, batch=1), 0.9).batch == 0
    assert memory.trade(TERMS, Trade("b", 2, batch=1), 1.0).batch == 1


def test_pages_are_seen_only_beside_a_batch() -> None:
    """A script that lists and then starts doesn't slow its own batch down."""
    ledger = Ledger.new(TERMS, Trade("a", 0), 0.0, math.inf, "e")
    ledger.trade(TERMS, Trade("a", 1, interactive=1, page_ago=0.0), 0.0)
    assert not ledger.pace.even(0.0)
    ledger.trade(TERMS, Trade("a", 2, in_use=1, batch=1), 0.1)
    ledger.trade(TERMS, Trade("a", 3, in_use=2, interactive=1, page_ago=0.0), 0.2)
    assert ledger.pace.even(0.2)
