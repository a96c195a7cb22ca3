"""Arrows run one way: which module may import what."""

import ast
import sys
from pathlib import Path

import pytest

import plivo_async

ROOT = Path(plivo_async.__file__).parent

# Beside the standard library: packages, and modules of this package (a folder stands for all in it).
ALLOWED = {
    "policy": {"_public", "policy", "_errors"},
    "wire": {"_public", "policy", "wire", "_errors"},
    "models": {"_public", "msgspec", "models"},
    "transport": {"anyio", "httpx", "httpcore", "aiohttp", "yarl", "policy", "wire", "pacing", "transport",
                  "_logs", "_printable", "_secret", "_version"},
    "pacing": {"anyio", "policy", "pacing", "_errors"},
    "batch": {"_public", "anyio", "policy", "wire", "pacing", "transport", "batch",
              "_cells", "_errors", "_exchange", "_failures", "_options"},
    "resources": {"_public", "anyio", "policy", "wire", "models", "pacing", "batch", "resources",
                  "_errors", "_exchange", "_options", "_unset"},
    "emulator": {"anyio", "h11", "emulator"},
    "_public": set(),
    "_unset": {"_public"},
    "_secret": set(),
    "_version": set(),
    "_cells": set(),
    "_logs": set(),
    "_printable": set(),
    "_errors": {"_public", "policy"},  # for type checkers only
    "_failures": {"_errors", "policy", "wire"},
    "_options": {"httpx", "policy", "_errors", "_unset"},
    "_credentials": {"httpx", "_errors", "_secret"},
    "_exchange": {"anyio", "policy", "wire", "pacing", "transport", "_errors", "_failures", "_logs", "_options"},
}  # fmt: skip


def imports(path: Path) -> set[str]:
    """What a module imports: packages of others, and parts of this one by their name."""
    package = path.relative_to(ROOT.parent).with_suffix("").parts[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            full = [*base, *(node.module or "").split(".")]
            if full[0] != "plivo_async":
                found.add(full[0])
            elif len(full) > 1 and full[1]:
                found.add(full[1])
            else:
                found |= {alias.name for alias in node.names}
    return found


def part(path: Path) -> str:
    """The part of the house that a module belongs to."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


MODULES = sorted(path for path in ROOT.rglob("*.py") if part(path) in ALLOWED)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_its_place_allows(path: Path) -> None:
    """Policies know no HTTP, the exchange no endpoint, a resource no client, the emulator nothing of the client."""
    foreign = {name for name in imports(path) if name not in sys.stdlib_module_names}
    assert foreign <= ALLOWED[part(path)]


def test_every_part_has_a_place() -> None:
    """A new part of the package is either given a place above, or is at the top of it."""
    parts = {part(path) for path in ROOT.rglob("*.py")}
    assert parts - set(ALLOWED) == {"__init__", "__main__", "_client", "cli"}


def test_nothing_but_the_command_line_needs_its_libraries() -> None:
    """Typer and rich belong to the extra `cli`."""
    for path in ROOT.rglob("*.py"):
        if part(path) != "cli":
            assert not imports(path) & {"typer", "rich", "click"}, path
