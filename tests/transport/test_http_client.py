"""A client over the caller's own `httpx.AsyncClient`: used as it is, never closed, at most eight at a time."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import httpx2
import pytest
import respx

from plivo_async import AsyncClient, AuthenticationError, NotSentError, OutcomeUnknownError, RateLimit, RetryPolicy
from plivo_async.emulator import Emulator, Faults

from ..support import _memory_lane, contradictions, network_of

pytestmark = pytest.mark.anyio

AUTH_ID = "MA" + "H" * 18
ACCOUNT = f"https://api.plivo.com/v1/Account/{AUTH_ID}/"
ONCE = RetryPolicy(max_attempts=1)


class Crowd(httpx.AsyncBaseTransport):
    """A transport of somebody's own: answers after a while, and counts how many are under way."""

    def __init__(self, status: int = 204, delay: float = 1.0) -> None:
        self.requests: list[httpx.Request] = []
        self.inside = self.most = 0
        self.closed = False
        self._status, self._delay = status, delay

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, after a while."""
        self.requests.append(request)
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            await anyio.sleep(self._delay)
        finally:
            self.inside -= 1
        return httpx.Response(self._status)

    async def aclose(self) -> None:
        """Take note."""
        self.closed = True


def client_over(http_client: httpx.AsyncClient, **options: object) -> AsyncClient:
    """A client that the tests' clock paces."""
    options = {"rate_limit": None, **options}
    return AsyncClient(AUTH_ID, "token", http_client=http_client, clock=anyio.current_time, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "way"),
    [
        (httpx.Client(), "Client: make one"),
        (httpx.AsyncHTTPTransport(), r"httpx\.AsyncClient\(transport=…\) is one"),
        ("https://", "str: make one"),
        (7, "int: make one"),
    ],
)
def test_what_is_no_async_client_is_refused(wrong: object, way: str) -> None:
    """The mistake that is made most, a blocking client, is a `TypeError` at once, which says what would be one."""
    with pytest.raises(TypeError, match=rf"http_client must be an httpx\.AsyncClient, not .*{way}"):
        AsyncClient(AUTH_ID, "token", http_client=wrong)  # type: ignore[arg-type]


@pytest.mark.skipif(httpx is httpx2, reason="httpx2 is in httpx's place")
def test_of_httpx2_it_is_said_whose_it_is() -> None:
    """Its classes are called as httpx's are: the message names both, and what to do."""
    other: Any = httpx2
    with pytest.raises(TypeError, match=r"httpx\.AsyncClient, not httpx2\.AsyncClient: .*httpx2\.alias_httpx\(\)"):
        AsyncClient(AUTH_ID, "token", http_client=other.AsyncClient())
    with pytest.raises(TypeError, match=r"an httpx\.Timeout or None, not httpx2\.Timeout"):
        AsyncClient(AUTH_ID, "token", timeout=other.Timeout(5))
    with pytest.raises(TypeError, match=r"an httpx\.Proxy or None, not httpx2\.Proxy"):
        AsyncClient(AUTH_ID, "token", proxy=other.Proxy("http://127.0.0.1:9"))


async def test_it_is_used_as_it_is() -> None:
    """Its default headers are sent, its hooks run, its transport carries; our own headers win, and so does our auth."""
    seen: list[str] = []

    async def on_request(request: httpx.Request) -> None:
        seen.append(f"request {request.method}")

    async def on_response(response: httpx.Response) -> None:
        seen.append(f"response {response.status_code}")

    crowd = Crowd()
    http_client = httpx.AsyncClient(
        transport=crowd,
        headers={"X-Trace": "abc", "Authorization": "Bearer other", "Accept": "text/html"},
        auth=("someone", "else"),
        base_url="https://other.example/",
        params={"evil": "1"},
        cookies={"session": "theirs"},
        event_hooks={"request": [on_request], "response": [on_response]},
    )
    async with http_client, client_over(http_client) as client:
        await client.mpc.start("room")
    [request] = crowd.requests
    assert str(request.url) == f"{ACCOUNT}MultiPartyCall/name_room/"
    assert request.headers["X-Trace"] == "abc"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["Authorization"] == httpx.BasicAuth(AUTH_ID, "token")._auth_header
    assert len(request.headers.get_list("Authorization")) == 1
    assert "Cookie" not in request.headers
    assert seen == ["request POST", "response 204"]


