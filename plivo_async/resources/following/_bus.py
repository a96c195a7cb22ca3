"""Callbacks reach one process, those who wait sit in another: the seam between processes."""

from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable

from ..._public import public


@public
@runtime_checkable
class EventBus(Protocol):
    """Carries callbacks between the processes of a service; `client.events.over(bus)` uses one.

    What it loses is found by looks, later; what it brings twice is told once.
    """

    async def publish(self, message: str) -> None:
        """Send a message, JSON of up to some kilobytes, to all who listen, this process included or not.

        It holds what Plivo told: names, numbers.
        """
        ...

    def listen(self) -> AsyncIterator[str]:
        """Messages as they come, until it is cancelled or closed; an error ends it, and is raised."""
        ...
