"""The journal beside a run: who waits for what, in which order it gets to disk, and what another input is told."""

from pathlib import Path

import anyio
import pytest

from plivo_async import Activation, ActivationOutcome, Attempt, AttemptOutcome, JournalError, NotFoundError
from plivo_async.batch._journal import Journal
from plivo_async.batch._journal_file import Identity
from plivo_async.batch._journal_reader import JournalReader, Row
from plivo_async.batch._journal_rows import activation_of, outcome_row
from plivo_async.wire import conference

pytestmark = pytest.mark.anyio
OURS = Identity("MA00000000000000TEST", "https://api.plivo.com")


def activation(position: int, name: str) -> Activation:
    """A success like nearly all."""
    attempt = Attempt("POST", AttemptOutcome.ANSWERED, 204, None, 0.25, 0.5)
    return Activation(position, name, None, ActivationOutcome.ACTIVATED, True, (attempt,), "answer", None, 0.5)


@pytest.mark.real_time
async def test_sixty_at_once_share_their_commits(tmp_path: Path) -> None:
    """What came up during one commit goes with the next; on return it can be read."""
    journal = await Journal.open(tmp_path / "run.db", OURS)
    await journal.enter([conference(f"c{number}") for number in range(60)])
    commits = 0
    write = journal._file.write

    def counted(changes: object) -> None:
        nonlocal commits
        commits += 1
        write(changes)  # type: ignore[arg-type]

    journal._file.write = counted  # type: ignore[method-assign]
    reader = JournalReader(tmp_path / "run.db")

    async def go(number: int) -> None:
        await journal.intend([number])
        [row] = reader.some(number, 1)
        assert row.intent_at is not None
        await journal.settle([activation(number, f"c{number}")])
        [row] = reader.some(number, 1)
        assert activation_of(row) == activation(number, f"c{number}")

    async with anyio.create_task_group() as group:
        for number in range(60):
            group.start_soon(go, number)
    await journal.aclose()
    assert commits <= 12
    assert reader.counts() == {"activated": 60}


async def test_a_cancellation_does_not_lose_a_commit(tmp_path: Path) -> None:
    """Whoever waits for it is held until it is done, a few milliseconds; the others' changes are safe with it."""
    journal = await Journal.open(tmp_path / "run.db", OURS, inline=True)
    await journal.enter([conference("a"), conference("b")])
    with anyio.CancelScope() as scope:
        scope.cancel()
        await journal.intend([0])
    await journal.intend([1])
    await journal.aclose()
    assert [row.intent_at is None for row in JournalReader(tmp_path / "run.db").some(0, 9)] == [False, False]


async def test_after_a_failed_write_nothing_is_promised_any_more(tmp_path: Path) -> None:
    """All who wait are told, and all who come later: nothing further may be sent."""
    journal = await Journal.open(tmp_path / "run.db", OURS, inline=True)
    await journal.enter([conference("a"), conference("b")])
    journal._file._connection.execute("pragma query_only = on")
    for _ in range(2):
        with pytest.raises(JournalError, match="can't be written"):
            await journal.intend([0])
    await journal.aclose()


async def test_what_certainly_did_nothing_is_withdrawn(tmp_path: Path) -> None:
    """A clear no ends an intent on disk at once: a kill later on doesn't leave it in doubt."""
    journal = await Journal.open(tmp_path / "run.db", OURS, inline=True)
    await journal.enter([conference("a")])
    await journal.intend([0])
    await journal.withdraw([0])
    await journal.aclose()
    assert [row.intent_at for row in JournalReader(tmp_path / "run.db").some(0, 9)] == [None]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["a", "b", "x"], r"it has 'x' at position 2, and 'c' in the journal"),
        (["a", "b"], r"it has nothing that is a name at position 2, and 'c' in the journal"),
        (["a", "b", "c", "d"], r"it has 4 places or more, and 3 in the journal"),
        ([], "at position 0"),
    ],
)
async def test_another_input_is_refused_whole(tmp_path: Path, given: list[str], words: str) -> None:
    """Before anything is sent, with where they part; the journal stays as it was."""
    path = tmp_path / "run.db"
    journal = await Journal.open(path, OURS, inline=True)
    await journal.enter([conference(one) for one in ["a", "b", "c"]])
    await journal.aclose()
    journal = await Journal.open(path, OURS, inline=True)
    with pytest.raises(JournalError, match=words):
        await journal.enter([conference(one) for one in given])
    await journal.aclose()
    assert [row.name for row in JournalReader(path).some(0, 9)] == ["a", "b", "c"]


async def test_an_input_that_is_read_bit_by_bit_is_compared_bit_by_bit(tmp_path: Path) -> None:
    """It may go on where the first run was killed, and is refused where it parts; also if it is shorter."""
    path = tmp_path / "run.db"
    journal = await Journal.open(path, OURS, inline=True)
    assert await journal.place(0, conference("a")) is None
    assert await journal.place(1, None) is None
    await journal.intend([0])
    await journal.aclose()

    journal = await Journal.open(path, OURS, inline=True)
    known = await journal.place(0, conference("a"))
    assert known is not None and known.intent_at is not None  # noqa: PT018
    assert await journal.place(1, None) == Row(1, None, None, None, None, None, None)
    with pytest.raises(JournalError, match="it has 1 places, and 2 in the journal"):
        await journal.end(1)
    assert await journal.place(2, conference("c")) is None
    await journal.end(3)
    await journal.aclose()

    journal = await Journal.open(path, OURS, inline=True)
    with pytest.raises(JournalError, match="it has 'b' at position 2, and 'c' in the journal"):
        await journal.place(2, conference("b"))
    with pytest.raises(JournalError, match="more than the 3 places"):
        await journal.place(3, conference("d"))
    await journal.aclose()


@pytest.mark.parametrize(
    "one",
    [
        activation(3, "Östermalm"),
        Activation(
            4,
            None,
            "7b80557a-92cd-4f4b-a66f-1c6a0b1d1f8b",
            ActivationOutcome.NOT_FOUND,
            False,
            (Attempt("POST", AttemptOutcome.ANSWERED, 404, None, 0.1, 0.2, None, "an-id"),),
            "lookup",
            NotFoundError("no such", operation="Activate MPC", target="x", status_code=404),
            1.5,
        ),
        Activation(5, None, None, ActivationOutcome.REJECTED, error=TypeError("names must be str, not int")),
    ],
    ids=["activated", "not_found", "no name"],
)
def test_an_outcome_comes_back_as_it_was(one: Activation) -> None:
    """With its attempts and the facts of its error."""
    outcome, at, detail, _, position = outcome_row(one, 7.0)
    back = activation_of(Row(position, one.name, one.uuid, None, outcome, at, detail))  # type: ignore[arg-type]
    assert back.to_dict() == one.to_dict()
    assert type(back.error) is type(one.error)
    assert getattr(back.error, "attempts", None) == getattr(one.error, "attempts", None)
