"""`client.request`: what goes over the wire, what comes back, what is repeated, and when it ends."""

import gzip
import itertools
import json
import math
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
import httpx
import pytest
import respx

from plivo_async import (
    AsyncClient,
    AuthenticationError,
    BadRequestError,
    DecodeError,
    InvalidArgumentError,
    NoAnswerError,
    NotFoundError,
    NotSentError,
    OutcomeUnknownError,
    PlivoError,
    RateLimit,
    RateLimitError,
    RetryPolicy,
    ServerError,
)
from plivo_async.emulator import Emulator, Faults, Limit
from plivo_async.pacing._limiter import Limiter
from plivo_async.policy._window import DOOR

from ..support import in_memory, network_of

pytestmark = pytest.mark.anyio

AUTH_ID = "MA" + "0" * 18
HOST = "https://api.plivo.com"
ACCOUNT = f"{HOST}/v1/Account/{AUTH_ID}/"
ONCE = RetryPolicy(max_attempts=1)

left_half_way = pytest.mark.filterwarnings("ignore:Async generator '(httpx|tests):ResourceWarning")
"""Trio warns of the generators inside httpx that are left when a body is not read to its end; httpx ends none."""

Handler = Callable[[httpx.Request], httpx.Response]


class Mocked:
    """A client whose requests a function answers; it keeps them."""

    _accounts = itertools.count()

    def __init__(self, answer: Handler | httpx.Response, **options: Any) -> None:
        self.requests: list[httpx.Request] = []
        self._answer = answer
        self._http = httpx.AsyncClient(transport=httpx.MockTransport(self._handle))
        self.client = AsyncClient(
            f"MA{next(self._accounts):018}",
            "token",
            http_client=self._http,
            clock=anyio.current_time,
            random=lambda: 0.5,
            **options,
        )

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer if isinstance(self._answer, httpx.Response) else self._answer(request)

    async def __aenter__(self) -> "Mocked":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()


