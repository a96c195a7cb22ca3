"""What looks say of calls, and what the phones know."""

import pytest

from .dials import dial_many

pytestmark = [pytest.mark.anyio]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
async def test_no_outcome_contradicts_the_phones(seed: int) -> None:
    """Under every ending, late and missing records, lost answers; for three requests a second at most."""
    found = await dial_many(seed, 600)
    assert found.contradictions == []
    known = found.said.total() - found.said["unknown"]
    assert known > 300  # where the UUIDs of participants' calls lead nowhere, two in five can't be known
    assert found.said["answered"] > known / 5


@pytest.mark.parametrize("seed", [100, 101])
async def test_a_share_of_the_dials(seed: int) -> None:
    """The same for few."""
    found = await dial_many(seed, 40)
    assert found.contradictions == []
    assert found.said["unknown"] < 20
