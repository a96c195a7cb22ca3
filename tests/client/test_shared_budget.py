"""`RateLimit(shared=…)`: what users write, and what it is for."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from plivo_async import AsyncClient, InvalidArgumentError, NotSentError, RateLimit, SharedBudgetError
from plivo_async.emulator import Emulator, Limit

pytestmark = pytest.mark.real_time

WORKER = """
import asyncio, json, sys
from plivo_async import AsyncClient, RateLimit

async def main(auth_id, token, url, shared, tag):
    async with AsyncClient(auth_id, token, base_url=url, rate_limit=RateLimit(20, per=0.5, shared=shared)) as client:
        report = await client.mpc.start([f"{tag}-{number}" for number in range(30)])
        print(json.dumps([report.refused, len(report.failures), client.statistics().shared.holders]))

asyncio.run(main(*sys.argv[1:]))
"""

FORKING = """
import asyncio, os, sys
from plivo_async import AsyncClient, RateLimit

auth_id, token, url, shared = sys.argv[1:]

def make():
    return AsyncClient(auth_id, token, base_url=url, rate_limit=RateLimit(20, per=0.5, shared=shared))

async def activate(client, tag):
    async with client:
        report = await client.mpc.start([f"{tag}-{number}" for number in range(10)])
        print(report.refused, len(report.failures), client.statistics().shared.holders, flush=True)

used, unused = make(), make()
asyncio.run(activate(used, "a"))  # the thread of this process runs now
child = os.fork()
asyncio.run(activate(unused, "b" if child else "c"))
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.anyio
@pytest.mark.parametrize("from_environment", [False, True])
async def test_a_client_shares_its_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, from_environment: bool
) -> None:
    """By its argument, or by the environment; and says how it goes."""
    url = f"sqlite:///{tmp_path}/budget.db"
    if from_environment:
        monkeypatch.setenv("PLIVO_RATE_LIMIT_URL", url)
    limit = RateLimit(10, 1.0) if from_environment else RateLimit(10, 1.0, shared=url)
    async with Emulator() as plivo:
        names = [plivo.add_conference(f"c{number}").friendly_name for number in range(15)]
        async with AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url, rate_limit=limit) as client:
            report = await client.mpc.start(names)
            statistics = client.statistics()
            other = RateLimit(9, 1.0, shared=url)
            with pytest.raises(InvalidArgumentError, match="share one budget"):
                AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url, rate_limit=other)
            if not from_environment:
                with pytest.raises(InvalidArgumentError, match="share one budget"):
                    AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url)
    assert report.succeeded
    assert report.elapsed >= 1.0
    assert statistics.permits_in_flight == 0
    assert statistics.shared is not None
    assert (statistics.shared.store, statistics.shared.state, statistics.shared.holders) == (url, "shared", 1)


@pytest.mark.anyio
async def test_what_cannot_be_used_is_refused_on_entry_and_by_every_operation() -> None:
    """Once, not for each name of a batch; and nothing is sent."""
    async with Emulator() as plivo:
        limit = RateLimit(shared="sqlite:////nowhere/budget.db")
        client = AsyncClient(plivo.auth_id, plivo.auth_token, base_url=plivo.url, rate_limit=limit)
        with pytest.raises(SharedBudgetError, match="No such file"):
            await client.__aenter__()
        with pytest.raises(NotSentError, match="No such file"):
            await client.mpc("a").get()
        with pytest.raises(SharedBudgetError, match="No such file"):
            await client.mpc.start(["a", "b"])
        assert plivo.counts().requests == 0
        await client.aclose()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///relative.db",
        "sqlite://",
        "sqlite:////a/",
        "redis://",
        "redis://h/x",
        "redis://u:pass@[h/0",
        "unix://",
        "x",
        "",
    ],
)
def test_a_wrong_url_is_refused_at_once_and_not_shown(url: str) -> None:
    """It may hold a password."""
    with pytest.raises(InvalidArgumentError, match="sqlite:////") as refused:
        RateLimit(shared=url)
    assert "pass" not in str(refused.value)


def test_other_wrong_arguments_are_refused() -> None:
    """Each with what is allowed."""
    with pytest.raises(InvalidArgumentError, match="degrade"):
        RateLimit(on_store_down="open")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match="letters"):
        RateLimit(namespace="{a}")
    with pytest.raises(TypeError):
        RateLimit(shared=5)  # type: ignore[arg-type]


def test_a_password_never_shows() -> None:
    """Not in a repr; a pickle and an equal limit keep it."""
    limit = RateLimit(shared="redis://me:secret@host:6379/0")
    assert "secret" not in repr(limit)
    assert pickle.loads(pickle.dumps(limit)) == limit == RateLimit(shared="redis://me:secret@host:6379/0")  # noqa: S301


def test_without_the_extra_redis_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imported late."""
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ImportError, match=r"plivo-async\[redis\]") as missing:
        AsyncClient("MA" + "X" * 18, "t" * 40, rate_limit=RateLimit(shared="redis://:secret@host/0"))
    assert "secret" not in str(missing.value)


@pytest.mark.long
def test_processes_that_share_a_budget_are_never_refused(tmp_path: Path) -> None:
    """Three of them, at a server that counts in a sliding window; without, a third of their requests would be."""
    plivo = Emulator(limit=Limit(20, per=0.5))
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(plivo):
        for tag in "abc":
            for number in range(30):
                portal.call(plivo.add_conference, f"{tag}-{number}")
        url = f"sqlite:///{tmp_path}/budget.db"
        workers = [
            subprocess.Popen(  # noqa: S603
                [sys.executable, "-c", WORKER, plivo.auth_id, plivo.auth_token, plivo.url, url, tag],
                stdout=subprocess.PIPE,
            )
            for tag in "abc"
        ]
        said = [json.loads(worker.communicate(timeout=100)[0]) for worker in workers]
        told = portal.call(plivo.counts).told_429
    assert [(refused, failed) for refused, failed, _ in said] == [(0, 0)] * 3
    assert max(holders for *_, holders in said) > 1
    assert told == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_the_child_of_a_fork_shares_as_a_process_of_its_own(tmp_path: Path) -> None:
    """A server that loads the application first and forks then: a client that was made and not used works in both."""
    plivo = Emulator(limit=Limit(20, per=0.5))
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(plivo):
        for tag in "abc":
            for number in range(10):
                portal.call(plivo.add_conference, f"{tag}-{number}")
        shared = f"sqlite:///{tmp_path}/budget.db"
        command = [sys.executable, "-c", FORKING, plivo.auth_id, plivo.auth_token, plivo.url, shared]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)  # noqa: S603
        told = portal.call(plivo.counts).told_429
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [(refused, failed) for refused, failed, _ in lines] == [("0", "0")] * 3
    assert max(int(holders) for *_, holders in lines) == 2
    assert told == 0
