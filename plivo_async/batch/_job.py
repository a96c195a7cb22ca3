"""One conference in hand: carries out what its `ActivationRun` says, attempt by attempt."""

import math
import time
from datetime import UTC, datetime

from .._options import Options
from ..exchange._exchange import Exchange
from ..observing._announcer import Watched
from ..policy import (
    ActivationRules,
    ActivationRun,
    Attempt,
    AttemptOutcome,
    News,
    Priority,
    Step,
)
from ..transport._progress import Fence, Progress
from ..wire import Answer, Conference, Request, activate, conference_by_uuid, read_look, retrieve
from ._activation import Activation, activation_error


class Job:
    """One activation on its way.

    Attributes:
        conference: The conference.
        positions: Its places in the input; more than one if it was given more than once.
        request: Its activation, as long as no look has told which UUID is meant.
        run: What is known, and what comes next.
    """

    __slots__ = (
        "_answer",
        "_began",
        "_began_at",
        "_exchange",
        "_fault",
        "_fence",
        "_options",
        "_progress",
        "_watched",
        "conference",
        "positions",
        "request",
        "run",
    )

    def __init__(
        self,
        conference: Conference,
        positions: list[int],
        exchange: Exchange,
        options: Options,
        rules: ActivationRules,
        deadline: float = math.inf,
        maybe_sent: float | None = None,
        batch: int | None = None,
        fence: Fence | None = None,
    ) -> None:
        self.conference: Conference = conference
        self.positions: list[int] = positions
        self.request: Request = activate(conference)
        self._exchange = exchange
        self._options = options
        self._fence = fence
        self._began = exchange.clock()
        self._began_at = time.time()
        self.run: ActivationRun = ActivationRun(rules, self._began, deadline, maybe_sent)
        self._progress: Progress | None = None
        self._answer: Answer | None = None
        self._fault: Exception | None = None
        self._watched: Watched = exchange.announcer.begin(self.request, batch)

    @property
    def in_flight(self) -> bool:
        """Whether an attempt may have left and has not come back."""
        return self._progress is not None and self._progress.sent

    async def attempt(self, priority: Priority, deadline: float = math.inf, *, on_budget: bool = False) -> Attempt:
        """Make the next attempt and take in what came of it.

        Args:
            priority: Whose permits and lanes come first.
            deadline: The instant at which it must be over.
            on_budget: Give up where the retry budget is used up, rather than leave that to the caller.

        Raises:
            DeadlinePassed: No permit can be had before the deadline; nothing was sent.
        """
        exchange = self._exchange
        if self.run.step is Step.LOOK:
            request = retrieve(self.conference)
            self._progress = Progress()
        else:
            request = self.request if self.run.uuid is None else activate(conference_by_uuid(self.run.uuid))
            self._progress = Progress(self._fence)
        attempted = await exchange.attempt(
            request,
            self._options,
            priority=priority,
            began=self._began,
            deadline=deadline,
            progress=self._progress,
            watched=self._watched,
        )
        self._progress = None
        attempt, self._answer, self._fault = attempted.attempt, attempted.answer, attempted.fault
        step = self.run.step
        looked = step is Step.LOOK and attempt.outcome is AttemptOutcome.ANSWERED
        self.run.observe(
            News(
                attempt,
                read_look(attempted.answer, exchange.wall()) if looked and attempted.answer is not None else None,
                sent_at=attempted.sent_at,
                now=exchange.clock(),
                random=exchange.random(),
                budget_allows=not on_budget or exchange.budget.allows(self._options.retry),
                counts=attempted.counts,
            )
        )
        if self.run.verdict is None and self._answer is not None:
            self._answer = self._answer.brief()  # it may be kept for as long as people dial in
        if self.run.verdict is None and self.run.step is step and attempt.outcome is not AttemptOutcome.ANSWERED:
            exchange.repeating(attempt, self._options)
        return attempt

    def cut_short(self, reason: str) -> None:
        """End it now; an attempt that is in flight counts as unclear."""
        cut = None
        if self.in_flight:
            method = "POST" if self.run.step is Step.ACTIVATE else "GET"
            now = self._exchange.clock() - self._began
            cut = Attempt(method, AttemptOutcome.UNCLEAR, None, "Cancelled", now, now)
        self.run.cut_short(cut, reason)

    def broken_off(self, error: BaseException) -> None:
        """It ends without a verdict."""
        self._watched.end_with(error)

    def activations(self) -> list[Activation]:
        """The outcome, once for each position; there must be a verdict. It is over then."""
        verdict, run = self.run.verdict, self.run
        assert verdict is not None  # noqa: S101  (callers ask first)
        error = activation_error(self.conference, verdict, run.attempts, self._answer, self._fault)
        elapsed = self._exchange.clock() - self._began
        began_at = datetime.fromtimestamp(self._began_at, UTC)
        self._watched.end(verdict.outcome, error)
        return [
            Activation(
                position,
                self.conference.name,
                self.conference.uuid,
                verdict.outcome,
                verdict.live,
                run.attempts,
                verdict.confirmed_by,
                error,
                elapsed,
                began_at,
            )
            for position in self.positions
        ]
