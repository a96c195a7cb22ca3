"""Changes of a conference and of who is in it, carried out and, where an answer gets lost, settled. See `_settle`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from .._errors import NotFoundError, OutcomeUnknownError, PlivoError
from ..models import MultiPartyCall, decode
from ..observing._announcer import Watched
from ..wire import Answer, Conference, Request, conference_by_uuid, list_conferences, retrieve, server_time
from ._operation import Operations, decoded
from ._settle import (
    CLOCK_MARGIN,
    Proof,
    Settle,
    add_words,
    earliest,
    ended_since,
    is_older,
    may_be_younger,
    refusal,
    was_refused,
)

T = TypeVar("T")

Build = Callable[[Conference], Request]
"""What makes the request of a change, for the name or the UUID of its conference."""

_DONE = Answer(204, {}, b"")  # the answer that was lost


async def change(
    operations: Operations,
    conference: Conference,
    build: Build,
    model: type[T],
    deadline: float | None,
    *,
    how: str,
    settle: Settle | None = None,
) -> T:
    """Carry out a change that may be repeated, and find out what became of it.

    By name it is repeated only where the attempt before did nothing. After an unclear one the conference that was meant
    is looked for, and what is repeated is addressed to that one, by UUID.

    Args:
        operations: Whose conference it is.
        conference: By name or by UUID.
        build: Makes the request.
        model: What the answer is read as.
        deadline: Seconds for all of it, looks included; None for the client's own.
        how: How the caller can look whether it was carried out, for the error that says to do so.
        settle: How to do so here, when it is refused after an unclear attempt.

    Raises:
        PlivoError: It did not succeed, or that isn't known.
    """
    exchange, request = operations.exchange, build(conference)
    began = exchange.clock()
    ends = began + operations.options.within(deadline)
    async with exchange.whole(request, began, ends) as watched:
        try:
            answer = await exchange.carry_out(request, operations.options, began, ends, watched=watched)
        except OutcomeUnknownError as doubt:
            case = _Case(operations, build, settle, how, request.target, began, ends, watched)
            answer = (
                await case.by_uuid(conference, doubt)
                if conference.name is None
                else await case.by_name(conference, conference.name, doubt)
            )
    return decoded(model, request, answer, exchange.wall_at(began))


@dataclass(frozen=True, slots=True)
class _Case:
    """A change in doubt.

    Attributes:
        operations: Carries out what is still to be done.
        build: Makes the request.
        settle: How to look whether it was carried out; None if nothing tells.
        how: As in `change`.
        target: What it is for, as the caller knows it.
        began: The instant at which it began.
        ends: The instant at which it must be over.
        watched: The operation, as it is counted and told of.
    """

    operations: Operations
    build: Build
    settle: Settle | None
    how: str
    target: str
    began: float
    ends: float
    watched: Watched

    async def by_uuid(self, conference: Conference, doubt: OutcomeUnknownError) -> Answer:
        """Settle it if it was refused at last."""
        if not was_refused(doubt):
            raise self._told(doubt)
        return await self._settled(conference, doubt)

    async def by_name(self, conference: Conference, name: str, doubt: OutcomeUnknownError) -> Answer:
        """Find out which conference was meant, and go on with that one."""
        try:
            meant = await self._meant(conference, name)
        except (PlivoError, ValueError) as error:
            raise self._told(doubt, _failed(error)) from doubt.__cause__
        if meant is None:
            raise self._told(doubt, "None of that name is live, nor has ended since; but an attempt may yet arrive")
        found = conference_by_uuid(meant.mpc_uuid)
        if meant.status == "Ended":
            return await self._settled(found, doubt)
        return await self._repeated(found, doubt)

    async def _meant(self, conference: Conference, name: str) -> MultiPartyCall | None:
        """The conference that had the name when it began; None if there was none.

        Raises:
            PlivoError: A look failed.
            ValueError: It can't be told.
        """
        live = None
        try:
            answer = await self._look(retrieve(conference))
        except NotFoundError:
            pass
        else:
            live = decode(MultiPartyCall, answer.json())
            if is_older(live, self._since(answer)):
                return live
        # Asked for from a while before, so that clocks that differ hide none; later judged by the server's own.
        since = self.operations.exchange.wall_at(self.began) - 2 * CLOCK_MARGIN
        asked = {"friendly_name": name, "status": "ended", "end_time__gte": since.replace(microsecond=0)}
        answer = await self._look(list_conferences(asked))
        ended = ended_since(name, answer.json(), self._since(answer))
        if live is not None and not ended and may_be_younger(live, self._since(answer)):
            raise ValueError(f"what has that name now ({live.mpc_uuid}) may have come after it began")
        candidates = ended if live is None else [live, *ended]
        if len(candidates) > 1:
            seen = ", ".join(f"{one.mpc_uuid} ({one.status})" for one in candidates)
            raise ValueError(f"several of that name were there since it began: {seen}")
        return candidates[0] if candidates else None

    async def _repeated(self, found: Conference, doubt: OutcomeUnknownError) -> Answer:
        """Go on with that very one, with the attempts that are left."""
        operations, exchange = self.operations, self.operations.exchange
        retry = operations.options.retry
        if len(doubt.attempts) >= retry.max_attempts or not exchange.budget.allows(retry):
            raise self._told(doubt, f"It was to be repeated for {found.uuid}, which was meant, but that is all")
        exchange.repeating(doubt.attempts[-1], operations.options)
        request = replace(self.build(found), target=self.target)
        try:
            return await exchange.carry_out(
                request, operations.options, self.began, self.ends, doubt.attempts, self.watched
            )
        except OutcomeUnknownError as still:
            return await replace(self, how=f"{self.how} (its UUID is {found.uuid})").by_uuid(found, still)

    async def _settled(self, conference: Conference, doubt: OutcomeUnknownError) -> Answer:
        """Look once, with what is left of the deadline; return if it was carried out, and raise otherwise."""
        if self.settle is None:
            raise self._told(doubt)
        settling = self.settle(conference)
        try:
            data, since = None, None
            try:
                answer = await self._look(settling.look)
            except NotFoundError:
                pass
            else:
                data, since = answer.json() or {}, self._since(answer)
            finding = settling.judge(data, since)
        except (PlivoError, ValueError) as error:
            raise self._told(doubt, _failed(error)) from doubt.__cause__
        if finding.proof is Proof.DONE:
            return _DONE
        if finding.proof is Proof.REFUSED:
            raise refusal(doubt, finding.seen) from doubt
        raise self._told(doubt, f"A look shows: {finding.seen}")

    async def _look(self, request: Request) -> Answer:
        left = max(0.0, self.ends - self.operations.exchange.clock())
        return await self.operations.run(request, Answer, left, part_of=self.watched)

    def _since(self, answer: Answer) -> datetime | None:
        exchange = self.operations.exchange
        return earliest(server_time(answer.headers), exchange.wall(), exchange.clock() - self.began)

    def _told(self, doubt: OutcomeUnknownError, *words: str) -> OutcomeUnknownError:
        """The doubt, with how to look and what was seen; raised anew, it keeps its cause."""
        add_words(doubt, self.how, *words)
        return doubt


def _failed(error: Exception) -> str:
    return f"A look didn't settle it: {error.message if isinstance(error, PlivoError) else error}"
