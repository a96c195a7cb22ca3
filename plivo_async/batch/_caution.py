"""How a batch goes on while things go wrong: narrow, further and further apart, and not for ever."""

import math

from ..exchange._exchange import Exchange
from ..pacing._clock import sleep_until
from ..pacing._turnstile import Turnstile
from ..policy import Attempt, AttemptOutcome, Priority, RetryPolicy
from ._job import Job


class Probe:
    """Holds a batch back while the retry budget is used up.

    One attempt at a time at first; one more at a time for each clear answer, half as many for each failure, and while
    even a single one fails, further and further apart. So a dead API is asked now and then, and a flaky one used as far
    as it can be. Each outage begins anew with one.
    """

    def __init__(self, exchange: Exchange, width: int) -> None:
        self._exchange = exchange
        self._most = width
        self._turnstile = Turnstile(1)
        self._not_before = -math.inf
        self._failures = 0

    async def attempt(self, job: Job, retry: RetryPolicy) -> Attempt:
        """Let a job make its attempt, when it may."""
        budget = self._exchange.budget
        if budget.allows(retry):
            if budget.debt <= retry.budget_reserve / 2 and self._turnstile.width > 1:
                self._turnstile.resize(1)
            return await job.attempt(Priority.BATCH)
        await self._turnstile.enter(Priority.BATCH)
        try:
            await sleep_until(self._not_before, self._exchange.clock)
            attempt = await job.attempt(Priority.BATCH)
            self._learn(attempt, retry)
        finally:
            self._turnstile.leave(Priority.BATCH)
        return attempt

    def _learn(self, attempt: Attempt, retry: RetryPolicy) -> None:
        width = self._turnstile.width
        if attempt.outcome in {AttemptOutcome.ANSWERED, AttemptOutcome.REFUSED}:
            self._failures = 0
            self._turnstile.resize(min(width + 1, self._most))
        elif width > 1:
            self._turnstile.resize(width // 2)
        else:
            self._failures += 1
            self._not_before = self._exchange.clock() + retry.delay(self._failures, None, 1.0)
