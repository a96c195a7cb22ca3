"""What stands behind `start` and `start_each`: jobs, the engine that runs many, and who is told."""

import inspect
import math
from collections.abc import AsyncIterable, Callable, Iterable
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
    ConferenceId,
    Engine,
    Input,
    Item,
    Job,
    Ledger,
    Names,
    Roll,
    not_attempted,
    read_all,
)
from ..pacing._clock import sleep_until
from ..pacing._source import DeadlinePassed
from ..policy import ActivationRules, Confirm, Priority
from ..wire import Conference, activate

OnOutcome = Callable[[Activation], None]
"""A plain function that is told of each outcome as soon as it is there."""

_PARKED = 2_000  # jobs of `start_each` that may wait for their instant: some 1.6 kB each


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
                    await job.attempt(Priority.INTERACTIVE, ends, on_budget=True)
        except NotSentError:
            job.cut_short("the deadline passed while an earlier operation on the same thing was under way")
        except DeadlinePassed as passed:
            job.cut_short(f"the deadline leaves no time: it could be sent in {passed.in_seconds:.1f} s at the earliest")

    async def many(
        self, names: Names, rules: ActivationRules, deadline: float, on_outcome: OnOutcome | None
    ) -> ActivationReport:
        """Activate many within so many seconds and report on each; reading the input counts."""
        began = self.exchange.clock()
        many = _Many(await read_all(names), on_outcome)
        engine = Engine(
            self.exchange,
            many,
            self.options,
            rules,
            width=self.width,
            deadline=deadline - (self.exchange.clock() - began),
            most_parked=math.inf,
            note=many.note,
        )
        try:
            await engine.run()
        finally:
            many.note_the_rest()
        return ActivationReport(many.ledger, self.exchange.clock() - began)

    def each(
        self,
        names: Iterable[ConferenceId] | AsyncIterable[ConferenceId],
        rules: ActivationRules,
        deadline: float,
        on_outcome: OnOutcome | None,
    ) -> ActivationStream:
        """Activate conferences as the input gives them, for as long as somebody takes the outcomes."""
        source = Input(names)
        return ActivationStream(
            lambda deliver: Engine(
                self.exchange,
                source,
                self.options,
                rules,
                width=self.width,
                deadline=deadline,
                most_parked=_PARKED,
                note=on_outcome or _nobody,
                deliver=deliver,
            ),
            most_ready=self.width,
        )


class _Many:
    """The conferences of one `start(names)`, each of them once, and what is known of them."""

    def __init__(self, roll: Roll, on_outcome: OnOutcome | None) -> None:
        self._items = iter(roll)
        self._on_outcome = on_outcome or _nobody
        self.ledger = Ledger(roll.size)

    async def pull(self) -> Item | None:
        return next(self._items, None)

    async def aclose(self) -> None:
        """What is left is told by `note_the_rest`."""

    def note(self, activation: Activation) -> None:
        self.ledger.put(activation.position, activation)
        try:
            self._on_outcome(activation)
        except BaseException:
            self._on_outcome = _nobody
            raise

    def note_the_rest(self) -> None:
        """After a cancellation: what was never begun is told to `on_outcome` as well."""
        for item in self._items if self._on_outcome is not _nobody else ():
            for activation in not_attempted(item, "the run was cancelled"):
                self.note(activation)


def _nobody(activation: Activation) -> None:
    """Take the place of an `on_outcome` that wasn't given."""


def check_on_outcome(on_outcome: object) -> None:
    """Check who is told of outcomes.

    Raises:
        TypeError: It can't be called, or it would have to be awaited.
    """
    if on_outcome is None:
        return
    if not callable(on_outcome):
        raise TypeError(f"on_outcome must be callable, not {type(on_outcome).__name__}")
    if inspect.iscoroutinefunction(on_outcome):
        raise TypeError("on_outcome must be a plain function; to await something for each outcome, use start_each()")
