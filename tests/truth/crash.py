"""Kill a real run with -9 at random points, let the world go on, and run the same command again.

    python -m tests.truth.crash --rounds 200

Each round activates conferences of an emulator that loses answers and breaks connections, by `mpc start --journal`; the
process is killed at a random point, every third one twice. Between the runs a tenth of what was activated ends, and for
half of these the next conference of the same name waits. In the end every outcome is compared with the truth.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from anyio.from_thread import BlockingPortal, start_blocking_portal

from plivo_async.emulator import Emulator, Faults

FAULTS = "lost-response=0.01,reset-before=0.01,503=0.01"


class World:
    """An emulator in a thread of its own, and how to change it from here."""

    def __init__(self, portal: BlockingPortal, plivo: Emulator) -> None:
        self._portal = portal
        self.plivo = plivo

    def do(self, function: Callable[..., object], *arguments: object) -> None:
        """Change something, where the emulator lives."""
        self._portal.call(function, *arguments)

    def active(self, names: list[str]) -> set[str]:
        """Which of these are live."""
        return {name for name in names if self.plivo.conferences[name].status == "Active"}


@contextmanager
def world(names: list[str], seed: int) -> Iterator[World]:
    """An emulator in which these wait."""
    emulator = Emulator(limit=None, latency=0.01, seed=seed, faults=Faults.parse(FAULTS))
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(emulator) as plivo:
        for name in names:
            portal.call(partial(plivo.add_conference, name, started_ago=60))  # before any run of ours, surely
        yield World(portal, plivo)


def crash(seed: int, size: int, folder: Path) -> Counter[str]:
    """One round; what was wrong in it, and how many activation requests it took."""
    chance = random.Random(seed)
    names = [f"conf-{index}" for index in range(size)]
    (folder / "names.txt").write_text("\n".join(names))
    with world(names, seed) as all_of_it:
        plivo = all_of_it.plivo
        ours: set[str] = set()
        over: set[str] = set()
        following: set[str] = set()
        for _ in range(2 if seed % 3 == 0 else 1):
            _killed(_command(folder, plivo), plivo, plivo.counts().applied + chance.randrange(1, max(2, size // 2)))
            alive = all_of_it.active(names) - following
            ours |= alive
            ending = set(chance.sample(sorted(alive), len(alive) // 10))
            next_ones = set(sorted(ending)[: len(ending) // 2])
            for name in ending:
                all_of_it.do(plivo.end_conference, name)
            for name in next_ones:
                all_of_it.do(plivo.add_conference, name)
            over |= ending
            following |= next_ones
        done = _started(_command(folder, plivo))
        _, said = done.communicate(timeout=120)
        wrong = _compared(all_of_it, names, ours, over, following, folder, said)
        wrong["requests"] = sum(request.operation == "activate" for request in plivo.requests)
        return wrong


def _compared(
    all_of_it: World, names: list[str], ours: set[str], over: set[str], following: set[str], folder: Path, said: bytes
) -> Counter[str]:
    wrong: Counter[str] = Counter()
    try:
        rows = json.loads((folder / "report.json").read_text())["activations"]
    except (OSError, ValueError):
        wrong[f"no report: {said.decode()[-200:]}"] += 1
        return wrong
    active = all_of_it.active(names)
    wrong["next conference started"] += len(active & following)
    wrong["missing or double"] += abs(len(rows) - len(names))
    for row in rows:
        name, outcome = row["name"], row["outcome"]
        wrong["ours told as another's"] += outcome == "already_active"
        wrong["ours told as never found"] += outcome == "not_found" and name in ours
        wrong["told as live, never was"] += outcome == "activated" and name not in active | over
        wrong["left undone"] += outcome in {"not_attempted", "failed"}
        wrong["unknown without a reason"] += outcome == "unknown" and name not in over
    return wrong


def _command(folder: Path, plivo: Emulator) -> tuple[list[str], dict[str, str]]:
    command = [sys.executable, "-m", "plivo_async", "mpc", "start", str(folder / "names.txt"), "--base-url", plivo.url]
    command += ["--limit", "none", "--journal", str(folder / "run.db"), "--report", str(folder / "report.json")]
    return command, {**os.environ, "PLIVO_AUTH_ID": plivo.auth_id, "PLIVO_AUTH_TOKEN": plivo.auth_token}


def _started(command: tuple[list[str], dict[str, str]]) -> subprocess.Popen[bytes]:
    words, environment = command
    return subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # noqa: S603


def _killed(command: tuple[list[str], dict[str, str]], plivo: Emulator, goal: int) -> None:
    process = _started(command)
    while process.poll() is None and plivo.counts().applied < goal:
        time.sleep(0.002)
    process.kill()
    process.communicate()


def main() -> int:
    """Run so many rounds; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--names", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    total: Counter[str] = Counter()
    for number in range(given.rounds):
        with tempfile.TemporaryDirectory() as folder:
            total += crash(given.seed + number, given.names, Path(folder))
    requests = total.pop("requests", 0) / (given.rounds * given.names)
    wrong = {what: count for what, count in total.items() if count}
    said = f"{given.rounds} rounds, {requests:.3f} activation requests a conference; wrong: {wrong or 'nothing'}"
    sys.stdout.write(f"{said}\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
