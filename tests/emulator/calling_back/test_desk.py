"""Which callback goes when: in order, bounded, overtaken on purpose."""

from hypothesis import given
from hypothesis import strategies as st

from plivo_async.emulator.calling_back._deliveries import Delivery
from plivo_async.emulator.calling_back._desk import AT_ONCE, PATIENCE, Desk, Posting


def posting(number: int, due: float = 0.0, *, lane: str = "a", shuffled: bool = False) -> Posting:
    """One that is to be sent."""
    delivery = Delivery(
        number=number,
        event="MPCStart",
        subject="a",
        url="http://h/",
        method="POST",
        params={},
        due_at=due,
        mishaps=frozenset({"shuffled"} if shuffled else ()),
    )
    return Posting(delivery=delivery, lane=("http://h/", lane))


def taken(desk: Desk, now: float) -> list[int]:
    """The numbers of those that go now."""
    return [one.delivery.number for one in iter(lambda: desk.take(now), None)]


def test_those_of_a_line_go_one_after_the_other() -> None:
    """The next goes when the first try of the one before is over."""
    desk = Desk()
    first, second = posting(1), posting(2)
    desk.put(first)
    desk.put(second)
    desk.put(posting(3, lane="b"))
    assert taken(desk, 0.0) == [1, 3]
    desk.passed(first)
    assert taken(desk, 0.1) == [2]
    desk.landed(first)  # its retries don't hold up those behind it
    assert desk.in_flight == 2


def test_a_slow_one_holds_up_the_next_for_a_while_only() -> None:
    """A receiver that never answers doesn't stop the rest."""
    desk = Desk()
    desk.put(posting(1))
    desk.put(posting(2))
    assert taken(desk, 0.0) == [1]
    assert desk.next_due(0.0) == PATIENCE
    assert taken(desk, PATIENCE - 0.01) == []
    assert taken(desk, PATIENCE) == [2]


def test_no_more_than_so_many_are_in_flight() -> None:
    """The rest waits until one has landed."""
    desk = Desk()
    all_of_them = [posting(number, lane=str(number)) for number in range(AT_ONCE + 2)]
    for one in all_of_them:
        desk.put(one)
    assert taken(desk, 0.0) == list(range(AT_ONCE))
    assert (desk.waiting, desk.in_flight) == (2, AT_ONCE)
    desk.landed(all_of_them[0])
    assert taken(desk, 0.0) == [AT_ONCE]


def test_a_shuffled_one_is_overtaken_by_the_next() -> None:
    """It goes right after that, or when its time has come."""
    desk = Desk()
    second = posting(2)
    desk.put(posting(1, due=30.0, shuffled=True))
    desk.put(second)
    desk.put(posting(3))
    assert taken(desk, 0.0) == [2]
    desk.landed(second)
    assert taken(desk, 0.0) == [1]
    assert taken(desk, PATIENCE) == [3]
    assert taken(desk, 40.0) == []
    lonely = Desk()
    lonely.put(posting(1, due=30.0, shuffled=True))
    assert taken(lonely, 29.0) == []
    assert taken(lonely, 30.0) == [1]


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 5), st.booleans(), st.sampled_from(["land", "hang"])),
        max_size=60,
    )
)
def test_each_is_sent_once_and_everything_lands(wanted: list[tuple[str, int, bool, str]]) -> None:
    """Whatever is due when: none is lost, none doubled, and in the end the desk is empty."""
    desk = Desk()
    for number, (lane, due, shuffled, _) in enumerate(wanted):
        desk.put(posting(number, float(due), lane=lane, shuffled=shuffled))
    sent: list[Posting] = []
    for now in range(200):
        while (one := desk.take(float(now))) is not None:
            sent.append(one)
            if wanted[one.delivery.number][3] == "land":
                desk.landed(one)
        assert desk.in_flight <= AT_ONCE
        if desk.in_flight == AT_ONCE or now > 100:
            for one in sent:
                if wanted[one.delivery.number][3] == "hang" and desk.in_flight:
                    wanted[one.delivery.number] = ("", 0, False, "over")
                    desk.landed(one)
    assert sorted(one.delivery.number for one in sent) == list(range(len(wanted)))
    assert desk.idle
    assert not desk._lanes
    assert not desk._overtaken
