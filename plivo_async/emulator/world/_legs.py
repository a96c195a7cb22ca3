"""Calls, and why they end: what Plivo calls a leg of a conference."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ._causes import HANGUP_CAUSES, CallStatus, Outcome
from ._recordings import Recording
from ._values import Applied, CallHooks, Calling, Hook

_NO_HOOKS = CallHooks()


@dataclass(slots=True, eq=False, kw_only=True)
class Leg:
    """One call: to a phone that was dialled, or from one that dialled in. All of it as of the last look.

    Look again with `Phone.calls` or any other reading of the `Emulator`.
    """

    call_uuid: str
    from_: str
    """Without a leading "+", as in Plivo's answers; a `sip:` URI as it is."""
    to: str
    """Likewise."""
    direction: Literal["inbound", "outbound"]
    status: CallStatus
    request_uuid: str = ""
    """Of the request that dialled it; empty for a call that came in."""
    ring_timeout: int = 45
    """Seconds that it may ring."""
    placed_at: float = 0.0
    """Seconds since the emulator started when it was accepted, or came in."""
    dialled_at: float | None = None
    """Likewise when its turn to be dialled had come; None until then, and for a call that came in."""
    rang_at: float | None = None
    """Seconds since the emulator started when it got to its phone; None until then, and for a call that came in."""
    answered_at: float | None = None
    """Likewise; None if it never was."""
    ended_at: float | None = None
    hangup_cause_code: int | None = None
    """A key of `HANGUP_CAUSES`; None until it ended."""
    hangup_source: str | None = None
    """Whose doing the end was, spelt as on the wire, such as `Callee` or `API Request`; None until it ended."""
    outcome: Outcome | None = None
    """How it really ended, whatever is told of it: a phone that rejects is `rejected` although it may be told as busy.
    A machine that was detected is `no_answer`, who didn't press the key `rejected`. None until it ended."""
    record_at: float | None = None
    """Seconds since the emulator started from which on its record can be read; None while it lives, or for never."""
    known_as: str = ""
    """Its id below `/Call/`: the `call_uuid`, unless the settings say otherwise."""
    of_conference: bool = False
    """Whether a request to add a participant dialled it."""
    sub_account: str | None = None
    """Auth ID of the subaccount that it belongs to; None for the account itself."""
    caller_name: str = ""
    parent_call_uuid: str | None = None
    last_mpc_uuid: str | None = None
    """The conference that it is in, or was in last."""
    playing: str | None = None
    """What is played to it alone; None for nothing. It goes on until it is stopped, or its `length` is over."""
    speaking: str | None = None
    """What is spoken to it alone, likewise."""
    machine: bool = False
    """A machine was detected to have answered it."""
    digits: tuple[str, ...] = ()
    """What was sent to it as digits, in order."""
    transferred_to: str | None = None
    """Where its last transfer led; None before."""
    by: int | None = None
    """`Request.number` of the request that dialled it; None for others."""
    changes: tuple[Applied, ...] = ()
    """Every change through `/Call/` or `/Request/` after that, in order, the one that ended it included."""
    made: tuple[Recording, ...] = field(default=(), repr=False)
    """Its own recordings, as of the last look; those of a conference that it was in are that one's."""
    asked: Calling | None = field(default=None, repr=False)
    """The request to make it, if it was made by itself."""
    hooks: CallHooks = field(default=_NO_HOOKS, repr=False)
    """Where it is told what the call does, if it was made by itself, or its number leads to an application."""
    mpc_uuid: str | None = None
    """The conference that it is in now."""
    member_id: str | None = None
    """Whom it is there."""
    callback: Hook | None = field(default=None, repr=False)
    """Where its state is told."""
    refused: tuple[tuple[int, str], ...] = ()
    """What of the XML that it was given was not understood, or not allowed: the line and what is wrong with it."""
    pressed: str = field(default="", repr=False)
    """The keys that were pressed since it began to listen for keys, outside of conferences."""
    watcher: Callable[[], None] | None = field(default=None, repr=False)
    """Is told whenever something becomes of it."""

    @property
    def live(self) -> bool:
        """Answered, and not over."""
        return self.status == "in-progress"

    @property
    def over(self) -> bool:
        """It has ended, answered or not."""
        return self.ended_at is not None

    @property
    def hangup_cause(self) -> str | None:
        """Why it ended, in words; None until it ended."""
        return None if self.hangup_cause_code is None else HANGUP_CAUSES[self.hangup_cause_code]

    @property
    def far_end(self) -> str:
        """The number or URI of the phone."""
        return self.from_ if self.direction == "inbound" else self.to


def poke(leg: Leg) -> None:
    """Something has become of it: tell whoever carries on with it."""
    if leg.watcher is not None:
        leg.watcher()
