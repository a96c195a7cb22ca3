"""Calls that were made by themselves: what is due to them from being dialled on, beside what any call does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ._callbacks import Callbacks
from ._causes import BARRED
from ._legs import Leg
from ._office import Office
from ._phones import Phones
from ._settings import Settings
from ._timeline import Timeline
from ._values import Detection, RuleError


@dataclass(frozen=True, slots=True)
class Alone:
    """What happens to them."""

    time: Timeline
    office: Office
    phones: Phones
    told: Callbacks
    settings: Settings
    cut: Callable[[Leg, float, int], None]
    """Ends one."""

    def refused(self, leg: Leg) -> int | None:
        """The cause for which a call, this kind or another, isn't even dialled; None if it may be."""
        if self.office.out_of_credit:
            return 1010
        foreign = self.settings.foreign_caller_id == "ends" and not self.office.owns(leg.from_)
        return 3030 if foreign else None

    def permit(self, from_: str, to: Iterable[str]) -> None:
        """Let somebody call, as far as that is found out at once.

        Raises:
            RuleError: 403: the caller's number isn't the account's, or a destination is barred.
        """
        if self.settings.foreign_caller_id == "refused" and not self.office.owns(from_):
            raise RuleError(403, "from: not a number of this account")
        if self.settings.barred == "refused" and any(self.phones.reaction(one).cause in BARRED for one in to):
            raise RuleError(403, "to: calls to this destination are not permitted")

    def rings(self, leg: Leg, at: float) -> None:
        """One rings."""
        if leg.asked is not None and leg.asked.hangup_on_ring is not None:
            self.time.agenda.put(at + leg.asked.hangup_on_ring, self._too_long, leg)

    def answered(self, leg: Leg, at: float) -> None:
        """One is answered. It goes on until somebody, or its XML, hangs up, or its time is over."""
        asked = leg.asked
        assert asked is not None  # noqa: S101  (who is dialled into a conference is answered elsewhere)
        if asked.send_digits is not None:
            leg.digits = (*leg.digits, asked.send_digits)
        self.time.agenda.put(at + asked.time_limit, self._too_long, leg)
        if asked.detection is not None and self.phones.get(leg.to).machine:
            self.time.agenda.put(at + asked.detection.after, self._detected, (leg, asked.detection))

    def _too_long(self, leg: Leg, at: float) -> None:
        if not leg.over:
            self.cut(leg, at, 6000)

    def _detected(self, what: tuple[Leg, Detection], at: float) -> None:
        leg, detection = what
        if leg.live:
            leg.machine = True
            self.told.machine(leg, detection, at)
            if detection.hangs_up:
                self.cut(leg, at, 9100)
