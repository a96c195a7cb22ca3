"""TLS over any connection of the server's, and what it takes to be taken for Plivo: an authority of its own.

Plivo's SDKs speak to https://api.plivo.com and nothing else. So the emulator answers CONNECT, as proxies do, and is
Plivo behind it, under a certificate of an authority that is made for this one run. Its key never leaves the process.
"""

import ssl

import anyio

from ._connection import Connection

_PATIENCE = 20.0  # seconds in which the handshake has to be over
_CHUNK = 65536

HOSTS = ("api.plivo.com", "*.plivo.com", "plivo.com")
"""Who the emulator is behind CONNECT. It leads nowhere else."""


class Authority:
    """A certificate authority for one run.

    Raises:
        RuntimeError: trustme is not installed.
    """

    def __init__(self) -> None:
        try:
            import trustme
        except ImportError:
            raise RuntimeError("https needs trustme: python -m pip install 'plivo-async[https]'") from None
        authority = trustme.CA(organization_name="plivo-async emulator")
        self.pem = authority.cert_pem.bytes().decode()
        """Its certificate, which clients have to trust."""
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.set_alpn_protocols(["http/1.1"])
        authority.issue_cert(*HOSTS).configure_cert(self.context)


def is_plivo(target: str) -> bool:
    """Whether the target of a CONNECT, such as `api.plivo.com:443`, is Plivo's."""
    host = target.rpartition(":")[0].lower()
    return host == "plivo.com" or host.endswith(".plivo.com")


class TlsEnd:
    """The server's end of a connection, in TLS. Made by `secured`.

    Args:
        connection: What it is over.
        context: Of the server.
    """

    __slots__ = ("_connection", "_incoming", "_outgoing", "_tls")

    def __init__(self, connection: Connection, context: ssl.SSLContext) -> None:
        self._connection = connection
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    async def handshake(self, begun: bytes) -> None:
        """Agree on keys.

        Args:
            begun: What has come of it already.

        Raises:
            anyio.BrokenResourceError: The peer doesn't trust the authority, speaks no TLS, or takes too long.
            anyio.EndOfStream: The peer has closed.
        """
        self._incoming.write(begun)
        with anyio.move_on_after(_PATIENCE) as scope:
            while True:
                try:
                    self._tls.do_handshake()
                except ssl.SSLWantReadError:
                    await self._flush()
                    self._incoming.write(await self._connection.receive())
                    continue
                except ssl.SSLError as error:
                    await self._flush()
                    raise anyio.BrokenResourceError from error
                await self._flush()
                return
        if scope.cancelled_caught:
            raise anyio.BrokenResourceError

    async def receive(self) -> bytes:
        """Wait for bytes.

        Raises:
            anyio.EndOfStream: The peer sends no more.
            anyio.BrokenResourceError: The connection is broken, or what comes is no TLS.
        """
        while True:
            try:
                data = self._tls.read(_CHUNK)
            except ssl.SSLWantReadError:
                await self._flush()
                self._incoming.write(await self._connection.receive())
                continue
            except ssl.SSLZeroReturnError:
                raise anyio.EndOfStream from None
            except ssl.SSLError as error:
                raise anyio.BrokenResourceError from error
            if not data:
                raise anyio.EndOfStream
            return data

    async def send(self, item: bytes) -> None:
        """Send bytes.

        Raises:
            anyio.BrokenResourceError: The connection is broken.
        """
        if item:
            try:
                self._tls.write(item)
            except ssl.SSLError as error:
                raise anyio.BrokenResourceError from error
            await self._flush()

    async def send_eof(self) -> None:
        """Send no more; receiving goes on."""
        self._say_goodbye()
        await self._flush()

    def gone(self) -> bool:
        """Whether the peer has closed its end."""
        return self._connection.gone()

    def close(self) -> None:
        """Close in an orderly way, but for TLS's own goodbye, for which it would have to wait."""
        self._connection.close()

    def reset(self) -> None:
        """Break the connection."""
        self._connection.reset()

    def _say_goodbye(self) -> None:
        try:
            self._tls.unwrap()
        except ssl.SSLError:  # the peer's goodbye is not waited for
            return

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._connection.send(self._outgoing.read())


async def secured(connection: Connection, context: ssl.SSLContext, begun: bytes) -> TlsEnd:
    """The same connection in TLS. Raises as `TlsEnd.handshake`."""
    end = TlsEnd(connection, context)
    await end.handshake(begun)
    return end
