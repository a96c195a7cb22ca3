"""What an observer costs: `python -m tests.benchmarks.observing`.

CPU of one activation, everything of ours but HTTP, without an observer, with one that does nothing, and with spans and
metrics for which nothing exports (the API of OpenTelemetry alone). The best of several rounds, taken in turn.
"""

import asyncio
import random
import time
from collections.abc import Callable

from plivo_async import Event, RateLimit, RetryPolicy
from plivo_async._options import Options, attempt_timeout
from plivo_async.exchange._exchange import Exchange
from plivo_async.pacing._limiter import Limiter
from plivo_async.policy import MOST_WIDTH
from plivo_async.resources import MultiPartyCalls
from plivo_async.transport._http import Trip
from plivo_async.wire import Account, Answer

Observer = Callable[[Event], object]

ITEMS, ROUNDS = 4_000, 7


class Instant:
    """Answers 204 at once."""

    async def send(self, *_: object, **__: object) -> Trip:
        """Send nothing."""
        await asyncio.sleep(0)
        return Trip(Answer(204, {}, b""))


async def cost(observer: Observer | None) -> float:
    """Microseconds of CPU for each activation."""
    limiter = Limiter(RateLimit(1_000_000, per=1.0), time.monotonic)
    exchange = Exchange(Instant(), limiter, time.monotonic, random.random, None, observer)
    options = Options(timeout=attempt_timeout(10.0), retry=RetryPolicy())
    mpc = MultiPartyCalls(exchange, options, MOST_WIDTH, Account("https://api.plivo.com", "MA" + "X" * 18))
    began = time.process_time()
    await mpc.start(f"room-{number}" for number in range(ITEMS))
    return (time.process_time() - began) / ITEMS * 1e6


def main() -> None:
    """Measure, and print."""
    observers: dict[str, Observer | None] = {"no observer": None, "one that does nothing": lambda event: None}
    try:
        from plivo_async.otel import OpenTelemetry
    except ImportError:
        pass
    else:
        observers["OpenTelemetry, API alone"] = OpenTelemetry()
    best = dict.fromkeys(observers, float("inf"))
    for _ in range(ROUNDS):
        for name, observer in observers.items():
            best[name] = min(best[name], asyncio.run(cost(observer)))
    for name, one in best.items():
        print(f"{name:26} {one:6.1f} µs  {one / best['no observer']:.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
