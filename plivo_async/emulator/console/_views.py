"""What is to be seen: conferences, phones, requests, callbacks, recordings, each as rows of JSON, the newest first.

`at`, `since` and `until` are seconds on the emulator's clock, as everywhere in it. Phone numbers stand as they are: who
looks has made them up. Nothing here has a token in it.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from .._core import Core
from .._log import Request
from .._recipes import Leaving, recipe_of
from ..calling_back._deliveries import Delivery
from ..world._conferences import Conference, headcount
from ..world._legs import Leg
from ..world._machine import Machine
from ..world._phones import Phone
from ..world._recordings import Recording

if TYPE_CHECKING:
    from .._emulator import Emulator

Json = dict[str, Any]

_PATIENCE = 60.0  # seconds after which a request that was not answered won't be: whoever sent it is gone


def rounded(at: float | None) -> float | None:
    """Milliseconds are enough."""
    return None if at is None else round(at, 3)


class Views:
    """Rows of what is in an emulator now.

    Args:
        plivo: The emulator.
    """

    def __init__(self, plivo: "Emulator") -> None:
        self._plivo = plivo

    @property
    def machine(self) -> Machine:
        """Its world."""
        return self._plivo._machine

    @property
    def core(self) -> Core:
        """What decides in it."""
        return self._plivo._core

    def seconds(self, moment: datetime) -> float:
        """A wall-clock time as seconds on the emulator's clock."""
        return round((moment - self.machine.time.epoch).total_seconds(), 3)

    # ---- Conferences --------------------------------------------------------------------------------------------

    def conferences(self, status: str = "", find: str = "") -> Iterator[Conference]:
        """Those in this state, or in any, with `find` in its name or in a number, or before its UUID."""
        for one in self.machine.registry.newest_first():
            if (not status or one.state.lower() == status) and (not find or _has(one, find)):
                yield one

    def count(self, status: str, find: str, counted: dict[str, int]) -> int:
        """How many these are. `counted` has how many there are in each state."""
        if find:
            return sum(1 for _ in self.conferences(status, find))
        return sum(count for state, count in counted.items() if status in ("", state.lower()))

    def conference(self, one: Conference) -> Json:
        """One row."""
        since = one.created_at if one.start_time is None else max(one.created_at, self.seconds(one.start_time))
        return {
            "uuid": one.mpc_uuid,
            "name": one.friendly_name,
            "status": one.state,
            "present": headcount(one),
            "recorded": any(made.open for made in one.made),
            "since": rounded(since),
            "until": None if one.end_time is None else self.seconds(one.end_time),
        }

    # ---- Phones -------------------------------------------------------------------------------------------------

    def phones(self) -> Iterator[tuple[Phone, Leg | None]]:
        """Those that ring, the longest first; those that are in line; those that talk; and those that are free."""
        up = self.machine.calls.seen_up()
        ringing = sorted((leg for leg in up if leg.status == "ringing"), key=lambda leg: leg.rang_at or leg.placed_at)
        for leg in ringing:
            yield self.machine.phones.get(leg.far_end), leg
        for status in ("queued", "in-progress"):
            for leg in reversed(up):
                if leg.status == status:
                    yield self.machine.phones.get(leg.far_end), leg
        busy = {leg.far_end for leg in up}
        for phone in self.machine.phones.newest_first():
            if phone.number.removeprefix("+") not in busy:
                yield phone, None

    def phone(self, phone: Phone, leg: Leg | None) -> Json:
        """One row: a phone, and one of its calls."""
        reaction = self.machine.phones.reaction(phone.number)
        row: Json = {"number": phone.number, "state": "free", "when_rung": reaction.kind, "call": None}
        if leg is None:
            return row
        state = "in a call" if leg.status == "in-progress" else leg.status
        since = leg.answered_at or leg.rang_at or leg.placed_at
        name, role = self._whither(leg)
        call = {
            "call_uuid": leg.call_uuid,
            "direction": leg.direction,
            "since": rounded(since),
            "ring_timeout": leg.ring_timeout,
            "conference": name,
            "role": role,
        }
        return {**row, "state": state, "call": call}

    def _whither(self, leg: Leg) -> tuple[str | None, str | None]:
        bound = self.machine.dialler.bound_for(leg)
        if bound is not None:
            return bound
        conference = self.machine.registry.by_uuid.get(leg.mpc_uuid or "")
        if conference is None:
            return None, None
        role = next((one.role for one in conference.roll if one.present and one.leg is leg), None)
        return conference.friendly_name, role

    # ---- Requests -----------------------------------------------------------------------------------------------

    def requests(self, show: str = "all", find: str = "", before: int | None = None) -> Iterator[Request]:
        """All of them, those with `trouble`, or those with `faults`; of which something has `find` in it."""
        for one in reversed(self.core.log.requests):
            if before is not None and one.number >= before:
                continue
            if _SHOWN[show](one) and (not find or _speaks_of(one, find)):
                yield one

    def request(self, one: Request, now: float) -> Json:
        """One row: `told` is what its client was told, `over` whether anything more will be."""
        return {
            "number": one.number,
            "at": rounded(one.at),
            "operation": one.operation or one.method,
            "name": one.name if one.name is not None else one.uuid or one.item,
            "nth": one.nth,
            "told": one.told,
            "ms": None if one.answered_at is None else round(1000 * (one.answered_at - one.at)),
            "applied": one.applied,
            "fault": None if one.fault is None else str(one.fault),
            "over": is_over(one, now),
        }

    # ---- Callbacks and recordings -------------------------------------------------------------------------------

    def callbacks(self, show: str = "all", find: str = "") -> Iterator[Delivery]:
        """All of them, or those with `trouble`."""
        for one in reversed(self._plivo._courier.deliveries):
            if (show == "all" or one.state not in _FINE) and (not find or find in f"{one.event} {one.subject}"):
                yield one

    def callback(self, one: Delivery) -> Json:
        """One row."""
        return {
            "number": one.number,
            "at": rounded(one.tries[0].at if one.tries else one.due_at),
            "event": one.event,
            "subject": one.subject,
            "sequence": one.params.get("SequenceNumber") or None,
            "state": one.state,
            "status": one.status,
            "ms": round(1000 * one.tries[-1].took) if one.tries else None,
            "tries": len(one.tries),
            "copy_of": one.copy_of,
            "mishaps": sorted(one.mishaps),
        }

    def recordings(self) -> Iterator[Recording]:
        """All of them."""
        return reversed(self.machine.recorder.by_id.values())

    def recording(self, one: Recording) -> Json:
        """One row."""
        return {
            "recording_id": one.recording_id,
            "conference": one.friendly_name or None,
            "member_id": one.member_id,
            "call_uuid": one.call_uuid or None,
            "phase": "deleted" if one.deleted else one.phase,
            "format": one.file_format,
            "since": rounded(one.started_at),
            "until": rounded(one.ended_at),
            "url": one.recording_url,
        }


def rows(those: Iterable[Any], row: Callable[..., Json], most: int, *more: Any) -> list[Json]:
    """The first of them, as rows."""
    return [row(one, *more) for one in islice(those, most)]


_FINE = ("delivered", "due", "in flight")
_SHOWN: dict[str, Callable[[Request], bool]] = {
    "all": lambda _: True,
    "trouble": lambda one: one.fault is not None or (one.told or 0) >= 400,
    "faults": lambda one: one.fault is not None,
}


def is_over(one: Request, now: float) -> bool:
    """Whether its client is told nothing more."""
    if one.answered_at is not None or now - one.at > _PATIENCE:
        return True
    recipe = recipe_of(one.fault)
    return recipe.silent or (recipe.leaving is Leaving.HALF and one.told is not None)


def _has(one: Conference, find: str) -> bool:
    if find in one.friendly_name or one.mpc_uuid.startswith(find.lower()):
        return True
    number = find.removeprefix("+")
    return any(number in who.member_address for who in one.roll)


def _speaks_of(one: Request, find: str) -> bool:
    if find.startswith("#"):
        return str(one.number) == find[1:]
    return any(find in part for part in (one.operation, one.name, one.uuid, one.item, one.member) if part)
