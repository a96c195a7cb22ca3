"""What importing the package loads: counted in modules, never in seconds."""

import json
import subprocess
import sys

import pytest

import plivo_async

EXTRAS = {"aiohttp", "typer", "click", "rich", "trio", "uvloop", "plivo", "pydantic"}


def loaded_by(code: str) -> set[str]:
    """The modules that some code loads in a fresh interpreter, beside those that it begins with."""
    code = (
        "import sys; before = set(sys.modules)\n"
        f"{code}\n"
        "import json; print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    return set(json.loads(done.stdout.splitlines()[-1]))


def tops(loaded: set[str]) -> set[str]:
    """The packages of some modules."""
    return {name.partition(".")[0] for name in loaded}


def test_the_package_alone_is_next_to_nothing() -> None:
    """`import plivo_async` loads none of httpx, anyio and asyncio, and nothing of its own but its version."""
    loaded = loaded_by("import plivo_async")
    assert not tops(loaded) & {"httpx", "httpcore", "anyio", "h11", "asyncio", *EXTRAS}
    assert {name for name in loaded if name.startswith("plivo_async")} == {"plivo_async", "plivo_async._version"}


def test_the_client_loads_no_extra() -> None:
    """`from plivo_async import AsyncClient` loads what a client needs: no extra, no event loop, no emulator, no CLI."""
    loaded = loaded_by("from plivo_async import AsyncClient") - loaded_by("import httpx")  # which may load rich
    assert not tops(loaded) & (EXTRAS | {"asyncio"})
    assert not {name for name in loaded if name.startswith(("plivo_async.emulator", "plivo_async.cli"))}
    parts = {"wire", "models", "resources", "batch", "transport", "pacing", "exchange", "_core"}
    assert not {name for name in loaded if name.startswith("plivo_async.") and name.split(".")[1] in parts}


def test_errors_and_policies_come_without_a_client() -> None:
    """Who only catches errors or states a policy needs neither httpx nor anyio."""
    loaded = loaded_by("from plivo_async import NotFoundError, RateLimit, RetryPolicy")
    assert not tops(loaded) & {"httpx", "anyio", "asyncio"}


@pytest.mark.real_time
@pytest.mark.parametrize("transport", ["httpx", "aiohttp"])
def test_the_first_request_loads_nothing_of_ours(transport: str) -> None:
    """All is there once the client is made: no import stops the event loop in a request."""
    if transport == "aiohttp":
        pytest.importorskip("aiohttp")
    code = f"""
import asyncio, plivo_async
async def main():
    client = plivo_async.AsyncClient(
        "MA" + "X" * 18, "t", base_url="http://127.0.0.1:9", rate_limit=None, transport={transport!r},
        retry=plivo_async.RetryPolicy(max_attempts=1),
    )
    made = set(sys.modules)
    async with client:
        try:
            await client.mpc.start("room")
        except plivo_async.NotSentError:
            pass
    before.update(made)
asyncio.run(main())
"""
    assert not tops(loaded_by(code)) & {"plivo_async", "httpx", "httpcore", "aiohttp", "h11"}


def test_every_public_name_is_found_and_no_other() -> None:
    """By attribute, by `dir()` and by `import *`; a name that isn't there is the usual error."""
    assert set(plivo_async.__all__) <= set(dir(plivo_async))
    assert all(getattr(plivo_async, name) is not None for name in plivo_async.__all__)
    everything: dict[str, object] = {}
    exec("from plivo_async import *", everything)  # noqa: S102
    assert set(plivo_async.__all__) <= set(everything)
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        plivo_async.Nonsense  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'Nonsense'"):
        exec("from plivo_async import Nonsense")  # noqa: S102
