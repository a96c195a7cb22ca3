"""Looks for all who wait, together: few requests a second, however many they are, and each shows what it can to all."""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from ..._errors import NotFoundError, PlivoError
from ...models import MultiPartyCall, Participant, decode_page
from ...wire import Answer, Conference, Request, list_conferences, list_participants, retrieve
from .._legs import PASSING, CallEnd, Outage, looking
from .._many_legs import MOST_PER_SECOND, Rounds
from .._operation import Operations
from .._pages import Page, Pages
from .._waiting import followed
from ._memory import Memory
from ._news import News, seen_conference, seen_participant
from ._waits import CallWait, ConferenceWait, MemberWait

INTERVAL = 2.0
"""Seconds from one round of looks to the next."""
_ONE_BY_ONE = 2
"""Conferences that are looked at each for itself in a round; where more are waited for, a list shows them."""
_WITHIN = 30.0
"""Seconds that a round may take."""
_BEFORE = timedelta(seconds=60)  # inferred: by how much Plivo's clock may be behind ours

T = TypeVar("T")

Take = Callable[[Iterable[News]], object]


@dataclass(slots=True)
class Sought:
    """What is to be looked for in a round.

    Attributes:
        conferences: Waits for a status, the one that was looked for longest ago first.
        members: Waits for somebody to leave, in the same order.
        calls: Waits for the end of a call: those that are due, and those that are being looked for.
    """

    conferences: list[ConferenceWait] = field(default_factory=list)
    members: list[MemberWait] = field(default_factory=list)
    calls: list[CallWait] = field(default_factory=list)


