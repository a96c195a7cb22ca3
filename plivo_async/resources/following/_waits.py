"""What somebody waits for: whether it is so, whether it can still be, when a look is worth its request. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ..._errors import StatusNotReachedError
from ..._public import public
from ...models._model import Model
from ...policy import CallOutcome
from ...wire import Conference
from .._legs import CallEnd, Patience
from .._waiting import Prospect, Wait, prospect
from ._memory import ConferenceNews, LegNews, Memory

FRESH = 10.0
"""Seconds for which what was heard before a wait began is still taken for true."""
QUIET = 10.0
"""Seconds without a callback after which they are taken not to come."""
TRUSTED = 300.0
"""Seconds after a callback for which those of a call are believed to come, if it has a URL for them."""
LONGEST = 30.0
"""Seconds after which a wait is looked at although callbacks come: its own may be lost."""


@public
@dataclass(frozen=True, slots=True, kw_only=True)
class Reached(Model):
    """What was waited for, and how it is known."""

    what: str
    """`Initialized`, `Active` or `Ended` of a conference, `left` of a participant."""
    told_by: Literal["callback", "look"]
    """`callback` or `look`."""
    inferred: bool
    """Whether it follows from something else: a participant has left because the conference is over."""
    at: datetime | None = None
    """When it came to be so, in UTC, on Plivo's clock; None if that isn't known."""
    mpc_uuid: str | None = None
    """The conference."""
    mpc_name: str | None = None
    """Its friendly name; None if nothing has told it."""
    member_id: str | None = None
    """The participant; None if it is about the conference."""


@dataclass(slots=True, eq=False, kw_only=True)
class Waiting:
    """A wait.

    Attributes:
        began: The instant at which it began.
        looked_at: The instant of the last look for it; before all others if there was none.
        error: Why it can't come; None while it can.
    """

    began: float
    looked_at: float = float("-inf")
    error: Exception | None = None

    @property
    def is_enough(self) -> bool:
        """Whether nothing else has to be waited for."""
        return self.error is not None

    def due(self, memory: Memory, interval: float) -> float:
        """The instant at which a look is worth its request.

        At once and every `interval` seconds where no callbacks come; rarely where they do.
        """
        return min(max(self.looked_at + interval, memory.heard_at + QUIET), max(self.began, self.looked_at) + LONGEST)


@dataclass(slots=True, eq=False, kw_only=True)
class ConferenceWait(Waiting):
    """A wait for the status of a conference.

    Attributes:
        wait: What is waited for.
        mpc_uuid: Which conference it is, once that is known: it is followed, and not the next one of its name.
    """

    wait: Wait
    mpc_uuid: str | None = None
    result: Reached | None = None
    error: Exception | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has come, or can't come any more."""
        return self.result is not None or self.error is not None

    @property
    def key(self) -> str:
        """What news of it has: its UUID, or its name."""
        return self.wait.conference.name if self.wait.conference.name is not None else str(self.wait.conference.uuid)

    def check(self, memory: Memory) -> bool:
        """Whether it has the status, or can't have it any more."""
        if self.is_over:
            return True
        known = memory.conference(self.mpc_uuid or self.wait.conference.uuid, self.wait.conference.name)
        if known is None or (self.mpc_uuid is None and not self._is_meant(known)):
            return False
        self.mpc_uuid = known.mpc_uuid
        goal, status = self.wait.goal, known.status
        fact = known.reached.get(goal)
        if fact is not None and fact.heard_at >= self.began - FRESH:
            self.result = Reached(
                what=goal, told_by=fact.told_by, inferred=False, at=fact.at, mpc_uuid=known.mpc_uuid,
                mpc_name=known.mpc_name,
            )  # fmt: skip
        elif status is not None and prospect(goal, status) is Prospect.MISSED:
            self.error = self.wait.missed(status)
        return self.is_over

    def _is_meant(self, known: ConferenceNews) -> bool:
        """By name a conference is meant that was live when the wait began, or came later; what is old isn't known."""
        if self.wait.conference.name is None:
            return True
        if known.heard_at < self.began - FRESH:
            return False
        ended = known.reached.get("Ended")
        return ended is None or ended.heard_at > self.began

    def too_late(self, memory: Memory) -> StatusNotReachedError:
        """It didn't come in time."""
        known = memory.conference(self.mpc_uuid, None) if self.mpc_uuid else None
        return self.wait.too_late(None if known is None else known.status, None)


