"""Ending a conference, when the answer may get lost.

By UUID it is repeated, and a repetition that is refused is settled by a look. By name it isn't: by then the name may be
that of the next conference, in which others talk. So a look at the name comes first, and the list of those that ended:

    live                       ended since the operation began    then
    made before it began       (not asked)                        it is the one: go on, by its UUID
    made since                 none                               it is the one: go on, by its UUID
    made since                 one, or too many to tell           unknown: it may be the next one
    none                       one                                done
    none                       none                               there was none
    none                       too many to tell                   unknown

"Since" is a minute earlier than it was, for clocks that differ: what came or ended in that minute may be taken for
later than it was, which leads to "unknown" at worst.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from .._errors import NotFoundError, OutcomeUnknownError, PlivoError
from ..models import Accepted, MultiPartyCall, decode
from ..wire import Answer, Conference, conference_by_uuid, end, retrieve, server_time
from ._operation import Given, Operations
from ._settle import Finding, Proof, add_words, earliest, ended_of_name, settled, stopping

_ENDED = "get() shows whether it is over"
_ENDED_BY_NAME = "client.mpc.list(friendly_name=…, status='ended') shows whether it is over"


async def stop(operations: Operations, conference: Conference, given: Given) -> Accepted | None:
    """End a conference.

    Raises:
        PlivoError: It did not succeed, or that isn't known.
    """
    request = end(conference, callback=given.callback)
    if conference.name is None:
        return await operations.nothing(request, given, settling=stopping(conference), how=_ENDED)
    if given.callback is not None:
        return await operations.nothing(request, given, how=_ENDED_BY_NAME)
    clock = operations.exchange.clock
    began = clock()
    try:
        await operations.answer(request, given.deadline)
    except OutcomeUnknownError as error:
        doubt = error
    else:
        return None
    search = _Search(operations, conference, conference.name, began, began + given.deadline)
    await search.settle(doubt)
    return None


@dataclass(frozen=True, slots=True)
class _Search:
    """What became of a stop by name.

    Attributes:
        operations: Carries out the looks.
        conference: The conference, by name.
        name: Its name.
        began: The instant at which the stop began.
        ends: The instant at which it must be over.
    """

    operations: Operations
    conference: Conference
    name: str
    began: float
    ends: float

    async def settle(self, doubt: OutcomeUnknownError) -> None:
        """Return if it has ended, or end it; raise if there was none, or if nobody knows."""
        try:
            live, is_older = await self._live()
            ended = Finding(Proof.REFUSED, "it is still live") if is_older else await self._ended()
        except (PlivoError, ValueError) as error:
            why = error.message if isinstance(error, PlivoError) else str(error)
            add_words(doubt, _ENDED_BY_NAME, f"A look failed as well: {why}")
            raise doubt from doubt.__cause__
        match (live, ended.proof):
            case (None, Proof.DONE):
                return
            case (None, Proof.REFUSED):
                raise self._not_found(doubt) from doubt
            case (MultiPartyCall(), Proof.REFUSED) if len(doubt.attempts) < self._most_attempts:
                await self._go_on(live, doubt)
            case _:
                seen = ended.seen if live is None else f"{ended.seen}, and {live.mpc_uuid} of that name is live"
                add_words(doubt, _ENDED_BY_NAME, f"A look shows: {seen}")
                raise doubt from doubt.__cause__

    @property
    def _most_attempts(self) -> int:
        return self.operations.options.retry.max_attempts

    def _left(self) -> float:
        return max(0.0, self.ends - self.operations.exchange.clock())

    def _since(self, answer: Answer) -> datetime:
        """The instant before which nothing was this operation's doing."""
        now = server_time(answer.headers) or datetime.now(UTC)
        return earliest(now, self.operations.exchange.clock() - self.began)

    async def _live(self) -> tuple[MultiPartyCall | None, bool]:
        """The live conference of that name, if there is one, and whether it was made before the stop began.

        Raises:
            PlivoError: The look failed.
            ValueError: Its answer can't be read.
        """
        try:
            answer = await self.operations.answer(retrieve(self.conference), self._left())
        except NotFoundError:
            return None, False
        live = decode(MultiPartyCall, answer.json())
        return live, live.creation_time is not None and live.creation_time < self._since(answer)

    async def _ended(self) -> Finding:
        look = ended_of_name(self.name)
        answer = await self.operations.answer(look.look, self._left())
        return settled(look, answer, self._since(answer))

    async def _go_on(self, live: MultiPartyCall, doubt: OutcomeUnknownError) -> None:
        """End that very one; its error is told as that of the whole operation."""
        found = conference_by_uuid(live.mpc_uuid)
        how = f"client.mpc.get(uuid={found.uuid!r}) shows whether it is over"
        passed = self.operations.exchange.clock() - self.began
        try:
            await self.operations.nothing(end(found), Given(self._left(), None), settling=stopping(found), how=how)
        except PlivoError as error:
            error.target, error.started_at = doubt.target, doubt.started_at
            later = [
                replace(one, started_at=one.started_at + passed, ended_at=one.ended_at + passed)
                for one in error.attempts
            ]
            error.attempts = (*doubt.attempts, *later)
            raise

    def _not_found(self, doubt: OutcomeUnknownError) -> NotFoundError:
        what = f"{doubt.operation} {doubt.target!r} got no clear answer"
        return NotFoundError(
            f"{what}, but a look shows that none of that name is live, nor has ended since it began",
            operation=doubt.operation,
            target=doubt.target,
            status_code=404,
            started_at=doubt.started_at,
            attempts=doubt.attempts,
        )
