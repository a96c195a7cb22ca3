"""What a worker does with a shard, whatever engine has handed it over.

The promise is that of a journal: before anything is sent for a conference it is written down that it may be, and its
outcome is written down soon after it is known. So whoever takes a shard over from a worker that is gone knows of each
conference whether it has an outcome, may have been sent (it is looked at, and left alone where another one may have
the name by now) or is untouched.

Who was asleep for so long that somebody else may have the shard sends nothing more of it, not even what it had written
down before: each activation asks right before it leaves how long ago the last write was begun that has succeeded.

Both are written in groups: intents for as many as are sent in the next second or so, outcomes with them, or when some
time has passed. `failed` and `unknown` are final once the shard has been worked through; if it ends early, the next
worker tries these again.
"""

import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

import anyio

from .._client import AsyncClient
from .._errors import AuthenticationError, PlivoError
from ..batch import AGAIN, Activation, ConferenceId, NotOursError, Shard, ShardState, refused
from ..policy import ActivationOutcome, AttemptOutcome, Confirm
from ..resources._earlier import earlier
from ._accounts import public

BLOCK = 64
"""Conferences for which an intent is written at a time: as many as a batch has in flight at most."""
_LAST_WRITE = 10.0  # seconds for what is to be written when the work ends early


@public
@dataclass(frozen=True, slots=True)
class Step:
    """What is to be written down in one write. It may be written twice."""

    state: ShardState
    """The state of the shard after it: for an engine that keeps states, all that there is to write. `state.since` may
    have become earlier, when it has turned out that Plivo's clock is behind ours."""
    at: datetime
    """When it is, on the earlier of Plivo's clock and ours; aware, in UTC."""
    intended: tuple[int, ...] = ()
    """Places of the shard, from 0, for which something may be sent from now on."""
    withdrawn: tuple[int, ...] = ()
    """Places for which nothing was sent after all, or nothing that was carried out, by this worker or any other."""
    settled: tuple[Activation, ...] = ()
    """Outcomes that are new, each at its position in the whole input."""

    def __bool__(self) -> bool:
        return bool(self.intended or self.withdrawn or self.settled)


Save = Callable[[Step], Awaitable[None]]
"""Writes a step down, and returns when it is safe; what it raises ends the work on the shard, in order.

It must raise where the shard has been given to somebody else, also if nothing is new."""


@public
class UnfinishedShardError(PlivoError):
    """A shard ended early although nobody wanted that: try it again. Plivo was out of reach, or this worker asleep."""


@public
async def work_on(
    client: AsyncClient,
    shard: Shard,
    state: ShardState,
    *,
    save: Save,
    every: float = 0.25,
    block: int = BLOCK,
    confirm: Confirm = "always",
    wait_for: float = 0.0,
    ours_for: float = math.inf,
) -> ShardState:
    """Activate what is left of a shard, and return its state, in which nothing is left.

    Cancelled, it begins nothing more, gives what is in flight until the timeout of its attempt to come back, has
    saved what came, and lets the cancellation out.

    Args:
        client: That of the account.
        shard: The conferences.
        state: What is known of them so far.
        save: Is given each step. It is awaited before anything of it is sent, for one step at a time; also when nothing
            is new, as a sign of life.
        every: Seconds between steps, at most.
        block: Conferences for which an intent is written at a time.
        confirm: As for `start`.
        wait_for: As for `start`.
        ours_for: Seconds from a write on within which nobody else is given the shard. An activation that would leave
            later than that isn't sent.

    Raises:
        AuthenticationError: The credentials were refused (401): with them it is no use trying again. What they refused
            is as it was before, so that a worker with others can do it.
        UnfinishedShardError: Plivo was out of reach for so long that the client gave up, or nothing could be written
            for `ours_for` seconds; try again later.
        InvalidArgumentError: The state is of another shard.
    """
    state.check(shard)
    work = _Work(client, shard, state, save, block, ours_for)
    try:
        await work.run(every, confirm, wait_for)
    except BaseException:
        with anyio.move_on_after(_LAST_WRITE, shield=True):
            await work.put_back()
        raise
    return work.state


