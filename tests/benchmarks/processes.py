"""Starts the child processes: the server, and one for each case that is measured."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from .meter import Figures
from .server import Settings

ROOT = Path(__file__).parent.parent.parent
_PATIENCE = 180.0  # seconds after which a child that doesn't end is killed

Case = dict[str, Any]
Say = Callable[[str], None]


def environment() -> dict[str, str]:
    """The environment of children: no proxies, so that what is on this machine stays on it."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


def measured(case: Case, *, extra: Mapping[str, str] | None = None, patience: float = _PATIENCE) -> Figures:
    """Measure a case in a process of its own; `{"error": …}` if that fails."""
    command = [sys.executable, "-m", f"{__package__}.child", json.dumps(case)]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            cwd=ROOT,
            env={**environment(), **(extra or {})},
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"killed after {patience:.0f} s"}
    if done.returncode != 0 or not done.stdout.strip():
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        return {"error": lines[-1]}
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def all_measured(cases: Iterable[Case], measure: Callable[[Case], Figures], *, side_by_side: int, say: Say) -> None:
    """Measure cases, so many at a time, and add to each its figures."""

    def one(case: Case) -> None:
        say(label(case))
        case.update(measure(case))

    with ThreadPoolExecutor(side_by_side) as pool:
        list(pool.map(one, cases))


def label(case: Case) -> str:
    """A case in a few words, for the progress display."""
    words = [str(case[key]) for key in ("measurement", "peer", "at_once", "window") if case.get(key) is not None]
    return " · ".join(words) + (f" · round {case['round'] + 1}" if "round" in case else "")


class Server:
    """A server that runs.

    Attributes:
        url: Where.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def counts(self) -> dict[str, int]:
        """What it has counted since this was last asked, as `served` and `refused`; its limit is as new afterwards."""
        with urlopen(f"{self.url}/counts", timeout=10) as answer:  # noqa: S310
            found: dict[str, int] = json.load(answer)
        return found


@contextmanager
def server(settings: Settings) -> Iterator[Server]:
    """Run a server in a process of its own."""
    command = [sys.executable, "-m", f"{__package__}.server", settings.to_json()]
    process = subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        yield Server(f"{'http' if settings.certificate is None else 'https'}://127.0.0.1:{port}")
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(10)
