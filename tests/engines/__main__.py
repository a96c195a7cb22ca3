"""A batch on many machines, held to its bars against the real servers.

    python -m tests.engines --engine procrastinate --kill 20 --cancel 5 --wrong-token 3 --large 1

Each round is told in a line; exits 1 if anything doesn't hold.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from .bars import BARS, Engine
from .on_procrastinate import on_procrastinate
from .on_temporal import on_temporal

ENGINES: Mapping[str, Callable[[], AbstractContextManager[Engine]]] = {
    "procrastinate": on_procrastinate,
    "temporal": on_temporal,
}
"""By name: an engine with its server."""


def arguments(given: Sequence[str] | None = None) -> dict[str, Any]:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.engines", description=__doc__)
    parser.add_argument("--engine", choices=sorted(ENGINES), required=True)
    parser.add_argument("--seed", type=int, default=0)
    for bar in BARS:
        parser.add_argument(f"--{bar}", type=int, default=0, metavar="ROUNDS")
    return vars(parser.parse_args(given))


def main() -> int:
    """Run what the command line asks for."""
    options = arguments()
    broken = False
    for bar, run in BARS.items():
        for seed in range(options["seed"], options["seed"] + options[bar.replace("-", "_")]):
            with tempfile.TemporaryDirectory() as folder, ENGINES[options["engine"]]() as engine:
                found = run(engine, seed, Path(folder))
                sys.stdout.write(f"{bar} {seed}: {found}\n")
                sys.stdout.flush()
                if found.broken or found.late:
                    broken = True
                    logs = [log.read_text(encoding="utf-8", errors="replace") for log in Path(folder).glob("*.log")]
                    sys.stdout.write("".join(f"{log[-1_500:]}\n----\n" for log in logs))
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
