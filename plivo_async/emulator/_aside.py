"""What an emulator answers beside Plivo's API, if it has something of its own to say: a console. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from .api._answers import Answer, Headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A request that isn't meant for Plivo's API. It is not noted, and has no latency and no fault."""

    method: str
    target: str
    """Path and query exactly as received."""
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes


class Stream(Protocol):
    """An answer that goes on."""

    headers: Headers

    async def next(self) -> bytes | None:
        """Wait for what is to be sent next, empty for nothing yet; None: it is over."""
        ...


class Console(Protocol):
    """Whoever answers such requests."""

    def takes(self, target: str) -> bool:
        """Whether a request to this target is for it."""
        ...

    async def answer(self, aside: Aside) -> Answer | Stream:
        """Answer one."""
        ...