async def test_it_is_never_closed() -> None:
    """Neither `aclose` nor the end of `async with` closes what isn't ours; it works on afterwards."""
    crowd = Crowd()
    async with httpx.AsyncClient(transport=crowd) as http_client:
        async with client_over(http_client) as client:
            await client.mpc.start("room")
        await client.aclose()
        assert not http_client.is_closed
        assert not crowd.closed
        await http_client.get("https://example.org/")
    assert crowd.closed


async def test_at_most_eight_are_under_way() -> None:
    """Batches, streams and single operations together: where a stock pool is at its best, and no more."""
    crowd = Crowd()
    async with httpx.AsyncClient(transport=crowd) as http_client:
        client = client_over(http_client)
        began = anyio.current_time()
        async with anyio.create_task_group() as group:
            group.start_soon(client.mpc.start, [f"room {number}" for number in range(60)])
            for number in range(100):
                group.start_soon(client.mpc.start, f"single {number}")
        assert crowd.most == 8
        assert len(crowd.requests) == 160
        assert anyio.current_time() - began == pytest.approx(20)
        statistics = client.statistics()
        assert (statistics.requests, statistics.waiting_for_connection, statistics.connections_idle) == (0, 0, 0)


async def test_cancelled_operations_free_their_places() -> None:
    """Waiting or under way, a cancellation leaves all eight places to the others."""
    crowd = Crowd(delay=10.0)
    async with httpx.AsyncClient(transport=crowd) as http_client:
        client = client_over(http_client, timeout=20.0)
        with anyio.move_on_after(5):
            async with anyio.create_task_group() as group:
                for number in range(100):
                    group.start_soon(client.mpc.start, f"room {number}")
        assert client.statistics().requests == client.statistics().waiting_for_connection == 0
        began = anyio.current_time()
        assert (await client.mpc.start([f"again {number}" for number in range(8)])).succeeded
        assert anyio.current_time() - began == pytest.approx(10)


async def test_a_stock_client_with_a_pool_of_one_never_times_out_waiting() -> None:
    """Whatever pool the caller has and whatever its pool timeout: it only makes requests wait."""
    async with Emulator(port=None, limit=None, latency=1.0) as plivo:
        lane = _memory_lane(network_of(plivo))
        for number in range(50):
            plivo.add_conference(f"room {number}")
        async with httpx.AsyncClient(transport=lane, timeout=httpx.Timeout(5, pool=0.001)) as http_client:
            client = AsyncClient(
                plivo.auth_id,
                plivo.auth_token,
                base_url=plivo.url,
                http_client=http_client,
                timeout=20.0,
                rate_limit=None,
                clock=anyio.current_time,
            )
            report = await client.mpc.start([f"room {number}" for number in range(50)])
            assert report.succeeded
            assert plivo.most_connections == 1


@pytest.mark.long
async def test_outcomes_are_true_over_a_stock_client() -> None:
    """A transport that doesn't tell whether a byte has left makes doubt more frequent, never an outcome false."""
    faults = Faults({"lost-response": 0.1, "reset-before": 0.1, "half": 0.05, "503-applied": 0.05, "429": 0.02})
    async with Emulator(port=None, limit=None, latency=(0.01, 0.1), faults=faults) as plivo:
        names = [f"room {number}" for number in range(300)]
        for name in names[:250]:
            plivo.add_conference(name)
        async with httpx.AsyncClient(transport=_memory_lane(network_of(plivo))) as http_client:
            client = AsyncClient(
                plivo.auth_id,
                plivo.auth_token,
                base_url=plivo.url,
                http_client=http_client,
                timeout=5.0,
                rate_limit=None,
                clock=anyio.current_time,
            )
            report = await client.mpc.start(names)
        assert contradictions(plivo, report) == []
        assert sum(activation.outcome == "unknown" for activation in report if activation.name in names[:250]) < 10
        assert {activation.outcome for activation in report if activation.name in names[250:]} <= {
            "not_found",
            "unknown",
        }


