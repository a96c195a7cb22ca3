"""What a journal costs: time and CPU beside the same batch without one, and memory over a long stream."""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from plivo_async import AsyncClient, RateLimit

from .figures import NOT_RUN, count, median, significant
from .measurement import Measurement, Plan, Row, values
from .memory import generated, held, instant_mpc
from .meter import Figures
from .peers import AUTH_ID, AUTH_TOKEN
from .processes import Case, all_measured, measured, server
from .server import Settings
from .table import Table

NAME = "journal"

_COUNT, _PERIOD = 300, 0.5  # ten times as fast as an account: so many commits don't come up there
_ONE_WAY = (0.010, 0.025)
_PATIENCE = 3_600.0  # seconds
_SMALLEST = 1_000


def case(given: Case) -> Figures:
    """Measure one of the two: `paced` or `stream`."""
    where = tempfile.TemporaryDirectory() if given["journal"] else nullcontext()
    with where as folder:
        path = None if folder is None else Path(folder) / "run.db"
        figures = asyncio.run(_paced(given, path) if given["kind"] == "paced" else _stream(given, path))
        return figures if path is None else {**figures, "disk": path.stat().st_size}


async def _paced(given: Case, path: Path | None) -> Figures:
    """A batch under a limit, over HTTP."""
    limit = RateLimit(given["count"], per=given["per"])
    async with AsyncClient(AUTH_ID, AUTH_TOKEN, base_url=given["url"], rate_limit=limit) as client:
        began, busy = time.perf_counter(), time.process_time()
        report = await client.mpc.start(generated(given["items"]), journal=path)
        assert report.succeeded
        return {"wall": time.perf_counter() - began, "cpu": time.process_time() - busy}


async def _stream(given: Case, path: Path | None) -> Figures:
    """A stream without a network and without a limit: everything of ours, as fast as it goes."""
    first, largest, mpc = 0.0, 0.0, instant_mpc()
    busy = time.process_time()
    async with mpc.start_each(generated(given["items"]), journal=path) as activations:
        async for activation in activations:
            if activation.position == _SMALLEST:
                first = held(traced=False)
            elif activation.position % _SMALLEST == 0:
                largest = max(largest, held(traced=False))
    return {"growth": largest - first, "cpu": time.process_time() - busy}


def run(plan: Plan) -> list[Case]:
    """Measure the batch with a journal and without, in turn; and a long stream with one."""
    paced, rounds, long = (40, 1, 4_000) if plan.quick else (3_000, plan.times(3), 1_000_000)
    limit = {"count": 20, "per": 0.2} if plan.quick else {"count": _COUNT, "per": _PERIOD}
    cases: list[Case] = [
        {"measurement": NAME, "kind": "paced", "journal": journal, "items": paced, "round": number, **limit}
        for number in range(rounds)
        for journal in (False, True)
    ]
    cases += [
        {"measurement": NAME, "kind": "stream", "journal": True, "items": items}
        for items in ((long,) if plan.quick else (long // 10, long))
    ]
    all_measured(cases, _measured, side_by_side=plan.side_by_side(), say=plan.say)
    return cases


def _measured(one: Case) -> Figures:
    if one["kind"] == "stream":
        return measured(one, patience=_PATIENCE)
    with server(Settings(one_way=_ONE_WAY, count=one["count"], per=one["per"])) as target:
        return measured({**one, "url": target.url})


def tables(rows: Sequence[Row]) -> list[Table]:
    """The batch beside itself, and the long stream."""
    paced = [_paced_row(rows, journal=journal) for journal in (False, True)]
    items = values(rows, "items", kind="paced")
    title = f"A batch of {count(items[0])} at {_COUNT} per {_PERIOD:g} s" if items else "A batch"
    streams = tuple((f"{row['items']:,} names", *_stream_cells(row)) for row in rows if row["kind"] == "stream")
    return [
        Table(title, ("", "seconds", "longer by", "CPU an item (µs)"), tuple(paced)),
        Table("A stream with a journal, no network and no limit", ("", "growth", "CPU an item (µs)", "file"), streams),
    ]


def _paced_row(rows: Sequence[Row], *, journal: bool) -> tuple[str, ...]:
    label = "with a journal" if journal else "without"
    wall = values(rows, "wall", kind="paced", journal=journal)
    without = values(rows, "wall", kind="paced", journal=False)
    if not wall or not without:
        return (label, NOT_RUN, NOT_RUN, NOT_RUN)
    items = values(rows, "items", kind="paced", journal=journal)[0]
    cpu = median(values(rows, "cpu", kind="paced", journal=journal)) / items * 1e6
    return (label, significant(median(wall)), f"{100 * (median(wall) / median(without) - 1):+.1f} %", count(cpu))


def _stream_cells(row: Row) -> tuple[str, ...]:
    if "growth" not in row:
        return (NOT_RUN, NOT_RUN, NOT_RUN)
    megabytes = [f"{significant(round(row[key] / 1e6, 2))} MB" for key in ("growth", "disk")]
    return (megabytes[0], count(row["cpu"] / row["items"] * 1e6), megabytes[1])


MEASUREMENT = Measurement(NAME, run, tables)
