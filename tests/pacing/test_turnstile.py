"""The turnstile: so many at once, the others in order of priority, whatever is cancelled or resized."""

import random
from collections import deque

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plivo_async.pacing._turnstile import ElasticTurnstile, Turnstile
from plivo_async.policy import FIRST_WIDTH, Priority

pytestmark = pytest.mark.anyio

INTERACTIVE, BATCH = Priority.INTERACTIVE, Priority.BATCH


class Line:
    """Tasks that go through a turnstile, and a plain model of who may be in."""

    def __init__(self, group: anyio.abc.TaskGroup, width: int) -> None:
        self.turnstile = Turnstile(width)
        self.inside: set[int] = set()
        self.waiting: dict[Priority, deque[int]] = {INTERACTIVE: deque(), BATCH: deque()}
        self.entered: list[int] = []
        self._group = group
        self._scopes: dict[int, anyio.CancelScope] = {}
        self._gone: dict[int, anyio.Event] = {}
        self._model_width = width
        self._passed_over = 0
        self._numbers = 0

    async def arrive(self, priority: Priority) -> None:
        """Somebody lines up."""
        number = self._numbers
        self._numbers += 1
        self.waiting[priority].append(number)
        self._let_in()
        self._scopes[number], self._gone[number] = anyio.CancelScope(), anyio.Event()
        self._group.start_soon(self._pass, number, priority)
        await self.settle()

    async def cancel(self, number: int) -> None:
        """Somebody is cancelled, waiting or inside."""
        self._scopes[number].cancel()
        self._forget(number)
        await self.settle()

    async def leave(self, number: int) -> None:
        """Somebody inside leaves."""
        self._gone[number].set()
        self._forget(number)
        await self.settle()

    async def resize(self, width: int) -> None:
        """More or fewer may be in."""
        self._model_width = width
        self.turnstile.resize(width)
        self._let_in()
        await self.settle()

    async def settle(self) -> None:
        """Let every task get as far as it can, and compare."""
        for _ in range(6):
            await anyio.lowlevel.checkpoint()
        assert set(self.entered) & self._present() == self.inside
        assert self.turnstile.inside == len(self.inside)
        assert self.turnstile.waiting == sum(map(len, self.waiting.values()))

    def _present(self) -> set[int]:
        return self.inside | {number for line in self.waiting.values() for number in line}

    def _forget(self, number: int) -> None:
        self.inside.discard(number)
        for line in self.waiting.values():
            if number in line:
                line.remove(number)
        self._let_in()

    def _let_in(self) -> None:
        while len(self.inside) < self._model_width and any(self.waiting.values()):
            turn = INTERACTIVE
            if not self.waiting[INTERACTIVE] or (self.waiting[BATCH] and self._passed_over >= 9):
                turn = BATCH
            passes_over = turn is INTERACTIVE and bool(self.waiting[BATCH])
            self._passed_over = self._passed_over + 1 if passes_over else 0
            self.inside.add(self.waiting[turn].popleft())

    async def _pass(self, number: int, priority: Priority) -> None:
        with self._scopes[number]:
            await self.turnstile.enter(priority)
            try:
                self.entered.append(number)
                await self._gone[number].wait()
            finally:
                self.turnstile.leave(priority)


@pytest.mark.parametrize("seed", range(30))
async def test_whatever_happens_the_right_ones_are_in(seed: int) -> None:
    """Arrivals, departures, cancellations and resizes in any order: who is in is who should be, and nobody is lost."""
    chance = random.Random(seed)
    async with anyio.create_task_group() as group:
        line = Line(group, chance.randint(1, 4))
        for _ in range(150):
            present = sorted(line._present())
            match chance.choices(["arrive", "leave", "cancel", "resize"], [50, 30, 15, 5])[0]:
                case "arrive":
                    await line.arrive(chance.choice([INTERACTIVE, INTERACTIVE, BATCH]))
                case "leave" if line.inside:
                    await line.leave(chance.choice(sorted(line.inside)))
                case "cancel" if present:
                    await line.cancel(chance.choice(present))
                case "resize":
                    await line.resize(chance.randint(1, 5))
        await line.resize(1_000)
        for number in sorted(line.inside):
            await line.leave(number)
        assert (line.turnstile.inside, line.turnstile.waiting) == (0, 0)


@given(width=st.integers(1, 5), arrivals=st.lists(st.sampled_from([INTERACTIVE, BATCH]), max_size=40))
def test_never_more_than_the_width_are_in(width: int, arrivals: list[Priority]) -> None:
    """Everybody gets in once, in the end, and never too many at a time."""

    async def run() -> None:
        turnstile = Turnstile(width)
        entered = []

        async def one(priority: Priority) -> None:
            await turnstile.enter(priority)
            entered.append(priority)
            assert 0 < turnstile.inside <= width
            await anyio.lowlevel.checkpoint()
            turnstile.leave(priority)

        async with anyio.create_task_group() as group:
            for priority in arrivals:
                group.start_soon(one, priority)
        assert sorted(entered) == sorted(arrivals)
        assert (turnstile.inside, turnstile.waiting) == (0, 0)

    anyio.run(run, backend="trio")


