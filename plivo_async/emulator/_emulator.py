"""The emulator as a user holds it."""

import math
import socket
from collections.abc import Callable, Collection
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import anyio
import anyio.abc

from ._chance import Faults, Line, mishaps_of
from ._clock import Clock
from ._core import Core, Rules
from ._draws import Uuids
from ._faults import fault_named
from ._latency import Latency, check_latency
from ._limit import Limit
from ._log import Counts, Request
from ._rooms import ConferenceView
from ._snapshot import Resumed, SnapshotView
from ._telling import CallbackView, Post
from ._voice import VoiceView
from .api._auth import made_up
from .api._routes import OPERATIONS
from .calling_back._conversations import Conversations
from .calling_back._courier import Courier
from .calling_back._destinations import LOOPBACK
from .calling_back._in_process import AsgiApp
from .calling_back._letters import Deliver
from .calling_back._network import Verify
from .serving._asgi import Asgi, asgi
from .serving._connection import Connection
from .serving._pipe import pipe
from .serving._server import serve
from .serving._sockets import accept_forever, listen
from .serving._tasks import Tasks
from .serving._tls import Authority
from .world._machine import Machine
from .world._phones import Rings
from .world._settings import Settings

_DEFAULT_LIMIT = Limit()


class Emulator(ConferenceView, VoiceView, CallbackView, SnapshotView):
    """Plivo's API for conferences, calls and recordings on this machine, for one account, with the truth on show.

    Use it as `async with Emulator() as plivo`, on asyncio or trio. It listens on 127.0.0.1 and stops with the
    block: connections that are open then are closed, answers that are due are dropped. On asyncio another task than
    the one that entered the block may leave it, as the fixtures of pytest-asyncio do.

    Everything that is left to chance follows from `seed` and from what a request is (its operation, its conference, and
    whether it is the first such request, the second, and so on), not from the order of arrival: so a run can be
    replayed although it is concurrent. All times are those of `anyio.current_time()`, so it works in virtual time (see
    `asgi`).

    Args:
        auth_id: The account; one is made up when it is not given.
        auth_token: Its token; as above.
        port: The port to listen on; 0 takes a free one; None listens on none, and only `connect` leads to it.
        host: The address to listen on. Any but 127.0.0.1 lets other machines in, for which containers have a use.
        limit: The account's rate limit; None for no limit.
        faults: What goes wrong by chance; None for nothing.
        latency: Seconds that a request takes there and back together, or a pair of bounds between which they are
            drawn for each. A request is counted and applied after the first part of it.
        seed: Of everything that is left to chance.
        settings: How it behaves where nobody knows how Plivo does.
        answer_after: Seconds of ringing after which a phone answers that was not told otherwise; 0 or more.
        calls_per_second: How many phones are dialled per second, as at Plivo, where calls wait in a queue for it; None
            dials all at once.
        keep_requests: How many of the latest requests stay in `requests`, 1 or more; None keeps all, 1 to 2 kB each.
        callbacks_to: The hosts that callbacks are sent to, such as `["app", "app:8000"]`: `"loopback"`, the default, is
            this machine alone, `"*"` every host there is, and `()` none. Whatever goes elsewhere is held back.
        deliver: Takes callbacks in place of their hosts, whatever these are: no socket, no real time.
        callbacks_app: An ASGI application that does so.
        callbacks_verify: Whether certificates of https URLs are checked, or the path of a file of the authorities that
            are trusted, or an SSL context.
        callback_tokens: Further tokens that callbacks are signed with beside `auth_token`, as while one is changed.
        keep_deliveries: How many of the latest stay in `deliveries`, 1 or more.
        https: Whether it is a proxy as well, behind which it is `https://api.plivo.com`, for SDKs whose base URL is
            fixed: `HTTPS_PROXY` is its `url`, and the authority that they must trust is `ca_pem`. It leads nowhere
            else. Needs the extra `https`.

    Raises:
        ValueError: An argument out of its range or form.
        OSError: There is no such file of certificates.
        RuntimeError: `https` without the extra `https`.
    """

    def __init__(
        self,
        auth_id: str | None = None,
        auth_token: str | None = None,
        *,
        port: int | None = 0,
        host: str = "127.0.0.1",
        limit: Limit | None = _DEFAULT_LIMIT,
        faults: Faults | None = None,
        latency: Latency = 0.0,
        seed: int = 0,
        settings: Settings | None = None,
        answer_after: float = 1.0,
        calls_per_second: float | None = 2.0,
        keep_requests: int | None = 50_000,
        callbacks_to: str | Collection[str] = LOOPBACK,
        deliver: Deliver | None = None,
        callbacks_app: AsgiApp | None = None,
        callbacks_verify: Verify = True,
        callback_tokens: Collection[str] = (),
        keep_deliveries: int = 10_000,
        https: bool = False,
    ) -> None:
        if not 0 <= answer_after < math.inf:
            raise ValueError(f"answer_after: {answer_after} is not a number of seconds")
        if calls_per_second is not None and not 0 < calls_per_second < math.inf:
            raise ValueError(f"calls_per_second: {calls_per_second} is not positive; None dials all at once")
        if keep_requests is not None and keep_requests < 1:
            raise ValueError(f"keep_requests: {keep_requests} is less than 1; None keeps all")
        self._account = made_up(auth_id, auth_token)
        self._rules = Rules(
            limit=limit,
            faults=Faults() if faults is None else faults,
            latency=check_latency(latency),
            seed=seed,
            settings=Settings() if settings is None else settings,
            keep_requests=keep_requests,
        )
        self._port, self._host = port, host
        self._tasks = Tasks()
        self._clock = Clock(self._tasks.start)
        self._started = False
        self._cleanup = ExitStack()
        self._resumed: Resumed | None = None
        self._uuids = Uuids(seed)
        machine = Machine(
            self._wall_clock(),
            self._uuids,
            auth_id=self._account.auth_id,
            settings=self._rules.settings,
            answer_after=answer_after,
            calls_per_second=calls_per_second,
        )
        post = Post(
            to=callbacks_to,
            deliver=deliver,
            app=callbacks_app,
            verify=callbacks_verify,
            tokens=callback_tokens,
            keep=keep_deliveries,
        )
        trouble = self._rules.faults
        postal = post.rules(
            self._account.auth_token, mishaps_of(trouble), trouble.callbacks_late_by, seed, self._tasks.start
        )
        self._mishaps = postal.mishaps
        self._courier = Courier(machine, postal, self._clock.time, self._tasks.start)
        self._conversations = Conversations(machine, self._courier, self._clock.time, self._tasks.start)
        machine.time.clock, machine.time.check = self._clock.look, self._clock.check_change
        self._rings = Rings(machine.phones)
        self._machine = machine
        self._core = Core(self._account, machine, self._rules, self._courier.expect)
        self._authority = Authority() if https else None
        self._open: set[Connection] = set()
        self._most_connections = 0

    def __repr__(self) -> str:
        return f"<Emulator {self.auth_id} at {self.url}>"

    async def __aenter__(self) -> Self:
        """Start.

        Raises:
            OSError: The port is taken, or `host` is no address of this machine.
            RuntimeError: It was started before.
        """
        if self._started:
            raise RuntimeError("an emulator is started once; make another one")
        listener = None
        if self._port is not None:
            listener = listen(self._port, self._host)
            self._cleanup.callback(listener.close)
            self._port = listener.getsockname()[1]
        self._started = True
        if self._resumed is None:
            self._machine.time.epoch = self._wall_clock()
        self._core.machine.recorder.media = self.url
        try:
            await self._tasks.begin()
        except BaseException:
            self._cleanup.close()
            raise
        self._clock.begin(0.0 if self._resumed is None else self._resumed.at)
        self._core.machine.told.listener = self._conversations.take
        if listener is not None:
            self._tasks.start(self._accept, listener)
        self._resume(self.url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop. What the block raised goes on its way as it is, in no exception group."""
        with self._cleanup:
            self._clock.end()
            try:
                await self._tasks.end()
            finally:
                for connection in self._open:  # accepted just now, cancelled before its task could begin
                    connection.close()
                self._open.clear()

    # ---- Access -------------------------------------------------------------------------------------------------

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
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self._host, self._host)  # noqa: S104
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self._port}" if self._port else f"http://{shown}"

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
        client, server = pipe()
        self._serve_soon(server)
        return client

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
        return len(self._open)

    @property
    def most_connections(self) -> int:
        """The most that were open at the same time."""
        return self._most_connections

    # ---- Time ---------------------------------------------------------------------------------------------------

    def advance(self, seconds: float) -> None:
        """Put the emulator's clock forward, and let everything happen that falls due: phones ring, answer and give up,
        conferences reach their longest duration. The windows of the rate limit pass as well.

        Only the emulator's own clock jumps: not the event loop's, and not the client's.

        Args:
            seconds: How far; 0 or more.

        Raises:
            ValueError: `seconds` is negative or not finite.
            RuntimeError: The emulator is not running, or runs in another thread or event loop.
        """
        if not 0 <= seconds < math.inf:
            raise ValueError(f"seconds: {seconds} is not a length of time")
        now = self._clock.now()
        self._clock.skip(seconds)
        self._core.machine.time.advance(now + seconds)
        self._courier.wake()

    # ---- Faults and truth ---------------------------------------------------------------------------------------

    def script(self, operation: str, name: str | None = None, *, nth: int | None = 1, fault: str) -> None:
        """Let one request go wrong for certain, whatever chance says.

        Args:
            operation: Its name, as in `Request.operation`: `activate`, `add-participant`, ….
            name: Friendly name of the conference, or id of the call, recording or whatever is addressed; None for
                whichever, and for lists.
            nth: Which such request since the start, 1 for the first, whatever became of the others; None for each.
                Without a name, all requests of the operation are counted together.
            fault: The name of a `Fault`.

        Raises:
            ValueError: No such operation or fault, or `nth` is less than 1.
        """
        if operation not in OPERATIONS:
            raise ValueError(f"{operation!r} is no operation; these are: {', '.join(sorted(OPERATIONS))}")
        self._core.script.add(Line(operation, name, nth, fault_named(fault)))

    @property
    def requests(self) -> list[Request]:
        """Every request that has arrived whole, in order, and what became of it; the latest, with `keep_requests`.

        It is the log itself: `requests.clear()` forgets what has been, and numbers and `counts` go on.
        """
        self._core.machine.time.sync()
        return self._core.log.requests

    def counts(self) -> Counts:
        """The requests since it started in numbers, whether they are still in `requests` or not."""
        self._core.machine.time.sync()
        return self._core.log.counts()

    # ---- Inside -------------------------------------------------------------------------------------------------

    def _wall_clock(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._rules.settings.clock_off)

    async def _accept(self, listener: socket.socket) -> None:
        with listener:  # whatever ends it: nobody is to wait for what will not be accepted
            await accept_forever(listener, self._serve_soon)

    def _serve_soon(self, connection: Connection) -> None:
        self._tasks.start(self._serve, connection)
        self._open.add(connection)
        self._most_connections = max(self._most_connections, len(self._open))

    async def _serve(self, connection: Connection) -> None:
        try:
            await serve(connection, self._core, self._clock.time, self._authority)
        finally:
            self._open.discard(connection)
