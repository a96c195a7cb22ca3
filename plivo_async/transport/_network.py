"""Connections of httpx, to names that are looked up once for all of them."""

import ipaddress
from collections.abc import Awaitable, Callable, Iterable, Sequence

import anyio
import httpcore

from ._look_ups import Address, LookUps

_HEAD_START = 0.25  # seconds before the next address is tried as well: RFC 8305, 8
_CLOSING = 2.0  # seconds that closing a connection may take


class Network(httpcore.AsyncNetworkBackend):
    """httpcore's own, but for the look-ups, which all of a client's connections share."""

    def __init__(self, look_ups: LookUps, inner: httpcore.AsyncNetworkBackend) -> None:
        self._look_ups = look_ups
        self._inner = inner

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (httpcore's)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that takes us.

        Raises:
            httpcore.ConnectError: None did, or the host has none.
            httpcore.ConnectTimeout: It took longer than `timeout`.
        """

        async def connect(address: str) -> httpcore.AsyncNetworkStream:
            return await self._inner.connect_tcp(
                address, port, local_address=local_address, socket_options=socket_options
            )

        try:
            with anyio.fail_after(timeout):
                if _is_address(host):
                    return await connect(host)
                addresses = await self._look_ups.addresses(host, port)
                return await first_of(addresses, connect)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await anyio.sleep(seconds)


async def first_of(
    addresses: Sequence[Address], connect: Callable[[str], Awaitable[httpcore.AsyncNetworkStream]]
) -> httpcore.AsyncNetworkStream:
    """Try one address after the other, each with a head start or until it fails, and take the first that connects.

    Raises:
        httpcore.ConnectError: None does.
    """
    connected: list[httpcore.AsyncNetworkStream] = []
    faults: list[Exception] = []

    async def attempt(address: Address, failed: anyio.Event) -> None:
        try:
            stream = await connect(address.host)
        except Exception as error:  # noqa: BLE001  (told below, if none connects)
            faults.append(error)
            failed.set()
        else:
            connected.append(stream)
            group.cancel_scope.cancel()

    try:
        async with anyio.create_task_group() as group:
            for address in addresses:
                failed = anyio.Event()
                group.start_soon(attempt, address, failed)
                with anyio.move_on_after(_HEAD_START):
                    await failed.wait()
    except BaseException:
        await _close(connected)
        raise
    if not connected:
        raise faults[0]
    await _close(connected[1:])
    return connected[0]


async def _close(streams: Sequence[httpcore.AsyncNetworkStream]) -> None:
    with anyio.move_on_after(_CLOSING, shield=True):
        for stream in streams:
            await stream.aclose()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
