"""What the emulator's console costs it: `python -m tests.benchmarks.console`.

An emulator in a process of its own with 10,000 conferences is asked 60 times a second, for those that are shown, and
somebody looks at all lists of the console meanwhile. CPU of that process in per cent of a core: without a console, with
one that nobody looks at, and with one that somebody does. Each for some seconds, in turn; the median of the rounds.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
import anyio.to_thread
import httpx

from plivo_async.emulator import Emulator

CONFERENCES, RATE, SECONDS, ROUNDS = 10_000, 60, 8.0, 3
LOOK = "_console/api/changes?show=conferences,phones,requests,callbacks,recordings"
AUTH_ID, TOKEN = "MAEMULATOR0000000000", "made-up"


async def child(console: bool) -> None:
    """Be the emulator: say where it is, and at each line how much CPU it has taken."""
    async with Emulator(AUTH_ID, TOKEN, console=console, limit=None) as plivo:
        for number in range(CONFERENCES):
            plivo.add_conference(f"room-{number}")
        sys.stdout.write(f"{plivo.url}\n")
        sys.stdout.flush()
        while await anyio.to_thread.run_sync(sys.stdin.readline):
            sys.stdout.write(f"{time.process_time()}\n")
            sys.stdout.flush()


@asynccontextmanager
async def emulator(console: bool) -> AsyncIterator[tuple[str, "asyncio.subprocess.Process"]]:
    """One in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.console", "console" if console else "plain",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdin is not None
    yield (await process.stdout.readline()).decode().strip(), process
    process.stdin.close()
    await process.wait()


async def used(process: "asyncio.subprocess.Process") -> float:
    """Seconds of CPU that it has taken."""
    assert process.stdout is not None
    assert process.stdin is not None
    process.stdin.write(b"?\n")
    return float(await process.stdout.readline())


async def ask(url: str) -> None:
    """Activate one conference after the other, so many a second."""
    root = f"/v1/Account/{AUTH_ID}/MultiPartyCall/name_room-"
    async with httpx.AsyncClient(base_url=url, auth=(AUTH_ID, TOKEN)) as client, asyncio.TaskGroup() as tasks:
        began = time.monotonic()
        for number in range(int(RATE * SECONDS)):
            await asyncio.sleep(began + number / RATE - time.monotonic())
            tasks.create_task(client.post(f"{root}{CONFERENCES - 1 - number}/", json={"status": "active"}))


async def watch(url: str, size: list[int]) -> None:
    """Look at everything, as the page does where it is wide."""
    async with httpx.AsyncClient(timeout=60.0) as client, client.stream("GET", f"{url}/{LOOK}") as told:
        async for chunk in told.aiter_bytes():
            size[0] += len(chunk)


async def cost(console: bool, looks: int) -> tuple[float, float]:
    """Per cent of a core, and kB a second that each who looks is told."""
    size = [0]
    async with emulator(console) as (url, process), AsyncExitStack() as stack:
        watchers = [asyncio.create_task(watch(url, size)) for _ in range(looks)]
        stack.callback(lambda: [one.cancel() for one in watchers])
        await asyncio.sleep(1)
        before, began, size[0] = await used(process), time.monotonic(), 0
        await ask(url)
        took = time.monotonic() - began
        share = 100 * (await used(process) - before) / took
        for one in watchers:
            one.cancel()
        return share, size[0] / 1000 / took / max(1, looks)


async def main() -> None:
    """Measure, and print."""
    cases = {"no console": (False, 0), "nobody looks": (True, 0), "one looks": (True, 1)}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, case in cases.items():
            found[name].append(await cost(*case))
    for name, those in found.items():
        share, size = (statistics.median(column) for column in zip(*those, strict=True))
        print(f"{name:14} {share:5.1f} % of a core {size:8.1f} kB/s")  # noqa: T201


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(child(sys.argv[1] == "console"))
    else:
        asyncio.run(main())
