"""How late everything else in the event loop gets while a batch is under way."""

import asyncio
import time
from collections.abc import Sequence

from .chart import Bar, bar_chart
from .figures import NOT_RUN, count, percentile, significant
from .measurement import Measurement, Plan, Row
from .meter import Figures, Meter
from .pacing import ONE_WAY
from .peers import PEERS, Target, installed, names, skipped
from .processes import Case, all_measured, measured, server
from .server import Settings
from .table import Table

NAME = "stall"
WHO = ("batch", "batch-aiohttp", "batch-uvloop", "ours", "httpx-500", "aiohttp")
QUICK = ("batch", "httpx-500", "aiohttp")

_BEAT = 0.001  # seconds
_LATE = 0.010  # seconds from which a beat counts as late
_CAP = 15.0  # seconds; only for what wouldn't come to an end


class Heartbeat:
    """Wants to beat every millisecond, and notes how late it is each time."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._due = 0.0

    async def beat(self) -> None:
        """Beat for ever."""
        while True:
            self._due = time.perf_counter() + _BEAT
            await asyncio.sleep(_BEAT)
            self.late.append(time.perf_counter() - self._due)

    def figures(self) -> Figures:
        """What it noted, in milliseconds; a beat that is overdue at this moment counts as well."""
        overdue = time.perf_counter() - self._due
        late = [*self.late, overdue] if overdue > 0 else self.late or [0.0]
        return {
            "beats": len(late),
            "p50": 1e3 * percentile(late, 50),
            "p99": 1e3 * percentile(late, 99),
            "worst": 1e3 * max(late),
            "seconds_late": sum(one for one in late if one > _LATE),
        }


def case(given: Case) -> Figures:
    """Activate all at once, with a heart beating beside it."""
    peer, meter, heart = PEERS[given["peer"]], Meter(given["cap"]), Heartbeat()
    limit = None if given["per"] is None else (given["count"], given["per"])

    async def main() -> None:
        async with peer.open(Target(given["url"], given["requests"], limit)) as wave:
            if limit is None:
                await wave(names(8), Meter())
            beating = asyncio.create_task(heart.beat())
            await asyncio.sleep(0.05)
            heart.late.clear()
            meter.more = heart.figures
            meter.begin()
            await wave(names(given["requests"]), meter)
            meter.end()
            beating.cancel()

    peer.run(main)
    return meter.result()


def run(plan: Plan) -> list[Case]:
    """Measure ours at the account's limit, and all without a limit; one after the other."""
    requests = 100 if plan.quick else 10_000
    cases = [_case("batch", 60 if plan.quick else 1_500, (300, 0.5 if plan.quick else 5.0))]
    cases += [_case(peer, requests, None) for peer in installed(QUICK if plan.quick else WHO)]
    with server(Settings(one_way=ONE_WAY)) as target:
        for one in cases:
            one["url"] = target.url
        all_measured(cases, measured, side_by_side=plan.side_by_side(), say=plan.say)
    return cases


def _case(peer: str, requests: int, limit: tuple[int, float] | None) -> Case:
    count, per = (None, None) if limit is None else limit
    cap = _CAP if peer.startswith("httpx") else None
    return {"measurement": NAME, "peer": peer, "requests": requests, "count": count, "per": per, "cap": cap}


def tables(rows: Sequence[Row]) -> list[Table]:
    """Lateness in milliseconds."""
    return [
        Table(
            "Lateness of a 1 ms heartbeat beside a batch, 20 to 50 ms away (ms)",
            ("", "activated", "wall s", "p50", "p99", "worst", f"time > {1e3 * _LATE:.0f} ms late"),
            tuple((_label(row), *_cells(row)) for row in rows),
            skipped(WHO),
        )
    ]


def _label(row: Row) -> str:
    label = PEERS[row["peer"]].label
    return label if row["per"] is None else f"{label}, at {row['count']} per {row['per']:g} s"


def _cells(row: Row) -> tuple[str, ...]:
    if "p50" not in row:
        return (NOT_RUN,) * 6
    done, wanted = count(row["done"]), count(row["requests"])
    late = (significant(max(0.0, round(row[which], 2))) for which in ("p50", "p99", "worst"))
    share = f"{100 * row['seconds_late'] / row['wall']:.0f} %"
    return (done if done == wanted else f"{done} of {wanted}", f"{row['wall']:.1f}", *late, share)


def charts(rows: Sequence[Row]) -> dict[str, str]:
    """The worst lateness."""
    bars = [
        Bar(
            _label(row),
            row["worst"],
            f"{significant(row['worst'], 2)} ms, p99 {significant(row['p99'], 2)} ms",
            "ours" if row["peer"].startswith(("ours", "batch")) else "other",
        )
        for row in rows
        if row.get("worst", 0) > 0
    ]
    return {NAME: bar_chart("Longest time for which the event loop stood still (ms)", bars, floor=1.0)}


MEASUREMENT = Measurement(NAME, run, tables, charts)
