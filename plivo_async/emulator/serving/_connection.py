"""What the server needs of a connection."""

from typing import Protocol


class Connection(Protocol):
    """What the server needs of a connection: a `PipeEnd` or a `SocketEnd`."""

    async def receive(self) -> bytes:
        """Wait for bytes."""

    async def send(self, item: bytes) -> None:
        """Send bytes."""

    async def send_eof(self) -> None:
        """Send no more."""

    def gone(self) -> bool:
        """Whether the peer has closed its end."""

    def close(self) -> None:
        """Close in an orderly way."""

    def reset(self) -> None:
        """Break the connection."""
