"""What a user of the emulator reaches it by: the part of `Emulator` about its account, its address, its connections."""

from collections.abc import Callable

import anyio.abc

from ._clock import Clock
from ._core import Core
from .api._auth import Account
from .serving._asgi import Asgi, asgi
from .serving._door import Door
from .serving._tls import Authority


class AccessView:
    """Account, address, connections."""

    _account: Account
    _authority: Authority | None
    _clock: Clock
    _core: Core
    _door: Door

    @property
    def auth_id(self) -> str:
        """The account's Auth ID."""
        return self._account.auth_id

    @property
    def auth_token(self) -> str:
        """The account's token."""
        return self._account.auth_token

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end; without a port when it listens on none.

        If it listens on all addresses, that which this machine itself reaches it by.
        """
        return self._door.url

    @property
    def ca_pem(self) -> str:
        """The certificate of the authority that speaks for `https://api.plivo.com` behind its proxy, in PEM.

        It is made anew for each emulator with `https=True`.

        Raises:
            ValueError: It has none.
        """
        if self._authority is None:
            raise ValueError("ca_pem: Emulator(https=True) has one")
        return self._authority.pem

    def connect(self) -> anyio.abc.ByteStream:
        """A new connection to it in memory: no socket, no real time. Speak HTTP/1.1 over it.

        Raises:
            RuntimeError: It is not running, or runs in another thread or event loop.
        """
        self._clock.check()
        return self._door.connect()

    def asgi(self, *, broken: Callable[[str], Exception] = ConnectionResetError) -> Asgi:
        """The emulator as an ASGI application, for `httpx.ASGITransport(app=plivo.asgi(broken=httpx.ReadError))`.

        No socket, no real time, and no connections: httpx's timeouts count for nothing, and `connections` stays 0. What
        breaks on the way raises `broken` through the transport; an answer that drips is late as a whole.

        Args:
            broken: Makes the exception that stands for a broken connection, of a message.
        """
        return asgi(self._core, self._clock.now, broken)

    @property
    def connections(self) -> int:
        """Connections that are open now, on its side."""
        return self._door.inside

    @property
    def most_connections(self) -> int:
        """The most that were open at the same time."""
        return self._door.most
