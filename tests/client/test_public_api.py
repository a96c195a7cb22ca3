"""What is public, and what importing it costs."""

import inspect
import pickle
import subprocess
import sys
import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from unittest.mock import AsyncMock, create_autospec

import griffe
import pytest

import plivo_async
import plivo_async.emulator
import plivo_async.engines
import plivo_async.engines.procrastinate
import plivo_async.engines.temporal
import plivo_async.webhooks
import plivo_async.xml
from plivo_async import AsyncClient

ROOT = Path(__file__).parents[2]
MODULES = [
    plivo_async,
    plivo_async.emulator,
    plivo_async.engines,
    plivo_async.engines.procrastinate,
    plivo_async.engines.temporal,
    plivo_async.webhooks,
    plivo_async.xml,
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_all_is_true(module: ModuleType) -> None:
    """`__all__` names everything public that is there, and nothing else."""
    assert all(hasattr(module, name) for name in module.__all__)  # those that are imported when used, too
    names = {name for name, value in vars(module).items() if not name.startswith("_") and not inspect.ismodule(value)}
    listed = set(module.__all__) - {"__version__"}
    assert listed == names


def public() -> list[tuple[str, object]]:
    """Every public class, function, method and property, those too that a class has from a part in another file."""
    found: list[tuple[str, object]] = []
    for module in MODULES:
        for name in module.__all__:
            value = getattr(module, name)
            if not (inspect.isclass(value) or inspect.isfunction(value)):
                continue
            found.append((name, value))
            classes = inspect.getmro(value) if inspect.isclass(value) else ()
            ours = [cls for cls in reversed(classes) if cls.__module__.startswith("plivo_async")]
            members = {member: thing for cls in ours for member, thing in vars(cls).items()}.items()
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


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_all_is_sorted(module: ModuleType) -> None:
    """Constants, classes, the rest; each in order, and none twice."""
    names: list[str] = module.__all__
    order = sorted(set(names), key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert names == order


CLASSES = [value for name in plivo_async.__all__ if inspect.isclass(value := getattr(plivo_async, name))]


def test_no_public_class_says_where_it_is_defined() -> None:
    """It is `plivo_async.X` in reprs, pickles and the titles of error trackers, wherever it lives today."""
    for cls in CLASSES:
        assert (cls.__module__, getattr(plivo_async, cls.__qualname__)) == ("plivo_async", cls)
        assert pickle.loads(pickle.dumps(cls)) is cls  # noqa: S301
    assert traceback.format_exception_only(plivo_async.NotFoundError("gone")) == ["plivo_async.NotFoundError: gone\n"]
    assert plivo_async._errors.ServerError.__module__ == "plivo_async"  # though nobody has asked for it by name


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_what_is_public_is_where_it_says_that_it_is(module: ModuleType) -> None:
    """Pickles and task queues look for it there."""
    for name in module.__all__:
        value = getattr(module, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert getattr(import_module(value.__module__), value.__name__) is value, name


@pytest.mark.parametrize("package", ["plivo_async", "plivo_async.emulator"])
def test_every_name_has_one_home(package: str) -> None:
    """The map has every name, and its home has it, too; type checkers are told the same."""
    module = import_module(package)
    public = [name for name in module.__all__ if name != "__version__"]
    homes = module._HOMES
    assert {*homes} == {*public}
    assert list(homes) == sorted(homes, key=lambda name: (homes[name], public.index(name)))
    for name, home in homes.items():
        assert getattr(import_module(f"{package}.{home}"), name) is getattr(module, name)
    told = griffe.load(package, search_paths=[ROOT])
    assert {
        name: alias.target_path.removeprefix(f"{package}.").rpartition(".")[0]
        for name, alias in told.members.items()
        if isinstance(alias, griffe.Alias) and name in public
    } == homes


def signed(thing: griffe.Object | griffe.Alias) -> Iterator[griffe.Expr | str | None]:
    """The annotations of a public thing and of what it has, each of its forms."""
    if isinstance(thing, griffe.Attribute):
        yield thing.annotation
    elif isinstance(thing, griffe.Function):
        for form in thing.overloads or [thing]:
            yield form.returns
            yield from (one.annotation for one in form.parameters if one.kind is not griffe.ParameterKind.var_keyword)
    elif isinstance(thing, griffe.Class):
        made = thing["__init__"].docstring if "__init__" in thing.members else None
        by_hand = made is not None and not made.value.startswith("Made by")
        for name, member in thing.members.items():
            if not name.startswith("_") or name == "__call__" or (name == "__init__" and by_hand):
                yield from signed(member)


@pytest.mark.long
def test_every_type_in_a_signature_can_be_imported() -> None:
    """Whoever wraps a method can name what it takes and gives."""
    told = griffe.load("plivo_async", search_paths=[ROOT])
    missing = set()
    for name in plivo_async.__all__:
        thing = told[name].final_target if isinstance(told[name], griffe.Alias) else told[name]
        for annotation in signed(thing):
            for part in annotation.iterate(flat=True) if isinstance(annotation, griffe.Expr) else ():
                path = part.canonical_path if isinstance(part, griffe.ExprName) else ""
                if path.startswith("plivo_async.") and path.rpartition(".")[2] not in {*plivo_async.__all__, "T"}:
                    missing.add(f"{name}: {path}")
    assert not missing


@pytest.mark.long
def test_attributes_have_words_of_their_own() -> None:
    """Hovering over one shows what it means: each has a docstring below it."""
    told = griffe.load("plivo_async", search_paths=[ROOT])
    bare = set()
    for cls in CLASSES:
        thing = told[cls.__name__].final_target
        assert "Attributes:" not in str(thing.docstring and thing.docstring.value), cls
        if any("Enum" in str(base) for base in thing.bases):  # its values are told together
            continue
        for name, member in thing.members.items():
            if isinstance(member, griffe.Attribute) and not name.startswith("_") and not member.docstring:
                bare.add(f"{cls.__name__}.{name}")
    assert not bare


def test_a_client_can_be_autospecced() -> None:
    """`create_autospec(AsyncClient)` knows the resources, their methods and what these take."""
    for fake in (create_autospec(AsyncClient), create_autospec(AsyncClient, instance=True)):
        assert isinstance(fake.mpc.start, FunctionType | AsyncMock)
        fake.mpc("support-4812")
        with pytest.raises(AttributeError):
            fake.mpc.nonsense  # noqa: B018
        with pytest.raises(TypeError):
            fake.mpc.start_each(1, 2, 3)


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
