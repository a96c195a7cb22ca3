"""One exchange for every operation: take a permit, send, classify, decide, wait; a deadline over all of it."""

import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import NoReturn, Protocol

import anyio

from .._errors import PlivoError
from .._options import Options
from ..observing._announcer import Announcer, Watched
from ..observing._events import Observer, RetryBudgetUsedUp
from ..pacing._clock import Clock, sleep_until, wall_clock
from ..pacing._dials import DialPace
from ..pacing._home import Home
from ..pacing._keyed_lock import KeyedLock
from ..pacing._priority import priority_here
from ..pacing._source import DeadlinePassed, Permit, PermitGate, PermitSource
from ..policy import (
    Attempt,
    AttemptOutcome,
    GiveUp,
    Priority,
    RetryAt,
    RetryBudget,
    RetryPolicy,
    decide,
)
from ..transport._http import Trip
from ..transport._progress import Progress
from ..wire import Answer, Request
from ._attempted import Attempted, record, return_permit
from ._failures import failure
from ._server_clock import ServerClock


class Transport(Protocol):
    """What carries one request."""

    async def send(
        self, request: Request, *, priority: Priority, phases: dict[str, float | None], progress: Progress
    ) -> Trip:
        """Send a request and read its answer."""
        ...


class Batch(Protocol):
    """Many operations under way together."""

    async def end(self, reason: str) -> None:
        """Begin nothing more, and return when what is in flight has come back or been given up."""
        ...


