"""What broke a trip off, told without what it was about: no request, no frame, no credential."""

import base64
import errno
import os
import re
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import quote

import httpx

from ..policy import Obstacle
from ..shown._printable import printable
from ..shown._privacy import masked
from ..shown._secret import Secret

_LONGEST_REASON = 200
_STARS = "********"
_LONG = 8  # characters: what is shorter, made up for a test, may be a part of any word


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what lies behind it, the outermost first: causes, contexts, and the members of groups."""
    seen: set[int] = set()
    ahead: list[BaseException | None] = [error]
    while ahead:
        one = ahead.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        members = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        ahead += [one.__context__, one.__cause__, *reversed(members)]


def obstacle(error: BaseException) -> Obstacle | None:
    """What keeps us from Plivo, if it is of the kind that stays."""
    found = {_obstacle(one) for one in chain(error)}
    return next((one for one in Obstacle if one in found), None)


def _obstacle(error: BaseException) -> Obstacle | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Obstacle.CERTIFICATE
    if isinstance(error, socket.gaierror):
        return Obstacle.UNKNOWN_HOST
    if isinstance(error, OSError) and error.errno == errno.ECONNREFUSED:
        return Obstacle.REFUSED
    return None


def reason(error: BaseException, authorization: Secret) -> str | None:
    """Why, in the words of whoever found out; None if nobody said anything."""
    behind = list(chain(error))
    for one in behind:
        if isinstance(one, ssl.SSLCertVerificationError) and hasattr(one, "verify_message"):  # aiohttp's own has none
            return _bounded(f"untrusted certificate: {one.verify_message}", authorization)
        if isinstance(one, socket.gaierror):
            return _bounded(f"unknown host: {one.strerror or one}", authorization)
    words = (_words(one) for one in reversed(behind) if one is error or _tells(one))
    return next((_bounded(text, authorization) for text in words if text.strip()), None)


def _tells(error: BaseException) -> bool:
    """Whether somebody meant it to be read. An IndexError that lies behind only shows how a library works inside."""
    return isinstance(error, OSError) or type(error).__module__ != "builtins"


def _words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno is not None and not isinstance(error, ssl.SSLError):
        return os.strerror(error.errno)  # asyncio has words of its own, in which the reason is only a number
    return str(error)


def bare(error: BaseException, authorization: Secret) -> Exception:
    """The same error without its traceback, chain and request, which hold the credentials; nor does its text."""
    text = without(str(error), authorization)
    if type(error).__module__ in {httpx.__name__, "builtins"}:
        try:
            again = type(error)(text)
        except Exception:  # noqa: BLE001, S110  (made of something else than a text)
            pass
        else:
            if isinstance(again, Exception):
                return again
    return httpx.TransportError(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def without(text: str, authorization: Secret) -> str:
    """The text without our credentials, should somebody have put them in."""
    for hidden in _hidden(authorization):
        text = re.sub(hidden, _STARS, text)
    return text


def body_without(body: bytes, authorization: Secret) -> bytes:
    """The same for what somebody in between has answered: a page of a proxy's may show what it was sent."""
    for hidden in _hidden(authorization):
        body = re.sub(hidden.encode(), _STARS.encode(), body)
    return body


def _hidden(authorization: Secret) -> Iterator[str]:
    """Patterns of our credentials as they may be written: packed, in JSON and in a URL, and the Auth Token alone."""
    packed = authorization.reveal().partition(" ")[2]
    token = base64.b64decode(packed).decode().partition(":")[2]
    for one in (packed.rstrip("="), token):
        written = {one: None, one.replace("/", "\\/"): None, quote(one, safe=""): None} if one else {}
        yield from (re.escape(way) if len(one) >= _LONG else rf"(?<!\w){re.escape(way)}(?!\w)" for way in written)


def leave_frames(error: BaseException, above: BaseException | None) -> None:
    """Take the frames off an error that leaves, and off what lies behind it: their locals hold the request.

    Args:
        error: It.
        above: What the caller was handling at the time; that is the caller's own.
    """
    for one in chain(error):
        if one is above:
            return
        one.__traceback__ = None


def _bounded(text: str, authorization: Secret) -> str:
    return printable(masked(without(text, authorization)))[:_LONGEST_REASON]
