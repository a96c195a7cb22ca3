"""Who is measured: ways to activate many conferences, ours and those that one would write today.

A peer opens what it needs and gives a *wave*: a function that activates all names it is given, at once, and tells a
meter of each. Its packages are imported when it opens, so that each is measured in a process without the others.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any, Literal

from .meter import Meter

AUTH_ID = "MA" + "X" * 18
AUTH_TOKEN = "token"
RAW_CONNECTIONS = 100  # aiohttp's own default

Wave = Callable[[Sequence[str], Meter], Coroutine[Any, Any, None]]
Start = Callable[[str], Awaitable[object]]
Loop = Literal["asyncio", "trio", "uvloop"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a peer is led to.

    Attributes:
        url: The server.
        at_once: How many activations are asked for at once.
        limit: The account's limit, requests and seconds, for those that pace; None for no limit.
    """

    url: str
    at_once: int
    limit: tuple[int, float] | None = None

    def activation(self, name: str) -> str:
        """Where a conference is activated."""
        return f"{self.url}/v1/Account/{AUTH_ID}/MultiPartyCall/name_{name}/"


@dataclass(frozen=True, slots=True)
class Peer:
    """A way to activate many conferences.

    Attributes:
        label: What it is called in tables.
        open: Opens what it needs.
        packages: What must be installed, beside what this project needs.
        loop: The event loop that it runs in.
        most_at_once: More than so many at once aren't asked of it.
        warm: Some activations are made first that don't count, so that it has a few connections.
    """

    label: str
    open: Callable[[Target], AbstractAsyncContextManager[Wave]]
    packages: tuple[str, ...] = ()
    loop: Loop = "asyncio"
    most_at_once: int = 1_000_000
    warm: bool = False

    def missing(self) -> list[str]:
        """The packages that aren't installed."""
        return [package for package in self.packages if find_spec(package) is None]

    def run(self, main: Callable[[], Awaitable[None]]) -> None:
        """Run a main function in the peer's event loop."""
        match self.loop:
            case "asyncio":
                asyncio.run(_coroutine(main))
            case "uvloop":
                import uvloop

                uvloop.run(_coroutine(main))
            case "trio":
                import trio

                trio.run(_coroutine, main)


async def _coroutine(main: Callable[[], Awaitable[None]]) -> None:
    await main()


def names(count: int) -> list[str]:
    """So many names of conferences."""
    return [f"room-{number}" for number in range(count)]


def told(start: Start, meter: Meter) -> Callable[[str], Awaitable[None]]:
    """The same start, which tells a meter what became of it."""

    async def one(name: str) -> None:
        try:
            await start(name)
        except Exception:  # noqa: BLE001  (whatever fails is counted)
            meter.failed += 1
        else:
            meter.done += 1

    return one


def gathered(start: Start) -> Wave:
    """A task for each name, and `asyncio.gather` over all of them."""

    async def wave(names: Sequence[str], meter: Meter) -> None:
        one = told(start, meter)
        await asyncio.gather(*(one(name) for name in names))

    return wave


def in_nursery(start: Start) -> Wave:
    """A task for each name, in a nursery of trio."""

    async def wave(names: Sequence[str], meter: Meter) -> None:
        import trio

        one = told(start, meter)
        async with trio.open_nursery() as nursery:
            for name in names:
                nursery.start_soon(one, name)

    return wave


# ---- Ours -----------------------------------------------------------------------------------------------------------


def _client(target: Target, transport: Literal["httpx", "aiohttp"]) -> Any:
    from plivo_async import AsyncClient, RateLimit

    limit = None if target.limit is None else RateLimit(target.limit[0], per=target.limit[1])
    return AsyncClient(AUTH_ID, AUTH_TOKEN, base_url=target.url, rate_limit=limit, transport=transport)


@asynccontextmanager
async def _ours_single(
    target: Target, transport: Literal["httpx", "aiohttp"] = "httpx", wave: Callable[[Start], Wave] = gathered
) -> AsyncIterator[Wave]:
    async with _client(target, transport) as client:
        yield wave(client.mpc.start)


