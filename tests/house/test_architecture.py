"""Arrows run one way: which module may import what."""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

import plivo_async

ROOT = Path(plivo_async.__file__).parent

# Beside the standard library: packages, and modules of this package (a folder stands for all in it).
ALLOWED = {
    "policy": {"_public", "policy", "_errors"},
    "wire": {"_public", "shown", "policy", "wire", "_errors"},
    "models": {"_public", "models"},
    "transport": {"anyio", "httpx", "httpcore", "aiohttp", "yarl", "policy", "wire", "pacing", "transport",
                  "shown", "_version"},
    "pacing": {"_public", "anyio", "redis", "policy", "pacing", "shown", "_errors"},
    "batch": {"_public", "anyio", "policy", "wire", "pacing", "transport", "exchange", "observing", "shown", "batch",
              "_errors", "_options", "_version"},
    "resources": {"_public", "anyio", "policy", "wire", "models", "pacing", "exchange", "observing", "shown", "batch",
                  "resources", "webhooks", "_errors", "_media", "_options", "_unset"},
    "webhooks": {"_public", "anyio", "models", "starlette", "django", "shown", "webhooks", "_errors"},
    "xml": {"_public", "wire", "xml", "shown", "_errors"},
    "emulator": {"anyio", "h11", "trustme", "emulator"},  # trustme late, for HTTPS alone
    "engines": {"_public", "anyio", "procrastinate", "psycopg", "psycopg_pool", "temporalio", "batch", "policy",
                "wire", "resources", "engines",
                "_client", "_errors", "_options"},
    "exchange": {"anyio", "policy", "wire", "pacing", "transport", "observing", "exchange", "_errors", "_options"},
    "observing": {"_public", "anyio", "httpx", "policy", "wire", "pacing", "shown", "observing", "_errors"},
    "shown": {"shown", "pydantic_core"},  # the last late, when pydantic itself asks
    "_public": set(),
    "_unset": {"_public"},
    "_version": set(),
    "_base_url": set(),
    "_errors": {"_public", "policy"},  # for type checkers only
    "_options": {"httpx", "policy", "_errors", "_httpx", "_unset"},
    "_raw": {"httpx", "policy", "wire", "_errors"},
    "_tls": {"httpx"},
    "_httpx": {"httpx"},
    "_credentials": {"httpx", "shown", "_httpx", "_tls", "_errors"},
    "_media": {"anyio", "httpx", "pacing", "transport", "wire", "shown", "_errors", "_version"},
    "buses": {"redis", "_errors"},
    "testing": {"emulator", "shown"},
    "pytest_plugin": {"pytest", "pytest_asyncio", "anyio", "emulator", "testing", "AsyncClient", "_client"},  # late
    "otel": {"opentelemetry", "policy", "observing", "_version"},
}  # fmt: skip

# The same within the emulator: its world knows no requests, its API no bytes, and only what serves and what calls back
# does any I/O.
EMULATOR = {
    "world": {"world"},
    "api": {"world", "api"},
    "calling_back": {"anyio", "h11", "world", "api", "calling_back", "_mishaps"},
    "serving": {"anyio", "h11", "trustme", "api", "serving", "_aside", "_core", "_recipes", "_spoiling"},
    "console": {"anyio", "world", "api", "calling_back", "console", "_aside", "_chance", "_core", "_draws", "_log",
                "_mishaps", "_recipes", "_emulator"},  # the last for type checkers only: it is handed one
    "_aside": {"api"},
    "_era": {"anyio"},
    "_world": {"world", "api", "calling_back", "_chance", "_clock", "_draws", "_era", "_post"},
    "_access_view": {"anyio", "api", "serving", "_clock", "_core"},
    "_driving_view": {"api", "calling_back", "_chance", "_clock", "_core", "_faults", "_log", "_mishaps"},
    "_faults": set(),
    "_draws": set(),
    "_limit": set(),
    "_clock": {"anyio"},
    "_latency": {"_draws"},
    "_log": {"_faults"},
    "_chance": {"_faults", "_mishaps"},
    "_mishaps": {"_draws"},
    "_post": {"calling_back", "_mishaps"},
    "_callback_view": {"world", "calling_back", "_clock", "_mishaps"},
    "_conference_view": {"world", "_clock"},
    "_spoiling": {"api"},
    "_recipes": {"_faults", "_spoiling"},
    "_voice_view": {"world"},
    "_graph": set(),
    "_keeping": {"world", "calling_back", "_chance", "_graph", "_limit"},
    "_snapshot": {"world", "api", "calling_back", "_chance", "_clock", "_core", "_draws", "_graph", "_keeping",
                  "_limit", "_mishaps"},
    "_core": {"world", "api", "_aside", "_chance", "_draws", "_latency", "_limit", "_log", "_recipes"},
}  # fmt: skip

