"""How long single operations take beside a batch: nobody waits behind it."""

import asyncio
import random
import time
from collections.abc import Sequence

from .figures import NOT_RUN, count, percentile, significant
from .measurement import Measurement, Plan, Row
from .meter import Figures, Meter
from .peers import AUTH_ID, AUTH_TOKEN, names
from .processes import Case, all_measured, measured, server
from .server import Settings
from .table import Table

NAME = "interactive"

_AWAY = 0.020  # seconds each way
_CAP = 150.0  # seconds


def case(given: Case) -> Figures:
    """Start conferences one by one, or ten at once, beside a batch; the client has been used before."""
    from plivo_async import AsyncClient, PlivoError, RateLimit

    meter, size, chance = Meter(_CAP), given["size"], random.Random(1)
    idle: list[float] = []
    beside: list[float | None] = []
    limit = RateLimit(given["count"], per=given["per"])

    async def main() -> None:
        async with AsyncClient(AUTH_ID, AUTH_TOKEN, base_url=given["url"], rate_limit=limit) as client:

            async def visit() -> float | None:
                began = time.perf_counter()
                try:
                    await client.mpc.start("visited", deadline=1)
                except PlivoError:
                    return None
                return time.perf_counter() - began

            idle.extend([await visit() or 0.0 for _ in range(10)])
            meter.begin()
            batch = asyncio.create_task(client.mpc.start(names(given["requests"])))
            visits: list[asyncio.Task[float | None]] = []
            while not batch.done():
                await asyncio.sleep(chance.uniform(0.04, 0.12) * size * given["per"])
                visits += [asyncio.create_task(visit()) for _ in range(size)]
            beside.extend([await one for one in visits])
            report = await batch
            meter.done, meter.failed = len(report) - len(report.failures), len(report.failures)
            meter.end()

    asyncio.run(main())
    waits = [wait for wait in beside if wait is not None]
    return {
        **meter.result(),
        "visits": len(beside),
        "refused_visits": len(beside) - len(waits),
        "idle": 1e3 * percentile(idle, 99),
        "p50": 1e3 * percentile(waits, 50),
        "p99": 1e3 * percentile(waits, 99),
    }


def run(plan: Plan) -> list[Case]:
    """Measure visits one at a time and ten at once."""
    requests, per = (60, 0.5) if plan.quick else (1_500, 5.0)
    limit = 40 if plan.quick else 300
    cases = [
        {"measurement": NAME, "size": size, "requests": requests, "count": limit, "per": per}
        for size in ((1,) if plan.quick else (1, 10))
    ]
    all_measured(cases, _measured, side_by_side=plan.side_by_side(), say=plan.say)
    return cases


def _measured(one: Case) -> Figures:
    settings = Settings(one_way=(_AWAY, _AWAY), window="sliding", count=one["count"], per=one["per"])
    with server(settings) as target:
        figures = measured({**one, "url": target.url})
        return {**figures, **target.counts()}


def tables(rows: Sequence[Row]) -> list[Table]:
    """Milliseconds, and how long the batch took."""
    return [
        Table(
            "Single operations beside a batch, 40 ms away, with a deadline of 1 s (ms)",
            ("at once", "batch", "visits", "refused", "alone p99", "p50", "p99", "batch s", "429s"),
            tuple((str(row["size"]), count(row["requests"]), *_cells(row)) for row in rows),
        )
    ]


def _cells(row: Row) -> tuple[str, ...]:
    if "p99" not in row:
        return (NOT_RUN,) * 7
    times = (significant(row[which], 2) for which in ("idle", "p50", "p99"))
    return (count(row["visits"]), count(row["refused_visits"]), *times, f"{row['wall']:.1f}", count(row["refused"]))


MEASUREMENT = Measurement(NAME, run, tables)
