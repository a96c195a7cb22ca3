"""Every call of the account, and where each is found: queued, live, or as the record of one that is over.

accepted       queued
dialled        queued | live | nowhere    a setting
rings          live                       and queued, if the settings say so
answered       live
over           nowhere, and then, seconds later, as a record (or never)

Source: Plivo docs, Voice; test scripts of others.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import takewhile
from random import Random
from uuid import NAMESPACE_OID, uuid5

from ._bills import price_of
from ._causes import BEFORE_DIALLING
from ._legs import Leg
from ._voice_settings import VoiceSettings


class Calls:
    """All calls, by id and by what they do.

    Args:
        settings: Where they are found.
        unseen: Makes calls of those who were only a number until now.
    """

    def __init__(self, settings: VoiceSettings, unseen: Callable[[], object]) -> None:
        self.by_uuid: dict[str, Leg] = {}
        self.over: list[Leg] = []
        """Those that are over, in order of their ends."""
        self._settings = settings
        self._unseen = unseen
        self._known: dict[str, Leg] = {}
        self._up: dict[Leg, None] = {}
        self._of_request: dict[str, list[Leg]] = {}

    def enter(self, leg: Leg) -> None:
        """There is another one."""
        other = leg.of_conference and self._settings.mpc_call_ids == "other"
        leg.known_as = str(uuid5(NAMESPACE_OID, leg.call_uuid)) if other else leg.call_uuid
        self.by_uuid[leg.call_uuid] = self._known[leg.known_as] = leg
        self._up[leg] = None
        if leg.request_uuid:
            self._of_request.setdefault(leg.request_uuid, []).append(leg)

    def left(self, leg: Leg, record_after: float | None) -> None:
        """One is over; its record comes so many seconds later, or never."""
        del self._up[leg]
        self.over.append(leg)
        leg.playing = leg.speaking = None
        leg.record_at = None if record_after is None or leg.ended_at is None else leg.ended_at + record_after

    def find(self, uuid: str) -> Leg | None:
        """The call with that id below `/Call/`."""
        if uuid not in self._known:
            self._unseen()
        return self._known.get(uuid)

    def of_request(self, request_uuid: str) -> list[Leg]:
        """Those that a request has dialled, or is to dial."""
        return list(self._of_request.get(request_uuid, ()))

    def seen_up(self) -> list[Leg]:
        """The same as `up` without those that nobody has looked at yet."""
        return list(self._up)

    def up(self) -> list[Leg]:
        """Those that are not over, in order of their beginning."""
        self._unseen()
        return list(self._up)

    def all(self) -> Iterable[Leg]:
        """Every one, in order of its beginning."""
        self._unseen()
        return self.by_uuid.values()

    def queued(self) -> Iterator[Leg]:
        """Those that are found queued."""
        return (leg for leg in self.up() if is_queued(leg, self._settings))

    def live(self) -> Iterator[Leg]:
        """Those that are found live."""
        return (leg for leg in self.up() if is_live(leg, self._settings))

    def records(self, now: float, since: float = -math.inf) -> list[Leg]:
        """Those whose records can be read and that ended since an instant, the newest first."""
        recent = takewhile(lambda leg: leg.ended_at is not None and leg.ended_at >= since, reversed(self.over))
        found = [leg for leg in recent if has_record(leg, now)]
        if self._settings.record_order == "initiation":
            found.sort(key=lambda leg: begun(leg, self._settings), reverse=True)
        return found


def is_queued(leg: Leg, settings: VoiceSettings) -> bool:
    """Whether it is found among the queued ones."""
    if leg.status == "queued":
        return leg.dialled_at is None or settings.dialling_shown == "queued"
    return leg.status == "ringing" and settings.queued_until == "answer"


def is_live(leg: Leg, settings: VoiceSettings) -> bool:
    """Whether it is found among the live ones."""
    if leg.status == "queued":
        return leg.dialled_at is not None and settings.dialling_shown == "live"
    return leg.live or (leg.status == "ringing" and settings.ringing_live)


def has_record(leg: Leg, now: float) -> bool:
    """Whether its record can be read."""
    return leg.record_at is not None and leg.record_at <= now


def record_after(leg: Leg, settings: VoiceSettings) -> float | None:
    """Seconds from its end until its record comes; None for never. What is left to chance follows from its id."""
    if leg.hangup_cause_code in BEFORE_DIALLING and not settings.refused_records:
        return None
    if leg.rang_at is None and leg.direction == "outbound":
        lost = leg.hangup_cause_code == 9000
        if leg.outcome == "cancelled" and not (settings.lost_race_records if lost else settings.queued_records):
            return None
    drawn = Random(f"{leg.call_uuid} record").random()  # noqa: S311  (to be replayed, not to be secret)
    if drawn < settings.record_missing_share:
        return None
    late = drawn < settings.record_missing_share + settings.record_late_share
    return settings.record_late_by if late else settings.record_after


# ---- What a record says ---------------------------------------------------------------------------------------------


def begun(leg: Leg, settings: VoiceSettings) -> float:
    """When it was initiated, in seconds since the emulator started."""
    return leg.placed_at if leg.dialled_at is None or settings.initiation_time == "accepted" else leg.dialled_at


def talked(leg: Leg) -> int:
    """Whole seconds from the answer to the end; 0 if there was none, or it isn't over."""
    if leg.answered_at is None or leg.ended_at is None:
        return 0
    return int(leg.ended_at - leg.answered_at)


def billed_seconds(leg: Leg) -> int:
    """The same rounded up to what is paid for: whole minutes, and to SIP endpoints whole seconds (older docs)."""
    interval = 1 if leg.far_end.lower().startswith(("sip:", "sips:")) else 60
    return -(-talked(leg) // interval) * interval


def cost(leg: Leg) -> Decimal:
    """In USD, with five decimals."""
    return price_of(billed_seconds(leg))
