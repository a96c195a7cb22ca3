"""Participants that called in, who are only a number until somebody looks: there may be a million of them."""

from collections.abc import Callable
from uuid import NAMESPACE_OID, uuid5

from ._conferences import Conference, everybody
from ._legs import Leg
from ._participants import Participant


class Guests:
    """Makes participants of those who are only a number.

    Args:
        call_in: Makes a call that came in: from whom, its UUID, and since when.
    """

    def __init__(self, call_in: Callable[[str, str, float], Leg]) -> None:
        self._call_in = call_in
        self._waiting: list[Conference] = []

    def expect(self, conference: Conference) -> None:
        """There is a conference that has some."""
        self._waiting.append(conference)

    def all(self) -> None:
        """Make all of them."""
        waiting, self._waiting = self._waiting, []
        for conference in waiting:
            everybody(conference)

    def of(self, conference: Conference) -> tuple[Participant, ...]:
        """Make those of one conference, who are told by their numbers alone."""
        first = conference.first_guest
        return tuple(self._guest(conference, number) for number in range(first, first + conference.guests))

    def _guest(self, conference: Conference, number: int) -> Participant:
        uuid = str(uuid5(NAMESPACE_OID, f"{conference.mpc_uuid} {number}"))
        leg = self._call_in(f"1{200 + number // 100 % 800}55501{number % 100:02}", uuid, conference.created_at)
        leg.mpc_uuid = leg.last_mpc_uuid = conference.mpc_uuid
        leg.member_id = str(number)
        leg.sub_account = conference.sub_account
        return Participant(
            member_id=str(number),
            mpc_uuid=conference.mpc_uuid,
            leg=leg,
            role="customer",
            join_time=conference.creation_time,
            start_mpc_on_enter=False,
        )
