"""Budgets in Redis or Valkey: for the processes of several hosts. The rules are a script that the server runs."""

import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..._errors import SharedBudgetError
from ...policy import Pace, StoreUrl
from ...policy.shared import PROTOCOL, Cooling, Holder, Ledger, Reply, Status, Terms, Trade
from ._store import StoreAway

SCRIPT = Path(__file__).with_name("trade.lua")
_TIMEOUT = 1.0  # seconds for a trade, or to connect
_OLDEST = 5  # major version: writes after reading the time


class RedisStore:
    """The ledger of one account in Redis or Valkey.

    Raises:
        ImportError: The extra `redis` is not installed.
        ValueError: The URL can't be read.
    """

    def __init__(self, url: StoreUrl, key: str, clock: Callable[[], float] = time.monotonic) -> None:
        try:
            import redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        except ImportError as error:
            raise ImportError(
                f"RateLimit.shared={url!r} needs the extra 'redis': pip install 'plivo-async[redis]'"
            ) from error
        self._redis, self._url, self._clock = redis, url, clock
        try:
            self._connect: Callable[[], Any] = lambda: redis.Redis.from_url(
                str(url),
                socket_timeout=_TIMEOUT,
                socket_connect_timeout=_TIMEOUT,
                retry=Retry(NoBackoff(), 0),  # what comes of a lost reply is the protocol's business
                decode_responses=True,
                client_name="plivo-async",
            )
            self._connect().close()
        except (ValueError, TypeError) as error:
            raise ValueError(f"RateLimit.shared={url!r} can't be read: {error}") from error
        self._keys = ledger_keys(key)
        self._script = SCRIPT.read_text(encoding="utf-8")
        self._client: Any = None
        self._digest = ""
        self._run_id = ""
        self._started_at = -math.inf

    def open(self) -> bool:
        """Connect, and see what server it is."""
        self.close()
        try:
            self._client = client = self._connect()
            info = client.info("all")
            self._check(info)
            self._digest = client.script_load(self._script)
        except (self._redis.RedisError, OSError) as error:
            self.close()
            raise self._trouble(error) from error
        self._started_at = self._clock() - max(0, int(info.get("uptime_in_seconds", 0)) - 1)
        run_id = str(info.get("run_id", ""))
        changed, self._run_id = self._run_id not in ("", run_id), run_id
        return changed

    def trade(self, terms: Terms, trade: Trade) -> Reply:
        """Have the server carry out a trade."""
        client = self._client
        if client is None:
            raise StoreAway("not connected")
        args = trade_args(terms, trade, self._clock() - self._started_at, f"{self._run_id[:8]}{time.time_ns():x}")
        try:
            try:
                said = client.evalsha(self._digest, len(self._keys), *self._keys, *args)
            except self._redis.exceptions.NoScriptError:
                said = client.eval(self._script, len(self._keys), *self._keys, *args)
        except (self._redis.RedisError, OSError) as error:
            raise self._trouble(error) from error
        return reply_of(said)

    def close(self) -> None:
        """Disconnect."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def abandon(self) -> None:
        """Forget the parent's connection; what is sent over it would be taken for the parent's."""
        self._client = None

    def ledgers(self) -> Iterator[tuple[str, Ledger, float]]:
        """All that is kept here, by key, with the server's time; to look at."""
        client = self._client
        if client is None:
            return
        for found in client.scan_iter("{*}:ledger", count=1000):
            key = found[1:].rpartition("}:")[0]
            ledger, cooling, holders = ledger_keys(key)
            pipeline = client.pipeline(transaction=True)
            pipeline.hgetall(ledger).zrange(cooling, 0, -1, withscores=True).hgetall(holders).time()
            values, cools, held, (seconds, microseconds) = pipeline.execute()
            if values and int(values["version"]) == PROTOCOL:
                yield key, _ledger(values, cools, held), int(seconds) + int(microseconds) / 1e6

    def _check(self, info: dict[str, Any]) -> None:
        version = str(info.get("redis_version", "0"))
        policy = str(info.get("maxmemory_policy", "noeviction"))
        wrong = ""
        if int(version.split(".")[0]) < _OLDEST:
            wrong = f"it is version {version}, and {_OLDEST}.0 is needed at least"
        elif info.get("redis_mode") == "sentinel":
            wrong = "it is a Sentinel, not the server that it watches"
        elif info.get("redis_mode") == "cluster":
            wrong = "it is a Cluster; use a single server, which is enough for thousands of trades a second"
        elif info.get("role") == "slave":
            wrong = "it is a replica, which takes no writes; name the primary"
        elif policy != "noeviction":
            wrong = (
                f"its maxmemory-policy is {policy}: what is in use would be forgotten when memory is short; "
                "set it to noeviction, or use a server of its own"
            )
        if wrong:
            raise SharedBudgetError(f"the shared budget can't be kept at {self._url.masked()}: {wrong}")

    def _trouble(self, error: Exception) -> StoreAway | SharedBudgetError:
        errors, where = self._redis.exceptions, self._url.masked()
        if isinstance(error, errors.AuthenticationError | errors.NoPermissionError):
            return SharedBudgetError(
                f"the shared budget at {where} can't be used: the server lets this user not do what is needed "
                f"({type(error).__name__}); it takes a user that may run scripts on keys {self._keys[0]!r}"
            )
        if isinstance(error, errors.InvalidResponse):
            return SharedBudgetError(f"the shared budget can't be kept at {where}: that is no Redis or Valkey")
        passing = (errors.ConnectionError, errors.TimeoutError, errors.ReadOnlyError, OSError)
        if isinstance(error, passing):
            return StoreAway(f"{where} can't be reached: {error or type(error).__name__}")
        return SharedBudgetError(f"the shared budget at {where} can't be used: {type(error).__name__}: {error}")


