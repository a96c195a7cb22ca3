"""What a client is made of, and how it is put together."""

import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace

import httpx

from ._credentials import Credentials, checked_proxy, tls_context
from ._errors import InvalidArgumentError, invalid
from ._media import Media
from .exchange._exchange import Exchange
from .observing._events import Observer
from .observing._logs import mask_httpx_log
from .pacing._clock import Clock
from .pacing._dials import DialPace, dial_pace_of
from .pacing._home import Home
from .pacing._registry import limiter_of
from .pacing._source import PermitSource
from .pacing._turnstile import ElasticTurnstile, Turnstile
from .policy import MOST_WIDTH, RateLimit
from .transport._http import HttpTransport, OwnHttpClient
from .transport._lanes import LaneTransport, open_connection_lane
from .wire import Account

LaneOpener = Callable[[ssl.SSLContext, httpx.Proxy | None, Clock], Callable[[], httpx.AsyncBaseTransport]]

_FOREIGN_WIDTH = 8  # where a stock httpx pool is at its best


@dataclass(slots=True, weakref_slot=True, eq=False)
class Core:
    """What a client shares with the copies that `with_options` makes."""

    account: Account
    http_client: httpx.AsyncClient
    owned: bool
    turnstile: Turnstile
    lanes: LaneTransport | None
    exchange: Exchange
    limiter: PermitSource | None
    dial_limiter: PermitSource | None
    dials: DialPace | None
    http: HttpTransport
    width: int
    media: Media

    @property
    def limiters(self) -> list[PermitSource]:
        """Where its permits come from."""
        return [one for one in (self.limiter, self.dial_limiter) if one is not None]


def make_core(
    url: str,
    who: Credentials,
    http_client: httpx.AsyncClient | None,
    transport: object,
    rate_limit: RateLimit | None,
    *,
    clock: Clock,
    random: Callable[[], float],
    proxy: object,
    verify: object,
    observer: Observer | None,
) -> Core:
    """Put a client together; no connection is made.

    Raises:
        InvalidArgumentError: What was asked for doesn't go together.
        ImportError: An extra isn't installed.
    """
    open_lanes = _opener(transport, http_client)
    mask_httpx_log()
    lanes, home, width, turnstile = None, None, _FOREIGN_WIDTH, Turnstile(_FOREIGN_WIDTH)
    owned = http_client is None
    if http_client is None:
        lanes = LaneTransport(open_lanes(tls_context(url, verify), checked_proxy(proxy), clock), clock)
        home, width, turnstile = Home(), MOST_WIDTH, ElasticTurnstile(clock)
        http_client = OwnHttpClient(transport=lanes, trust_env=False)
    http = HttpTransport(http_client, f"{url}/v1/Account/{who.auth_id}/", who.authorization, turnstile, home)
    limiter, dial_limiter, dials = _pacing(url, who.auth_id, rate_limit, clock, http)
    exchange = Exchange(http, limiter, clock, random, home, observer, dial_limiter, dials)
    account = Account(url, who.auth_id)
    media = Media(http_client, who.authorization, account, home)
    return Core(
        account, http_client, owned, turnstile, lanes, exchange, limiter, dial_limiter, dials, http, width, media
    )


def _pacing(
    url: str, auth_id: str, rate_limit: RateLimit | None, clock: Clock, user: object
) -> tuple[PermitSource | None, PermitSource | None, DialPace | None]:
    """What requests wait for: those of all kinds, those that start calls if these have a limit of their own; and how
    fast phones are rung.
    """
    if rate_limit is None:
        return None, None, None
    pace, of_dials = rate_limit.dials_per_second, rate_limit.of_dials
    limiter = _limiter(url, auth_id, rate_limit, clock, user)
    dial_limiter = None if of_dials is None else _limiter(url, f"{auth_id}/dials", of_dials, clock, user)
    return limiter, dial_limiter, None if pace is None else dial_pace_of(url, auth_id, pace, clock)


def _limiter(url: str, auth_id: str, rate_limit: RateLimit, clock: Clock, user: object) -> PermitSource:
    """The permits of an account; what shares them with other processes is imported only where that is asked for."""
    if rate_limit.shared is None and os.environ.get("PLIVO_RATE_LIMIT_URL"):
        rate_limit = replace(rate_limit, shared=os.environ["PLIVO_RATE_LIMIT_URL"])
    if rate_limit.shared is None:
        return limiter_of(url, auth_id, rate_limit, clock, user)
    from .pacing.shared._limiters import shared_limiter_of

    return shared_limiter_of(url, auth_id, rate_limit, clock, user)


def _opener(transport: object, http_client: httpx.AsyncClient | None) -> LaneOpener:
    """What makes lanes from a TLS context; aiohttp is imported only if it is asked for."""
    if transport not in ("httpx", "aiohttp"):
        raise invalid("transport", f"must be 'httpx' or 'aiohttp', not {transport!r}")
    if transport == "httpx":
        return open_connection_lane
    if http_client is not None:
        raise InvalidArgumentError(
            "transport='aiohttp' is for the client's own connections, and http_client= brings others",
            argument="transport",
        )
    try:
        from .transport._aiohttp import open_aiohttp_lane
    except ImportError as error:
        raise ImportError("transport='aiohttp' needs the extra 'fast': pip install 'plivo-async[fast]'") from error
    return open_aiohttp_lane