def raising(error: Exception) -> Handler:
    """Answer with an error of the transport."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    return answer


@respx.mock
async def test_a_request_on_the_wire() -> None:
    """Method, raw path, query, body and headers are exactly what was asked for, below the account."""
    route = respx.route(host="api.plivo.com").respond(202, json={"message": "ok", "api_id": "x"})
    async with AsyncClient(AUTH_ID, "token", rate_limit=None) as client:
        data = await client.request(
            "post",
            "Call/a%2Fb/",
            params={"limit": 5, "name": "Ö &=?/#", "live": True, "none": None, "many": ["a", "b"]},
            json={"to": "+14151234567", "text": "Östermalm", "gone": None},
            idempotent=True,
        )
    assert data == {"message": "ok", "api_id": "x"}
    [call] = route.calls
    request = call.request
    assert request.method == "POST"
    assert request.url.host == "api.plivo.com"
    assert request.url.raw_path == (
        f"/v1/Account/{AUTH_ID}/Call/a%2Fb/?limit=5&name=%C3%96+%26%3D%3F%2F%23&live=true&many=a&many=b".encode()
    )
    assert json.loads(request.content) == {"to": "+14151234567", "text": "Östermalm", "gone": None}
    assert request.headers["Authorization"] == httpx.BasicAuth(AUTH_ID, "token")._auth_header
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["Content-Length"] == str(len(request.content))
    assert request.headers["User-Agent"].startswith("plivo-async/")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
async def test_each_method_without_a_body(method: str) -> None:
    """No `json`, no body; an empty answer is None."""
    async with Mocked(httpx.Response(204), rate_limit=None) as mocked:
        assert await mocked.client.request(method, "Number/1/") is None
        [request] = mocked.requests
        assert (request.method, request.content) == (method, b"")
        assert request.url.raw_path.endswith(b"/Number/1/")


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (("TRACE", "Call/"), {}),
        ((None, "Call/"), {}),
        (("GET", ""), {}),
        (("GET", "/Call/"), {}),
        (("GET", "//evil/"), {}),
        (("GET", "https://evil/"), {}),
        (("GET", "../Call/"), {}),
        (("GET", "Call/%2e%2E/"), {}),
        (("GET", "Call/./x"), {}),
        (("GET", "Call\\x"), {}),
        (("GET", "Call/?limit=5"), {}),
        (("GET", "Call/#x"), {}),
        (("GET", "Call/a b"), {}),
        (("GET", "Call/\r\nX: y"), {}),
        (("GET", "Call/\ud800"), {}),
        (("GET", "x" * 70_000), {}),
        (("GET", None), {}),
        (("GET", 7), {}),
        (("GET", b"Call/"), {}),
        (("GET", "Call/"), {"params": {"a": "x" * 70_000}}),
        (("GET", "Call/"), {"params": {"a": "\ud800"}}),
        (("GET", "Call/"), {"params": "limit=5"}),
        (("POST", "Call/"), {"json": {"a": math.nan}}),
        (("POST", "Call/"), {"json": [math.inf]}),
        (("POST", "Call/"), {"json": object()}),
        (("POST", "Call/"), {"json": "\ud800"}),
        (("DELETE", "Call/"), {}),
        (("DELETE", "Recording/"), {}),
        (("DELETE", "Recording//"), {}),
        (("POST", "Call//Record/"), {}),
        (("POST", "Call/ /Record/"), {}),
        (("PUT", "Number/%20/"), {}),
        (("delete", "Call"), {}),
        (("DELETE", "Call//"), {}),
        (("DELETE", "call/%20/"), {}),
        (("DELETE", "Call/%2F"), {}),
        (("DELETE", "Call/%252F"), {}),
        (("DELETE", "Call/%00%3F/"), {}),
        (("DELETE", "Call;/"), {}),
        (("GET", "Call/"), {"deadline": -1}),
        (("GET", "Call/"), {"deadline": math.nan}),
        (("GET", "Call/"), {"deadline": "5"}),
    ],
)
async def test_a_wrong_argument_is_refused_before_anything_is_sent(
    arguments: tuple[Any, Any], options: dict[str, Any]
) -> None:
    """A path that leaves the account, what is no JSON, a wrong type: `ValueError` or `TypeError`, no permit used."""
    async with Mocked(httpx.Response(204)) as mocked:
        with pytest.raises((ValueError, TypeError)) as caught:
            await mocked.client.request(*arguments, **options)
        assert type(caught.value) in {InvalidArgumentError, TypeError}
        assert mocked.requests == []
        limiter = mocked.client._core.limiter
        assert isinstance(limiter, Limiter)
        assert limiter.window.is_fresh(anyio.current_time())


UNCLEAR = [
    httpx.ReadTimeout("slow"),
    httpx.WriteTimeout("slow"),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.CloseError("reset"),
    httpx.RemoteProtocolError("Server disconnected without sending a response."),
    ConnectionResetError("reset"),
    408,
    500,
    502,
    503,
    504,
]


@pytest.mark.parametrize("fault", UNCLEAR, ids=repr)
@pytest.mark.parametrize(
    ("method", "idempotent", "repeated"),
    [
        ("GET", None, True),
        ("GET", False, True),
        ("PUT", None, True),
        ("PUT", False, False),
        ("DELETE", None, True),
        ("POST", None, False),
        ("POST", True, True),
        ("PATCH", None, False),
        ("PATCH", True, True),
    ],
)
async def test_after_an_unclear_attempt_only_the_harmless_is_repeated(
    fault: Exception | int, method: str, idempotent: bool | None, repeated: bool
) -> None:
    """It may have been carried out: a POST is not sent twice, unless its caller said that this does no harm."""
    answer = httpx.Response(fault) if isinstance(fault, int) else raising(fault)
    async with Mocked(answer, rate_limit=None, retry=RetryPolicy(max_attempts=3)) as mocked:
        with pytest.raises(PlivoError) as caught:
            await mocked.client.request(method, "Number/1/", idempotent=idempotent)
        assert len(mocked.requests) == (3 if repeated else 1)
        assert {attempt.outcome for attempt in caught.value.attempts} == {"unclear"}
        if method != "GET":
            assert isinstance(caught.value, OutcomeUnknownError)
        elif not isinstance(fault, int):
            assert isinstance(caught.value, NoAnswerError)


@pytest.mark.parametrize("fault", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), 429], ids=repr)
async def test_what_was_not_carried_out_is_repeated_whatever_it_is(fault: Exception | int) -> None:
    """No connection, or 429: a POST is sent again too, and the error says that repeating is safe."""
    answer = httpx.Response(fault) if isinstance(fault, int) else raising(fault)
    async with Mocked(answer, rate_limit=None, retry=RetryPolicy(max_attempts=3)) as mocked:
        with pytest.raises(RateLimitError if fault == 429 else NotSentError) as caught:
            await mocked.client.request("POST", "Call/", json={"to": "1"})
        assert len(mocked.requests) == len(caught.value.attempts) == 3


@pytest.mark.parametrize(
    "error", [httpx.ReadTimeout, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError, httpx.ReadTimeout("x")]
)
async def test_respx_in_our_own_lanes_is_as_unclear_as_the_network(error: Exception | type[Exception]) -> None:
    """A mock sends no byte, but what it raises stands for a request that did leave: no second POST."""
    with respx.mock() as mock:
        route = mock.post(f"{ACCOUNT}Call/").mock(side_effect=error)
        async with AsyncClient(AUTH_ID, "token", rate_limit=None) as client:
            with pytest.raises(OutcomeUnknownError):
                await client.request("POST", "Call/", json={})
        assert route.call_count == 1


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout])
async def test_respx_in_our_own_lanes_refuses_connections(error: type[Exception]) -> None:
    """A mocked refusal is repeated as a real one: the second answer counts."""
    with respx.mock() as mock:
        route = mock.post(f"{ACCOUNT}Call/").mock(side_effect=[error, httpx.Response(200, json={"a": 1})])
        async with AsyncClient(AUTH_ID, "token", rate_limit=None) as client:
            assert await client.request("POST", "Call/", json={}) == {"a": 1}
        assert route.call_count == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("follow", [False, True])
async def test_redirects_are_not_followed(status: int, follow: bool) -> None:
    """Credentials go where they were sent and nowhere else, even if the caller's client follows redirects."""
    answer = httpx.Response(status, headers={"Location": "https://evil.example/"})
    async with Mocked(answer, rate_limit=None) as mocked:
        mocked._http.follow_redirects = follow
        with pytest.raises(BadRequestError) as caught:
            await mocked.client.request("POST", "Call/", json={"to": "1"})
        assert caught.value.status_code == status
        [request] = mocked.requests
        assert request.url.host == "api.plivo.com"


