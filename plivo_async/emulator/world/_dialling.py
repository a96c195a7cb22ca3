"""Dialling: from a request to the call that is answered, or joins a conference, or to none.

    queued --> ringing --> in-progress --(confirm key)--> joins; the others have lost the race (9000)
       |          |             +------------------------> 9110
       |          +--> 3010 busy, 3020 rejected, 3000 and 6010 nobody answered
       +-------------> 2000 no such phone, 1010 no credit, 1000 its conference has ended

The calls of an account are dialled one after the other, so many per second. Source: Plivo docs, Add a participant.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ._alone import Alone
from ._calls import Calls, record_after
from ._causes import CallStatus, Outcome, fate, final_status, source_of
from ._conferences import Conference
from ._legs import Leg, poke
from ._phones import DECLINES, Reaction
from ._values import Applied, Joining

CONFIRM_WITHIN = 10.0
"""Seconds in which the confirm key must be pressed after answering. Unverified."""


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

    def bind(self, conference: Conference) -> None:
        """The request has changed a conference, which may have come into being by it; once."""
        if self.conference is None:
            self.conference = conference
            conference.changes += (Applied(self.by, self.at),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What a dialler works with."""

    alone: Alone
    calls: Calls
    joins: Callable[[Dial, Leg, float], None]
    """What to do with the leg that has won."""
    gives_up: Callable[[Dial, float], None]
    """What to do with a request of which no leg is left."""
    over: Callable[[Leg, float], object]
    """What to do when a call has ended, before that is told."""


