"""What is public, and what importing it costs."""

import inspect
import subprocess
import sys
from types import ModuleType

import pytest

import plivo_async
import plivo_async.emulator


@pytest.mark.parametrize("module", [plivo_async, plivo_async.emulator], ids=lambda module: module.__name__)
def test_all_is_true(module: ModuleType) -> None:
    """`__all__` names everything public that is there, and nothing else."""
    names = {name for name, value in vars(module).items() if not name.startswith("_") and not inspect.ismodule(value)}
    listed = set(module.__all__) - {"__version__"}
    assert listed == names


def public() -> list[tuple[str, object]]:
    """Every public class, function, method and property."""
    found: list[tuple[str, object]] = []
    for module in (plivo_async, plivo_async.emulator):
        for name in module.__all__:
            value = getattr(module, name)
            if not (inspect.isclass(value) or inspect.isfunction(value)):
                continue
            found.append((name, value))
            members = vars(value).items() if inspect.isclass(value) else ()
            found += [
                (f"{name}.{member}", thing)
                for member, thing in members
                if not member.startswith("_")
                and (inspect.isfunction(thing) or isinstance(thing, property | classmethod | staticmethod))
            ]
    return found


@pytest.mark.parametrize(("name", "value"), public(), ids=lambda value: value if isinstance(value, str) else "")
def test_everything_public_says_what_it_means(name: str, value: object) -> None:
    """A docstring of at least a sentence."""
    assert len(inspect.getdoc(value) or "") > 10, name


def test_importing_it_loads_no_extra() -> None:
    """The emulator, the command line, trio and every extra are loaded only when they are used."""
    code = "import sys, plivo_async; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()  # noqa: S603
    unwanted = {"typer", "rich", "trio", "aiohttp", "msgspec", "pydantic", "plivo_async.emulator", "plivo_async.cli"}
    assert not unwanted & set(loaded)