@pytest.mark.parametrize(
    "location", ["mailto:x", "http://[", "//", "https:", "", "http://a b", "/\x80", "http://x:99999/", "data:,x"]
)
async def test_an_absurd_location_is_an_error_of_ours(location: str) -> None:
    """Whatever a redirect points to, what comes out is a `PlivoError`."""
    answer = httpx.Response(302, headers=[(b"Location", location.encode("latin-1"))])
    async with Mocked(answer, rate_limit=None, retry=ONCE) as mocked:
        with pytest.raises(PlivoError):
            await mocked.client.request("GET", "Call/")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRequestError),
        (401, AuthenticationError),
        (404, NotFoundError),
        (405, BadRequestError),
        (409, BadRequestError),
        (422, BadRequestError),
        (501, ServerError),
    ],
)
async def test_a_clear_no_is_final(status: int, error: type[PlivoError]) -> None:
    """One attempt, and the facts as attributes."""
    answer = httpx.Response(status, json={"api_id": "id", "error": "no such thing"})
    async with Mocked(answer, rate_limit=None) as mocked:
        with pytest.raises(error, match="no such thing") as caught:
            await mocked.client.request("GET", "Call/")
        assert (caught.value.status_code, caught.value.api_id) == (status, "id")
        assert caught.value.detail == "no such thing"
        assert len(mocked.requests) == 1