async def test_interactive_goes_first_but_never_for_ever() -> None:
    """Nine of ten turns are for those who can't wait, the tenth is the batch's."""
    turnstile = Turnstile(1)
    await turnstile.enter(BATCH)
    order: list[Priority] = []

    async def one(priority: Priority) -> None:
        await turnstile.enter(priority)
        order.append(priority)
        turnstile.leave(priority)

    async with anyio.create_task_group() as group:
        for priority in [BATCH] * 3 + [INTERACTIVE] * 30:
            group.start_soon(one, priority)
        await anyio.sleep(1)
        turnstile.leave(BATCH)
    assert [index for index, priority in enumerate(order) if priority is BATCH] == [9, 19, 29]


async def test_cancelled_in_the_very_moment_of_its_turn() -> None:
    """Let in and cancelled before it ran again: the place goes on to the next."""
    turnstile = Turnstile(1)
    await turnstile.enter(BATCH)
    entered: list[str] = []

    async def one(name: str, scope: anyio.CancelScope) -> None:
        with scope:
            await turnstile.enter(INTERACTIVE)
            entered.append(name)

    first, second = anyio.CancelScope(), anyio.CancelScope()
    async with anyio.create_task_group() as group:
        group.start_soon(one, "first", first)
        await anyio.sleep(1)
        group.start_soon(one, "second", second)
        await anyio.sleep(1)
        turnstile.leave(BATCH)
        first.cancel()
        await anyio.sleep(1)
        if not entered:
            pytest.fail("the place was lost")
        assert turnstile.inside == 1
        assert entered in (["first"], ["second"])
        if entered == ["first"]:
            turnstile.leave(INTERACTIVE)
    assert entered[-1] == "second"


async def test_narrowed_it_lets_nobody_in_until_enough_have_left() -> None:
    """Who is in stays in; the new width holds for who comes."""
    turnstile = Turnstile(3)
    for _ in range(3):
        await turnstile.enter(BATCH)
    turnstile.resize(1)
    entered = anyio.Event()

    async def one() -> None:
        await turnstile.enter(INTERACTIVE)
        entered.set()

    async with anyio.create_task_group() as group:
        group.start_soon(one)
        for _ in range(2):
            await anyio.sleep(1)
            turnstile.leave(BATCH)
            await anyio.sleep(1)
            assert not entered.is_set()
        turnstile.leave(BATCH)
        await entered.wait()
    assert turnstile.inside == 1


async def test_an_interactive_one_does_not_wait_for_a_place_that_a_batch_has() -> None:
    """An eighth more may be in while a batch has all places; among themselves they have no more than all."""
    turnstile = Turnstile(16)
    for _ in range(16):
        await turnstile.enter(BATCH)
    for _ in range(2):
        await turnstile.enter(INTERACTIVE)
    with anyio.move_on_after(1):
        await turnstile.enter(INTERACTIVE)
        pytest.fail("there were two to spare")
    assert (turnstile.inside, turnstile.batch, turnstile.waiting) == (18, 16, 0)
    async with anyio.create_task_group() as group:
        group.start_soon(turnstile.enter, BATCH)
        group.start_soon(turnstile.enter, INTERACTIVE)
        await anyio.sleep(1)
        turnstile.leave(INTERACTIVE)
        await anyio.sleep(1)
        assert (turnstile.inside, turnstile.batch, turnstile.waiting) == (18, 16, 1)
        for _ in range(3):
            turnstile.leave(BATCH)
    assert (turnstile.inside, turnstile.batch, turnstile.waiting) == (16, 14, 0)
    alone = Turnstile(16)
    for _ in range(16):
        await alone.enter(INTERACTIVE)
    with anyio.move_on_after(1):
        await alone.enter(INTERACTIVE)
        pytest.fail("all places were taken")


async def test_elastic_turnstile_grows_while_turns_are_short() -> None:
    """Whoever takes the last place sees to it that there are more, until there are 64."""
    turnstile = ElasticTurnstile(anyio.current_time)
    for _ in range(64):
        await turnstile.enter(Priority.BATCH)
    assert (turnstile.inside, turnstile.width) == (64, 64)


async def test_elastic_turnstile_cancelled_while_it_measures() -> None:
    """The place is free again, and the next one measures as if nothing had happened."""
    turnstile = ElasticTurnstile(anyio.current_time)
    for _ in range(FIRST_WIDTH - 1):
        await turnstile.enter(Priority.BATCH)
    for _ in range(3):
        with anyio.CancelScope() as scope:
            scope.cancel()
            await turnstile.enter(Priority.BATCH)
        assert scope.cancelled_caught
        assert (turnstile.inside, turnstile.width) == (FIRST_WIDTH - 1, FIRST_WIDTH)
        turnstile._unmeasured = 10
    await turnstile.enter(Priority.BATCH)
    assert (turnstile.inside, turnstile.width) == (FIRST_WIDTH, FIRST_WIDTH + 4)
