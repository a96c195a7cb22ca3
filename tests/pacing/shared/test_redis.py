"""Budgets in Redis and Valkey: the same rules as in Python, and what is refused."""

import math
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from plivo_async._errors import SharedBudgetError
from plivo_async.pacing.shared._redis import SCRIPT, RedisStore, ledger_keys, reply_of, trade_args
from plivo_async.pacing.shared._store import StoreAway
from plivo_async.policy import StoreUrl
from plivo_async.policy.shared import Reply, Status, Terms, Trade
from tests.pacing.shared.servers import BINARIES, Server, running
from tests.policy.shared.world import Memory, Process, World

pytestmark = pytest.mark.real_time

TERMS = Terms(20, 1.0, 1.0, 2.0)
_TIME = "local now = server_time()"


def connection(url: str, **more: Any) -> Any:
    """A connection of the test's own."""
    return redis.Redis.from_url(url, **more)


@pytest.fixture(scope="module", params=sorted(BINARIES))
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of each kind that is installed."""
    with running(request.param) as server:
        yield server


@pytest.fixture
def store(server: Server) -> Iterator[RedisStore]:
    """A store that is open."""
    store = RedisStore(StoreUrl(server.url), "plivo:test")
    assert store.open() is False
    store._started_at = -math.inf  # it has been up for long
    yield store
    assert store._client is not None
    store._client.flushall()
    store.close()


@given(seed=st.integers(0, 10**6), trouble=st.sampled_from([0.0, 0.1, 0.4]))
@settings(max_examples=10, deadline=None)
def test_python_and_lua_grant_the_same(server: Server, seed: int, trouble: float) -> None:
    """The same trades, crashes, lost replies and late requests; to the last bit of every number; and never too much."""
    script = SCRIPT.read_text(encoding="utf-8")
    assert script.count(_TIME) == 1
    client = connection(server.url, decode_responses=True)
    client.flushall()
    digest = client.script_load(script.replace(_TIME, "local now = number_of(ARGV[20])"))
    memory = Memory()

    def trade(terms: Terms, trade: Trade, now: float) -> Reply:
        reply = memory.trade(terms, trade, now)
        args = trade_args(terms, trade, 1e9, f"epoch {memory.made}")
        said = client.evalsha(digest, 3, *ledger_keys("plivo:both"), *args, repr(now))
        assert reply_of(said) == reply
        return reply

    world = World(TERMS, trade, seed, trouble=trouble)
    processes = [Process(world, f"p{number}", degrade=True) for number in range(3)]
    world.run(world.random.uniform(0, 2))
    processes[0].alive = False
    processes[1].stop(world.random.uniform(0, 3))
    world.run(4)
    if trouble == 0.0:
        world.away = True
        world.run(TERMS.memory + 1)
        world.away = False
        world.now -= world.random.choice((0.0, 0.5, 100.0))
    world.run(2)
    client.close()


def test_a_budget_is_shared_and_forgotten_when_nobody_needs_it(store: RedisStore, server: Server) -> None:
    """Its keys live longer than anything in them matters."""
    other = RedisStore(StoreUrl(server.url), "plivo:test")
    other.open()
    assert store.trade(TERMS, Trade("a", 1, batch=15)).batch == 15
    assert other.trade(TERMS, Trade("b", 1, batch=15)).batch == 5
    client = connection(server.url)
    for key in ledger_keys("plivo:test"):
        left = client.pttl(key)
        assert left == -2 or (TERMS.memory + 50) * 1000 < left <= (TERMS.memory + 60) * 1000 + 1000
    client.close()
    other.close()


def test_other_terms_a_newer_protocol_and_a_script_that_was_flushed(store: RedisStore, server: Server) -> None:
    """Recognised, recognised, and loaded again."""
    client = connection(server.url)
    store.trade(TERMS, Trade("a", 1, batch=15))
    assert store.trade(Terms(9, 1.5), Trade("b", 1, batch=15)).terms == "20 per 1 s"
    client.script_flush()
    assert store.trade(TERMS, Trade("a", 2, in_use=15)).held == 15
    client.hset(ledger_keys("plivo:test")[0], "version", "2")
    assert store.trade(TERMS, Trade("a", 3, in_use=15)).status is Status.NEWER
    client.close()


def test_a_young_server_may_have_forgotten_something(store: RedisStore) -> None:
    """It starts with all permits cooling, unless it is known to have been up for long."""
    store._started_at = store._clock()
    assert store.trade(TERMS, Trade("a", 1, batch=15)).batch == 0


@pytest.fixture
def own(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server for one test, that may be stopped."""
    with running("valkey", *getattr(request, "param", ())) as server:
        yield server


def test_a_server_that_is_restarted_is_another_one(own: Server) -> None:
    """It is away for a while, and then it is told that another has taken over."""
    store = RedisStore(StoreUrl(own.url), "plivo:test")
    assert store.open() is False
    epoch = store.trade(TERMS, Trade("a", 1)).epoch
    own.stop()
    with pytest.raises(StoreAway):
        store.trade(TERMS, Trade("a", 2, epoch))
    with pytest.raises(StoreAway):
        store.open()
    own.start()
    assert store.open() is True
    reply = store.trade(TERMS, Trade("a", 3, epoch, batch=5))
    assert (reply.batch, reply.epoch == epoch) == (0, False)
    store.close()


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        (("--maxmemory-policy", "allkeys-lru", "--maxmemory", "50mb"), "maxmemory-policy is allkeys-lru"),
        (("--requirepass", "secret-password"), "lets this user not do what is needed"),
        (("--replicaof", "127.0.0.1 1"), "it is a replica"),
        (("--user", "default", "on", "nopass", "~other:*", "+@all"), "lets this user not do what is needed"),
    ],
    indirect=["own"],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(own: Server, sentence: str) -> None:
    """A policy that evicts, a password that is missing, a replica, keys that aren't ours."""
    store = RedisStore(StoreUrl(own.url), "plivo:test")

    def use() -> None:
        store.open()
        store.trade(TERMS, Trade("a", 1))

    with pytest.raises(SharedBudgetError, match=sentence):
        use()
    store.close()


def test_another_kind_of_server_is_refused_and_none_at_all_is_away() -> None:
    """A web server; a port where nobody listens; and no password in what is said."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def answer() -> None:
        connection, _ = listener.accept()
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.close()

    thread = threading.Thread(target=answer)
    thread.start()
    with pytest.raises(SharedBudgetError, match="no Redis or Valkey"):
        RedisStore(StoreUrl(f"redis://127.0.0.1:{port}/0"), "a").open()
    thread.join()
    listener.close()
    with pytest.raises(StoreAway) as away:
        RedisStore(StoreUrl(f"redis://me:secret-password@127.0.0.1:{port}/0"), "a").open()
    assert "secret-password" not in f"{away.value} {away.value.__cause__}"
