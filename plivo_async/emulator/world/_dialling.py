"""Dialling: from a request to add a participant to the call that joins, or to none.

    queued --> ringing --> in-progress --(confirm key)--> joins; the others have lost the race (9000)
       |          |             +------------------------> 9110
       |          +--> 3010 busy, 3020 rejected, 3000 and 6010 nobody answered
       +-------------> 2000 no such phone, 1000 its conference has ended

The calls of an account are dialled one after the other, so many per second. Source: Plivo docs, Add a participant.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ._agenda import Agenda
from ._callbacks import Callbacks
from ._conferences import Conference
from ._legs import CallStatus, Leg
from ._phones import Phones
from ._values import Joining

CONFIRM_WITHIN = 10.0
"""Seconds in which the confirm key must be pressed after answering. Unverified."""

_REFUSALS = {"invalid": 2000, "busy": 3010, "rejects": 3020}
_UNANSWERED: dict[int, CallStatus] = {
    1000: "cancel",
    3000: "no-answer",
    3010: "busy",
    6010: "timeout",
    9000: "cancel",
}


@dataclass(slots=True, eq=False, kw_only=True)
class Dial:
    """One request to dial: the first of its legs to answer, and to confirm, joins."""

    name: str
    """Of the conference, which may be yet to come."""
    joining: Joining
    legs: tuple[Leg, ...]
    by: int
    at: float
    conference: Conference | None = None
    """The one that the request has changed, as that one knows."""


class Dialler:
    """Dials, and tells who has answered.

    Args:
        agenda: Where it puts what is to come.
        phones: The world.
        told: Where the states of calls are told.
        answer_after: Seconds after which a phone answers that was not told otherwise.
        calls_per_second: How many it dials; None for all at once.
        joins: What to do with the leg that has won.
        gives_up: What to do with a request of which no leg is left.
    """

    def __init__(
        self,
        agenda: Agenda,
        phones: Phones,
        told: Callbacks,
        *,
        answer_after: float,
        calls_per_second: float | None,
        joins: Callable[[Dial, Leg, float], None],
        gives_up: Callable[[Dial, float], None],
    ) -> None:
        self._agenda = agenda
        self._phones = phones
        self._told = told
        self._answer_after = answer_after
        self._interval = 0.0 if calls_per_second is None else 1 / calls_per_second
        self._joins = joins
        self._gives_up = gives_up
        self._free_at = 0.0
        self._dial_of: dict[Leg, Dial] = {}
        self._dials: dict[str, list[Dial]] = {}

    def dial(self, dial: Dial, now: float) -> None:
        """Queue the legs of a request."""
        self._dials.setdefault(dial.name, []).append(dial)
        for leg, destination in zip(dial.legs, dial.joining.destinations, strict=True):
            self._dial_of[leg] = dial
            self._phones.take(leg.to, leg)
            slot = max(now, self._free_at)
            self._free_at = slot + self._interval
            self._agenda.put(slot + destination.delay_dial, self._ring, leg)

    def pending(self, leg: Leg) -> bool:
        """Whether it is on its way into a conference, answered or not."""
        return leg in self._dial_of

    def waits_for(self, name: str) -> bool:
        """Whether any leg is on its way into that conference."""
        return name in self._dials

    def cancel(self, name: str, at: float) -> None:
        """Give up every leg on its way into that conference. Inferred."""
        for dial in list(self._dials.get(name, ())):
            for leg in dial.legs:
                if not leg.over:
                    self.end(leg, at, 4020 if leg.live else 1000)

    def pick_up(self, leg: Leg, at: float) -> None:
        """It is answered, if it still rings."""
        if leg.status != "ringing":
            return
        leg.answered_at = at
        self._now(leg, "in-progress", at)
        wanted = self._dial_of[leg].joining.confirm_key
        key = self._phones.get(leg.to).confirm_key
        if wanted is None:
            self._wins(leg, at)
        elif key is None:
            self._agenda.put(at + CONFIRM_WITHIN, self._unconfirmed, leg)
        else:
            self.press(leg, wanted if key == "right" else key, at)

    def press(self, leg: Leg, key: str, at: float) -> None:
        """A leg that was asked to confirm is confirmed, or not."""
        if key == self._dial_of[leg].joining.confirm_key:
            self._wins(leg, at)
        else:
            self.end(leg, at, 9110)

    def end(self, leg: Leg, at: float, code: int) -> None:
        """It is over; of one that is in a conference, that is somebody else's matter."""
        leg.ended_at = at
        leg.hangup_cause_code = code
        self._now(leg, "completed" if leg.answered_at is not None else _UNANSWERED.get(code, "failed"), at)
        dial = self._dial_of.pop(leg, None)
        if dial is not None and all(one.over for one in dial.legs):
            self._close(dial)
            self._gives_up(dial, at)

    def _ring(self, leg: Leg, at: float) -> None:
        if leg.over:
            return
        leg.rang_at = at
        kind, after = self._phones.reaction(leg.to)
        if kind != "invalid":
            self._phones.rung(leg.to)
        if kind not in ("invalid", "busy"):
            self._now(leg, "ringing", at)
        if kind in _REFUSALS:
            self.end(leg, at, _REFUSALS[kind])
            return
        self._agenda.put(at + leg.ring_timeout, self._time_out, leg)
        after = self._answer_after if after is None else after
        if kind == "answers":
            self._agenda.put(at + after, self.pick_up, leg)
        elif kind == "no answer":
            self._agenda.put(at + after, self._not_answered, leg)

    def _time_out(self, leg: Leg, at: float) -> None:
        if leg.status == "ringing":
            self.end(leg, at, 6010)

    def _not_answered(self, leg: Leg, at: float) -> None:
        if leg.status == "ringing":
            self.end(leg, at, 3000)

    def _unconfirmed(self, leg: Leg, at: float) -> None:
        if leg in self._dial_of:
            self.end(leg, at, 9110)

    def _wins(self, leg: Leg, at: float) -> None:
        dial = self._dial_of[leg]
        self._close(dial)
        for other in dial.legs:
            if other is not leg and not other.over:
                self.end(other, at, 9000)
        self._joins(dial, leg, at)

    def _close(self, dial: Dial) -> None:
        for leg in dial.legs:
            self._dial_of.pop(leg, None)
        self._dials[dial.name].remove(dial)
        if not self._dials[dial.name]:
            del self._dials[dial.name]

    def _now(self, leg: Leg, status: CallStatus, at: float) -> None:
        leg.status = status
        self._told.call(leg, at)
