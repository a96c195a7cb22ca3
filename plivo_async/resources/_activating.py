"""What stands behind `start` and `start_each`: jobs, the engine that runs many, and who is told."""

import inspect
import math
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import get_args

import anyio

from .._errors import NotSentError, invalid
from .._exchange import Exchange
from .._options import Options, seconds
from ..batch import (
    Activation,
    ActivationReport,
    ActivationStream,
    Belt,
    Engine,
    Input,
    Job,
    Names,
    Source,
    Teller,
    read_all,
    untouched,
)
from ..pacing._clock import sleep_until
from ..pacing._source import DeadlinePassed
from ..policy import ActivationRules, Confirm
from ..wire import Conference, activate

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
    """

    exchange: Exchange
    options: Options
    width: int

    def rules(self, confirm: Confirm, wait_for: float) -> ActivationRules:
        """Check the arguments that say how.

        Raises:
            InvalidArgumentError, TypeError: One is wrong.
        """
        if confirm not in get_args(Confirm):
            raise invalid("confirm", f"must be 'always', 'ambiguous' or 'never', not {confirm!r}")
        return ActivationRules(self.options.retry, confirm, seconds("wait_for", wait_for))

    async def one(self, conference: Conference, rules: ActivationRules, deadline: float) -> Activation:
        """Activate one conference within so many seconds; raise what went wrong."""
        ends = self.exchange.clock() + deadline
        job = Job(conference, [0], self.exchange, self.options, rules, ends)
        with nullcontext() if deadline == math.inf else anyio.move_on_after(deadline):
            await self._in_order(job, ends)
        job.cut_short("the deadline passed")
        [activation] = job.activations()
        if activation.error is not None:
            raise activation.error
        return activation

    async def _in_order(self, job: Job, ends: float) -> None:
        exchange = self.exchange
        try:
            async with exchange.in_order(activate(job.conference), exchange.clock(), ends):
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
        on_outcome: OnOutcome | None,
        on_report: OnReport | None,
    ) -> ActivationReport:
        """Activate many within so many seconds and report on each, however it ends; reading the input counts."""
        began = self.exchange.clock()
        roll = await read_all(names, deadline)
        ledger = roll.ledger
        teller = Teller(lambda activation: ledger.put(activation.position, activation), on_outcome)
        engine = self._engine(roll, rules, teller, deadline - (self.exchange.clock() - began), math.inf)
        try:
            try:
                await engine.run()
            finally:
                ledger.reason = engine.stopped_by or "the run was cancelled"
                if on_outcome is not None:
                    await teller.tell_at_the_end(untouched(item, ledger.reason) for item in roll.left)
        except BaseException as error:
            error.add_note(f"{ActivationReport(ledger, self.exchange.clock() - began)!r}: on_report= is given it")
            raise
        finally:
            report = ActivationReport(ledger, self.exchange.clock() - began)
            if on_report is not None:
                on_report(report)
        return report

    def each(
        self, names: Names, rules: ActivationRules, deadline: float, on_outcome: OnOutcome | None
    ) -> ActivationStream:
        """Activate conferences as the input gives them, for as long as somebody takes the outcomes."""
        source = Input(names)
        belt = Belt(self.width)
        teller = Teller(belt.put, on_outcome, belt.hold_back)
        return ActivationStream(
            lambda: _Each(self._engine(source, rules, teller, deadline, _IN_HAND), source, teller), belt
        )

    def _engine(
        self, source: Source, rules: ActivationRules, teller: Teller, deadline: float, most_in_hand: float
    ) -> Engine:
        return Engine(
            self.exchange,
            source,
            self.options,
            rules,
            teller,
            width=self.width,
            deadline=deadline,
            most_in_hand=most_in_hand,
        )


@dataclass(slots=True, eq=False)
class _Each:
    """The batch behind `start_each`: what the engine leaves of the input when it ends early is told as well."""

    engine: Engine
    source: Input
    teller: Teller
    left: bool = False

    async def run(self) -> None:
        await self.engine.run()
        reason = self.engine.stopped_by
        for item in self.source.rest() if reason is not None and not self.left else ():
            await self.teller.tell(untouched(item, reason or ""))
            if self.left:
                break

    def stop(self, reason: str) -> None:
        self.left = True
        self.engine.stop(reason)


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