class _Work:
    """One worker at one shard.

    Attributes:
        state: What is written down.
    """

    def __init__(
        self, client: AsyncClient, shard: Shard, state: ShardState, save: Save, block: int, ours_for: float
    ) -> None:
        self.state = state
        self._ours_for = ours_for
        self._client = client
        self._exchange = client._core.exchange
        self._written_at = self._times()
        self._shard = shard
        self._save = save
        self._block = block
        self._todo = state.left
        self._doubtful = frozenset(state.doubtful)
        self._order = anyio.Lock()
        self._began: datetime | None = None  # by our clock, when the first intent was written
        self._next: set[int] = set()  # intended, and not yet handed over to be sent
        self._news: list[Activation] = []  # at their places, to be written
        self._held: list[Activation] = []  # final only once the shard is worked through
        self._withdrawn: list[int] = []
        self._counts: Counter[str] = Counter()  # of what was heard: those final, held, and refused (401)
        self._welcome = False  # some answer was clear, and not 401

    async def run(self, every: float, confirm: Confirm, wait_for: float) -> None:
        """Do what is left.

        Raises:
            AuthenticationError, UnfinishedShardError: It ended early.
        """
        activator = replace(self._client.mpc._activator, fence=self._check_ours)
        rules, before = activator.rules(confirm, wait_for), earlier(None, None, self.state.maybe_sent(self._shard))
        stream = activator.each(self._names(), rules, math.inf, before, self._hear)
        over = False
        try:
            async with stream:
                while not over:
                    with anyio.move_on_after(every):
                        async for _ in stream:  # `_hear` has been told, and of what comes later, too
                            pass
                        over = True
                    await self._write()
        except NotOursError as error:
            raise UnfinishedShardError(f"{error}; {self._shard!r} is for whoever has it now") from None
        self._check_end()
        self._news += self._held
        self._held.clear()
        await self._write()

    def _times(self) -> tuple[float, float]:
        """Now, by two clocks: a monotonic one stands still on many machines while they sleep."""
        return self._exchange.clock(), time.time()

    def _check_ours(self) -> None:
        silent = max(now - then for now, then in zip(self._times(), self._written_at, strict=True))
        if silent >= self._ours_for:
            raise NotOursError(f"nothing could be written down for {silent:.1f} s")

    async def put_back(self) -> None:
        """Write down what is known although the work ends early; what was not sent is nobody's again."""
        for place in [one.position for one in self._held if one.outcome is ActivationOutcome.FAILED]:
            self._withdraw(place)
        self._withdrawn += self._next
        await self._write()

    async def _names(self) -> AsyncIterator[ConferenceId]:
        """The conferences to be done, as they are to be sent: each is written down before."""
        for first in range(0, len(self._todo), self._block):
            places = self._todo[first : first + self._block]
            await self._write([place for place in places if place not in self._doubtful])
            for place in places:
                self._next.discard(place)
                yield self._shard.conferences[place]

    def _hear(self, told: Activation) -> None:
        one = replace(told, position=self._todo[told.position])
        codes = [attempt.status_code for attempt in one.attempts if attempt.outcome is AttemptOutcome.ANSWERED]
        self._welcome |= any(code != 401 for code in codes)
        if one.outcome is ActivationOutcome.NOT_ATTEMPTED:
            self._withdraw(one.position)
        elif refused(one) and not one.succeeded:
            self._counts["refused"] += 1
            if one.outcome is not ActivationOutcome.UNKNOWN:
                self._withdraw(one.position)
        elif one.outcome in AGAIN:
            self._counts["held"] += 1
            self._held.append(one)
        else:
            self._counts["final"] += 1
            self._news.append(one)

    def _withdraw(self, place: int) -> None:
        if place not in self._doubtful:  # somebody else may have sent it
            self._withdrawn.append(place)

    async def _write(self, intended: list[int] | None = None) -> None:
        """Write down what is new, and what may be sent from now on."""
        async with self._order:
            now = self._exchange.wall()
            news, withdrawn = list(self._news), list(self._withdrawn)
            state = self.state.withdraw(withdrawn).settle(news)
            if intended:
                self._began = self._began or now
                self._next.update(intended)
            if self._began is not None:
                state = state.intend(intended or (), self._exchange.server_clock.earliest(self._began))
            settled = tuple(replace(one, position=self._shard.first + one.position) for one in news)
            at = self._exchange.server_clock.earliest(now)
            began = self._times()
            await self._save(Step(state, at, tuple(intended or ()), tuple(withdrawn), settled))
            self._written_at = began
            self.state = state
            del self._news[: len(news)], self._withdrawn[: len(withdrawn)]

    def _check_end(self) -> None:
        """See that it was worked through.

        Raises:
            AuthenticationError, UnfinishedShardError: It wasn't. One 401 among other answers is no wrong credential.
        """
        size, counts = len(self._todo), self._counts
        if counts["final"] + counts["held"] == size:
            return
        what = f"{size - counts['final']:,} of {size:,} conferences of {self._shard!r} are left"
        if counts["refused"] and not (self._welcome and counts.total() == size):
            words = f"the credentials of the account were refused (401); {what}, for a worker that has the right ones"
            raise AuthenticationError(words, operation="Activate MPC", status_code=401)
        raise UnfinishedShardError(f"Plivo was out of reach, or gave no clear answer; {what}", operation="Activate MPC")
