"""Randomised operations under every fault of the emulator, compared one by one with what really happened.

    python -m tests.truth --activations 100000 --changes 20000 --additions 10000 --dials 10000 --outcomes 10000

Time is virtual, one core is used, and a seed repeats a run. Prints whatever contradicts the truth, and exits 1 then.
"""

import argparse
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Any

import anyio

from ..virtual_time import VirtualTimeLoop
from .activations import activate
from .additions import add_many
from .changes import change
from .dials import dial_many
from .findings import Findings
from .outcomes import wait_for_many

Share = Callable[[int, int], Awaitable[Findings]]
SHARES: dict[str, tuple[Share, int]] = {
    "activations": (activate, 2_000),
    "changes": (change, 1_000),
    "additions": (add_many, 1_000),
    "dials": (dial_many, 1_000),
    "outcomes": (wait_for_many, 1_000),
}
"""By kind: what makes some of them from a seed, and how many at a time."""


def say(text: str) -> None:
    """Tell it at once: a run takes its time."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run(kind: str, wanted: int, seed: int, seconds: float) -> Findings:
    """Make so many of a kind, share by share, or as many as there is time for."""
    share, size = SHARES[kind]
    all_of_it, began = Findings(), time.monotonic()
    for number in count(seed):
        left = wanted - all_of_it.operations
        if left <= 0 or time.monotonic() - began > seconds:
            break
        found = anyio.run(share, number, min(size, left), backend_options={"loop_factory": VirtualTimeLoop})
        for contradiction in found.contradictions:
            say(f"{kind}, seed {number}: {contradiction}")
        all_of_it.add(found)
    say(f"{kind} {all_of_it} ({time.monotonic() - began:.0f} s)")
    return all_of_it


def arguments(given: Sequence[str] | None = None) -> dict[str, Any]:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.truth", description=__doc__)
    for kind in SHARES:
        parser.add_argument(f"--{kind}", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="for each kind, at most")
    return vars(parser.parse_args(given))


def main() -> int:
    """Run what the arguments ask for."""
    options = arguments()
    found = [run(kind, options[kind], options["seed"], options["seconds"]) for kind in SHARES if options[kind]]
    return 1 if any(findings.contradictions for findings in found) else 0


if __name__ == "__main__":
    sys.exit(main())
