"""What a batch on many machines has to hold, whatever the engine: workers are processes, and one of them dies.

The world is an emulator with faults in this process, a Valkey in which workers share the account's budget, and whatever
server the engine needs. An engine says how to start a worker, submit, cancel and look; all else is here.
"""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from anyio.from_thread import BlockingPortal, start_blocking_portal

from plivo_async.emulator import Emulator, Faults, Limit

from ..pacing.shared.servers import running
from ..support import PATIENCE
from .walk import walk

FAULTS = "lost-response=0.01,reset-before=0.01,503=0.01"
LIMIT = Limit(300, per=1.0)
"""A fifth of Plivo's window, so that a round takes a fifth of the time."""
_LONGEST = 1_800.0  # seconds for anything


class Engine(Protocol):
    """What is tried."""

    def worker(self) -> Sequence[str]:
        """The command that runs a worker for the account of `PLIVO_AUTH_ID`, until SIGTERM."""
        ...

    def submit(self, size: int, shard: int, stalled_after: float = 2.0) -> str:
        """Hand a batch of `room 0` … over; what it is called.

        Where it is the batch that says so, a worker is taken for dead after `stalled_after` seconds without a sign of
        life.
        """
        ...

    def cancel(self, batch: str) -> None:
        """Begin nothing more of it."""
        ...

    def over(self, batch: str) -> bool:
        """Whether nothing more happens."""
        ...

    def outcomes(self, batch: str) -> Iterator[tuple[str, str]]:
        """Name and outcome of each item, in order."""
        ...

    def acts(self) -> Mapping[str, Callable[[str], None]]:
        """What else may be done to a batch, by name: nothing of it may fail, whatever has been done before."""
        ...

    def resume(self, batch: str) -> None:
        """Have it come to its end, whatever has been done to it."""
        ...

    def in_hand(self) -> object:
        """What workers have in hand at this moment, for `resumed`."""
        ...

    def resumed(self, batch: str, in_hand: object) -> float | None:
        """When the last shard that was taken from a worker who had it in hand then was begun by another one.

        In seconds since 1970; None if there is none.
        """
        ...


@dataclass
class Findings:
    """What a bar found.

    Attributes:
        figures: What was measured.
        broken: What doesn't hold, in words.
        late: What took too long or was too slow, in words: a command tells of it, a test doesn't ask for it.
    """

    figures: dict[str, float] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)

    def hold(self, what: str, good: bool) -> None:
        """Note something that has to be so."""
        if not good:
            self.broken.append(what)

    def in_time(self, what: str, good: bool) -> None:
        """Note something that has to be so on a machine that has nothing else to do."""
        if not good:
            self.late.append(what)

    def __str__(self) -> str:
        told = ", ".join(f"{name} {value:,.6g}" for name, value in self.figures.items())
        return f"{told}{''.join(f'{chr(10)}  BROKEN: {what}' for what in [*self.broken, *self.late])}"


class World:
    """An emulator in which `room 0` … wait, the budget, and workers."""

    def __init__(
        self, plivo: Emulator, portal: BlockingPortal, budget: str, limit: Limit, engine: Engine, folder: Path
    ) -> None:
        self.plivo = plivo
        self.call = portal.call
        self.workers: list[subprocess.Popen[bytes]] = []
        self._engine = engine
        self._folder = folder
        self._environment = {
            **os.environ,
            "PLIVO_AUTH_ID": plivo.auth_id,
            "PLIVO_AUTH_TOKEN": plivo.auth_token,
            "PLIVO_BASE_URL": plivo.url,
            "PLIVO_RATE_LIMIT_URL": budget,
            "PLIVO_TESTS_LIMIT": f"{limit.limit}/{limit.per}",
        }

    def start_worker(self, **environment: str) -> None:
        """One more."""
        with (self._folder / f"worker-{len(self.workers)}.log").open("wb") as log:
            command = self._engine.worker()
            started = subprocess.Popen(  # noqa: S603
                command, env={**self._environment, **environment}, stdout=log, stderr=log, cwd=self._folder
            )
        self.workers.append(started)

    def begin(self, size: int, shard: int, *, workers: int, goal: int, stalled_after: float = 2.0) -> str:
        """Have so many conferences of a batch done by so many workers; what it is called."""
        for _ in range(workers):
            self.start_worker()
        batch = self._engine.submit(size, shard, stalled_after)
        self.until(lambda: self.plivo.counts().applied >= goal)
        return batch

    def stop(self) -> None:
        """End all workers."""
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            try:
                worker.wait(15)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()

    def until(self, condition: Callable[[], bool], interval: float = 0.02, longest: float = _LONGEST) -> bool:
        """Wait for something; whether it came."""
        ends = time.monotonic() + longest
        while time.monotonic() < ends:
            if condition():
                return True
            time.sleep(interval)
        return False


