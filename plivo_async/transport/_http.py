"""One trip over HTTP: the one place where httpx's exceptions become outcomes."""

from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping
from dataclasses import dataclass

import httpx

from .._secret import Secret
from .._version import __version__
from ..pacing._home import Home
from ..pacing._turnstile import Turnstile
from ..policy import Priority
from ..wire import Answer, Request
from ._progress import PROGRESS, Progress

_LARGEST_BODY = 8 * 1024 * 1024  # bytes; a page of 20 conferences has some 20 kB
_WITH_BODY = ("POST", "PUT", "PATCH")  # even an empty one: a length of 0 is sent
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Trip:
    """What came of a trip: an answer, or a fault.

    Attributes:
        answer: The answer, as far as it came.
        fault: What broke it off, without the request that it was about; None if nothing did.
    """

    answer: Answer | None
    fault: Exception | None = None


class HttpTransport:
    """Sends requests through an `httpx.AsyncClient`."""

    def __init__(
        self,
        http_client: httpx.AsyncClient,
        account_url: str,
        authorization: Secret,
        turnstile: Turnstile,
        home: Home | None = None,
    ) -> None:
        """Build once what never changes in a request.

        Args:
            http_client: Its own, with lanes, or the caller's.
            account_url: `https://…/v1/Account/{auth_id}/`.
            authorization: The value of the header of that name.
            turnstile: Bounds the requests under way; whoever waits there has cost nothing but its place.
            home: Where its own client belongs; None for the caller's.
        """
        self._client = http_client
        self._account_url = account_url
        self._turnstile = turnstile
        self._home = home
        self._headers = _headers(http_client.headers, authorization, httpx.URL(account_url))

    async def send(
        self, request: Request, *, priority: Priority, phases: dict[str, float | None], progress: Progress
    ) -> Trip:
        """Send a request and read its answer; `progress` tells whether it may have left, whatever ends this."""
        if self._home is not None:
            self._home.check()
        await self._turnstile.enter(priority)
        try:
            if self._client.is_closed:
                raise RuntimeError("this AsyncClient is closed; make a new one, or keep it open with 'async with'")
            return await self._send(self._request(request, {"timeout": phases, PROGRESS: progress}), progress)
        finally:
            progress.end()
            self._turnstile.leave()

    async def _send(self, http_request: httpx.Request, progress: Progress) -> Trip:
        if self._home is not None:
            progress.begin(http_request.extensions)
        else:
            progress.begin({})
            progress.sent = True  # a transport that we don't know doesn't tell
        try:
            response = await self._client.send(http_request, stream=True, auth=None, follow_redirects=False)
        except _NEVER_SENT as error:
            progress.sent = False
            return Trip(None, _bare(error))
        except (httpx.TransportError, httpx.InvalidURL, OSError) as error:  # InvalidURL: an answer's Location
            progress.sent = True  # there was a connection; a mock in its place tells no more than this error
            return Trip(None, _bare(error))
        progress.sent = True
        return await _read(response)

    def _request(self, request: Request, extensions: dict[str, object]) -> httpx.Request:
        """The request as httpx takes it, complete: what httpx would add to it takes as long as all the rest."""
        body = request.body or b""
        headers = httpx.Headers(self._headers)
        if request.body is not None or request.method in _WITH_BODY:
            headers["Content-Length"] = str(len(body))
        url = f"{self._account_url}{request.path}"
        if request.query:
            url = f"{url}?{request.query}"
        http_request = httpx.Request(request.method, url, headers=headers, stream=_Body(body), extensions=extensions)
        http_request.read()  # a hook of the caller's may look at its content
        return http_request


class _NoCookies(httpx.Cookies):
    def extract_cookies(self, response: httpx.Response) -> None:
        """Keep none."""


_NO_COOKIES = _NoCookies()
_NOTHING = httpx.ByteStream(b"")


class OwnHttpClient(httpx.AsyncClient):
    """An httpx client that neither keeps cookies nor spends a tenth of its time on looking for them."""

    @property
    def cookies(self) -> httpx.Cookies:
        """None, whatever was answered."""
        return _NO_COOKIES

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        raise TypeError("this client keeps no cookies")


class _Body(httpx.ByteStream):
    """A request's body, in one piece. httpx's own is an async generator, which trio warns of when a write fails."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _Pieces(iter(self))


class _Pieces(AsyncIterator[bytes]):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    async def __anext__(self) -> bytes:
        try:
            return next(self._pieces)
        except StopIteration:
            raise StopAsyncIteration from None


async def _read(response: httpx.Response) -> Trip:
    body = bytearray()
    fault: Exception | None = None
    try:
        async for chunk in _pieces(response):
            body += chunk
            if len(body) > _LARGEST_BODY:
                fault = ValueError(f"the answer is longer than {_LARGEST_BODY} bytes")
                break
    except (httpx.TransportError, httpx.DecodingError, OSError) as error:
        fault = _bare(error)
    finally:
        await response.aclose()
        response.stream = _NOTHING  # httpx's own holds the response: a circle for the garbage collector, each time
    return Trip(Answer(response.status_code, response.headers, bytes(body), whole=fault is None), fault)


def _pieces(response: httpx.Response) -> AsyncIterable[bytes]:
    """The body, decoded; what needs no decoding is taken from the stream itself, without three generators more."""
    if response.is_stream_consumed or "Content-Encoding" in response.headers:
        return response.aiter_bytes()
    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101  (for the type checker)
    return response.stream


def _bare(error: Exception) -> Exception:
    """The same error without its traceback, chain and request, which hold the credentials."""
    try:
        return type(error)(str(error))
    except TypeError:  # a class of the caller's transport, made from something else
        return httpx.TransportError(f"{type(error).__name__}: {error}")


def _headers(client_headers: Mapping[str, str], authorization: Secret, url: httpx.URL) -> httpx.Headers:
    headers = httpx.Headers({"Host": url.netloc.decode("ascii")})
    headers.update(client_headers)
    headers.update(
        {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": f"plivo-async/{__version__}",
            "Authorization": authorization.reveal(),
        }
    )
    return headers