@asynccontextmanager
async def _ours_batch(target: Target, transport: Literal["httpx", "aiohttp"] = "httpx") -> AsyncIterator[Wave]:
    async with _client(target, transport) as client:

        async def wave(names: Sequence[str], meter: Meter) -> None:
            def told(activation: Any) -> None:
                if activation.succeeded:
                    meter.done += 1
                else:
                    meter.failed += 1

            await client.mpc.start(names, on_outcome=told)

        yield wave


# ---- Others ---------------------------------------------------------------------------------------------------------


def _httpx_limits(connections: int) -> Any:
    import httpx

    return httpx.Limits(max_connections=connections, max_keepalive_connections=connections)


def _post(client: Any, target: Target) -> Start:
    async def start(name: str) -> None:
        response = await client.post(target.activation(name), json={"status": "active"})
        response.raise_for_status()

    return start


@asynccontextmanager
async def _httpx(target: Target, *, most: int = 1_000_000) -> AsyncIterator[Wave]:
    import httpx

    limits = _httpx_limits(min(target.at_once, most))
    async with httpx.AsyncClient(auth=(AUTH_ID, AUTH_TOKEN), limits=limits, timeout=60) as client:
        yield gathered(_post(client, target))


@asynccontextmanager
async def _httpx_default(target: Target) -> AsyncIterator[Wave]:
    import httpx

    async with httpx.AsyncClient(auth=(AUTH_ID, AUTH_TOKEN)) as client:
        yield gathered(_post(client, target))


@asynccontextmanager
async def _httpx_stamina(target: Target) -> AsyncIterator[Wave]:
    import httpx
    import stamina

    async with httpx.AsyncClient(
        auth=(AUTH_ID, AUTH_TOKEN), limits=_httpx_limits(target.at_once), timeout=60
    ) as client:
        yield gathered(stamina.retry(on=httpx.HTTPError)(_post(client, target)))


@asynccontextmanager
async def _httpx_retries(target: Target) -> AsyncIterator[Wave]:
    import httpx
    import httpx_retries

    transport = httpx_retries.RetryTransport(
        transport=httpx.AsyncHTTPTransport(limits=_httpx_limits(target.at_once)),
        retry=httpx_retries.Retry(total=5, backoff_factor=0.25, allowed_methods=["POST"]),
    )
    async with httpx.AsyncClient(auth=(AUTH_ID, AUTH_TOKEN), transport=transport, timeout=60) as client:
        yield gathered(_post(client, target))


@asynccontextmanager
async def _aiohttp_start(target: Target, connections: int = RAW_CONNECTIONS) -> AsyncIterator[Start]:
    import aiohttp

    session = aiohttp.ClientSession(
        auth=aiohttp.BasicAuth(AUTH_ID, AUTH_TOKEN),
        connector=aiohttp.TCPConnector(limit=connections),
        timeout=aiohttp.ClientTimeout(total=None),
    )

    async def start(name: str) -> None:
        async with session.post(target.activation(name), json={"status": "active"}) as response:
            response.raise_for_status()
            await response.read()

    async with session:
        yield start


@asynccontextmanager
async def _aiohttp(target: Target) -> AsyncIterator[Wave]:
    async with _aiohttp_start(target) as start:
        yield gathered(start)


@asynccontextmanager
async def _aiohttp_stamina(target: Target) -> AsyncIterator[Wave]:
    import aiohttp
    import stamina

    async with _aiohttp_start(target) as start:
        yield gathered(stamina.retry(on=aiohttp.ClientError)(start))


@asynccontextmanager
async def _aiohttp_aiolimiter(target: Target) -> AsyncIterator[Wave]:
    import aiohttp
    import stamina
    from aiolimiter import AsyncLimiter

    assert target.limit is not None
    limiter = AsyncLimiter(*target.limit)
    async with _aiohttp_start(target) as start:

        async def paced(name: str) -> None:
            async with limiter:
                await start(name)

        yield gathered(stamina.retry(on=aiohttp.ClientError)(paced))