class Lookout:
    """Makes the looks; one round at a time.

    Attributes:
        next_round: The instant before which there is none.
    """

    def __init__(self, operations: Operations, memory: Memory) -> None:
        """Nothing was looked at yet.

        Args:
            operations: Carries them out.
            memory: What is known.
        """
        self.next_round: float = float("-inf")
        self._operations = looking(operations)
        self._clock = operations.exchange.clock
        self._memory = memory
        self._take: Take = list
        self._rounds = Rounds(operations)
        self._outage = Outage(operations)
        self._walks: dict[str, AsyncIterator[Page[MultiPartyCall]]] = {}
        self._left = 0
        self._turn = 0
        self._ends = 0.0

    def seeks(self, call_uuid: str) -> bool:
        """Whether a call is being looked for: it is until nobody waits for it, for what was seen of it counts."""
        return call_uuid in self._rounds.legs

    async def round(self, sought: Sought, take: Take) -> list[CallEnd]:
        """Make the looks of one round.

        Args:
            sought: What is looked for.
            take: Is given what a look shows. It is kept no longer than that: a client that nobody has closed goes with
                its last reference.

        Returns:
            The ends of calls that it has found.

        Raises:
            PlivoError: A look was refused for good, or none was answered for too long.
        """
        self._take = take
        try:
            return await self._round(sought)
        finally:
            self._take = list

    async def _round(self, sought: Sought) -> list[CallEnd]:
        began = self._clock()
        self.next_round = began + INTERVAL  # also of a round that is cancelled
        whole = int(MOST_PER_SECOND * INTERVAL)
        kinds = [bool(sought.conferences), bool(sought.members), bool(sought.calls)]
        share = whole // max(1, sum(kinds))
        self._ends = began + _WITHIN
        self._left = share if sought.conferences else 0
        await self._conferences(sought.conferences)
        self._left += share if sought.members else 0
        await self._members(sought.members)
        self._left += share if sought.calls else 0
        ends = await self._calls(sought.calls)
        self.next_round = began + max(INTERVAL, (share * sum(kinds) - self._left) / MOST_PER_SECOND)
        return ends

    # ---- Conferences --------------------------------------------------------------------------------------------

    async def _conferences(self, waits: list[ConferenceWait]) -> None:
        """Each for itself if they are few; else the lists of what they are to become, and a few for themselves."""
        few = len({one.mpc_uuid or one.wait.conference for one in waits}) <= self._left
        alone: dict[object, list[ConferenceWait]] = {}
        for one in waits:
            alone.setdefault(one.mpc_uuid or one.wait.conference, []).append(one)
        for same in list(alone.values())[: None if few else _ONE_BY_ONE]:
            await self._conference(same)
        if not few:
            await self._lists(waits)

    async def _conference(self, same: list[ConferenceWait]) -> None:
        """Look at one that some wait for."""
        for one in same:
            one.looked_at = self._clock()
        uuid, given = same[0].mpc_uuid, same[0].wait.conference
        which = given if uuid is None else followed(given, uuid)
        try:
            found = await self._asked(retrieve(which), MultiPartyCall)
        except NotFoundError as error:
            for one in same:
                if which.name is None or one.wait.goal == "Ended":
                    one.error = error
        except PASSING as error:
            self._outage.check(error)
        else:
            self._take(seen_conference(found))

    async def _lists(self, waits: list[ConferenceWait]) -> None:
        """Go on with the list of each status that is waited for, from where the last round has left off."""
        goals = list(dict.fromkeys(one.wait.goal for one in waits))
        for goal in goals:
            these = [one for one in waits if one.wait.goal == goal]
            try:
                while self._left > 0 and await self._page(goal, these):
                    pass
            except PASSING as error:
                self._outage.check(error)

    async def _page(self, goal: str, waits: list[ConferenceWait]) -> bool:
        """One page of a list; whether there may be more of it."""
        walk = self._walks.get(goal)
        if walk is None:
            asked: dict[str, object] = {"status": goal.lower()}
            if goal == "Ended":
                since = self._operations.exchange.wall_at(min(one.began for one in waits)) - _BEFORE
                asked["end_time__gte"] = since.replace(microsecond=0)
            walk = Pages(MultiPartyCall, list_conferences(asked), self._fetch, self._operations.account).pages()
            self._walks[goal] = walk
        try:
            page = await anext(walk)
        except BaseException:
            del self._walks[goal]  # what was cancelled can't go on
            raise
        self._take(news for found in page.objects for news in seen_conference(found))
        if not page.has_next:
            del self._walks[goal]
            for one in waits:
                one.looked_at = self._clock()
            return False
        return True

    # ---- Participants -------------------------------------------------------------------------------------------

    async def _members(self, waits: list[MemberWait]) -> None:
        """The list of each conference in which somebody is waited for."""
        by_conference: dict[Conference, list[MemberWait]] = {}
        for one in waits:
            by_conference.setdefault(one.conference, []).append(one)
        for conference, same in by_conference.items():
            if self._left <= 0:
                return
            await self._participants(conference, same)

    async def _participants(self, conference: Conference, same: list[MemberWait]) -> None:
        for one in same:
            one.looked_at = self._clock()
        known = same[0].known(self._memory)
        which = conference if known is None else followed(conference, known.mpc_uuid)
        listed = Pages(Participant, list_participants(which), self._fetch, self._operations.account)
        try:
            self._take([news async for found in listed for news in seen_participant(found, conference.name)])
        except NotFoundError as error:
            for one in same:
                one.error = error
        except PASSING as error:
            self._outage.check(error)

    # ---- Calls --------------------------------------------------------------------------------------------------

    async def _calls(self, waits: list[CallWait]) -> list[CallEnd]:
        """A round for these calls; those that nobody waits for any more are left out."""
        rounds, due = self._rounds, {one.call_uuid: one for one in waits}
        for uuid in set(rounds.legs) - set(due):
            del rounds.legs[uuid]
        for uuid, one in due.items():
            one.looked_at = self._clock()
            if uuid not in rounds.legs:
                rounds.seek(uuid, one.patience, alone_after=0.0 if one.is_overdue(self._clock()) else None)
        if due:
            await self._joined(waits)
            self._left -= await rounds.round(self._left, self._ends)
        ends = list(rounds.known)
        rounds.known.clear()
        return ends

    async def _joined(self, waits: list[CallWait]) -> None:
        """Who is in a conference has answered: one list shows many. That of one conference a round, in turn."""
        conferences = list(dict.fromkeys(one.conference for one in waits if one.conference is not None))
        if not conferences:
            return
        self._turn += 1
        which = conferences[self._turn % len(conferences)]
        try:
            found = await self._asked(list_participants(which), Answer)
            _, listed = decode_page(Participant, found.json())
        except NotFoundError:
            return
        except (*PASSING, ValueError) as error:
            if isinstance(error, PlivoError):
                self._outage.check(error)
            return
        self._take(news for one in listed for news in seen_participant(one, which.name))

    # ---- What it is made of -------------------------------------------------------------------------------------

    async def _asked(self, request: Request, model: type[T]) -> T:
        self._left -= 1
        found = await self._operations.run(request, model, max(0.0, self._ends - self._clock()))
        self._outage.passed()
        return found

    async def _fetch(self, request: Request) -> Answer:
        return await self._asked(request, Answer)
