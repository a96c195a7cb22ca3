"""The client: its lifetime, its options, and the resources of its account."""

import inspect
import os
import random
import ssl
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self

import httpx

from ._base_url import BASE_URL
from ._credentials import checked_base_url, credentials
from ._errors import SharedBudgetError, invalid
from ._httpx import check_http_client
from ._options import Options, TimeoutOption, attempt_timeout, checked_retry, seconds
from ._public import public
from ._unset import UNSET, Unset
from .observing._statistics import Statistics
from .policy import AttemptOutcome, RateLimit, RetryPolicy
from .shown._privacy import masked_account
from .shown._secret import Secret

if TYPE_CHECKING:  # what a client is made of takes as long to import as httpx, and comes with the first client
    from ._core import Core
    from .observing._events import Observer
    from .resources import AccountResource, Applications, Calls, Events, Hub, MultiPartyCalls, Numbers, Recordings


class _Template:
    """What a resource of the client is on its class, for `create_autospec` to copy. Each client has its own."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, client: object, owner: type) -> object:
        from . import resources

        if client is not None:  # one whose making has failed
            raise AttributeError("this client was not made")
        cls: Any = getattr(resources, self._name)
        return cls.__new__(cls)


@public
class AsyncClient:
    """A client of one Plivo account, for asyncio and trio.

        async with AsyncClient() as client:
            await client.mpc.start("support-4812")

    Make one and share it: it holds up to 64 connections, opened as they are needed, and the clients of one account in a
    process share one budget of requests. It belongs to the event loop in which it is first used.
    """

    if TYPE_CHECKING:
        _core: Core
        _hub: Hub
        mpc: MultiPartyCalls
        """The multiparty calls of the account."""
        calls: Calls
        """Its phone calls."""
        recordings: Recordings
        """Its recordings."""
        account: AccountResource
        """What Plivo says of it."""
        applications: Applications
        """What points its numbers at URLs."""
        numbers: Numbers
        """Its phone numbers."""
        events: Events
        """What Plivo tells: callbacks that are handed in, for all who wait."""
    else:
        mpc = _Template("MultiPartyCalls")
        calls = _Template("Calls")
        recordings = _Template("Recordings")
        account = _Template("AccountResource")
        applications = _Template("Applications")
        numbers = _Template("Numbers")
        events = _Template("Events")

    def __init__(
        self,
        auth_id: str | None = None,
        auth_token: str | None = None,
        *,
        base_url: str | None = None,
        timeout: TimeoutOption = 10.0,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008  (frozen)
        rate_limit: RateLimit | None = RateLimit(),  # noqa: B008  (frozen)
        deadline: float | None = None,
        proxy: str | httpx.Proxy | None = None,
        verify: bool | ssl.SSLContext = True,
        http_client: httpx.AsyncClient | None = None,
        transport: Literal["httpx", "aiohttp"] = "httpx",
        allow_http: bool = False,
        observer: "Observer | None" = None,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = random.random,
    ) -> None:
        """Get ready; nothing is sent, and no connection is made.

        Args:
            auth_id: The account's Auth ID, 20 characters; None takes `PLIVO_AUTH_ID` from the environment.
            auth_token: Its Auth Token; None takes `PLIVO_AUTH_TOKEN`. It never shows in a repr, log or error.
            base_url: Where Plivo is, or an emulator. None takes `PLIVO_BASE_URL` from the environment, else `BASE_URL`.
            timeout: Bounds one attempt: seconds for all of it, or an `httpx.Timeout` for its phases; None for no bound.
            retry: What is retried, how long between, and how much in all.
            rate_limit: How many requests may be sent; clients of one account share it, and with `RateLimit.shared` (or
                `PLIVO_RATE_LIMIT_URL`) those of other processes. None: no limit on our side.
            deadline: Seconds for each operation that is given none of its own: all of it, attempts and waits included;
                None for no bound.
            proxy: The URL of a proxy for the client's own connections, as `http://user:password@proxy.example:3128`;
                `socks5://…` needs `socksio` and `transport="httpx"`. None: none, not even that of `HTTPS_PROXY`.
            verify: Which certificates are trusted. True: those of certifi, or of the file or folder that
                `SSL_CERT_FILE` or `SSL_CERT_DIR` names; an `ssl.SSLContext`: those that it trusts; False: all, so that
                anybody in between can read the Auth Token.
            http_client: Your own, with transports and hooks of your choice; used as it is, at most 8 requests at
                a time, and never closed by us. `proxy` and `verify` are not for it.
            transport: What the client's own connections are made of. "aiohttp" takes about half the CPU of a request,
                on asyncio only; it needs the extra `plivo-async[fast]`, and is imported here. All else is the same.
            allow_http: Send credentials over `http://` to other hosts than this one.
            observer: Is told of each operation, attempt and batch as it begins and ends, and of outages and limits: a
                plain function of one `Event`. See `docs/observing.md`.
            clock: Monotonic seconds; a test with virtual time hands in its own.
            random: Draws evenly from [0, 1), for the jitter.

        Raises:
            InvalidArgumentError, TypeError: An argument is missing or wrong; the message says what to do.
            ImportError: `transport="aiohttp"` without the extra `fast`, or a shared budget in Redis without `redis`.
        """
        token = None if auth_token is None else Secret(auth_token)
        del auth_token  # no traceback with locals is to show it
        who = credentials(auth_id, token)
        url = checked_base_url(base_url or os.environ.get("PLIVO_BASE_URL") or BASE_URL, allow_http=allow_http)
        if rate_limit is not None and not isinstance(rate_limit, RateLimit):
            raise TypeError(f"rate_limit must be a RateLimit or None, not {type(rate_limit).__name__}")
        check_http_client(http_client)
        if observer is not None and (not callable(observer) or inspect.iscoroutinefunction(observer)):
            raise TypeError(f"observer must be a plain function of one event, not {type(observer).__name__}")
        options = Options(attempt_timeout(timeout), checked_retry(retry), seconds("deadline", deadline))

        if http_client is not None and (proxy is not None or verify is not True):
            raise invalid(
                "proxy" if proxy is not None else "verify",
                "is for the client's own connections, and "
                "http_client= brings others: give it to your httpx.AsyncClient",
            )

        from . import _raw  # noqa: F401  (there once a client is made: no import stops a request)
        from ._core import make_core

        core = make_core(
            url,
            who,
            http_client,
            transport,
            rate_limit,
            clock=clock,
            random=random,
            proxy=proxy,
            verify=verify,
            observer=observer,
        )
        self._set(core, options)

    def _set(self, core: "Core", options: Options, hub: "Hub | None" = None) -> None:
        from .resources import (
            AccountResource,
            Applications,
            Calls,
            Events,
            Hub,
            MultiPartyCalls,
            Numbers,
            Operations,
            Recordings,
        )

        self._core = core
        self._options = options
        self._is_copy = hub is not None
        self._hub = hub if hub is not None else Hub(Operations(core.exchange, options, core.account))
        operations = Operations(core.exchange, options, core.account, self._hub)
        self.mpc = MultiPartyCalls(core.exchange, options, core.width, core.account, self._hub)
        self.events = Events(operations)
        self.calls = Calls(operations)
        self.recordings = Recordings(operations, core.media)
        self.account = AccountResource(operations)
        self.applications = Applications(operations)
        self.numbers = Numbers(operations)

    def with_options(
        self,
        *,
        timeout: TimeoutOption | Unset = UNSET,
        retry: RetryPolicy | Unset = UNSET,
        deadline: float | Unset | None = UNSET,
        priority: Literal["interactive", "batch"] | Unset = UNSET,
    ) -> Self:
        """A client with other options, over the same connections and the same budgets.

        Closing the copy closes nothing; close the original.

        Args:
            timeout: As in the constructor; left out, it stays as it is.
            retry: As in the constructor; left out, it stays as it is.
            deadline: As in the constructor; left out, it stays as it is.
            priority: "batch" for jobs of your own that can wait, a loop of `kick`s for example: they go after whatever
                is "interactive", as all operations are by default. A batch (`start(names)`, `start_each`) always is.

        Raises:
            InvalidArgumentError, TypeError: One is wrong.
        """
        copy = type(self).__new__(type(self))
        copy._set(self._core, self._options.merged(timeout, retry, deadline, priority), self._hub)
        return copy

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        idempotent: bool | None = None,
        deadline: float | None = None,
    ) -> Any:
        """Use any other Plivo endpoint with the same care: paced, retried where harmless, its outcome known.

        GET and HEAD are safe, PUT and DELETE idempotent; POST and PATCH are neither, and are not repeated after an
        unclear attempt unless `idempotent=True` says that this one may be.

        Args:
            method: `GET`, `POST`, `PUT`, `PATCH`, `DELETE` or `HEAD`.
            path: Relative to the account, as `Call/`; its parts percent-encoded where they need it. Of what changes
                something no part may be empty or blank, and DELETE takes one thing, not all (`DELETE Call/` would hang
                up every call of the account).
            params: The query; None values are left out.
            json: The body: anything that `json.dumps` takes; None for no body.
            idempotent: Whether repeating it leaves the same state; None takes what the method says.
            deadline: Seconds for all of it, waits included. None: the client's own; `math.inf`: no bound.

        Returns:
            The decoded JSON of the answer; None if it has no body.

        Raises:
            InvalidArgumentError, TypeError: An argument is wrong; nothing was sent.
            ResponseError: Plivo answered no.
            NotSentError: Nothing reached Plivo; repeating is safe.
            NoAnswerError: It only reads, and got no answer.
            OutcomeUnknownError: It may have been carried out; look before repeating.
            DecodeError: The answer can't be read.
        """
        from ._raw import raw_request

        request = raw_request(method, path, params, json, idempotent)
        answer = await self._core.exchange.run(request, self._options, self._options.within(deadline))
        return answer.json()

    def statistics(self) -> Statistics:
        """What is under way at this moment, and what was done so far. To be called in the event loop of the client."""
        core = self._core
        usage = core.limiter.usage() if core.limiter is not None else None
        ended = core.exchange.announcer.ended
        return Statistics(
            requests=core.turnstile.inside,
            connections_idle=core.lanes.idle if core.lanes is not None else 0,
            waiting_for_connection=core.turnstile.waiting,
            permits_in_flight=usage.in_flight if usage is not None else 0,
            permits_used=usage.used if usage is not None else 0,
            level=usage.level if usage is not None else None,
            waiting_for_permit=core.limiter.gate().waiting if core.limiter is not None else 0,
            retry_debt=core.exchange.budget.debt,
            attempts=sum(ended.values()),
            retries=core.exchange.retries,
            refused=ended[AttemptOutcome.REFUSED],
            unclear=ended[AttemptOutcome.UNCLEAR] + ended[AttemptOutcome.NOT_SENT],
            outcomes=dict(core.exchange.announcer.outcomes),
            dial_wait=core.dials.wait() if core.dials is not None else 0.0,
            shared=core.limiter.shared() if core.limiter is not None else None,
        )

    async def aclose(self) -> None:
        """End batches that are under way, in order, and close the connections, unless they are yours (`http_client=`).

        A batch begins nothing more; what it has in flight is given until the timeout of its attempt to come back. May
        be called twice. From then on another client of the account may have another `rate_limit`. Of a copy
        (`with_options`) it ends and closes nothing.
        """
        core = self._core
        if self._is_copy:
            return
        for batch in list(core.exchange.batches):
            await batch.end("the client was closed")
        for limiter in core.limiters:
            limiter.users.discard(core.http)
        if core.owned:
            await core.http_client.aclose()

    async def __aenter__(self) -> Self:
        core = self._core
        try:
            for limiter in core.limiters:
                await limiter.ready()
        except SharedBudgetError:
            for limiter in core.limiters:
                limiter.users.discard(core.http)
            raise
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        account = (
            self._core.account.auth_id if hasattr(self, "_core") else "??…???"
        )  # in the traceback of its own making
        return f"<AsyncClient of account {masked_account(account)}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an AsyncClient holds connections and is not pickled; make one in each process")
