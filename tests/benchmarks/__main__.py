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

from . import cold, concurrency, imports, interactive, journal, memory, pacing, profiling, said, shared, stall
from .measurement import Measurement, Plan, errors
from .page import refreshed
from .processes import ROOT
from .table import Table, as_markdown, as_text

MEASUREMENTS: tuple[Measurement, ...] = (
    concurrency.MEASUREMENT,
    pacing.MEASUREMENT,
    said.MEASUREMENT,
    interactive.MEASUREMENT,
    shared.MEASUREMENT,
    stall.MEASUREMENT,
    journal.MEASUREMENT,
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
    parser.add_argument("--again", type=Path, metavar="FILE", help="measure nothing: show what --json wrote once")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--svg", type=Path, metavar="FOLDER", help="draw the charts there")
    parser.add_argument("--markdown", action="store_true", help="put tables and charts into docs/performance.md")
    options = parser.parse_args(given)
    if options.quick and options.markdown:
        parser.error("--quick measures nothing that a page should show")
    return options


def machine() -> dict[str, Any]:
    """What it is measured with, and when."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cpus": os.cpu_count(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": platform.system(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "packages": {package: found for package in PACKAGES if (found := _version(package)) is not None},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def described(about: dict[str, Any]) -> str:
    """When, and on what machine."""
    load = "" if about["load"] is None else f", a load of {about['load']} before it began"
    return f"{about['date']}, {about['cpus']} CPUs, {about['system']}, {about['python']}{load}"


def packages(about: dict[str, Any]) -> str:
    """The versions of what was measured."""
    return ", ".join(f"{package} {number}" for package, number in about["packages"].items())


def say(text: str) -> None:
    """Show on standard error what is under way."""
    sys.stderr.write(f"\r\033[K{text}" if sys.stderr.isatty() else f"{text}\n")
    sys.stderr.flush()


def main(given: Sequence[str] | None = None) -> int:
    """Measure, and show and write what was asked for; the exit status is 1 if something could not be measured."""
    options = arguments(given)
    result = _measure(options) if options.again is None else json.loads(options.again.read_text(encoding="utf-8"))
    about, rows = result["machine"], result["measurements"]
    chosen = [one for one in MEASUREMENTS if one.name in rows and (options.only is None or one.name in options.only)]
    tables = {one.name: one.tables(rows[one.name]) for one in chosen}
    drawn = [as_text(table) for each in tables.values() for table in each]
    sys.stdout.write("\n".join([described(about), packages(about), "", *drawn]))
    if options.json is not None:
        options.json.write_text(json.dumps(result, indent=1), encoding="utf-8")
    if options.svg or options.markdown:
        _draw(options.svg or PAGE.parent, [one.charts(rows[one.name]) for one in chosen])
    if options.markdown:
        PAGE.write_text(refreshed(PAGE.read_text(encoding="utf-8"), blocks(about, tables)), encoding="utf-8")
    wrong = [line for one in chosen for line in errors(rows[one.name])]
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    about, began = machine(), time.monotonic()
    plan = Plan(options.quick, say, options.rounds)
    rows = {one.name: one.run(plan) for one in MEASUREMENTS if options.only is None or one.name in options.only}
    say(f"measured in {time.monotonic() - began:.0f} s\n")
    return {"machine": about, "measurements": rows}


def _draw(folder: Path, charts: Sequence[dict[str, str]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for each in charts:
        for name, drawn in each.items():
            (folder / f"benchmark-{name}.svg").write_text(drawn, encoding="utf-8")


def blocks(about: dict[str, Any], tables: dict[str, list[Table]]) -> dict[str, str]:
    """What the page shows, by the name of its place: each measurement with its machine, and the versions."""
    return {
        "versions": f"{packages(about)}.",
        **{
            name: "\n\n".join([f"*Measured {described(about)}.*", *map(as_markdown, each)])
            for name, each in tables.items()
        },
    }


if __name__ == "__main__":
    sys.exit(main())
