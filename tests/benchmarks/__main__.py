"""The command: `python -m tests.benchmarks`."""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from . import cold, concurrency, imports, memory, pacing, profiling, stall
from .measurement import Measurement, Plan, errors
from .page import refreshed
from .processes import ROOT
from .table import Table, as_markdown, as_text

MEASUREMENTS: tuple[Measurement, ...] = (
    concurrency.MEASUREMENT,
    pacing.MEASUREMENT,
    stall.MEASUREMENT,
    memory.MEASUREMENT,
    imports.MEASUREMENT,
    cold.MEASUREMENT,
    profiling.MEASUREMENT,
)
PACKAGES = ("httpx", "httpcore", "h11", "anyio", "aiohttp", "uvloop", "trio", "plivo", "stamina", "httpx-retries")
PAGE = ROOT / "docs" / "performance.md"


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measure plivo_async beside its peers, in one run, on this machine alone.",
    )
    known = [one.name for one in MEASUREMENTS]
    parser.add_argument("--quick", action="store_true", help="only see that it works; the figures mean nothing")
    parser.add_argument("--only", nargs="+", choices=known, metavar="NAME", help=f"of {', '.join(known)}")
    parser.add_argument("--rounds", type=int, metavar="N", help="how often each case is measured")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--svg", type=Path, metavar="FOLDER", help="draw the charts there")
    parser.add_argument("--markdown", action="store_true", help="put tables and charts into docs/performance.md")
    return parser.parse_args(given)


def machine() -> dict[str, Any]:
    """What it was measured with, and when."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cpus": os.cpu_count(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": platform.system(),
        "packages": {package: found for package in PACKAGES if (found := _version(package)) is not None},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def described(about: dict[str, Any]) -> str:
    """The machine in a sentence."""
    packages = ", ".join(f"{package} {number}" for package, number in about["packages"].items())
    return f"{about['date']}, {about['cpus']} CPUs, {about['system']}, {about['python']}; {packages}."


def say(text: str) -> None:
    """Show on standard error what is under way."""
    sys.stderr.write(f"\r\033[K{text}" if sys.stderr.isatty() else f"{text}\n")
    sys.stderr.flush()


def main(given: Sequence[str] | None = None) -> int:
    """Measure, and show and write what was asked for; the exit status is 1 if something could not be measured."""
    options = arguments(given)
    chosen = [one for one in MEASUREMENTS if options.only is None or one.name in options.only]
    plan = Plan(options.quick, say, options.rounds)
    about, began = machine(), time.monotonic()
    rows = {one.name: one.run(plan) for one in chosen}
    say(f"measured in {time.monotonic() - began:.0f} s\n")
    tables = {one.name: one.tables(rows[one.name]) for one in chosen}
    charts = {name: drawn for one in chosen for name, drawn in one.charts(rows[one.name]).items()}
    sys.stdout.write("\n".join([described(about), "", *(as_text(table) for each in tables.values() for table in each)]))
    if options.json is not None:
        options.json.write_text(json.dumps({"machine": about, "measurements": rows}, indent=1), encoding="utf-8")
    folder = options.svg or (PAGE.parent if options.markdown else None)
    if folder is not None:
        _draw(folder, charts)
    if options.markdown:
        _refresh(about, tables)
    wrong = [line for one in chosen for line in errors(rows[one.name])]
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    return 1 if wrong else 0


def _draw(folder: Path, charts: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, drawn in charts.items():
        (folder / f"benchmark-{name}.svg").write_text(drawn, encoding="utf-8")


def _refresh(about: dict[str, Any], tables: dict[str, list[Table]]) -> None:
    blocks = {name: f"{_measured(about)}\n\n" + "\n\n".join(map(as_markdown, each)) for name, each in tables.items()}
    PAGE.write_text(refreshed(PAGE.read_text(encoding="utf-8"), blocks), encoding="utf-8")


def _measured(about: dict[str, Any]) -> str:
    return f"*Measured {described(about)}*"


if __name__ == "__main__":
    sys.exit(main())
