"""An HTTP/1.1 client for one request, with h11: a connection, a request, an answer, and nothing is left."""

import os
import ssl

import anyio
import anyio.abc
import h11
from anyio.streams.tls import TLSStream

from ._destinations import Place, place_of
from ._letters import MOST_XML, CallbackAnswer, CallbackRequest, NotAnsweredError
from ._tuning import Tuning

Verify = bool | str | ssl.SSLContext
"""Whether certificates are checked, or by which file of authorities, or by what."""

_BROKEN = (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError)


class Network:
    """Carries callbacks over TCP and TLS. Each takes a connection of its own, which it closes.

    Args:
        verify: As above.
    """

    def __init__(self, verify: Verify = True) -> None:
        self._verify = verify
        self._context: ssl.SSLContext | None = None

    async def carry(self, letter: CallbackRequest, tuning: Tuning) -> CallbackAnswer:
        """Send it, and wait for what comes back. Redirects are not followed.

        Raises:
            NotAnsweredError: Nothing came back that is HTTP.
        """
        place = place_of(letter.url)
        if place is None:
            raise NotAnsweredError("ct", "the URL leads nowhere")
        stream = await self._connected(place, tuning.connect)
        try:
            return await _exchange(stream, letter, place, tuning.read)
        except h11.LocalProtocolError as error:
            raise NotAnsweredError("ct", f"it can't be sent: {error}") from None
        except h11.RemoteProtocolError:
            raise NotAnsweredError("rt", "the connection was closed, or what came back is no HTTP") from None
        except TimeoutError:
            raise NotAnsweredError("rt", f"nothing came for {tuning.read:g} s") from None
        except _BROKEN:
            raise NotAnsweredError("rt", "the connection was closed without a whole answer") from None
        finally:
            await anyio.aclose_forcefully(stream)

    async def _connected(self, place: Place, patience: float) -> anyio.abc.ByteStream:
        try:
            with anyio.fail_after(patience):
                stream = await anyio.connect_tcp(place.host, place.port)
                return stream if place.scheme == "http" else await self._secured(stream, place.host)
        except TimeoutError:
            raise NotAnsweredError("ct", f"no connection within {patience:g} s") from None
        except ssl.SSLError as error:
            raise NotAnsweredError("ct", f"no TLS: {error.reason or error}") from None
        except (*_BROKEN, UnicodeError) as error:
            raise NotAnsweredError("ct", f"no connection: {_words(error)}") from None

    async def _secured(self, stream: anyio.abc.ByteStream, host: str) -> anyio.abc.ByteStream:
        if self._context is None:
            self._context = context_of(self._verify)
        try:
            return await TLSStream.wrap(stream, hostname=host, ssl_context=self._context, standard_compatible=False)
        except BaseException:
            await anyio.aclose_forcefully(stream)
            raise


def context_of(verify: Verify) -> ssl.SSLContext:
    """What checks certificates.

    Raises:
        OSError: There is no such file, or it holds no certificate.
    """
    if isinstance(verify, ssl.SSLContext):
        return verify
    context = ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def _exchange(
    stream: anyio.abc.ByteStream, letter: CallbackRequest, place: Place, patience: float
) -> CallbackAnswer:
    http = h11.Connection(h11.CLIENT)
    headers = [("Host", place.authority), ("Connection", "close"), *letter.headers]
    data = http.send(h11.Request(method=letter.method, target=place.target, headers=headers)) or b""
    data += (http.send(h11.Data(data=letter.body)) or b"") if letter.body else b""
    data += http.send(h11.EndOfMessage()) or b""
    with anyio.fail_after(patience):
        await stream.send(data)
    return await _answer(http, stream, patience)


async def _answer(http: h11.Connection, stream: anyio.abc.ByteStream, patience: float) -> CallbackAnswer:
    """The answer, as far as it is wanted: whoever sends more is left with it."""
    head: h11.Response | None = None
    body = bytearray()
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await _received(stream, patience))
        elif isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        if head is not None and (isinstance(event, h11.EndOfMessage) or len(body) > MOST_XML):
            kinds = [value.decode("latin-1") for name, value in head.headers if name == b"content-type"]
            kind = kinds[0] if kinds else None
            return CallbackAnswer(status=head.status_code, body=bytes(body[: MOST_XML + 1]), content_type=kind)
        if isinstance(event, h11.ConnectionClosed):
            raise anyio.EndOfStream


async def _received(stream: anyio.abc.ByteStream, patience: float) -> bytes:
    with anyio.fail_after(patience):
        try:
            return await stream.receive()
        except anyio.EndOfStream:
            return b""


def _words(error: BaseException) -> str:
    """Why there is no connection: of several attempts, why the first one failed."""
    while isinstance(error.__cause__, BaseExceptionGroup | OSError):
        error = error.__cause__
    if isinstance(error, BaseExceptionGroup):
        return _words(error.exceptions[0])
    number = getattr(error, "errno", None)
    return os.strerror(number) if number is not None and number > 0 else str(error) or type(error).__name__
