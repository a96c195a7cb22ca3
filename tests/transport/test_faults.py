"""What broke a trip off is told with its reason, and nothing of what it was about; code of others ends nothing."""

import asyncio
import base64
import functools
import gzip
import os
import signal
import socket
import ssl
import threading
import traceback
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import anyio
import httpx
import pytest
import trustme

from plivo_async import (
    ActivationOutcome,
    AsyncClient,
    DecodeError,
    NotFoundError,
    NotSentError,
    Obstacle,
    OutcomeUnknownError,
    PlivoError,
    RetryPolicy,
)
from plivo_async.shown._secret import Secret
from plivo_async.transport._faults import reason

from .raw_server import YES, raw_server

pytestmark = pytest.mark.anyio

AUTH_ID, TOKEN = "MA" + "T" * 18, "s3cr3t-t0k3n"
BASIC = base64.b64encode(f"{AUTH_ID}:{TOKEN}".encode()).decode()
QUICK = RetryPolicy(max_attempts=2, base_delay=0.001, max_delay=0.001)
"""Two attempts, with next to no wait between them."""


def client_of(http_client: httpx.AsyncClient | None = None, **options: Any) -> AsyncClient:
    """A client in a hurry."""
    options = {"rate_limit": None, "retry": QUICK, **options}
    if http_client is not None:
        options["clock"] = anyio.current_time
    return AsyncClient(AUTH_ID, TOKEN, http_client=http_client, **options)


class OwnError(Exception):
    """An error that no HTTP library knows, and that takes more than a text."""

    def __init__(self, what: str, request: httpx.Request) -> None:
        super().__init__(what, dict(request.headers))


