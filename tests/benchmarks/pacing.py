"""How near to the optimum many activations get through the account's limit, and how many 429s that takes."""

import asyncio
from collections.abc import Sequence

from .chart import Bar, bar_chart
from .figures import NOT_RUN, count
from .limits import KINDS, optimum
from .measurement import Measurement, Plan, Row
from .meter import Figures, Meter
from .peers import PEERS, Target, installed, names, skipped
from .processes import Case, all_measured, measured, server
from .server import Settings
from .table import Table

NAME = "pacing"
WHO = ("aiohttp-stamina", "aiohttp-aiolimiter", "batch", "batch-aiohttp")
ONE_WAY = (0.010, 0.025)

_COUNT = 300
_PERIOD = 5.0
_SCALED = 0.5
_CAP = 90.0  # seconds


def case(given: Case) -> Figures:
    """Activate all at once, from no connection at all."""
    peer, meter = PEERS[given["peer"]], Meter(_CAP)

    async def main() -> None:
        target = Target(given["url"], given["requests"], (given["count"], given["per"]))
        async with peer.open(target) as wave:
            meter.begin()
            await wave(names(given["requests"]), meter)
            meter.end()

    asyncio.run(main())
    return meter.result()


def run(plan: Plan) -> list[Case]:
    """Measure each peer under each kind of window; and ours under the real limit."""
    if plan.quick:
        cases = [_case(peer, window, 40, 20, 0.2) for peer in installed(WHO) for window in KINDS[:1]]
    else:
        cases = [_case(peer, window, 20 * _COUNT, _COUNT, _SCALED) for peer in installed(WHO) for window in KINDS]
        cases += [_case("batch", window, 4 * _COUNT, _COUNT, _PERIOD) for window in KINDS]
    all_measured(cases, _measured, side_by_side=plan.side_by_side(2), say=plan.say)
    return cases


def _case(peer: str, window: str, requests: int, limit: int, per: float) -> Case:
    return {
        "measurement": NAME,
        "peer": peer,
        "window": window,
        "requests": requests,
        "count": limit,
        "per": per,
        "optimum": optimum(requests, limit, per, 2 * sum(ONE_WAY) / 2),
    }


def _measured(one: Case) -> Figures:
    settings = Settings(one_way=ONE_WAY, window=one["window"], count=one["count"], per=one["per"])
    with server(settings) as target:
        figures = measured({**one, "url": target.url})
        return {**figures, **target.counts()}


def tables(rows: Sequence[Row]) -> list[Table]:
    """Per cent of the optimum, and 429s, by kind of window."""
    kinds = [kind for kind in KINDS if any(row["window"] == kind for row in rows)]
    runs = sorted({(row["per"], row["requests"], row["count"]) for row in rows})
    return [
        Table(
            f"{requests:,} activations at {limit} per {per:g} s, 20 to 50 ms away: per cent of the optimum, and 429s",
            ("", *kinds),
            tuple(
                (PEERS[peer].label, *(_cell(rows, peer, kind, per) for kind in kinds))
                for peer in WHO
                if any(row["peer"] == peer and row["per"] == per for row in rows)
            ),
            skipped(WHO),
        )
        for per, requests, limit in runs
    ]


def share(row: Row) -> float | None:
    """The optimum as per cent of the time it took; None if not all succeeded."""
    if row.get("done") != row["requests"]:
        return None
    return float(100 * row["optimum"] / row["wall"])


def _cell(rows: Sequence[Row], peer: str, kind: str, per: float) -> str:
    [row] = [row for row in rows if row["peer"] == peer and row["window"] == kind and row["per"] == per]
    if "done" not in row:
        return NOT_RUN
    reached = share(row)
    text = f"{row['requests'] - row['done']:,} not activated" if reached is None else f"{reached:.1f} %"
    return f"{text}, {count(row['refused'])}"


def charts(rows: Sequence[Row]) -> dict[str, str]:
    """429s, which is where they differ most."""
    scaled = [row for row in rows if row["per"] == min(row["per"] for row in rows) and "refused" in row]
    bars = [
        Bar(
            f"{PEERS[row['peer']].label}, {row['window']}",
            row["refused"],
            f"{count(row['refused'])} ({'not all activated' if share(row) is None else f'{share(row):.0f} %'})",
            "ours" if row["peer"].startswith("batch") else "other",
        )
        for row in scaled
    ]
    return {NAME: bar_chart("429s until all are activated (and per cent of the optimum)", bars, floor=0.5)}


MEASUREMENT = Measurement(NAME, run, tables, charts)
