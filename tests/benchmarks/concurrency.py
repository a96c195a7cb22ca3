"""What an activation costs while many are asked for at once: CPU, and how many a second."""

import time
from collections.abc import Sequence

from .chart import Line, line_chart
from .figures import NOT_RUN, count, median, ratio
from .measurement import Measurement, Plan, Row, values
from .meter import Figures, Meter
from .peers import PEERS, Target, installed, names, skipped
from .processes import Case, all_measured, measured, server
from .server import Settings
from .table import Table

NAME = "concurrency"
AT_ONCE = (10, 100, 500, 1_000, 5_000)
WHO = (
    "ours",
    "ours-trio",
    "ours-uvloop",
    "ours-aiohttp",
    "ours-aiohttp-uvloop",
    "batch",
    "batch-trio",
    "batch-uvloop",
    "batch-aiohttp",
    "batch-aiohttp-uvloop",
    "httpx",
    "httpx-warm",
    "httpx-default",
    "httpx-stamina",
    "httpx-retries",
    "aiohttp",
    "plivo-10",
    "plivo-50",
)
QUICK = (
    "ours",
    "ours-trio",
    "ours-aiohttp-uvloop",
    "batch",
    "httpx",
    "httpx-default",
    "httpx-stamina",
    "httpx-retries",
    "aiohttp",
    "plivo-10",
)
DRAWN = ("ours", "ours-aiohttp", "batch", "httpx", "httpx-default", "plivo-50", "aiohttp")
BASE = "httpx"

_ENOUGH = 1_000  # activations of a case, in as many waves as that takes
_LONG = 4.0  # seconds after which no further wave is begun, and no further round is made
_CAP = 20.0  # seconds after which a case is cut off
_WARM_UP = 8


def case(given: Case) -> Figures:
    """Measure waves of activations, one after the other, from a client that has no connection yet.

    Another client has made a few before, so that imports don't count.
    """
    peer, meter = PEERS[given["peer"]], Meter(given["cap"])
    at_once, enough = given["at_once"], given["enough"]

    async def main() -> None:
        target = Target(given["url"], at_once)
        async with peer.open(target) as wave:
            await wave(names(_WARM_UP), Meter())
        async with peer.open(target) as wave:
            if peer.warm:
                await wave(names(_WARM_UP), Meter())
            wanted = names(at_once)
            meter.begin()
            began = time.perf_counter()
            while meter.done + meter.failed < enough and time.perf_counter() - began < _LONG:
                await wave(wanted, meter)
            meter.end()

    peer.run(main)
    return meter.result()


def run(plan: Plan) -> list[Case]:
    """Measure all peers beside each other, round by round."""
    columns = (20,) if plan.quick else AT_ONCE
    rows: list[Case] = []
    with server(Settings()) as target:
        for number in range(plan.times(2)):
            cases = [
                {
                    "measurement": NAME,
                    "peer": peer,
                    "at_once": at_once,
                    "round": number,
                    "url": target.url,
                    "enough": 20 if plan.quick else _ENOUGH,
                    "cap": _CAP,
                }
                for at_once in columns
                for peer in installed(QUICK if plan.quick else WHO)
                if at_once <= PEERS[peer].most_at_once and not _settled(rows, peer, at_once)
            ]
            all_measured(cases, measured, side_by_side=plan.side_by_side(), say=plan.say)
            rows += cases
    return rows


def _settled(rows: Sequence[Row], peer: str, at_once: int) -> bool:
    """Whether a case has taken so long, or failed, that it isn't repeated."""
    mine = [row for row in rows if row["peer"] == peer and row["at_once"] == at_once]
    return any("error" in row or row["wall"] > _LONG for row in mine)


def microseconds(rows: Sequence[Row], peer: str, at_once: int) -> float | None:
    """The median CPU of an activation; None if none succeeded."""
    mine = [row for row in rows if row["peer"] == peer and row["at_once"] == at_once and row.get("done")]
    return median([1e6 * row["cpu"] / row["done"] for row in mine]) if mine else None


def tables(rows: Sequence[Row]) -> list[Table]:
    """The costs, and the ratios, which are the result."""
    columns = sorted({row["at_once"] for row in rows})
    heads = tuple(f"{at_once:,} at once" for at_once in columns)
    who = [peer for peer in WHO if any(row["peer"] == peer for row in rows)]
    base = microseconds(rows, BASE, columns[0])
    cells = {peer: tuple(_cell(rows, peer, at_once) for at_once in columns) for peer in who}
    unrun = any(NOT_RUN in row for row in cells.values())
    costs = Table(
        "CPU of an activation, and activations per second",
        ("", *heads),
        tuple((PEERS[peer].label, *cells[peer]) for peer in who),
        (*([f"{NOT_RUN}: not run, as it would take more than {_CAP:.0f} s"] if unrun else ()), *skipped(WHO)),
    )
    ratios = Table(
        f"CPU of an activation, as a multiple of httpx at {columns[0]}",
        ("", *heads, f"at {columns[-1]:,} ÷ at {columns[0]:,}"),
        tuple((PEERS[peer].label, *_ratios(rows, peer, columns, base)) for peer in who),
    )
    return [costs, ratios]


def _cell(rows: Sequence[Row], peer: str, at_once: int) -> str:
    done = sum(values(rows, "done", peer=peer, at_once=at_once))
    failed = sum(values(rows, "failed", peer=peer, at_once=at_once))
    cost = microseconds(rows, peer, at_once)
    if any(values(rows, "cut_off", peer=peer, at_once=at_once)):
        return f"{count(done)} of {count(at_once)} in {_CAP:.0f} s"
    if cost is None:
        return f"0 of {count(failed)} succeed" if failed else NOT_RUN
    rates = [
        row["done"] / row["wall"] for row in rows if row["peer"] == peer and row["at_once"] == at_once and "done" in row
    ]
    lost = f", {100 * failed / (done + failed):.0f} % fail" if failed else ""
    return f"{count(cost)} µs, {count(median(rates))}/s{lost}"


def _ratios(rows: Sequence[Row], peer: str, columns: Sequence[int], base: float | None) -> list[str]:
    costs = [microseconds(rows, peer, at_once) for at_once in columns]
    return [*(ratio(cost, base) for cost in costs), ratio(costs[-1], costs[0])]


def charts(rows: Sequence[Row]) -> dict[str, str]:
    """CPU of an activation over how many are asked for at once."""
    columns = sorted({row["at_once"] for row in rows})
    lines = [Line(PEERS[peer].label, _points(rows, peer, columns), _hue(peer)) for peer in DRAWN]
    drawn = line_chart(
        "CPU of an activation (µs)", "activations asked for at once", [line for line in lines if line.points]
    )
    return {NAME: drawn}


def _points(rows: Sequence[Row], peer: str, columns: Sequence[int]) -> tuple[tuple[float, float], ...]:
    costs = [(at_once, microseconds(rows, peer, at_once)) for at_once in columns]
    return tuple((at_once, cost) for at_once, cost in costs if cost is not None)


def _hue(peer: str) -> str:
    return "ours" if peer.startswith(("ours", "batch")) else "other"


MEASUREMENT = Measurement(NAME, run, tables, charts)
