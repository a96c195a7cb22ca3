"""What stands behind `start` and `start_each`: jobs, the engine that runs many, and who is told."""

import inspect
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import get_args

import anyio

from .._errors import NotSentError
from .._options import Options, seconds
from ..batch import (
    Activation,
    ActivationReport,
    ActivationStream,
    Belt,
    Engine,
    Fence,
    Identity,
    Input,
    Job,
    Journal,
    JournalledInput,
    Names,
    Roll,
    Source,
    Teller,
    read_all,
    resume,
    untouched,
)
from ..exchange._exchange import Exchange
from ..pacing._clock import sleep_until
from ..pacing._source import DeadlinePassed
from ..policy import ActivationRules, Confirm
from ..wire import Account, Conference
from ..wire._checks import choice
from ._earlier import Earlier

OnOutcome = Callable[[Activation], None]
"""A plain function that is told of each outcome as soon as it is there."""
OnReport = Callable[[ActivationReport], None]
"""A plain function that is given the report of a batch at its end, whatever ended it."""

_IN_HAND = 20_000  # positions that `start_each` may have begun and not finished: some 1.6 kB each while they wait


@dataclass(frozen=True, slots=True, eq=False)
class Activator:
    """Activates conferences.

    Attributes:
        exchange: Makes the attempts.
        options: Timeouts and retries.
        width: How many attempts a batch may have under way.
        account: Whose they are.
        fence: Is asked right before an activation of a batch leaves; None for nothing.
    """

    exchange: Exchange
    options: Options
    width: int
    account: Account
    fence: Fence | None = None

    def rules(self, confirm: Confirm, wait_for: float) -> ActivationRules:
        """Check the arguments that say how.

        Raises:
            InvalidArgumentError, TypeError: One is wrong.
        """
        choice("confirm", confirm, get_args(Confirm))
        return ActivationRules(self.options.retry, confirm, seconds("wait_for", wait_for))

    async def one(self, conference: Conference, rules: ActivationRules, deadline: float) -> Activation:
        """Activate one conference within so many seconds; raise what went wrong."""
        ends = self.exchange.clock() + deadline
        job = Job(conference, [0], self.exchange, self.options, rules, ends)
        try:
            with nullcontext() if deadline == math.inf else anyio.move_on_after(deadline):
                await self._in_order(job, ends)
        except BaseException as error:
            job.broken_off(error)
            raise
        job.cut_short("the deadline passed")
        [activation] = job.activations()
        if activation.error is not None:
            raise activation.error
        return activation

    async def _in_order(self, job: Job, ends: float) -> None:
        exchange = self.exchange
        try:
            async with exchange.in_order(job.request, exchange.clock(), ends):
                while job.run.verdict is None:
                    await sleep_until(job.run.due, exchange.clock)
                    await job.attempt(self.options.priority, ends, on_budget=True)
        except NotSentError:
            job.cut_short("the deadline passed while an earlier operation on the same thing was under way")
        except DeadlinePassed as passed:
            job.cut_short(f"the deadline leaves no time: it could be sent in {passed.in_seconds:.1f} s at the earliest")

    async def many(
        self,
        names: Names,
        rules: ActivationRules,
        deadline: float,
        earlier: Earlier,
        on_outcome: OnOutcome | None,
        on_report: OnReport | None,
    ) -> ActivationReport:
        """Activate many within so many seconds and report on each, however it ends; reading the input counts."""
        began = self.exchange.clock()
        roll = await read_all(names, deadline, earlier.sent_at)
        ledger = roll.ledger
        async with self.journal(earlier) as journal:
            record = None if journal is None else journal.settle
            teller = Teller(lambda one: ledger.put(one.position, one), on_outcome, record=record)
            if journal is not None:
                await resume(roll, journal, teller, earlier.again)
            left = deadline - (self.exchange.clock() - began)
            engine = self.engine(roll, rules, teller, left, math.inf, journal)
            try:
                await _run_to_the_end(engine, roll, teller, tell_the_rest=on_outcome is not None)
            except BaseException as error:
                error.add_note(f"{ActivationReport(ledger, self.exchange.clock() - began)!r}: on_report= is given it")
                raise
            finally:
                runs = () if journal is None else await journal.runs()
                report = ActivationReport(ledger, self.exchange.clock() - began, runs)
                if on_report is not None:
                    on_report(report)
        return report

    def each(
        self,
        names: Names,
        rules: ActivationRules,
        deadline: float,
        earlier: Earlier,
        on_outcome: OnOutcome | None,
    ) -> ActivationStream:
        """Activate conferences as the input gives them, for as long as somebody takes the outcomes."""
        source = Input(names, earlier.sent_at)
        belt = Belt(self.width)
        return ActivationStream(lambda: _Each(self, source, rules, deadline, earlier, on_outcome, belt), belt)

    @asynccontextmanager
    async def journal(self, earlier: Earlier) -> AsyncIterator[Journal | None]:
        """The journal of a batch, for as long as it runs; None if it has none.

        Raises:
            JournalError: It can't be used; nothing was sent.
        """
        if earlier.journal is None:
            yield None
            return
        journal = await Journal.open(
            earlier.journal,
            Identity(self.account.auth_id, self.account.base_url),
            server=self.exchange.server_clock,
            wall=lambda: self.exchange.wall().timestamp(),
        )
        try:
            yield journal
        finally:
            await journal.aclose()

    def engine(
        self,
        source: Source,
        rules: ActivationRules,
        teller: Teller,
        deadline: float,
        most_in_hand: float,
        journal: Journal | None,
    ) -> Engine:
        """What carries out a batch."""
        return Engine(
            self.exchange,
            source,
            self.options,
            rules,
            teller,
            width=self.width,
            deadline=deadline,
            most_in_hand=most_in_hand,
            journal=journal,
            fence=self.fence,
        )