@asynccontextmanager
async def _official(target: Target, threads: int) -> AsyncIterator[Wave]:
    import plivo
    from plivo.rest import client as module

    for constant in ("PLIVO_API_BASE_URI", "API_VOICE_BASE_URI"):
        setattr(module, constant, f"{target.url}/v1/Account")
    for fallback in ("API_VOICE_BASE_URI_FALLBACK_1", "API_VOICE_BASE_URI_FALLBACK_2"):
        setattr(module, fallback, f"{target.url}/v1/Account")
    client = plivo.RestClient(AUTH_ID, AUTH_TOKEN, timeout=60)
    client.session.trust_env = False

    def one(name: str) -> bool:
        try:
            client.multi_party_calls.start(friendly_name=name)
        except Exception:  # noqa: BLE001  (whatever fails is counted)
            return False
        return True

    with ThreadPoolExecutor(threads) as pool:

        async def wave(names: Sequence[str], meter: Meter) -> None:
            succeeded = list(pool.map(one, names))
            meter.done += sum(succeeded)
            meter.failed += len(succeeded) - sum(succeeded)

        yield wave


PEERS: dict[str, Peer] = {
    "ours": Peer("ours, a task each", _ours_single),
    "ours-trio": Peer("ours, a task each, trio", partial(_ours_single, wave=in_nursery), ("trio",), "trio"),
    "ours-uvloop": Peer("ours, a task each, uvloop", _ours_single, ("uvloop",), "uvloop"),
    "ours-aiohttp": Peer("ours, a task each, aiohttp", partial(_ours_single, transport="aiohttp"), ("aiohttp",)),
    "ours-aiohttp-uvloop": Peer(
        "ours, a task each, aiohttp, uvloop",
        partial(_ours_single, transport="aiohttp"),
        ("aiohttp", "uvloop"),
        "uvloop",
    ),
    "batch": Peer("ours, batch", _ours_batch),
    "batch-trio": Peer("ours, batch, trio", _ours_batch, ("trio",), "trio"),
    "batch-uvloop": Peer("ours, batch, uvloop", _ours_batch, ("uvloop",), "uvloop"),
    "batch-aiohttp": Peer("ours, batch, aiohttp", partial(_ours_batch, transport="aiohttp"), ("aiohttp",)),
    "batch-aiohttp-uvloop": Peer(
        "ours, batch, aiohttp, uvloop", partial(_ours_batch, transport="aiohttp"), ("aiohttp", "uvloop"), "uvloop"
    ),
    "httpx": Peer("httpx, limits to match", _httpx, most_at_once=1_000),
    "httpx-warm": Peer("httpx, limits to match, warmed up", _httpx, most_at_once=1_000, warm=True),
    "httpx-default": Peer("httpx, default limits", _httpx_default, most_at_once=1_000),
    "httpx-10": Peer("httpx, 10 connections", partial(_httpx, most=10)),
    "httpx-500": Peer("httpx, 500 connections", partial(_httpx, most=500)),
    "httpx-stamina": Peer("httpx and stamina, limits to match", _httpx_stamina, ("stamina",), most_at_once=500),
    "httpx-retries": Peer("httpx-retries, limits to match", _httpx_retries, ("httpx_retries",), most_at_once=500),
    "aiohttp": Peer("raw aiohttp", _aiohttp, ("aiohttp",)),
    "aiohttp-stamina": Peer("gather, stamina", _aiohttp_stamina, ("aiohttp", "stamina")),
    "aiohttp-aiolimiter": Peer(
        "gather, aiolimiter and stamina", _aiohttp_aiolimiter, ("aiohttp", "aiolimiter", "stamina")
    ),
    "plivo-10": Peer("plivo, 10 threads", partial(_official, threads=10), ("plivo",)),
    "plivo-50": Peer("plivo, 50 threads", partial(_official, threads=50), ("plivo",)),
}


def installed(keys: Sequence[str]) -> list[str]:
    """Those of some peers whose packages are there."""
    return [key for key in keys if not PEERS[key].missing()]


def skipped(keys: Sequence[str]) -> tuple[str, ...]:
    """A note for each of some peers that can't be measured here."""
    absent = {PEERS[key].label: PEERS[key].missing() for key in keys}
    return tuple(f"{label}: skipped, {' and '.join(gone)} not installed" for label, gone in absent.items() if gone)
