"""What each says of a batch when answers get lost, and what is so.

Conferences that wait in an emulator, in a process of its own, are activated by us and by what one would write today,
while some answers are lost, some connections reset, and some requests answered 503; a fifth of Plivo's window makes it
take a fifth of the time. The emulator knows which of them are live, so those can be counted that were said to have
failed. None of the peers ever says "live" without a 204, which is why numbers are enough.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import IO

import anyio.to_thread

from plivo_async.emulator import Emulator, Faults, Limit

from .figures import NOT_RUN, significant
from .measurement import Measurement, Plan, Row
from .meter import Figures, Meter
from .peers import AUTH_ID, AUTH_TOKEN, PEERS, Target, installed, names, skipped
from .processes import Case, all_measured, measured
from .table import Table

NAME = "said"

FAULTS = "lost-response=0.02,reset-before=0.01,503=0.02"
LIMIT = Limit(300, per=1.0)
_SHOWN = ("plivo-10", "httpx-retries", "aiohttp-stamina", "aiohttp-aiolimiter", "batch")
_AT_ONCE = 50
_COLUMNS = {
    "wall": "seconds",
    "live": "live",
    "failed": "said to have failed",
    "wrong": "of these live",
    "refused": "429s",
}


async def emulate(count: int) -> None:
    """Be the emulator: say where it is, and at the end how many are live and how many requests were refused."""
    emulator = Emulator(AUTH_ID, AUTH_TOKEN, limit=LIMIT, latency=(0.02, 0.05), faults=Faults.parse(FAULTS), seed=7)
    async with emulator as plivo:
        for name in names(count):
            plivo.add_conference(name)
        print(plivo.url, flush=True)  # noqa: T201
        await anyio.to_thread.run_sync(sys.stdin.readline)
        live = sum(one.status == "Active" for one in plivo.conferences.values())
        print(live, plivo.counts().told_429, flush=True)  # noqa: T201


@contextmanager
def emulator(count: int) -> Iterator[tuple[str, IO[str], IO[str]]]:
    """One in a process of its own: where it is, and what to speak to it with."""
    command = [sys.executable, "-m", __name__, str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process.stdin, process.stdout


def case(given: Case) -> Figures:
    """Have one of them activate all, and compare."""
    if find_spec("stamina"):  # it would tell of each retry
        import stamina

        stamina.instrumentation.set_on_retry_hooks(())
    peer, meter = PEERS[given["peer"]], Meter()
    with emulator(given["count"]) as (url, to, told):

        async def activate() -> None:
            async with peer.open(Target(url, _AT_ONCE, (LIMIT.limit, LIMIT.per))) as wave:
                await wave(names(given["count"]), meter)

        began = time.perf_counter()
        peer.run(activate)
        took = time.perf_counter() - began
        to.write("\n")
        to.flush()
        live, refused = map(int, told.readline().split())
    return {"wall": took, "live": live, "failed": meter.failed, "wrong": live - meter.done, "refused": refused}


def run(plan: Plan) -> list[Case]:
    """Measure each once: chance is the same for all of them."""
    size = 60 if plan.quick else 1_500
    cases: list[Case] = [{"measurement": NAME, "peer": peer, "count": size} for peer in installed(_SHOWN)]
    all_measured(cases, measured, side_by_side=plan.side_by_side(), say=plan.say)
    return cases


def tables(rows: Sequence[Row]) -> list[Table]:
    """What was said, and what is so."""
    size = next((row["count"] for row in rows), 0)
    title = f"{size:,} conferences that wait, at {LIMIT.limit} per {LIMIT.per:g} s, with {FAULTS.replace(',', ', ')}"
    cells = tuple((PEERS[row["peer"]].label, *_cells(row)) for row in rows)
    return [Table(title, ("", *_COLUMNS.values()), cells, skipped(_SHOWN))]


def _cells(row: Row) -> tuple[str, ...]:
    if "wall" not in row:
        return (NOT_RUN,) * len(_COLUMNS)
    return (significant(row["wall"]), *(f"{row[key]:,}" for key in _COLUMNS if key != "wall"))


MEASUREMENT = Measurement(NAME, run, tables)

if __name__ == "__main__":
    asyncio.run(emulate(int(sys.argv[1])))
