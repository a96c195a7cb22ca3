"""Event buses: how callbacks that reach one process get to those who wait in another. See `client.events.over`."""

from collections.abc import AsyncIterator
from typing import Any

from ._errors import invalid

_SCHEMES = ("redis://", "rediss://", "unix://")


class RedisBus:
    """An event bus over the pub/sub of a Redis or Valkey server; the extra `redis`, on asyncio only.

        async with client.events.over(RedisBus("redis://redis.internal:6379/0", channel="plivo-events")):
            ...

    Pub/sub keeps nothing: who isn't connected at that moment misses a message, and finds what it told by a look. All
    who share the channel must belong to one account. What is sent there holds numbers and names; use `rediss://`, and a
    password, across hosts.
    """

    def __init__(self, url: str, *, channel: str = "plivo-async:events") -> None:
        """Nothing is connected yet.

        Args:
            url: `redis://`, `rediss://` (TLS) or `unix://`; user and password in it never show.
            channel: The name of the channel; another one for each account that shares the server.

        Raises:
            InvalidArgumentError: The URL is none of these.
            ImportError: The extra `redis` isn't installed.
        """
        if not url.startswith(_SCHEMES):
            raise invalid("url", f"must begin with one of {', '.join(_SCHEMES)}")
        try:
            from redis import asyncio as redis
        except ImportError:
            raise ImportError("RedisBus needs the extra redis: pip install 'plivo-async[redis]'") from None
        self._channel = channel
        self._redis: Any = redis.Redis.from_url(url, decode_responses=True, health_check_interval=15)

    async def publish(self, message: str) -> None:
        """Send a message to all who listen.

        Raises:
            redis.RedisError: The server can't be reached, or refuses.
        """
        await self._redis.publish(self._channel, message)

    async def listen(self) -> AsyncIterator[str]:
        """Messages as they come.

        Raises:
            redis.RedisError: The server can't be reached, or is lost.
        """
        async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(self._channel)
            async for told in channel.listen():
                yield told["data"]

    async def aclose(self) -> None:
        """Close its connections."""
        await self._redis.aclose()

    def __repr__(self) -> str:
        return f"<RedisBus on channel {self._channel!r}>"
