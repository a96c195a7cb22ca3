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
    assert all(hasattr(module, name) for name in module.__all__)  # those that are imported when used, too
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


@pytest.mark.parametrize("module", [plivo_async, plivo_async.emulator], ids=lambda module: module.__name__)
def test_all_is_sorted(module: ModuleType) -> None:
    """Constants, classes, the rest; each in order, and none twice."""
    names: list[str] = module.__all__
    order = sorted(set(names), key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert names == order


def test_no_public_name_hides_where_it_comes_from() -> None:
    """Whatever is public can be imported by the name that its repr and its pickles say."""
    for name in plivo_async.__all__:
        value = getattr(plivo_async, name)
        if inspect.isclass(value):
            assert value.__qualname__ == name
            assert getattr(sys.modules[value.__module__], name) is value


def loaded_by(module: str) -> set[str]:
    """The modules that importing one loads, on a machine that has none of the extras."""
    missing = ("typer", "click", "rich", "trio", "aiohttp", "plivo", "pydantic")
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({missing})); import {module}; "
        "print(*(name for name, value in sys.modules.items() if value is not None))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    return set(done.stdout.split())


def test_importing_it_needs_and_loads_no_extra() -> None:
    """The emulator, the command line, trio and every extra are loaded only when they are used."""
    loaded = loaded_by("plivo_async._client")
    assert "plivo_async._client" in loaded
    assert not {name for name in loaded if name.startswith(("plivo_async.emulator", "plivo_async.cli"))}
