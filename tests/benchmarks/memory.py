"""What waiting activations, streams and reports take in memory."""

import asyncio
import random
import sys
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .figures import NOT_RUN, count, median, significant
from .measurement import Measurement, Plan, Row, values
from .meter import Figures, Meter
from .peers import AUTH_ID, PEERS, Target, installed, names, skipped
from .processes import Case, all_measured, measured, server
from .server import Settings
from .table import Table

NAME = "memory"
WAITING = {"ours": 5_000, "batch": 5_000, "httpx-10": 1_000, "aiohttp": 5_000}
"""Who waits, and how many of them; a stock pool takes too long to queue more."""

_HOUR = 3_600.0
_CALM = 0.2  # seconds in which nothing happens any more


def case(given: Case) -> Figures:
    """Measure one of the three: `waiting`, `stream` or `report`."""
    if given["traced"]:
        tracemalloc.start()
    kinds: dict[str, Any] = {"waiting": _waiting, "stream": _stream, "report": _report}
    return {"bytes": asyncio.run(kinds[given["kind"]](given))}


async def _waiting(given: Case) -> float:
    """How much it grows while so many wait: ours for a permit, others for a connection."""
    meter, wanted = Meter(), names(given["items"])
    async with PEERS[given["peer"]].open(Target(given["url"], given["items"], (1, _HOUR))) as wave:
        await wave(names(1), meter)
        before = held(traced=given["traced"])
        waiting = asyncio.create_task(wave(wanted, meter))  # noqa: RUF006, F841
        await _calm()
        return held(traced=given["traced"]) - before
    raise AssertionError


async def _calm() -> None:
    """Wait until nothing happens any more."""
    while True:
        before = time.process_time()
        await asyncio.sleep(_CALM)
        if time.process_time() - before < _CALM / 10:
            return


async def _stream(given: Case) -> float:
    """How much it grows from the first thousandth of a stream to its end."""
    before, largest, mpc = 0.0, 0.0, instant_mpc()
    async with mpc.start_each(generated(given["items"])) as activations:
        async for activation in activations:
            if activation.position == given["items"] // 1_000:
                before = held(traced=given["traced"])
            elif activation.position % 1_000 == 0:
                largest = max(largest, held(traced=given["traced"]))
    return max(largest, held(traced=given["traced"])) - before


async def _report(given: Case) -> float:
    """How much a report takes, the names in it included."""
    mpc = instant_mpc()
    await mpc.start(generated(100))
    before = held(traced=given["traced"])
    report = await mpc.start(generated(given["items"]))
    assert len(report) == given["items"]
    return held(traced=given["traced"]) - before


def generated(count: int) -> Iterator[str]:
    """So many names."""
    return (f"room-{number}" for number in range(count))


def instant_mpc() -> Any:
    """`client.mpc` without a network: everything of ours but HTTP, and each activation is answered 204 at once."""
    from plivo_async._options import Options, attempt_timeout
    from plivo_async.exchange._exchange import Exchange
    from plivo_async.policy import MOST_WIDTH, RetryPolicy
    from plivo_async.resources import MultiPartyCalls
    from plivo_async.transport._http import Trip
    from plivo_async.wire import Account, Answer

    class Instant:
        async def send(self, *_: object, **__: object) -> Trip:
            await asyncio.sleep(0)
            return Trip(Answer(204, {}, b""))

    exchange = Exchange(Instant(), None, time.monotonic, random.random)
    options = Options(timeout=attempt_timeout(10.0), retry=RetryPolicy())
    return MultiPartyCalls(exchange, options, MOST_WIDTH, Account("https://api.plivo.com", AUTH_ID))


def held(*, traced: bool) -> float:
    """Bytes that this process holds: what Python has allocated if that is traced, else what is resident."""
    if traced:
        return tracemalloc.get_traced_memory()[0]
    pages = Path("/proc/self/statm")
    if pages.exists():
        import resource

        return int(pages.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    if sys.platform == "win32":
        return 0.0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS: bytes, and the most there ever was


def run(plan: Plan) -> list[Case]:
    """Measure each twice: traced, and resident."""
    streamed, reported = (5_000, 1_000) if plan.quick else (200_000, 50_000)
    cases: list[Case] = [{"measurement": NAME, "kind": "stream", "items": streamed, "traced": False}]
    cases += [{"measurement": NAME, "kind": "report", "items": reported, "traced": traced} for traced in (True, False)]
    cases += [
        {"measurement": NAME, "kind": "waiting", "peer": peer, "items": 50 if plan.quick else items, "traced": traced}
        for peer, items in WAITING.items()
        if peer in installed(list(WAITING))
        for traced in ((False,) if plan.quick else (True, False))
    ]
    all_measured(cases, _measured, side_by_side=2, say=plan.say)
    return cases


def _measured(one: Case) -> Figures:
    if one["kind"] != "waiting":
        return measured(one)
    with server(Settings(answers=1)) as target:
        return measured({**one, "url": target.url})


def tables(rows: Sequence[Row]) -> list[Table]:
    """Bytes of a waiting activation; megabytes of a stream and of a report."""
    waiting = Table(
        "Memory of an activation that waits (bytes)",
        ("", "waiting", "allocated", "resident"),
        tuple(
            (_waits(peer), count(values(rows, "items", peer=peer)[0]), *_each(rows, peer))
            for peer in WAITING
            if values(rows, "items", peer=peer)
        ),
        skipped(list(WAITING)),
    )
    return [waiting, Table("Memory of many", ("", "allocated", "resident"), _many(rows))]


def _waits(peer: str) -> str:
    return f"{PEERS[peer].label}, for a {'permit' if peer in ('ours', 'batch') else 'connection'}"


def _each(rows: Sequence[Row], peer: str) -> list[str]:
    items = values(rows, "items", peer=peer)[0]
    found = [values(rows, "bytes", peer=peer, traced=traced) for traced in (True, False)]
    return [count(median(one) / items) if one else NOT_RUN for one in found]


def _many(rows: Sequence[Row]) -> tuple[tuple[str, ...], ...]:
    lines = []
    for kind, label in (("stream", "`start_each` over {}: growth"), ("report", "a report, per 1,000,000 (of {})")):
        items = values(rows, "items", kind=kind)
        cells = [_megabytes(rows, kind, traced=traced) for traced in (True, False)]
        if items:
            lines.append((label.format(count(items[0])), *cells))
    return tuple(lines)


def _megabytes(rows: Sequence[Row], kind: str, *, traced: bool) -> str:
    found = values(rows, "bytes", kind=kind, traced=traced)
    if not found:
        return NOT_RUN
    scale = 1.0 if kind == "stream" else 1e6 / values(rows, "items", kind=kind)[0]
    return f"{significant(round(median(found) * scale / 1e6, 2))} MB"


MEASUREMENT = Measurement(NAME, run, tables)
