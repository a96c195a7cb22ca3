"""How near to the optimum several processes get that share the account's limit, and what sharing costs."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from plivo_async import AsyncClient, RateLimit

from ..pacing.shared.servers import BINARIES, running
from .figures import NOT_RUN, count
from .limits import KINDS, optimum
from .measurement import Measurement, Plan, Row
from .meter import Figures, Meter
from .peers import AUTH_ID, AUTH_TOKEN, Target, names
from .processes import Case, measured, server
from .server import Settings
from .table import Table

NAME = "shared"
ONE_WAY = (0.010, 0.025)
LABELS = {
    "sqlite": "ours, shared in SQLite",
    "valkey": "ours, shared in Valkey",
    "apart": "ours, not knowing of each other",
    "pyrate": "pyrate-limiter, Redis bucket in Valkey; aiohttp",
}

_PROCESSES = 3
_CAP = 150.0  # seconds
_AT_ONCE = 64
_YOUNG = 19.0  # seconds after which a store that is empty is known to have forgotten nothing


def case(given: Case) -> Figures:
    """What one of the processes does: its part of the activations."""
    meter = Meter(_CAP)
    asyncio.run((_pyrate if given["peer"] == "pyrate" else _ours)(given, meter))
    return meter.result()


async def _ours(given: Case, meter: Meter) -> None:
    limit = RateLimit(given["count"], given["per"], shared=given["store"])
    async with AsyncClient(AUTH_ID, AUTH_TOKEN, base_url=given["url"], rate_limit=limit) as client:
        mine = [f"{given['tag']}-{name}" for name in names(given["requests"])]
        async with _section(given, meter):
            report = await client.mpc.start(mine)
            meter.done = sum(activation.succeeded for activation in report)
        seen = client.statistics().shared
        meter.result()["calls"] = 0 if seen is None else seen.trades


async def _pyrate(given: Case, meter: Meter) -> None:
    import aiohttp
    import redis
    from pyrate_limiter import Limiter, Rate, RedisBucket

    bucket = RedisBucket.init(
        [Rate(given["count"], int(given["per"] * 1000))], redis.Redis.from_url(given["store"]), "b"
    )
    limiter, target = Limiter(bucket), Target(given["url"], 1)
    left = iter(names(given["requests"]))

    async def work(session: Any) -> None:
        for name in left:
            while True:
                await limiter.try_acquire_async("plivo")
                async with session.post(target.activation(f"{given['tag']}-{name}")) as answer:
                    if answer.status != 429:
                        break
                await asyncio.sleep(1)
            meter.done += 1

    async with aiohttp.ClientSession() as session, _section(given, meter), asyncio.TaskGroup() as group:
        for _ in range(_AT_ONCE):
            group.create_task(work(session))


@asynccontextmanager
async def _section(given: Case, meter: Meter) -> AsyncIterator[None]:
    """What is measured: it begins at the same instant in all processes."""
    await asyncio.sleep(max(0.0, given["at"] - time.monotonic()))
    meter.begin()
    began = time.monotonic()
    yield
    meter.end()
    meter.result().update(began=began, ended=time.monotonic())


def run(plan: Plan) -> list[Case]:
    """Measure ours under each kind of window, the others under one."""
    kinds, requests, limit, per = (KINDS[:1], 20, 20, 0.2) if plan.quick else (KINDS, 500, 300, 5.0)
    cases: list[Case] = []
    with _stores() as store_of:
        for peer in ("sqlite", "apart") if plan.quick else LABELS:
            for window in kinds if peer in ("sqlite", "valkey") else kinds[:1]:
                one = _case(peer, window, requests, limit, per)
                cases.append(one)
                plan.say(f"{NAME} · {LABELS[peer]} · {window}")
                if (peer == "pyrate" and find_spec("pyrate_limiter") is None) or not (store := store_of(peer)):
                    continue
                one.update(_measured(one, None if store == "none" else store))
    return cases


def _case(peer: str, window: str, requests: int, limit: int, per: float) -> Case:
    together = _PROCESSES * requests
    return {
        "measurement": NAME, "peer": peer, "window": window, "requests": requests, "count": limit, "per": per,
        "optimum": optimum(together, limit, per, 2 * sum(ONE_WAY) / 2),
    }  # fmt: skip


@contextlib.contextmanager
def _stores() -> Iterator[Callable[[str], str]]:
    """Gives the store of a peer; "none" for one without, empty text if there is none here."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers: list[str] = []

        def store_of(peer: str) -> str:
            if peer == "apart":
                return "none"
            if peer == "sqlite":
                return f"sqlite:///{folder}/budget.db"
            if BINARIES["valkey"] and not servers:
                servers.append(stack.enter_context(running("valkey")).url)
                time.sleep(_YOUNG)
            return servers[0] if servers else ""

        yield store_of


def _measured(one: Case, store: str | None) -> Figures:
    with server(Settings(one_way=ONE_WAY, window=one["window"], count=one["count"], per=one["per"])) as target:
        at = time.monotonic() + 3.0
        each = [{**one, "url": target.url, "store": store, "at": at, "tag": f"p{n}"} for n in range(_PROCESSES)]
        with ThreadPoolExecutor(_PROCESSES) as pool:
            figures = list(pool.map(measured, each))
        counts = target.counts()
    wrong = [figure["error"] for figure in figures if "error" in figure]
    if wrong:
        return {"error": wrong[0]}
    total = sum(figure["done"] for figure in figures)
    return {
        **counts,
        "done": total,
        "wall": max(figure["ended"] for figure in figures) - min(figure["began"] for figure in figures),
        "calls": sum(figure.get("calls", 0) for figure in figures) / max(1, total),
        "cpu": sum(figure["cpu"] for figure in figures) / max(1, total),
        "apart": max(figure["wall"] for figure in figures) / min(figure["wall"] for figure in figures) - 1,
    }


def tables(rows: Sequence[Row]) -> list[Table]:
    """Per cent of the optimum and 429s, by kind of window; and what it costs."""
    kinds = [kind for kind in KINDS if any(row["window"] == kind for row in rows)]
    first = rows[0]
    title = (
        f"{_PROCESSES} processes, {first['requests']} activations each, at {first['count']} per {first['per']:g} s, "
        "20 to 50 ms away: per cent of the optimum, and 429s"
    )
    cells = [
        (LABELS[peer], *(_cell(rows, peer, kind) for kind in kinds), *_costs([r for r in rows if r["peer"] == peer]))
        for peer in LABELS
        if any(row["peer"] == peer for row in rows)
    ]
    return [Table(title, ("", *kinds, "calls of the store per request", "CPU per request"), tuple(cells), ())]


def _cell(rows: Sequence[Row], peer: str, kind: str) -> str:
    row = next((row for row in rows if row["peer"] == peer and row["window"] == kind and "done" in row), None)
    if row is None:
        return NOT_RUN
    if row["done"] != row["requests"] * _PROCESSES:
        return f"{row['requests'] * _PROCESSES - row['done']:,} not activated, {count(row['refused'])}"
    return f"{100 * row['optimum'] / row['wall']:.1f} %, {count(row['refused'])}"


def _costs(rows: Sequence[Row]) -> tuple[str, str]:
    taken = [row for row in rows if "done" in row]
    if not taken:
        return NOT_RUN, NOT_RUN
    calls, cpu = (sum(row[name] for row in taken) / len(taken) for name in ("calls", "cpu"))
    return f"{calls:.2f}" if calls else "none", f"{cpu * 1e6:,.0f} µs"


MEASUREMENT = Measurement(NAME, run, tables)
