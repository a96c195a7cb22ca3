"""Finding a participant: whom a list shows, and the looks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .._errors import NotFoundError, invalid
from ..models import Participant
from ..pacing._clock import sleep_until
from ..wire import Answer, Conference, Request, in_utc, list_participants, server_time
from ..wire import call_uuid as checked_call_uuid
from ._operation import Operations
from ._pages import Pages
from ._waiting import TRANSIENT

_NUMBER = re.compile(r"[+0-9\s().-]+", re.ASCII)
_BETWEEN_DIGITS = re.compile(r"[^0-9]")
_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sought:
    """Who is sought.

    Attributes:
        call_uuid: The UUID of their phone call; None if they are sought by address.
        address: Their number or SIP URI, as `comparable` makes it; None if they are sought by call.
        joined_since: The instant since which they joined; None for any.
    """

    call_uuid: str | None
    address: str | None
    joined_since: datetime | None

    def among(self, participants: Iterable[Participant], ahead: timedelta) -> Participant | None:
        """The one to return: present before exited, the newest join first.

        Args:
            participants: All that are listed.
            ahead: How far our clock, which may have given `joined_since`, is ahead of Plivo's.
        """
        found = [one for one in participants if self._fits(one) and self._joined(one, ahead)]
        return max(found, key=_order, default=None)

    def _fits(self, one: Participant) -> bool:
        if self.call_uuid is not None:
            return one.call_uuid.lower() == self.call_uuid
        return one.member_address is not None and comparable(one.member_address) == self.address

    def _joined(self, one: Participant, ahead: timedelta) -> bool:
        if self.joined_since is None:
            return True
        whole = self.joined_since.replace(microsecond=0)  # Plivo's times have no fractions
        return one.join_time is not None and one.join_time - whole >= -ahead


def comparable(address: str) -> str:
    """An address as addresses are compared: numbers by their digits; anything else, as SIP URIs, as it is.

    Plivo gives numbers back without the "+" (seen in captures), and people write them with spaces and dashes.
    """
    return _BETWEEN_DIGITS.sub("", address) if _NUMBER.fullmatch(address) else address


def checked_sought(call_uuid: object, member_address: object, joined_since: object) -> Sought:
    """Check who is sought; no message tells an address.

    Raises:
        InvalidArgumentError, TypeError: An argument is wrong.
    """
    if (call_uuid is None) == (member_address is None):
        raise TypeError("find_participant() takes call_uuid= or member_address=: exactly one of them")
    since = None if joined_since is None else in_utc("joined_since", joined_since)
    if call_uuid is not None:
        return Sought(checked_call_uuid(call_uuid), None, since)
    if not isinstance(member_address, str):
        raise TypeError(f"member_address must be a str, not {type(member_address).__name__}")
    if not comparable(member_address):
        raise invalid("member_address", "is empty; give a phone number with its country code, or a SIP URI")
    return Sought(None, comparable(member_address), since)


def _order(one: Participant) -> tuple[bool, datetime]:
    return one.exit_time is None, one.join_time or _BEGINNING


async def find(
    operations: Operations,
    conference: Conference,
    sought: Sought,
    *,
    wait_for: float,
    interval: float,
    deadline: float,
) -> Participant | None:
    """Look once, and on for `wait_for` seconds, every `interval` seconds, while nobody is found.

    Raises:
        PlivoError: The last look failed, or one failed for good.
    """
    clock = operations.exchange.clock
    began = clock()
    ends = began + deadline
    until = min(ends, began + wait_for)
    while True:
        at = clock()
        last = at + interval > until
        try:
            found = await _look(operations, conference, sought, ends)
        except NotFoundError:
            if conference.name is None:
                raise
            found = None
        except TRANSIENT:
            if last:
                raise
            found = None
        if found is not None or last:
            return found
        await sleep_until(at + interval, clock)


async def _look(operations: Operations, conference: Conference, sought: Sought, ends: float) -> Participant | None:
    """Read the list, all pages of it."""
    clock = operations.exchange.clock
    ahead = timedelta(0)

    async def send(request: Request) -> Answer:
        nonlocal ahead
        answer = await operations.run(request, Answer, max(0.0, ends - clock()))
        ahead = max(ahead, _ahead(server_time(answer.headers), datetime.now(UTC)))
        return answer

    request = list_participants(conference, call_uuid=sought.call_uuid)
    listed = [one async for one in Pages(Participant, request, send, operations.account)]
    return sought.among(listed, ahead)


def _ahead(theirs: datetime | None, ours: datetime) -> timedelta:
    """How far our clock is ahead of Plivo's; nothing if it is behind, or if that isn't known."""
    return timedelta(0) if theirs is None else max(timedelta(0), ours - theirs)
