"""A random walk: whatever happens to workers and to a batch, nobody tells what is not so, and everything ends.

Workers are started, killed, shut down and stood still for longer than they are believed in; the batch is paused,
resumed, cancelled, gone on with, whatever its engine has; conferences end and wait again under their names; Plivo has
faults. A seed says in which order. Nothing here is about time: how far the work is when something happens is the
machine's.
"""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from plivo_async.emulator import Emulator, Limit

if TYPE_CHECKING:
    from .bars import Engine, Findings, World

STALLED_AFTER = 2.0
_STEPS = 14
FAULTS = "lost-response=0.03,reset-before=0.03,503=0.03,500-applied=0.02"


class Walk:
    """One batch, and what happens to it."""

    def __init__(self, engine: "Engine", world: "World", batch: str, size: int, seed: int) -> None:
        self.chance = random.Random(seed)
        self.taken: list[str] = []
        self.met_again: set[str] = set()
        self._engine = engine
        self._world = world
        self._batch = batch
        self._size = size
        self._steps: dict[str, Callable[[], None]] = {
            "start": world.start_worker,
            "kill": lambda: self._signal(signal.SIGKILL),
            "shut down": lambda: self._signal(signal.SIGTERM),
            "stand still": self._stand_still,
            "meet again": self._meet_again,
            **{name: self._of_the_engine(act) for name, act in engine.acts().items()},
        }

    def step(self) -> None:
        """Something happens."""
        name = self.chance.choice(sorted(self._steps))
        self.taken.append(name)
        self._steps[name]()
        self._progress()

    def end(self) -> bool:
        """Let it come to its end, or cancel it, with workers that live; whether it ends."""
        self._world.start_worker()
        how = self.chance.choice(["resume", "resume", "cancel"])
        self.taken.append(f"{how} at last")
        self._engine.resume(self._batch)
        if how == "cancel":
            self._engine.cancel(self._batch)
        return self._world.until(lambda: self._engine.over(self._batch), 0.2)

    def _progress(self) -> None:
        """Let some work be done, if any is to be done now."""
        applied = self._world.plivo.counts().applied + self.chance.randrange(self._size // 8)
        self._world.until(lambda: self._world.plivo.counts().applied >= applied, longest=self.chance.uniform(0, 3))

    def _of_the_engine(self, act: Callable[[str], None]) -> Callable[[], None]:
        return lambda: act(self._batch)

    def _signal(self, which: signal.Signals) -> None:
        alive = [worker for worker in self._world.workers if worker.poll() is None]
        if alive:
            worker = self.chance.choice(alive)
            worker.send_signal(which)
            worker.wait()

    def _stand_still(self) -> None:
        alive = [worker for worker in self._world.workers if worker.poll() is None]
        if alive:
            worker = self.chance.choice(alive)
            worker.send_signal(signal.SIGSTOP)
            time.sleep(STALLED_AFTER * 2)  # long enough for others to be given what it has
            worker.send_signal(signal.SIGCONT)

    def _meet_again(self) -> None:
        """Some conferences end, and others wait under their names: nobody has asked for these.

        Of those whose activation was answered: where its answer was lost, whoever asked is about to ask again, by name,
        and may mean the next one without knowing (docs/outcomes.md says so).
        """
        plivo = self._world.plivo
        asked_again = {one.name for one in plivo.requests if one.operation == "activate" and one.fault}
        live = [name for name, one in plivo.conferences.items() if one.status == "Active" and name not in asked_again]
        for name in self.chance.sample(live, min(5, len(live))):
            self._world.call(plivo.end_conference, name)
            self._world.call(plivo.add_conference, name)
            self.met_again.add(name)


def lies(outcomes: Mapping[str, str], plivo: Emulator, met_again: set[str]) -> list[str]:
    """Outcomes that are not so, in words."""
    asked = Counter(one.name for one in plivo.requests if one.operation == "activate")
    found = []
    for name, outcome in outcomes.items():
        conference = plivo.conferences[name]
        live, applied = conference.status == "Active", conference.applied
        told_live = outcome in {"activated", "already_active"}
        if name in met_again:  # what is told of the first meeting stays so; the second one was asked for by nobody
            wrong = applied > 0 or outcome in {"not_attempted", "not_found", "rejected"}
        elif outcome == "unknown":  # that is never wrong, and `walk` says how often it may be so
            wrong = False
        else:
            wrong = (
                outcome == "already_active" or told_live is not live or (outcome == "not_attempted" and asked[name] > 0)
            )
        if wrong or applied > 1:
            found.append(
                f"{name}: {outcome}, live {live}, applied {applied}, asked {asked[name]}, again {name in met_again}"
            )
    return found


def walk(engine: "Engine", seed: int, folder: Path, *, size: int = 1_200, shard: int = 50) -> "Findings":
    """Whatever happens, what is told is so, nothing is done twice, and it ends."""
    from .bars import Findings, world

    found = Findings()
    with world(engine, size, folder, limit=Limit(150, per=1.0), faults=FAULTS) as all_of_it:
        plivo = all_of_it.plivo
        batch = all_of_it.begin(size, shard, workers=2, goal=1, stalled_after=STALLED_AFTER)
        one = Walk(engine, all_of_it, batch, size, seed)
        for _ in range(_STEPS):
            one.step()
        told = ", ".join(one.taken)
        found.hold(f"it did not end: {told}", one.end())
        outcomes = dict(engine.outcomes(batch))
        found.hold(
            f"outcomes for {len(outcomes):,} of {size:,}: {told}", list(outcomes) == [f"room {n}" for n in range(size)]
        )
        wrong = lies(outcomes, plivo, one.met_again)
        found.hold(f"{len(wrong)} outcomes that are not so after {told}: {wrong[:5]}", not wrong)
        doubts = sum(outcome == "unknown" and name not in one.met_again for name, outcome in outcomes.items())
        most = size if one.taken[-1].startswith("cancel") else size // 20  # of a dead worker's nobody finds out then
        found.hold(f"{doubts} are unknown after {told}", doubts <= most)
        found.figures |= dict(sorted(Counter(outcomes.values()).items()))
        found.figures |= {"requests per item": plivo.counts().requests / size, "met again": len(one.met_again)}
    return found
