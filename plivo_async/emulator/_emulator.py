"""The emulator as a user holds it."""

import math
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ._access_view import AccessView
from ._callback_view import CallbackView
from ._chance import Faults
from ._clock import Clock
from ._conference_view import ConferenceView
from ._core import Core, Rules
from ._driving_view import DrivingView
from ._latency import Latency, check_latency
from ._limit import Limit
from ._post import Post
from ._snapshot import Resumed, SnapshotView
from ._voice_view import VoiceView
from ._world import Plan, World
from .api._auth import made_up
from .calling_back._destinations import LOOPBACK
from .calling_back._in_process import AsgiApp
from .calling_back._letters import Deliver
from .calling_back._network import Verify
from .serving._connection import Connection
from .serving._door import Door
from .serving._server import serve
from .serving._tasks import Tasks
from .serving._tls import Authority
from .world._settings import Settings

if TYPE_CHECKING:
    from .console._console import Console

_DEFAULT_LIMIT = Limit()


class Emulator(AccessView, ConferenceView, VoiceView, CallbackView, DrivingView, SnapshotView):
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
        conferences: Names of those in each of which somebody waits from the beginning; after `reset()` they do again.
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
        console: Whether it can be watched and driven at `/_console/` on its port, by people on a page and by tests in
            any language (docs/emulator-api.md). True: by whoever addresses it by a number, such as 127.0.0.1, or as
            `localhost`; further host names that it has, such as `["emulator"]` in a container, are given as a
            collection. It needs no credentials, shows none, and may do all that the emulator may.

    Raises:
        ValueError: An argument out of its range or form.
        TypeError: One of another kind, as a number is in place of a `Limit`.
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
        conferences: Iterable[str] = (),
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
        console: bool | Collection[str] = False,
    ) -> None:
        if not 0 <= answer_after < math.inf:
            raise ValueError(f"answer_after: {answer_after} is not a number of seconds")
        if calls_per_second is not None and not 0 < calls_per_second < math.inf:
            raise ValueError(f"calls_per_second: {calls_per_second} is not positive; None dials all at once")
        if keep_requests is not None and keep_requests < 1:
            raise ValueError(f"keep_requests: {keep_requests} is less than 1; None keeps all")
        self._account = made_up(auth_id, auth_token)
        rules = Rules(
            limit=limit,
            faults=Faults() if faults is None else faults,
            latency=check_latency(latency),
            seed=seed,
            settings=Settings() if settings is None else settings,
            keep_requests=keep_requests,
        )
        self._first = tuple(conferences)
        self._tasks = Tasks()
        self._clock = Clock(self._tasks.start)
        self._started = False
        self._resumed: Resumed | None = None
        post = Post(
            to=callbacks_to,
            deliver=deliver,
            app=callbacks_app,
            verify=callbacks_verify,
            tokens=callback_tokens,
            keep=keep_deliveries,
        )
        self._plan = Plan(
            account=self._account,
            settings=rules.settings,
            answer_after=answer_after,
            calls_per_second=calls_per_second,
            post=post,
        )
        self._enter(self._new_world(datetime.now(UTC), rules))
        self._core = Core(self._account, self._machine, rules, self._courier.expect)
        self._console = self._new_console(console)
        self._authority = Authority() if https else None
        self._door = Door(port, host, self._serve, self._tasks.start)

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
        self._door.listen()
        self._started = True
        try:
            await self._tasks.begin()
        except BaseException:
            self._door.close()
            raise
        self._clock.begin(0.0 if self._resumed is None else self._resumed.at)
        self._world.begin(self._wall_clock() if self._resumed is None else self._machine.time.epoch, self.url)
        if self._console is not None:
            self._console.watch_anew(self._world.watch)
        self._door.open()
        self._resume(self.url)
        self._add_first()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop. What the block raised goes on its way as it is, in no exception group."""
        self._clock.end()
        try:
            await self._tasks.end()
        finally:
            self._door.close()

    # ---- Anew ---------------------------------------------------------------------------------------------------

    def reset(self, seed: int | None = None) -> None:
        """Begin anew: as it was at its start, with no more conferences than `Emulator(conferences=…)` names.

        No calls, phones, recordings, callbacks and requests are left, and nothing scripted.
        Credentials, address, limit, faults and connections stay, and the clock goes on; numbers begin with 1, and the
        dice are those of a new emulator. Requests under way are broken off, callbacks under way given up. What you
        hold of the world before (a conference, a phone, `deliveries`) belongs to it for ever: ask for it again.

        Args:
            seed: Of everything that is left to chance from now on; None for the same once more.

        Raises:
            RuntimeError: The emulator is not running, or runs in another thread or event loop.
        """
        now = self._clock.now()
        rules = self._core.rules if seed is None else replace(self._core.rules, seed=seed)
        epoch, media = self._machine.time.epoch, self._machine.recorder.media
        self._world.end()
        self._enter(self._new_world(epoch, rules))
        self._core.renew(self._machine, rules, self._courier.expect)
        self._world.begin(epoch, media)
        self._machine.time.advance(now)
        if self._console is not None:
            self._console.watch_anew(self._world.watch)
        self._add_first()

    # ---- Inside -------------------------------------------------------------------------------------------------

    def _add_first(self) -> None:
        for name in self._first:
            if self._machine.registry.live(name) is None:
                self.add_conference(name)

    def _wall_clock(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._core.rules.settings.clock_off)

    def _new_world(self, epoch: datetime, rules: Rules) -> World:
        return World(
            self._plan, epoch, seed=rules.seed, faults=rules.faults, clock=self._clock, start=self._tasks.start
        )

    def _enter(self, world: World) -> None:
        self._world = world
        self._machine, self._courier, self._mishaps = world.machine, world.courier, world.mishaps
        self._conversations, self._uuids = world.conversations, world.uuids
        self._rings = world.rings

    def _new_console(self, hosts: bool | Collection[str]) -> "Console | None":
        if hosts is False:
            return None
        from .console._console import Console  # late: who doesn't ask for it doesn't pay for it

        console = Console(self, () if hosts is True else hosts)
        console.watch_anew(self._world.watch)
        self._core.console, self._core.watcher = console, console.watch.note
        return console

    async def _serve(self, connection: Connection) -> None:
        await serve(connection, self._core, self._clock.time, self._authority)