@pytest.mark.parametrize("body", [b"<html>", b"{", b"\xff\xfe", b'{"a":', b"9" * 5_000, b"nul"])
async def test_an_answer_that_is_no_json(body: bytes) -> None:
    """A yes that can't be read: `DecodeError` with the beginning of it, after trying again; a POST stays unknown."""
    async with Mocked(httpx.Response(200, content=body), rate_limit=None) as mocked:
        with pytest.raises(DecodeError) as caught:
            await mocked.client.request("GET", "Call/")
        assert len(mocked.requests) == 5
        assert len(caught.value.detail or "") <= 500
        with pytest.raises(OutcomeUnknownError):
            await mocked.client.request("POST", "Call/")
        assert len(mocked.requests) == 6


@pytest.mark.parametrize("body", [b"", b"  \r\n"])
async def test_an_empty_answer_is_none(body: bytes) -> None:
    """200 without a body is a yes with nothing in it."""
    async with Mocked(httpx.Response(200, content=body), rate_limit=None) as mocked:
        assert await mocked.client.request("DELETE", "Call/x/") is None


async def test_an_answer_that_trips_the_json_parser_costs_no_permit() -> None:
    """Brackets a hundred thousand deep: whatever is raised, the permit is back."""
    async with Mocked(httpx.Response(200, content=b"[" * 100_000), retry=ONCE) as mocked:
        with pytest.raises((RecursionError, DecodeError)):
            await mocked.client.request("GET", "Call/")
        assert mocked.client.statistics().permits_in_flight == 0