async def _run_to_the_end(engine: Engine, roll: Roll, teller: Teller, *, tell_the_rest: bool) -> None:
    try:
        await engine.run()
    finally:
        roll.ledger.reason = engine.stopped_by or "the run was cancelled"
        left = (item for item in roll.left if tell_the_rest or item.maybe_sent is not None)
        await teller.tell_at_the_end((untouched(item, roll.ledger.reason) for item in left), recorded=True)


class _Each:
    """The batch behind `start_each`: what the engine leaves of the input when it ends early is told as well."""

    def __init__(
        self,
        activator: Activator,
        names: Input,
        rules: ActivationRules,
        deadline: float,
        earlier: Earlier,
        on_outcome: OnOutcome | None,
        belt: Belt,
    ) -> None:
        self._activator = activator
        self._names = names
        self._rules = rules
        self._deadline = deadline
        self._earlier = earlier
        self._on_outcome = on_outcome
        self._belt = belt
        self._engine: Engine | None = None
        self._stopped_by: str | None = None

    async def run(self) -> None:
        async with self._activator.journal(self._earlier) as journal:
            record = None if journal is None else journal.settle
            teller = Teller(self._belt.put, self._on_outcome, self._belt.hold_back, record)
            source: Input | JournalledInput = self._names
            if journal is not None:
                source = JournalledInput(self._names, journal, teller, self._earlier.again)
            engine = self._activator.engine(source, self._rules, teller, self._deadline, _IN_HAND, journal)
            self._engine = engine
            if self._stopped_by is not None:
                engine.stop(self._stopped_by)
            await engine.run()
            while engine.stopped_by is not None and self._stopped_by is None:
                if (item := await source.pull_left()) is None:
                    break
                await teller.tell(untouched(item, engine.stopped_by), recorded=True)

    def stop(self, reason: str) -> None:
        """Begin nothing more, and end soon."""
        self._stopped_by = reason
        if self._engine is not None:
            self._engine.stop(reason)


def check_callback(name: str, function: object, instead: str) -> None:
    """Check a function that a caller wants to be called.

    Raises:
        TypeError: It can't be called, or it would have to be awaited.
    """
    if function is None:
        return
    if not callable(function):
        raise TypeError(f"{name} must be callable, not {type(function).__name__}")
    if inspect.iscoroutinefunction(function):
        raise TypeError(f"{name} must be a plain function; {instead}")
