"""What each says of a batch when answers get lost, and what is so: `python -m tests.benchmarks.said`.

Conferences that wait in an emulator, in a process of its own, are activated by us and by what one would write today,
while some answers are lost, some connections reset, and some requests answered 503; a fifth of Plivo's window makes it
take a fifth of the time. The emulator knows which of them are live, so those can be counted that were said to have
failed. None of the peers ever says "live" without a 204, which is why numbers are enough.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import IO

import anyio.to_thread

from plivo_async.emulator import Emulator, Faults, Limit

from .meter import Meter
from .peers import AUTH_ID, AUTH_TOKEN, PEERS, Target, names

FAULTS = "lost-response=0.02,reset-before=0.01,503=0.02"
LIMIT = Limit(300, per=1.0)
CONFERENCES, AT_ONCE = 1_500, 50
SHOWN = ("plivo-10", "httpx-retries", "aiohttp-stamina", "aiohttp-aiolimiter", "batch")


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
    command = [sys.executable, "-m", "tests.benchmarks.said", "emulator", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process.stdin, process.stdout


def ask(peer: str, count: int) -> dict[str, float]:
    """Have one of them activate all, in a process of its own, and compare."""
    command = [sys.executable, "-m", "tests.benchmarks.said", peer, str(count)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    found: dict[str, float] = json.loads(done.stdout)
    return found


def answer(peer: str, count: int) -> dict[str, float]:
    """Be that process."""
    if find_spec("stamina"):  # it would tell of each retry
        import stamina

        stamina.instrumentation.set_on_retry_hooks(())
    meter = Meter()
    with emulator(count) as (url, to, told):

        async def activate() -> None:
            async with PEERS[peer].open(Target(url, AT_ONCE, (LIMIT.limit, LIMIT.per))) as wave:
                await wave(names(count), meter)

        began = time.monotonic()
        PEERS[peer].run(activate)
        took = time.monotonic() - began
        to.write("\n")
        to.flush()
        live, refused = map(int, told.readline().split())
    return {
        "seconds": round(took, 1),
        "live": live,
        "said to have failed": meter.failed,
        "of these live": live - meter.done,
        "429s": refused,
    }


def main(arguments: list[str]) -> list[tuple[str, dict[str, float]]]:
    """Measure, print a table, and return it."""
    count = int(arguments[0]) if arguments else CONFERENCES
    found = [(PEERS[peer].label, ask(peer, count)) for peer in SHOWN if not PEERS[peer].missing()]
    print("| |", " | ".join(found[0][1]), "|")  # noqa: T201
    print("| --- |", " | ".join("---:" for _ in found[0][1]), "|")  # noqa: T201
    for label, figures in found:
        print(f"| {label} |", " | ".join(f"{value:,}" for value in figures.values()), "|")  # noqa: T201
    return found


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["emulator", size]:
            asyncio.run(emulate(int(size)))
        case [key, size]:
            print(json.dumps(answer(key, int(size))))  # noqa: T201
        case rest:
            main(rest)
