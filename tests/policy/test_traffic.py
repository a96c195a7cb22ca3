"""What the pacing rules come to, at Plivo's real limit, on servers that count in three ways.

`traffic` is the world: no HTTP, so that many minutes of it can be held here. The figures are those of the policy, with
little margin: whoever changes a rule sees here what it costs.
"""

import math
import random
from collections.abc import Callable
from typing import Any

import pytest

from .traffic import KINDS, LIMIT, PER, Kind, Process, Server, World, come, most_in_a_window, others

every_kind = pytest.mark.parametrize("kind", KINDS)


def crossed(*rows: tuple[Any, ...]) -> list[Any]:
    """Each row on a server with a sliding window, each kind of server with the first row; the rest is `long`."""
    return [
        pytest.param(kind, *row, marks=pytest.mark.long if kind != "sliding" and row is not rows[0] else ())
        for row in rows
        for kind in KINDS
    ]


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of them is."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


@every_kind
@pytest.mark.parametrize("count", [600, 1_500, 6_000])
def test_a_batch_alone_is_at_99_percent_of_the_optimum(kind: Kind, count: int) -> None:
    """All windows but the last have to pass in full; 0.2 s for what the last one takes at 64 at a time."""
    world = World(1)
    process = Process(world, server := Server(world, kind))
    process.start(count)
    world.run()
    assert process.finished_at is not None
    assert ((count / LIMIT - 1) * PER + 0.2) / process.finished_at >= 0.99
    assert server.counts("ours", 0.0) == (count, 0)
    assert most_in_a_window(server) <= LIMIT


@every_kind
@pytest.mark.parametrize(
    ("size", "gap", "p99", "rate"),
    [
        (1, lambda chance: chance.uniform(0.2, 0.6), 0.02, 0.97),
        (10, lambda _: 4.7, 0.1, 0.96),
        (1, lambda chance: chance.expovariate(10), 0.02, 0.95),
        (1, lambda _: 1 / 30, 0.02, 0.94),
    ],
    ids=["every 0.2 to 0.6 s", "ten at once", "ten a second", "thirty a second"],
)
def test_nobody_waits_behind_a_batch(
    kind: Kind, size: int, gap: Callable[[random.Random], float], p99: float, rate: float
) -> None:
    """Beside a batch of 6,000, on a client that has been used before: seconds that 99 % wait at most for a permit.

    The batch keeps its share of what the visits leave, and ends at most a window late.
    """
    world = World(2)
    process = Process(world, server := Server(world, kind))

    def visits() -> None:
        for _ in range(size):
            process.visit()

    come(world, gap, visits)
    world.at(20.0, process.start, 6_000)
    world.run(over=lambda: process.finished_at is not None)
    end = process.finished_at
    assert end is not None
    waits = [wait for asked_at, wait in process.waits if asked_at >= 20.0]
    assert percentile(waits, 0.99) <= p99
    assert max(waits) <= 1.0, "a deadline of a second refuses nothing"
    assert server.counts("ours", 0.0)[1] == 0
    begin, whole = 20.0 + 2 * PER, 20.0 + PER * math.floor((end - 20.0 - PER) / PER)
    visited = sum(begin <= asked_at + wait < whole for asked_at, wait in process.waits)
    sent = server.counts("ours", begin, whole)[0] - visited
    assert sent / (LIMIT * (whole - begin) / PER - visited) >= rate
    assert end - 20.0 <= (math.ceil((6_000 + len(waits)) / LIMIT) + 1) * PER
    assert most_in_a_window(server) <= LIMIT


def test_the_first_visit_after_a_quiet_spell_waits_once_for_a_batch() -> None:
    """A batch that is alone bursts: who comes then may wait for a window. From there on it is even."""
    world = World(3)
    process = Process(world, Server(world, "sliding"))
    process.start(6_000)
    for at in (12.0, 30.0, 60.0):
        world.at(at, process.visit)
    world.run(over=lambda: process.finished_at is not None)
    first, *rest = (wait for _, wait in process.waits)
    assert first <= PER + 0.1
    assert max(rest) <= 0.05


@pytest.mark.parametrize(
    ("kind", "rate", "ours_at", "theirs_at"),
    crossed((45, 0.0, 22.3), (30, 0.0, 22.3), (30, 10.0, 0.0), (15, 10.0, 0.0)),
)
def test_others_whom_we_cannot_see_go_on_working(kind: Kind, rate: int, ours_at: float, theirs_at: float) -> None:
    """Steady others, whoever was first: from two windows on hardly anybody is refused, and what they leave is used.

    Full pace is back five windows after they have gone.
    """
    world = World(rate)
    process = Process(world, server := Server(world, kind))
    begin = max(ours_at, theirs_at) + 2 * PER
    end = begin + 190.0
    world.at(ours_at, process.start, 10**6)
    others(world, server, rate, theirs_at, end)
    world.run(end + 8 * PER)
    ours, ours_refused = server.counts("ours", begin, end)
    theirs, theirs_refused = server.counts("theirs", begin, end)
    assert ours_refused / (ours + ours_refused) <= 0.0075
    assert theirs_refused / (theirs + theirs_refused) <= 0.018
    assert 0.89 <= ours / ((LIMIT / PER - rate) * (end - begin)) <= 1.04
    assert server.counts("ours", end + 5 * PER, end + 8 * PER)[0] >= 0.95 * 3 * LIMIT
    assert most_in_a_window(server) <= LIMIT


@pytest.mark.parametrize(("kind", "joins_at"), crossed((22.3,), (2.0,), (0.0,)))
def test_two_processes_that_do_not_know_of_each_other_share(kind: Kind, joins_at: float) -> None:
    """From the tenth window on each has at least 30 %, nothing much is refused, and nothing much is left."""
    world = World(5)
    server = Server(world, kind)
    first, second = Process(world, server, "first"), Process(world, server, "second")
    first.start(10**6)
    world.at(joins_at, second.start, 10**6)
    world.run(joins_at + 100.0)
    begin = joins_at + 10 * PER
    (one, one_refused), (two, two_refused) = server.counts("first", begin), server.counts("second", begin)
    assert min(one, two) / (one + two) >= 0.3
    assert (one_refused + two_refused) / (one + two) <= 0.01
    assert (one + two) / (LIMIT * 10) >= 0.85


@every_kind
@pytest.mark.parametrize(
    ("limit", "count", "windows", "refused"),
    [(240, 3_000, 15.5, 90), (100, 1_000, 13, 110), (10, 100, 20, 90)],
)
def test_a_limit_that_is_lower_than_believed_is_learnt(
    kind: Kind, limit: int, count: int, windows: float, refused: int
) -> None:
    """Even a limit of 10 where 300 are believed in; most of the 429s are those in flight at the first one."""
    world = World(6)
    process = Process(world, server := Server(world, kind, limit))
    process.start(count)
    world.run(over=lambda: process.finished_at is not None)
    assert process.finished_at is not None
    assert process.finished_at <= windows * PER
    assert server.counts("ours", 0.0)[1] <= refused


def test_an_absurd_retry_after_is_survived() -> None:
    """A minute in a quarter of the 429s, at a real limit of 100: it took 842 s by the rules before these."""
    world = World(7)
    process = Process(world, server := Server(world, "sliding", 100))
    server.retry_after = lambda: world.random.choice([0.0, 0.0, 0.0, 60.0])
    process.start(1_500)
    world.run(over=lambda: process.finished_at is not None)
    assert process.finished_at is not None
    assert process.finished_at <= 250
