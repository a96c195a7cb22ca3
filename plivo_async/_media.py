"""The files of recordings: streamed, bounded in size and time, and the credentials for Plivo's own hosts alone.

Whoever serves a file may lead elsewhere, to a store of somebody else's. There nobody is to learn the Auth Token, nor
after having been there, whatever that leads back to.
"""

import sys
from dataclasses import dataclass

import anyio
import httpx

from ._errors import DecodeError, NoAnswerError, PlivoError, response_error
from ._version import __version__
from .pacing._home import Home
from .shown._secret import Secret
from .transport._body import end_of
from .transport._faults import bare, leave_frames, reason
from .transport._http import Body
from .wire import Account, is_plivos_own, media_url

_MOST_REDIRECTS = 5
_CLOSING = 2.0  # seconds that closing may take
_OPERATION = "Download recording"


class Media:
    """Fetches files for one client."""

    def __init__(
        self, http_client: httpx.AsyncClient, authorization: Secret, account: Account, home: Home | None
    ) -> None:
        """Get ready.

        Args:
            http_client: The client's own, or the caller's.
            authorization: The value of the header of that name.
            account: Whose recordings they are.
            home: Where its own client belongs; None for the caller's.
        """
        self._client = http_client
        self._authorization = authorization
        self._account = account
        self._home = home

    async def open(self, address: str, target: str, most_bytes: int, within: float, stall: float) -> "MediaStream":
        """Ask for a file, wherever that leads.

        Args:
            address: Its URL.
            target: What it is called in messages.
            most_bytes: How long it may be.
            within: Seconds until its first byte.
            stall: Seconds from one piece of it to the next.

        Raises:
            PlivoError: It isn't there, is too long, or its head didn't come.
        """
        if self._home is not None:
            self._home.check()
        what = _File(target, most_bytes, stall, self._authorization)
        above = sys.exception()
        try:
            with anyio.move_on_after(within):
                return await self._follow(address, what)
        except BaseException as error:
            leave_frames(error, above)
            raise
        raise what.error(NoAnswerError, "got no answer in time. Repeating is harmless")

    async def _follow(self, address: str, what: "_File") -> "MediaStream":
        trusted = True
        for _ in range(_MOST_REDIRECTS + 1):
            trusted = trusted and is_plivos_own(address, self._account.base_url)
            response = await self._asked(address, what, trusted=trusted)
            if response.is_success:
                return await _begun(response, what)
            leads_to = _next(response, address)
            await _close(response)
            if leads_to is None:
                words = f"was answered {response.status_code}{_hint(response.status_code)}"
                raise what.error(response_error(response.status_code), words, response.status_code)
            address = leads_to
        raise what.error(DecodeError, f"is redirected more than {_MOST_REDIRECTS} times")

    async def _asked(self, address: str, what: "_File", *, trusted: bool) -> httpx.Response:
        headers = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": f"plivo-async/{__version__}"}
        headers["Connection"] = "close"  # no lane to Plivo's API is to be left at another host
        if trusted:
            headers["Authorization"] = self._authorization.reveal()
        url = httpx.URL(address)
        headers["Host"] = url.netloc.decode("ascii")
        extensions = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"))}
        request = httpx.Request("GET", url, headers=headers, stream=Body(b""), extensions=extensions)
        try:
            return await self._client.send(request, stream=True, auth=None, follow_redirects=False)
        except httpx.HTTPError as error:
            raise what.broken(error) from bare(error, self._authorization)


@dataclass(frozen=True, slots=True)
class _File:
    """What is fetched, and its bounds; see `Media.open`."""

    target: str
    most_bytes: int
    stall: float
    authorization: Secret

    def error(self, cls: type[PlivoError], words: str, status_code: int | None = None) -> PlivoError:
        return cls(
            f"{_OPERATION} {self.target!r} {words}", operation=_OPERATION, target=self.target, status_code=status_code
        )

    def broken(self, error: Exception) -> PlivoError:
        why = reason(error, self.authorization)
        words = f"broke off: {type(error).__name__}" + (f" ({why})" if why else "")
        return self.error(NoAnswerError, f"{words}. Repeating is harmless")

    def too_long(self) -> PlivoError:
        return self.error(DecodeError, f"is longer than the {self.most_bytes:,} bytes of most_bytes")


class MediaStream:
    """The pieces of a file, as they come.

    Attributes:
        length: Bytes in all; None if the server doesn't say.
        received: Bytes so far.
    """

    def __init__(self, response: httpx.Response, what: _File, length: int | None) -> None:
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101  (for the type checker)
        self.length = length
        self.received = 0
        self._response = response
        self._what = what
        self._pieces = aiter(response.stream)

    async def next(self, within: float) -> bytes:
        """The next piece.

        Args:
            within: Seconds until the whole file must be there.

        Raises:
            StopAsyncIteration: That was all.
            PlivoError: It broke off, stood still, or is too long.
        """
        what, wait = self._what, min(self._what.stall, within)
        try:
            with anyio.move_on_after(max(0.0, wait)) as scope:
                piece = await anext(self._pieces)
        except StopAsyncIteration:
            if self.length is not None and self.received != self.length:
                words = f"ended after {self.received:,} of {self.length:,} bytes. Repeating is harmless"
                raise what.error(NoAnswerError, words) from None
            raise
        except httpx.HTTPError as error:
            raise what.broken(error) from bare(error, what.authorization)
        if scope.cancelled_caught:
            words = "took too long" if wait < what.stall else f"stood still for {what.stall:g} s"
            raise what.error(NoAnswerError, f"{words}. Repeating is harmless")
        self.received += len(piece)
        if self.received > what.most_bytes:
            raise what.too_long()
        return piece

    async def aclose(self) -> None:
        """Let go of the connection."""
        await _close(self._response)
        await end_of(self._pieces, over_a_network="network_stream" in self._response.extensions)


async def _begun(response: httpx.Response, what: _File) -> MediaStream:
    written = response.headers.get("Content-Length", "")
    length = int(written) if written.isascii() and written.isdecimal() and len(written) < 20 else None
    problem = None
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in {"", "identity"}:
        problem = what.error(DecodeError, "is packed, which nobody asked for")
    elif length is not None and length > what.most_bytes:
        problem = what.too_long()
    if problem is not None:
        await _close(response)
        raise problem
    return MediaStream(response, what, length)


async def _close(response: httpx.Response) -> None:
    with anyio.move_on_after(_CLOSING, shield=True):
        await response.aclose()


def _next(response: httpx.Response, address: str) -> str | None:
    """Where a redirect leads; None if it is none, or not to be followed: never from https:// to http://."""
    location = response.headers.get("Location", "")
    if response.status_code not in {301, 302, 303, 307, 308} or not location:
        return None
    try:
        there = str(httpx.URL(address).join(location))
        media_url(there)
    except (ValueError, TypeError, httpx.InvalidURL):
        return None
    return there if there.startswith("https://") or not address.startswith("https://") else None


def _hint(status_code: int) -> str:
    match status_code:
        case 404:
            return ". A file is there some seconds after its recording has ended: wait_for= looks again"
        case 401 | 403:
            return ". Recordings of this account ask for credentials: those of the account itself"
        case _ if 300 <= status_code < 400:
            return ", which leads nowhere that is followed"
        case _:
            return ""
