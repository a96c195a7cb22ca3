"""What became of a callback, as its sender knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .._mishaps import Mishap
from ._destinations import shown

State = Literal["due", "in flight", "delivered", "refused", "failed", "lost", "held back"]
"""Delivered: answered with a 2xx. Refused: answered with something else. Failed: not answered. Lost: never sent, on
purpose. Held back: its host is not among those that callbacks may go to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTry:
    """One trip of a callback."""

    at: float
    """Seconds since the emulator started when it began."""
    took: float
    """Seconds until its answer was read, or it was given up."""
    status: int | None = None
    """What it was answered with; None if it was not."""
    failure: str | None = None
    """Why it was not answered, in words; None if it was."""
    nonce: str = ""
    """What it was signed with, beside the token."""


@dataclass(slots=True, eq=False, kw_only=True)
class Delivery:
    """One callback on its way: what is sent, and what became of it. Its `repr` tells no number and no secret."""

    number: int
    """1 for the first since the emulator started."""
    event: str
    """`EventName` or `Event` of its parameters; or `AsyncResult`, `OnExitAction`, `RecordingCompleted` (of a call). Of
    the XML of calls `fallback`, `action`, `redirect`, `transfer`, or an element that tells how it went: `GetInput`."""
    subject: str
    """The friendly name of the conference that it is about, or else the number of the phone; empty for none."""
    url: str
    method: str
    """`GET` or `POST`."""
    params: Mapping[str, str]
    due_at: float
    """Seconds since the emulator started when it is, or was, to be sent."""
    copy_of: int | None = None
    """The number of the one that this is sent once more of; None for a first."""
    mishaps: frozenset[Mishap] = frozenset()
    """What goes wrong with it on purpose."""
    state: State = "due"
    tries: list[DeliveryTry] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    """Parts of the URL's fragment that count for nothing: not in their form, or out of their range."""
    owner: str | None = None
    """Auth ID of the subaccount that it belongs to; None for the account itself."""

    @property
    def status(self) -> int | None:
        """What it was answered with last; None for nothing."""
        return self.tries[-1].status if self.tries else None

    @property
    def over(self) -> bool:
        """Nothing more becomes of it."""
        return self.state not in ("due", "in flight")

    def __repr__(self) -> str:
        told = f" {self.status}" if self.status is not None else ""
        tries = f", {len(self.tries)} tries" if len(self.tries) > 1 else ""
        return f"<Delivery {self.number} {self.event} {self.method} {shown(self.url)} {self.state}{told}{tries}>"