# The same within the command line: a command may know all of it.
CLI = {
    "input": {"input"},
    "screen": {"_codes", "input", "screen"},
    "commands": {"_account", "_codes", "_completion", "_output", "_running",
                 "actions", "input", "screen", "commands"},
    "actions": {"_account", "_codes", "_output", "_running", "_signals", "input", "screen", "actions"},
    "_codes": set(),
    "_signals": {"_codes"},
    "_completion": {"input"},
    "_output": {"input"},
    "_account": {"input", "screen"},
    "_running": {"_account", "_codes", "_signals", "screen"},
}  # fmt: skip


@cache
def import_statements(path: Path) -> list[ast.AST]:
    """Those of a module, wherever they stand in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def imports(path: Path, *, below: tuple[str, ...] = ("plivo_async",)) -> set[str]:
    """What a module imports: packages of others, and parts of this one, or of a part of it, by their name."""
    package = path.relative_to(ROOT.parent).with_suffix("").parts[:-1]
    found: set[str] = set()
    for node in import_statements(path):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            full = [*base, *(node.module or "").split(".")]
            full = [part for part in full if part]
            if tuple(full[: len(below)]) != below:
                found.add(full[0])
            elif len(full) > len(below):
                found.add(full[len(below)])
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


def rooms_of(part: str) -> dict[str, set[str]]:
    """What each room of a part of the house imports, beside the standard library."""
    inside: dict[str, set[str]] = {}
    for path in (ROOT / part).rglob("*.py"):
        room = path.relative_to(ROOT / part).parts[0].removesuffix(".py")
        found = imports(path, below=("plivo_async", part))
        inside[room] = inside.get(room, set()) | {name for name in found if name not in sys.stdlib_module_names}
    return inside


def test_the_rooms_of_the_emulator_know_only_what_is_below_them() -> None:
    """World, API, serving; `_emulator` holds all of them, and `__init__` shows them."""
    inside = rooms_of("emulator")
    assert set(inside) - set(EMULATOR) == {"__init__", "_emulator"}
    assert {room: inside[room] - allowed for room, allowed in EMULATOR.items() if inside[room] - allowed} == {}


def test_the_rooms_of_the_command_line_know_only_what_is_below_them() -> None:
    """Input, screen, what commands share, actions, commands; `__init__` puts them together."""
    rooms = rooms_of("cli")
    inside = {room: found & {*rooms} for room, found in rooms.items()}
    assert set(inside) - set(CLI) == {"__init__"}
    assert {room: inside[room] - allowed for room, allowed in CLI.items() if inside[room] - allowed} == {}


def test_every_part_has_a_place() -> None:
    """A new part of the package is either given a place above, or is at the top of it."""
    parts = {part(path) for path in ROOT.rglob("*.py")}
    assert parts - set(ALLOWED) == {"__init__", "__main__", "_client", "_core", "cli"}


def test_nothing_but_the_command_line_needs_its_libraries() -> None:
    """Typer and rich belong to the extra `cli`."""
    for path in ROOT.rglob("*.py"):
        if part(path) != "cli":
            assert not imports(path) & {"typer", "rich", "click"}, path