@contextmanager
def world(engine: Engine, size: int, folder: Path, *, limit: Limit = LIMIT, faults: str = FAULTS) -> Iterator[World]:
    """All of it; workers are ended with it."""
    emulator = Emulator(limit=limit, latency=(0.02, 0.06), faults=Faults.parse(faults) if faults else Faults())
    with (
        running("valkey", "--maxmemory-policy", "noeviction") as budget,
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(emulator) as plivo,
    ):
        for number in range(size):
            portal.call(partial(plivo.add_conference, f"room {number}", started_ago=60))
        made = World(plivo, portal, budget.url, limit, engine, folder)
        try:
            yield made
        finally:
            made.stop()


def compare(found: Findings, engine: Engine, batch: str, plivo: Emulator, size: int) -> None:
    """Hold every outcome to the emulator's truth."""
    counts: Counter[str] = Counter()
    lies: list[str] = []
    for number, (name, outcome) in enumerate(engine.outcomes(batch)):
        counts[outcome] += 1
        conference = plivo.conferences[name]
        live = conference.status == "Active"
        told_live = outcome in {"activated", "already_active"}
        wrong = outcome == "already_active" or (outcome != "unknown" and told_live is not live)
        if wrong or name != f"room {number}" or conference.applied > 1:
            lies.append(f"{name}: {outcome}, live {live}, applied {conference.applied}")
    found.hold(f"outcomes for {counts.total():,} of {size:,}", counts.total() == size)
    found.hold(f"outcomes that are not so: {lies[:5]}", not lies)
    found.figures |= dict(sorted(counts.items()))
    found.figures["429s"] = plivo.counts().told_429
    found.hold("some were refused (429)", plivo.counts().told_429 == 0)


def kill(engine: Engine, seed: int, folder: Path, *, size: int = 3_000, shard: int = 100) -> Findings:
    """Three workers with faults on the way; one of them is killed with -9 at a random instant, and replaced."""
    chance, found = random.Random(seed), Findings()
    with world(engine, size, folder) as all_of_it:
        plivo = all_of_it.plivo
        for _ in range(3):
            all_of_it.start_worker()
        time.sleep(3)  # so that each of them has something in hand
        batch = engine.submit(size, shard)
        all_of_it.until(lambda: plivo.counts().applied > 0)
        began = time.monotonic()
        goal = chance.randrange(1, size - 600)
        all_of_it.until(lambda: plivo.counts().applied >= goal)
        in_hand, killed_at = engine.in_hand(), time.time()
        all_of_it.workers[chance.randrange(3)].send_signal(signal.SIGKILL)
        all_of_it.start_worker()
        found.hold("it did not end", all_of_it.until(lambda: engine.over(batch), 0.2))
        found.figures["seconds"] = time.monotonic() - began
        compare(found, engine, batch, plivo, size)
        found.hold("not all were activated", found.figures.get("activated", 0) == size)
        resumed = engine.resumed(batch, in_hand)
        if resumed is not None:
            found.figures["resumed after"] = resumed - killed_at
            found.in_time("resumed later than 5 s after the kill", resumed - killed_at <= 5)
        found.figures["requests per item"] = plivo.counts().requests / size
        found.hold("more than 1.2 requests per item", plivo.counts().requests <= 1.2 * size)
    return found


def cancel(engine: Engine, seed: int, folder: Path, *, size: int = 3_000, shard: int = 100) -> Findings:
    """Cancelled on the way: it ends soon, and what was in flight is known."""
    chance, found = random.Random(seed), Findings()
    with world(engine, size, folder, faults="") as all_of_it:
        plivo = all_of_it.plivo
        goal = chance.randrange(1, size - 900)
        patient = PATIENCE  # nobody dies, however busy the machine is
        batch = all_of_it.begin(size, shard, workers=3, goal=goal, stalled_after=patient)
        began = time.monotonic()
        engine.cancel(batch)
        found.hold("it did not end", all_of_it.until(lambda: engine.over(batch)))
        found.figures["ended after"] = time.monotonic() - began
        found.in_time("it ended later than 2 s and an attempt", found.figures["ended after"] <= 2 + 0.06)
        compare(found, engine, batch, plivo, size)
        found.hold("what was in flight isn't known", found.figures.get("unknown", 0) == 0)
    return found


def kill_and_cancel(engine: Engine, seed: int, folder: Path, *, size: int = 3_000, shard: int = 100) -> Findings:
    """A worker is killed with -9, and all is cancelled before or after anybody has noticed: nothing sent is denied."""
    chance, found = random.Random(seed), Findings()
    with world(engine, size, folder, faults="") as all_of_it:
        plivo = all_of_it.plivo
        batch = all_of_it.begin(size, shard, workers=3, goal=chance.randrange(1, size - 900))
        all_of_it.workers[chance.randrange(3)].send_signal(signal.SIGKILL)
        time.sleep(chance.uniform(0, 4))
        engine.cancel(batch)
        found.hold("it did not end", all_of_it.until(lambda: engine.over(batch), 0.2))
        compare(found, engine, batch, plivo, size)
        found.hold("more is unknown than one worker had", found.figures.get("unknown", 0) <= 2 * shard)
    return found