class Failing(httpx.AsyncBaseTransport):
    """A transport of somebody's own that fails in its own way, and holds the request while it does."""

    def __init__(self, fail: Callable[[httpx.Request], BaseException]) -> None:
        self._fail = fail

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Fail."""
        headers = dict(request.headers)
        await anyio.lowlevel.checkpoint()
        raise self._fail(request) from KeyError(headers["authorization"])


OTHERS = httpx.Response(404, request=httpx.Request("GET", "https://other.example/"))
FOREIGN: list[Callable[[httpx.Request], Exception]] = [
    lambda _: anyio.EndOfStream(),
    lambda _: anyio.BrokenResourceError(),
    lambda _: RuntimeError("deque mutated during iteration"),
    lambda request: OwnError("mine", request),
    lambda request: KeyError(request.headers["authorization"]),
    lambda request: ExceptionGroup("several", [OwnError("one of them", request)]),
    lambda _: StopAsyncIteration(),
    lambda request: httpx.HTTPStatusError("another's", request=request, response=OTHERS),
]


@pytest.mark.parametrize("fail", FOREIGN)
async def test_whatever_a_transport_raises_is_a_fault_of_that_attempt(
    fail: Callable[[httpx.Request], Exception],
) -> None:
    """Unclear, never the end of a batch; nothing of it gives the credentials away."""
    client = client_of(httpx.AsyncClient(transport=Failing(fail)))
    report = await client.mpc.start(["a", "b", "c"])
    assert report.counts[ActivationOutcome.UNKNOWN] == 3
    with pytest.raises(OutcomeUnknownError) as caught:
        await client.mpc("room").stop()
    assert not shown("".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()))
    assert not shown(str(caught.value) + str(caught.value.to_dict()))


def shown(text: str) -> bool:
    """Whether a text gives the token away, plain or as the header has it."""
    return TOKEN in text or BASIC in text


async def test_an_error_that_has_an_answer_is_an_answer() -> None:
    """A hook that raises for every status, whether it has read the answer or not."""

    async def strict(response: httpx.Response) -> None:
        response.raise_for_status()

    async def strict_reader(response: httpx.Response) -> None:
        await response.aread()
        response.raise_for_status()

    gone = httpx.MockTransport(lambda _: httpx.Response(404, json={"error": "not found"}))
    page = httpx.MockTransport(lambda _: httpx.Response(404, html="<html>"))
    for hook in (strict, strict_reader):
        hooks = {"response": [hook]}
        client = client_of(httpx.AsyncClient(transport=gone, event_hooks=hooks))
        with pytest.raises(NotFoundError):
            await client.mpc("room").get()
        with pytest.raises(NotFoundError):
            await client.mpc.start("room")
        client = client_of(httpx.AsyncClient(transport=page, event_hooks=hooks))
        with pytest.raises(DecodeError):
            await client.mpc("room").get()


@pytest.mark.parametrize("ending", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
async def test_what_passes_through_leaves_without_frames(ending: type[BaseException]) -> None:
    """Nothing in the locals of a frame that a traceback still has, nor of what lies behind it."""
    client = client_of(httpx.AsyncClient(transport=Failing(lambda _: ending())))
    with pytest.raises(ending) as caught:
        await client.mpc("room").get()
    assert not shown_in_frames(caught.value)


def shown_in_frames(error: BaseException) -> bool:
    """Whether a local variable of any frame, in it or in what lies behind it, shows the token, containers opened."""
    ahead: list[BaseException | None] = [error]
    while ahead:
        one = ahead.pop()
        if one is None:
            continue
        ahead += [one.__cause__, one.__context__]
        for frame, _ in traceback.walk_tb(one.__traceback__):
            if frame.f_code.co_filename != __file__ and any(deep(value, 4) for value in frame.f_locals.values()):
                return True
    return False


def deep(value: object, depth: int) -> bool:
    """Whether a value shows the token: by its repr, or in what it contains."""
    if shown(repr(value)):
        return True
    if depth and isinstance(value, dict):
        return any(deep(one, depth - 1) for pair in value.items() for one in pair)
    if depth and isinstance(value, list | tuple | set):
        return any(deep(one, depth - 1) for one in value)
    return depth > 0 and isinstance(value, httpx.Request | httpx.Response) and "authorization" in value.headers


@pytest.mark.real_time
@pytest.mark.parametrize("kind", ["httpx", "aiohttp"])
@pytest.mark.parametrize("when", ["connected", "answering"])
async def test_a_cancellation_leaves_without_frames(kind: Any, when: str, anyio_backend: Any) -> None:
    """On real connections: while the answer is awaited, and while its body comes."""
    if kind == "aiohttp" and anyio_backend[0] == "trio":
        pytest.skip("aiohttp runs on asyncio")
    answer = b"" if when == "connected" else b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
    with raw_server(answer) as server:
        async with client_of(base_url=f"http://127.0.0.1:{server.port}", transport=kind, timeout=None) as client:
            with pytest.raises(BaseException) as caught:  # noqa: PT011  (TimeoutError, and the cancellation behind it)
                with anyio.fail_after(0.3):
                    await client.mpc("room").get()
            assert not shown_in_frames(caught.value)


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")  # aiohttp
@pytest.mark.real_time
@pytest.mark.parametrize("kind", ["httpx", "aiohttp"])
@pytest.mark.parametrize("way", ["anyio", "asyncio"])
async def test_a_cancellation_while_writing_leaves_without_frames(kind: Any, way: str, anyio_backend: Any) -> None:
    """To a server that takes the connection and never reads: the request is half written when its time is up."""
    if anyio_backend[0] == "trio" and "asyncio" in (way, "asyncio" if kind == "aiohttp" else ""):
        pytest.skip("asyncio's own")
    bound = anyio.fail_after(0.3) if way == "anyio" else asyncio.timeout(0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        async with client_of(base_url=url, transport=kind, timeout=None) as client:
            with pytest.raises(TimeoutError) as caught:
                await stopped_by(bound, client.request("POST", "Message/", json={"text": "x" * 12_000_000}))
            assert not shown_in_frames(caught.value)


async def stopped_by(bound: Any, operation: Awaitable[object]) -> None:
    """Carry it out within a bound of anyio's or asyncio's."""
    if isinstance(bound, asyncio.Timeout):
        async with bound:
            await operation
    else:
        with bound:
            await operation


def keep_awake(loop: asyncio.AbstractEventLoop) -> None:
    """Let a loop of asyncio look around: a signal that comes just as it falls asleep is heard when it wakes up."""
    loop.call_later(0.05, keep_awake, loop)


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")  # aiohttp
@pytest.mark.real_time
@pytest.mark.parametrize("kind", ["httpx", "aiohttp", "trio"])
@pytest.mark.parametrize("size", [1, 12_000_000])
def test_ctrl_c_leaves_without_frames(kind: Any, size: int) -> None:
    """While the request is written, and while its answer is awaited."""
    with socket.create_server(("127.0.0.1", 0)) as silent:

        async def work() -> None:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            transport: Any = "aiohttp" if kind == "aiohttp" else "httpx"
            if kind != "trio":
                keep_awake(asyncio.get_running_loop())
            async with client_of(base_url=url, transport=transport, timeout=None) as client:
                ctrl_c = threading.Timer(0.3, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT])
                ctrl_c.start()
                await client.request("POST", "Message/", json={"text": "x" * size})

        with pytest.raises(KeyboardInterrupt) as caught:
            anyio.run(work, backend="trio" if kind == "trio" else "asyncio")
        assert not shown_in_frames(caught.value)


def behind(*errors: Exception) -> Exception:
    """The last error, with those before it behind it, hidden as `from None` hides them."""
    last: Exception | None = None
    for one in errors:
        one.__context__, one.__suppress_context__ = last, True
        last = one
    assert last is not None
    return last


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (behind(IndexError("pop from an empty deque"), anyio.BrokenResourceError(), httpx.ReadError("")), None),
        (behind(IndexError("pop"), anyio.EndOfStream(), httpx.RemoteProtocolError("It hung up.")), "It hung up."),
        (behind(KeyError("'x'"), httpx.ReadError("broken")), "broken"),
        (behind(ConnectionResetError(104, "reset"), httpx.ReadError("")), os.strerror(104)),
        (behind(ConnectionRefusedError(111, "no"), OSError("All attempts failed")), os.strerror(111)),
        (ValueError("my own transport's"), "my own transport's"),
    ],
    ids=str,
)
def test_the_reason_is_nothing_of_a_librarys_insides(error: Exception, told: str | None) -> None:
    """What lies behind is told if the system says it, or a library in its own words."""
    assert reason(error, Secret(f"Basic {BASIC}")) == told


@pytest.mark.real_time
@pytest.mark.parametrize("kind", ["httpx", "aiohttp"])
async def test_the_reason_is_told(kind: Any, anyio_backend: Any, tmp_path: Any) -> None:
    """A refused port, an unknown host, an untrusted certificate: in words, in facts, and as a kind of obstacle."""
    if kind == "aiohttp" and anyio_backend[0] == "trio":
        pytest.skip("aiohttp runs on asyncio")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    with raw_server(YES, tls=tls) as server:
        for url, obstacle, words, attempts in (
            (f"http://127.0.0.1:{port}", Obstacle.REFUSED, "refused", 2),
            ("http://nobody.invalid", Obstacle.UNKNOWN_HOST, "unknown host", 2),
            (f"https://127.0.0.1:{server.port}", Obstacle.CERTIFICATE, "untrusted certificate", 1),
        ):
            async with client_of(base_url=url, transport=kind, allow_http=True) as client:
                with pytest.raises(NotSentError, match=f"(?i){words}") as caught:
                    await client.mpc("room").get()
                assert [attempt.obstacle for attempt in caught.value.attempts] == [obstacle] * attempts
                assert words in str(caught.value.to_dict()["attempts"]).lower()


@pytest.mark.long
@pytest.mark.real_time
@pytest.mark.parametrize("kind", ["httpx", "aiohttp"])
async def test_a_dead_address_of_any_kind_ends_a_batch_with_the_reason(kind: Any, anyio_backend: Any) -> None:
    """Hundreds don't wait for one another: what isn't begun by then is not attempted, and says why."""
    if kind == "aiohttp" and anyio_backend[0] == "trio":
        pytest.skip("aiohttp runs on asyncio")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    contexts = []
    for expires in (None, datetime(2020, 1, 1, tzinfo=UTC)):
        contexts.append(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
        authority = trustme.CA()
        authority.issue_cert("127.0.0.1", not_after=expires).configure_cert(contexts[-1])
    retry = RetryPolicy(longest_outage=0.3, budget_reserve=5, base_delay=0.05)
    elsewhere = b"HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>"
    with raw_server(YES, tls=contexts[0]) as bad, raw_server(YES, tls=contexts[1]) as old, raw_server(elsewhere) as web:
        for url, words in (
            (f"http://127.0.0.1:{port}", "nobody listens"),
            ("http://nobody.invalid", "doesn't resolve"),
            (f"https://127.0.0.1:{bad.port}", "isn't trusted"),
            (f"https://127.0.0.1:{old.port}", "isn't trusted"),
            (f"http://127.0.0.1:{web.port}", "isn't Plivo's API"),
        ):
            async with client_of(base_url=url, transport=kind, allow_http=True, retry=retry) as client:
                report = await client.mpc.start(f"c{number}" for number in range(300))
            assert not any(one.succeeded for one in report), url
            assert report.counts[ActivationOutcome.NOT_ATTEMPTED] > 100, url
            assert words in str(report[-1].error), url


class Same(httpx.AsyncBaseTransport):
    """Answers always the same, undecoded."""

    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        return httpx.Response(self._answer.status_code, headers=self._answer.headers, stream=self._answer.stream)


@functools.cache
def bomb() -> bytes:
    """A little that unpacks to very much."""
    return gzip.compress(b"0" * (1 << 26), 1, mtime=0)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # httpx's generators, on trio
@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        pytest.param("gzip", bomb, id="gzip-bomb"),
        pytest.param("gzip, gzip", lambda: gzip.compress(bomb(), mtime=0), id="gzip-twice-bomb"),
        pytest.param("deflate", lambda: zlib.compress(b"0" * (1 << 26), 1), id="deflate-bomb"),
        pytest.param("br", lambda: b"x", id="br"),
        pytest.param("zstd", lambda: b"x", id="zstd"),
        pytest.param("gzip", lambda: gzip.compress(b"{}", mtime=0)[:-4], id="gzip-cut-off"),
        pytest.param("gzip", lambda: gzip.compress(b"{}", mtime=0) * 2, id="gzip-two-members"),
        pytest.param("gzip", lambda: b"{}", id="gzip-unpacked"),
    ],
)
async def test_what_is_packed_is_bounded(encoding: str, pack: Callable[[], bytes]) -> None:
    """A bomb is an answer that can't be read, whatever its status."""
    body = pack()
    for status in (200, 404):
        headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
        answer = httpx.MockTransport(
            lambda _, status=status, headers=headers: httpx.Response(
                status, headers=headers, stream=httpx.ByteStream(body)
            )
        )
        client = client_of(httpx.AsyncClient(transport=answer))
        with pytest.raises(PlivoError) as caught:
            await client.mpc("room").get()
        assert isinstance(caught.value, DecodeError)
        assert {attempt.error for attempt in caught.value.attempts} <= {"DecodingError", "ValueError"}