@dataclass(slots=True, eq=False, kw_only=True)
class MemberWait(Waiting):
    """A wait for a participant to leave.

    Attributes:
        conference: The conference, as the caller gave it.
        member_id: The participant.
    """

    conference: Conference
    member_id: str
    result: Reached | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has come, or can't come any more."""
        return self.result is not None or self.error is not None

    @property
    def key(self) -> str:
        """What news of it has: its UUID, or its name."""
        return self.conference.name if self.conference.name is not None else str(self.conference.uuid)

    def check(self, memory: Memory) -> bool:
        """Whether they have left, or the conference is over, and nobody is in it any more."""
        if self.is_over:
            return True
        known = self.known(memory)
        if known is None:
            return False
        fact = known.left.get(self.member_id) or known.reached.get("Ended")
        if fact is not None:
            self.result = Reached(
                what="left",
                told_by=fact.told_by,
                inferred=self.member_id not in known.left,
                at=fact.at,
                mpc_uuid=known.mpc_uuid,
                mpc_name=known.mpc_name,
                member_id=self.member_id,
            )
        return fact is not None

    def known(self, memory: Memory) -> ConferenceNews | None:
        """The conference that they are, or were, in: of several of its name the one that has such a member."""
        known = memory.conference(self.conference.uuid, self.conference.name)
        has_them = known is not None and any(one.member_id == self.member_id for one in known.news)
        return known if has_them or self.conference.name is None else None


@dataclass(slots=True, eq=False, kw_only=True)
class CallWait(Waiting):
    """A wait for how a call ends.

    Attributes:
        call_uuid: The call.
        patience: How it is looked at.
        lease: Seconds for which callbacks are waited for, where they are to be expected.
        has_url: Whether it was given a URL for them.
        conference: The conference that they are to join; None if it is none.
    """

    call_uuid: str
    patience: Patience
    lease: float
    has_url: bool
    conference: Conference | None = None
    result: CallEnd | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has come, or can't come any more."""
        return self.result is not None or self.error is not None

    @property
    def is_enough(self) -> bool:
        """Of several phones that ring, the one that is answered."""
        return self.error is not None or (self.result is not None and self.result.outcome is CallOutcome.ANSWERED)

    @property
    def key(self) -> str:
        """What news of it has: its UUID, or its name."""
        return self.call_uuid

    def check(self, memory: Memory) -> bool:
        """Whether its outcome is known. That somebody picked up may be none."""
        if self.is_over:
            return True
        leg = memory.leg(self.call_uuid)
        if leg is not None and leg.outcome is not None and self._counts(leg):
            self.result = call_end(self.call_uuid, leg)
        return self.is_over

    def _counts(self, leg: LegNews) -> bool:
        return leg.final or leg.inferred or not self.patience.until_ended

    def is_overdue(self, now: float) -> bool:
        """Whether it has rung as long as it may: then a look at it alone tells most."""
        return now >= self.began + self.lease

    def due(self, memory: Memory, interval: float) -> float:
        """Callbacks are waited for until the lease is over, if one has come, or is to be expected."""
        leg = memory.leg(self.call_uuid)
        told = leg is not None and leg.told.told_by == "callback"
        if told or (self.has_url and memory.heard_at >= self.began - TRUSTED):
            return max(self.began + self.lease, self.looked_at + interval)
        return max(self.began, self.looked_at + interval)


def call_end(call_uuid: str, leg: LegNews) -> CallEnd:
    """What callbacks tell of the end of a call."""
    assert leg.outcome is not None  # noqa: S101  (for the type checker)
    told, ending = leg.told, leg.told.ending
    return CallEnd(
        call_uuid=call_uuid,
        outcome=leg.outcome,
        seen=_seen(leg),
        told_by=told.told_by,
        inferred=leg.inferred,
        answered_at=told.at if leg.outcome is CallOutcome.ANSWERED and not leg.final else None,
        ended_at=told.at if leg.final else None,
        hangup_cause_code=None if ending is None else ending.code,
    )


def _seen(leg: LegNews) -> str:
    if leg.inferred:
        return "they have joined the conference"
    what = leg.told.call_status or leg.told.what
    return f"a callback: {what}{f' ({leg.told.more})' if leg.told.more else ''}"


_RANK = (
    CallOutcome.ANSWERED,
    CallOutcome.BUSY,
    CallOutcome.REJECTED,
    CallOutcome.NO_ANSWER,
    CallOutcome.FAILED,
    CallOutcome.CANCELLED,
    CallOutcome.UNKNOWN,
)


def together(ends: Sequence[CallEnd]) -> CallEnd:
    """How a dial of several ended: as the one that was answered; if none was, as the one that tells most."""
    return min(ends, key=lambda one: _RANK.index(one.outcome))
