"""What requests and users may do with conferences: the rules. What then happens is in `_machine`.

A friendly name is unique among the live conferences (Initialized or Active) and free again afterwards; a UUID is for
ever. Source: Plivo docs, Multiparty Call. Where a rule is not from there, it says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ._callbacks import CallbackRecord
from ._conferences import CAUSES, MAX_DURATION, MAX_PARTICIPANTS, Applied, Conference, ConferenceStatus, headcount
from ._controls import Controls
from ._dialling import Dial
from ._legs import Leg
from ._machine import OWN_NUMBER
from ._participants import Participant
from ._phones import bare
from ._recordings import Recording
from ._values import Hook, Joining, RoomOptions, RuleError

__all__ = ["CAUSES", "Added", "Applied", "Conference", "ConferenceStatus", "Leg", "Participant", "Recording", "Rooms"]

_DURATIONS = range(300, 28_801)
_INITIATED = "AddParticipantByAPIActionInitiated"


@dataclass(frozen=True, slots=True)
class Added:
    """What a request to add a participant has begun."""

    request_uuid: str
    calls: tuple[Leg, ...]
    """One for each phone, in the order of the request; or the call that was transferred."""


class Rooms(Controls):
    """All conferences of one account."""

    # ---- By users -----------------------------------------------------------------------------------------------

    def add(
        self,
        name: str,
        *,
        now: float,
        waiting: int = 1,
        status: str = "initialized",
        uuid: str | None = None,
        stay_alone: bool = False,
        sub_account: str | None = None,
        started_ago: float = 0.0,
        max_duration: int | None = None,
    ) -> Conference:
        """Put a conference in that state, as if its participants had called in that long ago.

        Raises:
            ValueError: An argument out of range, a UUID that was used before, or a live conference of that name.
        """
        self.advance(now)
        state = _status(status)
        if not name:
            raise ValueError("a conference needs a friendly name")
        if not 1 <= waiting <= MAX_PARTICIPANTS:
            raise ValueError(f"waiting: {waiting} is not between 1 and {MAX_PARTICIPANTS}")
        if max_duration is not None and max_duration not in _DURATIONS:
            raise ValueError(
                f"max_duration: {max_duration} is not between {_DURATIONS[0]} and {_DURATIONS[-1]} seconds"
            )
        options = _plain(stay_alone, max_duration)
        if not 0 <= started_ago < (max_duration or MAX_DURATION):
            raise ValueError(f"started_ago: {started_ago} is not between 0 and max_duration, when it would have ended")
        then = now - started_ago
        conference = self.create(name, options, then, uuid=uuid, sub_account=sub_account, guests=waiting)
        if state != "Initialized":
            self.start(conference, then)
        if state == "Ended":
            self.end(conference, now, cause=1000)
        return conference

    def add_call(self, now: float, *, to: str = OWN_NUMBER, from_: str, call_uuid: str | None = None) -> Leg:
        """A call that has come in and is live.

        Raises:
            ValueError: A UUID that was used before.
        """
        self.advance(now)
        if call_uuid is not None and call_uuid in self.legs:
            raise ValueError(f"there is a call with the UUID {call_uuid} already")
        self.phones.get(from_)  # as it is written
        return self.call_in(bare(from_), bare(to), call_uuid or self._new_uuid(), now)

    @property
    def callbacks(self) -> list[CallbackRecord]:
        """All that would have been told."""
        return self.told.records

    def note_callback(self, hook: Hook, params: Mapping[str, str], now: float) -> None:
        """Record a callback that has nothing to do with the conferences' state."""
        self.told.note(hook, params, now)

    # ---- The whole conference -----------------------------------------------------------------------------------

    def activate(self, conference: Conference, now: float, *, by: int | None = None) -> bool:
        """Initialized becomes Active; anything else stays as it is.

        Args:
            conference: One of this account's.
            now: Seconds on the clock of `epoch`.
            by: Number of the request that does it; None when it is somebody else's doing.

        Returns:
            Whether the state changed.
        """
        self.advance(now)
        changed = self.start(conference, now)
        if changed and by is not None:
            conference.activations.append(Applied(by, now))
        return changed

    def end(self, conference: Conference, now: float, *, cause: int = 3000, by: int | None = None) -> bool:
        """A live one becomes Ended; an ended one stays as it is. Arguments and result as in `activate`.

        Raises:
            ValueError: `cause` is no key of `CAUSES`.
        """
        if cause not in CAUSES:
            raise ValueError(f"cause: {cause} is none of {', '.join(map(str, CAUSES))}")
        self.advance(now)
        if not conference.live:
            return False
        if cause == 1000:
            self.all_hang_up(conference, now)
        self.finish(conference, now, cause, by=by)
        return True

    # ---- Adding -------------------------------------------------------------------------------------------------

    def add_participant(self, name: str | None, uuid: str | None, joining: Joining, now: float, *, by: int) -> Added:
        """Dial, or transfer a live call; by name the conference is made if it isn't there. Neither safe nor idempotent.

        Raises:
            RuleError: 400: several phones for another role than agent (Plivo docs), or it is full (unverified).
                404: no such live conference by UUID, or no such live call (unverified).
        """
        self.advance(now)
        conference = self._addressed(name, uuid)
        target = conference.friendly_name if conference is not None else name or ""
        if conference is not None and headcount(conference) >= conference.max_participants:
            raise RuleError(400, f"the conference is full: {conference.max_participants} participants")
        if len(joining.destinations) > 1 and joining.role != "agent":
            raise RuleError(400, "to: several destinations are for agents only")
        if joining.call_uuid is not None:
            return self._transfer(target, conference, joining, now, by)
        added = self._dial(target, conference, joining, now, by)
        self.advance(now)  # the first phone rings at once
        return added

    def _addressed(self, name: str | None, uuid: str | None) -> Conference | None:
        if uuid is None:
            return self.live(name or "")
        found = self.by_uuid.get(uuid)
        if found is None or not found.live:
            raise RuleError(404, "not found")
        return found

    def _dial(self, name: str, conference: Conference | None, joining: Joining, now: float, by: int) -> Added:
        for destination in joining.destinations:
            self.phones.get(destination.to)  # as it is written
        uuids = [self._new_uuid() for _ in joining.destinations]
        request_uuid = uuids[0] if len(uuids) == 1 else self._new_uuid()
        legs = tuple(
            Leg(
                call_uuid=uuid,
                from_=bare(joining.from_ or ""),
                to=bare(destination.to),
                direction="outbound",
                status="queued",
                request_uuid=request_uuid,
                ring_timeout=destination.ring_timeout,
                callback=joining.call_status_callback,
            )
            for uuid, destination in zip(uuids, joining.destinations, strict=True)
        )
        self.legs.update((leg.call_uuid, leg) for leg in legs)
        if conference is None and self.settings.created_by == "request" and joining.create_mpc_with_single_participant:
            conference = self.create(name, joining.room, now)
        dial = Dial(name=name, joining=joining, legs=legs, by=by, at=now)
        if conference is not None:
            self.bind(dial, conference)
        self._tell_initiated(name, joining, conference, now)
        self.dialler.dial(dial, now)
        return Added(request_uuid, legs)

    def _transfer(self, name: str, conference: Conference | None, joining: Joining, now: float, by: int) -> Added:
        leg = self.legs.get(joining.call_uuid or "")
        if leg is None or not leg.live or self.dialler.pending(leg):
            raise RuleError(404, "call_uuid: no such live call")
        if conference is not None and leg.mpc_uuid == conference.mpc_uuid:
            raise RuleError(400, "call_uuid: the call is in this conference already")
        if conference is None and not joining.create_mpc_with_single_participant:
            raise RuleError(404, "not found")
        self._tell_initiated(name, joining, conference, now)
        self.move_out(leg, now)
        conference = conference or self.create(name, joining.room, now)
        conference.changes += (Applied(by, now),)
        self.tell_added(name, joining, conference, now, self.join(conference, leg, joining, now))
        return Added(leg.call_uuid, (leg,))

    def _tell_initiated(self, name: str, joining: Joining, conference: Conference | None, now: float) -> None:
        if conference is None:
            self.told.before(name, joining.room, _INITIATED, now)
        else:
            self.told.status(conference, _INITIATED, now)


@lru_cache
def _plain(stay_alone: bool, max_duration: int | None) -> RoomOptions:
    """The same value for all conferences that are alike; there may be a million of them."""
    return RoomOptions(stay_alone=stay_alone, max_duration=max_duration)


def _status(text: str) -> ConferenceStatus:
    match text.lower():
        case "initialized":
            return "Initialized"
        case "active":
            return "Active"
        case "ended":
            return "Ended"
    raise ValueError(f"status: {text!r} is none of 'initialized', 'active', 'ended'")
