"""Rehearses a release, or makes its files: `python -m tests.house.release FOLDER [--tag vX.Y.Z]`.

Checks that version, tag, changelog and bill of materials agree, builds wheel and source archive twice and compares them
byte by byte, checks them, and installs the wheel into a fresh virtual environment where the command must say its
version. Nothing is published. Without `--tag` it is a rehearsal: the changelog may still say "unreleased".
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from plivo_async import __version__

from . import sbom

ROOT = Path(__file__).parents[2]
CHANGELOG = ROOT / "docs" / "changelog.md"


def disagreements(version: str, changelog: str, materials: str, tag: str | None) -> list[str]:
    """What does not agree, a sentence each.

    Args:
        version: Of the package.
        changelog: Its text.
        materials: The bill of materials, CycloneDX JSON.
        tag: The tag that is to be released; None for a rehearsal.
    """
    wrong = []
    first = re.search(r"^## (\S+) \((.+)\)$", changelog, re.MULTILINE)
    if first is None or first[1] != version:
        wrong.append(f"the changelog begins with {first and first[1]}, and the version is {version}")
    elif tag is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d", first[2]):
        wrong.append(f"the changelog says {first[2]!r} of {version}: write the day, as in 2026-11-26")
    if tag is not None and tag != f"v{version}":
        wrong.append(f"the tag is {tag}, and the version is {version}: it must be v{version}")
    told = json.loads(materials)["metadata"]["component"]["version"]
    if told != version:
        wrong.append(f"the bill of materials is of {told}, and the version is {version}: python -m tests.house.sbom")
    return wrong


def build(folder: Path) -> dict[str, str]:
    """Build wheel and source archive there; what each file's SHA-256 is."""
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
    # The date of the last commit: the same source makes the same bytes, whenever it is built.
    at = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    _run(command, SOURCE_DATE_EPOCH=at.stdout.strip())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def _run(command: list[str], **more: str) -> str:
    done = subprocess.run(  # noqa: S603
        command, env={**os.environ, **more}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"$ {' '.join(command)}\n{done.stdout}")
    return done.stdout


def _installed_version(wheel: Path, folder: Path) -> str:
    """What the command of the wheel says, installed by itself."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    _run([python, "-m", "pip", "install", "--quiet", f"{wheel}[cli]"])
    return _run([python, "-m", "plivo_async", "--version"]).split()[-1]


def main() -> None:
    """Do it, and say what was made."""
    parser = argparse.ArgumentParser(prog="python -m tests.house.release", description="Rehearse a release.")
    parser.add_argument("folder", type=Path, help="where wheel and source archive are put")
    parser.add_argument("--tag", help="the tag to be released, as v0.1.0")
    given = parser.parse_args()
    texts = CHANGELOG.read_text(encoding="utf-8"), sbom.FILE.read_text(encoding="utf-8")
    if wrong := disagreements(__version__, *texts, given.tag):
        raise SystemExit("\n".join(wrong))
    with tempfile.TemporaryDirectory() as scratch:
        again, made = build(Path(scratch) / "again"), build(given.folder)
        if again != made:
            raise SystemExit(f"built twice, it isn't the same: {again} and {made}")
        files = [str(given.folder / name) for name in made]
        _run([sys.executable, "-m", "twine", "check", "--strict", *files])
        [wheel] = [given.folder / name for name in made if name.endswith(".whl")]
        if (told := _installed_version(wheel, Path(scratch) / "fresh")) != __version__:
            raise SystemExit(f"installed, it says it is {told}, not {__version__}")
    for name, digest in made.items():
        print(f"{digest}  {name}")  # noqa: T201


if __name__ == "__main__":
    main()