def _quiet(plivo: Emulator) -> Callable[[], bool]:
    """Whether nothing has arrived since it was asked last, as at the end of a window: all wait for permits."""
    arrived = -1

    def quiet() -> bool:
        nonlocal arrived
        before, arrived = arrived, plivo.counts().requests
        return before == arrived

    return quiet


def asleep(engine: Engine, seed: int, folder: Path, *, size: int = 1_500, shard: int = 100) -> Findings:
    """A worker sleeps until others have done what it had, and every name has been given to another conference."""
    chance, found = random.Random(seed), Findings()
    with world(engine, size, folder, faults="") as all_of_it:
        plivo = all_of_it.plivo
        batch = all_of_it.begin(size, shard, workers=2, goal=chance.randrange(1, size // 3))
        sleeper = chance.choice(all_of_it.workers)
        all_of_it.until(_quiet(plivo), 0.2)  # a request that was being written when it fell asleep would leave later
        sleeper.send_signal(signal.SIGSTOP)
        found.hold("others did not do all of it", all_of_it.until(lambda: engine.over(batch), 0.2))
        for number in range(size):
            all_of_it.call(plivo.end_conference, f"room {number}")
            all_of_it.call(plivo.add_conference, f"room {number}")
        asked = plivo.counts().requests
        sleeper.send_signal(signal.SIGCONT)
        sleeper.send_signal(signal.SIGTERM)  # it has woken up when it has ended
        sleeper.wait(60)
        found.figures["requests of who woke up"] = plivo.counts().requests - asked
        started = sum(one.status == "Active" for one in plivo.conferences.values())
        found.hold(f"{started} conferences were started that nobody has asked for", started == 0)
        told = Counter(outcome for _, outcome in engine.outcomes(batch))
        found.hold(f"not all were activated: {told}", told["activated"] == size)
    return found


def wrong_token(engine: Engine, seed: int, folder: Path, *, size: int = 3_000, shard: int = 100) -> Findings:
    """One of three workers has a wrong token: all is done by the others."""
    del seed
    found = Findings()
    with world(engine, size, folder, faults="") as all_of_it:
        plivo = all_of_it.plivo
        all_of_it.start_worker(PLIVO_AUTH_TOKEN="wrong" * 8)
        time.sleep(2)  # it comes first
        for _ in range(2):
            all_of_it.start_worker()
        batch = engine.submit(size, shard)
        found.hold("it did not end", all_of_it.until(lambda: engine.over(batch), 0.2))
        compare(found, engine, batch, plivo, size)
        found.hold("not all were activated", found.figures.get("activated", 0) == size)
        found.figures["refused (401)"] = plivo.counts().by_told.get(401, 0)
    return found


def large(
    engine: Engine, seed: int, folder: Path, *, size: int = 100_000, shard: int = 500, limit: Limit | None = None
) -> Findings:
    """Many shards on two workers: their memory doesn't grow, nor does that of who submits; the limit is used."""
    del seed
    limit, found = limit or Limit(1_500, per=5.0), Findings()
    with world(engine, size, folder, limit=limit, faults="") as all_of_it:
        plivo = all_of_it.plivo
        for _ in range(2):
            all_of_it.start_worker()
        time.sleep(3)
        before = memory(os.getpid())
        batch = engine.submit(size, shard)
        found.figures["MB of who submits, more"] = memory(os.getpid()) - before
        all_of_it.until(lambda: plivo.counts().applied > 0)
        began = time.monotonic()
        all_of_it.until(lambda: plivo.counts().applied > size // 5, 0.5)
        early = [memory(worker.pid) for worker in all_of_it.workers]
        all_of_it.until(lambda: plivo.counts().applied >= size, 0.1)
        took = time.monotonic() - began
        late = [memory(worker.pid) for worker in all_of_it.workers]
        found.hold("it did not end", all_of_it.until(lambda: engine.over(batch), 0.5))
        floor = (plivo.counts().requests - limit.limit) / limit.limit * limit.per
        found.figures |= {"seconds": took, "pace": floor / took, "MB of workers": max(late)}
        found.figures["MB of workers, more"] = max(two - one for one, two in zip(early, late, strict=True))
        found.in_time("less than 97 % of the limit was used", floor / took >= 0.97)
        found.hold("workers grow", found.figures["MB of workers, more"] <= 5)
        found.hold("who submits grows", found.figures["MB of who submits, more"] <= 5)
        compare(found, engine, batch, plivo, size)
    return found


def memory(pid: int) -> float:
    """What a process has in memory, in megabytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


Bar = Callable[[Engine, int, Path], Findings]
BARS: Mapping[str, Bar] = {
    "kill": kill,
    "cancel": cancel,
    "kill-and-cancel": kill_and_cancel,
    "asleep": asleep,
    "wrong-token": wrong_token,
    "large": large,
    "walk": walk,
}
"""By name."""
