"""How long imports take, in interpreters that have imported nothing yet."""

import subprocess
import sys
from collections.abc import Sequence

from .figures import median, ratio, significant
from .measurement import Measurement, Plan, Row, values
from .meter import Figures
from .processes import ROOT, Case, all_measured, environment
from .table import Table

NAME = "import"
STATEMENTS = (
    "import plivo_async",
    "from plivo_async import AsyncClient",
    'from plivo_async import AsyncClient; AsyncClient("MA" + 18 * "X", "token")',
    "import httpx",
    "import aiohttp",
    "import plivo",
)
BASE = "import httpx"


def run(plan: Plan) -> list[Case]:
    """Run each statement in fresh interpreters, in turns."""
    cases = [
        {"measurement": NAME, "peer": statement, "round": number}
        for number in range(plan.times(9))
        for statement in STATEMENTS
    ]
    all_measured(cases, _timed, side_by_side=plan.side_by_side(), say=plan.say)
    return cases


def _timed(one: Case) -> Figures:
    code = f"import time; began = time.perf_counter(); {one['peer']}; print(time.perf_counter() - began)"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        return {"absent": done.stderr.strip().splitlines()[-1]}
    return {"wall": float(done.stdout)}


def tables(rows: Sequence[Row]) -> list[Table]:
    """Milliseconds, and multiples of httpx."""
    found = {statement: values(rows, "wall", peer=statement) for statement in STATEMENTS}
    base = median(found[BASE])
    absent = sorted({f"{row['peer']}: skipped, {row['absent']}" for row in rows if "absent" in row})
    return [
        Table(
            f"Import in a fresh interpreter, median of {len(found[BASE])}",
            ("", "ms", "÷ httpx"),
            tuple(
                (f"`{statement}`", significant(1e3 * median(walls)), ratio(median(walls), base))
                for statement, walls in found.items()
                if walls
            ),
            tuple(absent),
        )
    ]


MEASUREMENT = Measurement(NAME, run, tables)
