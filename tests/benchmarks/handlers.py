"""How long `mute()` takes in a handler of a web service while the same service activates 10,000 conferences.

`python -m tests.benchmarks.handlers`: some three and a half minutes, of which the batch takes 167 s at least. The
emulator is in a process of its own, 20 to 60 ms away. The service is FastAPI; people mute and unmute somebody in it a
few times a second, before the batch and beside it. What is measured is the whole request, from the service's front to
its answer.
"""

import argparse
import asyncio
import multiprocessing
import random
import time
from collections.abc import Sequence
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from typing import Any

import anyio

from .figures import percentile

_GOAL = 50.0  # ms that the 99th percentile may grow


def emulate(pipe: Connection, conferences: int) -> None:
    """A Plivo with so many conferences that wait, and one that goes on, until somebody says that it is enough."""
    from plivo_async.emulator import Emulator

    async def main() -> None:
        async with Emulator(latency=(0.02, 0.06), keep_requests=1_000) as plivo:
            for number in range(conferences):
                plivo.add_conference(f"room-{number}")
            plivo.add_conference("visited", waiting=2, status="active")
            member = plivo.conferences["visited"].participants[0].member_id
            pipe.send((plivo.auth_id, plivo.auth_token, plivo.url, member))
            await anyio.to_thread.run_sync(pipe.recv)
            pipe.send(plivo.counts().told_429)

    anyio.run(main)


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conferences", type=int, default=10_000)
    parser.add_argument("--idle", type=float, default=30.0, help="seconds before the batch")
    parser.add_argument("--rate", type=float, default=5.0, help="mutes a second")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> dict[str, float]:
    """Measure, and print; the figures."""
    told = arguments(words)
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=emulate, args=(there, told.conferences), daemon=True)
    process.start()
    try:
        figures = asyncio.run(_measured(here.recv(), told))
        here.send("enough")
        figures["refused"] = here.recv()
    finally:
        process.join(10)
        process.terminate()
    print(_table(told, figures))  # noqa: T201
    return figures


async def _measured(plivo: tuple[str, str, str, str], told: argparse.Namespace) -> dict[str, float]:
    import httpx
    from fastapi import FastAPI, Request

    from plivo_async import AsyncClient

    auth_id, auth_token, url, member = plivo

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> Any:
        async with AsyncClient(auth_id, auth_token, base_url=url) as client:
            yield {"plivo": client}

    app = FastAPI(lifespan=lifespan)

    @app.post("/{what}")
    async def change(what: str, request: Request) -> None:
        who = request.state.plivo.mpc("visited").participant(member)
        await (who.mute() if what == "mute" else who.unmute())

    async with app.router.lifespan_context(app) as found:
        state: dict[str, Any] = dict(found or {})

        async def served(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "state": dict(state)}, receive, send)

        async with httpx.AsyncClient(transport=httpx.ASGITransport(served), base_url="http://service") as http:
            chance = random.Random(1)
            idle = await _visits(http, told.rate, chance, asyncio.create_task(asyncio.sleep(told.idle)))
            began = time.perf_counter()
            names = [f"room-{number}" for number in range(told.conferences)]
            batch = asyncio.create_task(state["plivo"].mpc.start(names))
            beside = await _visits(http, told.rate, chance, batch)
            took = time.perf_counter() - began
            assert batch.result().succeeded
    return {
        **{f"idle p{nth}": 1e3 * percentile(idle, nth) for nth in (50, 99)},
        **{f"beside p{nth}": 1e3 * percentile(beside, nth) for nth in (50, 99)},
        "visits": len(beside),
        "seconds": took,
    }


async def _visits(http: Any, rate: float, chance: random.Random, until: "asyncio.Task[Any]") -> list[float]:
    """Seconds that each took, one begun independently of how the others fare."""

    async def visit(nth: int) -> float:
        began = time.perf_counter()
        answer = await http.post("/unmute" if nth % 2 else "/mute")
        assert answer.status_code == 200, answer.text
        return time.perf_counter() - began

    visits: list[asyncio.Task[float]] = []
    while not until.done():
        visits.append(asyncio.create_task(visit(len(visits))))
        await asyncio.sleep(chance.expovariate(rate))
    return [await one for one in visits]


def _table(told: argparse.Namespace, figures: dict[str, float]) -> str:
    grown = figures["beside p99"] - figures["idle p99"]
    return "\n".join(
        [
            f"mute() from a handler, {told.rate:g} a second, ms     p50    p99",
            f"  alone                               {figures['idle p50']:7.1f}{figures['idle p99']:7.1f}",
            f"  beside {told.conferences:,} activations".ljust(38)
            + f"{figures['beside p50']:7.1f}{figures['beside p99']:7.1f}",
            f"p99 grows by {grown:.1f} ms ({'within' if grown <= _GOAL else 'more than'} {_GOAL:g}); "
            f"{figures['visits']:.0f} mutes beside a batch of {figures['seconds']:.0f} s; "
            f"{figures['refused']:.0f} answers were 429",
        ]
    )


if __name__ == "__main__":
    main()