@pytest.mark.parametrize("hook", ["request", "response"])
async def test_an_exception_in_a_hook_is_a_fault_of_that_attempt(hook: str) -> None:
    """Nobody knows what was carried out; the batch goes on, and the permit and the place are back."""

    async def fail(_: object) -> None:
        raise LookupError("mine")

    async with httpx.AsyncClient(transport=Crowd(), event_hooks={hook: [fail]}) as http_client:
        client = client_over(http_client, retry=ONCE, rate_limit=RateLimit(1_000, per=5.0))
        with pytest.raises(OutcomeUnknownError, match=r"LookupError \(mine\)"):
            await client.mpc.start("room")
        assert len((await client.mpc.start(["room", "other"])).failures) == 2
        statistics = client.statistics()
        assert statistics.requests == 0
        await anyio.sleep(statistics.permits_in_flight and 6)  # those of unclear attempts come back after a window
        assert client.statistics().permits_in_flight == 0


async def test_a_closed_client_of_the_callers_is_a_clear_error() -> None:
    """Closed too early: `RuntimeError`, and no permit is lost."""
    http_client = httpx.AsyncClient(transport=Crowd())
    await http_client.aclose()
    client = client_over(http_client, rate_limit=RateLimit(1_000, per=5.0))
    with pytest.raises(RuntimeError, match="closed"):
        await client.mpc.start("room")
    assert client.statistics().permits_in_flight == 0


async def test_an_asgi_application_in_place_of_plivo() -> None:
    """`httpx.ASGITransport` carries requests to an application in the process."""
    paths: list[bytes] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        paths.append(scope["raw_path"])
        body = (await receive())["body"]
        assert body == b'{"status":"active"}'
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http_client:
        assert (await client_over(http_client).mpc.start("a/b")).outcome == "activated"
    assert paths == [f"/v1/Account/{AUTH_ID}/MultiPartyCall/name_a%2Fb/".encode()]


async def test_a_transport_that_streams() -> None:
    """The body comes in pieces, from a generator, and is closed after."""
    closed = []

    class Pieces(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for piece in (b'{"a"', b": ", b"1}"):
                await anyio.sleep(1)
                yield piece

        async def aclose(self) -> None:
            closed.append(True)

    transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=Pieces()))
    async with httpx.AsyncClient(transport=transport) as http_client:
        assert await client_over(http_client).request("GET", "Call/") == {"a": 1}
        assert closed == [True]


@respx.mock
async def test_respx_as_a_decorator_over_our_own_lanes() -> None:
    """A user's tests: respx decorates, our client is made as always."""
    active = itertools.chain([404], itertools.repeat(204))
    route = respx.post(url__regex=rf"{ACCOUNT}MultiPartyCall/name_.*/").mock(
        side_effect=lambda request: httpx.Response(next(active))
    )
    look = respx.get(f"{ACCOUNT}MultiPartyCall/name_a/").respond(404, json={"api_id": "x", "error": "none"})
    async with AsyncClient(AUTH_ID, "token", rate_limit=None) as client:
        report = await client.mpc.start(["a"])
        assert [activation.outcome.value for activation in report] == ["not_found"]
        report = await client.mpc.start(["b", "c"])
        assert report.succeeded
    assert (route.call_count, look.call_count) == (3, 1)


async def test_respx_over_a_callers_client() -> None:
    """A router as the transport of the caller's own client."""
    router = respx.Router()
    router.post(f"{ACCOUNT}MultiPartyCall/name_a/").respond(401, json={"error": "no"})
    router.post(f"{ACCOUNT}MultiPartyCall/name_b/").mock(side_effect=httpx.ConnectError)
    router.post(f"{ACCOUNT}Call/").mock(side_effect=httpx.ReadTimeout)
    async with httpx.AsyncClient(transport=httpx.MockTransport(router.async_handler)) as http_client:
        client = client_over(http_client, retry=ONCE)
        with pytest.raises(AuthenticationError):
            await client.mpc.start("a")
        with pytest.raises(NotSentError):
            await client.mpc.start("b")
        with pytest.raises(OutcomeUnknownError):
            await client.request("POST", "Call/")