def ledger_keys(key: str) -> list[str]:
    """The keys of a ledger; in braces, so that they stay together."""
    return [f"{{{key}}}:{name}" for name in ("ledger", "cooling", "holders")]


def trade_args(terms: Terms, trade: Trade, up: float, epoch: str) -> list[str | float]:
    """What the script is told."""
    reports = "".join(
        f"{each.kind.value} {int(each.priority)} {each.sent_ago!r} {each.ago!r} {_or_none(each.retry_after)!r};"
        for each in trade.reports
    )
    return [
        PROTOCOL, terms.limit, repr(terms.per), repr(terms.ttl), repr(terms.grace), _or_none(terms.reserve),
        trade.holder, trade.turn, trade.epoch, trade.in_use, trade.adopted, trade.interactive, trade.batch,
        repr(_or_never(trade.visit_ago)), repr(_or_never(trade.page_ago)), int(trade.alarm), repr(up), epoch, reports,
    ]  # fmt: skip


def reply_of(said: list[str]) -> Reply:
    """What the script said."""
    status, epoch, now, interactive, batch, *rest, terms = said
    waits, (holders, level, held, cooling, hold, doubtful) = rest[:2], (float(each) for each in rest[2:])
    return Reply(
        Status(int(status)), epoch, float(now), int(interactive), int(batch), float(waits[0]), float(waits[1]),
        int(holders), level, int(held), int(cooling), hold, doubtful, terms,
    )  # fmt: skip


def _or_none(value: float | None) -> float:
    return -1 if value is None else value


def _or_never(ago: float) -> float:
    return -1.0 if ago == math.inf else ago


def _ledger(values: dict[str, str], cooling: list[tuple[str, float]], holders: dict[str, str]) -> Ledger:
    """The ledger that a server keeps; what is absent never was."""
    pace = Pace(int(float(values["limit"])), float(values["per"]))
    for name in pace.__slots__:
        if name in values and name not in ("limit", "per"):
            setattr(pace, name, float(values[name]))
    born = float(values["born"])
    return Ledger(
        pace, values["epoch"], born, float(values["last"]), values["was"], int(float(values["passed"])),
        [Cooling(at, *(int(word) for word in member.split(":")[1:])) for member, at in cooling],
        {name: _holder(*text.split(" ")) for name, text in holders.items()},
        int(float(values["refused"])),
    )  # fmt: skip


def _holder(*words: str) -> Holder:
    held, turn, at, interactive, batch, since, granted, refused = (float(word) for word in words)
    return Holder(int(held), int(turn), at, int(interactive), int(batch), since, int(granted), int(refused))
