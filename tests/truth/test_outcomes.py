"""What waiting for the outcome of a dial says, and what the phones know."""

import pytest

from .outcomes import wait_for_many

pytestmark = [pytest.mark.anyio]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
async def test_no_outcome_contradicts_the_phones(seed: int) -> None:
    """Callbacks lost, doubled, late and out of order, answers lost, records late and missing."""
    found = await wait_for_many(seed, 400)
    assert found.contradictions == []
    assert found.said["unknown by look"] < 40
    by_callback = sum(count for what, count in found.said.items() if what.endswith("callback"))
    assert by_callback > found.said.total() / 3


@pytest.mark.parametrize("seed", [100])
async def test_a_share_of_the_outcomes(seed: int) -> None:
    """The same for few."""
    found = await wait_for_many(seed, 60)
    assert found.contradictions == []
    assert {what.partition(" by ")[2] for what in found.said} == {"callback", "look"}
