"""One trip over HTTP: the one place where httpx's exceptions become outcomes."""

import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace

import httpx

from .._version import __version__
from ..pacing._home import Home
from ..pacing._turnstile import Turnstile
from ..policy import Obstacle, Priority
from ..shown._secret import Secret
from ..wire import Answer, Request
from ._body import read_body
from ._faults import bare, body_without, leave_frames, obstacle, reason
from ._progress import PROGRESS, NoFaultError, Progress

_WITH_BODY = ("POST", "PUT", "PATCH")  # even an empty one: a length of 0 is sent
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Trip:
    """What came of a trip: an answer, or a fault.

    Attributes:
        answer: The answer, as far as it came.
        fault: What broke it off, without the request that it was about; None if nothing did.
        error: The name of what broke it off, as it was before it was laid bare.
        reason: What lay behind it, in words.
        obstacle: What keeps us from Plivo, if it is of the kind that stays.
    """

    answer: Answer | None
    fault: Exception | None = None
    error: str | None = None
    reason: str | None = None
    obstacle: Obstacle | None = None


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
        self._authorization = authorization
        self._account_url = account_url
        self._turnstile = turnstile
        self._home = home
        self._headers = _headers(http_client.headers, authorization, httpx.URL(account_url))

    async def send(
        self, request: Request, *, priority: Priority, phases: dict[str, float | None], progress: Progress
    ) -> Trip:
        """Send a request and read its answer; `progress` tells whether it may have left, whatever ends this.

        What a transport raises is a fault of this trip, whatever it is. What passes through, as a cancellation does,
        leaves without the frames below, whose locals hold the credentials.
        """
        if self._home is not None:
            self._home.check()
        above = sys.exception()
        await self._turnstile.enter(priority)
        try:
            if self._client.is_closed:
                raise RuntimeError("this AsyncClient is closed; make a new one, or keep it open with 'async with'")
            return await self._send(self._request(request, {"timeout": phases, PROGRESS: progress}), progress)
        except BaseException as error:
            leave_frames(error, above)
            raise
        finally:
            progress.end()
            self._turnstile.leave(priority)

    async def _send(self, http_request: httpx.Request, progress: Progress) -> Trip:
        if self._home is not None:
            progress.begin(http_request.extensions)
        else:
            progress.begin({})
            progress.go()  # a transport that we don't know doesn't tell
        try:
            response = await self._client.send(http_request, stream=True, auth=None, follow_redirects=False)
            progress.sent = True
            body, fault = await read_body(response)
        except NoFaultError:
            raise
        except Exception as error:  # noqa: BLE001  (hooks and transports of the caller's may raise anything)
            progress.sent = not isinstance(error, _NEVER_SENT)  # there was a connection; a mock tells no more than this
            if isinstance(error, httpx.HTTPStatusError) and error.response.request is http_request:
                return self._trip(_raised(error.response), None)
            return self._broken(None, error)
        return self._trip(Answer(response.status_code, response.headers, body, whole=fault is None), fault)

    def _trip(self, answer: Answer, fault: Exception | None) -> Trip:
        """What an answer brings. One that may be shown, as it says no or can't be read, is without our credentials."""
        if answer.status_code >= 400 or not answer.readable:
            body = body_without(answer.body, self._authorization)
            answer = answer if body == answer.body else replace(answer, body=body)
        return Trip(answer) if fault is None else self._broken(answer, fault)

    def _broken(self, answer: Answer | None, error: Exception) -> Trip:
        authorization = self._authorization
        return Trip(
            answer, bare(error, authorization), type(error).__name__, reason(error, authorization), obstacle(error)
        )

    def _request(self, request: Request, extensions: dict[str, object]) -> httpx.Request:
        """The request as httpx takes it, complete: what httpx would add to it takes as long as all the rest."""
        body = request.body or b""
        headers = httpx.Headers(self._headers)
        if request.body is not None or request.method in _WITH_BODY:
            headers["Content-Length"] = str(len(body))
        url = f"{self._account_url}{request.path}"
        if request.query:
            url = f"{url}?{request.query}"
        http_request = httpx.Request(request.method, url, headers=headers, stream=Body(body), extensions=extensions)
        http_request.read()  # a hook of the caller's may look at its content
        return http_request


class _NoCookies(httpx.Cookies):
    def extract_cookies(self, response: httpx.Response) -> None:
        """Keep none."""


_NO_COOKIES = _NoCookies()


class OwnHttpClient(httpx.AsyncClient):
    """An httpx client that neither keeps cookies nor spends a tenth of its time on looking for them."""

    @property
    def cookies(self) -> httpx.Cookies:
        """None, whatever was answered."""
        return _NO_COOKIES

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        raise TypeError("this client keeps no cookies")


class Body(httpx.ByteStream):
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


def _raised(response: httpx.Response) -> Answer:
    """The answer that a hook of the caller's has made an error of, and httpx has closed, read or not.

    Of an answer that wasn't read its headers must tell whether it has the form of the API's.
    """
    try:
        return Answer(response.status_code, response.headers, response.content)
    except httpx.ResponseNotRead:
        length, kind = (response.headers.get(name, "") for name in ("Content-Length", "Content-Type"))
        api = response.status_code == 204 or length == "0" or kind.startswith("application/json")
        return Answer(response.status_code, response.headers, b"", whole=api)


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
