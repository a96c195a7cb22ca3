"""Activations kept small come out as they went in."""

import itertools
import pickle
import sys
import tracemalloc
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from plivo_async import Activation, ActivationOutcome, ActivationReport, Attempt, AttemptOutcome, NotFoundError
from plivo_async.batch import Ledger

seconds = st.floats(0, 1e6)
attempts = st.builds(
    Attempt,
    st.sampled_from(["POST", "GET"]),
    st.sampled_from(AttemptOutcome),
    st.sampled_from([None, 200, 204, 404]),
    st.sampled_from([None, "ReadTimeout"]),
    seconds,
    seconds,
    st.none() | seconds,
    st.sampled_from([None, "97ceeb52"]),
)
plain = st.builds(
    lambda began, ended: (Attempt("POST", AttemptOutcome.ANSWERED, 204, None, began, ended),), seconds, seconds
)
activations = st.builds(
    Activation,
    st.integers(0, 2**40),
    st.none() | st.text(min_size=1),
    st.none() | st.sampled_from(["8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e"]),
    st.sampled_from(ActivationOutcome),
    st.sampled_from([True, False, None]),
    plain | st.lists(attempts, max_size=3).map(tuple),
    st.sampled_from(["answer", "lookup", None]),
    st.none() | st.just(NotFoundError("no")),
    seconds,
)


def usual(position: int, name: str) -> Activation:
    """What nearly all end as."""
    attempt = Attempt("POST", AttemptOutcome.ANSWERED, 204, None, position / 7, position / 3)
    outcome = ActivationOutcome.ACTIVATED
    return Activation(position, name, None, outcome, True, (attempt,), "answer", None, position / 2)


@given(st.lists(activations), st.randoms())
def test_what_is_put_in_comes_out(given_: list[Activation], chance: object) -> None:
    """Whatever it is, in its own row, whichever is put first; and the counts are right."""
    ledger = Ledger(len(given_))
    rows = list(enumerate(given_))
    chance.shuffle(rows)  # type: ignore[attr-defined]
    for row, activation in rows:
        ledger.put(row, activation)
    assert list(ledger) == given_
    assert [ledger[row] for row in range(len(ledger))] == given_
    assert ledger.counts == Counter(activation.outcome for activation in given_)
    failures = [activation for activation in given_ if not activation.succeeded]
    assert [activation for activation in ledger.whole() if not activation.succeeded] == failures


def test_a_million_take_less_than_they_did() -> None:
    """The usual one takes at most 100 bytes beside its name, and a report of them pickles."""
    names = [f"support-{number}" for number in range(10_000)]
    tracemalloc.start()
    try:
        ledger = Ledger(len(names))
        for position, name in enumerate(names):
            ledger.put(position, usual(position, name))
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert used <= 100 * len(names)
    report = ActivationReport(ledger, 1.0)
    again = pickle.loads(pickle.dumps(report))  # noqa: S301
    assert list(itertools.islice(again, 5)) == [usual(position, names[position]) for position in range(5)]
    assert sys.getsizeof(report) < 100
