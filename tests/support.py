"""What the behaviour tests share: a client that talks to an emulator in memory, and the judge of its outcomes."""

import errno
import random
import ssl
import weakref
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import anyio
import anyio.abc
import anyio.lowlevel
import httpcore
import httpx

from plivo_async import Activation, ActivationOutcome, AsyncClient
from plivo_async.emulator import Emulator

PATIENCE = 120.0
"""Seconds after which something that ought to come is taken to hang: no test says how soon it comes."""


class _Stream(httpcore.AsyncNetworkStream):
    """An in-memory connection as httpcore wants it."""

    def __init__(self, stream: anyio.abc.ByteStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        try:
            with anyio.fail_after(timeout):
                return await self._stream.receive(max_bytes)
        except TimeoutError:
            raise httpcore.ReadTimeout from None
        except anyio.EndOfStream:
            return b""
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            raise httpcore.ReadError from None

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        try:
            with anyio.fail_after(timeout):
                await self._stream.send(buffer)
        except TimeoutError:
            raise httpcore.WriteTimeout from None
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            raise httpcore.WriteError from None

    async def aclose(self) -> None:
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        return None


class _Network(httpcore.AsyncNetworkBackend):
    """A network with one host on it: the emulator. `refuse` makes that many connections fail."""

    def __init__(self, plivo: Emulator) -> None:
        self._plivo: Emulator = weakref.proxy(plivo)
        self.refuse = 0
        self.connect_delay = 0.0
        self.opened = 0

    async def connect_tcp(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        await anyio.sleep(self.connect_delay)
        if self.refuse:
            self.refuse -= 1
            try:
                raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")
            except OSError as error:
                raise httpcore.ConnectError("refused") from error
        self.opened += 1
        return _Stream(self._plivo.connect())

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


def in_memory(plivo: Emulator, *, seed: int = 0, **options: Any) -> AsyncClient:
    """A client whose lanes lead to the emulator in memory, in the loop's own (virtual) time, with seeded jitter."""
    client = AsyncClient(
        plivo.auth_id,
        plivo.auth_token,
        base_url=plivo.url,
        clock=anyio.current_time,
        random=random.Random(seed).random,
        **options,
    )
    lanes = client._core.lanes
    assert lanes is not None
    lanes._open_lane = lambda: _memory_lane(network_of(plivo))
    return client


_networks = weakref.WeakKeyDictionary[Emulator, _Network]()  # an emulator that is kept keeps all of its requests


def network_of(plivo: Emulator) -> _Network:
    """The network that leads to an emulator."""
    if plivo not in _networks:
        _networks[plivo] = _Network(plivo)
    return _networks[plivo]


_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # one for all: making it takes longer than all else of a lane


def _memory_lane(network: _Network) -> httpx.AsyncHTTPTransport:
    transport = httpx.AsyncHTTPTransport(verify=_NO_TLS)
    transport._pool = httpcore.AsyncConnectionPool(network_backend=network, max_connections=1)
    return transport


def waiting(plivo: Emulator, count: int) -> list[str]:
    """So many conferences that wait to be activated."""
    names = [f"room {number}" for number in range(count)]
    for name in names:
        plivo.add_conference(name)
    return names


def contradictions(plivo: Emulator, activations: Iterable[Activation], *, others: Iterable[str] = ()) -> list[str]:
    """Every outcome that the emulator's truth denies, in words.

    Args:
        plivo: The truth.
        activations: What the client says.
        others: Names with which somebody else interfered during the run, so that less can be said of them.
    """
    asked: dict[str | None, int] = {}
    for request in plivo.requests:
        asked[request.name] = asked.get(request.name, 0) + 1
    meddled = set(others)
    found = []
    for activation in activations:
        conference = plivo.conferences.get(activation.name or "")
        if activation.uuid is not None:
            conference = plivo.conferences_by_uuid.get(activation.uuid)
        applied = 0 if conference is None else conference.applied
        live = conference is not None and conference.status == "Active"
        name = None if conference is None else conference.friendly_name
        known = name if name is not None else activation.name
        wrong = _denied(activation, applied=applied, live=live, asked=asked.get(known, 0), meddled=known in meddled)
        if wrong:
            found.append(f"{activation}: {wrong}; attempts {[str(attempt) for attempt in activation.attempts]}")
    return found


def _denied(activation: Activation, *, applied: int, live: bool, asked: int, meddled: bool) -> str | None:
    outcome = activation.outcome
    if outcome is ActivationOutcome.NOT_ATTEMPTED and asked:
        return f"{asked} requests arrived for it"
    if applied > 1:
        return f"applied {applied} times"
    if meddled:
        return None
    if activation.live is not None and activation.live is not live:
        return f"live is {live}"
    if outcome is ActivationOutcome.ACTIVATED and not (live and applied):
        return f"live {live}, applied {applied}"
    if outcome is ActivationOutcome.ALREADY_ACTIVE and (applied or not live):
        return f"live {live}, applied {applied}"
    never = {ActivationOutcome.NOT_FOUND, ActivationOutcome.REJECTED, ActivationOutcome.FAILED}
    if outcome in never and applied:
        return f"applied {applied}"
    return None


async def ends_within(steps: int, act: Callable[[], Awaitable[object]]) -> bool:
    """Do something, cancelled after so many turns of the event loop; whether it came to its end before."""
    finished = False
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:

            async def count_down() -> None:
                for _ in range(steps):
                    await anyio.lowlevel.checkpoint()
                scope.cancel()

            group.start_soon(count_down)
            await act()
            finished = True
            group.cancel_scope.cancel()
    return finished
