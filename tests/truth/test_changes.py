"""What the client says of changes under faults, and what the conferences know."""

import pytest

from .changes import change

pytestmark = [pytest.mark.anyio, pytest.mark.long]

OPERATIONS = 200  # for each seed and backend


@pytest.mark.parametrize("seed", range(4))
async def test_no_change_contradicts_the_truth(seed: int) -> None:
    """Done means that it was applied, or is over; no means that it wasn't and won't be; the next one is left alone."""
    found = await change(seed, OPERATIONS)
    assert found.contradictions == []
    assert found.said["OutcomeUnknownError"] < OPERATIONS / 3
    assert found.said["done"] > OPERATIONS / 3