class Dialler:
    """Dials, and tells who has answered.

    Args:
        exchange: What it works with.
        answer_after: Seconds after which a phone answers that was not told otherwise.
        calls_per_second: How many it dials; None for all at once.
    """

    def __init__(self, exchange: Exchange, *, answer_after: float, calls_per_second: float | None) -> None:
        self._exchange = exchange
        alone = exchange.alone
        self._agenda, self._phones, self._settings = alone.time.agenda, alone.phones, alone.settings
        self.answer_after = answer_after
        self.interval = 0.0 if calls_per_second is None else 1 / calls_per_second
        self._free_at = 0.0
        self._dial_of: dict[Leg, Dial] = {}
        self._dials: dict[str, list[Dial]] = {}

    def dial(self, dial: Dial, now: float) -> None:
        """Queue the legs of a request."""
        self._dials.setdefault(dial.name, []).append(dial)
        for leg, destination in zip(dial.legs, dial.joining.destinations, strict=True):
            self._dial_of[leg] = dial
            self.place(leg, now, delay=destination.delay_dial)

    def place_now(self, leg: Leg, now: float) -> None:
        """Dial one out of turn, as XML does. Source: Plivo docs, Account limits."""
        self._phones.take(leg.to, leg)
        self._agenda.put(now, self._turn, leg)

    def place(self, leg: Leg, now: float, *, delay: float = 0.0) -> bool:
        """Queue a call. Whether it has to wait for its turn."""
        self._phones.take(leg.to, leg)
        slot = max(now, self._free_at)
        self._free_at = slot + self.interval
        self._agenda.put(slot + delay, self._turn, leg)
        return slot > now

    def bound_for(self, leg: Leg) -> tuple[str, str] | None:
        """The conference that it is on its way into, and as what; None for none."""
        dial = self._dial_of.get(leg)
        return None if dial is None else (dial.name, dial.joining.role)

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
                    self.end(leg, at, 4020 if leg.live else self._settings.unanswered_end_cause)

    def pick_up(self, leg: Leg, at: float) -> None:
        """It is answered, if it still rings."""
        if leg.status != "ringing":
            return
        leg.answered_at = at
        self._now(leg, "in-progress", at)
        talks = self._phones.reaction(leg.to).talks
        if talks is not None:
            self._agenda.put(at + talks, self._phones.hang_up, leg)
        if leg in self._dial_of:
            self._confirm(leg, at)
        else:
            self._exchange.alone.answered(leg, at)

    def _confirm(self, leg: Leg, at: float) -> None:
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

    def decline(self, leg: Leg, at: float, cause: int | None = None) -> None:
        """Its phone rejects it; how that arrives is up to the settings, unless a cause is given."""
        code = DECLINES[self._settings.decline] if cause is None else cause
        self.end(leg, at, code, outcome="rejected")

    def end(self, leg: Leg, at: float, code: int, *, source: str | None = None, outcome: Outcome | None = None) -> None:
        """It is over; of one that is in a conference, that is somebody else's matter.

        Args:
            leg: Which.
            at: When.
            code: With what.
            source: Whose doing it is, if the code doesn't say.
            outcome: How it really ended, if the code doesn't say.
        """
        answered = leg.answered_at is not None
        leg.ended_at = at
        leg.hangup_cause_code = code
        leg.hangup_source = source or source_of(code, answered=answered, inbound=leg.direction == "inbound")
        leg.outcome = outcome or fate(code, answered=answered)
        usual = record_after(leg, self._settings)
        self._exchange.calls.left(leg, self._phones.record_after(leg.far_end, usual))
        self._exchange.over(leg, at)
        self._now(leg, final_status(code, self._settings, answered=answered), at)
        dial = self._dial_of.pop(leg, None)
        if dial is not None and all(one.over for one in dial.legs):
            self._close(dial)
            self._exchange.gives_up(dial, at)

    def _turn(self, leg: Leg, at: float) -> None:
        if leg.over:
            return
        refused = self._exchange.alone.refused(leg)
        if refused is not None:
            self.end(leg, at, refused)
            return
        leg.dialled_at = at
        if self._settings.dial_seconds:
            self._agenda.put(at + self._settings.dial_seconds, self._ring, leg)
        else:
            self._ring(leg, at)

    def _ring(self, leg: Leg, at: float) -> None:
        if leg.over:
            return
        leg.rang_at = at
        reaction = self._phones.reaction(leg.to)
        if reaction.kind != "fails" or reaction.rings:
            self._phones.rung(leg.to)
        if reaction.rings:
            self._now(leg, "ringing", at)
            self._exchange.alone.rings(leg, at)
            self._agenda.put(at + leg.ring_timeout, self._time_out, leg)
        after = self.answer_after if reaction.after is None else reaction.after
        if reaction.kind == "answers":
            self._agenda.put(at + after, self.pick_up, leg)
        elif not reaction.rings and not reaction.after:
            self._fails(leg, reaction, at)
        elif reaction.kind == "rejects" and not reaction.after:
            self.decline(leg, at, reaction.cause)
        elif reaction.kind != "never answers":
            self._agenda.put(at + after, self._give_up, (leg, reaction))

    def _give_up(self, what: tuple[Leg, Reaction], at: float) -> None:
        leg, reaction = what
        if leg.status == ("ringing" if reaction.rings else "queued"):
            if reaction.kind == "rejects":
                self.decline(leg, at, reaction.cause)
            else:
                self._fails(leg, reaction, at)

    def _fails(self, leg: Leg, reaction: Reaction, at: float) -> None:
        self.end(leg, at, 3000 if reaction.cause is None else reaction.cause)

    def _time_out(self, leg: Leg, at: float) -> None:
        if leg.status == "ringing":
            self.end(leg, at, 6010)

    def _unconfirmed(self, leg: Leg, at: float) -> None:
        if leg in self._dial_of:
            self.end(leg, at, 9110)

    def _wins(self, leg: Leg, at: float) -> None:
        dial = self._dial_of[leg]
        self._close(dial)
        for other in dial.legs:
            if other is not leg and not other.over:
                self.end(other, at, 9000)
        self._exchange.joins(dial, leg, at)

    def _close(self, dial: Dial) -> None:
        for leg in dial.legs:
            self._dial_of.pop(leg, None)
        self._dials[dial.name].remove(dial)
        if not self._dials[dial.name]:
            del self._dials[dial.name]

    def _now(self, leg: Leg, status: CallStatus, at: float) -> None:
        leg.status = status
        self._exchange.alone.told.call(leg, at)
        poke(leg)