@pytest.mark.parametrize("packed", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
async def test_a_packed_answer_is_unpacked(packed: Callable[[bytes], bytes]) -> None:
    """We ask for none, but who packs it all the same is understood."""
    headers = {"Content-Encoding": "gzip" if packed is gzip.compress else "deflate"}
    async with Mocked(httpx.Response(200, headers=headers, content=packed(b'{"a": 1}')), rate_limit=None) as mocked:
        assert await mocked.client.request("GET", "Call/") == {"a": 1}
        assert mocked.requests[0].headers["Accept-Encoding"] == "identity"


@left_half_way
async def test_an_answer_that_cannot_be_unpacked() -> None:
    """It says gzip and isn't: unreadable, not a crash."""

    class Broken(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"this is no gzip"

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=Broken())

    async with Mocked(answer, retry=ONCE) as mocked:
        with pytest.raises(DecodeError):
            await mocked.client.request("GET", "Call/")
        assert mocked.client.statistics().permits_in_flight == 0


@left_half_way
@pytest.mark.parametrize("bomb", [False, True])
async def test_an_endless_answer_is_not_read_to_its_end(bomb: bool) -> None:
    """8 MiB are enough for anybody; a small packed body that unpacks to gigabytes is no way around it."""
    read = 0
    piece = zlib.compressobj()
    packed = piece.compress(bytes(16 << 20)) + piece.flush(zlib.Z_SYNC_FLUSH)

    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            nonlocal read
            while True:
                read += 1
                yield packed if bomb else bytes(1 << 20)

    def answer(request: httpx.Request) -> httpx.Response:
        headers = {"Content-Encoding": "deflate"} if bomb else {}
        return httpx.Response(200, headers=headers, stream=Endless())

    async with Mocked(answer, retry=ONCE) as mocked:
        with pytest.raises(DecodeError) as caught:
            await mocked.client.request("GET", "Call/")
        assert isinstance(caught.value.__cause__, ValueError)
        assert read <= (1 if bomb else 9)
        assert mocked.client.statistics().permits_in_flight == 0


@pytest.mark.parametrize("retry_after", ["7", "Thu, 01 Jan 1970 00:00:00 GMT", "nonsense", None])
async def test_a_429_waits_as_long_as_it_is_told(retry_after: str | None) -> None:
    """`Retry-After` holds the next attempt back; what makes no sense is ignored."""
    times: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        times.append(anyio.current_time())
        if len(times) > 1:
            return httpx.Response(200, json={})
        return httpx.Response(429, headers={} if retry_after is None else {"Retry-After": retry_after})

    async with Mocked(answer) as mocked:
        assert await mocked.client.request("POST", "Call/") == {}
        assert times[1] - times[0] >= (7 if retry_after == "7" else 0.1)
        assert times[1] - times[0] < 8


async def test_a_retry_after_beyond_the_deadline_fails_at_once() -> None:
    """An honest failure now, rather than a wait that can't succeed."""
    async with Mocked(httpx.Response(429, headers={"Retry-After": "30"})) as mocked:
        began = anyio.current_time()
        with pytest.raises(RateLimitError, match="deadline") as caught:
            await mocked.client.request("POST", "Call/", deadline=10)
        assert anyio.current_time() == began
        assert caught.value.retry_after == 30
        assert len(mocked.requests) == 1
        with pytest.raises(NotSentError, match=r"could start in 30\.0 s at the earliest"):
            await mocked.client.request("POST", "Call/", deadline=10)
        assert anyio.current_time() == began


async def test_a_deadline_that_no_permit_can_meet_fails_at_once() -> None:
    """The estimate is in the error, nothing is sent, and no permit is used up by it."""
    async with Mocked(httpx.Response(204), rate_limit=RateLimit(2, per=5.0)) as mocked:
        for _ in range(2):
            await mocked.client.request("POST", "Call/")
        began = anyio.current_time()
        with pytest.raises(NotSentError, match=r"could start in 5\.0 s at the earliest"):
            await mocked.client.request("POST", "Call/", deadline=4.9)
        assert anyio.current_time() == began
        await mocked.client.request("POST", "Call/", deadline=5.1)
        assert anyio.current_time() == pytest.approx(began + 5.0 * (1 + DOOR))


async def test_a_deadline_of_nothing_sends_nothing() -> None:
    """0 seconds are over before they begin."""
    async with Emulator(port=None) as plivo, in_memory(plivo) as client:
        with pytest.raises(NotSentError):
            await client.request("POST", "Call/", deadline=0)
        assert plivo.requests == []
        assert client.statistics().permits_in_flight == 0


async def test_a_deadline_covers_all_attempts() -> None:
    """However many attempts there may be: it is over when it is over."""
    async with Emulator(port=None, limit=None, faults=Faults(late_by=100.0)) as plivo:
        plivo.script("list", None, nth=None, fault="late")
        retry = RetryPolicy(max_attempts=50)
        async with in_memory(plivo, timeout=2.0, retry=retry) as client:
            began = anyio.current_time()
            with pytest.raises(NoAnswerError) as caught:
                await client.request("GET", "MultiPartyCall/", deadline=11)
            assert 8 < anyio.current_time() - began <= 11
            assert len(caught.value.attempts) > 3


async def test_an_answer_that_drips_is_ended_by_the_timeout_as_a_whole() -> None:
    """A byte each second beats any timeout for a single read, but not the one for the attempt."""
    async with Emulator(port=None, limit=None) as plivo:
        plivo.script("list", None, nth=None, fault="slow-drip")
        async with in_memory(plivo, timeout=5.0, retry=ONCE) as client:
            began = anyio.current_time()
            with pytest.raises(NoAnswerError, match="TimeoutError"):
                await client.request("GET", "MultiPartyCall/")
            assert anyio.current_time() - began == pytest.approx(5.0)
            phases = client.with_options(timeout=httpx.Timeout(connect=1, read=2, write=3, pool=0.001))
            with pytest.raises(NoAnswerError, match="TimeoutError"):
                await phases.request("GET", "MultiPartyCall/")
            assert anyio.current_time() - began == pytest.approx(5.0 + 6.0)
        await anyio.sleep(1.5)  # the next byte is what tells the emulator that we have gone
        assert plivo.connections == 0


async def test_the_phases_of_a_timeout_bound_each_step() -> None:
    """`httpx.Timeout`: connecting ends as not sent, waiting for the answer as unclear."""
    async with Emulator(port=None, limit=None, faults=Faults(late_by=50.0)) as plivo:
        plivo.script("list", None, nth=None, fault="late")
        timeout = httpx.Timeout(connect=3, read=2, write=4, pool=1)
        async with in_memory(plivo, timeout=timeout, retry=ONCE) as client:
            began = anyio.current_time()
            with pytest.raises(NoAnswerError, match="ReadTimeout"):
                await client.request("GET", "MultiPartyCall/")
            assert anyio.current_time() - began == pytest.approx(2.0)
            network_of(plivo).connect_delay = 50.0
            with pytest.raises(NotSentError):
                await client.request("GET", "MultiPartyCall/")


@pytest.mark.parametrize("way", ["timeout", "deadline", "cancelled"])
async def test_what_ends_while_connecting_was_not_sent(way: str) -> None:
    """No byte has left: a timeout says so, the deadline too, and the permit is free at once."""
    async with Emulator(port=None) as plivo:
        network_of(plivo).connect_delay = 100.0
        async with in_memory(plivo, timeout=5.0, retry=ONCE, rate_limit=RateLimit(1, per=5.0)) as client:
            deadline = 3.0 if way == "deadline" else None
            if way == "cancelled":
                with anyio.move_on_after(2):
                    await client.request("POST", "Call/")
            else:
                with pytest.raises(NotSentError) as caught:
                    await client.request("POST", "Call/", deadline=deadline)
                assert [attempt.outcome for attempt in caught.value.attempts] == ["not_sent"]
            assert client.statistics().permits_in_flight == 0
            network_of(plivo).connect_delay = 0.0
            began = anyio.current_time()
            await client.request("GET", "MultiPartyCall/")
            assert anyio.current_time() == began
        assert len(plivo.requests) == 1


async def test_what_is_cancelled_after_it_left_keeps_its_permit() -> None:
    """The server may count it: the permit comes back a window later, not at once."""
    async with Emulator(port=None, limit=Limit(1, per=5.0), latency=4.0) as plivo:
        async with in_memory(plivo, rate_limit=RateLimit(1, per=5.0)) as client:
            with anyio.move_on_after(2):
                await client.request("POST", "Call/")
            assert client.statistics().permits_in_flight == 0
            began = anyio.current_time()
            await client.request("GET", "MultiPartyCall/")
            assert anyio.current_time() - began == pytest.approx(5.0 + 4.0)
        assert plivo.counts().told_429 == 0


async def test_an_error_of_the_transports_own_class_is_unclear() -> None:
    """A subclass that can't be built from a text is told by its name, and not a crash."""

    class TunnelError(httpx.ReadError):
        def __init__(self, host: str, port: int) -> None:
            super().__init__(f"{host}:{port} is down")

    async with Mocked(raising(TunnelError("proxy", 1)), retry=ONCE) as mocked:
        with pytest.raises(OutcomeUnknownError) as caught:
            await mocked.client.request("POST", "Call/")
        assert "TunnelError: proxy:1 is down" in str(caught.value.__cause__)
        assert mocked.client.statistics().permits_in_flight == 0


async def test_the_retry_budget_is_the_clients() -> None:
    """When too much fails, single requests are not repeated any more, and say why."""
    retry = RetryPolicy(max_attempts=3, budget_reserve=4)
    async with Mocked(httpx.Response(503), rate_limit=None, retry=retry) as mocked:
        for _ in range(2):
            with pytest.raises(ServerError):
                await mocked.client.request("GET", "Call/")
        copy = mocked.client.with_options(timeout=1.0)
        with pytest.raises(ServerError, match="retry budget is used up"):
            await copy.request("GET", "Call/")
        assert len(mocked.requests) == 7
