"""Who is next."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from plivo_async.policy import Priority, WaitQueue

INTERACTIVE, BATCH = Priority.INTERACTIVE, Priority.BATCH


def test_queue_interactive_first_and_batch_every_tenth() -> None:
    """While both wait, nine places are interactive and the tenth is the batch's."""
    queue: WaitQueue[str] = WaitQueue()
    for number in range(30):
        queue.push(f"i{number}", INTERACTIVE)
        queue.push(f"b{number}", BATCH)
    order = [queue.pop()[0] for _ in range(60)]
    assert "".join(order) == ("i" * 9 + "b") * 3 + "iii" + "b" * 27


def test_queue_the_batch_is_owed_nothing_while_it_does_not_wait() -> None:
    """Turns taken while no batch waits are not counted against the interactive ones."""
    queue: WaitQueue[str] = WaitQueue()
    for number in range(20):
        queue.push(f"i{number}", INTERACTIVE)
    for _ in range(9):
        queue.pop()
    queue.push("b", BATCH)
    assert [queue.pop() for _ in range(10)] == [*(f"i{number}" for number in range(9, 18)), "b"]


def test_an_empty_queue_is_refused() -> None:
    """Popping where nobody waits is a KeyError."""
    queue: WaitQueue[str] = WaitQueue()
    with pytest.raises(KeyError):
        queue.pop()
    assert not queue.remove("nobody")


@given(st.lists(st.sampled_from(Priority), max_size=80))
def test_queue_is_first_in_first_out_within_a_priority(arrivals: list[Priority]) -> None:
    """Everybody gets exactly one place, and nobody overtakes their own kind."""
    queue: WaitQueue[tuple[Priority, int]] = WaitQueue()
    for number, priority in enumerate(arrivals):
        queue.push((priority, number), priority)
    order = [queue.pop() for _ in arrivals]
    assert sorted(number for _, number in order) == list(range(len(arrivals)))
    for priority in Priority:
        numbers = [number for kind, number in order if kind is priority]
        assert numbers == sorted(numbers)


@given(st.integers(0, 20), st.integers(1, 200))
def test_queue_neither_kind_starves(head_start: int, others: int) -> None:
    """Whoever lines up first of the batch has waited at most nine of others, however many those are."""
    queue: WaitQueue[object] = WaitQueue()
    for number in range(head_start):
        queue.push(number, INTERACTIVE)
    queue.push("batch", BATCH)
    waited = 0
    for number in range(others):
        queue.push(f"late {number}", INTERACTIVE)
        if queue.pop() == "batch":
            break
        waited += 1
    assert waited <= 9


class QueueMachine(RuleBasedStateMachine):
    """The queue beside a plain list that is searched for who is next."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: WaitQueue[int] = WaitQueue()
        self.model: list[tuple[int, Priority]] = []
        self.passed_over = 0
        self.number = 0

    def expected(self) -> int:
        """Who is next by the list."""
        waiting = {priority: [item for item, kind in self.model if kind is priority] for priority in Priority}
        batch_next = waiting[BATCH] and (self.passed_over >= 9 or not waiting[INTERACTIVE])
        return waiting[BATCH if batch_next else INTERACTIVE][0]

    @rule(priority=st.sampled_from(Priority))
    def push(self, priority: Priority) -> None:
        """Line up."""
        self.number += 1
        self.queue.push(self.number, priority)
        self.model.append((self.number, priority))

    @precondition(lambda self: self.model)
    @rule()
    def pop(self) -> None:
        """Take out the one that the list expects, and of the kind that was announced."""
        expected = self.expected()
        assert (expected, self.queue.order()[0]) in self.model
        self.take(expected, self.queue.pop())

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def pop_one_kind(self, data: st.DataObject) -> None:
        """Take out the first of either kind, whoever is next."""
        kind = data.draw(st.sampled_from(self.queue.order()))
        expected = next(number for number, priority in self.model if priority is kind)
        self.take(expected, self.queue.pop(kind))

    def take(self, expected: int, popped: int) -> None:
        """Compare, and count for how long a batch is passed over."""
        assert popped == expected
        assert {kind for _, kind in self.model} == set(self.queue.order()) | {
            kind for number, kind in self.model if number == expected
        }
        interactive = (expected, INTERACTIVE) in self.model
        batch_waits = any(kind is BATCH for _, kind in self.model)
        self.passed_over = self.passed_over + 1 if interactive and batch_waits else 0
        self.model = [entry for entry in self.model if entry[0] != expected]

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """Leave the queue, or try to without standing in it."""
        item = data.draw(st.integers(0, self.number + 1))
        stood = any(entry[0] == item for entry in self.model)
        assert self.queue.remove(item) is stood
        self.model = [entry for entry in self.model if entry[0] != item]

    @invariant()
    def lengths_agree(self) -> None:
        """Nobody is lost or doubled."""
        assert len(self.queue) == len(self.model)
        for priority in Priority:
            assert self.queue.ahead(priority) == sum(kind is priority for _, kind in self.model)


TestQueueMachine = QueueMachine.TestCase
TestQueueMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