class Exchange:
    """Carries out operations for one account.

    Attributes:
        clock: Monotonic seconds.
        wall: Aware wall-clock time, as this machine knows it.
        server_clock: What it is on Plivo's, at the earliest.
        random: Draws evenly from [0, 1).
        budget: The retries on credit.
        retries: How many attempts were made again.
        order: Keeps operations on one thing in order.
        batches: Those under way.
        announcer: Who is told of what happens.
    """

    def __init__(
        self,
        transport: Transport,
        limiter: PermitSource | None,
        clock: Clock,
        random: Callable[[], float],
        home: Home | None = None,
        observer: Observer | None = None,
        dial_limiter: PermitSource | None = None,
        dials: DialPace | None = None,
    ) -> None:
        self._transport = transport
        self._limiter = limiter
        self._dial_limiter = dial_limiter
        self._dials = dials
        self.clock = clock
        self.wall: Callable[[], datetime] = wall_clock(clock)
        self.server_clock: ServerClock = ServerClock(self.wall)
        self.random = random
        self.budget: RetryBudget = RetryBudget()
        self.retries: int = 0
        self.order: KeyedLock = KeyedLock(home)
        self.batches: set[Batch] = set()
        self.announcer: Announcer = Announcer(clock, observer)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "handles and lists belong to an AsyncClient, which holds connections, and are not pickled; "
            "pickle names, UUIDs, and what was listed"
        )

    async def run(
        self, request: Request, options: Options, deadline: float | None = None, *, part_of: Watched | None = None
    ) -> Answer:
        """Carry out an operation, when those on the same thing that were asked for before it are over.

        Args:
            request: The same for each attempt.
            options: Timeouts and retries.
            deadline: Seconds for all of it, the waits included; None for no bound.
            part_of: The operation that it is a part of; None if it is one of its own.

        Raises:
            PlivoError: It did not succeed; the class says what is known.
        """
        began = self.clock()
        ends = math.inf if deadline is None else began + deadline
        async with self.whole(request, began, ends, part_of) as watched:
            return await self.carry_out(request, options, began, ends, watched=watched)

    @asynccontextmanager
    async def whole(
        self, request: Request, began: float, ends: float, part_of: Watched | None = None
    ) -> AsyncIterator[Watched]:
        """All of an operation, in order, counted and told of.

        Args:
            request: What is to be carried out inside.
            began: The instant at which it was asked for.
            ends: The instant after which it is not begun.
            part_of: The operation that it is a part of: then it is neither counted nor told of as one of its own.

        Raises:
            NotSentError: The last instant came before.
        """
        watched = part_of or self.announcer.begin(request)
        try:
            async with self.in_order(request, began, ends):
                yield watched
        except BaseException as error:
            if watched is not part_of:
                watched.end_with(error)
            raise
        if watched is not part_of:
            watched.end("succeeded")

    @asynccontextmanager
    async def in_order(self, request: Request, began: float, ends: float) -> AsyncIterator[None]:
        """Let those with the same `order_key` go one at a time: no repetition overtakes what was asked for later.

        Args:
            request: What is to be carried out inside.
            began: The instant at which it was asked for.
            ends: The instant after which it is not begun.

        Raises:
            NotSentError: That instant came before.
        """
        if not await self.order.acquire(request.order_key, ends - self.clock()):
            reason = "the deadline passed while an earlier operation on the same thing was under way"
            error = failure(request, [], None, reason=reason)
            error.started_at = self.wall_at(began)
            raise error
        try:
            yield
        finally:
            self.order.release(request.order_key)

    def wall_at(self, instant: float) -> datetime:
        """The wall-clock time of an instant of the past."""
        return self.wall() - timedelta(seconds=self.clock() - instant)

    async def carry_out(
        self,
        request: Request,
        options: Options,
        began: float,
        ends: float,
        before: Sequence[Attempt] = (),
        watched: Watched | None = None,
    ) -> Answer:
        """Make as many attempts as it needs and may have.

        Args:
            request: The same for each attempt.
            options: Timeouts and retries.
            began: The instant at which it was asked for.
            ends: The instant at which all of it must be over.
            before: Attempts at it that were made before; they count.
            watched: The operation, if attempts are to be told of.

        Raises:
            PlivoError: It did not succeed; the class says what is known.
        """
        try:
            return await self._attempts(request, options, began, ends, [*before], watched)
        except PlivoError as error:
            error.started_at = self.wall_at(began)
            raise

    async def _attempts(
        self,
        request: Request,
        options: Options,
        began: float,
        ends: float,
        attempts: list[Attempt],
        watched: Watched | None,
    ) -> Answer:
        counted = len(attempts)
        while True:
            try:
                attempted = await self.attempt(
                    request,
                    options,
                    priority=options.priority,
                    began=began,
                    deadline=ends,
                    progress=Progress(),
                    watched=watched,
                )
            except DeadlinePassed as passed:
                raise failure(request, attempts, None, too_late=passed.in_seconds) from None
            attempt = attempted.attempt
            attempts.append(attempt)
            counted += attempted.counts
            if attempt.succeeded and attempted.answer is not None:
                return attempted.answer
            match decide(
                options.retry,
                request.effect,
                attempt,
                attempts_made=counted,
                now=self.clock(),
                deadline=ends,
                random=self.random(),
                budget_allows=self.budget.allows(options.retry),
            ):
                case RetryAt(at):
                    self.repeating(attempt, options)
                    await sleep_until(at, self.clock)
                case GiveUp(reason):
                    raise failure(request, attempts, attempted.answer, attempted.fault, reason)

    async def attempt(
        self,
        request: Request,
        options: Options,
        *,
        priority: Priority,
        began: float,
        deadline: float,
        progress: Progress,
        watched: Watched | None = None,
    ) -> Attempted:
        """Make one attempt, whatever comes of it.

        Args:
            request: What to send.
            options: Timeouts, and what a success pays back to the retry budget.
            priority: Whose permits and lanes come first.
            began: The instant at which the operation began.
            deadline: The instant at which it must be over.
            progress: Tells even after a cancellation whether anything was sent.
            watched: The operation, if attempts are to be told of.

        Raises:
            DeadlinePassed: No permit can be had before the deadline; nothing was sent.
        """
        priority = priority_here(priority)
        limiter = self._limiter_of(request)
        gate = limiter.gate() if limiter is not None else None
        if watched is not None:
            watched.asked()
        if request.rings and self._dials is not None:
            await self._dials.take(request.rings, deadline)
        permit = None if gate is None else await gate.acquire(priority, deadline, page=request.page)
        sent_at = self.clock() if permit is None else permit.taken_at
        trip: Trip | None = None
        try:
            if watched is not None:
                watched.attempt_began(request.method, sent_at, limiter)
            left = deadline - sent_at
            with anyio.CancelScope() if left == math.inf else anyio.move_on_after(left) as scope:
                progress.bound(scope, options.timeout.total)
                trip = await self._transport.send(
                    request, priority=priority, phases=options.timeout.phases, progress=progress
                )
            trip = trip or Trip(None, TimeoutError("the attempt took too long"), "TimeoutError")
            if trip.answer is not None:
                self.server_clock.heard(trip.answer.headers, self.clock())
            times = sent_at - began, self.clock() - began
            attempt = record(request.method, trip, *times, wall=self.wall(), sent=progress.sent)
        except BaseException:
            if gate is not None and permit is not None:
                gate.answered(permit, admitted=False) if progress.sent else gate.give_back(permit)
            if watched is not None:
                watched.broken_off(sent_at, sent=progress.sent)
            raise
        self._take_in(request, attempt, options.retry, watched, gate, permit, admitted=trip.answer is not None)
        counts = attempt.outcome is not AttemptOutcome.REFUSED or limiter is None or not limiter.learns()
        return Attempted(attempt, trip.answer, trip.fault, sent_at, counts)

    def _limiter_of(self, request: Request) -> PermitSource | None:
        if request.rings is None or self._dial_limiter is None:
            return self._limiter
        return self._dial_limiter

    def _take_in(
        self,
        request: Request,
        attempt: Attempt,
        retry: RetryPolicy,
        watched: Watched | None,
        gate: PermitGate | None,
        permit: Permit | None,
        *,
        admitted: bool,
    ) -> None:
        """Return the permit of an attempt that has come back, and tell of it."""
        limiter = self._limiter_of(request) if attempt.outcome is AttemptOutcome.REFUSED else None
        before = None if limiter is None else limiter.usage()
        if gate is not None and permit is not None:
            return_permit(permit, gate, attempt, retry, admitted=admitted)
        if attempt.outcome is AttemptOutcome.ANSWERED:
            self.budget.succeeded(retry)
        if watched is not None:
            watched.attempt_ended(attempt)
        self.announcer.came_back(request, attempt)
        if limiter is not None and before is not None:
            self.announcer.refused(before, limiter.usage())

    def repeating(self, attempt: Attempt, options: Options) -> None:
        """Charge the repetition of an attempt to the retry budget; after a 429 it is the limiter's business."""
        self.retries += 1
        if attempt.outcome is not AttemptOutcome.REFUSED and self.budget.spend(options.retry):
            self.announcer.tell(RetryBudgetUsedUp(options.retry.budget_reserve))
