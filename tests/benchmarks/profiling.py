"""Where the CPU time of an activation goes, by package."""

import asyncio
import cProfile
import pstats
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from .figures import NOT_RUN
from .measurement import Measurement, Plan, Row
from .meter import Figures, Meter
from .peers import PEERS, Target, installed, names, skipped
from .processes import Case, all_measured, measured, server
from .server import Settings
from .table import Table

NAME = "profile"
WHO = ("batch", "batch-aiohttp", "httpx-10")
LEAST = 0.5  # per cent; what is less is put together

_AT_ONCE = 100

Where = tuple[str, int, str]  # file, line, name: how cProfile names a function
_BUILT_IN = "~"


def case(given: Case) -> Figures:
    """Profile waves of activations; time is CPU time, so that waiting for the server doesn't count."""
    peer, meter = PEERS[given["peer"]], Meter()
    profile = cProfile.Profile(time.process_time)

    async def main() -> None:
        async with peer.open(Target(given["url"], _AT_ONCE)) as wave:
            await wave(names(_AT_ONCE), Meter())
            meter.begin()
            profile.enable()
            while meter.done + meter.failed < given["enough"]:
                await wave(names(_AT_ONCE), meter)
            profile.disable()
            meter.end()

    asyncio.run(main())
    stats: Any = pstats.Stats(profile)
    return {**meter.result(), "own": shares(stats.stats)}


def shares(stats: Mapping[Where, Any]) -> dict[str, float]:
    """Per cent of the own time by package, the largest first; what is built in counts for the package that calls it."""
    own: Counter[str] = Counter()
    for (file, _, _), (_, _, own_time, _, callers) in stats.items():
        if file != _BUILT_IN:
            own[package_of(file)] += own_time
            continue
        for (caller, _, _), (_, _, time_for_it, _) in callers.items():
            own[package_of(caller)] += time_for_it
    total = sum(own.values())
    return {package: 100 * time_of_it / total for package, time_of_it in own.most_common()}


def package_of(file: str) -> str:
    """The package that a source file belongs to: the one installed, ours, asyncio, or the rest of the library."""
    parts = PurePath(file).parts
    if "benchmarks" in parts:
        return "the benchmark"
    if "plivo_async" in parts:
        return "plivo_async"
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1].removesuffix(".py")
    return "asyncio" if "asyncio" in parts else "standard library"


def run(plan: Plan) -> list[Case]:
    """Profile a batch on both transports, and httpx at its best."""
    with server(Settings()) as target:
        cases: list[Case] = [
            {"measurement": "profiling", "peer": peer, "url": target.url, "enough": 100 if plan.quick else 1_000}
            for peer in installed(WHO[:1] if plan.quick else WHO)
        ]
        all_measured(cases, measured, side_by_side=plan.side_by_side(), say=plan.say)
    return cases


def tables(rows: Sequence[Row]) -> list[Table]:
    """Per cent of the own time, a column for each."""
    found = {row["peer"]: row["own"] for row in rows if "own" in row}
    total: Counter[str] = Counter()
    for own in found.values():
        total.update(own)
    packages = [package for package, share in total.most_common() if share >= LEAST * len(found)]
    rest = tuple(f"{100 - sum(own.get(package, 0) for package in packages):.0f} %" for own in found.values())
    body = tuple((package, *(_cell(own, package) for own in found.values())) for package in packages)
    return [
        Table(
            "Own CPU time by package, under a profiler",
            ("", *(PEERS[peer].label for peer in found)),
            (*body, ("all others", *rest)),
            skipped(WHO),
        )
    ]


def _cell(own: Mapping[str, float], package: str) -> str:
    return f"{own[package]:.0f} %" if package in own else NOT_RUN


MEASUREMENT = Measurement(NAME, run, tables)
