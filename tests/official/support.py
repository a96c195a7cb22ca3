"""Plivo's own SDK, led to an emulator."""

import functools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from unittest import mock

import anyio.to_thread

from plivo_async.emulator import Emulator

T = TypeVar("T")

AUTH_ID = "MAXXXXXXXXXXXXXXXXXX"
_ADDRESSES = (
    "PLIVO_API_BASE_URI",
    "API_VOICE_BASE_URI",
    "API_VOICE_BASE_URI_FALLBACK_1",
    "API_VOICE_BASE_URI_FALLBACK_2",
)


@asynccontextmanager
async def official_client(plivo: Emulator) -> AsyncIterator[Any]:
    """A `plivo.RestClient` that talks to the emulator: it has no setting for that, so its constants are replaced."""
    import plivo as sdk
    from plivo.rest import client as module

    base = f"{plivo.url}/v1/Account"
    addresses: dict[str, Any] = dict.fromkeys(_ADDRESSES, base)
    with (
        mock.patch.multiple(module, **addresses),
        sdk.RestClient(plivo.auth_id, plivo.auth_token, timeout=30) as client,
    ):
        client.session.trust_env = False
        yield client


async def in_thread(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Call something that blocks, beside the loop in which the emulator runs."""
    return await anyio.to_thread.run_sync(functools.partial(function, *args, **kwargs))
